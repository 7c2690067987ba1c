//! The whole state, and the acts that keep it consistent.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{
    AppSubscription, Business, Code, Death, DeletedTemplate, Due, Flow, Grant, Group, Kind, Phone,
    Quirks, ReviewRule, SystemUser, Targets, Template, Token, Upload, User, Waba,
};
use crate::App;
use crate::clock::{Time, real_now};
use crate::customer::Settings;
use crate::dialog::Outcome;
use crate::faults::Fault;
use crate::secrets;
use crate::sending::SendingKnobs;
use crate::webhooks::{Knobs, Update};

/// The sandbox's world.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct World {
    /// The key of codes and tokens, in hex.
    pub(crate) key: String,
    pub(crate) counter: u64,
    pub(crate) clock_offset_ms: i64,
    pub(crate) quirks: Quirks,
    pub(crate) apps: BTreeMap<String, App>,
    /// Webhook subscriptions by app id.
    pub(crate) app_subscriptions: BTreeMap<String, AppSubscription>,
    pub(crate) knobs: Knobs,
    pub(crate) sending: SendingKnobs,
    /// Templates that restrict template messages.
    pub(crate) templates: Vec<Template>,
    /// Names of deleted templates, the oldest first.
    pub(crate) deleted_templates: VecDeque<DeletedTemplate>,
    /// The times at which templates were made in the last hour, by WABA.
    pub(crate) templates_made: BTreeMap<String, Vec<Time>>,
    pub(crate) review: ReviewRule,
    /// The acts on templates that are to come.
    pub(crate) due: Vec<Due>,
    pub(crate) users: Vec<User>,
    pub(crate) system_users: Vec<SystemUser>,
    pub(crate) businesses: Vec<Business>,
    pub(crate) wabas: Vec<Waba>,
    pub(crate) phones: Vec<Phone>,
    /// By `<app id>/<user id>`.
    pub(crate) grants: BTreeMap<String, Grant>,
    /// By code.
    pub(crate) codes: BTreeMap<String, Code>,
    /// By token.
    pub(crate) tokens: BTreeMap<String, Token>,
    /// The settings of customers, by number.
    pub(crate) customers: BTreeMap<String, Settings>,
    /// Resumable uploads, the oldest first.
    pub(crate) uploads: VecDeque<Upload>,
    /// Groups by id.
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) outcomes: VecDeque<Outcome>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) flows: Vec<Flow>,
    /// The webhooks that the call at hand causes. They are sent when it is done.
    #[serde(skip)]
    pub(crate) said: Vec<Update>,
}

impl World {
    pub(crate) fn now(&self) -> Time {
        real_now() + Duration::milliseconds(self.clock_offset_ms)
    }

    pub(crate) fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Registers an app in a new world.
    pub(crate) fn add_app(&mut self, app: &App) {
        if let Some(subscription) = AppSubscription::of(app) {
            self.app_subscriptions.insert(app.id.clone(), subscription);
        }
        self.apps.insert(app.id.clone(), app.clone());
    }

    pub(crate) fn business(&self, id: &str) -> Option<&Business> {
        self.businesses.iter().find(|business| business.id == id)
    }

    pub(crate) fn waba(&self, id: &str) -> Option<&Waba> {
        self.wabas.iter().find(|waba| waba.id == id)
    }

    pub(crate) fn waba_mut(&mut self, id: &str) -> Option<&mut Waba> {
        self.wabas.iter_mut().find(|waba| waba.id == id)
    }

    pub(crate) fn phone(&self, id: &str) -> Option<&Phone> {
        self.phones.iter().find(|phone| phone.id == id)
    }

    pub(crate) fn phone_mut(&mut self, id: &str) -> Option<&mut Phone> {
        self.phones.iter_mut().find(|phone| phone.id == id)
    }

    pub(crate) fn business_mut(&mut self, id: &str) -> Option<&mut Business> {
        self.businesses
            .iter_mut()
            .find(|business| business.id == id)
    }

    /// Finds the portfolio of a number.
    pub(crate) fn business_of(&self, phone: &Phone) -> Option<&Business> {
        self.business(&self.waba(&phone.waba_id)?.business_id)
    }

    pub(crate) fn user_name(&self, id: &str) -> Option<&str> {
        let people = self.users.iter().map(|user| (&user.id, &user.name));
        let systems = self.system_users.iter().map(|user| (&user.id, &user.name));
        people
            .chain(systems)
            .find(|(each, _)| *each == id)
            .map(|(_, name)| name.as_str())
    }

    pub(crate) fn grant(&self, app_id: &str, user_id: &str) -> Option<&Grant> {
        self.grants.get(&grant_key(app_id, user_id))
    }

    pub(crate) fn grant_mut(&mut self, app_id: &str, user_id: &str) -> &mut Grant {
        self.grants.entry(grant_key(app_id, user_id)).or_default()
    }

    /// Returns the system user of `app` in `business`, and creates it when it is first needed.
    pub(crate) fn system_user(&mut self, app_id: &str, business_id: Option<&str>) -> String {
        let found = self
            .system_users
            .iter()
            .find(|user| user.app_id == app_id && user.business_id.as_deref() == business_id);
        if let Some(user) = found {
            return user.id.clone();
        }
        let id = format!("{}", 640_000_000_000_001 + self.system_users.len());
        let name = self.apps.get(app_id).map_or("App", |app| app.name.as_str());
        self.system_users.push(SystemUser {
            id: id.clone(),
            name: format!("{name} system user"),
            app_id: app_id.to_owned(),
            business_id: business_id.map(str::to_owned),
        });
        id
    }

    /// Adds a code, and removes those that nobody will use any more.
    pub(crate) fn add_code(&mut self, code: Code) -> String {
        let now = self.now();
        self.codes
            .retain(|_, code| code.expires_at + Duration::days(1) > now);
        let count = self.count();
        let value = format!("AQ{}", secrets::long(&self.key, &format!("code:{count}")));
        self.codes.insert(value.clone(), code);
        value
    }

    /// Gives an id to each template that has none.
    pub(crate) fn name_templates(&mut self) {
        let nameless = |template: &Template| template.id.is_empty();
        while let Some(at) = self.templates.iter().position(nameless) {
            let id = self.new_id(920);
            if let Some(template) = self.templates.get_mut(at) {
                template.id = id;
            }
        }
    }

    /// Makes an id of fifteen digits, the first three of which say the kind.
    pub(crate) fn new_id(&mut self, kind: u64) -> String {
        format!("{kind}{:012}", self.count())
    }

    /// Issues a token and returns it.
    pub(crate) fn issue(
        &mut self,
        app_id: &str,
        user_id: &str,
        kind: Kind,
        scopes: BTreeSet<String>,
        targets: Targets,
    ) -> Token {
        let now = self.now();
        let count = self.count();
        let expires_at = match kind {
            Kind::User => Some(now + Duration::hours(1)),
            Kind::LongLivedUser | Kind::SystemUser => Some(now + Duration::days(60)),
            Kind::BusinessIntegration => self
                .quirks
                .business_token_days
                .map(|days| now + Duration::days(days.into())),
        };
        let token = Token {
            id: format!("tok_{count}"),
            value: format!("EAA{}", secrets::long(&self.key, &format!("token:{count}"))),
            app_id: app_id.to_owned(),
            user_id: user_id.to_owned(),
            kind,
            scopes,
            targets,
            issued_at: now,
            expires_at,
            data_access_expires_at: kind.is_person().then(|| now + Duration::days(90)),
            death: None,
        };
        self.tokens.insert(token.value.clone(), token.clone());
        token
    }

    /// Removes the app for the user: the grant is deleted and its tokens are revoked.
    pub(crate) fn remove_app(&mut self, app_id: &str, user_id: &str) {
        self.grants.remove(&grant_key(app_id, user_id));
        for token in self.tokens_of(app_id, user_id) {
            token.death.get_or_insert(Death::AppRemoved);
        }
    }

    /// Revokes one permission of the user: the tokens stay valid without it.
    pub(crate) fn remove_scope(&mut self, app_id: &str, user_id: &str, scope: &str) {
        let grant = self.grant_mut(app_id, user_id);
        grant.granted.remove(scope);
        grant.declined.insert(scope.to_owned());
        for token in self.tokens_of(app_id, user_id) {
            token.scopes.remove(scope);
        }
    }

    fn tokens_of<'a>(
        &'a mut self,
        app_id: &'a str,
        user_id: &'a str,
    ) -> impl Iterator<Item = &'a mut Token> {
        self.tokens
            .values_mut()
            .filter(move |token| token.app_id == app_id && token.user_id == user_id)
    }
}

fn grant_key(app_id: &str, user_id: &str) -> String {
    format!("{app_id}/{user_id}")
}
