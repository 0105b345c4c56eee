use cuda_safe::cuda_sys::cudart::{cudaDeviceAttr, cudaError_t};
use cuda_safe::{Device, DeviceMemory, Error, ErrorKind, Event, MemoryPool, Result, Stream};

use crate::support::recorder::{fail_next, pretend_devices, recorder, recorder_without};
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
fn a_failure_that_is_returned_is_not_left_as_the_last_error_of_the_thread() {
    type Fails = fn(Device) -> Error;
    let failures: [(cudaError_t, Fails); 4] = [
        (cudaError_t::cudaErrorMemoryAllocation, |device| {
            DeviceMemory::<u8>::new(device, 1 << 50).unwrap_err()
        }),
        (cudaError_t::cudaErrorMemoryAllocation, |device| {
            let (pool, stream) = (MemoryPool::new(device).unwrap(), Stream::new(device).unwrap());
            DeviceMemory::<u8>::from_pool(&pool, &stream, 1 << 50).unwrap_err()
        }),
        (cudaError_t::cudaErrorInvalidValue, |device| device.attribute(cudaDeviceAttr(123_456)).unwrap_err()),
        (cudaError_t::cudaErrorInvalidResourceHandle, |device| {
            let never_recorded = || Event::with_timing(device).unwrap();
            never_recorded().elapsed_since(&never_recorded()).unwrap_err()
        }),
    ];
    on_each(|device| {
        for (code, fails) in failures {
            assert_eq!(fails(device).code(), Some(code));
            assert_eq!(last_error(device), cudaError_t::cudaSuccess, "{code:?}");
        }
    });
}

#[test]
fn a_device_that_the_runtime_refuses_is_not_left_as_the_last_error_of_the_thread() {
    for behind in runtimes() {
        let runtime = recorder(behind);
        pretend_devices(1000);
        let device = Device::new(runtime, 999).unwrap();
        let error = device.memory_info().unwrap_err();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorInvalidDevice));
        assert_eq!(last_error(device), cudaError_t::cudaSuccess);
    }
}

#[test]
fn what_others_left_as_the_last_error_of_the_thread_stays_while_calls_succeed() {
    on_each(|device| {
        let code = fail_as_others_do(device);
        Stream::new(device).unwrap().query().unwrap();
        assert_eq!(last_error(device), code);
        forget_last_error(device);
    });
}

#[test]
fn no_other_code_than_that_of_the_returned_failure_is_taken_back() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let code = fail_as_others_do(device);
        // Fails without leaving anything, unlike a function of CUDA.
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorUnknown);
        assert_eq!(device.synchronize().unwrap_err().code(), Some(cudaError_t::cudaErrorUnknown));
        assert_eq!(last_error(device), code);
        forget_last_error(device);
    }
}

/// Leaves the error that is returned.
fn fail_as_others_do(device: Device) -> cudaError_t {
    // SAFETY: an invalid ordinal is refused and leaves the thread's last error.
    let code = unsafe { device.runtime().cudaSetDevice(-5) }.unwrap();
    assert_ne!(code, cudaError_t::cudaSuccess);
    code
}

fn last_error(device: Device) -> cudaError_t {
    // SAFETY: reads the thread's last error.
    unsafe { device.runtime().cudaPeekAtLastError() }.unwrap()
}

fn forget_last_error(device: Device) {
    // SAFETY: resets the thread's last error.
    unsafe { device.runtime().cudaGetLastError() }.unwrap();
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
