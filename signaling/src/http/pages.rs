//! The one page of the web client under each of its addresses, and its files.

use super::{Refuse, Route, extract::Path};
use crate::{authorize::Action, state::App};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use quietroom_web as web;

/// Addresses that show the page. Whatever is not one of them is not found.
const PAGES: [&str; 9] = [
    "/",
    "/sign-in",
    "/setup",
    "/join",
    "/session/{session}",
    "/new",
    "/notes",
    "/notes/{note}",
    "/staff",
];

/// Files under this path carry a hash of their content in their name.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

pub(super) fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = PAGES
        .into_iter()
        .map(|path| Route::get(path, Action::ReadPage, page))
        .collect();
    routes.push(Route::get("/assets/{*path}", Action::ReadPage, file));
    routes.push(Route::get("/hashes.txt", Action::ReadPage, hashes));
    routes
}

async fn page(State(app): State<App>) -> Result<Response, Refuse> {
    let index = web::index().ok_or_else(Refuse::fault)?;
    let page = String::from_utf8_lossy(&index.bytes);
    // The page says that it is a demonstration before any script runs.
    let page = if app.demo {
        page.replacen("<html", "<html data-demo", 1)
    } else {
        page.into_owned()
    };
    Ok(([(header::CONTENT_TYPE, index.content_type)], page).into_response())
}

/// What the build says of every file, for whoever compares.
async fn hashes() -> Result<Response, Refuse> {
    let listed = web::hashes().ok_or_else(Refuse::not_found)?;
    Ok(([(header::CONTENT_TYPE, listed.content_type)], listed.bytes).into_response())
}

async fn file(Path(path): Path<String>) -> Result<Response, Refuse> {
    let asset = web::asset(&format!("assets/{path}")).ok_or_else(Refuse::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, IMMUTABLE),
    ];
    Ok((headers, asset.bytes).into_response())
}
