use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, Error, ErrorKind, Result, Stream};

use crate::support::recorder::{fail_next, recorder, recorder_without};
use crate::support::{on_each, runtimes};

#[test]
fn an_error_is_one_pointer_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
}

#[test]
fn a_cuda_error_names_the_call_the_code_and_what_it_was_about() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        fail_next("cudaMalloc", cudaError_t::cudaErrorMemoryAllocation);
        let error = DeviceMemory::<u16>::new(device, 50).unwrap_err();
        let ErrorKind::Cuda(cuda) = error.kind() else { panic!("{error:?}") };
        assert!(!cuda.description.is_empty());
        assert_eq!(
            error.to_string(),
            format!("cudaMalloc (device 0, 100 bytes): cudaErrorMemoryAllocation (2): {}", cuda.description)
        );
        assert!(error.is_out_of_memory() && !error.is_poisoned());
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorMemoryAllocation));
        assert_eq!((cuda.call, cuda.subject.device, cuda.subject.bytes), ("cudaMalloc", Some(0), Some(100)));
        assert!(format!("{error:?}").contains("cudaErrorMemoryAllocation"));
    }
}

#[test]
fn an_unknown_code_prints_as_its_number() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        fail_next("cudaDeviceSynchronize", cudaError_t(4242));
        let error = device.synchronize().unwrap_err();
        assert!(error.to_string().contains("(4242)"), "{error}");
        assert!(!error.is_out_of_memory() && !error.is_poisoned());
    }
}

#[test]
fn a_function_that_the_library_lacks_is_an_error_that_names_it() {
    for behind in runtimes() {
        let device = Device::new(recorder_without(behind, |table| table.cudaStreamQuery = None), 0).unwrap();
        let error = Stream::new(device).unwrap().query().unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::MissingSymbol(missing) if missing.name == "cudaStreamQuery")
        );
        assert!(error.to_string().contains("cudaStreamQuery"), "{error}");
        assert_eq!(error.code(), None);
        assert!(std::error::Error::source(&error).is_none());
    }
}

#[test]
fn an_error_is_complete_even_without_the_text_of_the_runtime() {
    for behind in runtimes() {
        let runtime = recorder_without(behind, |table| {
            table.cudaGetErrorName = None;
            table.cudaGetErrorString = None;
        });
        let device = Device::new(runtime, 0).unwrap();
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorUnknown);
        let error = device.synchronize().unwrap_err();
        assert_eq!(
            error.to_string(),
            "cudaDeviceSynchronize (device 0): no text from the runtime (999): no text from the runtime"
        );
    }
}

#[test]
fn an_error_says_what_to_do_where_that_is_known() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorInsufficientDriver);
        assert!(device.synchronize().unwrap_err().to_string().ends_with("or use an older libcudart"));
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorHostMemoryAlreadyRegistered);
        assert!(device.synchronize().unwrap_err().to_string().ends_with("registered elsewhere"));
    }
}

#[test]
fn our_own_failures_leave_the_last_error_of_others_alone() {
    on_each(|device| {
        // SAFETY: an invalid ordinal is refused and leaves the thread's last error.
        let code = unsafe { device.runtime().cudaSetDevice(-5) }.unwrap();
        assert_ne!(code, cudaError_t::cudaSuccess);
        Stream::new(device).unwrap().query().unwrap();
        // SAFETY: reads and resets the thread's last error.
        assert_eq!(unsafe { device.runtime().cudaGetLastError() }, Ok(code));
    });
}

#[test]
fn a_library_that_cannot_be_loaded_is_an_error_with_its_path() {
    let missing = std::path::Path::new("/nonexistent/libcudart.so.13");
    // SAFETY: there is no such file.
    let Err(error) = (unsafe { cuda_safe::cuda_sys::Runtime::load_from(missing) }) else {
        panic!("it does not exist")
    };
    let error = Error::from(error);
    assert!(matches!(error.kind(), ErrorKind::Load(_)));
    assert!(error.to_string().contains("/nonexistent/libcudart.so.13"), "{error}");
}
