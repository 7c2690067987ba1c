//! Bodies in Meta's form, made fast enough not to limit the measurement.

use std::fmt::Write as _;

use ring::hmac;

use super::Tenants;

/// The length of a cycle. Of ten items, six are messages, one is an echo, and three are statuses of an echo.
const CYCLE: u64 = 10;
const MESSAGES: u64 = 6;
/// Customers for each number.
const CUSTOMERS: u64 = 50;

/// The bodies of one connection. Every message has a unique id.
pub(crate) struct Traffic {
    tenants: Tenants,
    /// The connection's name in ids.
    lane: u64,
    /// Items made so far.
    made: u64,
    random: u64,
    key: hmac::Key,
    at: u64,
}

/// A body, and the ids in it.
#[derive(Default)]
pub(crate) struct Body {
    pub(crate) bytes: String,
    pub(crate) signature: String,
    /// Ids of the messages and echoes.
    pub(crate) wamids: Vec<String>,
    pub(crate) items: u64,
}

impl Traffic {
    pub(crate) fn new(tenants: &Tenants, lane: u64, secret: &str, at: u64) -> Self {
        Self {
            tenants: *tenants,
            lane,
            made: 0,
            random: 0x9e37_79b9_7f4a_7c15 ^ (lane + 1),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            at,
        }
    }

    /// Draws a number below `most`: the same in every run.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % most
    }

    /// Makes a signed body with this many items.
    pub(crate) fn body(&mut self, items: u64) -> Body {
        let mut body = Body {
            items,
            ..Body::default()
        };
        body.bytes
            .push_str(r#"{"object":"whatsapp_business_account","entry":["#);
        let mut left = items;
        while left > 0 {
            let part = left.min(CYCLE);
            if left < items {
                body.bytes.push(',');
            }
            self.entry(&mut body, part);
            left -= part;
        }
        body.bytes.push_str("]}");
        self.sign(&mut body);
        body
    }

    fn sign(&self, body: &mut Body) {
        let tag = hmac::sign(&self.key, body.bytes.as_bytes());
        body.signature.push_str("sha256=");
        for byte in tag.as_ref() {
            let _ = write!(body.signature, "{byte:02x}");
        }
    }

    /// Makes an entry for one number: the next items of the cycle.
    fn entry(&mut self, body: &mut Body, items: u64) {
        let number = self.below(self.tenants.numbers());
        let waba = self.tenants.waba(number);
        let _ = write!(body.bytes, r#"{{"id":"{waba}","changes":["#);
        let (mut messages, mut echoes, mut statuses) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..items {
            let (round, place) = (self.made / CYCLE, self.made % CYCLE);
            match place {
                ..MESSAGES => messages.push(self.made),
                MESSAGES => echoes.push(round),
                _ => statuses.push((round, place)),
            }
            self.made += 1;
        }
        // An echo and its statuses are for one number. Otherwise the statuses would wait for ever.
        let home = |round: u64, lane: u64| (round.wrapping_mul(7) + lane) % self.tenants.numbers();
        let is_whole = items == CYCLE;
        let mut first = true;
        if !messages.is_empty() {
            self.messages(&mut body.bytes, number, &messages, &mut body.wamids);
            first = false;
        }
        for round in echoes {
            let number = if is_whole {
                number
            } else {
                home(round, self.lane)
            };
            comma(&mut body.bytes, &mut first);
            self.echo(&mut body.bytes, number, round, &mut body.wamids);
        }
        if let Some(&(round, _)) = statuses.first() {
            let number = if is_whole {
                number
            } else {
                home(round, self.lane)
            };
            comma(&mut body.bytes, &mut first);
            self.statuses(&mut body.bytes, number, &statuses);
        }
        body.bytes.push_str("]}");
    }

    fn metadata(&self, to: &mut String, number: u64) {
        let id = self.tenants.phone_number_id(number);
        let _ = write!(
            to,
            r#""messaging_product":"whatsapp","metadata":{{"display_phone_number":"1555{number:07}","phone_number_id":"{id}"}}"#
        );
    }

    fn customer(number: u64, of: u64) -> String {
        format!("49151{number:04}{:04}", of % CUSTOMERS)
    }

    fn messages(&self, to: &mut String, number: u64, made: &[u64], wamids: &mut Vec<String>) {
        to.push_str(r#"{"field":"messages","value":{"#);
        self.metadata(to, number);
        to.push_str(r#","contacts":["#);
        for (place, item) in made.iter().enumerate() {
            let customer = Self::customer(number, item / 3);
            let _ = write!(
                to,
                r#"{}{{"profile":{{"name":"Caf\u00e9 {customer}"}},"wa_id":"{customer}","user_id":"DE.{customer}"}}"#,
                if place == 0 { "" } else { "," }
            );
        }
        to.push_str(r#"],"messages":["#);
        for (place, item) in made.iter().enumerate() {
            let customer = Self::customer(number, item / 3);
            let wamid = format!("{}M{:04}.{item:012}", of(number), self.lane);
            let _ = write!(
                to,
                r#"{}{{"from":"{customer}","from_user_id":"DE.{customer}","id":"{wamid}","timestamp":"{}","type":"text","text":{{"body":"Is the table by the window free at {item}? https:\/\/example.com\/menu"}}}}"#,
                if place == 0 { "" } else { "," },
                self.at + item / 100,
            );
            wamids.push(wamid);
        }
        to.push_str("]}}");
    }

    fn echo(&self, to: &mut String, number: u64, round: u64, wamids: &mut Vec<String>) {
        let wamid = format!("{}E{:04}.{round:012}", of(number), self.lane);
        let customer = Self::customer(number, round);
        to.push_str(r#"{"field":"smb_message_echoes","value":{"#);
        self.metadata(to, number);
        let _ = write!(
            to,
            r#","message_echoes":[{{"from":"1555{number:07}","to":"{customer}","to_user_id":"DE.{customer}","id":"{wamid}","timestamp":"{}","type":"text","text":{{"body":"Yes, until ten."}}}}]}}}}"#,
            self.at + round / 10,
        );
        wamids.push(wamid);
    }

    fn statuses(&self, to: &mut String, number: u64, which: &[(u64, u64)]) {
        to.push_str(r#"{"field":"messages","value":{"#);
        self.metadata(to, number);
        to.push_str(r#","statuses":["#);
        for (place, (round, item)) in which.iter().enumerate() {
            let customer = Self::customer(number, *round);
            let status = match item - MESSAGES {
                1 => "sent",
                2 => "delivered",
                _ => "read",
            };
            let _ = write!(
                to,
                r#"{}{{"id":"{}E{:04}.{round:012}","status":"{status}","timestamp":"{}","recipient_id":"{customer}","recipient_user_id":"DE.{customer}","pricing":{{"billable":true,"pricing_model":"PMP","type":"regular","category":"service"}}}}"#,
                if place == 0 { "" } else { "," },
                of(number),
                self.lane,
                self.at + round / 10,
            );
        }
        to.push_str("]}}");
    }
}

/// Begins the id of a message with the organisation that it belongs to.
fn of(number: u64) -> String {
    format!("wamid.O{:04}.", Tenants::org_of(number))
}

/// Returns the organisation of a message by its id, as a history names it.
pub(crate) fn org_of(wamid: &str) -> Option<String> {
    let org = wamid.strip_prefix("wamid.O")?.split_once('.')?.0;
    org.parse().ok().map(Tenants::org_name)
}

fn comma(to: &mut String, first: &mut bool) {
    if !std::mem::take(first) {
        to.push(',');
    }
}
