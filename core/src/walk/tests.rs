//! Walks over a list that a model of a service serves, in every style, while it changes.

use proptest::prelude::*;

use super::*;
use crate::walk::changes::{Changes, Group};

#[derive(Debug, Clone)]
struct Thing {
    id: String,
    made: i64,
}

impl Row for Thing {
    fn id(&self) -> Option<&str> {
        Some(&self.id).filter(|id| !id.is_empty()).map(String::as_str)
    }

    fn made_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.made).ok()
    }

    fn text(&self) -> &str {
        &self.id
    }
}

/// A list by offset; what is removed goes, or moves to the end.
struct Service {
    rows: Vec<Thing>,
    size: usize,
    now: i64,
    requests: usize,
    changes: Changes,
    group: Group,
}

impl Service {
    fn new(count: usize, size: usize) -> Self {
        let rows = (0..count).map(|n| Thing { id: format!("k{n}"), made: 0 }).collect();
        let group = Group { base: "https://api.test".into(), kind: "keys".into() };
        Self { rows, size, now: 100, requests: 0, changes: Changes::default(), group }
    }

    fn page(&mut self, at: Option<&str>) -> (Vec<Thing>, Option<String>) {
        self.requests += 1;
        let at: usize = at.map_or(0, |at| at.parse().unwrap());
        let rows: Vec<Thing> = self.rows.iter().skip(at).take(self.size).cloned().collect();
        let next = at + rows.len();
        let follows = !rows.is_empty() && next < self.rows.len();
        (rows, follows.then(|| next.to_string()))
    }

    fn remove(&mut self, id: &str, moves: bool) {
        let change = self.changes.begin(self.group.clone());
        if let Some(place) = self.rows.iter().position(|row| row.id == id) {
            let row = self.rows.remove(place);
            if moves {
                self.rows.push(row);
            }
        }
        drop(change);
    }

    fn create(&mut self, id: &str, is_known: bool) {
        self.rows.push(Thing { id: id.to_owned(), made: self.now });
        if is_known {
            self.changes.note_created(self.group.clone(), id);
        }
    }
}

/// Walks to the end; `each` sees every row that is given, `between` happens while a request is on
/// its way.
fn walked(service: &mut Service, mut each: impl FnMut(&mut Service, &str), mut between: impl FnMut(&mut Service)) -> Vec<String> {
    let mut walk = Walk { creations: service.changes.creations(&service.group), ..Walk::default() };
    let (mut wanted, mut given) = (None, Vec::new());
    loop {
        assert!(service.requests < 5_000, "it does not end");
        let mut before = service.changes.standing(&service.group);
        let (at, (rows, next)) = match walk.step(wanted.as_deref(), before) {
            Step::Go(at) => (at.clone(), service.page(at.as_deref())),
            Step::Restart(at) => {
                walk.restart(before);
                (at.clone(), service.page(at.as_deref()))
            }
            Step::Look(at) => {
                let page = service.page(at.as_deref());
                if walk.stands(&page.0, before) {
                    before = service.changes.standing(&service.group);
                    (wanted.clone(), service.page(wanted.as_deref()))
                } else if walk.is_start(at.as_deref()) {
                    walk.restart(before);
                    (at, page)
                } else {
                    walk.has_moved();
                    continue;
                }
            }
        };
        between(service);
        let after = service.changes.standing(&service.group);
        let created = service.changes.created_since(&service.group, walk.creations);
        let date = Timestamp::from_second(100).ok();
        let taken = walk.take(Answered { at, rows: &rows, next, before, after, created: &created, date }).unwrap();
        for (row, _) in rows.iter().zip(taken.give).filter(|(_, give)| *give) {
            given.push(row.id.clone());
            each(service, &row.id);
        }
        match taken.next {
            Some(next) => wanted = next,
            None => return given,
        }
    }
}

fn ids(count: usize) -> Vec<String> {
    let mut ids: Vec<String> = (0..count).map(|n| format!("k{n}")).collect();
    ids.sort_unstable();
    ids
}

fn sorted(mut given: Vec<String>) -> Vec<String> {
    given.sort_unstable();
    given
}

#[test]
fn every_row_is_given_once_while_all_are_removed() {
    for size in [1, 7, 10, 30, 40] {
        for moves in [false, true] {
            let mut service = Service::new(30, size);
            let given = walked(&mut service, |service, id| service.remove(id, moves), |_| {});
            assert_eq!(sorted(given), ids(30), "{size} {moves}");
        }
    }
}

#[test]
fn rows_that_stay_cost_one_request_more_a_page() {
    let mut service = Service::new(100, 10);
    let touched = |service: &mut Service, _: &str| drop(service.changes.begin(service.group.clone()));
    assert_eq!(sorted(walked(&mut service, touched, |_| {})), ids(100));
    assert_eq!(service.requests, 10 + 9);
}

#[test]
fn a_walk_without_changes_asks_for_each_page_once() {
    let mut service = Service::new(95, 10);
    assert_eq!(sorted(walked(&mut service, |_, _| {}, |_| {})), ids(95));
    assert_eq!(service.requests, 10);
}

#[test]
fn what_is_made_on_the_way_does_not_keep_a_walk_going() {
    // By this process, in the same second; by another, later.
    for is_known in [true, false] {
        let mut service = Service::new(30, 10);
        service.now = if is_known { 100 } else { 101 };
        let mut count = 0;
        let replaced = |service: &mut Service, id: &str| {
            count += 1;
            service.create(&format!("new{count}"), is_known);
            service.remove(id, false);
        };
        let given = walked(&mut service, replaced, |_| {});
        assert_eq!(sorted(given), ids(30), "{is_known}");
    }
}

#[test]
fn from_an_earlier_page_any_change_makes_it_start_again() {
    let still = |events| Standing { events, on_the_way: false };
    let mut walk = Walk::default();
    for (n, events) in [(1, 0), (2, 0), (3, 2)] {
        if events > 0 {
            assert_eq!(walk.step(Some("2"), still(events)), Step::Look(Some("1".to_owned())));
            assert!(walk.stands(&[Thing { id: "k2".to_owned(), made: 0 }], still(events)));
        }
        let rows = [Thing { id: format!("k{n}"), made: 0 }];
        let at = (n > 1).then(|| (n - 1).to_string());
        let (before, after) = (still(events), still(events));
        let next = Some(n.to_string());
        walk.take(Answered { at, rows: &rows, next, before, after, created: &[], date: None }).unwrap();
    }
    let back = walk.back_at(1);
    assert_eq!((back.given.len(), back.step(Some("1"), still(2))), (1, Step::Restart(None)));
    assert_eq!(walk.step(Some("3"), still(2)), Step::Go(Some("3".to_owned())));
}

#[test]
fn rows_without_an_id_are_all_given() {
    let mut service = Service::new(5, 2);
    service.rows.iter_mut().for_each(|row| row.id.clear());
    // All alike, they look like a loop; two pages do not.
    service.rows.truncate(4);
    assert_eq!(walked(&mut service, |_, _| {}, |_| {}).len(), 4);
}

#[test]
fn a_row_that_comes_twice_is_given_once() {
    let mut service = Service::new(6, 2);
    service.rows[3] = service.rows[1].clone();
    service.rows[5] = service.rows[4].clone();
    assert_eq!(walked(&mut service, |_, _| {}, |_| {}), ["k0", "k1", "k2", "k4"]);
    let mut service = Service::new(3, 9);
    service.rows[2] = service.rows[0].clone();
    assert_eq!(walked(&mut service, |_, _| {}, |_| {}), ["k0", "k1"]);
}

/// Takes pages that a service gives whatever it is asked for, until it is called a loop.
fn pages_until_loop(pages: &[&[&str]]) -> Option<usize> {
    let mut walk = Walk::default();
    let still = Standing { events: 0, on_the_way: false };
    for (number, page) in pages.iter().enumerate() {
        let rows: Vec<Thing> = page.iter().map(|id| Thing { id: (*id).to_owned(), made: 0 }).collect();
        let next = Some(number.to_string());
        let answered = Answered { at: None, rows: &rows, next, before: still, after: still, created: &[], date: None };
        if let Err(error) = walk.take(answered) {
            assert_eq!(error.reason(), Some("loop"));
            return Some(number + 1);
        }
    }
    None
}

#[test]
fn two_further_pages_without_anything_new_are_a_loop() {
    assert_eq!(pages_until_loop(&[&["a", "b"], &["a", "b"], &["a", "b"]]), Some(3));
    assert_eq!(pages_until_loop(&[&["a"], &["b"], &["a"], &["b"]]), Some(4));
    assert_eq!(pages_until_loop(&[&["a"], &[], &[]]), Some(3));
    assert_eq!(pages_until_loop(&[&[], &[], &["a"]]), None);
    assert_eq!(pages_until_loop(&[&["a"], &["a"], &["b"], &["b"], &["c"]]), None);
}

proptest! {
    /// Whatever this process removes, in whatever order, while pages are on their way or between
    /// them, nothing that stays in the list is skipped, nothing comes twice, and the walk ends.
    #[test]
    fn nothing_that_stays_is_skipped(
        count in 0_usize..40,
        size in 1_usize..12,
        moves in any::<bool>(),
        each in proptest::collection::vec(0_usize..40, 0..60),
        between in proptest::collection::vec(proptest::option::weighted(0.3, 0_usize..40), 0..16),
    ) {
        let mut service = Service::new(count, size);
        let mut gone = std::collections::BTreeSet::new();
        let (mut each, mut between) = (each.into_iter(), between.into_iter());
        let (mut removed, mut late) = (Vec::new(), 0);
        let given = walked(
            &mut service,
            |service, own| if let Some(n) = each.next() {
                let id = if n % 3 == 0 { own.to_owned() } else { format!("k{n}") };
                service.remove(&id, moves);
                removed.push(id);
            },
            |service| if let Some(Some(n)) = between.next() && late < IDLE {
                late += 1;
                service.remove(&format!("k{n}"), moves);
                gone.insert(format!("k{n}"));
            },
        );
        gone.extend(removed);
        let unique: std::collections::BTreeSet<_> = given.iter().cloned().collect();
        prop_assert_eq!(unique.len(), given.len());
        for id in ids(count) {
            prop_assert!(unique.contains(&id) || !moves && gone.contains(&id), "{} is skipped", id);
        }
    }
}
