//! Scenarios: a server and its clients in virtual time, one file for each thing that can go right
//! or wrong.

mod allocating;
mod credentials;
mod demultiplexing;
mod endings;
mod faults;
mod lab;
mod memory;
mod model;
mod noise;
mod peers;
mod refreshing;
mod relaying;

mod vectors;
