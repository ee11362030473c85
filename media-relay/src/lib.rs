//! media-relay
