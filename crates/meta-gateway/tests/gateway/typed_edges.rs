//! The small endpoints of the typed client against the sandbox, which shares no types with it.

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use wabakit_graph::{
    Endpoint, ErrorKind, GraphError, PageOptions,
    endpoints::{
        ApproveJoinRequests, BlockUsers, BusinessProfile, CreateGroup, CreateQrCode,
        CreateTemplate, DeleteGroup, DeleteQrCode, DeleteTemplate, DeleteTemplates, EditTemplate,
        GetBusinessProfile, GetGroup, GetGroupInviteLink, GetQrCode, GetTemplate, ListBlockedUsers,
        ListGroups, ListJoinRequests, ListQrCodes, ListTemplates, MessageTemplate, ProductPolicy,
        QrImageFormat, RejectJoinRequests, RemoveGroupParticipants, ResetGroupInviteLink,
        SendMarketing, SendMessage, SetPin, StartUpload, TemplateCategory, TemplateStatus,
        UnblockUsers, UnpauseTemplate, UpdateBusinessProfile, UpdateGroup, UpdateQrCode,
        UploadPart, UserToBlock,
    },
    messages::{NewMessage, TemplateMessage},
    template_definitions::{TemplateBody, TemplateButton, TemplateDefinition, TemplateHeader},
};

use crate::{
    support::APP_ID,
    typed::{DENTAL, NUMBER, PERSON, Sender},
};

const AVA: &str = "15550100123";
const BEN: &str = "4915112345678";

impl Sender {
    async fn done<E: Endpoint>(&self, endpoint: E) -> E::Response {
        self.tried(&endpoint)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", E::NAME))
    }

    async fn tried<E: Endpoint>(&self, endpoint: &E) -> Result<E::Response, GraphError> {
        let answer = self.client.call(&self.credentials, endpoint).await;
        answer.map(|answer| answer.body)
    }

    async fn kind<E: Endpoint>(&self, endpoint: E) -> ErrorKind {
        let Err(error) = self.tried(&endpoint).await else {
            panic!("{} was not refused", E::NAME)
        };
        assert!(!error.may_have_been_sent(), "{error}");
        error.kind()
    }

    async fn template(&self, id: &str) -> MessageTemplate {
        let template_id = id.to_owned();
        self.done(GetTemplate { template_id }).await
    }

    async fn listed(&self, list: ListTemplates, limit: u32) -> Vec<MessageTemplate> {
        let options = PageOptions {
            limit: Some(limit),
            ..PageOptions::default()
        };
        let items = self.client.items(self.credentials.clone(), list, options);
        items.try_collect().await.unwrap()
    }

    /// Moves a template, as Meta would.
    async fn shift(&self, id: &str, status: &str) {
        let order = json!({"status": status});
        self.play.order(&format!("templates/{id}"), order).await;
    }

    /// A person writes.
    async fn hear(&self, number: &str) {
        let words = json!({"type": "text", "text": "Hello", "to": NUMBER});
        self.play
            .order(&format!("phones/{number}/messages"), words)
            .await;
    }

    /// Uploads a file, and returns its handle.
    async fn handle(&self, file_type: &str, content: &'static [u8]) -> String {
        let session = self
            .done(StartUpload {
                app_id: APP_ID.to_owned(),
                file_name: "file".to_owned(),
                file_length: content.len() as u64,
                file_type: file_type.to_owned(),
            })
            .await;
        let part = UploadPart {
            session,
            file_offset: 0,
            size: content.len() as u64,
            content: stream::iter([Ok(Bytes::from_static(content))]).boxed(),
        };
        let file = self.client.upload_part(&self.credentials, part).await;
        file.unwrap().body.handle
    }
}

fn create(template: TemplateDefinition) -> CreateTemplate {
    CreateTemplate {
        waba_id: DENTAL.to_owned(),
        template,
    }
}

fn visit(name: &str, text: &str) -> TemplateDefinition {
    TemplateDefinition::new(name, "en_US", TemplateCategory::Utility)
        .body(TemplateBody::new(format!("{text} {{{{1}}}}, see you.")).example(["Monday"]))
        .buttons([TemplateButton::quick_reply("Stop")])
}

fn delete(name: &str, template_id: Option<&str>) -> DeleteTemplate {
    DeleteTemplate {
        waba_id: DENTAL.to_owned(),
        name: name.to_owned(),
        template_id: template_id.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_template_is_created_reviewed_edited_paused_and_unpaused() {
    let sender = Sender::begin().await;
    let pends = json!({"default": "pend"});
    sender.play.order("templates/review", pends).await;
    let created = sender
        .done(create(visit("visit", "Your visit is on")))
        .await;
    assert_eq!(created.status, Some(TemplateStatus::Pending));
    assert_eq!(created.category, Some(TemplateCategory::Utility));
    let id = created.id;
    sender.shift(&id, "APPROVED").await;
    let template = sender.template(&id).await;
    assert_eq!(template.status, Some(TemplateStatus::Approved));
    assert_eq!(template.name.as_deref(), Some("visit"));
    assert_eq!(template.language.as_deref(), Some("en_US"));
    assert_eq!(
        template.components[0]["text"],
        "Your visit is on {{1}}, see you."
    );
    assert_eq!(template.parameter_format.as_deref(), Some("POSITIONAL"));
    assert!(template.quality_score.is_some() && template.rejected_reason.is_some());

    let edit = |text: &str| EditTemplate {
        template_id: id.clone(),
        template: visit("visit", text),
    };
    sender.done(edit("We see you on")).await;
    let template = sender.template(&id).await;
    assert_eq!(template.status, Some(TemplateStatus::Pending));
    assert_eq!(
        template.components[0]["text"],
        "We see you on {{1}}, see you."
    );
    sender.shift(&id, "APPROVED").await;
    // An approved one can be edited once in 24 hours.
    assert_eq!(
        sender.kind(edit("Again on")).await,
        ErrorKind::InvalidParameter
    );

    sender.shift(&id, "PAUSED").await;
    assert_eq!(
        sender.template(&id).await.status,
        Some(TemplateStatus::Paused)
    );
    let unpause = UnpauseTemplate {
        template_id: id.clone(),
    };
    sender.done(unpause).await;
    assert_eq!(
        sender.template(&id).await.status,
        Some(TemplateStatus::Approved)
    );
}

#[tokio::test]
async fn templates_with_media_of_each_kind_are_taken() {
    let sender = Sender::begin().await;
    let png = sender.handle("image/png", b"\x89PNG\r\n\x1a\n").await;
    let pdf = sender.handle("application/pdf", b"%PDF-1.7").await;
    let headers = [
        TemplateHeader::image(png),
        TemplateHeader::document(pdf),
        TemplateHeader::location(),
        TemplateHeader::text("Hello {{1}}").example("Zoë"),
    ];
    for (n, header) in headers.into_iter().enumerate() {
        let template = visit(&format!("header_{n}"), "Your visit is on").header(header);
        let created = sender.done(create(template)).await;
        let template = sender.template(&created.id).await;
        assert_eq!(template.components.len(), 3, "{template:?}");
    }
    let footer = visit("footer", "Your visit is on").footer("Juniper & Sage");
    sender.done(create(footer.ttl_seconds(600))).await;
    let named = TemplateDefinition::new("named", "de", TemplateCategory::Marketing)
        .named_parameters()
        .body(
            TemplateBody::new("Hello {{first_name}}, look.")
                .named_examples([("first_name", "Zoë")]),
        );
    let created = sender.done(create(named)).await;
    let template = sender.template(&created.id).await;
    assert_eq!(template.parameter_format.as_deref(), Some("NAMED"));
}

#[tokio::test]
async fn templates_are_listed_page_by_page_filtered_and_deleted() {
    let sender = Sender::begin().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let template = visit(&format!("many_{n}"), "Your visit is on");
        ids.push(sender.done(create(template)).await.id);
    }
    sender.shift(&ids[0], "APPROVED").await;
    let all = sender.listed(ListTemplates::new(DENTAL), 2).await;
    let known = |id: &String| all.iter().any(|template| template.id == *id);
    assert!(ids.iter().all(known), "{all:?}");
    let named = sender
        .listed(ListTemplates::new(DENTAL).name("many_3"), 100)
        .await;
    assert_eq!(named.len(), 1, "{named:?}");
    assert_eq!(named[0].id, ids[3]);
    let approved = ListTemplates::new(DENTAL)
        .name("many_0")
        .status(TemplateStatus::Approved);
    assert_eq!(sender.listed(approved, 100).await.len(), 1);
    let rejected = ListTemplates::new(DENTAL).status(TemplateStatus::Rejected);
    assert!(sender.listed(rejected, 100).await.is_empty());

    sender.done(delete("many_1", None)).await;
    sender.done(delete("many_2", Some(&ids[2]))).await;
    let many = DeleteTemplates {
        waba_id: DENTAL.to_owned(),
        template_ids: ids[3..].to_vec(),
    };
    sender.done(many).await;
    let left = sender.listed(ListTemplates::new(DENTAL), 100).await;
    let left = left.iter().filter(|template| ids.contains(&template.id));
    assert_eq!(left.count(), 1);
    assert_eq!(
        sender.kind(delete("no_such", None)).await,
        ErrorKind::InvalidParameter
    );
}

#[tokio::test]
async fn a_profile_is_changed_and_its_picture_comes_from_an_upload() {
    let sender = Sender::begin().await;
    let read = async || {
        let phone_number_id = NUMBER.to_owned();
        let mut answer = sender.done(GetBusinessProfile { phone_number_id }).await;
        answer.data.remove(0)
    };
    let update = |profile| UpdateBusinessProfile {
        phone_number_id: NUMBER.to_owned(),
        profile,
    };
    let picture = sender.handle("image/png", b"\x89PNG\r\n\x1a\n").await;
    let profile = BusinessProfile {
        about: Some("Open on Sundays".into()),
        address: Some("Street 1".into()),
        description: Some("Teeth".into()),
        email: Some("desk@dental.example".into()),
        websites: Some(vec!["https://dental.example".into()]),
        vertical: Some("HEALTH".into()),
        profile_picture_handle: Some(picture),
        ..BusinessProfile::default()
    };
    sender.done(update(profile.clone())).await;
    let now = read().await;
    assert_eq!(now.about, profile.about);
    assert_eq!(now.websites, profile.websites);
    assert_eq!(now.vertical, profile.vertical);
    assert!(now.profile_picture_url.is_some(), "{now:?}");
    // What is left out stays, and what was read can be written back.
    let about = BusinessProfile {
        about: Some("Closed".into()),
        ..BusinessProfile::default()
    };
    sender.done(update(about)).await;
    let now = read().await;
    assert_eq!(now.about.as_deref(), Some("Closed"));
    assert_eq!(now.email, profile.email);
    sender.done(update(now)).await;
    for wrong in [
        BusinessProfile {
            about: Some("x".repeat(140)),
            ..BusinessProfile::default()
        },
        BusinessProfile {
            profile_picture_handle: Some("4:x".into()),
            ..BusinessProfile::default()
        },
        BusinessProfile {
            vertical: Some("MAGIC".into()),
            ..BusinessProfile::default()
        },
    ] {
        assert_eq!(
            sender.kind(update(wrong)).await,
            ErrorKind::InvalidParameter
        );
    }
}

#[tokio::test]
async fn a_qr_code_is_made_changed_listed_and_deleted() {
    let sender = Sender::begin().await;
    let phone_number_id = || NUMBER.to_owned();
    let make = |image| CreateQrCode {
        phone_number_id: phone_number_id(),
        prefilled_message: "Hello".into(),
        image,
    };
    let plain = sender.done(make(None)).await;
    assert!(
        plain.qr_image_url.is_none() && plain.deep_link_url.is_some(),
        "{plain:?}"
    );
    for format in [QrImageFormat::Svg, QrImageFormat::Png] {
        let code = sender.done(make(Some(format))).await;
        assert!(code.qr_image_url.is_some(), "{code:?}");
    }
    let update = UpdateQrCode {
        phone_number_id: phone_number_id(),
        code: plain.code.clone(),
        prefilled_message: "Good day".into(),
    };
    let changed = sender.done(update).await;
    assert_eq!(changed.code, plain.code);
    let code = || plain.code.clone();
    let get = || GetQrCode {
        phone_number_id: phone_number_id(),
        code: code(),
    };
    let read = sender.done(get()).await;
    assert_eq!(read.data[0].prefilled_message.as_deref(), Some("Good day"));
    let list = ListQrCodes {
        phone_number_id: phone_number_id(),
    };
    let options = PageOptions {
        limit: Some(1),
        ..PageOptions::default()
    };
    let list = sender
        .client
        .items(sender.credentials.clone(), list, options);
    let codes: Vec<_> = list.try_collect().await.unwrap();
    assert_eq!(codes.len(), 3);
    sender
        .done(DeleteQrCode {
            phone_number_id: phone_number_id(),
            code: code(),
        })
        .await;
    assert!(
        sender
            .tried(&get())
            .await
            .map_or(true, |page| page.data.is_empty())
    );
    let long = CreateQrCode {
        prefilled_message: "x".repeat(141),
        ..make(None)
    };
    assert_eq!(sender.kind(long).await, ErrorKind::InvalidParameter);
}

#[tokio::test]
async fn people_are_blocked_one_by_one_listed_and_unblocked() {
    let sender = Sender::begin().await;
    sender.knobs("open").await;
    sender.hear(AVA).await;
    let phone_number_id = || NUMBER.to_owned();
    let users = vec![
        UserToBlock::Phone(PERSON.into()),
        UserToBlock::Phone(BEN.into()),
        UserToBlock::UserId("US.1".into()),
    ];
    let block = BlockUsers {
        phone_number_id: phone_number_id(),
        users,
    };
    let changes = sender.done(block).await;
    assert_eq!(changes.done.len(), 1);
    assert_eq!(changes.done[0].wa_id.as_deref(), Some(AVA));
    assert_eq!(changes.done[0].input.as_deref(), Some(PERSON));
    let codes: Vec<_> = changes
        .failed
        .iter()
        .map(|user| {
            user.extra
                .get("errors")
                .map(|errors| errors[0]["code"].clone())
        })
        .collect();
    assert_eq!(codes, [Some(json!(131_047)), Some(json!(131_026))]);
    let user_id = changes.done[0].user_id.clone().unwrap();

    let text = NewMessage::to(PERSON).text("Hello");
    assert_eq!(
        sender.kind(SendMessage::new(NUMBER, &text)).await,
        ErrorKind::RecipientUnavailable
    );
    let list = ListBlockedUsers {
        phone_number_id: phone_number_id(),
    };
    let list = sender
        .client
        .items(sender.credentials.clone(), list, PageOptions::default());
    let listed: Vec<_> = list.try_collect().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].user_id.as_ref(), Some(&user_id));

    let users = vec![UserToBlock::UserId(user_id)];
    let unblock = UnblockUsers {
        phone_number_id: phone_number_id(),
        users,
    };
    assert_eq!(sender.done(unblock).await.done.len(), 1);
    sender.send(&text).await;
}

/// Makes a group, and returns its id.
async fn group(sender: &Sender, subject: &str, approve_joins: bool) -> String {
    let make = CreateGroup {
        phone_number_id: NUMBER.to_owned(),
        subject: subject.to_owned(),
        description: Some("A group".to_owned()),
        approve_joins,
    };
    assert!(sender.done(make).await.request_id.is_some());
    let list = ListGroups {
        phone_number_id: NUMBER.to_owned(),
    };
    let list = sender
        .client
        .items(sender.credentials.clone(), list, PageOptions::default());
    let groups: Vec<_> = list.try_collect().await.unwrap();
    let is_it = |subject_of: &Option<String>| subject_of.as_deref() == Some(subject);
    let found = groups
        .into_iter()
        .find(|group| is_it(&group.subject))
        .unwrap();
    assert!(found.created_at.is_some());
    found.id
}

async fn join(sender: &Sender, id: &str, number: &str) {
    let order = json!({"number": number, "act": "join"});
    sender.play.order(&format!("groups/{id}"), order).await;
}

#[tokio::test]
async fn a_group_is_made_read_changed_and_deleted() {
    let sender = Sender::begin().await;
    let id = group(&sender, "Braces", false).await;
    join(&sender, &id, AVA).await;
    join(&sender, &id, BEN).await;
    let group_id = || id.clone();
    let read = async || {
        sender
            .done(GetGroup {
                group_id: group_id(),
            })
            .await
    };
    let info = read().await;
    assert_eq!(info.subject.as_deref(), Some("Braces"));
    assert_eq!(info.description.as_deref(), Some("A group"));
    assert_eq!(info.join_approval_mode.as_deref(), Some("auto_approve"));
    assert_eq!(info.total_participant_count, Some(2));
    assert_eq!(info.suspended, Some(false));
    assert_eq!(info.participants[0].wa_id.as_deref(), Some(AVA));
    let user_id = info.participants[0].user_id.clone().unwrap();

    let update = UpdateGroup {
        group_id: group_id(),
        subject: Some("Retainers".to_owned()),
        description: None,
    };
    sender.done(update).await;
    let info = read().await;
    assert_eq!(info.subject.as_deref(), Some("Retainers"));
    assert_eq!(info.description.as_deref(), Some("A group"));

    let link = sender
        .done(GetGroupInviteLink {
            group_id: group_id(),
        })
        .await;
    let new = sender
        .done(ResetGroupInviteLink {
            group_id: group_id(),
        })
        .await;
    assert!(link.invite_link.is_some() && new.invite_link.is_some());
    assert_ne!(link, new);

    let remove = RemoveGroupParticipants {
        group_id: group_id(),
        participants: vec![user_id, format!("+{BEN}")],
    };
    assert!(sender.done(remove).await.request_id.is_some());
    assert!(read().await.participants.is_empty());
    sender
        .done(DeleteGroup {
            group_id: group_id(),
        })
        .await;
    let gone = sender
        .kind(GetGroup {
            group_id: group_id(),
        })
        .await;
    assert_eq!(gone, ErrorKind::NotFound);
}

#[tokio::test]
async fn requests_to_join_a_group_are_listed_approved_and_rejected() {
    let sender = Sender::begin().await;
    let id = group(&sender, "Braces", true).await;
    join(&sender, &id, AVA).await;
    join(&sender, &id, BEN).await;
    let list = async || {
        let list = ListJoinRequests {
            group_id: id.clone(),
        };
        let options = PageOptions::default();
        let list = sender
            .client
            .items(sender.credentials.clone(), list, options);
        list.try_collect::<Vec<_>>().await.unwrap()
    };
    let requests = list().await;
    let of = |number: &str| {
        let is_it = |id: &Option<String>| id.as_deref() == Some(number);
        let request = requests
            .iter()
            .find(|request| is_it(&request.wa_id))
            .unwrap();
        assert!(request.creation_timestamp.is_some());
        request.join_request_id.clone()
    };
    let approve = ApproveJoinRequests {
        group_id: id.clone(),
        join_requests: vec![of(AVA), "unknown".to_owned()],
    };
    let decided = sender.done(approve).await;
    assert_eq!(decided.done, [of(AVA)]);
    assert_eq!(
        decided.failed[0].join_request_id.as_deref(),
        Some("unknown")
    );
    assert!(
        decided.failed[0]
            .extra
            .get("errors")
            .is_some_and(Value::is_array)
    );
    let reject = RejectJoinRequests {
        group_id: id.clone(),
        join_requests: vec![of(BEN)],
    };
    assert_eq!(sender.done(reject).await.done, [of(BEN)]);
    assert!(list().await.is_empty());
    let info = sender
        .done(GetGroup {
            group_id: id.clone(),
        })
        .await;
    assert_eq!(info.total_participant_count, Some(1));
}

#[tokio::test]
async fn each_refusal_of_the_sandbox_has_the_kind_of_its_code() {
    let sender = Sender::begin().await;
    sender.knobs("open").await;
    let text = NewMessage::to(PERSON).text("Hello");
    let send = || SendMessage::new(NUMBER, &text);
    for (code, kind) in [
        (1, ErrorKind::Transient),
        (4, ErrorKind::RateLimited),
        (10, ErrorKind::PermissionMissing),
        (100, ErrorKind::InvalidParameter),
        (190, ErrorKind::TokenInvalid { subcode: None }),
        (368, ErrorKind::AccountRestricted),
        (80_007, ErrorKind::RateLimited),
        (130_429, ErrorKind::RateLimited),
        (131_005, ErrorKind::PermissionMissing),
        (131_016, ErrorKind::Transient),
        (131_026, ErrorKind::RecipientUnavailable),
        (131_031, ErrorKind::AccountRestricted),
        (131_042, ErrorKind::AccountRestricted),
        (131_047, ErrorKind::WindowClosed),
        (131_048, ErrorKind::RateLimited),
        (131_050, ErrorKind::RecipientOptedOut),
        (131_053, ErrorKind::MediaRefused),
        (131_056, ErrorKind::RateLimited),
        (132_001, ErrorKind::TemplateUnavailable),
        (132_015, ErrorKind::TemplateUnavailable),
        (133_010, ErrorKind::NumberNotRegistered),
    ] {
        let fault = json!({
            "match": {"path": "*/messages"}, "when": {"next": 1}, "then": {"code": code},
        });
        sender.play.order("faults", fault).await;
        let error = sender.tried(&send()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{code}");
        assert_eq!(error.meta().and_then(|meta| meta.code), Some(code));
        let is_ambiguous = kind == ErrorKind::Transient;
        assert_eq!(error.may_have_been_sent(), is_ambiguous, "{code}");
    }
    let wrong_pin = SetPin {
        phone_number_id: NUMBER.to_owned(),
        pin: "12".into(),
    };
    assert_eq!(sender.kind(wrong_pin).await, ErrorKind::InvalidParameter);
    let template_id = "1".to_owned();
    assert_eq!(
        sender.kind(GetTemplate { template_id }).await,
        ErrorKind::NotFound
    );
    let foreign = ListTemplates::new("420000000000001");
    assert_eq!(sender.kind(foreign).await, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_marketing_template_goes_by_the_route_for_marketing_and_nothing_else_does() {
    let sender = Sender::begin().await;
    sender.knobs("open").await;
    let known = |name: &str, category: &str| json!({"wabaId": DENTAL, "name": name, "language": "en_US", "category": category});
    let priced = json!({"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": 5});
    let mut dear = known("dear", "MARKETING");
    dear["fields"] = json!({"optimization_spec": priced});
    let all = json!([known("offer", "MARKETING"), known("visit", "UTILITY"), dear]);
    sender.play.order("templates", all).await;
    let template =
        |name: &str| NewMessage::to(PERSON).template(TemplateMessage::new(name, "en_US"));
    let (offer, visit) = (template("offer"), template("visit"));
    let text = NewMessage::to(PERSON).text("Hello");

    let mut marketing = SendMarketing::new(NUMBER, &offer);
    let sent = sender.done(marketing.clone()).await;
    assert!(sent.id.starts_with("wamid."), "{sent:?}");
    marketing.product_policy = Some(ProductPolicy::CloudApiFallback);
    marketing.message_activity_sharing = Some(true);
    marketing.bid_multiplier = Some(1.5);
    sender.done(marketing.clone()).await;
    for other in [&visit, &text] {
        let kind = sender.kind(SendMarketing::new(NUMBER, other)).await;
        assert_eq!(kind, ErrorKind::WrongRoute);
    }
    // One with a price needs the route for marketing.
    let dear = template("dear");
    assert_eq!(
        sender.kind(SendMessage::new(NUMBER, &dear)).await,
        ErrorKind::WrongRoute
    );
    sender.done(SendMarketing::new(NUMBER, &dear)).await;

    let strict = || SendMarketing {
        product_policy: Some(ProductPolicy::Strict),
        ..SendMarketing::new(NUMBER, &offer)
    };
    assert_eq!(sender.kind(strict()).await, ErrorKind::Refused);
    let onboard = json!({"marketingMessages": "ONBOARDED"});
    sender.play.order(&format!("wabas/{DENTAL}"), onboard).await;
    sender.done(strict()).await;
    marketing.bid_multiplier = Some(0.0);
    assert_eq!(sender.kind(marketing).await, ErrorKind::InvalidParameter);

    let disable = json!({"disableMarketingOnCloudApi": true});
    sender.play.order(&format!("wabas/{DENTAL}"), disable).await;
    assert_eq!(
        sender.kind(SendMessage::new(NUMBER, &offer)).await,
        ErrorKind::WrongRoute
    );
    let unsynced = json!({
        "window": "open", "metering": "off", "pairs": "off", "unsyncedTemplates": ["offer"],
    });
    sender.play.order("sending/knobs", unsynced).await;
    let error = sender.tried(&SendMarketing::new(NUMBER, &offer)).await;
    let advice = error.unwrap_err().advice();
    assert!(format!("{advice:?}").contains("600"), "{advice:?}");
}
