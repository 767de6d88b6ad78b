//! The services, one file each: routes, then rules, then the work.

mod acme;
mod itellico;
mod seclai;
mod seenty;
mod segops;
mod shared;
mod sidclaw;

use crate::service::Service;

/// Every service, in the order in which they are listed to users.
pub(crate) const ALL: &[&dyn Service] =
    &[&seclai::Seclai, &segops::SegOps, &sidclaw::SidClaw, &seenty::Seenty, &itellico::Itellico, &acme::Acme];

/// The service of this name.
pub(crate) fn by_name(name: &str) -> Option<&'static dyn Service> {
    ALL.iter().copied().find(|service| service.name() == name)
}
