use std::panic::{AssertUnwindSafe, catch_unwind};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, MemoryKind, PointerAttributes, Registered, Stream};

use crate::support::recorder::{calls, fail_next, recorder};
use crate::support::{on_each, runtimes};

fn kind(device: Device, elements: &[u8]) -> MemoryKind {
    PointerAttributes::of(device.runtime(), elements.as_ptr()).unwrap().kind
}

#[test]
fn memory_is_page_locked_as_long_as_it_is_registered() {
    on_each(|device| {
        let mut memory = Registered::new(device, vec![1u8; 1 << 18]).unwrap();
        assert_eq!(kind(device, &memory), MemoryKind::Host);
        memory[0] = 2;
        assert_eq!((memory.device(), memory.size_bytes()), (device, 1 << 18));
        assert_eq!(format!("{memory:?}"), "Registered(262144 x u8)");
        let elements = memory.into_vec().unwrap();
        assert_eq!(kind(device, &elements), MemoryKind::Unregistered);
        assert_eq!(elements[..2], [2, 1]);
    });
}

#[test]
fn a_refused_vector_comes_back() {
    on_each(|device| {
        let runtime = recorder(device.runtime());
        let device = Device::new(runtime, 0).unwrap();
        fail_next("cudaHostRegister", cudaError_t::cudaErrorHostMemoryAlreadyRegistered);
        let refused = Registered::new(device, vec![5u8; 10]).unwrap_err();
        assert_eq!(refused.buffers, [5; 10]);
        assert!(refused.to_string().starts_with("cudaHostRegister (device 0, 10 bytes"), "{refused}");
        assert!(format!("{refused:?}").contains("HostMemoryAlreadyRegistered"));
        assert!(std::error::Error::source(&refused).is_none());
        let error: cuda_safe::Error = refused.into();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorHostMemoryAlreadyRegistered));
    });
}

#[test]
fn memory_that_cannot_be_unregistered_is_leaked_and_never_freed() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        for drop_it in [true, false] {
            let memory = Registered::new(device, vec![5u8; 1 << 18]).unwrap();
            let address = memory.as_ptr();
            fail_next("cudaHostUnregister", cudaError_t::cudaErrorUnknown);
            if drop_it {
                drop(memory);
            } else {
                assert!(memory.into_vec().is_err());
            }
            // SAFETY: the vector was leaked, so its memory is still there.
            assert_eq!(unsafe { address.read() }, 5);
            // SAFETY: the memory is registered and unused.
            unsafe { behind.cudaHostUnregister(address.cast_mut().cast()) }.unwrap();
        }
    }
}

#[test]
fn borrowed_memory_is_registered_for_the_time_of_a_call() {
    on_each(|device| {
        let mut elements = vec![3u8; 1 << 18];
        let mut memory = DeviceMemory::<u8>::new(device, elements.len()).unwrap();
        let stream = Stream::new(device).unwrap();
        let inside = Registered::scope(device, &mut elements, |elements| {
            elements[1] = 4;
            stream.scope(|s| s.copy_to_device(elements, memory.view_mut())).unwrap();
            kind(device, elements)
        });
        assert_eq!((inside.unwrap(), kind(device, &elements)), (MemoryKind::Host, MemoryKind::Unregistered));
        assert_eq!(memory.slice(..3).unwrap().to_vec().unwrap(), [3, 4, 3]);
    });
}

#[test]
fn borrowed_memory_is_unregistered_when_the_body_panics() {
    on_each(|device| {
        let mut elements = vec![3u8; 1 << 18];
        let panic = catch_unwind(AssertUnwindSafe(|| {
            Registered::scope(device, &mut elements, |_| {
                std::panic::resume_unwind(Box::new("the body's own"))
            })
        }));
        let panic = panic.map(|outcome: cuda_safe::Result<()>| outcome.unwrap()).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"the body's own"));
        assert_eq!(kind(device, &elements), MemoryKind::Unregistered);
    });
}

#[test]
fn a_scope_reports_that_it_could_not_register_or_unregister() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let mut elements = vec![3u8; 1 << 18];
        fail_next("cudaHostRegister", cudaError_t::cudaErrorNotSupported);
        let refused = Registered::scope(device, &mut elements, |_| panic!("must not run")).unwrap_err();
        assert_eq!(refused.code(), Some(cudaError_t::cudaErrorNotSupported));
        fail_next("cudaHostUnregister", cudaError_t::cudaErrorUnknown);
        assert!(Registered::scope(device, &mut elements, |_| ()).is_err());
        // SAFETY: the memory is registered and unused.
        unsafe { behind.cudaHostUnregister(elements.as_mut_ptr().cast()) }.unwrap();
    }
}

#[test]
fn zero_elements_need_no_call_to_be_registered() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        calls();
        drop(Registered::new(device, Vec::<u8>::new()).unwrap());
        assert_eq!(Registered::new(device, Vec::<u8>::new()).unwrap().into_vec().unwrap(), []);
        Registered::<u8>::scope(device, &mut [], |_| ()).unwrap();
        assert_eq!(calls(), [""; 0]);
    }
}
