//! Every byte arrives, and no other is touched.

use std::time::Duration;

use cuda_safe::memory::staging::{
    Engine, HostBytes, HostBytesMut, Place, Settings, Stores, Transfer, Tuning, Until, Way,
};
use cuda_safe::{DeviceMemory, ManagedMemory, PinnedMemory, Registered, Stream};

use crate::support::{CHUNK, Dice, alone, device, down, engine, sizes, streams, up};

#[test]
fn every_byte_arrives_at_sizes_around_every_boundary() {
    let _alone = alone();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let streams = streams();
    for late in [Duration::ZERO, Duration::from_micros(300)] {
        cuda_emulator::set_async_delay(late);
        for threads in [1, 2, 5] {
            let engine = engine(threads);
            for size in sizes(threads) {
                let stream = &streams[dice.below(streams.len())];
                let until = if dice.below(2) == 0 { Until::Done } else { Until::Staged };
                let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
                let mut source = dice.bytes(size);
                let expected = source.clone();
                up(&engine, stream.as_ref(), &mut memory, &source, until).unwrap();
                // The host memory may be reused at once.
                source.fill(0xaa);
                // A margin shows writes beyond the array.
                let mut back = vec![0x55; size + 128];
                down(&engine, stream.as_ref(), &mut back[64..64 + size], &memory).unwrap();
                assert_eq!(
                    back[64..64 + size],
                    expected,
                    "{size} bytes, {threads} threads, {stream:?}, {until:?}"
                );
                assert!(back[..64].iter().chain(&back[64 + size..]).all(|&byte| byte == 0x55));
            }
        }
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
}

#[test]
fn a_copy_comes_after_what_its_stream_had_before() {
    let _alone = alone();
    cuda_emulator::set_async_delay(Duration::from_millis(2));
    let engine = engine(3);
    let size = 20 * CHUNK;
    for stream in streams() {
        let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
        // SAFETY: the memory lives until the stream is synchronised below.
        unsafe {
            cuda_safe::memory::copy::enqueue_fill(stream.as_ref(), memory.as_mut_ptr().cast(), 7, size)
        }
        .unwrap();
        let mut back = vec![0; size];
        down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
        assert_eq!(back, vec![7; size], "{stream:?}");
        // SAFETY: as above.
        unsafe {
            cuda_safe::memory::copy::enqueue_fill(stream.as_ref(), memory.as_mut_ptr().cast(), 8, size)
        }
        .unwrap();
        up(&engine, stream.as_ref(), &mut memory, &vec![9; size], Until::Staged).unwrap();
        down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
        assert_eq!(back, vec![9; size], "{stream:?}");
        stream.synchronize().unwrap();
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
}

#[test]
fn rows_of_a_pitched_image_are_packed_on_the_host_side() {
    let _alone = alone();
    let (width, pitch, rows) = (700, 1024, 150);
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let mut dice = Dice(77);
    let mut memory = DeviceMemory::<u8>::zeroed(device(), rows * pitch).unwrap();
    let source = dice.bytes(rows * width);
    let place = Place::Rows { base: memory.as_mut_ptr().cast(), width, pitch };
    let transfer = Transfer::new(stream.as_ref(), place, source.len());
    // SAFETY: the rows lie inside the memory, the source has as many bytes.
    unsafe { engine.upload(transfer, &HostBytes::new(source.as_ptr())) }.unwrap();
    let all = memory.to_vec().unwrap();
    for (row, expected) in source.chunks(width).enumerate() {
        assert_eq!(&all[row * pitch..row * pitch + width], expected);
        assert!(all[row * pitch + width..(row + 1) * pitch].iter().all(|&byte| byte == 0));
    }
    let mut back = vec![0; source.len()];
    let transfer = Transfer::new(stream.as_ref(), place, back.len());
    // SAFETY: as above.
    unsafe { engine.download(transfer, &HostBytesMut::new(back.as_mut_ptr())) }.unwrap();
    assert_eq!(back, source);
}

#[test]
fn several_callers_share_the_engine() {
    let _alone = alone();
    cuda_emulator::set_async_delay(Duration::from_micros(50));
    for threads in [1, 4] {
        let engine = engine(threads);
        std::thread::scope(|scope| {
            for caller in 0..6u64 {
                let engine = &engine;
                scope.spawn(move || {
                    let mut dice = Dice(caller + 1);
                    let stream = Stream::new(device()).unwrap();
                    for _ in 0..12 {
                        let size = 8 * CHUNK + dice.below(60 * CHUNK);
                        let source = dice.bytes(size);
                        let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
                        let mut back = vec![0; size];
                        up(engine, stream.as_ref(), &mut memory, &source, Until::Staged).unwrap();
                        down(engine, stream.as_ref(), &mut back, &memory).unwrap();
                        assert!(back == source, "caller {caller}, {size} bytes");
                    }
                });
            }
        });
        assert!(engine.report().pinned_bytes <= threads * 4 * CHUNK);
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
}

#[test]
fn new_pages_are_written_whole_and_nothing_around_them() {
    let _alone = alone();
    let size = (9 << 20) + 12_345;
    let way = Way { threads: 4, least_chunk: 64 << 10, most_chunk: 1 << 20, stores: Stores::Streaming };
    let settings = Settings { threads: Some(4), from: Some(0), ..Settings::default() };
    let engine = Engine::with_tuning(device(), settings, Tuning { upload: way, download: way }).unwrap();
    let stream = Stream::new(device()).unwrap();
    let expected = Dice(21).bytes(size);
    let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
    up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
    for margin in [0, 1, 4096, 100_000] {
        let mut fresh: Vec<u8> = Vec::with_capacity(size + 2 * margin);
        let base = fresh.as_mut_ptr();
        // SAFETY: both margins lie inside the vector, on either side of the array.
        unsafe { base.write_bytes(0x66, margin) };
        // SAFETY: as above.
        unsafe { base.wrapping_add(margin + size).write_bytes(0x66, margin) };
        let place = Place::Run { base: memory.as_ptr().cast_mut().cast() };
        let sink = HostBytesMut::new(base.wrapping_add(margin));
        // SAFETY: both have as many bytes, those of the sink inside the vector.
        unsafe { engine.download(Transfer::new(stream.as_ref(), place, size), &sink) }.unwrap();
        // SAFETY: every byte has been written, by the copy or as margin.
        unsafe { fresh.set_len(size + 2 * margin) };
        assert!(fresh[margin..margin + size] == expected);
        assert!(fresh[..margin].iter().chain(&fresh[margin + size..]).all(|&byte| byte == 0x66));
    }
}

#[test]
fn an_engine_that_measures_for_itself_copies_right_while_it_chooses() {
    let _alone = alone();
    let engine = Engine::new(device(), Settings { threads: Some(3), ..Settings::default() }).unwrap();
    assert_eq!(engine.report().tuning, None);
    let stream = Stream::new(device()).unwrap();
    let mut dice = Dice(23);
    for size in [1, 100_000, 300_000, 1 << 20, 17 << 20] {
        // So often that every size is decided, whichever way.
        for _ in 0..if size < 2 << 20 { 25 } else { 1 } {
            let expected = vec![dice.roll() as u8; size];
            let (mut memory, mut back) = (DeviceMemory::<u8>::new(device(), size).unwrap(), vec![0; size]);
            up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
            down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
            assert!(back == expected);
        }
    }
    let report = engine.report();
    assert_eq!(report.threads, 3);
    assert!(report.tuning.is_some() && report.pinned_bytes > 0 && report.pinned_bytes <= 64 << 20);
}

/// Sizes around those where another way begins: a slot, alone, several threads.
fn sizes_of_every_way() -> Vec<usize> {
    let edges = [64 << 10, 128 << 10, 256 << 10, 2 << 20, 3 << 20];
    let around = edges.into_iter().flat_map(|edge| [edge - 1, edge, edge + 1]);
    [0, 1, 4095, 4096, 4097, 700_001, 17 << 20].into_iter().chain(around).collect()
}

#[test]
fn every_byte_arrives_whichever_way_an_engine_with_default_settings_takes() {
    let _alone = alone();
    let mut dice = Dice(0x51_7c_c1_b7_27_22_0a_95);
    let engine = Engine::new(device(), Settings { threads: Some(3), ..Settings::default() }).unwrap();
    let (streams, sizes) = (streams(), sizes_of_every_way());
    const MARGIN: usize = 64;
    let most = sizes.iter().max().unwrap() + 2 * MARGIN;
    let mut memory = DeviceMemory::<u8>::new(device(), most).unwrap();
    let random = dice.bytes(most);
    for round in 0..14 * sizes.len() {
        let size = sizes[round % sizes.len()];
        if size > 4 << 20 && round > 3 * sizes.len() {
            continue;
        }
        cuda_emulator::set_async_delay(Duration::from_micros([0, 0, 0, 50, 300][dice.below(5)]));
        let stream = &streams[dice.below(streams.len())];
        let until = if dice.below(2) == 0 { Until::Done } else { Until::Staged };
        let what = format!("round {round}: {size} bytes on {stream:?}, {until:?}");
        let all = size + 2 * MARGIN;
        // What is around the array stays as it was, on either side.
        memory.slice_mut(..all).unwrap().fill_bytes(0x44).unwrap();
        let start = dice.below(most - all + 1);
        let mut source = random[start..start + size].to_vec();
        let base = memory.as_mut_ptr().wrapping_add(MARGIN);
        let transfer = || Transfer::new(stream.as_ref(), Place::Run { base: base.cast() }, size);
        // SAFETY: so many bytes on both sides; the memory is only used in the order of this stream until it is waited for.
        let tiny =
            unsafe { engine.upload_small(stream.as_ref(), base.cast(), source.as_ptr(), size) }.unwrap();
        if !tiny {
            // SAFETY: as above.
            unsafe { engine.upload(transfer().until(until), &HostBytes::new(source.as_ptr())) }.unwrap();
        }
        // The host memory may be reused at once.
        source.fill(0xaa);
        let mut back = vec![0x55; all];
        let sink = back[MARGIN..].as_mut_ptr();
        // SAFETY: as above.
        if !unsafe { engine.download_small(stream.as_ref(), base.cast(), sink, size) }.unwrap() {
            // SAFETY: as above.
            unsafe { engine.download(transfer(), &HostBytesMut::new(sink)) }.unwrap();
        }
        stream.synchronize().unwrap();
        let mut inside = vec![0; all];
        memory.slice(..all).unwrap().copy_to_host(&mut inside).unwrap();
        for (bytes, margin) in [(&back, 0x55), (&inside, 0x44)] {
            assert!(bytes[MARGIN..MARGIN + size] == random[start..start + size], "{what}");
            let mut around = bytes[..MARGIN].iter().chain(&bytes[MARGIN + size..]);
            assert!(around.all(|&byte| byte == margin), "{what}");
        }
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
    // All three ways were taken: slots, a caller's ring, and lanes.
    let report = engine.report();
    assert!(report.workers > 0 && report.pinned_bytes > 5 << 20, "{report:?}");
}

#[test]
fn memory_that_the_device_reaches_by_itself_goes_straight() {
    let _alone = alone();
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let expected = Dice(25).bytes(50 * CHUNK);
    let mut pinned = PinnedMemory::from_slice(device(), &expected).unwrap();
    let mut registered = Registered::new(device(), expected.clone()).unwrap();
    let managed = ManagedMemory::<u8>::new(device(), expected.len()).unwrap();
    // SAFETY: the memory has as many bytes, and the device does not use it.
    unsafe { managed.as_ptr().cast_mut().copy_from_nonoverlapping(expected.as_ptr(), expected.len()) };
    let hosts = [pinned.as_mut_ptr(), registered.as_mut_ptr(), managed.as_ptr().cast_mut()];
    for (at, host) in hosts.into_iter().enumerate() {
        let mut memory = DeviceMemory::<u8>::zeroed(device(), expected.len()).unwrap();
        let place = Place::Run { base: memory.as_mut_ptr().cast() };
        for until in [Until::Done, Until::Staged] {
            let transfer = Transfer::new(stream.as_ref(), place, expected.len()).until(until);
            // SAFETY: both have as many bytes, and nobody else uses them.
            unsafe { engine.upload(transfer, &HostBytes::new(host)) }.unwrap();
        }
        assert!(memory.to_vec().unwrap() == expected, "host memory {at}");
        memory.fill_bytes(9).unwrap();
        let transfer = Transfer::new(stream.as_ref(), place, expected.len());
        // SAFETY: as above.
        unsafe { engine.download(transfer, &HostBytesMut::new(host)) }.unwrap();
        // SAFETY: the host may look, for the copy is done.
        let seen = unsafe { std::slice::from_raw_parts(host, expected.len()) };
        assert!(seen == vec![9; expected.len()], "host memory {at}");
    }
    assert_eq!(engine.report().pinned_bytes, 0, "something was staged");
}
