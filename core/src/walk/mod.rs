//! Walks over lists: what is remembered from page to page, so that nothing is skipped when this
//! process removes rows on the way, and nothing comes twice.
//!
//! A page's token names its walk. Before the next page is asked for, the walk looks whether this
//! process has changed the list meanwhile ([`Changes`](crate::walk::changes::Changes)). If so, it asks for
//! its latest page again: when that stands as it did, no row before it has moved and the walk goes
//! on; otherwise it starts again where it began, and gives what it has not given yet. A walk whose
//! pages overlapped with a change in time always starts again.

pub(crate) mod changes;
mod given;
mod known;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use crate::model::time::Timestamp;

use crate::model::error::{Error, ErrorKind};
use crate::walk::changes::{Standing, digest};
use given::Given;

pub(crate) use known::{Found, Walks};

/// So many further pages without anything new are a loop.
const BARREN: u32 = 2;
/// So many passes that bring nothing are enough, however busy this process is.
const IDLE: u32 = 5;
/// The `Date` that a walk began by is a whole second.
const SECOND: i64 = 1000;

/// What a walk needs to know of a row.
pub(crate) trait Row {
    /// Its id, where it has one.
    fn id(&self) -> Option<&str>;
    /// When it was made, where that is known.
    fn made_at(&self) -> Option<Timestamp>;
    /// Its text: what it is known by when it has no id.
    fn text(&self) -> &str;
}

fn digest_of(row: &impl Row) -> u128 {
    match row.id() {
        Some(id) => digest(id),
        None => digest(&("text", row.text())),
    }
}

/// A walk between two of its pages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Walk {
    /// Where it began: the beginning of the list, unless the caller said otherwise.
    start: Option<String>,
    /// When it began, on the service's clock.
    began: Option<Timestamp>,
    /// How many rows this process had created by then.
    pub creations: u64,
    /// The changes that had happened by then.
    events: u64,
    given: Given,
    pages: u32,
    last: Option<Latest>,
    pass: Pass,
}

/// The page that came last.
#[derive(Debug, Clone)]
struct Latest {
    at: Option<String>,
    /// A digest of its rows in their order.
    order: u128,
}

/// One way through the list, from where the walk began.
#[derive(Debug, Clone)]
struct Pass {
    /// The changes that had happened when it began, or when its pages were last found unmoved.
    events: u64,
    /// Whether none of its pages overlapped with a change.
    clean: bool,
    pages: u32,
    rows: u64,
    barren: u32,
    /// Whether it is not the first.
    again: bool,
    /// Whether it has brought anything new.
    brought: bool,
    /// How many passes before it have brought nothing, one after the other.
    idle: u32,
    /// Whether it is there for a change that had not ended.
    waited: bool,
}

impl Default for Pass {
    fn default() -> Self {
        Self { events: 0, clean: true, pages: 0, rows: 0, barren: 0, again: false, brought: false, idle: 0, waited: false }
    }
}

/// What to ask the service for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The page at that place.
    Go(Option<String>),
    /// The latest page once more, at that place, to see whether it has moved.
    Look(Option<String>),
    /// The first page.
    Restart(Option<String>),
}

/// An answer of the service.
pub(crate) struct Answered<'a, T> {
    /// Where the page was asked for.
    pub at: Option<String>,
    pub rows: &'a [T],
    /// Where the service says the next page is.
    pub next: Option<String>,
    /// The changes before it was asked for, and when it had come.
    pub before: Standing,
    pub after: Standing,
    /// What this process has created since the walk began.
    pub created: &'a [u128],
    /// The service's time.
    pub date: Option<Timestamp>,
}

/// What a walk makes of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Which of its rows are to be given.
    pub give: Vec<bool>,
    /// How it goes on; within, the place, or none for the beginning of another pass.
    pub next: Option<Option<String>>,
}

impl Walk {
    pub(crate) fn from(start: Option<String>) -> Self {
        Self { start, ..Self::default() }
    }

    /// What comes next, when the page at `wanted` is due.
    pub(crate) fn step(&self, wanted: Option<&str>, now: Standing) -> Step {
        if self.pages == 0 {
            return Step::Go(self.start.clone());
        }
        let Some(wanted) = wanted else { return Step::Restart(self.start.clone()) };
        // A pass that was begun again brings something, or comes to its end, before the next one:
        // so a walk ends however busy this process is.
        if now.events == self.pass.events || self.pass.again && !self.pass.brought {
            return Step::Go(Some(wanted.to_owned()));
        }
        match &self.last {
            Some(last) if self.pass.clean && !now.on_the_way => Step::Look(last.at.clone()),
            _ => Step::Restart(self.start.clone()),
        }
    }

    /// Whether the latest page stands as it did; then nothing before it has moved.
    pub(crate) fn stands<T: Row>(&mut self, rows: &[T], before: Standing) -> bool {
        let stands = self.last.as_ref().is_some_and(|last| last.order == order(rows));
        if stands {
            self.pass.events = before.events;
        }
        stands
    }

    /// Whether that place is where the walk began.
    pub(crate) fn is_start(&self, at: Option<&str>) -> bool {
        self.start.as_deref() == at
    }

    /// Says that its latest page does not stand as it did.
    pub(crate) fn has_moved(&mut self) {
        self.last = None;
    }

    /// Begins at the beginning again.
    pub(crate) fn restart(&mut self, before: Standing) {
        let idle = if self.pass.brought { 0 } else { self.pass.idle + 1 };
        self.pass = Pass { events: before.events, again: true, idle, waited: self.pass.waited, ..Pass::default() };
    }

    /// Takes a page.
    ///
    /// # Errors
    /// `decode`, reason `loop`, when the list goes in a circle.
    pub(crate) fn take<T: Row>(&mut self, page: Answered<'_, T>) -> Result<Taken, Error> {
        if self.pages == 0 {
            self.events = page.before.events;
            self.pass.events = page.before.events;
            self.began = page.date;
            if page.next.is_none() {
                // Nobody will ask this walk again.
                return Ok(Taken { give: first_of_each(page.rows), next: None });
            }
        }
        self.pages = self.pages.saturating_add(1);
        self.pass.pages = self.pass.pages.saturating_add(1);
        let known = self.given.len() as u64;
        let (give, new) = self.sort_out(page.rows, page.created);
        self.pass.brought |= give.contains(&true);
        self.given.add(new.into_iter(), self.pages);
        let is_barren = self.given.len() as u64 == known;
        // In a later pass, as many rows as are known come again without any loop.
        let is_further = self.pages > 1 && self.pass.rows >= known;
        self.pass.barren = if is_barren { self.pass.barren + u32::from(is_further) } else { 0 };
        self.pass.rows = self.pass.rows.saturating_add(page.rows.len().max(1) as u64);
        let was_still = !page.before.on_the_way && page.before.events == self.pass.events;
        self.pass.clean &= was_still && page.after.events == page.before.events;
        self.last = Some(Latest { at: page.at, order: order(page.rows) });
        if self.pass.barren >= BARREN && page.next.is_some() {
            return Err(goes_in_a_circle(self.pages));
        }
        let next = match page.next {
            Some(next) => Some(Some(next)),
            None => self.is_overtaken(page.before, page.after).then_some(None),
        };
        Ok(Taken { give, next })
    }

    /// Whether, at the end of the list, rows may have moved from a page to come to one that had been.
    fn is_overtaken(&mut self, before: Standing, after: Standing) -> bool {
        // One answer is of one moment.
        if self.pass.pages < 2 || !self.pass.brought && self.pass.idle >= IDLE {
            return false;
        }
        let waits = before.on_the_way && !self.pass.waited;
        self.pass.waited |= waits;
        waits || after.events > self.pass.events
    }

    /// Which rows are to be given, and the digests that are new.
    fn sort_out<T: Row>(&self, rows: &[T], created: &[u128]) -> (Vec<bool>, Vec<u128>) {
        let mut new = HashSet::with_capacity(rows.len());
        let give = rows.iter().map(|row| {
            let digest = digest_of(row);
            let is_new = !self.given.has(digest) && new.insert(digest);
            let is_late = self.pass.again && (created.contains(&digest) || self.is_made_later(row));
            // Rows without an id may be alike and not the same.
            !is_late && (is_new || row.id().is_none() && !self.pass.again)
        });
        let give = give.collect();
        (give, new.into_iter().collect())
    }

    fn is_made_later(&self, row: &impl Row) -> bool {
        let (Some(began), Some(made)) = (self.began, row.made_at()) else { return false };
        made.as_millisecond() >= began.as_millisecond() - began.as_millisecond().rem_euclid(SECOND) + SECOND
    }

    /// The walk as it was after an earlier page. What had changed by then is not known: any change
    /// makes it start again.
    fn back_at(&self, page: u32) -> Self {
        let given = self.given.up_to(page);
        let rows = given.len() as u64;
        let pass = Pass {
            events: self.events,
            clean: false,
            pages: page,
            rows,
            brought: true,
            again: self.pass.again,
            ..Pass::default()
        };
        Self { given, pages: page, last: None, pass, ..self.clone() }
    }
}

fn order<T: Row>(rows: &[T]) -> u128 {
    digest(&rows.iter().map(digest_of).collect::<Vec<_>>()[..])
}

/// Each id once. Most lists have one page: this is all that it costs them.
fn first_of_each<T: Row>(rows: &[T]) -> Vec<bool> {
    let mut ids: Vec<&str> = rows.iter().filter_map(Row::id).collect();
    ids.sort_unstable();
    if ids.windows(2).all(|pair| pair[0] != pair[1]) {
        return vec![true; rows.len()];
    }
    let mut seen = HashSet::new();
    rows.iter().map(|row| row.id().is_none_or(|id| seen.insert(id))).collect()
}

fn goes_in_a_circle(page: u32) -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("loop".into());
        data.summary = Some(format!(
            "the list goes in a circle: pages {} and {page} hold nothing but what came before, and yet another is to follow",
            page.saturating_sub(1)
        ));
        data.remedy =
            Some("the service ignores where a page is to begin: ask for fewer, larger pages, or report it there".to_owned());
    })
}
