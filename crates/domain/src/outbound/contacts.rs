//! Contact cards in Meta's form.

use serde::{Deserialize, Serialize};

use super::{
    Extra,
    content::{optional_id, or_empty},
};
use crate::inbound::{ContactCard, ContactName, Labelled, PostalAddress};

/// A contact card.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Contact {
    /// The name: the full name, and at least one part of it.
    pub name: Name,
    /// Telephone numbers.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub phones: Vec<Phone>,
    /// Email addresses.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub emails: Vec<Email>,
    /// Postal addresses.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub addresses: Vec<Address>,
    /// The person's workplace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<Org>,
    /// Web pages.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub urls: Vec<Url>,
    /// `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident $(as $wire:literal)?,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(default, deserialize_with = "optional_id", skip_serializing_if = "Option::is_none" $(, rename = $wire)?)]
                pub $field: Option<String>,
            )*
            /// Fields that are not modelled.
            #[serde(flatten)]
            pub extra: Extra,
        }
    )*};
}

texts! {
    /// A name.
    Name {
        /// The full name, which Meta requires.
        formatted_name,
        /// Given name.
        first_name,
        /// Family name.
        last_name,
        /// Middle name.
        middle_name,
        /// The suffix, such as Jr.
        suffix,
        /// The prefix, such as Dr.
        prefix,
    }
    /// A telephone number.
    Phone {
        /// The number.
        phone,
        /// HOME, WORK, …
        label as "type",
        /// The WhatsApp id of the number. With it, the card has a button to write to the person.
        wa_id,
    }
    /// An email address.
    Email {
        /// The address.
        email,
        /// HOME, WORK, …
        label as "type",
    }
    /// A web page.
    Url {
        /// The address.
        url,
        /// HOME, WORK, …
        label as "type",
    }
    /// A workplace.
    Org {
        /// The company.
        company,
        /// Department.
        department,
        /// Title.
        title,
    }
    /// A postal address.
    Address {
        /// Street and house.
        street,
        /// City.
        city,
        /// State.
        state,
        /// Postal code.
        zip,
        /// Country.
        country,
        /// The country code, two letters.
        country_code,
        /// HOME, WORK, …
        label as "type",
    }
}

impl Contact {
    /// Creates a card with given and family name.
    pub fn named(first: impl Into<String>, last: impl Into<String>) -> Self {
        let (first, last) = (first.into(), last.into());
        let name = Name {
            formatted_name: Some(format!("{first} {last}").trim().to_owned()),
            first_name: Some(first),
            last_name: Some(last).filter(|last| !last.is_empty()),
            ..Name::default()
        };
        Self {
            name,
            ..Self::default()
        }
    }

    /// Adds a phone number. `label` is HOME, WORK, …
    pub fn phone(mut self, phone: impl Into<String>, label: impl Into<String>) -> Self {
        self.phones.push(Phone {
            phone: Some(phone.into()),
            label: Some(label.into()),
            ..Phone::default()
        });
        self
    }

    /// Adds an email address. `label` is HOME, WORK, …
    pub fn email(mut self, email: impl Into<String>, label: impl Into<String>) -> Self {
        self.emails.push(Email {
            email: Some(email.into()),
            label: Some(label.into()),
            ..Email::default()
        });
        self
    }

    /// Converts it into the form that a thread shows.
    pub(super) fn shown(&self) -> ContactCard {
        let labelled = |value: &Option<String>, label: &Option<String>, wa_id| Labelled {
            value: value.clone().unwrap_or_default(),
            label: label.clone(),
            wa_id,
        };
        let org = self.org.clone().unwrap_or_default();
        ContactCard {
            name: ContactName {
                formatted_name: self.name.formatted_name.clone(),
                first_name: self.name.first_name.clone(),
                last_name: self.name.last_name.clone(),
            },
            phones: (self.phones.iter())
                .map(|one| labelled(&one.phone, &one.label, one.wa_id.clone()))
                .collect(),
            emails: (self.emails.iter())
                .map(|one| labelled(&one.email, &one.label, None))
                .collect(),
            urls: (self.urls.iter())
                .map(|one| labelled(&one.url, &one.label, None))
                .collect(),
            addresses: (self.addresses.iter())
                .map(|one| PostalAddress {
                    street: one.street.clone(),
                    city: one.city.clone(),
                    state: one.state.clone(),
                    zip: one.zip.clone(),
                    country: one.country.clone(),
                    label: one.label.clone(),
                })
                .collect(),
            company: org.company,
            department: org.department,
            title: org.title,
            birthday: self.birthday.clone(),
        }
    }
}
