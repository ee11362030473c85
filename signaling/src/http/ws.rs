//! Routes of ws.

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
