//! media-relay-core
