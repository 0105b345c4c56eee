//! Devices: choice, description, peers, synchronisation, reset.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::sync::atomic::Ordering;

use cuda_sys::cudart::{
    cudaDeviceAttr, cudaDeviceMapHost, cudaDeviceMask, cudaDeviceP2PAttr, cudaInitDeviceFlagsAreValid,
};

use super::argument::{flags, give, given, ordinal};
use super::call::c_functions;
use crate::attributes;
use crate::emulator;
use crate::lock::{lock, write};
use crate::outcome::{Code, Outcome};
use crate::thread;

c_functions! { both:
    fn cudaGetDeviceCount(count: *mut c_int) {
        let devices = emulator::get()?.devices.len();
        // SAFETY: an out pointer of C's contract.
        unsafe { give(count, ordinal(devices)) }?;
        if devices == 0 { Err(Code::cudaErrorNoDevice) } else { Ok(()) }
    }

    fn cudaGetDevice(device: *mut c_int) {
        let (current, _) = emulator::get()?.current()?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(device, ordinal(current)) }
    }

    fn cudaSetDevice(device: c_int) {
        let (index, device) = emulator::get()?.device(device)?;
        thread::set_device(index);
        device.health.check()
    }

    fn cudaInitDevice(device: c_int, deviceFlags: c_uint, flag: c_uint) {
        flags(flag, cudaInitDeviceFlagsAreValid)?;
        let (_, device) = emulator::get()?.device(device)?;
        if flag == cudaInitDeviceFlagsAreValid {
            flags(deviceFlags, cudaDeviceMask)?;
            device.flags.store(deviceFlags, Ordering::Relaxed);
        }
        Ok(())
    }

    fn cudaSetDeviceFlags(flag: c_uint) {
        flags(flag, cudaDeviceMask)?;
        let (_, device) = emulator::get()?.current()?;
        device.flags.store(flag, Ordering::Relaxed);
        Ok(())
    }

    fn cudaGetDeviceFlags(flag: *mut c_uint) {
        let (_, device) = emulator::get()?.current()?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(flag, device.flags.load(Ordering::Relaxed) | cudaDeviceMapHost) }
    }

    fn cudaDeviceSynchronize() {
        let emulator = emulator::get()?;
        emulator.synchronise(emulator.current()?.0)
    }

    fn cudaDeviceReset() {
        let emulator = emulator::get()?;
        let (index, device) = emulator.current()?;
        // Work of a failed device is skipped, so this ends in any case.
        let _failed_before = device.synchronise();
        {
            let mut streams = lock(&emulator.streams);
            for handle in streams.handles_where(|stream| stream.device == index) {
                streams.remove(handle);
            }
        }
        {
            let mut events = lock(&emulator.events);
            for handle in events.handles_where(|event| event.device == index) {
                events.remove(handle);
            }
        }
        thread::forget_default_stream(index);
        write(&emulator.memory).reset(index);
        device.reset();
        Ok(())
    }

    fn cudaDriverGetVersion(driverVersion: *mut c_int) {
        // SAFETY: an out pointer of C's contract.
        unsafe { give(driverVersion, attributes::DRIVER_VERSION) }
    }

    fn cudaDeviceGetAttribute(value: *mut c_int, attr: cudaDeviceAttr, device: c_int) {
        given(value)?;
        let (index, _) = emulator::get()?.device(device)?;
        let found = attributes::value(attr, index).ok_or(Code::cudaErrorInvalidValue)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(value, found) }
    }

    fn cudaDeviceGetPCIBusId(pciBusId: *mut c_char, len: c_int, device: c_int) {
        given(pciBusId)?;
        let (index, _) = emulator::get()?.device(device)?;
        let text = attributes::pci_bus_id(index) + "\0";
        if usize::try_from(len).map_or(true, |len| len < text.len()) {
            return Err(Code::cudaErrorInvalidValue);
        }
        // SAFETY: the caller vouches for `len` bytes, which are enough.
        unsafe { pciBusId.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len()) };
        Ok(())
    }

    fn cudaDeviceGetByPCIBusId(device: *mut c_int, pciBusId: *const c_char) {
        given(device)?;
        given(pciBusId)?;
        let devices = emulator::get()?.devices.len();
        // SAFETY: a string of C's contract, not null.
        let text = unsafe { CStr::from_ptr(pciBusId) }.to_string_lossy();
        let index = attributes::by_pci_bus_id(&text, devices).ok_or(Code::cudaErrorInvalidDevice)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(device, ordinal(index)) }
    }

    fn cudaDeviceCanAccessPeer(canAccessPeer: *mut c_int, device: c_int, peerDevice: c_int) {
        given(canAccessPeer)?;
        let emulator = emulator::get()?;
        let different = emulator.device(device)?.0 != emulator.device(peerDevice)?.0;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(canAccessPeer, c_int::from(different)) }
    }

    fn cudaDeviceEnablePeerAccess(peerDevice: c_int, flag: c_uint) {
        flags(flag, 0)?;
        let emulator = emulator::get()?;
        let ((current, device), (peer, _)) = (emulator.current()?, emulator.device(peerDevice)?);
        if current == peer { Err(Code::cudaErrorInvalidDevice) } else { device.enable_peer(peer) }
    }

    fn cudaDeviceDisablePeerAccess(peerDevice: c_int) {
        let emulator = emulator::get()?;
        let ((_, device), (peer, _)) = (emulator.current()?, emulator.device(peerDevice)?);
        device.disable_peer(peer)
    }

    fn cudaDeviceGetP2PAttribute(value: *mut c_int, attr: cudaDeviceP2PAttr, srcDevice: c_int, dstDevice: c_int) {
        given(value)?;
        let emulator = emulator::get()?;
        if emulator.device(srcDevice)?.0 == emulator.device(dstDevice)?.0 {
            return Err(Code::cudaErrorInvalidDevice);
        }
        let found = match attr {
            cudaDeviceP2PAttr::cudaDevP2PAttrAccessSupported => 1,
            cudaDeviceP2PAttr::cudaDevP2PAttrPerformanceRank
            | cudaDeviceP2PAttr::cudaDevP2PAttrNativeAtomicSupported
            | cudaDeviceP2PAttr::cudaDevP2PAttrCudaArrayAccessSupported => 0,
            _ => return Err(Code::cudaErrorInvalidValue),
        };
        // SAFETY: an out pointer of C's contract.
        unsafe { give(value, found) }
    }
}

/// The device of an ordinal, as the functions of a single flavour need it.
pub(super) fn index(device: c_int) -> Outcome<usize> {
    emulator::get()?.device(device).map(|(index, _)| index)
}
