//! Which lists this process has changed: what a walk over one of them asks before it goes on.
//!
//! Removing or moving a row shifts the rows behind it, and a walk by page number or offset would
//! skip as many. A change counts when it is sent and again when it has ended, whatever its end:
//! a request that failed may have been carried out all the same.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// New ids beyond this many in one group are forgotten, the oldest first.
const MOST_CREATED: usize = 4096;

/// What an id is remembered by: 128 bits that differ from process to process.
pub(crate) fn digest(value: &(impl Hash + ?Sized)) -> u128 {
    static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);
    let [high, low] = KEYS.each_ref().map(|key| u128::from(key.hash_one(value)));
    high << 64 | low
}

/// The lists of one kind at one service: its address and what is listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Group {
    /// Scheme, host, port and path prefix.
    pub base: Arc<str>,
    /// `keys`, `agents`; empty for requests of the caller's own, which may change any list.
    pub kind: Arc<str>,
}

impl Group {
    fn any(&self) -> Self {
        Self { base: Arc::clone(&self.base), kind: Arc::default() }
    }
}

#[derive(Debug, Default)]
struct Of {
    /// Changes begun and changes ended.
    events: u64,
    on_the_way: u64,
    created: VecDeque<u128>,
    /// How many were ever created, the forgotten ones included.
    creations: u64,
}

/// How things stand with the changes of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Grows with every change that begins or ends.
    pub events: u64,
    /// Whether a change has begun and not ended.
    pub on_the_way: bool,
}

/// The changes of all clients that share their state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(Arc<Mutex<HashMap<Group, Of>>>);

impl Changes {
    fn lock(&self) -> MutexGuard<'_, HashMap<Group, Of>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that a change is about to be sent. It ends when the returned value is dropped.
    pub(crate) fn begin(&self, group: Group) -> Change {
        let mut groups = self.lock();
        let of = groups.entry(group.clone()).or_default();
        of.events += 1;
        of.on_the_way += 1;
        drop(groups);
        Change { all: self.clone(), group }
    }

    pub(crate) fn standing(&self, group: &Group) -> Standing {
        let groups = self.lock();
        let found = [group.clone(), group.any()].map(|group| groups.get(&group).map(|of| (of.events, of.on_the_way)));
        let both = found.into_iter().flatten();
        let (events, on_the_way) = both.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Standing { events, on_the_way: on_the_way > 0 }
    }

    /// Says that something of the group was made here.
    pub(crate) fn note_created(&self, group: Group, id: &str) {
        if id.is_empty() {
            return;
        }
        let mut groups = self.lock();
        let of = groups.entry(group).or_default();
        of.creations += 1;
        of.created.push_back(digest(id));
        if of.created.len() > MOST_CREATED {
            of.created.pop_front();
        }
    }

    /// How many were made so far: for [`Self::created_since`].
    pub(crate) fn creations(&self, group: &Group) -> u64 {
        self.lock().get(group).map_or(0, |of| of.creations)
    }

    /// What was made here since then.
    pub(crate) fn created_since(&self, group: &Group, creations: u64) -> Vec<u128> {
        let groups = self.lock();
        let Some(of) = groups.get(group) else { return Vec::new() };
        let newer = usize::try_from(of.creations.saturating_sub(creations)).unwrap_or(usize::MAX);
        of.created.iter().rev().take(newer).copied().collect()
    }
}

/// A change that is under way.
#[derive(Debug)]
pub(crate) struct Change {
    all: Changes,
    group: Group,
}

impl Drop for Change {
    fn drop(&mut self) {
        if let Some(of) = self.all.lock().get_mut(&self.group) {
            of.events += 1;
            of.on_the_way = of.on_the_way.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(kind: &str) -> Group {
        Group { base: "https://api.test/v1".into(), kind: kind.into() }
    }

    #[test]
    fn a_change_counts_at_both_ends_and_for_its_own_lists_only() {
        let changes = Changes::default();
        assert_eq!(changes.standing(&group("keys")), Standing { events: 0, on_the_way: false });
        let change = changes.begin(group("keys"));
        assert_eq!(changes.standing(&group("keys")), Standing { events: 1, on_the_way: true });
        assert_eq!(changes.standing(&group("agents")), Standing { events: 0, on_the_way: false });
        drop(change);
        assert_eq!(changes.standing(&group("keys")), Standing { events: 2, on_the_way: false });
    }

    #[test]
    fn a_request_of_the_callers_own_may_change_any_list() {
        let changes = Changes::default();
        drop(changes.begin(group("")));
        assert_eq!(changes.standing(&group("keys")).events, 2);
        assert_eq!(changes.standing(&group("agents")).events, 2);
    }

    #[test]
    fn what_was_made_is_known_from_a_time_on_and_bounded() {
        let changes = Changes::default();
        changes.note_created(group("keys"), "old");
        let then = changes.creations(&group("keys"));
        changes.note_created(group("keys"), "new");
        assert_eq!(changes.created_since(&group("keys"), then), [digest("new")]);
        assert_eq!(changes.created_since(&group("agents"), 0), [0; 0]);
        for n in 0..2 * MOST_CREATED {
            changes.note_created(group("keys"), &n.to_string());
        }
        assert_eq!(changes.created_since(&group("keys"), 0).len(), MOST_CREATED);
    }
}
