//! The tables, as the migrations make them.

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::{PTime, PUuid};

    orgs (id) {
        id -> PUuid,
        name -> Text,
        created_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Text};
    use crate::types::{PTime, PUuid};

    users (id) {
        id -> PUuid,
        email -> Text,
        name -> Text,
        is_operator -> Bool,
        password_hash -> Text,
        created_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{PTime, PUuid};

    memberships (org_id, user_id) {
        org_id -> PUuid,
        user_id -> PUuid,
        role -> Text,
        joined_at -> PTime,
        last_seen_at -> Nullable<PTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::types::{PTime, PUuid};

    auth_sessions (id) {
        id -> PUuid,
        user_id -> PUuid,
        org_id -> PUuid,
        cookie -> Binary,
        created_at -> PTime,
        expires_at -> PTime,
        last_seen_at -> PTime,
        revoked_at -> Nullable<PTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::types::{PTime, PUuid};

    refresh_tokens (id) {
        id -> PUuid,
        session_id -> PUuid,
        hash -> Binary,
        created_at -> PTime,
        expires_at -> PTime,
        used_at -> Nullable<PTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::{PTime, PUuid};

    one_time_links (id) {
        id -> PUuid,
        org_id -> PUuid,
        kind -> Text,
        email -> Nullable<Text>,
        role -> Nullable<Text>,
        invited_by -> Nullable<PUuid>,
        user_id -> Nullable<PUuid>,
        hash -> Binary,
        created_at -> PTime,
        expires_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::{PTime, PUuid};

    meta_apps (id) {
        id -> PUuid,
        org_id -> PUuid,
        app_id -> Text,
        name -> Text,
        app_secret -> Binary,
        verify_token -> Binary,
        config_id -> Nullable<Text>,
        created_at -> PTime,
        updated_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::{PJson, PTime, PUuid};

    grants (id) {
        id -> PUuid,
        org_id -> PUuid,
        meta_app_id -> PUuid,
        token -> Nullable<Binary>,
        token_kind -> Text,
        meta_user_id -> Nullable<Text>,
        scopes -> PJson,
        expires_kind -> Text,
        expires_at -> Nullable<PTime>,
        data_access_expires_kind -> Text,
        data_access_expires_at -> Nullable<PTime>,
        state -> Text,
        state_reason -> Nullable<Text>,
        checked_at -> Nullable<PTime>,
        created_at -> PTime,
        updated_at -> PTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::types::{PTime, PUuid};

    whatsapp_accounts (id) {
        id -> PUuid,
        org_id -> PUuid,
        grant_id -> PUuid,
        phone_number_id -> Text,
        waba_id -> Text,
        waba_name -> Nullable<Text>,
        business_id -> Nullable<Text>,
        business_name -> Nullable<Text>,
        display_phone_number -> Text,
        verified_name -> Nullable<Text>,
        display_name -> Nullable<Text>,
        is_active -> Bool,
        is_default -> Bool,
        needs_registration -> Bool,
        problem -> Nullable<Text>,
        registration_pin -> Nullable<Binary>,
        quality_rating -> Nullable<Text>,
        status -> Nullable<Text>,
        throughput_level -> Nullable<Text>,
        messaging_limit -> Nullable<Text>,
        name_status -> Nullable<Text>,
        code_verification_status -> Nullable<Text>,
        is_coexistence -> Bool,
        last_verified_at -> Nullable<PTime>,
        connected_at -> PTime,
        disconnected_at -> Nullable<PTime>,
        created_at -> PTime,
        updated_at -> PTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::{PJson, PTime, PUuid};

    connect_sessions (id) {
        id -> PUuid,
        org_id -> PUuid,
        user_id -> PUuid,
        meta_app_id -> PUuid,
        mode -> Text,
        binding -> Text,
        nonce -> Binary,
        redirect_uri -> Nullable<Text>,
        return_to -> Nullable<Text>,
        status -> Text,
        grant_id -> Nullable<PUuid>,
        code -> Nullable<Binary>,
        progress -> PJson,
        problem -> Nullable<PJson>,
        runner_owner -> Nullable<Text>,
        runner_until -> Nullable<PTime>,
        created_at -> PTime,
        expires_at -> PTime,
        updated_at -> PTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::PTime;

    registration_attempts (id) {
        id -> BigInt,
        phone_number_id -> Text,
        at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use crate::types::{PTime, PUuid};

    teardowns (id) {
        id -> PUuid,
        org_id -> PUuid,
        grant_id -> PUuid,
        act -> Text,
        target -> Nullable<Text>,
        revoke -> Bool,
        state -> Text,
        attempts -> Integer,
        next_attempt_at -> PTime,
        last_error -> Nullable<Text>,
        created_at -> PTime,
        updated_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::types::{PTime, PUuid};

    data_keys (id) {
        id -> PUuid,
        org_id -> PUuid,
        ring_key_id -> Text,
        wrapped -> Binary,
        created_at -> PTime,
        wrapped_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};

    vault_settings (name) {
        name -> Text,
        value -> Binary,
    }
}

diesel::joinable!(memberships -> orgs (org_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(auth_sessions -> orgs (org_id));
diesel::joinable!(auth_sessions -> users (user_id));
diesel::joinable!(whatsapp_accounts -> grants (grant_id));

diesel::allow_tables_to_appear_in_same_query!(
    orgs,
    users,
    memberships,
    auth_sessions,
    whatsapp_accounts
);
diesel::allow_tables_to_appear_in_same_query!(whatsapp_accounts, grants);
