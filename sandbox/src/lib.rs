//! Five API-key services on this machine: their rules, a virtual clock, faults and a journal.

mod clock;
mod ctx;
mod faults;
mod rules;
mod service;
mod services;
mod store;
mod time;

pub use clock::{Clock, ClockMode, Sleep};
pub use faults::{Action, ContentChange, FaultRule, FaultStatus, HeadChange, Matcher, Phase, Place, Span, Target, Values};
pub use rules::{Rule, rules};
pub use service::Variant;
