//! Each operation of the document, against callers who may not: nobody, a role that is too low, and the owner of
//! another organisation. An operation that is not in the table fails the test.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use wabakit_domain::principal::Scope;

use crate::support::{ACME, Answer, OTHER, Who, World, ask, changes, image_from, template};

/// Who may call an operation, and with what.
enum Plan {
    /// Anybody, because of this.
    Public(&'static str),
    /// Callers of the organisation. `foreign` is another organisation's object that the path or query can name.
    Org {
        foreign: Option<Named>,
        body: Option<Value>,
    },
    /// The platform's operators, who stand above organisations.
    Operator { body: Option<Value> },
}

/// Where an object is named.
enum Named {
    Path(String),
    Query(&'static str, String),
    Body(Value),
}

/// Objects of the other organisation.
struct Foreign {
    account: String,
    session: String,
    invitation: String,
    meta_app: String,
    member: String,
    sign_in: String,
    conversation: String,
    message: String,
    contact: String,
    media: String,
    change: String,
    parked: String,
    template: String,
}

impl Foreign {
    async fn make(world: &World) -> Self {
        world.connect(Who::Stranger).await;
        let accounts = world.get(Who::Stranger, "/api/accounts").await.json();
        world.begin(Who::Stranger, "mode=redirect").await;
        let sessions = world
            .get(Who::Stranger, "/api/connect-sessions")
            .await
            .json();
        let invite = json!({"email": "new@other.example", "role": "agent"});
        let invitation = world
            .post(Who::Stranger, "/api/team/invitations", invite)
            .await
            .json();
        let app = json!({"appId": "2002", "appSecret": "12345678", "name": "Theirs", "verifyToken": "12345678"});
        let app = world
            .post(Who::Stranger, "/api/meta-apps", app)
            .await
            .json();
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let file = image_from("15550009", "theirs", ("7007", "image/png", "a.png"));
        let body = changes(Who::Stranger, &[file, ("unheard_of", json!({}))]);
        let parked = "/api/webhooks/parked";
        let parked = world.receive(Who::Stranger, &body, parked, 1).await;
        let conversations =
            world.until(Who::Stranger, "/api/conversations", |rows| rows.len() == 1);
        let conversation = conversations.await[0].clone();
        let thread = format!("/api/conversations/{}/messages", id(&conversation));
        let message = world
            .until(Who::Stranger, &thread, |rows| rows.len() == 1)
            .await[0]
            .clone();
        Self {
            conversation: id(&conversation),
            contact: id(&conversation["contact"]),
            message: id(&message),
            media: id(&message["media"]),
            change: parked[0]["changeId"].as_str().unwrap().to_owned(),
            parked: id(&parked[0]),
            account: id(&accounts["data"][0]),
            session: id(&sessions["data"][0]),
            invitation: id(&invitation),
            meta_app: id(&app),
            member: Who::Stranger.id().to_string(),
            sign_in: Who::Stranger.sign_in().to_string(),
            template: id(&world.synced_templates(Who::Stranger).await[0]),
        }
    }

    fn all(&self) -> [&str; 15] {
        [
            &self.conversation,
            &self.contact,
            &self.message,
            &self.media,
            &self.change,
            &self.parked,
            "15550009",
            &self.account,
            &self.session,
            &self.invitation,
            &self.meta_app,
            &self.member,
            &self.sign_in,
            &self.template,
            "0909",
        ]
    }
}

fn plan(operation: &str, theirs: &Foreign) -> Option<Plan> {
    let plain = |body| Plan::Org {
        foreign: None,
        body,
    };
    let of = |id: &String, body| Plan::Org {
        foreign: Some(Named::Path(id.clone())),
        body,
    };
    let leave = || Plan::Org {
        foreign: Some(Named::Body(json!({"accountId": theirs.account}))),
        body: Some(json!({"accountId": "018f0000-0000-7000-8000-000000000000"})),
    };
    let begin = || Plan::Org {
        foreign: Some(Named::Query("metaAppId", theirs.meta_app.clone())),
        body: None,
    };
    Some(match operation {
        "login" | "refresh" => Plan::Public("it is how a caller becomes known"),
        "requestPasswordReset" => Plan::Public("the link goes by mail, whoever asks for it"),
        "signInOptions" => Plan::Public("it tells nothing of an organisation"),
        "requestAddressProof" => plain(None),
        "proveAddress" => plain(Some(json!({"token": "of no link"}))),
        "resetPassword" | "inspectInvitation" | "acceptInvitation" => {
            Plan::Public("the link's token is the proof")
        }
        "callback" | "callbackAlias" => {
            Plan::Public("Meta sends the browser; the state is the proof")
        }
        "health" | "readiness" | "metrics" => Plan::Public("it tells nothing of an organisation"),
        "openapi" => Plan::Public("it is documentation"),
        "takeWebhook" | "takeAppWebhook" => Plan::Public("the signature is the proof"),
        "verifyWebhook" | "verifyAppWebhook" => Plan::Public("the verify token is the proof"),
        "listOrgs"
        | "operatorWebhookHealth"
        | "listDeliveries"
        | "getDelivery"
        | "listRejections"
        | "listAllParkedItems"
        | "getAnyParkedItem"
        | "replayAnyParkedItem"
        | "discardAnyParkedItem" => Plan::Operator { body: None },
        "replayAllWebhooks" => Plan::Operator {
            body: Some(json!({"parked": true})),
        },
        "listConversations" | "listContacts" | "listEvents" | "makeEventTicket" | "listen"
        | "webhookHealth" | "listWebhookChanges" | "listParkedItems" => plain(None),
        "replayWebhooks" => plain(Some(json!({"parked": true}))),
        "testWebhook" => Plan::Org {
            foreign: Some(Named::Body(json!({"accountId": theirs.account}))),
            body: None,
        },
        "getConversation" | "listMessages" => of(&theirs.conversation, None),
        "changeConversation" => of(&theirs.conversation, Some(json!({"state": "closed"}))),
        "getMessage" | "cancelMessage" | "retryMessage" | "dismissMessage" | "markMessageRead" => {
            of(&theirs.message, None)
        }
        "showTyping" => of(&theirs.conversation, None),
        "sendMessage" => Plan::Org {
            foreign: Some(Named::Body(named(template("15550001"), &theirs.account))),
            body: Some(template("15550001")),
        },
        "sendMessages" => Plan::Org {
            foreign: Some(Named::Body(named(
                json!({"messages": [template("15550001")]}),
                &theirs.account,
            ))),
            body: Some(json!({"messages": []})),
        },
        "listSentMessages" | "listQueues" | "listMetaErrors" => plain(None),
        "listTemplates" | "getTemplateSync" | "syncTemplatesAlias" => plain(None),
        "getTemplate" | "getTemplateSchema" | "deleteTemplate" => of(&theirs.template, None),
        "checkTemplate" | "previewTemplate" | "editTemplate" => {
            of(&theirs.template, Some(json!({})))
        }
        "createTemplate" => {
            let waba = format!("waba-{OTHER}");
            let body = json!({"name": "order_late", "language": "en_US", "category": "UTILITY",
                "components": [{"type": "BODY", "text": "Your order is late."}]});
            let mut foreign = body.clone();
            foreign["wabaId"] = json!(waba);
            Plan::Org {
                foreign: Some(Named::Body(foreign)),
                body: Some(body),
            }
        }
        "deleteTemplateName" => Plan::Org {
            foreign: Some(Named::Query("name", "order_update".to_owned())),
            body: None,
        },
        "syncTemplates" => Plan::Org {
            foreign: Some(Named::Body(json!({"wabaId": format!("waba-{OTHER}")}))),
            body: Some(json!({"wabaId": "waba-of-nobody"})),
        },
        "pauseQueue" | "resumeQueue" => of(&theirs.account, None),
        "callGraph" => of(
            &theirs.account,
            Some(json!({"method": "GET", "path": "0909"})),
        ),
        "uploadMedia" => plain(None),
        "getContact" | "exportContact" | "eraseContact" | "listContactMerges" => {
            of(&theirs.contact, None)
        }
        "splitContact" => of(
            &theirs.contact,
            Some(json!({"mergeId": "01990000-0000-7000-8000-000000000001"})),
        ),
        "nameContact" => of(&theirs.contact, Some(json!({"name": "Taken"}))),
        "getMedia" | "refetchMedia" => of(&theirs.media, None),
        "getWebhookChange" => of(&theirs.change, None),
        "getParkedItem" | "replayParkedItem" | "discardParkedItem" => of(&theirs.parked, None),
        "createOrg" => Plan::Operator {
            body: Some(json!({"name": "Third"})),
        },
        "getTwoFactor" => plain(None),
        "beginTwoFactor" | "renewRecoveryCodes" => plain(Some(json!({"currentPassword": "wrong"}))),
        "confirmTwoFactor" => plain(Some(json!({"code": "000000"}))),
        "endTwoFactor" => plain(Some(json!({"currentPassword": "wrong", "code": "000000"}))),
        "endSignIn" => of(&theirs.sign_in, None),
        "endOtherSignIns" => plain(None),
        "logout"
        | "me"
        | "listSignIns"
        | "connectionStatus"
        | "connectionStatusAlias"
        | "connectionOauthStatusAlias"
        | "listWarnings"
        | "listConnectSessions"
        | "listAccounts"
        | "listPhoneNumbers"
        | "listInvitations"
        | "listTeam"
        | "listAuditLog"
        | "verifyAuditLog"
        | "getOrg"
        | "listMetaApps" => plain(None),
        "changePassword" => plain(Some(
            json!({"currentPassword": "wrong", "newPassword": "short"}),
        )),
        "beginConnect" | "connectLink" => begin(),
        "submitCode" => plain(Some(json!({"code": "c", "state": "s"}))),
        "disconnect" | "disconnectAlias" | "disconnectByDelete" => leave(),
        "getConnectSession" | "confirmSession" | "cancelSession" => of(&theirs.session, None),
        "chooseNumbers" => of(&theirs.session, Some(json!({"phoneNumberIds": ["0909"]}))),
        "resumeSession" => of(&theirs.session, Some(json!({}))),
        "getAccount" | "disconnectAccount" | "verifyAccount" => of(&theirs.account, None),
        "changeAccount" => of(&theirs.account, Some(json!({"displayName": "Taken"}))),
        "registerAccount" => of(&theirs.account, Some(json!({"pin": "123456"}))),
        "addPhoneNumber" => plain(Some(
            json!({"phoneNumberId": "", "wabaId": "w", "accessToken": "t"}),
        )),
        "invite" => plain(Some(json!({"email": "nobody", "role": "agent"}))),
        "revokeInvitation" => of(&theirs.invitation, None),
        "changeRole" => of(&theirs.member, Some(json!({"role": "viewer"}))),
        "removeMember" | "makeResetLink" | "endMemberTwoFactor" => of(&theirs.member, None),
        "renameOrg" => plain(Some(json!({"name": ""}))),
        "addMetaApp" => plain(Some(
            json!({"appId": "x", "appSecret": "", "name": "", "verifyToken": ""}),
        )),
        "removeMetaApp" => of(&theirs.meta_app, None),
        _ => return None,
    })
}

/// The scope that an operation needs; `member` where every principal of the organisation may call it.
fn scope_of(operation: &str) -> &'static str {
    match operation {
        "sendMessage" | "sendMessages" | "cancelMessage" | "retryMessage" | "dismissMessage"
        | "markMessageRead" | "showTyping" => "messages:send",
        "listSentMessages" | "getMessage" | "listMessages" | "listQueues" => "messages:read",
        "listTemplates" | "getTemplate" | "getTemplateSync" | "getTemplateSchema"
        | "checkTemplate" | "previewTemplate" => "templates:read",
        "syncTemplates" | "syncTemplatesAlias" | "createTemplate" | "editTemplate"
        | "deleteTemplate" | "deleteTemplateName" => "templates:write",
        "listConversations" | "getConversation" => "conversations:read",
        "changeConversation" | "nameContact" => "conversations:write",
        "listContacts" | "getContact" => "contacts:read",
        "exportContact" | "eraseContact" | "listContactMerges" | "splitContact" => "contacts:write",
        "listAccounts"
        | "getAccount"
        | "connectionStatus"
        | "connectionStatusAlias"
        | "connectionOauthStatusAlias"
        | "listWarnings" => "accounts:read",
        "changeAccount" | "verifyAccount" | "registerAccount" => "accounts:write",
        "disconnectAccount"
        | "beginConnect"
        | "connectLink"
        | "submitCode"
        | "listMetaApps"
        | "addMetaApp"
        | "removeMetaApp"
        | "listPhoneNumbers"
        | "addPhoneNumber"
        | "listConnectSessions"
        | "getConnectSession"
        | "chooseNumbers"
        | "resumeSession"
        | "confirmSession"
        | "cancelSession"
        | "disconnect"
        | "disconnectAlias"
        | "disconnectByDelete" => "connect:write",
        "listEvents" | "makeEventTicket" | "listen" => "events:read",
        "getMedia" => "media:read",
        "refetchMedia" | "uploadMedia" => "media:write",
        "pauseQueue" | "resumeQueue" => "queues:write",
        "webhookHealth" | "listWebhookChanges" | "getWebhookChange" | "listParkedItems"
        | "getParkedItem" => "webhooks:read",
        "replayParkedItem" | "discardParkedItem" | "replayWebhooks" | "testWebhook" => {
            "webhooks:write"
        }
        "listTeam" => "team:read",
        "changeRole" | "makeResetLink" | "endMemberTwoFactor" | "listInvitations" | "invite"
        | "revokeInvitation" | "renameOrg" => "team:write",
        "listAuditLog" | "verifyAuditLog" => "audit:read",
        "callGraph" => "graph:call",
        _ => "member",
    }
}

/// A body that names an account.
fn named(mut body: Value, account: &str) -> Value {
    body["accountId"] = account.into();
    body
}

pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// The fields of its JSON body that may be left out, and whether null says something; none without such a body.
    optional: Option<Vec<(String, bool)>>,
    /// It has a body, of whatever kind.
    has_body: bool,
    /// The scope that the document asks for, `member` or `operator`; none where it is public.
    pub(crate) needs: Option<String>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(wabakit_http::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let needs = operation["security"][0]["bearer"][0].as_str();
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                optional: optional_fields(&document, operation),
                has_body: operation.get("requestBody").is_some(),
                needs: needs.map(str::to_owned),
            });
        }
    }
    found
}

fn optional_fields(document: &Value, operation: &Value) -> Option<Vec<(String, bool)>> {
    let content = &operation["requestBody"]["content"]["application/json"];
    let reference = content["schema"]["$ref"].as_str()?;
    let schema = document.pointer(reference.strip_prefix('#').unwrap())?;
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let fields = schema["properties"].as_object()?.iter();
    let optional = fields.filter(|(name, _)| !required.contains(&json!(name)));
    let null = json!("null");
    let nullable = |field: &Value| {
        let types = field["type"].as_array().into_iter().flatten();
        let choices = field["oneOf"].as_array().into_iter().flatten();
        let mut kinds = types.chain(choices.map(|choice| &choice["type"]));
        kinds.any(|kind| *kind == null)
    };
    Some(
        optional
            .map(|(name, field)| (name.clone(), nullable(field)))
            .collect(),
    )
}

impl Operation {
    /// The path with this in the place of its parameter.
    fn at(&self, id: &str) -> String {
        match (self.path.find('{'), self.path.find('}')) {
            (Some(from), Some(to)) => {
                format!(
                    "{}{id}{}",
                    self.path.get(..from).unwrap(),
                    self.path.get(to + 1..).unwrap()
                )
            }
            _ => self.path.clone(),
        }
    }

    pub(crate) async fn call(
        &self,
        world: &World,
        who: Option<Who>,
        id: &str,
        body: Option<&Value>,
    ) -> Answer {
        world
            .send(ask(self.method.clone(), &self.at(id), who, body))
            .await
    }
}

const NO_ID: &str = "018f0000-0000-7000-8000-000000000000";

#[actix_web::test]
async fn each_operation_is_planned_and_public_ones_say_why() {
    let world = World::new().await;
    let theirs = Foreign::make(&world).await;
    for operation in operations() {
        let plan = plan(&operation.id, &theirs);
        match plan.unwrap_or_else(|| panic!("{} has no entry in the table", operation.id)) {
            Plan::Public(why) => {
                assert!(!why.is_empty());
                assert_eq!(
                    operation.needs, None,
                    "{} is documented as guarded",
                    operation.id
                );
            }
            Plan::Operator { .. } => assert_eq!(operation.needs.as_deref(), Some("operator")),
            Plan::Org { foreign, .. } => {
                let needs = operation.needs.as_deref();
                assert_eq!(needs, Some(scope_of(&operation.id)), "{}", operation.id);
                let names_one = operation.path.contains('{');
                let is_path = matches!(foreign, Some(Named::Path(_)));
                assert_eq!(
                    names_one, is_path,
                    "{} needs a foreign object",
                    operation.id
                );
            }
        }
    }
}

#[actix_web::test]
async fn each_guarded_operation_refuses_callers_without_a_sign_in() {
    let world = World::new().await;
    let theirs = Foreign::make(&world).await;
    for operation in operations() {
        let Some(Plan::Org { body, .. } | Plan::Operator { body }) = plan(&operation.id, &theirs)
        else {
            continue;
        };
        let answer = operation.call(&world, None, NO_ID, body.as_ref()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", operation.id);
        assert_eq!(answer.code(), "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        let forged = ask(
            operation.method.clone(),
            &operation.at(NO_ID),
            Some(Who::Owner),
            body.as_ref(),
        )
        .insert_header(("authorization", "Bearer e30.e30.e30"));
        let answer = world.send(forged).await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "{}: a bearer decides alone",
            operation.id
        );
    }
}

#[actix_web::test]
async fn each_operation_refuses_roles_without_the_scope_that_it_needs() {
    let world = World::new().await;
    let theirs = Foreign::make(&world).await;
    for operation in operations() {
        let (Some(Plan::Org { body, .. } | Plan::Operator { body }), Some(needs)) =
            (plan(&operation.id, &theirs), operation.needs.as_deref())
        else {
            continue;
        };
        let lacks = |who: &Who| match (needs, who) {
            ("member", _) => false,
            ("operator", _) => *who != Who::Operator,
            (scope, _) => {
                let scope = Scope::parse(scope).expect("a scope of the list");
                !who.role().scopes().contains(scope)
            }
        };
        let all = [
            Who::Owner,
            Who::Admin,
            Who::Agent,
            Who::Viewer,
            Who::Operator,
        ];
        for who in all.into_iter().filter(lacks) {
            let answer = operation
                .call(&world, Some(who), NO_ID, body.as_ref())
                .await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{} by {who:?}",
                operation.id
            );
            assert_eq!(answer.code(), "forbidden");
        }
    }
}

#[actix_web::test]
async fn each_operation_hides_objects_of_another_organisation() {
    let world = World::new().await;
    let theirs = Foreign::make(&world).await;
    let before = snapshot(&world).await;
    for operation in operations() {
        let Some(Plan::Org { foreign, body }) = plan(&operation.id, &theirs) else {
            continue;
        };
        // Signing out would leave nobody to ask with.
        if operation.id == "logout" {
            continue;
        }
        let answer = match &foreign {
            Some(Named::Path(id)) => {
                operation
                    .call(&world, Some(Who::Owner), id, body.as_ref())
                    .await
            }
            Some(Named::Body(body)) => {
                operation
                    .call(&world, Some(Who::Owner), "", Some(body))
                    .await
            }
            Some(Named::Query(key, id)) => {
                let path = format!("{}?{key}={id}", operation.path);
                world
                    .send(ask(operation.method.clone(), &path, Some(Who::Owner), None))
                    .await
            }
            None => {
                operation
                    .call(&world, Some(Who::Owner), "", body.as_ref())
                    .await
            }
        };
        if foreign.is_some() {
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{}: {}",
                operation.id,
                answer.text
            );
            assert_eq!(answer.code(), "not_found");
        }
        for secret in theirs.all() {
            assert!(
                !answer.text.contains(secret),
                "{} tells of {secret}",
                operation.id
            );
        }
    }
    assert_eq!(
        snapshot(&world).await,
        before,
        "what the other organisation has is as it was"
    );
}

/// What the stranger sees of their own organisation.
async fn snapshot(world: &World) -> Vec<Value> {
    let paths = [
        "/api/accounts",
        "/api/connect-sessions",
        "/api/team",
        "/api/team/invitations",
        "/api/meta-apps",
        "/api/orgs/current",
        "/api/conversations",
        "/api/contacts",
        "/api/webhooks/changes",
        "/api/webhooks/parked",
        "/api/events",
        "/api/messages",
        "/api/queues",
    ];
    let mut seen = Vec::new();
    for path in paths {
        let answer = world.get(Who::Stranger, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        seen.push(answer.json());
    }
    seen
}

#[actix_web::test]
async fn each_operation_is_served_by_the_method_that_is_documented() {
    let world = World::new().await;
    for operation in operations() {
        let answer = operation.call(&world, None, NO_ID, None).await;
        // An app that is not there is 404 too, but not as a route is.
        let is_route = answer.status != StatusCode::METHOD_NOT_ALLOWED
            && !answer.text.contains("unknown_route");
        assert!(is_route, "{} {}", operation.method, operation.path);
    }
}

#[actix_web::test]
async fn an_operator_sees_all_organisations_and_makes_one() {
    let world = World::new().await;
    let made = world
        .post(
            Who::Operator,
            "/api/operator/orgs",
            json!({"name": "Third"}),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    let page = world
        .get(Who::Operator, "/api/operator/orgs?limit=2")
        .await
        .json();
    assert_eq!(page["data"][0]["id"], ACME.to_string());
    let next = page["nextCursor"].as_str().unwrap();
    let page = world
        .get(Who::Operator, &format!("/api/operator/orgs?cursor={next}"))
        .await
        .json();
    assert_eq!(page["data"][0]["name"], "Third");
    assert_eq!(page["nextCursor"], Value::Null);
}

/// Clients of systems like this one send more there, and go on working.
const TOLERANT: [&str; 8] = [
    "login",
    "refresh",
    "requestPasswordReset",
    "resetPassword",
    "inspectInvitation",
    "acceptInvitation",
    "submitCode",
    "addPhoneNumber",
];

/// Operations with a JSON body, with one that would be taken.
async fn bodies(world: &World) -> Vec<(Operation, Who, Value)> {
    let theirs = Foreign::make(world).await;
    let strict = |operation: &Operation| !TOLERANT.contains(&operation.id.as_str());
    operations()
        .into_iter()
        .filter(|operation| operation.optional.is_some())
        .filter(strict)
        .map(|operation| match plan(&operation.id, &theirs) {
            Some(Plan::Org { body, .. }) => (Who::Owner, body, operation),
            Some(Plan::Operator { body }) => (Who::Operator, body, operation),
            _ => panic!("{} is neither guarded nor tolerant", operation.id),
        })
        .map(|(who, body, operation)| (operation, who, body.unwrap_or_else(|| json!({}))))
        .collect()
}

/// A misspelt field must not act as one that was left out.
#[actix_web::test]
async fn each_body_refuses_fields_that_it_does_not_know() {
    let world = World::new().await;
    let all = bodies(&world).await;
    assert!(all.len() > 20, "only {} have a body", all.len());
    for (operation, who, mut body) in all {
        body["surprise"] = json!(1);
        let answer = operation.call(&world, Some(who), NO_ID, Some(&body)).await;
        let refused = StatusCode::UNPROCESSABLE_ENTITY;
        assert_eq!(answer.status, refused, "{}: {}", operation.id, answer.text);
        assert!(answer.text.contains("surprise"), "{}", answer.text);
    }
}

/// Bodies of the tolerant operations that are whole, if not taken for what they say.
fn tolerated(operation: &str) -> (Option<Who>, Value) {
    match operation {
        "login" => (
            None,
            json!({"email": "nobody@acme.example", "password": "wrong"}),
        ),
        "refresh" => (None, json!({"refreshToken": "none"})),
        "requestPasswordReset" => (None, json!({"email": "nobody@acme.example"})),
        "resetPassword" => (
            None,
            json!({"token": "none", "newPassword": "a long password of mine"}),
        ),
        "inspectInvitation" => (None, json!({"token": "none"})),
        "acceptInvitation" => {
            let body = json!({"token": "none", "name": "A", "password": "a long password of mine"});
            (None, body)
        }
        "submitCode" => (Some(Who::Owner), json!({"code": "c", "state": "s"})),
        "addPhoneNumber" => {
            let body = json!({"phoneNumberId": "1", "wabaId": "2", "accessToken": "canary"});
            (Some(Who::Owner), body)
        }
        other => panic!("{other} is not tolerant"),
    }
}

/// Null for each field that may be left out, of every body: taken where the document says so, as if the field were
/// left out, and refused by its name everywhere else.
#[actix_web::test]
async fn null_is_taken_where_it_is_documented_and_refused_elsewhere() {
    let world = World::new().await;
    let strict = bodies(&world).await.into_iter();
    let mut all: Vec<_> = strict
        .map(|(operation, who, body)| (operation, Some(who), body))
        .collect();
    for operation in operations() {
        if TOLERANT.contains(&operation.id.as_str()) {
            let (who, body) = tolerated(&operation.id);
            all.push((operation, who, body));
        }
    }
    let (mut taken, mut refused) = (0, 0);
    for (operation, who, body) in all {
        for (field, is_nullable) in operation.optional.as_ref().unwrap() {
            let (mut null, mut without) = (body.clone(), body.clone());
            null[field] = Value::Null;
            without.as_object_mut().unwrap().remove(field);
            let null = operation.call(&world, who, NO_ID, Some(&null)).await;
            let names = |answer: &Answer| {
                let answer: Value = serde_json::from_str(&answer.text).unwrap_or_default();
                let errors = answer["errors"].as_array().cloned().unwrap_or_default();
                let pointer = format!("/{field}");
                errors.iter().any(|error| error["pointer"] == pointer)
            };
            let id = &operation.id;
            if *is_nullable {
                // A field that is needed is missed either way.
                let without = operation.call(&world, who, NO_ID, Some(&without)).await;
                assert_eq!(names(&null), names(&without), "{field} of {id}");
                taken += 1;
            } else {
                assert!(names(&null), "{field} of {id}: {}", null.text);
                assert_eq!(null.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}");
                refused += 1;
            }
        }
    }
    assert!(
        taken > 20 && refused > 12,
        "{taken} taken, {refused} refused"
    );
}

#[actix_web::test]
async fn no_body_is_an_array_or_encoded() {
    let world = World::new().await;
    let mut asked = 0;
    for operation in operations().into_iter().filter(|one| one.has_body) {
        let who = match operation.needs.as_deref() {
            Some("operator") => Some(Who::Operator),
            Some(_) => Some(Who::Owner),
            None => None,
        };
        let request = || ask(operation.method.clone(), &operation.at(NO_ID), who, None);
        let packed = request()
            .insert_header(("content-encoding", "gzip"))
            .insert_header(("content-type", "application/json"))
            .set_payload("{}");
        let answer = world.send(packed).await;
        let id = &operation.id;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{id}");
        if operation.optional.is_some() {
            let answer = world.send(request().set_json(json!([]))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}");
        }
        asked += 1;
    }
    assert!(asked > 25, "only {asked} have a body");
}

/// Query parameters as the document tells them: the operation, the parameter's name and its schema.
fn query_parameters() -> Vec<(Operation, String, Value)> {
    let document = serde_json::to_value(wabakit_http::openapi()).unwrap();
    let parameters = |operation: &Operation| {
        let method = operation.method.as_str().to_lowercase();
        let told = document["paths"][&operation.path][method]["parameters"].clone();
        let told = told.as_array().cloned().unwrap_or_default();
        told.into_iter().filter(|one| one["in"] == "query")
    };
    operations()
        .into_iter()
        .filter(|operation| operation.needs.is_some())
        .flat_map(|operation| {
            let told: Vec<_> = parameters(&operation).collect();
            told.into_iter().map(move |one| {
                let operation = Operation {
                    id: operation.id.clone(),
                    method: operation.method.clone(),
                    path: operation.path.clone(),
                    optional: None,
                    has_body: operation.has_body,
                    needs: operation.needs.clone(),
                };
                (
                    operation,
                    one["name"].as_str().unwrap().to_owned(),
                    one["schema"].clone(),
                )
            })
        })
        .collect()
}

/// Values that a parameter's schema takes, and values that it does not.
fn samples(schema: &Value) -> (Vec<String>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    if let Some(least) = schema["minimum"].as_i64() {
        good.push(least.to_string());
        bad.extend([(least - 1).to_string(), i64::MIN.to_string()]);
    }
    if let Some(most) = schema["maximum"].as_i64() {
        good.push(most.to_string());
        bad.extend([(most + 1).to_string(), u64::MAX.to_string()]);
    }
    if let Some(words) = schema["enum"].as_array() {
        good.extend(words.iter().map(|word| word.as_str().unwrap().to_owned()));
        bad.extend(["".to_owned(), "surprise".to_owned()]);
    }
    let no_value = |kind: &str| match kind {
        "integer" | "boolean" => vec!["", "x", "1.5", "null"],
        _ => Vec::new(),
    };
    bad.extend(
        no_value(schema["type"].as_str().unwrap_or_default())
            .iter()
            .map(ToString::to_string),
    );
    match schema["format"].as_str() {
        Some("uuid") => bad.extend(["".to_owned(), "1".to_owned()]),
        Some("date-time") => bad.extend(["".to_owned(), "yesterday".to_owned()]),
        _ => {}
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        bad.push("x".repeat(usize::try_from(most).unwrap() + 1));
    }
    (good, bad)
}

#[actix_web::test]
async fn each_query_parameter_accepts_documented_values_only() {
    let world = World::new().await;
    let mut refused = 0;
    for (operation, name, schema) in query_parameters() {
        let who = match operation.needs.as_deref() {
            Some("operator") => Who::Operator,
            _ => Who::Owner,
        };
        let (good, bad) = samples(&schema);
        let told = good.into_iter().map(|value| (value, false));
        for (value, is_bad) in told.chain(bad.into_iter().map(|value| (value, true))) {
            let path = format!("{}?{name}={value}", operation.at(NO_ID));
            let answer = world
                .send(ask(operation.method.clone(), &path, Some(who), None))
                .await;
            let is_refused = answer.status == StatusCode::UNPROCESSABLE_ENTITY;
            assert_eq!(
                is_refused, is_bad,
                "{path}: {} {}",
                answer.status, answer.text
            );
            refused += usize::from(is_bad);
        }
    }
    assert!(refused > 100, "only {refused} values were refused");
}

/// Every path by every method: what is not documented is 405, and `Allow` names exactly what is.
#[actix_web::test]
async fn a_method_that_is_not_documented_is_405_with_exactly_those_that_are() {
    let world = World::new().await;
    let mut methods: std::collections::BTreeMap<String, Vec<String>> =
        std::collections::BTreeMap::new();
    for operation in operations() {
        let of_path = methods.entry(operation.path).or_default();
        of_path.push(operation.method.to_string());
    }
    for (path, mut told) in methods {
        told.sort_unstable();
        let at = path.replace("{id}", NO_ID).replace("{userId}", NO_ID);
        let at = at.replace("{accountId}", NO_ID).replace("{app}", NO_ID);
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if told.contains(&method.to_string()) {
                continue;
            }
            let answer = world
                .send(ask(method.clone(), &at, Some(Who::Owner), None))
                .await;
            let wrong = StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(answer.status, wrong, "{method} {path}: {}", answer.text);
            let mut allowed: Vec<&str> = answer.header("allow").split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed, told, "{method} {path}");
        }
    }
}

/// What a request names that is not there, in its path, its query or its body, is a documented 404.
#[actix_web::test]
async fn a_missing_object_is_a_documented_404_wherever_it_is_named() {
    let world = World::new().await;
    let theirs = Foreign::make(&world).await;
    let mut named = 0;
    for operation in operations() {
        let Some(Plan::Org {
            foreign: Some(foreign),
            body,
        }) = plan(&operation.id, &theirs)
        else {
            continue;
        };
        let path = operation.at(NO_ID);
        let request = match &foreign {
            Named::Path(_) => ask(
                operation.method.clone(),
                &path,
                Some(Who::Owner),
                body.as_ref(),
            ),
            Named::Query(key, _) => {
                let path = format!("{path}?{key}={NO_ID}");
                ask(operation.method.clone(), &path, Some(Who::Owner), None)
            }
            Named::Body(body) => {
                let mut body = body.clone();
                let names = ["wabaId", "accountId"];
                let name = names.into_iter().find(|name| body.get(name).is_some());
                body[name.unwrap_or("accountId")] = NO_ID.into();
                ask(
                    operation.method.clone(),
                    &path,
                    Some(Who::Owner),
                    Some(&body),
                )
            }
        };
        let answer = world.send(request).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{}: {}",
            operation.id,
            answer.text
        );
        named += 1;
    }
    assert!(named > 40, "only {named} name something");
}
