//! Copies and fills on raw pointers: the layer under the typed copies, and the one that strided arrays use.
//!
//! Every function takes the stream, the pointers and the sizes in bytes, and is `unsafe`, for it cannot know what the
//! pointers point to. Those named `enqueue...` return when the work is in the stream; the others return when it is
//! done, also if something failed on the way.
//!
//! Pageable host memory (from the ordinary allocator) may be read or written while `enqueue` runs, out of stream
//! order, or later: CUDA does not say. So it must be ready before the call and stay untouched until the stream is
//! synchronised. Only page-locked host memory takes part in stream order.
//!
//! Zero bytes are no call at all, and the pointers may then be null.

mod batch;
mod linear;
mod pitched;

pub use batch::Copies;
pub(crate) use linear::finish;
pub use linear::{
    Direction, blocking, blocking_fill, blocking_peer, enqueue, enqueue_fill, enqueue_peer, on_legacy,
    on_legacy_beside_captures,
};
pub use pitched::{Copy2d, Copy3d, blocking_2d, blocking_3d, enqueue_2d, enqueue_3d, on_legacy_2d};
