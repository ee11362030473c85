//! The whole router over a real store, in virtual time.

mod accounts;
mod calendar;
mod harness;
mod identity;
mod join;
mod origin;
mod sessions;
mod site;
mod staff;
mod table;
