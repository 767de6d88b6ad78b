#![doc = include_str!("../README.md")]

mod answer;
mod clock;
mod control;
mod credentials;
mod ctx;
#[cfg(feature = "binary")]
mod durable;
mod faults;
mod handle;
mod host;
mod http;
mod journal;
mod loopback;
mod options;
#[cfg(feature = "binary")]
mod program;
mod reading;
mod rules;
mod serve;
mod service;
mod services;
mod state;
mod store;
mod time;
mod world;

pub use clock::{Clock, ClockMode, Sleep};
pub use credentials::{Acme, Itellico, Seclai, Seenty, Segops, Sidclaw};
pub use faults::{Action, ContentChange, FaultRule, FaultStatus, HeadChange, Matcher, Phase, Place, Span, Target, Values};
pub use handle::{Connections, Error, Sandbox, Unfinished, World};
pub use journal::{Expectation, JournalEntry, Miss, NearMiss};
pub use options::{Choice, Options};
#[cfg(feature = "binary")]
pub use program::{Program, route_table};
pub use rules::{Rule, rules};
pub use service::Variant;
