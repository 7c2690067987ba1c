use serde_json::json;
use wabakit_domain::inbound::{
    Management as M, NumberUpdate as N, TemplateRef, TemplateUpdate as T, WabaUpdate as W,
};

use super::word;

fn of_template(update: T) -> M {
    M::Template {
        template: TemplateRef {
            id: "1689556908129832".into(),
            name: word("order_confirmation"),
            language: word("en_US"),
        },
        update,
    }
}

fn of_number(update: N) -> M {
    M::Number {
        display_phone_number: word("15550783881"),
        update,
    }
}

/// Returns every update of numbers, WABAs and templates, with every field and without optional ones.
pub fn managements() -> Vec<M> {
    vec![
        of_template(T::Status {
            event: "REJECTED".into(),
            reason: word("INVALID_FORMAT"),
            category: word("MARKETING"),
            disable_date: word("9/12/2026"),
            title: word("FIRST_PAUSE"),
            description: word("Paused for 3 hours"),
            rejection: word("Variables at the end"),
            recommendation: word("Add words"),
        }),
        of_template(T::Quality {
            previous: word("GREEN"),
            new: word("YELLOW"),
        }),
        of_template(T::Components {
            body: word("Hello {{1}}"),
            title: word("Hi"),
            footer: word("Bye"),
            buttons: vec![json!({"type": "URL"})],
        }),
        of_template(T::Category {
            previous: word("UTILITY"),
            new: word("MARKETING"),
            current: None,
            correct: word("MARKETING"),
            takes_effect_at: Some(1_790_000_000),
        }),
        M::Template {
            template: TemplateRef {
                id: "1".into(),
                name: None,
                language: None,
            },
            update: T::Quality {
                previous: None,
                new: None,
            },
        },
        of_number(N::Name {
            decision: word("REJECTED"),
            requested_name: word("Lucky Shrub"),
            rejection_reason: word("NAME_NOT_RELATED"),
        }),
        of_number(N::Quality {
            event: word("UPGRADE"),
            current_limit: word("TIER_1K"),
            old_limit: word("TIER_250"),
            max_daily_conversations: word("TIER_1K"),
        }),
        of_number(N::Security {
            event: word("PIN_CHANGED"),
            requester: word("61555822107539"),
        }),
        of_number(N::Username {
            username: word("luckyshrub"),
            status: word("approved"),
        }),
        of_number(N::Settings {
            phone_number_id: word("106540352242922"),
            settings: json!({"calling": {"status": "ENABLED"}}),
        }),
        M::Number {
            display_phone_number: None,
            update: N::Username {
                username: None,
                status: None,
            },
        },
        M::Waba(W::Account {
            event: "ACCOUNT_RESTRICTION".into(),
            waba_id: word("102290129340398"),
            owner_business_id: word("2329417887457253"),
            partner_app_id: word("670843887433847"),
            solution_id: word("303610109049230"),
            solution_partner_business_ids: vec!["1".into(), "2".into()],
            ban_state: word("SCHEDULE_FOR_DISABLE"),
            ban_date: word("2026-09-21"),
            restrictions: vec![json!({"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"})],
            violation: word("SPAM"),
            disconnection: word("USER_DELETED"),
            disconnection_reason: None,
            disconnection_by: None,
            country: word("US"),
            phone_number: word("15550783881"),
        }),
        M::Waba(W::Account {
            event: "VERIFIED_ACCOUNT".into(),
            waba_id: None,
            owner_business_id: None,
            partner_app_id: None,
            solution_id: None,
            solution_partner_business_ids: Vec::new(),
            ban_state: None,
            ban_date: None,
            restrictions: Vec::new(),
            violation: None,
            disconnection: None,
            disconnection_reason: None,
            disconnection_by: None,
            country: None,
            phone_number: None,
        }),
        M::Waba(W::Alert {
            entity_type: word("PHONE_NUMBER"),
            entity_id: word("106540352242922"),
            severity: word("CRITICAL"),
            status: word("ACTIVE"),
            alert: word("OBA_APPROVED"),
            description: word("Official"),
        }),
        M::Waba(W::Review {
            decision: word("APPROVED"),
        }),
        M::Waba(W::Capability {
            max_daily_conversations_per_business: word("TIER_2K"),
            max_daily_conversation_per_phone: word("2000"),
            max_phone_numbers_per_business: Some(25),
            max_phone_numbers_per_waba: Some(20),
        }),
        M::Other {
            field: "flows".into(),
            event: word("FLOW_STATUS_CHANGE"),
            value: json!({"flow_id": 9_007_199_254_740_993_i64}),
        },
        M::Other {
            field: "groups".into(),
            event: None,
            value: json!(null),
        },
        of_template(T::Category {
            previous: None,
            new: None,
            current: word("UTILITY"),
            correct: word("MARKETING"),
            takes_effect_at: None,
        }),
        M::Waba(W::Account {
            event: "ACCOUNT_OFFBOARDED".into(),
            waba_id: None,
            owner_business_id: None,
            partner_app_id: None,
            solution_id: None,
            solution_partner_business_ids: Vec::new(),
            ban_state: None,
            ban_date: None,
            restrictions: Vec::new(),
            violation: None,
            disconnection: word("PRIMARY_INACTIVITY, by SYSTEM"),
            disconnection_reason: word("PRIMARY_INACTIVITY"),
            disconnection_by: word("SYSTEM"),
            country: None,
            phone_number: None,
        }),
    ]
}
