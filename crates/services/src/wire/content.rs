use wabakit_domain::{
    explain, inbound,
    message::{Direction, MessageStatus, ReportedStatus},
};
use wabakit_wire::content as wire;

use super::{IntoWire, record, variants, words};

variants!(inbound::MessageContent => wire::MessageContent {
    Text { body },
    Image(media),
    Video(media),
    Audio(media),
    Document(media),
    Sticker(media),
    MediaPlaceholder {},
    Location { latitude, longitude, name, address, url },
    Contacts { contacts, origin },
    Reaction { message_id, emoji },
    Button { text, payload },
    ButtonReply { id, title },
    ListReply { id, title, description },
    FormReply { name, body, response },
    CallPermissionReply { response, source, expires_at, is_permanent },
    Order { catalog_id, text, items },
    System { kind, body, now, previous },
    RequestWelcome {},
    Edit { original_message_id, content },
    Revoke { original_message_id },
    Template { name, language, components },
    Interactive { kind, header, body, footer, buttons, options },
    Pin { message_id, pinned, expiration_days },
    Call(call),
    Unsupported { kind, errors, raw },
});

record!(inbound::MediaContent => wire::MediaContent {
    meta_media_id, mime_type, sha256, caption, filename, voice, animated,
});
record!(inbound::OrderItem => wire::OrderItem {
    product_retailer_id, quantity, item_price, currency,
});
record!(inbound::ContactCard => wire::ContactCard {
    name, phones, emails, urls, addresses, company, department, title, birthday,
});
record!(inbound::ContactName => wire::ContactName { formatted_name, first_name, last_name });
record!(inbound::Labelled => wire::Labelled { value, label, wa_id });
record!(inbound::PostalAddress => wire::PostalAddress {
    street, city, state, zip, country, label,
});
record!(inbound::Call => wire::Call {
    call_id, party, group_id, by_customer, event, status, at, started_at, ended_at, duration,
    recording,
});
record!(inbound::Party => wire::Party {
    phone, user_id, parent_user_id, profile_name, username, identity_key_hash,
});
/// The errors of a received message are explained where the message is converted.
impl IntoWire<wire::MetaFault> for inbound::MetaFault {
    fn into_wire(self) -> wire::MetaFault {
        wire::MetaFault {
            explanation: None,
            code: self.code,
            title: self.title,
            message: self.message,
            details: self.details,
            href: self.href,
        }
    }
}
record!(inbound::Context => wire::MessageContext {
    message_id, from, forwarded, frequently_forwarded, referred_product,
});
record!(inbound::ReferredProduct => wire::ReferredProduct { catalog_id, product_retailer_id });
record!(inbound::Referral => wire::Referral {
    source_url, source_id, source_type, headline, body, media_type, image_url, video_url,
    thumbnail_url, ctwa_clid, welcome_message,
});
record!(inbound::Pricing => wire::Pricing { billable, model, kind, category });

words!(Direction => wire::Direction { Inbound, Outbound });
words!(both MessageStatus => wire::MessageStatus {
    Received, Queued, Sending, Accepted, Sent, Delivered, Read, Played, Failed, Unknown, Cancelled,
    Expired,
});
words!(ReportedStatus => wire::ReportedStatus { Sent, Delivered, Read, Played, Failed });
words!(explain::Who => wire::Who { Business, Customer, Platform, Meta, Nobody });
words!(explain::Retry => wire::Retry { Safe, Unknown, Later, Never });

/// Explains the errors of a message that arrived without its content.
pub(super) fn explained(mut content: wire::MessageContent) -> wire::MessageContent {
    if let wire::MessageContent::Unsupported { errors, .. } = &mut content {
        for error in errors {
            error.explanation = Some(explain::explain_received(error.code).into_wire());
        }
    }
    content
}
