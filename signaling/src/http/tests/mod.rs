//! The whole router over a real store, in virtual time.

mod accounts;
mod harness;
mod origin;
mod site;
mod staff;
mod table;
