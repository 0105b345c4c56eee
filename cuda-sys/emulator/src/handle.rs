//! Handles: the opaque values that stand for streams, events and pools.
//!
//! A handle is an address that no process can map, so code that dereferences one faults. Each table has its own base, so a
//! handle of one kind is never taken for one of another. With [`Reuse::Immediate`] the handle of a destroyed object is
//! given to the next one, as CUDA does.

use crate::config::Reuse;

/// The distance between two handles.
const STEP: usize = 16;
/// Non-canonical on every 64-bit machine: nothing can be mapped here.
const BASE: usize = 0xE570_0000_0000_0000;

/// The objects of one kind, by handle.
pub(crate) struct Handles<T> {
    base: usize,
    reuse: Reuse,
    slots: Vec<Option<T>>,
    vacant: Vec<usize>,
}

impl<T> Handles<T> {
    /// An empty table; `kind` tells the tables apart.
    pub(crate) const fn new(kind: u8, reuse: Reuse) -> Self {
        Self { base: BASE + ((kind as usize) << 40), reuse, slots: Vec::new(), vacant: Vec::new() }
    }

    /// Stores `object` and gives its handle.
    pub(crate) fn insert(&mut self, object: T) -> usize {
        let index = match self.vacant.pop() {
            Some(index) => index,
            None => {
                self.slots.push(None);
                self.slots.len() - 1
            }
        };
        self.slots[index] = Some(object);
        self.base + index * STEP
    }

    /// The object of a handle, if there is one.
    pub(crate) fn get(&self, handle: usize) -> Option<&T> {
        self.slots.get(self.index(handle)?)?.as_ref()
    }

    /// Takes the object out; its handle is invalid from now on, until it is reused.
    pub(crate) fn remove(&mut self, handle: usize) -> Option<T> {
        let index = self.index(handle)?;
        let object = self.slots.get_mut(index)?.take()?;
        if self.reuse == Reuse::Immediate {
            self.vacant.push(index);
        }
        Some(object)
    }

    /// The handles of the objects that `wanted` holds for.
    pub(crate) fn handles_where(&self, wanted: impl Fn(&T) -> bool) -> Vec<usize> {
        let used = self.slots.iter().enumerate().filter(|(_, slot)| slot.as_ref().is_some_and(&wanted));
        used.map(|(index, _)| self.base + index * STEP).collect()
    }

    fn index(&self, handle: usize) -> Option<usize> {
        let distance = handle.checked_sub(self.base)?;
        (distance.is_multiple_of(STEP)).then_some(distance / STEP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_handle_is_invalid() {
        let mut handles = Handles::new(0, Reuse::Delayed);
        let handle = handles.insert('a');
        assert_eq!(handles.get(handle), Some(&'a'));
        assert_eq!(handles.remove(handle), Some('a'));
        assert_eq!(handles.remove(handle), None);
        assert_eq!(handles.get(handle), None);
        assert_ne!(handles.insert('b'), handle);
    }

    #[test]
    fn a_handle_is_reused_at_once_when_asked() {
        let mut handles = Handles::new(0, Reuse::Immediate);
        let handle = handles.insert('a');
        handles.remove(handle);
        assert_eq!(handles.insert('b'), handle);
    }

    #[test]
    fn foreign_values_are_no_handles() {
        let (mut streams, events) =
            (Handles::new(0, Reuse::Delayed), Handles::<char>::new(1, Reuse::Delayed));
        let stream = streams.insert('a');
        for value in [0, 1, 2, stream + 1, stream + STEP, usize::MAX] {
            assert_eq!(streams.get(value), None);
        }
        assert_eq!(events.get(stream), None);
    }
}
