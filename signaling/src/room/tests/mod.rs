//! Rooms over a real store in a temporary folder, a scripted relay and a clock moved by hand.

mod admission;
mod boards;
mod end;
mod fixture;
mod group;
mod groups;
mod media;
mod presence;
mod record;
mod shared;
mod ways;
