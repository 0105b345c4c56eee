//! The thread's last error.

use super::call;
use crate::outcome::Code;

#[cfg_attr(any(feature = "c-abi-12", feature = "c-abi-13"), unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn cudaGetLastError() -> Code {
    call::last_error("cudaGetLastError", true)
}

#[cfg_attr(any(feature = "c-abi-12", feature = "c-abi-13"), unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn cudaPeekAtLastError() -> Code {
    call::last_error("cudaPeekAtLastError", false)
}
