//! Scenarios: a server and its clients in virtual time, one file for each thing that can go right
//! or wrong.

mod credentials;
mod demultiplexing;
mod endings;
mod lab;
mod relaying;
mod vectors;
