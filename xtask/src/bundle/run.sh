#!/usr/bin/env bash
# Tests and measures this bundle on a machine with a GPU and its driver, under libcudart 12 and 13, and writes a
# Markdown report. Needs no Rust: bash, the usual small tools, and xz or Python to unpack the programs.
#
#   CUDART_12=/path/to/libcudart.so.12 CUDART_13=/path/to/libcudart.so.13 ./run.sh report.md
#
# CUDART_12, CUDART_13   the libraries; those that the bundle brought along if it did and nothing else is said
# MAJORS                 the majors to run under, "12 13" if nothing else is said; some tests use both libraries anyway
# SANITIZER              compute-sanitizer's path, or `none`; what is on the PATH otherwise
# LIMIT                  seconds that one program may take, 300 otherwise
# TMPDIR                 where the programs are unpacked (about 60 MB), /tmp otherwise
#
# Exits 0 if every program passed and no test was ignored, 1 if not, 2 if it could not begin.
set -uo pipefail

bundle=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
invocation="./run.sh $*"
for name in LIMIT SANITIZER MAJORS CUDART_13 CUDART_12; do
    if [ -n "${!name+set}" ]; then invocation="$name='${!name}' $invocation"; fi
done
majors=${MAJORS:-12 13}
limit=${LIMIT:-300}
sanitizer=${SANITIZER-$(command -v compute-sanitizer || echo none)}
tab=$'\t'

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
        exec env "${binaries[@]}" timeout -k 10 "$limit" "$@"
    ) >"$log" 2>&1 </dev/null
}

tests() {
    say '' '| program | passed | failed | ignored | seconds |' '|---|---|---|---|---|'
    while IFS=$tab read -r package name path folder; do
        local log="$work/$major.$package.$name" begun=$EPOCHREALTIME status seconds passed failed ignored
        start "$log" "$folder" "$root/$path"; status=$?
        seconds=$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
        passed=$(count passed "$log") failed=$(count failed "$log") ignored=$(count ignored "$log")
        # A program without the test harness has one answer: its exit status.
        if ! grep -aq '^test result: ' "$log"; then passed=$((status == 0)) failed=$((status != 0)); fi
        say "| $package $name | $passed | $failed | $ignored | $seconds |"
        total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
        total_ignored=$((total_ignored + ignored))
        if [ "$status" -ne 0 ] || [ "$failed" -ne 0 ] || [ "$ignored" -ne 0 ]; then
            problem "CUDA $major: $package $name: exit status $status, $failed failed, $ignored ignored"
            { echo "== CUDA $major: $package $name"; grep -a ' \.\.\. ignored' "$log"; tail -n 40 "$log"; } >>"$work/logs"
        fi
    done < <(programs test)
}

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
        start "$log" "$folder" "$sanitizer" --tool memcheck --report-api-errors no \
            --require-cuda-init no --target-processes application-only --error-exitcode 99 "$root/$path"; status=$?
        summary=$(grep -ao 'ERROR SUMMARY: .*' "$log" | tail -n 1)
        say "| $package $name | ${summary:-no summary, exit status $status} |"
        if [ "$status" -ne 0 ] || [ "${summary#ERROR SUMMARY: 0 errors}" = "$summary" ]; then
            problem "CUDA $major: memcheck of $package $name: exit status $status, ${summary:-no summary}"
            { echo "== CUDA $major: memcheck of $package $name"; grep -a '^=====' "$log" | head -n 40; } >>"$work/logs"
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

total_passed=0 total_failed=0 total_ignored=0
for major in $majors; do
    echo "CUDA $major: ${cudart[$major]}"
    say '' "## CUDA $major" ''
    doctor
    roundtrip
    tests
done
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
say '' '## Result' ''
closing="$total_passed passed, $total_failed failed, $total_ignored ignored; $problems problems"
say "$closing"
if [ "$problems" -gt 0 ]; then
    say ''; cat "$work/problems" >>"$report"
    if [ -s "$work/logs" ]; then say ''; block "$work/logs"; fi
fi
# Where the bundle happened to be is of no use to a reader.
sed -i -e "s#$root#.#g" -e "s#$bundle#.#g" "$report"
echo "$closing; see $report"
[ "$problems" -eq 0 ]
