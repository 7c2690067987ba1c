use wabakit_domain::inbound;
use wabakit_wire::management as wire;

use super::{record, variants};

variants!(inbound::Management => wire::Management {
    Template { template, update },
    Number { display_phone_number, update },
    Waba(update),
    Other { field, event, value },
});

record!(inbound::TemplateRef => wire::TemplateRef { id, name, language });

variants!(inbound::TemplateUpdate => wire::TemplateUpdate {
    Status {
        event, reason, category, disable_date, title, description, rejection, recommendation,
    },
    Quality { previous, new },
    Components { body, title, footer, buttons },
    Category { previous, new, current, correct, takes_effect_at },
});

variants!(inbound::NumberUpdate => wire::NumberUpdate {
    Name { decision, requested_name, rejection_reason },
    Quality { event, current_limit, old_limit, max_daily_conversations },
    Security { event, requester },
    Username { username, status },
    Settings { phone_number_id, settings },
});

variants!(inbound::WabaUpdate => wire::WabaUpdate {
    Account {
        event, waba_id, owner_business_id, partner_app_id, solution_id,
        solution_partner_business_ids, ban_state, ban_date, restrictions, violation, disconnection,
        disconnection_reason, disconnection_by, country, phone_number,
    },
    Alert { entity_type, entity_id, severity, status, alert, description },
    Review { decision },
    Capability {
        max_daily_conversations_per_business, max_daily_conversation_per_phone,
        max_phone_numbers_per_business, max_phone_numbers_per_waba,
    },
});
