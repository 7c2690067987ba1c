//! Each operation that changes something, and the entry that a successful call leaves in the audit log. One that is not
//! in the table fails the test.

use actix_web::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::ids::OrgId;

use crate::{
    operations::{Operation, operations},
    support::{
        ACME, Answer, GONE, OTHER, PASSWORD, Who, World, ask, changes, image_from, template,
    },
};

/// What a successful call leaves in the audit log.
enum Recorded {
    /// An entry of this action.
    As(&'static str),
    /// Nothing, because of this.
    Never(&'static str),
    /// An entry that another test looks for, because of this.
    Elsewhere(&'static str),
}

fn plan(operation: &str) -> Option<Recorded> {
    use Recorded::{As, Elsewhere, Never};
    Some(match operation {
        "disconnect" | "disconnectAlias" | "disconnectByDelete" | "disconnectAccount" => {
            As("account.disconnected")
        }
        "changeAccount" => As("account.renamed"),
        "callGraph" => As("account.graph_call"),
        "registerAccount" => As("account.registered"),
        "verifyAccount" => As("account.verified"),
        "cancelSession" => As("connect.cancelled"),
        "chooseNumbers" => As("connect.choose"),
        "confirmSession" | "resumeSession" => As("connect.resumed"),
        "submitCode" => As("connect.completed"),
        "addPhoneNumber" => Elsewhere("the WABA of this Meta has no id that can be typed"),
        "eraseContact" => As("contact.erased"),
        "splitContact" => Elsewhere("a rule of the store's contract undoes a merge"),
        "nameContact" => As("contact.renamed"),
        "changeConversation" => As("conversation.changed"),
        "showTyping" => Never("a typing notice is gone after 25 seconds"),
        "makeEventTicket" => Never("it opens within 30 seconds what its owner may read anyway"),
        "uploadMedia" => As("media.uploaded"),
        "refetchMedia" => As("media.refetched"),
        "sendMessage" => As("message.queued"),
        "sendMessages" => As("message.bulk_queued"),
        "cancelMessage" => As("message.cancelled"),
        "retryMessage" => As("message.retried"),
        "dismissMessage" => {
            Elsewhere("it needs a send whose outcome is unknown, and goes the way of cancelMessage")
        }
        "markMessageRead" => As("message.marked_read"),
        "addMetaApp" => As("meta_app.saved"),
        "removeMetaApp" => As("meta_app.removed"),
        "createOrg" => As("org.created"),
        "renameOrg" => As("org.renamed"),
        "discardParkedItem" | "discardAnyParkedItem" => As("webhook.discarded"),
        "replayParkedItem" | "replayAnyParkedItem" | "replayWebhooks" | "replayAllWebhooks" => {
            As("webhook.replayed")
        }
        "testWebhook" => As("webhook.tested"),
        "takeWebhook" | "takeAppWebhook" => Never("Meta acts, and nobody of ours"),
        "pauseQueue" => As("queue.paused"),
        "resumeQueue" => As("queue.resumed"),
        "syncTemplates" => As("template.sync_requested"),
        "createTemplate" => As("template.created"),
        "editTemplate" => As("template.edited"),
        "deleteTemplate" => As("template.deleted"),
        "deleteTemplateName" => {
            Elsewhere("it takes a name by its query, and goes the way of deleteTemplate")
        }
        "checkTemplate" | "previewTemplate" => Never("it only looks"),
        "invite" => As("team.invited"),
        "revokeInvitation" => As("team.invitation_revoked"),
        "acceptInvitation" => As("team.joined"),
        "inspectInvitation" => Never("it only looks"),
        "requestPasswordReset" | "requestAddressProof" | "proveAddress" => {
            Elsewhere("a scenario sends the mail")
        }
        "changeRole" => As("team.role_changed"),
        "removeMember" => As("team.removed"),
        "makeResetLink" => As("team.password_reset_linked"),
        "resetPassword" => As("auth.password_reset"),
        "changePassword" => As("auth.password_changed"),
        "login" => As("auth.signed_in"),
        "logout" => As("auth.signed_out"),
        "beginTwoFactor" => Never("it counts for nothing until a code confirms it"),
        "confirmTwoFactor" => As("auth.two_factor_on"),
        "renewRecoveryCodes" => As("auth.recovery_codes_made"),
        "endTwoFactor" => As("auth.two_factor_off"),
        "endMemberTwoFactor" => As("team.two_factor_ended"),
        "endSignIn" => As("auth.sign_in_ended"),
        "endOtherSignIns" => As("auth.sign_ins_ended"),
        "refresh" => Never("it prolongs a sign-in that is recorded"),
        _ => return None,
    })
}

/// An org with a number, a conversation, a file that could not be fetched and two parked items.
struct Stage {
    world: World,
    account: String,
    conversation: Value,
    message: String,
    media: String,
    parked: String,
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

impl Stage {
    async fn new(operation: &str) -> Self {
        let mut world = World::new().await;
        // Hashing takes its time.
        if matches!(
            operation,
            "login" | "changePassword" | "endSignIn" | "endOtherSignIns"
        ) || operation.contains("TwoFactor")
            || operation == "renewRecoveryCodes"
        {
            world = world.with_password().await;
        }
        world.connect(Who::Owner).await;
        let accounts = world.get(Who::Owner, "/api/accounts").await.json();
        let mut stage = Self {
            account: id(&accounts["data"][0]),
            conversation: Value::Null,
            message: String::new(),
            media: String::new(),
            parked: String::new(),
            world,
        };
        let of_what_came = [
            "Contact",
            "Conversation",
            "Media",
            "Read",
            "Parked",
            "Webhooks",
        ];
        if of_what_came.iter().any(|word| operation.contains(word)) {
            stage.receive().await;
        }
        stage
    }

    /// A file that cannot be fetched, and what nobody understands.
    async fn receive(&mut self) {
        let file = image_from("15550009", "1", (GONE, "image/png", "a.png"));
        let odd = |n: i32| ("unheard_of", json!({"n": n}));
        let body = changes(Who::Owner, &[file, odd(1), odd(2)]);
        let world = &self.world;
        let (conversation, message, parked) = world
            .working(async || {
                assert_eq!(world.deliver(&body).await.status, StatusCode::OK);
                let list = "/api/conversations";
                let rows = world.until(Who::Owner, list, |rows| rows.len() == 1).await;
                let thread = format!("{list}/{}/messages", id(&rows[0]));
                let failed =
                    |rows: &[Value]| rows.len() == 1 && rows[0]["media"]["state"] == "failed";
                let thread = world.until(Who::Owner, &thread, failed).await;
                let list = "/api/webhooks/parked";
                let parked = world.until(Who::Owner, list, |rows| rows.len() == 2).await;
                (rows[0].clone(), thread[0].clone(), id(&parked[0]))
            })
            .await;
        self.message = id(&message);
        self.media = id(&message["media"]);
        (self.conversation, self.parked) = (conversation, parked);
    }

    /// All that is recorded, in every organisation and on the platform.
    async fn recorded(&self) -> Vec<String> {
        let mut actions = Vec::new();
        for org in [ACME, OTHER, OrgId::PLATFORM] {
            let log = self.world.store.audit_chain(org, 0, 10_000).await.unwrap();
            actions.extend(log.into_iter().map(|entry| entry.event.action));
        }
        actions
    }

    /// What must be there before the call: the id that it names, and its body.
    async fn before(&self, operation: &str) -> (String, Value) {
        let world = &self.world;
        let post = async |path: &str, body| world.post(Who::Owner, path, body).await.json();
        let none = String::new;
        match operation {
            "disconnectAccount" | "verifyAccount" | "pauseQueue" | "resumeQueue" => {
                (self.account.clone(), json!({}))
            }
            "changeAccount" => (self.account.clone(), json!({"displayName": "Shop"})),
            "callGraph" => {
                let call = json!({"method": "GET", "path": "0101"});
                (self.account.clone(), call)
            }
            "registerAccount" => (self.account.clone(), json!({"pin": "123456"})),
            "cancelSession" => {
                world.begin(Who::Owner, "mode=redirect").await;
                let open = world.get(Who::Owner, "/api/connect-sessions").await.json();
                (id(&open["data"][0]), json!({}))
            }
            "chooseNumbers" => {
                world.meta.give(ACME, &["0101", "0102"]);
                world.connect(Who::Owner).await;
                let open = world.get(Who::Owner, "/api/connect-sessions").await.json();
                (id(&open["data"][0]), json!({"phoneNumberIds": ["0102"]}))
            }
            "confirmSession" | "resumeSession" => {
                let begun = world.get(Who::Owner, "/auth/meta-oauth/init").await.json();
                let url = begun["authUrl"].as_str().unwrap();
                let state = url.split("state=").nth(1).unwrap();
                let back = format!("/auth/meta-oauth/callback?code=canary-code&state={state}");
                world.send(ask(Method::GET, &back, None, None)).await;
                (begun["sessionId"].as_str().unwrap().to_owned(), json!({}))
            }
            "submitCode" => {
                let (state, _) = world.begin(Who::Owner, "mode=sdk").await;
                (none(), json!({"code": "canary-code", "state": state}))
            }
            "eraseContact" | "nameContact" => {
                let contact = id(&self.conversation["contact"]);
                (contact, json!({"name": "Ada"}))
            }
            "changeConversation" => (id(&self.conversation), json!({"state": "closed"})),
            "refetchMedia" => (self.media.clone(), json!({})),
            "sendMessage" => (none(), template("15550001")),
            "sendMessages" => {
                let messages = [template("15550001"), template("15550002"), json!({})];
                (none(), json!({"messages": messages}))
            }
            "cancelMessage" => {
                let sent = world.queued(Who::Agent, "15550001").await;
                (id(&sent), json!({}))
            }
            "retryMessage" => {
                let sent = world.queued(Who::Agent, "15550001").await;
                post(&format!("/api/messages/{}/cancel", id(&sent)), json!({})).await;
                (id(&sent), json!({}))
            }
            "markMessageRead" => (self.message.clone(), json!({})),
            "addMetaApp" | "removeMetaApp" => {
                let app = json!({"appId": "2002", "appSecret": "12345678", "name": "Ours", "verifyToken": "12345678"});
                match operation {
                    "addMetaApp" => (none(), app),
                    _ => (id(&post("/api/meta-apps", app).await), json!({})),
                }
            }
            "createTemplate" => {
                let body = json!([{"type": "BODY", "text": "Your order is late."}]);
                let body = json!({"name": "order_late", "language": "en_US", "category": "UTILITY", "components": body});
                (none(), body)
            }
            "editTemplate" | "deleteTemplate" | "checkTemplate" | "previewTemplate" => {
                let synced = world.synced_templates(Who::Owner).await;
                let body = match operation {
                    "editTemplate" => {
                        json!({"components": [{"type": "BODY", "text": "Your order is late."}]})
                    }
                    _ => json!({}),
                };
                (id(&synced[0]), body)
            }
            "createOrg" => (none(), json!({"name": "Third"})),
            "renameOrg" => (none(), json!({"name": "Acme Tea"})),
            "discardParkedItem"
            | "discardAnyParkedItem"
            | "replayParkedItem"
            | "replayAnyParkedItem" => (self.parked.clone(), json!({})),
            "replayWebhooks" | "replayAllWebhooks" => (none(), json!({"parked": true})),
            "invite" => (
                none(),
                json!({"email": "new@acme.example", "role": "agent"}),
            ),
            "revokeInvitation" | "acceptInvitation" => {
                let invite = json!({"email": "new@acme.example", "role": "agent"});
                let made = post("/api/team/invitations", invite).await;
                let token = token(&made["link"]);
                let body = json!({"token": token, "name": "New", "password": PASSWORD});
                (made["id"].as_str().unwrap_or_default().to_owned(), body)
            }
            "changeRole" => (Who::Agent.id().to_string(), json!({"role": "viewer"})),
            "removeMember" | "makeResetLink" => (Who::Agent.id().to_string(), json!({})),
            "resetPassword" => {
                let path = format!("/api/team/{}/password-reset", Who::Agent.id());
                let made = post(&path, json!({})).await;
                let password = "another-long-password";
                (
                    none(),
                    json!({"token": token(&made["link"]), "newPassword": password}),
                )
            }
            "changePassword" => {
                let new = "another-long-password";
                (
                    none(),
                    json!({"currentPassword": PASSWORD, "newPassword": new}),
                )
            }
            "endSignIn" | "endOtherSignIns" => {
                let another = json!({"email": Who::Owner.email(), "password": PASSWORD});
                let login = ask(Method::POST, "/auth/login", None, Some(&another));
                world.send(login).await;
                let listed = world.get(Who::Owner, "/auth/sign-ins").await.json();
                let mut listed = listed["data"].as_array().unwrap().iter();
                (
                    id(listed.find(|each| each["current"] == false).unwrap()),
                    json!({}),
                )
            }
            "confirmTwoFactor" => {
                let secret = world.begin_two_factor(Who::Owner).await;
                (none(), json!({"code": world.code(&secret, 0)}))
            }
            "renewRecoveryCodes" => {
                world.turn_two_factor_on(Who::Owner).await;
                (none(), json!({"currentPassword": PASSWORD}))
            }
            "endTwoFactor" => {
                let (secret, _) = world.turn_two_factor_on(Who::Owner).await;
                let code = world.code(&secret, 1);
                (none(), json!({"currentPassword": PASSWORD, "code": code}))
            }
            "endMemberTwoFactor" => {
                world.give_two_factor(Who::Agent).await;
                (Who::Agent.id().to_string(), json!({}))
            }
            "login" => {
                let email = Who::Owner.email();
                (none(), json!({"email": email, "password": PASSWORD}))
            }
            _ => (none(), json!({})),
        }
    }

    async fn call(&self, operation: &Operation, who: Option<Who>) -> Answer {
        let (named, body) = self.before(&operation.id).await;
        if operation.id == "uploadMedia" {
            let png = b"\x89PNG\r\n\x1a\n and so on";
            return self
                .world
                .upload(Who::Agent, ("image/png", "a.png"), png)
                .await;
        }
        let call = async || operation.call(&self.world, who, &named, Some(&body)).await;
        match operation.id.as_str() {
            // It goes the way of Meta's webhooks, which somebody must write down.
            "testWebhook" => self.world.working(call).await,
            _ => call().await,
        }
    }
}

/// What a link carries after its `#`.
fn token(link: &Value) -> String {
    let link = link.as_str().unwrap_or_default();
    link.split_once('#')
        .map_or("", |(_, token)| token)
        .to_owned()
}

fn changing() -> Vec<Operation> {
    let mut all = operations();
    all.retain(|operation| operation.method != Method::GET);
    all
}

#[actix_web::test]
async fn each_operation_that_changes_state_has_a_row_about_its_audit_entry() {
    for operation in changing() {
        match plan(&operation.id) {
            Some(Recorded::As(action)) => assert!(action.contains('.')),
            Some(Recorded::Never(why) | Recorded::Elsewhere(why)) => assert!(!why.is_empty()),
            None => panic!("{} has no entry in the table", operation.id),
        }
    }
}

/// How many tests share the acts, so that they run at the same time.
const PARTS: usize = 4;

#[rstest]
#[actix_web::test]
async fn each_act_is_recorded_once(#[values(0, 1, 2, 3)] part: usize) {
    for operation in changing().into_iter().skip(part).step_by(PARTS) {
        let Some(Recorded::As(action)) = plan(&operation.id) else {
            continue;
        };
        let who = match operation.needs.as_deref() {
            None => None,
            Some("operator") => Some(Who::Operator),
            Some(_) => Some(Who::Owner),
        };
        let count = |log: &[String]| log.iter().filter(|one| *one == action).count();
        let stage = Box::pin(Stage::new(&operation.id)).await;
        let before = count(&stage.recorded().await);
        let answer = stage.call(&operation, who).await;
        assert!(
            answer.status.is_success(),
            "{}: {} {}",
            operation.id,
            answer.status,
            answer.text
        );
        let after = match operation.id.as_str() {
            // In the log of the organisation that it made.
            "createOrg" => {
                let made = id(&answer.json()).parse().unwrap();
                let log = stage.world.store.audit_chain(OrgId(made), 0, 10).await;
                let log = log.unwrap().into_iter().map(|entry| entry.event.action);
                before + count(&log.collect::<Vec<_>>())
            }
            _ => count(&stage.recorded().await),
        };
        assert_eq!(after, before + 1, "{}", operation.id);
    }
}

#[actix_web::test]
async fn audit_entries_of_messages_hold_no_text_and_no_person() {
    let stage = Box::pin(Stage::new("nameContact")).await;
    let world = &stage.world;
    let person = "15550100123";
    let text = json!({"to": person, "type": "text", "text": {"body": "canary words"}, "flow": "canary flow", "ignoreWindow": true});
    let sent = world.post(Who::Agent, "/api/messages", text.clone()).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
    let bulk = json!({"messages": [text.clone(), text]});
    world.post(Who::Agent, "/api/messages/bulk", bulk).await;
    let contact = format!("/api/contacts/{}", id(&stage.conversation["contact"]));
    let name = json!({"name": "canary name"});
    let named = ask(Method::PATCH, &contact, Some(Who::Agent), Some(&name));
    assert_eq!(world.send(named).await.status, StatusCode::OK);
    let png = b"\x89PNG\r\n\x1a\n and so on";
    world
        .upload(Who::Agent, ("image/png", "canary.png"), png)
        .await;
    let log = world.store.audit_chain(ACME, 0, 10_000).await.unwrap();
    let told: Vec<_> = log
        .iter()
        .map(|entry| entry.event.action.as_str())
        .collect();
    for action in [
        "message.queued",
        "message.bulk_queued",
        "contact.renamed",
        "media.uploaded",
    ] {
        assert_eq!(
            told.iter().filter(|one| **one == action).count(),
            1,
            "{action}"
        );
    }
    for entry in &log {
        let data = &entry.event.data;
        assert!(!data.contains("canary") && !data.contains(person), "{data}");
    }
}
