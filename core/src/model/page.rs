//! Lists in pages that walk on by themselves.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::Meta;
use crate::model::error::Result;
use crate::runtime::BoxFuture;

/// Which page, and how large.
///
/// ```
/// use keywright::PageRequest;
///
/// let first = PageRequest::new().page_size(50);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageRequest {
    /// How many items; the service's default when not given. Some services allow certain sizes only.
    pub page_size: Option<u32>,
    /// Where to begin, from [`Page::next_token`]; the beginning when not given.
    pub after: Option<String>,
}

impl PageRequest {
    /// The first page, in the service's default size.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the size.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = Some(size);
        self
    }

    /// Goes on where an earlier page ended.
    #[must_use]
    pub fn after(mut self, token: impl Into<String>) -> Self {
        self.after = Some(token.into());
        self
    }
}

/// Gets the page that begins at a token.
pub(crate) type Fetch<T> = Arc<dyn Fn(Option<String>) -> BoxFuture<'static, Result<Page<T>>> + Send + Sync>;

/// One page of a list, and the way to the next.
///
/// Walking on, by [`Page::next_page`], [`Page::into_stream`] or [`PageRequest::after`], gives each
/// object once, and skips none when this process removes some on the way, with this client or
/// another one that shares its state: the walk then starts again and gives what it has not given
/// yet, and nothing that was created after it began. What somebody else removes meanwhile shifts the
/// list unseen, and as many objects may be skipped: walk again to be sure. Two further pages
/// without anything new are an error (`decode`, reason `loop`).
///
/// For that a client remembers 16 bytes of each object given, until the walk ends, of at most
/// 1,024 walks and about a million objects; the walk that was used longest ago is forgotten first.
/// A token of a forgotten walk, or from another process, is still a place in the list.
///
/// ```no_run
/// # async fn f(client: keywright::Client) -> keywright::Result<()> {
/// use keywright::PageRequest;
///
/// let page = client.keys().list(PageRequest::new()).await?;
/// println!("{} keys on this page, more: {}", page.items.len(), page.has_next());
///
/// let mut all = page.into_stream(); // the rest is fetched when it is reached
/// while let Some(key) = all.next().await {
///     println!("{}", key?.display_name());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Page<T> {
    /// The items of this page, in the service's order.
    pub items: Vec<T>,
    /// How this page came to be.
    pub meta: Meta,
    next: Option<String>,
    fetch: Fetch<T>,
}

impl<T> Page<T> {
    pub(crate) fn new(items: Vec<T>, meta: Meta, next: Option<String>, fetch: Fetch<T>) -> Self {
        Self { items, meta, next, fetch }
    }

    /// Whether another page follows.
    #[must_use]
    pub fn has_next(&self) -> bool {
        self.next.is_some()
    }

    /// Where the next page begins, for [`PageRequest::after`].
    #[must_use]
    pub fn next_token(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Gets the next page; `None` at the end.
    ///
    /// # Errors
    /// As the list call itself.
    pub async fn next_page(&self) -> Result<Option<Self>> {
        match &self.next {
            Some(token) => (self.fetch)(Some(token.clone())).await.map(Some),
            None => Ok(None),
        }
    }

    /// This page's items and those of all pages after it, fetched when they are reached.
    #[must_use]
    pub fn into_stream(self) -> PageStream<T> {
        PageStream { items: self.items.into_iter(), next: self.next, fetch: self.fetch, pending: None }
    }

    pub(crate) fn retain(&mut self, fits: impl Fn(&T) -> bool) {
        self.items.retain(fits);
    }
}

impl<T: fmt::Debug> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("items", &self.items)
            .field("meta", &self.meta)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The items of a list, page after page. After an error it ends.
pub struct PageStream<T> {
    items: std::vec::IntoIter<T>,
    next: Option<String>,
    fetch: Fetch<T>,
    pending: Option<BoxFuture<'static, Result<Page<T>>>>,
}

impl<T> PageStream<T> {
    /// A list of which nothing has been fetched yet.
    pub(crate) fn lazy(first: BoxFuture<'static, Result<Page<T>>>, fetch: Fetch<T>) -> Self {
        Self { items: Vec::new().into_iter(), next: None, fetch, pending: Some(first) }
    }

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T>>
    where
        T: Unpin,
    {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// All items that are left.
    ///
    /// # Errors
    /// As the list call itself.
    pub async fn collect(mut self) -> Result<Vec<T>>
    where
        T: Unpin,
    {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }
}

impl<T: Unpin> Stream for PageStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            if let Some(pending) = &mut self.pending {
                let page = ready!(pending.as_mut().poll(cx));
                self.pending = None;
                match page {
                    Ok(page) => {
                        self.items = page.items.into_iter();
                        self.next = page.next;
                    }
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
                continue;
            }
            match self.next.take() {
                Some(token) => self.pending = Some((self.fetch)(Some(token))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for PageStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream").field("next", &self.next).finish_non_exhaustive()
    }
}
