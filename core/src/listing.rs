//! Any list of a service, page by page.

use std::sync::Arc;

use crate::changes::{Changes, Group, Standing, digest};
use crate::client::Client;
use crate::dialect::read::{self, Members};
use crate::dialect::{OpSpec, plan};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::json::Node;
use crate::mask::ServiceText;
use crate::model::{CallRecord, Item, Key, Meta, Page, PageRequest};
use crate::observe;
use crate::op::Ask;
use crate::retry::hints;
use crate::time::Timestamp;
use crate::walk::{Answered, Found, Row, Step};
use crate::wire::{BoxFuture, WireHead};

/// Whether an item belongs into a list that the service could not filter.
pub(crate) type Fits<T> = Arc<dyn Fn(&T) -> bool + Send + Sync>;

/// Reads one item; what it cannot read is noted and left out.
pub(crate) type ReadItem<T> = fn(&Client, Node<'_>, &mut Members) -> Result<T>;

/// A list, and how to get any of its pages.
pub(crate) struct Listing<T> {
    pub client: Client,
    pub op: Arc<OpSpec>,
    pub page_size: Option<u32>,
    pub ask: Arc<dyn Fn() -> Ask + Send + Sync>,
    pub read_item: ReadItem<T>,
    pub fits: Option<Fits<T>>,
}

impl<T> Clone for Listing<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            op: Arc::clone(&self.op),
            page_size: self.page_size,
            ask: Arc::clone(&self.ask),
            read_item: self.read_item,
            fits: self.fits.clone(),
        }
    }
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

/// Gets the page of a list that begins at `after`.
pub(crate) fn fetch_page<T: Row + Send + 'static>(
    listing: Listing<T>,
    after: Option<String>,
) -> BoxFuture<'static, Result<Page<T>>> {
    Box::pin(async move {
        let list = || listing.digest();
        let walks = &listing.client.pipeline.walks;
        let mut found = walks.at(after.as_deref(), &list).ok_or_else(|| {
            let error = Error::config("after", "belongs to another list", "use the token of a page of this list");
            listing.client.named_op(error, &listing.op)
        })?;
        let page = listing.next_page(&mut found).await?;
        let next = match page.next {
            Some(place) => Some(walks.keep(found, place.as_deref(), list())),
            None => {
                walks.end(&found);
                None
            }
        };
        let (again, fits) = (listing.clone(), listing.fits);
        let mut page = Page::new(page.items, page.meta, next, Arc::new(move |after| fetch_page(again.clone(), after)));
        if let Some(fits) = fits {
            page.retain(|item| fits(item));
        }
        Ok(page)
    })
}

impl<T: Row + Send + 'static> Listing<T> {
    /// Which list it is: a walk over one says nothing about another.
    fn digest(&self) -> u128 {
        let ask = (self.ask)();
        let account = self.client.account.as_ref().map(ToString::to_string);
        digest(&(&self.op.name, account, ask.places, ask.query, ask.raw_query))
    }

    /// The next page that has something to give, or is the last.
    async fn next_page(&self, found: &mut Found) -> Result<Given<T>> {
        let (changes, group) = (self.client.pipeline.shared.changes(), self.client.group(&self.op));
        if found.walk.is_new() {
            found.walk.creations = changes.creations(&group);
        }
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
            match page.next {
                Some(next) if page.repeats => found.wanted = next,
                _ => return Ok(page),
            }
        }
    }

    /// What the walk makes of a page.
    fn taken(&self, found: &mut Found, raw: Raw<T>, before: Standing, changes: &Changes, group: &Group) -> Result<Given<T>> {
        let date = hints::server_time(&raw.head, self.client.pipeline.now());
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
                data.harmless = true;
            })
        })?;
        let mut give = taken.give.iter();
        let had_items = !raw.items.is_empty();
        let mut items = raw.items;
        items.retain(|_| give.next().copied().unwrap_or(true));
        Ok(Given { repeats: had_items && items.is_empty(), items, meta: raw.meta, next: taken.next })
    }

    async fn get(&self, at: Option<String>) -> Result<Raw<T>> {
        let Self { client, op, .. } = self;
        let page = op.page.as_ref().ok_or_else(|| Error::new(ErrorKind::Internal))?;
        let request = PageRequest { page_size: self.page_size, after: at };
        let mut asked = (self.ask)();
        asked.raw_query.extend(plan::page_query(client.spec(), page, &request).map_err(|error| client.named_op(error, op))?);
        let planned =
            plan::plan(client.spec(), op, asked, client.account.as_ref()).map_err(|error| client.named_op(error, op))?;
        let done = client.pipeline.run(&client.auth, client.call(op, planned)).await?;
        let mut members = Members::listed();
        let read = read::list_answer(&done.answer).and_then(|answer| {
            read::page(page, request.after.as_deref(), answer.root(), |value| (self.read_item)(client, value, &mut members))
        });
        let raw = read.map_err(|error| client.pipeline.unreadable(error, op, &client.auth, &done))?;
        if let Some(unread) = members.unread() {
            observe::warn(client.pipeline.observer.as_deref(), &client.spec().id, &op.name, unread);
        }
        Ok(Raw { at: request.after, items: raw.items, next: raw.next, meta: done.meta, head: done.answer.head })
    }
}

impl Row for Key {
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

impl Row for Item {
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
