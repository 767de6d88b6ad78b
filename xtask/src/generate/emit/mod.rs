//! From the surface to the files of each language: plain text, put together line by line.
//!
//! What an emitter does not know it refuses by name; a language's spelling and its habits live in
//! its folder and nowhere else.

pub mod csharp;
pub mod lines;
pub mod node;
pub mod other_names;
pub mod python;
