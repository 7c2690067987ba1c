//! Contact cards.

use serde_json::{Map, Value, json};

use super::object::{json_object, text};

json_object! {
    /// A contact card that is sent to a person.
    pub struct ContactShare;
    /// The name on a contact card: the full name, and at least one part of it.
    pub struct CardName;
    /// A postal address on a contact card.
    pub struct CardAddress;
}

macro_rules! texts {
    ($name:ident { $($(#[$doc:meta])* $field:ident $(as $wire:literal)?,)+ }) => {
        impl $name {
            $(
                $(#[$doc])*
                pub fn $field(self, $field: impl Into<String>) -> Self {
                    self.set(texts!(@wire $field $($wire)?), text($field))
                }
            )+
        }
    };
    (@wire $field:ident) => { stringify!($field) };
    (@wire $field:ident $wire:literal) => { $wire };
}

texts!(CardName {
    /// Sets the given name.
    first_name,
    /// Sets the middle name.
    middle_name,
    /// Sets the family name.
    last_name,
    /// Sets what stands before the name, such as Dr.
    prefix,
    /// Sets what stands behind the name, such as Jr.
    suffix,
});

texts!(CardAddress {
    /// Sets the street and house.
    street,
    /// Sets the city.
    city,
    /// Sets the state or region.
    state,
    /// Sets the postal code.
    zip,
    /// Sets the country's name.
    country,
    /// Sets the country's two letters.
    country_code,
    /// Sets the kind: `HOME`, `WORK` or another word.
    kind as "type",
});

impl CardName {
    /// Creates a name by the full name. Meta wants one part more: set at least one.
    pub fn new(formatted_name: impl Into<String>) -> Self {
        Self(Map::new()).set("formatted_name", text(formatted_name))
    }
}

impl CardAddress {
    /// Creates an address of this kind: `HOME`, `WORK` or another word.
    pub fn new(kind: impl Into<String>) -> Self {
        Self(Map::new()).kind(kind)
    }
}

impl ContactShare {
    /// Creates a card by given and family name.
    pub fn named(first: impl Into<String>, last: impl Into<String>) -> Self {
        let (first, last) = (first.into(), last.into());
        let name = CardName::new(format!("{first} {last}").trim());
        Self::new(name.first_name(first).last_name(last))
    }

    /// Creates a card.
    pub fn new(name: CardName) -> Self {
        Self(Map::new()).set("name", name)
    }

    /// Adds a phone number of a kind: `HOME`, `WORK` or another word.
    pub fn phone(self, kind: impl Into<String>, phone: impl Into<String>) -> Self {
        self.add(
            "phones",
            json!({"type": kind.into(), "phone": phone.into()}),
        )
    }

    /// Adds a phone number with its WhatsApp id. With it, the card has a button to write to the person.
    pub fn whatsapp(
        self,
        kind: impl Into<String>,
        phone: impl Into<String>,
        wa_id: impl Into<String>,
    ) -> Self {
        let phone = json!({"type": kind.into(), "phone": phone.into(), "wa_id": wa_id.into()});
        self.add("phones", phone)
    }

    /// Adds an email address of a kind.
    pub fn email(self, kind: impl Into<String>, email: impl Into<String>) -> Self {
        self.add(
            "emails",
            json!({"type": kind.into(), "email": email.into()}),
        )
    }

    /// Adds a web page of a kind.
    pub fn url(self, kind: impl Into<String>, url: impl Into<String>) -> Self {
        self.add("urls", json!({"type": kind.into(), "url": url.into()}))
    }

    /// Adds a postal address.
    pub fn address(self, address: CardAddress) -> Self {
        self.add("addresses", address.into())
    }

    /// Sets the workplace: company, department and title.
    pub fn org(
        self,
        company: impl Into<String>,
        department: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        let parts = [
            ("company", company.into()),
            ("department", department.into()),
            ("title", title.into()),
        ];
        let given = parts.into_iter().filter(|(_, part)| !part.is_empty());
        let org: Map<_, _> = given
            .map(|(key, part)| (key.to_owned(), part.into()))
            .collect();
        self.set("org", org)
    }

    /// Sets the birthday as `YYYY-MM-DD`.
    pub fn birthday(self, date: impl Into<String>) -> Self {
        self.set("birthday", text(date))
    }

    fn add(mut self, field: &'static str, item: Value) -> Self {
        let items = self
            .0
            .entry(field)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = items {
            items.push(item);
        }
        self
    }
}
