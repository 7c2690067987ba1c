use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use wabakit_graph::endpoints::MeBusinesses;
use wabakit_graph::{ErrorKind, PageOptions};
use wiremock::matchers::{method, query_param, query_param_is_missing};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{Meta, pairs, query, token};

const EVIL_NEXT: &str = "https://elsewhere.invalid/me/businesses?access_token=EAAcanary";

fn page(ids: &[u32], after: Option<&str>, next: Option<&str>) -> Value {
    let data: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    let mut paging = json!({});
    if let Some(after) = after {
        paging["cursors"] = json!({"before": "b", "after": after});
    }
    if let Some(next) = next {
        paging["next"] = json!(next);
    }
    json!({"data": data, "paging": paging})
}

/// Serves a page for the start, and one for each cursor.
async fn serving(pages: &[(Option<&str>, Value)]) -> Meta {
    let meta = Meta::silent().await;
    for (cursor, page) in pages {
        let mock = Mock::given(method("GET"));
        let mock = match cursor {
            None => mock.and(query_param_is_missing("after")),
            Some(cursor) => mock.and(query_param("after", *cursor)),
        };
        mock.respond_with(ResponseTemplate::new(200).set_body_json(page))
            .mount(&meta.server)
            .await;
    }
    meta
}

async fn ids(meta: &Meta, options: PageOptions) -> (Vec<String>, Option<ErrorKind>) {
    let mut items = std::pin::pin!(meta.client.items(token(), MeBusinesses, options));
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(business) => ids.push(business.id),
            Err(error) => {
                assert!(items.next().await.is_none(), "a stream ends after an error");
                return (ids, Some(error.kind()));
            }
        }
    }
    (ids, None)
}

#[tokio::test]
async fn cursors_are_followed_and_links_are_not() {
    let meta = serving(&[
        (None, page(&[1, 2], Some("c/1="), Some(EVIL_NEXT))),
        (Some("c/1="), page(&[3], Some("c2"), Some(EVIL_NEXT))),
        // The last page has a cursor, but no `next` link.
        (Some("c2"), page(&[4], Some("c3"), None)),
    ])
    .await;

    let options = PageOptions {
        limit: Some(2),
        ..PageOptions::default()
    };
    assert_eq!(
        ids(&meta, options).await,
        (["1", "2", "3", "4"].map(String::from).into(), None)
    );

    let requests = meta.received().await;
    assert_eq!(requests.len(), 3);
    assert_eq!(
        query(&requests[1]),
        pairs(&[("after", "c/1="), ("fields", "id,name"), ("limit", "2")])
    );
    assert!(
        requests
            .iter()
            .all(|request| !request.url.as_str().contains("canary"))
    );
}

#[tokio::test]
async fn an_empty_list_may_come_without_paging() {
    let meta = serving(&[(None, json!({"data": []}))]).await;
    assert_eq!(ids(&meta, PageOptions::default()).await, (vec![], None));
}

#[tokio::test]
async fn an_empty_page_in_the_middle_does_not_end_the_list() {
    let meta = serving(&[
        (None, page(&[], Some("c1"), Some(EVIL_NEXT))),
        (Some("c1"), page(&[1], None, None)),
    ])
    .await;
    assert_eq!(
        ids(&meta, PageOptions::default()).await,
        (vec!["1".into()], None)
    );
}

#[tokio::test]
async fn a_cursor_that_comes_again_ends_the_walk() {
    let meta = serving(&[
        (None, page(&[1], Some("c1"), Some(EVIL_NEXT))),
        (Some("c1"), page(&[2], Some("c1"), Some(EVIL_NEXT))),
    ])
    .await;
    let (ids, error) = ids(&meta, PageOptions::default()).await;
    assert_eq!(
        (ids, error),
        (vec!["1".into(), "2".into()], Some(ErrorKind::Paging))
    );
    assert_eq!(meta.received().await.len(), 2);
}

#[tokio::test]
async fn a_next_page_without_cursor_is_not_taken_for_the_end() {
    let meta = serving(&[(None, page(&[1], None, Some(EVIL_NEXT)))]).await;
    let (ids, error) = ids(&meta, PageOptions::default()).await;
    assert_eq!((ids, error), (vec!["1".into()], Some(ErrorKind::Paging)));
}

#[tokio::test]
async fn a_list_longer_than_allowed_is_not_taken_for_whole() {
    let meta = serving(&[
        (None, page(&[1], Some("c1"), Some(EVIL_NEXT))),
        (Some("c1"), page(&[2], Some("c2"), Some(EVIL_NEXT))),
    ])
    .await;
    let options = PageOptions {
        limit: None,
        max_pages: 2,
    };
    let (ids, error) = ids(&meta, options).await;
    assert_eq!(
        (ids, error),
        (vec!["1".into(), "2".into()], Some(ErrorKind::Paging))
    );
    assert_eq!(meta.received().await.len(), 2);
}

#[tokio::test]
async fn pages_bring_their_usage_and_hide_their_links() {
    let meta = Meta::answering(
        ResponseTemplate::new(200)
            .insert_header("x-app-usage", r#"{"call_count":9}"#)
            .set_body_json(page(&[1], Some("c1"), Some(EVIL_NEXT))),
    )
    .await;
    let mut pages = std::pin::pin!(meta.client.pages(
        token(),
        MeBusinesses,
        PageOptions::default()
    ));
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!(page.usage.highest_percent(), Some(9));
    assert_eq!(
        (page.body.after(), page.body.has_next()),
        (Some("c1"), true)
    );
    assert!(!format!("{page:?}").contains("canary"));
}
