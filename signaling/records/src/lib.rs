//! quietroom-records
