//! Any list of a service, page by page.

use std::sync::Arc;

use crate::checks::mask::ServiceText;
use crate::client::Client;
use crate::dialect::plan::{self, Planned};
use crate::dialect::read::{self, Members};
use crate::dialect::{OpSpec, PageSpec};
use crate::json::Node;
use crate::model::error::{Error, ErrorKind, Outcome, Result};
use crate::model::op::OperationArgs;
use crate::model::time::Timestamp;
use crate::model::{CallRecord, Item, Key, Meta, Page, PageRequest};
use crate::pipeline::{Call, Done};
use crate::retry::server_delay;
use crate::runtime::BoxFuture;
use crate::runtime::observe;
use crate::transport::wire::WireHead;
use crate::walk::changes::{Changes, Group, Standing, digest};
use crate::walk::{Answered, Found, Row, Step};

/// Whether an item belongs into a list that the service could not filter.
pub(crate) type Fits<T> = Box<dyn Fn(&T) -> bool + Send + Sync>;

/// Reads one item; what it cannot read is noted and left out.
pub(crate) type ReadItem<T> = fn(&Client, Node<'_>, &mut Members) -> Result<T>;

/// A list, and how to get any of its pages.
pub(crate) struct Listing<T> {
    pub client: Client,
    pub op: Arc<OpSpec>,
    pub page_size: Option<u32>,
    /// Makes the arguments of each of its requests; kept as little as the caller can.
    pub args: Box<dyn Fn() -> OperationArgs + Send + Sync>,
    pub read_item: ReadItem<T>,
    pub fits: Option<Fits<T>>,
}

/// A page as the service gave it.
struct Raw<T> {
    /// Where it begins.
    at: Option<String>,
    items: Vec<T>,
    next: Option<String>,
    meta: Meta,
    head: WireHead,
}

/// A page as the caller gets it.
struct Given<T> {
    items: Vec<T>,
    meta: Meta,
    /// Whether there were items, and all of them had been given before.
    repeats: bool,
    /// How the walk goes on; within, the place, or none for the beginning.
    next: Option<Option<String>>,
}

/// The first page of a walk, and how the list stood before it was asked for.
struct First {
    /// What this process had created by then.
    creations: u64,
    before: Standing,
    done: Done,
}

/// The page, unless it has nothing to give and another follows: then that is wanted.
fn wanted_page<T>(found: &mut Found, page: Given<T>) -> Option<Given<T>> {
    if !page.repeats {
        return Some(page);
    }
    match page.next {
        Some(next) => {
            found.wanted = next;
            None
        }
        None => Some(page),
    }
}

/// Gets the page of a list that begins at `after`.
pub(crate) fn fetch_page<T: Row + Send + 'static>(
    listing: Arc<Listing<T>>,
    after: Option<String>,
) -> BoxFuture<'static, Result<Page<T>>> {
    Box::pin(async move {
        let list = || listing.digest();
        let walks = &listing.client.pipeline.walks;
        // A walk is a large thing, and the first page needs none until it is there.
        let (creations, before) = listing.standing();
        let first = match listing.first_call(after.as_deref())? {
            Some(call) => {
                let answered = listing.client.pipeline.open(&listing.client.auth, call).await?;
                Some(Box::new(First { creations, before, done: Done::of(answered)? }))
            }
            None => None,
        };
        let mut found = walks.at(after.as_deref(), &list).ok_or_else(|| {
            let error = Error::config("after", "belongs to another list", "use the token of a page of this list");
            listing.client.named_op(error, &listing.op)
        })?;
        let page = match first {
            Some(first) => listing.begun(&mut found, *first)?,
            None => None,
        };
        let page = match page {
            Some(page) => page,
            None => Box::pin(listing.next_page(&mut found)).await?,
        };
        let next = match page.next {
            Some(place) => Some(walks.keep(found, place.as_deref(), list())),
            None => {
                walks.end(&found);
                None
            }
        };
        let again = Arc::clone(&listing);
        let mut page = Page::new(page.items, page.meta, next, Arc::new(move |after| fetch_page(Arc::clone(&again), after)));
        if let Some(fits) = &listing.fits {
            page.retain(|item| fits(item));
        }
        Ok(page)
    })
}

impl<T: Row + Send + 'static> Listing<T> {
    /// Which list it is: a walk over one says nothing about another.
    fn digest(&self) -> u128 {
        let args = (self.args)();
        let account = self.client.settings.account.as_ref().map(ToString::to_string);
        digest(&(&self.op.name, account, args.path_params, args.query, args.raw_query))
    }

    /// What begins a walk; none when one is to be gone on with.
    fn first_call(&self, after: Option<&str>) -> Result<Option<Box<Call<'_>>>> {
        self.client.pipeline.walks.beginning(after).map(|start| self.call(start)).transpose()
    }

    /// What this process had created by now, and how the list stands.
    fn standing(&self) -> (u64, Standing) {
        let (changes, group) = (self.client.pipeline.shared.changes(), self.client.group(&self.op));
        (changes.creations(&group), changes.standing(&group))
    }

    /// What a new walk makes of its first page; none when that has nothing to give and is not the last.
    fn begun(&self, found: &mut Found, First { creations, before, done }: First) -> Result<Option<Given<T>>> {
        let (changes, group) = (self.client.pipeline.shared.changes(), self.client.group(&self.op));
        found.walk.creations = creations;
        let raw = self.read(found.wanted.clone(), done)?;
        let page = self.taken(found, raw, before, changes, &group)?;
        Ok(wanted_page(found, page))
    }

    /// The next page that has something to give, or is the last.
    async fn next_page(&self, found: &mut Found) -> Result<Given<T>> {
        let (changes, group) = (self.client.pipeline.shared.changes(), self.client.group(&self.op));
        loop {
            let mut before = changes.standing(&group);
            let raw = match found.walk.step(found.wanted.as_deref(), before) {
                Step::Go(at) => self.get(at).await?,
                Step::Restart(at) => {
                    found.walk.restart(before);
                    self.get(at).await?
                }
                Step::Look(at) => {
                    let is_start = found.walk.is_start(at.as_deref());
                    let raw = match self.get(at).await {
                        Ok(raw) => raw,
                        // A page beyond the end, or behind a row that is gone.
                        Err(error) if !is_start && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid) => {
                            found.walk.has_moved();
                            continue;
                        }
                        Err(error) => return Err(error),
                    };
                    if found.walk.stands(&raw.items, before) {
                        before = changes.standing(&group);
                        self.get(found.wanted.clone()).await?
                    } else if is_start {
                        found.walk.restart(before);
                        raw
                    } else {
                        found.walk.has_moved();
                        continue;
                    }
                }
            };
            let page = self.taken(found, raw, before, changes, &group)?;
            if let Some(page) = wanted_page(found, page) {
                return Ok(page);
            }
        }
    }

    /// What the walk makes of a page.
    fn taken(&self, found: &mut Found, raw: Raw<T>, before: Standing, changes: &Changes, group: &Group) -> Result<Given<T>> {
        let date = server_delay::server_time(&raw.head, self.client.pipeline.now());
        let answered = Answered {
            at: raw.at,
            rows: &raw.items,
            next: raw.next,
            before,
            after: changes.standing(group),
            created: &changes.created_since(group, found.walk.creations),
            date,
        };
        let taken = found.walk.take(answered).map_err(|error| {
            self.client.named_op(error, &self.op).with(|data| {
                data.status = Some(raw.meta.status);
                data.request_id =
                    raw.meta.request_id.as_ref().map(|id| ServiceText::of(id.as_str()).masked(&self.client.auth.in_use()));
                data.outcome = Outcome::Applied;
                data.omit_outcome = true;
            })
        })?;
        let mut give = taken.give.iter();
        let had_items = !raw.items.is_empty();
        let mut items = raw.items;
        items.retain(|_| give.next().copied().unwrap_or(true));
        Ok(Given { repeats: had_items && items.is_empty(), items, meta: raw.meta, next: taken.next })
    }

    fn planned(&self, page: &PageSpec, at: Option<String>) -> Result<Planned> {
        let request = PageRequest { page_size: self.page_size, after: at };
        let mut asked = (self.args)();
        asked.raw_query.extend(plan::page_query(self.client.spec(), page, &request)?);
        plan::plan(self.client.spec(), &self.op, asked, self.client.settings.account.as_ref())
    }

    /// Planned before the future is made, which would keep room for the request more than once.
    fn get(&self, at: Option<String>) -> impl Future<Output = Result<Raw<T>>> + Send + '_ {
        let call = self.call(at.clone());
        async move { self.read(at, self.client.pipeline.run(&self.client.auth, call?).await?) }
    }

    fn page(&self) -> Result<&PageSpec> {
        self.op.page.as_deref().ok_or_else(|| Error::new(ErrorKind::Internal))
    }

    fn call(&self, at: Option<String>) -> Result<Box<Call<'_>>> {
        let planned = self.planned(self.page()?, at).map_err(|error| self.client.named_op(error, &self.op))?;
        Ok(Box::new(self.client.call(&self.op, planned)))
    }

    fn read(&self, at: Option<String>, done: Done) -> Result<Raw<T>> {
        let Self { client, op, .. } = self;
        let page = self.page()?;
        let mut members = Members::listed();
        let read = read::list_answer(&done.answer).and_then(|answer| {
            read::page(page, at.as_deref(), answer.root(), |value| (self.read_item)(client, value, &mut members))
        });
        let raw = read.map_err(|error| client.pipeline.unreadable(error, op, &client.auth, &done))?;
        if let Some(unread) = members.unread() {
            observe::warn(client.pipeline.observer.as_deref(), &client.spec().id, &op.name, unread);
        }
        Ok(Raw { at, items: raw.items, next: raw.next, meta: done.meta, head: done.answer.head })
    }
}

macro_rules! rows_with_ids {
    ($($row:ty),+) => { $(
        impl Row for $row {
            fn id(&self) -> Option<&str> {
                Some(self.id.as_str()).filter(|id| !id.is_empty())
            }

            fn made_at(&self) -> Option<Timestamp> {
                self.created_at
            }

            fn text(&self) -> &str {
                self.data.as_str()
            }
        }
    )+ };
}

rows_with_ids!(Key, Item);

impl Row for CallRecord {
    fn id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    fn made_at(&self) -> Option<Timestamp> {
        self.started_at
    }

    fn text(&self) -> &str {
        self.data.as_str()
    }
}
