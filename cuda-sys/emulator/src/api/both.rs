//! The functions that both majors have under one name and meaning, but with types of their own.

/// Defines them for one major, whose types are in scope: once in `v12.rs`, once in `v13.rs`.
macro_rules! of_each_major {
    ($major:ident, $feature:literal, $version:expr, $errors:expr) => {
        crate::api::call::c_functions! { $major:
            fn cudaRuntimeGetVersion(runtimeVersion: *mut c_int) {
                // SAFETY: an out pointer of C's contract.
                unsafe { give(runtimeVersion, $version) }
            }

            fn cudaMemPoolCreate(memPool: *mut cudaMemPool_t, poolProps: *const cudaMemPoolProps) {
                given(poolProps)?;
                // SAFETY: not null, so valid by C's contract.
                let wish = unsafe { poolProps.read() };
                let wish = pool::Wish {
                    kind: wish.allocType,
                    handles: wish.handleTypes,
                    place: wish.location.into(),
                    max_size: wish.maxSize,
                };
                // SAFETY: passed on as it came.
                unsafe { pool::create(memPool, &wish) }
            }

            fn cudaMemPoolSetAccess(memPool: cudaMemPool_t, descList: *const cudaMemAccessDesc, count: usize) {
                // SAFETY: an array of this length, by C's contract.
                let wishes = unsafe { array(descList, count) }?;
                let wishes: Vec<_> = wishes.iter().map(|wish| (wish.location.into(), wish.flags.0)).collect();
                pool::set_access(memPool, &wishes)
            }

            fn cudaMemPoolGetAccess(
                flag: *mut cudaMemAccessFlags,
                memPool: cudaMemPool_t,
                location: *mut cudaMemLocation,
            ) {
                given(location)?;
                // SAFETY: not null, so valid by C's contract.
                let place = unsafe { location.read() }.into();
                let found = pool::access(memPool, place)?;
                // SAFETY: an out pointer of C's contract.
                unsafe { give(flag, cudaMemAccessFlags(found)) }
            }

            fn cudaPointerGetAttributes(attributes: *mut cudaPointerAttributes, ptr: *const c_void) {
                given(attributes)?;
                let pointer::Attributes { kind, device, device_pointer, host_pointer } = pointer::attributes(ptr)?;
                let mut found = cudaPointerAttributes::default();
                (found.type_, found.device) = (kind, device);
                (found.devicePointer, found.hostPointer) = (device_pointer, host_pointer);
                // SAFETY: an out pointer of C's contract.
                unsafe { give(attributes, found) }
            }
        }

        /// The names of this major's codes.
        fn names() -> &'static ErrorNames {
            static NAMES: OnceLock<ErrorNames> = OnceLock::new();
            NAMES.get_or_init(|| ErrorNames::new($errors))
        }

        // Both only look into a table of constants, so they work in any state of the process.
        #[cfg_attr(feature = $feature, unsafe(no_mangle))]
        pub(crate) unsafe extern "C" fn cudaGetErrorName(error: Code) -> *const c_char {
            names().name(error).as_ptr()
        }

        #[cfg_attr(feature = $feature, unsafe(no_mangle))]
        pub(crate) unsafe extern "C" fn cudaGetErrorString(error: Code) -> *const c_char {
            names().description(error).as_ptr()
        }
    };
}

pub(super) use of_each_major;
