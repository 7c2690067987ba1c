//! Facts about numbers, WABAs and templates, and facts without an id at Meta.

use wabakit_domain::{
    conversation::Peer,
    event::EventData,
    inbound::{
        Fact, GroupChange, GroupPerson, GroupRole, GroupSetting, GroupUpdate, Management,
        MessageContent, MessageFact, MetaFault, NumberUpdate, Party, TemplateRef, TemplateUpdate,
        WabaUpdate,
    },
    inbox::Item,
    message::ReportedStatus,
};

use super::{
    ReceiveWorld, echo, events::keep_all, fact, item, of_message, of_status, phone, says, status,
    text,
};
use crate::{assert_refused, at};
use wabakit_ports::store::{StoreError, VerifiedWrite};

fn quality(w: &ReceiveWorld) -> Item {
    let update = NumberUpdate::Quality {
        event: Some("THROUGHPUT_UPGRADE".into()),
        current_limit: None,
        old_limit: None,
        max_daily_conversations: Some("10000".into()),
    };
    let number = Management::Number {
        display_phone_number: Some("15550100001".into()),
        update,
    };
    item(&w.ours.number, Fact::Management(Box::new(number)))
}

pub async fn news_of_a_number_reach_its_account(w: ReceiveWorld) {
    let name = Management::Number {
        display_phone_number: None,
        update: NumberUpdate::Name {
            decision: Some("APPROVED".into()),
            requested_name: Some("Acme Coffee".into()),
            rejection_reason: None,
        },
    };
    let before = w.connect.account(&w.ours.number).await;
    w.apply(vec![
        quality(&w),
        item(&w.ours.number, Fact::Management(Box::new(name))),
    ])
    .await;
    let account = w.connect.account(&w.ours.number).await;
    assert_eq!(account.health.throughput_level.as_deref(), Some("HIGH"));
    assert_eq!(account.health.messaging_limit.as_deref(), Some("TIER_10K"));
    assert_eq!(account.health.name_status.as_deref(), Some("APPROVED"));
    assert_eq!(account.verified_name.as_deref(), Some("Acme Coffee"));
    assert_eq!(account.problem, before.problem, "what is not told stays");
    assert_eq!(account.updated_at, at(1_000));
    let other = w.connect.account(&w.ours.second).await;
    assert_eq!(other.health.throughput_level, None);
    // A writer that read the account before must read it again.
    let stale = VerifiedWrite::account(before, w.ids(), vec![]);
    let saved = w.connect.store.save_account(w.ours.org, stale).await;
    assert_refused!(saved, StoreError::Conflict);
}

pub async fn news_of_a_waba_reach_all_its_accounts(w: ReceiveWorld) {
    let disabled = Management::Waba(WabaUpdate::Account {
        event: "DISABLED_UPDATE".into(),
        waba_id: None,
        owner_business_id: None,
        partner_app_id: None,
        solution_id: None,
        solution_partner_business_ids: vec![],
        ban_state: Some("DISABLE".into()),
        ban_date: None,
        restrictions: vec![],
        violation: None,
        disconnection: None,
        disconnection_reason: None,
        disconnection_by: None,
        country: None,
        phone_number: None,
    });
    let mut told = item(&w.ours.number, Fact::Management(Box::new(disabled.clone())));
    told.accounts.push(w.ours.second.id);
    w.apply(vec![told]).await;
    for account in [&w.ours.number, &w.ours.second] {
        let account = w.connect.account(account).await;
        assert_eq!(account.shown_status(at(1_000)), Some("BANNED"));
        assert_eq!(account.trouble(at(1_000)), Some("waba_disabled"));
    }
    let theirs = w.connect.account(&w.theirs.number).await;
    assert_eq!(theirs.health.status, w.theirs.number.health.status);
    match w.told(w.ours.org).await.as_slice() {
        [EventData::AccountUpdated(event)] => {
            assert_eq!(*event.change, disabled);
            assert_eq!(event.account, None, "it is not one number's");
        }
        other => panic!("{other:?}"),
    }
}

pub async fn news_of_another_orgs_account_change_nothing(w: ReceiveWorld) {
    let mut told = quality(&w);
    told.accounts = vec![w.theirs.number.id];
    // The store may refuse the fact or ignore it, but no account of another organisation changes.
    drop(w.store.apply(w.batch(vec![told])).await);
    let theirs = w.connect.account(&w.theirs.number).await;
    assert_eq!(theirs, w.theirs.number);
}

pub async fn a_fact_without_an_id_is_recognised_by_its_digest(w: ReceiveWorld) {
    let digest = Some([7; 32]);
    let told = Item {
        digest,
        ..quality(&w)
    };
    w.apply(vec![told.clone(), told.clone()]).await;
    assert_eq!(w.events(w.ours.org).await.len(), 1);
    w.apply(vec![told.clone()]).await;
    assert_eq!(w.events(w.ours.org).await.len(), 1);
    // A fact of another organisation, or with another digest, is another fact.
    let others = Item {
        org: w.theirs.org,
        accounts: vec![w.theirs.number.id],
        ..told.clone()
    };
    let other = Item {
        digest: Some([8; 32]),
        ..told.clone()
    };
    w.apply(vec![others, other]).await;
    assert_eq!(w.events(w.theirs.org).await.len(), 1);
    assert_eq!(w.events(w.ours.org).await.len(), 2);
    // Meta repeats for seven days, so older digests are pruned. These were applied at `at(1_000)`.
    let mut retention = keep_all();
    retention.digests = at(1_000);
    assert_eq!(w.store.prune(retention, 10).await.unwrap(), 0);
    retention.digests = at(1_001);
    while w.store.prune(retention, 2).await.unwrap() > 0 {}
    w.apply(vec![told]).await;
    assert_eq!(w.events(w.ours.org).await.len(), 3);
}

pub async fn twenty_repeats_at_once_make_one_event(w: ReceiveWorld) {
    let told = Item {
        digest: Some([9; 32]),
        ..quality(&w)
    };
    w.connect
        .race(|_, _| {
            let (w, told) = (w.clone(), told.clone());
            async move {
                super::queue::apply_until_done(&w, || w.batch(vec![told.clone()])).await;
            }
        })
        .await;
    assert_eq!(w.events(w.ours.org).await.len(), 1);
}

pub async fn other_facts_have_an_event_with_the_value_as_it_came(w: ReceiveWorld) {
    let template = Management::Template {
        template: TemplateRef {
            id: "9007199254740993".into(),
            name: Some("hello".into()),
            language: Some("en_US".into()),
        },
        update: TemplateUpdate::Status {
            event: "APPROVED".into(),
            reason: None,
            category: Some("MARKETING".into()),
            disable_date: None,
            title: None,
            description: None,
            rejection: None,
            recommendation: None,
        },
    };
    let notice = Management::Other {
        field: "flows".into(),
        event: Some("FLOW_STATUS_CHANGE".into()),
        value: serde_json::json!({"flow_id": 9_007_199_254_740_993_i64, "odd": "\u{fffd}"}),
    };
    let fault = MetaFault {
        code: 130_429,
        title: None,
        message: None,
        details: None,
        href: None,
    };
    let number = &w.ours.number;
    let facts = [
        Fact::Management(Box::new(template.clone())),
        Fact::Management(Box::new(notice.clone())),
        Fact::Faults(vec![fault.clone()]),
        Fact::History {
            progress: Some(55),
            phase: Some(1),
            faults: vec![],
        },
        Fact::Test,
    ];
    w.apply(facts.map(|fact| item(number, fact)).to_vec()).await;
    let told = w.told(w.ours.org).await;
    let [
        EventData::TemplateUpdated(first),
        EventData::AccountNotice(second),
        EventData::AccountErrors(third),
        EventData::HistoryProgress(fourth),
        EventData::WebhookTest {},
    ] = told.as_slice()
    else {
        panic!("{told:?}");
    };
    assert_eq!(
        (&*first.change, first.account),
        (&template, Some(number.id))
    );
    assert_eq!(*second.change, notice);
    assert_eq!(third.errors, [fault]);
    assert_eq!((fourth.progress, fourth.phase), (Some(55), Some(1)));
}

pub async fn parts_without_a_typed_form_are_stored_beside_the_typed_ones(w: ReceiveWorld) {
    let number = &w.ours.number;
    let person = phone("15550100001");
    let extra = serde_json::json!({"referral": {"ref": "seq-9"}, "odd": "a\"}extra\":"});
    let said = Item {
        extra: Some(extra.clone()),
        ..says(number, "wamid.in", &person, 10)
    };
    let sent = echo(number, "wamid.out", &person, 20);
    let mut read = status("wamid.out", ReportedStatus::Read, 30);
    read.extra = Some(serde_json::json!({"to_come": [1, null, "x"]}));
    w.apply(vec![said, sent, of_status(number, read.clone())])
        .await;
    for (wamid, kept) in [("wamid.in", Some(extra.clone())), ("wamid.out", None)] {
        let detail = w.message(w.ours.org, wamid).await;
        assert_eq!(detail.message.extra, kept, "{wamid}");
        if wamid == "wamid.out" {
            assert_eq!(detail.timeline[0].extra, read.extra);
        }
    }
    // It stays when the message changes.
    let edit = MessageContent::Edit {
        original_message_id: "wamid.in".into(),
        content: Box::new(text("New")),
    };
    w.apply(vec![of_message(
        number,
        fact("wamid.edit", &person, 40, edit),
    )])
    .await;
    let edited = w.message(w.ours.org, "wamid.in").await.message;
    assert_eq!((edited.content, edited.extra), (text("New"), Some(extra)));
}

/// Makes an update of a group that names Ada.
pub(super) fn group_update(subject: &str, seconds: i64, added: Party) -> Fact {
    let setting = GroupSetting {
        text: Some(subject.to_owned()),
        is_applied: true,
        errors: vec![],
    };
    Fact::Group(Box::new(GroupUpdate {
        change: GroupChange {
            field: "group_settings_update".into(),
            event: Some("group_suspend".into()),
            group_id: Some("group-1".into()),
            description: Some(setting.clone()),
            subject: Some(setting),
            join_approval_mode: Some("approval_required".into()),
            ..GroupChange::default()
        },
        people: vec![GroupPerson {
            party: added,
            role: GroupRole::Added,
            input: None,
            errors: vec![],
        }],
        at: Some(at(seconds)),
    }))
}

pub async fn what_meta_tells_of_a_group_is_kept_at_its_conversation(w: ReceiveWorld) {
    let number = &w.ours.number;
    let update =
        |subject, seconds| item(number, group_update(subject, seconds, phone("15550100001")));
    w.apply(vec![update("Order \u{fffd}", 10)]).await;
    let begun = w.conversation(w.ours.org).await.conversation;
    assert_eq!(begun.peer, Peer::Group("group-1".into()));
    w.apply(vec![update("Newer", 20)]).await;
    w.apply(vec![update("Older", 15)]).await;
    let kept = w.conversation(w.ours.org).await.conversation;
    assert_eq!(kept.id, begun.id);
    let group = kept.group.unwrap();
    let subject = group.subject.value.as_deref();
    assert_eq!((subject, group.subject.at), (Some("Newer"), Some(at(20))));
    assert!(group.is_suspended.value);
    assert_eq!(group.is_deleted.at, None);
    // The facts stay when somebody writes.
    let said = MessageFact {
        group_id: Some("group-1".into()),
        ..fact("wamid.1", &phone("15550100001"), 30, text("Hi"))
    };
    w.apply(vec![of_message(number, said)]).await;
    let after = w.conversation(w.ours.org).await.conversation;
    assert_eq!(after.group, Some(group));
    let contact = w.contact(w.ours.org).await;
    let told = w.told(w.ours.org).await;
    let updates = told.iter().filter_map(|event| match event {
        EventData::GroupUpdated(told) => Some(told),
        _ => None,
    });
    let updates: Vec<_> = updates.collect();
    assert_eq!(updates.len(), 3);
    for update in updates {
        assert_eq!(update.conversation, Some(begun.id));
        assert_eq!(update.people[0].contact, Some(contact.id));
    }
}
