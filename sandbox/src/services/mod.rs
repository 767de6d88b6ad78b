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

/// The service of this name, or the sentence that names those there are.
pub(crate) fn known(name: &str) -> Result<&'static dyn Service, String> {
    let names = || list(ALL.iter().map(|service| service.name()));
    by_name(name).ok_or_else(|| format!("there is no service `{name}`: there are {}", names()))
}

/// Refuses a plan that the service does not have.
pub(crate) fn check_plan(service: &dyn Service, plan: &str) -> Result<(), String> {
    let plans = service.plans();
    let text = || format!("{} knows no plan `{plan}`: it has {}", service.name(), list(plans.iter().copied()));
    if plans.contains(&plan) { Ok(()) } else { Err(text()) }
}

/// Refuses a category of requests that the service, or without one every service, does not count.
pub(crate) fn check_category(service: Option<&dyn Service>, category: &str) -> Result<(), String> {
    let of = |service: &dyn Service| service.categories().contains(&category);
    let known = |service: &dyn Service| format!("{} counts {}", service.name(), list(service.categories().iter().copied()));
    let (found, known) = match service {
        Some(service) => (of(service), known(service)),
        None => {
            (ALL.iter().any(|service| of(*service)), ALL.iter().map(|service| known(*service)).collect::<Vec<_>>().join("; "))
        }
    };
    if found { Ok(()) } else { Err(format!("there is no category `{category}`: {known}")) }
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
