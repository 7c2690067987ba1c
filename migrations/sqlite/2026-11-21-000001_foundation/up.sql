-- Ids are 16 bytes, times are microseconds since 1970, booleans are 0 and 1.

-- Identity -------------------------------------------------------------------------------------------

CREATE TABLE orgs (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    is_operator INTEGER NOT NULL CHECK (is_operator IN (0, 1)),
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    org_id BLOB NOT NULL REFERENCES orgs (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'agent', 'admin', 'owner')),
    joined_at INTEGER NOT NULL,
    last_seen_at INTEGER,
    PRIMARY KEY (org_id, user_id)
) STRICT;
CREATE INDEX memberships_user ON memberships (user_id, joined_at);

CREATE TABLE auth_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    org_id BLOB NOT NULL REFERENCES orgs (id),
    cookie BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX auth_sessions_user ON auth_sessions (user_id) WHERE revoked_at IS NULL;
CREATE INDEX auth_sessions_expiry ON auth_sessions (expires_at);
CREATE INDEX auth_sessions_revoked ON auth_sessions (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE one_time_links (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'password_reset')),
    email TEXT,
    role TEXT CHECK (role IN ('viewer', 'agent', 'admin', 'owner')),
    invited_by BLOB,
    user_id BLOB REFERENCES users (id),
    hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CHECK (kind <> 'invitation' OR (email IS NOT NULL AND role IS NOT NULL AND invited_by IS NOT NULL)),
    CHECK (kind <> 'password_reset' OR user_id IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX one_time_links_invitation ON one_time_links (org_id, email) WHERE kind = 'invitation';
CREATE INDEX one_time_links_org ON one_time_links (org_id, kind, created_at);
CREATE INDEX one_time_links_user ON one_time_links (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX one_time_links_expiry ON one_time_links (expires_at);

-- Meta apps, grants, accounts ------------------------------------------------------------------------

-- org_id is the nil UUID for what belongs to the platform, which has no row in orgs.
CREATE TABLE meta_apps (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    app_id TEXT NOT NULL,
    name TEXT NOT NULL,
    app_secret BLOB NOT NULL,
    verify_token BLOB NOT NULL,
    config_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (org_id, app_id)
) STRICT;

CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES orgs (id),
    meta_app_id BLOB NOT NULL REFERENCES meta_apps (id),
    token BLOB,
    token_kind TEXT NOT NULL CHECK (token_kind IN ('user', 'system_user', 'unknown')),
    meta_user_id TEXT,
    scopes TEXT NOT NULL,
    expires_kind TEXT NOT NULL CHECK (expires_kind IN ('at', 'never', 'unknown')),
    expires_at INTEGER,
    data_access_expires_kind TEXT NOT NULL CHECK (data_access_expires_kind IN ('at', 'never', 'unknown')),
    data_access_expires_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'dead', 'revoked', 'quarantined')),
    state_reason TEXT,
    checked_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((expires_kind = 'at') = (expires_at IS NOT NULL)),
    CHECK ((data_access_expires_kind = 'at') = (data_access_expires_at IS NOT NULL))
) STRICT;
CREATE INDEX grants_org ON grants (org_id);
CREATE INDEX grants_meta_app ON grants (meta_app_id, meta_user_id);

CREATE TABLE whatsapp_accounts (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES orgs (id),
    grant_id BLOB NOT NULL REFERENCES grants (id),
    phone_number_id TEXT NOT NULL,
    waba_id TEXT NOT NULL,
    waba_name TEXT,
    business_id TEXT,
    business_name TEXT,
    display_phone_number TEXT NOT NULL,
    verified_name TEXT,
    display_name TEXT,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    needs_registration INTEGER NOT NULL CHECK (needs_registration IN (0, 1)),
    problem TEXT,
    registration_pin BLOB,
    quality_rating TEXT,
    status TEXT,
    throughput_level TEXT,
    messaging_limit TEXT,
    name_status TEXT,
    code_verification_status TEXT,
    is_coexistence INTEGER NOT NULL CHECK (is_coexistence IN (0, 1)),
    last_verified_at INTEGER,
    connected_at INTEGER NOT NULL,
    disconnected_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (org_id, phone_number_id),
    CHECK (is_active OR NOT is_default)
) STRICT;
-- A number is active in one organisation at a time.
CREATE UNIQUE INDEX whatsapp_accounts_active_number ON whatsapp_accounts (phone_number_id) WHERE is_active;
CREATE UNIQUE INDEX whatsapp_accounts_default ON whatsapp_accounts (org_id) WHERE is_default;
CREATE INDEX whatsapp_accounts_org_active ON whatsapp_accounts (org_id, is_active, id);
CREATE INDEX whatsapp_accounts_org ON whatsapp_accounts (org_id, id);
CREATE INDEX whatsapp_accounts_grant ON whatsapp_accounts (grant_id);
CREATE INDEX whatsapp_accounts_waba ON whatsapp_accounts (waba_id) WHERE is_active;

-- Connect sessions and what they leave ---------------------------------------------------------------

-- grant_id has no foreign key: the id is chosen before the exchange, the row is made by it.
CREATE TABLE connect_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES orgs (id),
    user_id BLOB NOT NULL,
    meta_app_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('redirect', 'popup', 'sdk', 'manual')),
    binding TEXT NOT NULL CHECK (binding IN ('nonce', 'confirmation')),
    nonce BLOB NOT NULL,
    redirect_uri TEXT,
    return_to TEXT,
    status TEXT NOT NULL CHECK (status IN ('awaiting_login', 'awaiting_confirmation', 'running',
        'awaiting_choice', 'failed', 'completed', 'cancelled', 'expired')),
    grant_id BLOB,
    code BLOB,
    progress TEXT NOT NULL,
    problem TEXT,
    runner_owner TEXT,
    runner_until INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((runner_owner IS NULL) = (runner_until IS NULL))
) STRICT;
CREATE INDEX connect_sessions_open ON connect_sessions (org_id, created_at)
    WHERE status NOT IN ('completed', 'cancelled', 'expired');
CREATE INDEX connect_sessions_running ON connect_sessions (updated_at) WHERE status = 'running';
CREATE INDEX connect_sessions_expiry ON connect_sessions (expires_at)
    WHERE status NOT IN ('completed', 'cancelled', 'expired');
CREATE INDEX connect_sessions_meta_app ON connect_sessions (meta_app_id)
    WHERE status NOT IN ('completed', 'cancelled', 'expired');

CREATE TABLE registration_attempts (
    id INTEGER PRIMARY KEY,
    phone_number_id TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX registration_attempts_number ON registration_attempts (phone_number_id, at);

CREATE TABLE teardowns (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES orgs (id),
    grant_id BLOB NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('unsubscribe', 'deregister', 'release_grant')),
    target TEXT,
    revoke INTEGER NOT NULL CHECK (revoke IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((act = 'release_grant') = (target IS NULL))
) STRICT;
CREATE INDEX teardowns_due ON teardowns (next_attempt_at, created_at, id) WHERE state = 'pending';
CREATE INDEX teardowns_grant ON teardowns (grant_id);

-- Vault ----------------------------------------------------------------------------------------------

CREATE TABLE data_keys (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL UNIQUE,
    ring_key_id TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    wrapped_at INTEGER NOT NULL
) STRICT;
CREATE INDEX data_keys_ring ON data_keys (ring_key_id, id);

CREATE TABLE vault_settings (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- Audit ----------------------------------------------------------------------------------------------

-- Actions are compared byte by byte, so that a prefix is a range of the index.
CREATE TABLE audit_events (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'operator', 'system', 'meta')),
    actor_id BLOB,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    data TEXT NOT NULL,
    request_id BLOB,
    hash BLOB NOT NULL,
    UNIQUE (org_id, sequence),
    CHECK ((actor_kind = 'user') = (actor_id IS NOT NULL))
) STRICT;
CREATE INDEX audit_events_action ON audit_events (org_id, action, sequence);
CREATE INDEX audit_events_actor ON audit_events (org_id, actor_id, sequence) WHERE actor_id IS NOT NULL;

CREATE TABLE audit_heads (
    org_id BLOB NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
