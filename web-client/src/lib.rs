//! quietroom-web
