//! The relay alone: its process, its control protocol, and participants of the `webrtc` crate.

mod process;
