//! One row of the route table.

use super::guard;
use crate::{authorize::Action, state::App};
use axum::{
    Router,
    handler::Handler,
    http::Method,
    middleware,
    routing::{self, MethodRouter},
};

/// Method, path and the action it performs; the handler runs only when the action is authorized.
#[derive(Debug)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub action: Action,
    handler: MethodRouter<App>,
}

impl Route {
    pub(super) fn get<T: 'static>(
        path: &'static str,
        action: Action,
        handler: impl Handler<T, App>,
    ) -> Self {
        Self {
            method: Method::GET,
            path,
            action,
            handler: routing::get(handler),
        }
    }

    pub(super) fn post<T: 'static>(
        path: &'static str,
        action: Action,
        handler: impl Handler<T, App>,
    ) -> Self {
        Self {
            method: Method::POST,
            path,
            action,
            handler: routing::post(handler),
        }
    }

    pub(super) fn put<T: 'static>(
        path: &'static str,
        action: Action,
        handler: impl Handler<T, App>,
    ) -> Self {
        Self {
            method: Method::PUT,
            path,
            action,
            handler: routing::put(handler),
        }
    }

    pub(super) fn add_to(self, router: Router<App>, app: &App) -> Router<App> {
        let guard = middleware::from_fn_with_state((app.clone(), self.action), guard::check);
        router.route(self.path, self.handler.route_layer(guard))
    }
}
