//! Lists that Meta returns in pages.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use futures_util::stream::{self, Stream, TryStreamExt as _};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::client::{GraphClient, Response};
use crate::credentials::Credentials;
use crate::endpoint::Endpoint;
use crate::error::{ErrorKind, GraphError};
use crate::wire::lenient;

/// One page of a list.
///
/// Meta's `next` link carries the access token, so only its presence is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page.
    #[serde(deserialize_with = "items", bound(deserialize = "T: Deserialize<'de>"))]
    pub data: Vec<T>,
    #[serde(default)]
    paging: Option<Paging>,
    #[serde(default)]
    summary: Option<Summary>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct Summary {
    #[serde(default, deserialize_with = "lenient::integer")]
    total_count: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct Paging {
    #[serde(default)]
    cursors: Option<Cursors>,
    #[serde(default, rename = "next", deserialize_with = "is_present")]
    has_next: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct Cursors {
    #[serde(default)]
    after: Option<String>,
}

/// Reads the items of a page: a list or, for groups, an object that holds the list.
fn items<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct Items<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            let mut items = None;
            while let Some(key) = object.next_key::<String>()? {
                if key == "groups" {
                    items = Some(object.next_value()?);
                } else {
                    object.next_value::<IgnoredAny>()?;
                }
            }
            items.ok_or_else(|| A::Error::custom("a list is missing"))
        }
    }

    deserializer.deserialize_any(Items(PhantomData))
}

fn is_present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<IgnoredAny>::deserialize(deserializer).map(|next| next.is_some())
}

impl<T> Page<T> {
    /// Tells whether Meta says that a further page exists.
    pub fn has_next(&self) -> bool {
        self.paging.as_ref().is_some_and(|paging| paging.has_next)
    }

    /// Returns how many items the list has, if the call asked for a summary.
    pub fn total(&self) -> Option<i64> {
        self.summary.as_ref()?.total_count
    }

    /// Returns the cursor behind the last item. Meta sends one on the last page too.
    pub fn after(&self) -> Option<&str> {
        self.paging.as_ref()?.cursors.as_ref()?.after.as_deref()
    }
}

/// Options for reading a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageOptions {
    /// Items in a page. `None` means Meta's own default.
    pub limit: Option<u32>,
    /// The most pages to fetch, at least one. A longer list ends with an error of kind [`ErrorKind::Paging`], so that
    /// a part is never mistaken for the whole.
    pub max_pages: usize,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self {
            limit: Some(100),
            max_pages: 100,
        }
    }
}

/// The state of reading a list.
enum Step {
    First,
    After(String),
    /// The next request failed. The good page before it is handed out first.
    Broken(GraphError),
    Done,
}

impl GraphClient {
    /// Streams the pages of a list, with one call for each page, made when the stream is polled. It follows cursors,
    /// never links, and ends after an error.
    ///
    /// # Errors
    /// Those of [`GraphClient::call`], and [`ErrorKind::Paging`] when a cursor is missing or repeated, or when there
    /// are more pages than allowed.
    pub fn pages<E, T>(
        &self,
        credentials: Credentials,
        endpoint: E,
        options: PageOptions,
    ) -> impl Stream<Item = Result<Response<Page<T>>, GraphError>> + Send
    where
        E: Endpoint<Response = Page<T>>,
        T: Send,
    {
        let walk = Walk {
            client: self.clone(),
            credentials,
            endpoint,
            options,
            fetched: 0,
            seen: HashSet::new(),
        };
        stream::try_unfold((walk, Step::First), |(mut walk, step)| async move {
            let after = match step {
                Step::First => None,
                Step::After(cursor) => Some(cursor),
                Step::Broken(error) => return Err(error),
                Step::Done => return Ok(None),
            };
            let response = walk.fetch(after).await?;
            let next = walk.next(&response.body);
            Ok(Some((response, (walk, next))))
        })
    }

    /// Streams the items of a list, page after page. Otherwise like [`GraphClient::pages`].
    ///
    /// # Errors
    /// Those of [`GraphClient::pages`].
    pub fn items<E, T>(
        &self,
        credentials: Credentials,
        endpoint: E,
        options: PageOptions,
    ) -> impl Stream<Item = Result<T, GraphError>> + Send
    where
        E: Endpoint<Response = Page<T>>,
        T: Send,
    {
        self.pages(credentials, endpoint, options)
            .map_ok(|page| stream::iter(page.body.data.into_iter().map(Ok)))
            .try_flatten()
    }
}

struct Walk<E> {
    client: GraphClient,
    credentials: Credentials,
    endpoint: E,
    options: PageOptions,
    fetched: usize,
    seen: HashSet<String>,
}

impl<E: Endpoint> Walk<E> {
    async fn fetch(&mut self, after: Option<String>) -> Result<Response<E::Response>, GraphError> {
        self.fetched += 1;
        let mut request = self.endpoint.request();
        if let Some(limit) = self.options.limit {
            request = request.query("limit", limit.to_string());
        }
        if let Some(after) = after {
            request = request.query("after", after);
        }
        self.client
            .run(&self.credentials, &self.endpoint, &request)
            .await
    }

    fn next<T>(&mut self, page: &Page<T>) -> Step {
        if !page.has_next() {
            return Step::Done;
        }
        let Some(cursor) = page.after() else {
            return self.broken("a further page was announced without a cursor");
        };
        if !self.seen.insert(cursor.to_owned()) {
            return self.broken("a cursor came again");
        }
        if self.fetched >= self.options.max_pages {
            return self.broken("the list has more pages than allowed");
        }
        Step::After(cursor.to_owned())
    }

    fn broken(&self, detail: &str) -> Step {
        Step::Broken(GraphError::local(E::NAME, ErrorKind::Paging, detail))
    }
}
