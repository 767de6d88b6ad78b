//! What options are called in other SDKs, so that a name that this one does not have is answered with
//! the right one.

use std::collections::BTreeMap;

use crate::generate::surface::{Field, Surface};

/// Names of others, without case and separators, and ours. Other spellings of our own names need no
/// line here.
const OTHER_NAMES: [(&str, &str); 37] = [
    ("accesstoken", "api_key"),
    ("accountid", "account"),
    ("apibase", "base_url"),
    ("apitoken", "api_key"),
    ("apiurl", "base_url"),
    ("authtoken", "api_key"),
    ("backoff", "retry_base"),
    ("baseuri", "base_url"),
    ("bearertoken", "api_key"),
    ("ca", "extra_roots"),
    ("cafile", "extra_roots"),
    ("calltimeout", "timeout"),
    ("deadline", "timeout"),
    ("endpoint", "base_url"),
    ("host", "base_url"),
    ("httpproxy", "proxy"),
    ("httpsproxy", "proxy"),
    ("idletimeout", "read_timeout"),
    ("key", "api_key"),
    ("maxretries", "max_attempts"),
    ("numretries", "max_attempts"),
    ("organization", "account"),
    ("orgid", "account"),
    ("proxies", "proxy"),
    ("requesttimeout", "attempt_timeout"),
    ("retries", "max_attempts"),
    ("sockettimeout", "read_timeout"),
    ("tenant", "account"),
    ("tenantid", "account"),
    ("timeoutms", "timeout"),
    ("timeoutseconds", "timeout"),
    ("token", "api_key"),
    ("totaltimeout", "timeout"),
    ("url", "base_url"),
    ("useragent", "app_name"),
    ("username", "email"),
    ("verify", "extra_roots"),
];

/// What each of them means here, our own names in other spellings among them.
pub fn all(surface: &Surface) -> BTreeMap<String, &Field> {
    let options = surface.records.iter().filter(|record| ["ClientOptions", "CallOptions"].contains(&record.name.as_str()));
    let own: BTreeMap<String, &Field> =
        options.flat_map(|record| &record.fields).map(|field| (field.name.replace('_', ""), field)).collect();
    let others = OTHER_NAMES.iter().filter_map(|(name, ours)| Some(((*name).to_owned(), *own.get(&ours.replace('_', ""))?)));
    others.chain(own.iter().map(|(name, field)| (name.clone(), *field))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_an_option_that_there_is() {
        let surface = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/surface.json")).unwrap();
        for (name, ours) in OTHER_NAMES {
            assert!(surface.contains(&format!("\"name\": \"{ours}\"")), "{name}: {ours}");
        }
    }
}
