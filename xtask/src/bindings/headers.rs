//! Runs bindgen over `cuda_runtime_api.h` of one CUDA major.

use std::path::PathBuf;

/// One fetched header package.
pub(super) struct Package {
    /// Its include folder.
    pub(super) include: PathBuf,
    /// Name, version and hash, for the head of each generated file.
    pub(super) label: String,
}

/// What bindgen wrote for one major.
pub(super) struct Bound {
    pub(super) source: String,
    /// The packages that it was written from.
    pub(super) origin: String,
}

/// Binds the headers of the given packages.
pub(super) fn bind(packages: &[Package]) -> Result<Bound, String> {
    let style = bindgen::EnumVariation::NewType { is_bitfield: false, is_global: false };
    let mut builder = bindgen::builder()
        .header_contents("cudart.h", "#include <cuda_runtime_api.h>\n")
        .allowlist_function("cuda.*")
        .allowlist_type("cuda.*")
        .allowlist_var("cuda.*|CUDART_.*|CUDA_IPC_.*")
        .default_enum_style(style)
        .derive_default(true)
        // The documentation in the headers is NVIDIA's text; this project writes its own.
        .generate_comments(false)
        .merge_extern_blocks(true)
        .use_core()
        .formatter(bindgen::Formatter::Prettyplease)
        // The answer must not depend on the machine that asks: CUDA on 64-bit Linux is the reference.
        .clang_arg("--target=x86_64-unknown-linux-gnu");
    for package in packages {
        builder = builder.clang_arg(format!("-I{}", package.include.display()));
    }
    let bindings = builder.generate().map_err(|error| format!("bindgen: {error}"))?;
    let origin = packages.iter().map(|package| package.label.as_str()).collect::<Vec<_>>().join(", ");
    Ok(Bound { source: bindings.to_string(), origin })
}
