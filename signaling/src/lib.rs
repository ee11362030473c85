//! quietroom
