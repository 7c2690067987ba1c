//! The tables as the migrations create them, for both engines and every crate of queries.
#![allow(
    missing_docs,
    reason = "tables and columns are described in the migrations"
)]

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::{PTime, PUuid};

    deliveries (id) {
        id -> PUuid,
        meta_app_id -> Nullable<PUuid>,
        received_at -> PTime,
        body -> Binary,
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt};
    use crate::types::{PUuid};

    journal_batches (id) {
        id -> PUuid,
        last_id -> PUuid,
        deliveries -> BigInt,
        bytes -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{PTime, PUuid};

    rejections (minute, meta_app_id, reason) {
        minute -> PTime,
        meta_app_id -> PUuid,
        reason -> Text,
        count -> BigInt,
        last_address -> Nullable<Text>,
        last_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::{PTime, PUuid};

    changes (id) {
        id -> PUuid,
        delivery_id -> PUuid,
        org_id -> Nullable<PUuid>,
        lane -> Text,
        entry_id -> Nullable<Text>,
        entry_time -> Nullable<BigInt>,
        field -> Text,
        received_at -> PTime,
        raw -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, SmallInt, Text};
    use crate::types::{PUuid};

    change_queue (change_id) {
        change_id -> PUuid,
        partition -> SmallInt,
        lane -> Text,
        bytes -> BigInt,
        is_replay -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::types::{PTime, PUuid};

    parked_items (id) {
        id -> PUuid,
        org_id -> Nullable<PUuid>,
        change_id -> PUuid,
        item_index -> Integer,
        field -> Text,
        lane -> Text,
        state -> Text,
        reason -> Text,
        detail -> Text,
        attempts -> Integer,
        next_at -> Nullable<PTime>,
        raw -> Binary,
        created_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::{PTime, PUuid};

    traffic_minutes (org_id, minute, waba_id) {
        org_id -> PUuid,
        minute -> PTime,
        waba_id -> Text,
        changes -> BigInt,
        items -> BigInt,
        parked -> BigInt,
        latency_sum_ms -> BigInt,
        latency_max_ms -> BigInt,
        last_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::types::{PTime, PUuid};

    contacts (id) {
        id -> PUuid,
        org_id -> PUuid,
        phone -> Nullable<Text>,
        user_id -> Nullable<Text>,
        parent_user_id -> Nullable<Text>,
        name -> Nullable<Text>,
        profile_name -> Nullable<Text>,
        username -> Nullable<Text>,
        opted_out -> Bool,
        search -> Text,
        created_at -> PTime,
        updated_at -> PTime,
        version -> BigInt,
        book_name -> Nullable<Text>,
        told_at -> Nullable<PTime>,
        phone_at -> Nullable<PTime>,
        book_at -> Nullable<PTime>,
        preference_at -> Nullable<PTime>,
        former_phone -> Nullable<Text>,
        passed_on_at -> Nullable<PTime>,
        passed_on_to -> Nullable<PUuid>,
        apart -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{PUuid};

    contact_keys (org_id, kind, value) {
        org_id -> PUuid,
        kind -> Text,
        value -> Text,
        contact_id -> PUuid,
        scope -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{PTime, PUuid};

    contact_merges (id) {
        id -> PUuid,
        org_id -> PUuid,
        into_id -> PUuid,
        merged_id -> PUuid,
        contact -> Text,
        merged_at -> PTime,
        undone_at -> Nullable<PTime>,
    }
}

diesel::table! {
    use crate::types::PUuid;

    merged_messages (merge_id, message_id) {
        merge_id -> PUuid,
        message_id -> PUuid,
        conversation_id -> PUuid,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
    use crate::types::{PTime, PUuid};

    conversations (id) {
        id -> PUuid,
        org_id -> PUuid,
        account_id -> PUuid,
        contact_id -> Nullable<PUuid>,
        group_id -> Nullable<Text>,
        state -> Text,
        assignee_id -> Nullable<PUuid>,
        unread -> Integer,
        last_message_at -> PTime,
        last_message_id -> Nullable<PUuid>,
        last_inbound_at -> Nullable<PTime>,
        free_entry_at -> Nullable<PTime>,
        free_entry_until -> Nullable<PTime>,
        created_at -> PTime,
        updated_at -> PTime,
        version -> BigInt,
        window_refused_at -> Nullable<PTime>,
        turn_at -> PTime,
        turn -> BigInt,
        user_id -> Nullable<Text>,
        is_phone_stale -> Bool,
        group_facts -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};
    use crate::types::{PTime, PUuid};

    messages (id) {
        id -> PUuid,
        org_id -> PUuid,
        account_id -> PUuid,
        conversation_id -> PUuid,
        contact_id -> Nullable<PUuid>,
        group_id -> Nullable<Text>,
        wamid -> Nullable<Text>,
        direction -> Text,
        content -> Text,
        context -> Nullable<Text>,
        referral -> Nullable<Text>,
        status -> Text,
        errors -> Nullable<Text>,
        pricing -> Nullable<Text>,
        media_id -> Nullable<PUuid>,
        at -> PTime,
        edited_at -> Nullable<PTime>,
        revoked_at -> Nullable<PTime>,
        created_at -> PTime,
        priority -> Nullable<SmallInt>,
        flow -> Nullable<Text>,
        due_at -> Nullable<PTime>,
        expires_at -> Nullable<PTime>,
        attempt -> Nullable<Integer>,
        epoch -> Nullable<BigInt>,
        dispatched_at -> Nullable<PTime>,
        client_reference -> Nullable<Text>,
        author_id -> Nullable<PUuid>,
        body -> Nullable<Text>,
        token -> Nullable<PUuid>,
        in_doubt -> Integer,
        send_guard -> Nullable<Text>,
    }
}

/// The table `messages` with its columns beyond diesel's 32.
pub mod all_of_messages {
    use diesel::sql_types::{Nullable, Text};

    pub use super::messages::*;
    use crate::columns::columns;

    columns! {
        messages (id) {
            duplicates -> Nullable<Text>,
            wamid_token -> Nullable<Text>,
        }
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};
    use crate::types::{PTime, PUuid};

    outbox (id) {
        id -> PUuid,
        account_id -> PUuid,
        conversation_id -> PUuid,
        queue -> Nullable<SmallInt>,
        priority -> SmallInt,
        flow -> Text,
        turn_at -> PTime,
        turn -> BigInt,
        due_at -> PTime,
        expires_at -> PTime,
        holds_until -> Nullable<PTime>,
        wait -> Nullable<Text>,
        attempt -> Integer,
        epoch -> BigInt,
        token -> Nullable<PUuid>,
        dispatched_at -> Nullable<PTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{PTime, PUuid};

    message_statuses (message_id, status, participant) {
        message_id -> PUuid,
        status -> Text,
        participant -> Text,
        at -> PTime,
        errors -> Nullable<Text>,
        pricing -> Nullable<Text>,
        extra -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{PTime, PUuid};

    waiting_updates (wamid, account_id, key) {
        wamid -> Text,
        account_id -> PUuid,
        key -> Text,
        org_id -> PUuid,
        what -> Text,
        received_at -> PTime,
        wamid_token -> Nullable<Text>,
        conversation_id -> Nullable<PUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary};
    use crate::types::{PTime, PUuid};

    applied_digests (digest, org_id) {
        digest -> Binary,
        org_id -> PUuid,
        applied_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::types::{PTime, PUuid};

    media (id) {
        id -> PUuid,
        org_id -> PUuid,
        account_id -> PUuid,
        message_id -> PUuid,
        conversation_id -> PUuid,
        meta_media_id -> Nullable<Text>,
        link -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        sha256 -> Nullable<Text>,
        filename -> Nullable<Text>,
        state -> Text,
        attempts -> Integer,
        next_at -> Nullable<PTime>,
        key -> Nullable<Text>,
        size -> Nullable<BigInt>,
        error -> Nullable<Text>,
        created_at -> PTime,
        stored_at -> Nullable<PTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{PTime, PUuid};

    org_events (org_id, sequence) {
        org_id -> PUuid,
        sequence -> BigInt,
        id -> PUuid,
        at -> PTime,
        subject_id -> Nullable<PUuid>,
        data -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt};
    use crate::types::{PUuid};

    event_heads (org_id) {
        org_id -> PUuid,
        sequence -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::types::{PTime, PUuid};

    turns (name) {
        name -> Text,
        owner -> PUuid,
        until -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::types::{PTime, PUuid};

    idempotency_keys (org_id, key) {
        org_id -> PUuid,
        key -> Text,
        fingerprint -> Binary,
        answer -> Text,
        created_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::types::{PTime, PUuid};

    number_queues (account_id) {
        account_id -> PUuid,
        owner -> Nullable<PUuid>,
        epoch -> BigInt,
        until -> Nullable<PTime>,
        is_paused -> Bool,
        block_reason -> Nullable<Text>,
        block_until -> Nullable<PTime>,
        block_code -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt};
    use crate::types::{PUuid};

    number_inbound (account_id) {
        account_id -> PUuid,
        total -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::types::{PTime, PUuid};

    uploads (id) {
        id -> PUuid,
        org_id -> PUuid,
        sha256 -> Binary,
        mime_type -> Text,
        filename -> Text,
        key -> Text,
        size -> BigInt,
        created_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::types::PUuid;

    storage_use (org_id) {
        org_id -> PUuid,
        bytes -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::types::{PTime, PUuid};

    meta_media (upload_id, account_id) {
        upload_id -> PUuid,
        account_id -> PUuid,
        meta_media_id -> Text,
        uploaded_at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::{PTime, PUuid};

    audit_events (id) {
        id -> PUuid,
        org_id -> PUuid,
        sequence -> BigInt,
        at -> PTime,
        actor_kind -> Text,
        actor_id -> Nullable<PUuid>,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        data -> Text,
        request_id -> Nullable<PUuid>,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::types::PUuid;

    audit_heads (org_id) {
        org_id -> PUuid,
        sequence -> BigInt,
        hash -> Binary,
    }
}

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
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::types::{PTime, PUuid};

    users (id) {
        id -> PUuid,
        email -> Text,
        name -> Text,
        is_operator -> Bool,
        password_hash -> Text,
        created_at -> PTime,
        proven_at -> Nullable<PTime>,
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
    use diesel::sql_types::{Binary, Nullable, Text};
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
        client -> Nullable<Text>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::types::{PTime, PUuid};

    second_factors (user_id) {
        user_id -> PUuid,
        secret -> Binary,
        created_at -> PTime,
        confirmed_at -> Nullable<PTime>,
        last_step -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::types::PUuid;

    recovery_codes (user_id, hash) {
        user_id -> PUuid,
        hash -> Binary,
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
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
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
        is_mailed -> Bool,
        mail_due_at -> Nullable<PTime>,
        mail_attempts -> Integer,
        mailed_at -> Nullable<PTime>,
        mail_failure -> Nullable<Text>,
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
        former_secret -> Nullable<Binary>,
        former_until -> Nullable<PTime>,
        graph_version -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::{PJson, PTime, PUuid};

    grants (id) {
        id -> PUuid,
        org_id -> PUuid,
        meta_app_id -> PUuid,
        origin -> Text,
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
    use crate::types::{PJson, PTime, PUuid};

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
        standing -> Nullable<PJson>,
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

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::{PTime, PUuid};

    templates (id) {
        id -> PUuid,
        waba_id -> Text,
        meta_id -> Text,
        name -> Text,
        language -> Text,
        status -> Text,
        category -> Text,
        quality -> Text,
        search -> Text,
        document -> Text,
        created_at -> PTime,
        updated_at -> PTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{PTime, PUuid};

    template_history (id) {
        id -> PUuid,
        template_id -> PUuid,
        part -> Text,
        from_value -> Nullable<Text>,
        to_value -> Nullable<Text>,
        detail -> Nullable<Text>,
        by_kind -> Text,
        by_id -> Nullable<PUuid>,
        by_org -> Nullable<PUuid>,
        at -> PTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::types::{PTime, PUuid};

    template_syncs (waba_id) {
        waba_id -> Text,
        revision -> BigInt,
        run_id -> Nullable<PUuid>,
        state -> Text,
        owner -> Nullable<PUuid>,
        fence -> BigInt,
        until -> Nullable<PTime>,
        next_at -> Nullable<PTime>,
        again_at -> Nullable<PTime>,
        started_at -> Nullable<PTime>,
        finished_at -> Nullable<PTime>,
        synced_at -> Nullable<PTime>,
        cursor -> Nullable<Text>,
        pages -> Integer,
        done -> BigInt,
        total -> Nullable<BigInt>,
        created -> BigInt,
        updated -> BigInt,
        removed -> BigInt,
        failures -> Integer,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};

    template_sync_pages (waba_id, page) {
        waba_id -> Text,
        page -> Integer,
        meta_ids -> Text,
    }
}

diesel::joinable!(memberships -> orgs (org_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(auth_sessions -> orgs (org_id));
diesel::joinable!(auth_sessions -> users (user_id));
diesel::joinable!(whatsapp_accounts -> grants (grant_id));
diesel::joinable!(grants -> meta_apps (meta_app_id));
diesel::joinable!(outbox -> messages (id));

diesel::allow_tables_to_appear_in_same_query!(
    orgs,
    users,
    memberships,
    auth_sessions,
    whatsapp_accounts
);
diesel::allow_tables_to_appear_in_same_query!(whatsapp_accounts, grants, meta_apps);
diesel::allow_tables_to_appear_in_same_query!(deliveries, journal_batches);
diesel::allow_tables_to_appear_in_same_query!(
    conversations,
    contacts,
    messages,
    outbox,
    media,
    merged_messages,
    contact_merges
);
diesel::allow_tables_to_appear_in_same_query!(changes, change_queue, parked_items);
diesel::allow_tables_to_appear_in_same_query!(templates, whatsapp_accounts);
diesel::allow_tables_to_appear_in_same_query!(template_syncs, whatsapp_accounts);
