//! quietroom-tests
