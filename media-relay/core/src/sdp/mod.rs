//! Session descriptions (RFC 8866, RFC 8829) on `rtc-sdp`: browsers' are read into a
//! [`Description`], ours are written as an [`answer`] to a publisher or an [`offer`] to a
//! listener.

pub(crate) mod answer;
mod description;
pub(crate) mod offer;
mod section;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use description::{Description, SdpError, Setup};
pub(crate) use section::{Codec, Extension, Kind, Section};
pub(crate) use write::Local;
