#!/usr/bin/env bash
# Tests and measures this bundle on a machine with a GPU and its driver, under libcudart 12 and 13, and writes a
# Markdown report. Needs no Rust: bash, the usual small tools, and xz or Python to unpack the programs.
#
#   CUDART_12=/path/to/libcudart.so.12 CUDART_13=/path/to/libcudart.so.13 ./run.sh report.md
#
# CUDART_12, CUDART_13   the libraries; those that the bundle brought along if it did and nothing else is said
# MAJORS                 the majors to run under, "12 13" if nothing else is said; some tests use both libraries anyway
# PYTHON                 a Python with pytest, NumPy, ml_dtypes and the frameworks, directly or by PYTHONPATH; without it
#                        the Python package is not tested. It is the one of the bundle, whatever else is installed
# PARTS                  `rust`, `python` or both, if nothing else is said: what is tested. The parts and the majors may run at
#                        the same time, each on a GPU of its own (CUDA_VISIBLE_DEVICES)
# SANITIZER              compute-sanitizer's path, or `none`; what is on the PATH otherwise
# LIMIT                  seconds that one program may take, 300 otherwise; a file of Python tests has three times that
# TMPDIR                 where the programs are unpacked (about 60 MB), /tmp otherwise
#
# A test that the machine's GPUs cannot carry out, for want of a second one or because only the emulator fails on request,
# uses the emulator instead and prints `on the emulator: REASON`, or does nothing and prints `not applicable: REASON`.
# Both are counted apart and listed with the reason. Python's tests of that kind are skipped.
#
# Exits 0 if every program passed and no test was ignored, 1 if not, 2 if it could not begin.
set -uo pipefail

bundle=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
invocation="./run.sh $(basename "${1-}")"
for name in LIMIT SANITIZER PARTS PYTHON MAJORS CUDART_13 CUDART_12 CUDA_VISIBLE_DEVICES; do
    # Which folder of this machine a file is in is of no use to a reader.
    if [ -n "${!name+set}" ]; then invocation="$name='${!name##*/}' $invocation"; fi
done
majors=${MAJORS:-12 13}
parts=" ${PARTS:-rust python} "
limit=${LIMIT:-300}
sanitizer=${SANITIZER-$(command -v compute-sanitizer || echo none)}
tab=$'\t'

has() { [ "${parts#* "$1" }" != "$parts" ]; }
refuse() { echo "run.sh: $*" >&2; exit 2; }

[ $# -eq 1 ] || refuse "usage: CUDART_12=... CUDART_13=... $0 REPORT.md"
report=$(realpath -m "$1")
work=$(mktemp -d) || refuse "cannot make a temporary folder"
trap 'rm -rf "$work"' EXIT
root=$work/bundle
mkdir "$root"
pack=$bundle/programs.tar.xz
if command -v xz >/dev/null; then
    unpack=(xz --decompress --stdout "$pack")
else
    unpack=(python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$pack")
fi
"${unpack[@]}" | tar -x -C "$root" || refuse "cannot unpack $pack with ${unpack[0]}"

declare -A cudart
for major in 12 13; do
    named="CUDART_$major"
    file=${!named:-$root/libcudart/$major/libcudart.so.$major}
    [ -f "$file" ] || refuse "no libcudart $major at $file: set $named"
    cudart[$major]=$(realpath "$file")
    export "CUDA_TEST_LIBCUDART_$major=${cudart[$major]}"
    export "CUDA_TEST_EMULATOR_$major=$root/emulator/$major/libcudart.so.$major"
done
python=${PYTHON:-none}
if [ "$python" != none ]; then
    python=$(command -v "$python") || refuse "PYTHON=$PYTHON is not a program"
    # Not where its link leads: a virtual environment is known by the link.
    python=$(realpath -s "$python")
    "$python" -m zipfile -e "$root"/python/*.whl "$root/python/site" || refuse "$python cannot unpack the wheel"
    export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$root/python/site${PYTHONPATH:+:$PYTHONPATH}"
    "$python" -c 'import cuda_interop, ml_dtypes, numpy, pytest' || refuse "$python lacks what the tests import"
fi
if [ "$sanitizer" != none ] && ! [ -x "$sanitizer" ]; then refuse "SANITIZER=$sanitizer is not a program"; fi
if ! mkdir -p "$(dirname "$report")" || ! : >"$report"; then refuse "cannot write $report"; fi

problems=0
# Writes its arguments to the report, a line each.
say() { printf '%s\n' "$@" >>"$report"; }
problem() { problems=$((problems + 1)); echo "FAILED: $*"; printf -- '- %s\n' "$*" >>"$work/problems"; }
# The programs of one kind, a line each: package, name, path, folder.
programs() { grep "^$1$tab" "$root/programs.txt" | cut -f2-; }
# Shows a file as a block of text.
block() { { echo '```text'; cat "$1"; echo '```'; } >>"$report"; }
# The sum of one count (passed, failed, ignored) over the closing lines in a log.
count() { grep -a '^test result: ' "$2" | grep -ao "[0-9]* $1" | awk '{ n += $1 } END { print n + 0 }'; }

# Tests start other programs of the workspace by these, as under cargo.
binaries=()
while IFS=$tab read -r _ name path _; do binaries+=("CARGO_BIN_EXE_$name=$root/$path"); done < <(programs bin)

# start LOG FOLDER COMMAND...: runs a command in a package's folder, as cargo would, on the library of $major.
start() {
    local log=$1 folder=$2; shift 2
    (
        cd "$root/$folder" || exit 1
        export CUDA_SYS_CUDART=${cudart[$major]} CUDA_TEST_RUNTIME=${cudart[$major]}
        export CUDA_TEST_REQUIRE_GPU=1 CARGO_MANIFEST_DIR=$PWD
        env "${binaries[@]}" "$@" &
        within_limit $!
    ) >"$log" 2>&1 </dev/null
}

# Waits for a process. One that takes longer than the limit says where its threads are, if there is a debugger, and is ended.
within_limit() {
    local process=$1 clock status=0
    sleep "$limit" & clock=$!
    wait -n "$process" "$clock"
    if kill -0 "$process" 2>/dev/null && ! kill -0 "$clock" 2>/dev/null; then
        local debugger
        debugger=$(command -v gdb || command -v cuda-gdb) &&
            timeout 60 "$debugger" -p "$process" -batch -ex 'thread apply all backtrace 16' 2>/dev/null
        kill "$process"; sleep 2; kill -9 "$process" 2>/dev/null
        wait "$process" 2>/dev/null
        return 124
    fi
    wait "$process" || status=$?
    kill "$clock" 2>/dev/null; wait "$clock" 2>/dev/null
    return $status
}

# The tests in a log that passed and said a line `WORD: REASON`: name, tab and reason, a line each.
said() {
    awk -v tab="$tab" -v word="$1: " '
        /^failures:$/ { exit }
        /^---- .* stdout ----$/ { test = $2 }
        index($0, word) == 1 && !seen[test == "" ? $0 : test]++ { print test tab substr($0, length(word) + 1) }' "$2"
}

tests() {
    local listed="$work/apart.$major"
    : >"$listed.emulated"; : >"$listed.inapplicable"
    say '' '| program | passed | of them on the emulator | not applicable here | failed | ignored | seconds |' \
        '|---|---|---|---|---|---|---|'
    while IFS=$tab read -r package name path folder; do
        local log="$work/$major.$package.$name" begun=$EPOCHREALTIME status seconds passed failed ignored
        local arguments=() emulated inapplicable
        # Programs without the test harness, which knows this argument, print everything anyway.
        if grep -aqF show-output "$root/$path"; then arguments=(--show-output); fi
        start "$log" "$folder" "$root/$path" "${arguments[@]}"; status=$?
        seconds=$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
        passed=$(count passed "$log") failed=$(count failed "$log") ignored=$(count ignored "$log")
        # A program without the test harness has one answer: its exit status.
        local alone=0
        if ! grep -aq '^test result: ' "$log"; then alone=1 passed=$((status == 0)) failed=$((status != 0)); fi
        emulated=$(said 'on the emulator' "$log" | wc -l) inapplicable=$(said 'not applicable' "$log" | wc -l)
        said 'on the emulator' "$log" | sed "s/^/- $package $name /; s/$tab/: /" >>"$listed.emulated"
        said 'not applicable' "$log" | sed "s/^/- $package $name /; s/$tab/: /" >>"$listed.inapplicable"
        if [ "$alone" -eq 0 ]; then passed=$((passed - inapplicable)); fi
        total_emulated=$((total_emulated + emulated)) total_inapplicable=$((total_inapplicable + inapplicable))
        say "| $package $name | $passed | $emulated | $inapplicable | $failed | $ignored | $seconds |"
        total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
        total_ignored=$((total_ignored + ignored))
        if [ "$status" -ne 0 ] || [ "$failed" -ne 0 ] || [ "$ignored" -ne 0 ]; then
            problem "CUDA $major: $package $name: exit status $status, $failed failed, $ignored ignored"
            { echo "== CUDA $major: $package $name"; grep -a ' \.\.\. ignored' "$log"; tail -n 40 "$log"; } >>"$work/logs"
        fi
    done < <(programs test)
    if [ -s "$listed.emulated" ]; then
        say '' 'Passed on the emulator, and why not on a GPU:' ''; sort "$listed.emulated" >>"$report"
    fi
    if [ -s "$listed.inapplicable" ]; then
        say '' 'Not applicable here, and why:' ''; sort "$listed.inapplicable" >>"$report"
    fi
}

# Each file of Python tests in a process of its own: one that ends its process ends no other.
python_tests() {
    local limit=$((limit * 3)) skips="$work/skips.$major" file
    : >"$skips"
    say '' '| Python tests | passed | failed | skipped | seconds |' '|---|---|---|---|---|'
    for file in "$root"/packages/interop/python/tests/test_*.py; do
        local name log begun=$EPOCHREALTIME status seconds closing passed failed skipped
        name=$(basename "$file") log="$work/$major.python.$(basename "$file")"
        start "$log" packages/interop/python "$python" -m pytest -p no:cacheprovider --quiet --color=no --tb=short -rs "tests/$name"
        status=$?
        seconds=$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
        closing=$(grep -aE '^[0-9]+ [a-z]+.* in [0-9.]+s' "$log" | tail -n 1)
        passed=$(of passed "$closing") skipped=$(of skipped "$closing")
        failed=$(($(of failed "$closing") + $(of 'errors?' "$closing")))
        # pytest says 5 if it ran nothing; a file may be skipped as a whole.
        if [ "$status" -eq 5 ] && [ "$skipped" -gt 0 ]; then status=0; fi
        say "| $name | $passed | $failed | $skipped | $seconds |"
        python_passed=$((python_passed + passed)) python_failed=$((python_failed + failed))
        python_skipped=$((python_skipped + skipped))
        # `SKIPPED [2] tests/test_torch.py:45: reason`, a line for each place in the file.
        sed -n 's/^SKIPPED \[\([0-9]*\)\] [^ ]* /\1 /p' "$log" | awk -v name="$name" '
            { n = $1; sub(/^[0-9]+ /, ""); count[$0] += n }
            END { for (reason in count) print "- " name ": " count[reason] " x " reason }' | sort >>"$skips"
        if [ "$status" -ne 0 ] || [ "$failed" -ne 0 ]; then
            problem "CUDA $major: Python $name: exit status $status, $failed failed"
            { echo "== CUDA $major: Python $name"; tail -n 60 "$log"; } >>"$work/logs"
        fi
    done
    if [ -s "$skips" ]; then say '' 'Skipped, and why:' ''; cat "$skips" >>"$report"; fi
}

# One count of a closing line of pytest's, such as `3 passed, 1 skipped in 0.5s`.
of() { grep -oE "[0-9]+ $1\b" <<<"$2" | awk '{ n += $1 } END { print n + 0 }'; }

doctor() {
    start "$work/doctor" packages/interop/cli "$root/bin/cuda-interop" doctor ||
        problem "CUDA $major: doctor: exit status $?, expected 0"
    block "$work/doctor"
}

# The bundled image through the device, into $work/images.$major.
roundtrip() {
    start "$work/roundtrip" packages/interop/cli "$root/bin/cuda-interop" roundtrip assets/chelsea.png \
        --runtime "${cudart[$major]}" --out "$work/images.$major" || problem "CUDA $major: roundtrip: exit status $?"
    block "$work/roundtrip"
}

# Every major must give the images that the emulator gives.
images() {
    major=${majors%% *}
    start "$work/reference" packages/interop/cli "$root/bin/cuda-interop" roundtrip assets/chelsea.png \
        --runtime emulator --out "$work/images.emulator" || problem "roundtrip on the emulator: exit status $?"
    say '' '| image | bytes | same as on the emulator |' '|---|---|---|'
    for image in roundtrip crop flip planes; do
        local expected="$work/images.emulator/$image.png" same=""
        for major in $majors; do
            if cmp -s "$expected" "$work/images.$major/$image.png"; then
                same="$same CUDA $major: yes."
            else
                same="$same CUDA $major: NO."
                problem "CUDA $major: $image.png is not what the emulator gives"
            fi
        done
        say "| $image.png | $(stat -c %s "$expected" 2>/dev/null || echo none) |$same |"
    done
}

benchmarks() {
    while IFS=$tab read -r package name path folder; do
        say '' "### CUDA $major: $package $name" ''
        start "$work/bench" "$folder" "$root/$path" --bench || problem "CUDA $major: benchmark $name: exit status $?"
        # Some write a table of Markdown, some a table of text.
        if grep -q '^|-' "$work/bench"; then cat "$work/bench" >>"$report"; else block "$work/bench"; fi
    done < <(programs bench)
}

# Programs that end in the middle of work or in an error on purpose are not for a checker of clean endings.
memcheck() {
    say '' '| program | errors |' '|---|---|'
    while IFS=$tab read -r package name path folder; do
        case $name in *exit* | *fork* | *sticky*) continue ;; esac
        local log="$work/memcheck.$major.$package.$name" status summary
        CUDA_TEST_MEMCHECK=1 start "$log" "$folder" "$sanitizer" --tool memcheck --report-api-errors no \
            --require-cuda-init no --target-processes application-only --error-exitcode 99 "$root/$path"; status=$?
        summary=$(grep -ao 'ERROR SUMMARY: .*' "$log" | tail -n 1)
        # A program that passed without one call of CUDA has nothing to be checked.
        if [ "$status" -eq 0 ] && grep -aq 'terminated before first instrumented API call' "$log"; then
            say "| $package $name | calls no CUDA |"
            continue
        fi
        say "| $package $name | ${summary:-no summary, exit status $status} |"
        if [ "$status" -ne 0 ] || [ "${summary#ERROR SUMMARY: 0 errors}" = "$summary" ]; then
            problem "CUDA $major: memcheck of $package $name: exit status $status, ${summary:-no summary}"
            # What the tool says, and how the program ended: a test may have failed where the tool found nothing.
            { echo "== CUDA $major: memcheck of $package $name"; grep -a '^=====' "$log" | head -n 40; tail -n 20 "$log"; } >>"$work/logs"
        fi
    done < <(programs test)
}

say '# Report of a GPU machine' ''
say "Made on $(date -u '+%Y-%m-%d %H:%M UTC') from commit $(cat "$root/commit.txt") by" '' '```sh'
say "$invocation" '```' ''
say '| | |' '|---|---|'
gpus=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | paste -sd ';')
say "| GPU, driver, memory | ${gpus:-not known: there is no nvidia-smi} |"
for major in 12 13; do
    say "| libcudart $major | $(stat -c %s "${cudart[$major]}") bytes, sha256 $(sha256sum <"${cudart[$major]}" | cut -c1-16) |"
done
say "| cores | $(nproc), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | xargs) |"
say "| system | $(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-}"), Linux $(uname -r) |"
[ "$sanitizer" = none ] || say "| compute-sanitizer | $("$sanitizer" --version | grep -ao 'Version.*') |"

total_passed=0 total_failed=0 total_ignored=0 total_emulated=0 total_inapplicable=0
python_passed=0 python_failed=0 python_skipped=0
for major in $majors; do
    echo "CUDA $major: ${cudart[$major]}"
    say '' "## CUDA $major" ''
    doctor
    if has rust; then roundtrip; tests; fi
    if has python && [ "$python" != none ]; then python_tests; fi
done
if has rust; then
    say '' '## Images'
    images
    say '' '## Benchmarks'
    for major in $majors; do benchmarks; done
    say '' "## compute-sanitizer's memcheck"
    if [ "$sanitizer" = none ]; then
        say '' 'Left out: there is no compute-sanitizer.'
    else
        for major in $majors; do say '' "### CUDA $major"; memcheck; done
    fi
fi
say '' '## Result' ''
closing="$total_passed passed ($total_emulated of them on the emulator), $total_inapplicable not applicable here"
closing="$closing, $total_failed failed, $total_ignored ignored"
if ! has rust; then
    closing="Python: $python_passed passed, $python_failed failed, $python_skipped skipped"
elif ! has python || [ "$python" = none ]; then
    closing="$closing; the Python package was not tested"
else
    closing="$closing; Python: $python_passed passed, $python_failed failed, $python_skipped skipped"
fi
closing="$closing; $problems problems"
say "$closing"
if [ "$problems" -gt 0 ]; then
    say ''; cat "$work/problems" >>"$report"
    if [ -s "$work/logs" ]; then say ''; block "$work/logs"; fi
fi
# hide FOLDER NAME: writes a name into the report in place of a folder of this machine.
hide() {
    [ "${#1}" -gt 1 ] || return 0
    local folder
    folder=$(sed 's/[][\\.*^$#(){}+?|]/\\&/g' <<<"$1")
    sed -i -E "s#(^|[^[:alnum:]_.)-])$folder\b#\1$2#g" "$report"
}
# Where things happened to be is of no use to a reader.
hide "$root" .
hide "$work" "(temporary folder)"
hide "$bundle" .
for major in 12 13; do hide "$(dirname "${cudart[$major]}")" "(folder of CUDART_$major)"; done
if [ "$python" != none ]; then
    hide "$("$python" -c 'import sys; print(sys.prefix)')" "(folder of PYTHON)"
    while IFS= read -r -d : folder; do hide "$folder" '(PYTHONPATH)'; done <<<"$PYTHONPATH:"
fi
hide "${HOME:-/}" '~'
echo "$closing; see $report"
[ "$problems" -eq 0 ]
