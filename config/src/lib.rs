//! quietroom-config
