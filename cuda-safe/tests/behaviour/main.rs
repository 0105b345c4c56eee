//! What each file of the crate promises, on every runtime under test; the modules mirror the sources.

#[path = "../support/mod.rs"]
mod support;

mod copy;
mod device;
mod device_memory;
mod element;
mod error;
mod event;
mod forget;
mod home;
mod keeper;
mod managed;
mod markers;
mod peer;
mod pending;
mod pinned;
mod pointer_attributes;
mod pool;
mod range;
mod registered;
mod scope;
mod settle;
mod stream;
mod view;
