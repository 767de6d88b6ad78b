//! The walks of a client, by the tokens of their pages.
//!
//! A token is text that the caller may keep or lose, so walks are forgotten: those at their end at
//! once, the others when there are too many, the longest unused first. A token of a forgotten walk,
//! or from another process, is still a place in the list.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Walk;
use crate::walk::changes::digest;

/// What a token of ours begins with.
const MARK: &str = "kw1:";
const MOST_WALKS: usize = 1024;
/// At 16 bytes each.
const MOST_IDS: usize = 1 << 20;

/// What a token leads to.
#[derive(Debug)]
pub(crate) struct Found {
    pub walk: Walk,
    /// Where its next page begins; none for the beginning of the list.
    pub wanted: Option<String>,
    /// The walk's number and the page it stood at, if it is known.
    place: Option<(u64, u32)>,
}

/// The walks that are remembered.
#[derive(Default)]
pub(crate) struct Walks(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    walks: HashMap<u64, Kept>,
    /// How many ids all of them keep.
    ids: usize,
    /// Counts uses.
    time: u64,
}

struct Kept {
    walk: Walk,
    /// Which list it walks over.
    list: u128,
    used: u64,
}

impl Walks {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a walk begins that a token does not go on with; `None` when it goes on with one.
    pub(crate) fn beginning(&self, token: Option<&str>) -> Option<Option<String>> {
        let Some(token) = token else { return Some(None) };
        let Some((number, _, wanted)) = parts(token) else { return Some(Some(token.to_owned())) };
        let known = self.lock().walks.contains_key(&number);
        (!known).then(|| (!wanted.is_empty()).then(|| wanted.to_owned()))
    }

    /// The walk of a token, or a new one; `None` when the token belongs to another list.
    pub(crate) fn at(&self, token: Option<&str>, list: &dyn Fn() -> u128) -> Option<Found> {
        let fresh = |start: Option<String>| Found { walk: Walk::from(start.clone()), wanted: start, place: None };
        let Some(token) = token else { return Some(fresh(None)) };
        let Some((number, page, wanted)) = parts(token) else { return Some(fresh(Some(token.to_owned()))) };
        let wanted = (!wanted.is_empty()).then(|| wanted.to_owned());
        let inner = self.lock();
        let Some(kept) = inner.walks.get(&number) else { return Some(fresh(wanted)) };
        if kept.list != list() {
            return None;
        }
        let walk = if kept.walk.pages == page { kept.walk.clone() } else { kept.walk.back_at(page) };
        Some(Found { walk, wanted, place: Some((number, page)) })
    }

    /// Remembers a walk whose next page begins at `next`, and gives the token.
    pub(crate) fn keep(&self, found: Found, next: Option<&str>, list: u128) -> String {
        let mut inner = self.lock();
        inner.time += 1;
        let used = inner.time;
        // From an earlier page, it goes another way than the one that is remembered.
        let known = found.place.filter(|(number, page)| inner.walks.get(number).is_some_and(|kept| kept.walk.pages == *page));
        let number = known.map_or_else(new_number, |(number, _)| number);
        let token = format!("{MARK}{number:016x}.{}:{}", found.walk.pages, next.unwrap_or_default());
        inner.remember(number, Kept { walk: found.walk, list, used });
        token
    }

    /// Forgets a walk that is at its end.
    pub(crate) fn end(&self, found: &Found) {
        let mut inner = self.lock();
        if let Some((number, page)) = found.place
            && inner.walks.get(&number).is_some_and(|kept| kept.walk.pages == page)
        {
            inner.forget(number);
        }
    }
}

impl Inner {
    /// Remembers a walk, and forgets others where they are too much.
    fn remember(&mut self, number: u64, kept: Kept) {
        self.forget(number);
        self.ids += kept.walk.given.len();
        self.walks.insert(number, kept);
        while self.walks.len() > MOST_WALKS || self.walks.len() > 1 && self.ids > MOST_IDS {
            let others = self.walks.iter().filter(|(other, _)| **other != number);
            let Some(oldest) = others.min_by_key(|(_, kept)| kept.used).map(|(number, _)| *number) else { return };
            self.forget(oldest);
        }
    }

    fn forget(&mut self, number: u64) {
        if let Some(gone) = self.walks.remove(&number) {
            self.ids -= gone.walk.given.len();
        }
    }
}

impl fmt::Debug for Walks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Walks").field(&self.lock().walks.len()).finish()
    }
}

/// Number, page and place of a token.
fn parts(token: &str) -> Option<(u64, u32, &str)> {
    let (head, place) = token.strip_prefix(MARK)?.split_once(':')?;
    let (number, page) = head.split_once('.')?;
    Some((u64::from_str_radix(number, 16).ok()?, page.parse().ok()?, place))
}

/// A number that no other walk has, in this process or another.
fn new_number() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    digest(&COUNT.fetch_add(1, Ordering::Relaxed).to_string()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_walk_and_no_other_list() {
        let walks = Walks::default();
        let mut found = walks.at(None, &|| 1).unwrap();
        found.walk.pages = 1;
        let token = walks.keep(found, Some("a:b.c"), 1);
        let again = walks.at(Some(&token), &|| 1).unwrap();
        assert_eq!((again.walk.pages, again.wanted.as_deref()), (1, Some("a:b.c")));
        assert!(walks.at(Some(&token), &|| 2).is_none());
    }

    #[test]
    fn a_token_of_a_forgotten_walk_or_of_the_service_is_a_place() {
        let walks = Walks::default();
        for (token, place) in [("2", "2"), ("kw1:00000000000000ff.3:7", "7"), ("kw1:x.3:7", "kw1:x.3:7")] {
            let found = walks.at(Some(token), &|| 1).unwrap();
            assert_eq!((found.walk.pages, found.wanted.as_deref()), (0, Some(place)));
            assert!(found.walk.is_start(Some(place)));
        }
    }

    #[test]
    fn walks_are_forgotten_when_they_are_too_many_or_at_their_end() {
        let walks = Walks::default();
        let token = |walks: &Walks| {
            let mut found = walks.at(None, &|| 1).unwrap();
            found.walk.pages = 1;
            walks.keep(found, Some("2"), 1)
        };
        let first = token(&walks);
        for _ in 0..MOST_WALKS {
            token(&walks);
        }
        assert_eq!(walks.at(Some(&first), &|| 1).unwrap().walk.pages, 0);
        let last = token(&walks);
        let found = walks.at(Some(&last), &|| 1).unwrap();
        assert_eq!(found.walk.pages, 1);
        walks.end(&found);
        assert_eq!(walks.at(Some(&last), &|| 1).unwrap().walk.pages, 0);
    }

    #[test]
    fn an_earlier_token_goes_its_own_way() {
        let walks = Walks::default();
        let mut found = walks.at(None, &|| 1).unwrap();
        found.walk.pages = 1;
        let first = walks.keep(found, Some("2"), 1);
        let mut found = walks.at(Some(&first), &|| 1).unwrap();
        found.walk.pages = 2;
        let second = walks.keep(found, Some("3"), 1);
        let mut found = walks.at(Some(&first), &|| 1).unwrap();
        assert_eq!(found.walk.pages, 1);
        found.walk.pages = 2;
        assert_ne!(walks.keep(found, Some("3"), 1).split('.').next(), second.split('.').next());
        assert_eq!(walks.at(Some(&second), &|| 1).unwrap().walk.pages, 2);
    }
}
