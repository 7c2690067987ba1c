use wabakit_domain::ids::OrgId;

use super::{World, at};
use wabakit_ports::store::DataKeyRow;

pub async fn an_org_has_one_data_key_and_the_first_holds(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let mut first = w.make.data_key(tenant.org, "k1");
    first.wrapped = (0..=255).collect();
    first.wrapped_at = at(9);
    let second = w.make.data_key(tenant.org, "k2");
    let store = &w.store;
    assert_eq!(store.insert_data_key(first.clone()).await.unwrap(), first);
    assert_eq!(store.insert_data_key(second.clone()).await.unwrap(), first);
    let of = store.data_key_of(tenant.org).await.unwrap();
    assert_eq!(of.as_ref(), Some(&first));
    assert_eq!(store.data_key(first.id).await.unwrap(), of);
    assert_eq!(store.data_key(second.id).await.unwrap(), None);
    assert_eq!(store.data_key_of(other.org).await.unwrap(), None);
    let platform = w.make.data_key(OrgId::PLATFORM, "k1");
    let stored = store.insert_data_key(platform.clone()).await.unwrap();
    assert_eq!(stored, platform);
}

pub async fn twenty_first_uses_agree_on_one_data_key(w: World) {
    let org = w.tenant().await.org;
    let answers = w
        .race(|w, _| async move {
            let key = w.make.data_key(org, "k1");
            w.store.insert_data_key(key).await.unwrap()
        })
        .await;
    let holds = w.store.data_key_of(org).await.unwrap().unwrap();
    assert!(answers.iter().all(|answer| *answer == holds));
}

async fn keys(w: &World, ring_keys: &[&str]) -> Vec<DataKeyRow> {
    let mut keys = Vec::new();
    for ring_key in ring_keys {
        let org = w.tenant().await.org;
        let key = w.make.data_key(org, ring_key);
        keys.push(w.store.insert_data_key(key).await.unwrap());
    }
    keys.sort_by_key(|key| key.id);
    keys
}

pub async fn data_keys_to_rewrap_are_paged_in_id_order(w: World) {
    let keys = keys(&w, &["old", "new", "old", "older"]).await;
    let store = &w.store;
    let found = store.data_keys_not_wrapped_by("new", None, 2).await;
    let found = found.unwrap();
    assert_eq!(found, [keys[0].clone(), keys[2].clone()]);
    let after = Some(found[1].id);
    let rest = store.data_keys_not_wrapped_by("new", after, 2).await;
    assert_eq!(rest.unwrap(), [keys[3].clone()]);
    let after = Some(keys[3].id);
    let end = store.data_keys_not_wrapped_by("new", after, 2).await;
    assert_eq!(end.unwrap(), []);
}

pub async fn a_data_key_is_rewrapped_only_from_the_ring_key_that_was_read(w: World) {
    let keys = keys(&w, &["old", "other"]).await;
    let rewrapped = |key: &DataKeyRow| DataKeyRow {
        ring_key_id: "new".into(),
        wrapped: vec![9, 9],
        wrapped_at: at(60),
        ..key.clone()
    };
    let wanted = keys.iter().map(|key| ("old".to_owned(), rewrapped(key)));
    let wanted: Vec<_> = wanted.collect();
    assert_eq!(w.store.rewrap(wanted.clone()).await.unwrap(), 1);
    let first = w.store.data_key(keys[0].id).await.unwrap();
    assert_eq!(first, Some(rewrapped(&keys[0])));
    let second = w.store.data_key(keys[1].id).await.unwrap();
    assert_eq!(second.as_ref(), Some(&keys[1]));
    assert_eq!(w.store.rewrap(wanted).await.unwrap(), 0, "once is enough");
}

pub async fn data_keys_are_counted_by_ring_key(w: World) {
    assert_eq!(w.store.count_by_ring_key().await.unwrap(), []);
    keys(&w, &["b", "a", "b"]).await;
    let mut counts = w.store.count_by_ring_key().await.unwrap();
    counts.sort();
    assert_eq!(counts, [("a".to_owned(), 1), ("b".to_owned(), 2)]);
}

pub async fn a_vault_setting_is_set_once(w: World) {
    let store = &w.store;
    assert_eq!(store.vault_setting("salt").await.unwrap(), None);
    let first: Vec<u8> = (0..=255).collect();
    let holds = store.init_vault_setting("salt", first.clone()).await;
    assert_eq!(holds.unwrap(), first);
    let holds = store.init_vault_setting("salt", vec![1]).await;
    assert_eq!(holds.unwrap(), first);
    assert_eq!(store.vault_setting("salt").await.unwrap(), Some(first));
}

pub async fn twenty_settings_at_once_agree_on_one(w: World) {
    let answers = w
        .race(|w, turn| async move {
            let value = vec![u8::try_from(turn).unwrap()];
            w.store.init_vault_setting("salt", value).await.unwrap()
        })
        .await;
    let holds = w.store.vault_setting("salt").await.unwrap().unwrap();
    assert!(answers.iter().all(|answer| *answer == holds));
}

pub async fn vault_settings_are_found_by_the_very_prefix(w: World) {
    for name in ["canary_a", "canary_b", "canaryXc", "Canary_d", "salt"] {
        let value = name.as_bytes().to_vec();
        w.store.init_vault_setting(name, value).await.unwrap();
    }
    let mut found = w.store.vault_settings("canary_").await.unwrap();
    found.sort();
    let expected = ["canary_a", "canary_b"].map(|n| (n.to_owned(), n.as_bytes().to_vec()));
    assert_eq!(found, expected);
    assert_eq!(w.store.vault_settings("").await.unwrap().len(), 5);
    assert_eq!(w.store.vault_settings("%").await.unwrap(), []);
}
