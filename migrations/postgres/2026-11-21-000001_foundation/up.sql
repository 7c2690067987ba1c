-- Identity -------------------------------------------------------------------------------------------

CREATE TABLE orgs (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    is_operator boolean NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE memberships (
    org_id uuid NOT NULL REFERENCES orgs (id),
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('viewer', 'agent', 'admin', 'owner')),
    joined_at timestamptz NOT NULL,
    last_seen_at timestamptz,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id, joined_at);

CREATE TABLE auth_sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    org_id uuid NOT NULL REFERENCES orgs (id),
    cookie bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX auth_sessions_user ON auth_sessions (user_id) WHERE revoked_at IS NULL;
CREATE INDEX auth_sessions_expiry ON auth_sessions (expires_at);
CREATE INDEX auth_sessions_revoked ON auth_sessions (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE one_time_links (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES orgs (id),
    kind text NOT NULL CHECK (kind IN ('invitation', 'password_reset')),
    email text,
    role text CHECK (role IN ('viewer', 'agent', 'admin', 'owner')),
    invited_by uuid,
    user_id uuid REFERENCES users (id),
    hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK (kind <> 'invitation' OR (email IS NOT NULL AND role IS NOT NULL AND invited_by IS NOT NULL)),
    CHECK (kind <> 'password_reset' OR user_id IS NOT NULL)
);
CREATE UNIQUE INDEX one_time_links_invitation ON one_time_links (org_id, email) WHERE kind = 'invitation';
CREATE INDEX one_time_links_org ON one_time_links (org_id, kind, created_at);
CREATE INDEX one_time_links_user ON one_time_links (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX one_time_links_expiry ON one_time_links (expires_at);

-- Meta apps, grants, accounts ------------------------------------------------------------------------

-- org_id is the nil UUID for what belongs to the platform, which has no row in orgs.
CREATE TABLE meta_apps (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    app_id text NOT NULL,
    name text NOT NULL,
    app_secret bytea NOT NULL,
    verify_token bytea NOT NULL,
    config_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (org_id, app_id)
);

CREATE TABLE grants (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES orgs (id),
    meta_app_id uuid NOT NULL REFERENCES meta_apps (id),
    token bytea,
    token_kind text NOT NULL CHECK (token_kind IN ('user', 'system_user', 'unknown')),
    meta_user_id text,
    scopes jsonb NOT NULL,
    expires_kind text NOT NULL CHECK (expires_kind IN ('at', 'never', 'unknown')),
    expires_at timestamptz,
    data_access_expires_kind text NOT NULL CHECK (data_access_expires_kind IN ('at', 'never', 'unknown')),
    data_access_expires_at timestamptz,
    state text NOT NULL CHECK (state IN ('pending', 'active', 'dead', 'revoked', 'quarantined')),
    state_reason text,
    checked_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CHECK ((expires_kind = 'at') = (expires_at IS NOT NULL)),
    CHECK ((data_access_expires_kind = 'at') = (data_access_expires_at IS NOT NULL))
);
CREATE INDEX grants_org ON grants (org_id);
CREATE INDEX grants_meta_app ON grants (meta_app_id, meta_user_id);

CREATE TABLE whatsapp_accounts (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES orgs (id),
    grant_id uuid NOT NULL REFERENCES grants (id),
    phone_number_id text NOT NULL,
    waba_id text NOT NULL,
    waba_name text,
    business_id text,
    business_name text,
    display_phone_number text NOT NULL,
    verified_name text,
    display_name text,
    is_active boolean NOT NULL,
    is_default boolean NOT NULL,
    needs_registration boolean NOT NULL,
    problem text,
    registration_pin bytea,
    quality_rating text,
    status text,
    throughput_level text,
    messaging_limit text,
    name_status text,
    code_verification_status text,
    is_coexistence boolean NOT NULL,
    last_verified_at timestamptz,
    connected_at timestamptz NOT NULL,
    disconnected_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    UNIQUE (org_id, phone_number_id),
    CHECK (is_active OR NOT is_default)
);
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
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES orgs (id),
    user_id uuid NOT NULL,
    meta_app_id uuid NOT NULL,
    mode text NOT NULL CHECK (mode IN ('redirect', 'popup', 'sdk', 'manual')),
    binding text NOT NULL CHECK (binding IN ('nonce', 'confirmation')),
    nonce bytea NOT NULL,
    redirect_uri text,
    return_to text,
    status text NOT NULL CHECK (status IN ('awaiting_login', 'awaiting_confirmation', 'running',
        'awaiting_choice', 'failed', 'completed', 'cancelled', 'expired')),
    grant_id uuid,
    code bytea,
    progress jsonb NOT NULL,
    problem jsonb,
    runner_owner text,
    runner_until timestamptz,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CHECK ((runner_owner IS NULL) = (runner_until IS NULL))
);
CREATE INDEX connect_sessions_open ON connect_sessions (org_id, created_at)
    WHERE status NOT IN ('completed', 'cancelled', 'expired');
CREATE INDEX connect_sessions_running ON connect_sessions (updated_at) WHERE status = 'running';
CREATE INDEX connect_sessions_expiry ON connect_sessions (expires_at)
    WHERE status NOT IN ('completed', 'cancelled', 'expired');
CREATE INDEX connect_sessions_meta_app ON connect_sessions (meta_app_id)
    WHERE status NOT IN ('completed', 'cancelled', 'expired');

CREATE TABLE registration_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    phone_number_id text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX registration_attempts_number ON registration_attempts (phone_number_id, at);

CREATE TABLE teardowns (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES orgs (id),
    grant_id uuid NOT NULL,
    act text NOT NULL CHECK (act IN ('unsubscribe', 'deregister', 'release_grant')),
    target text,
    revoke boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    attempts integer NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    last_error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((act = 'release_grant') = (target IS NULL))
);
CREATE INDEX teardowns_due ON teardowns (next_attempt_at, created_at, id) WHERE state = 'pending';
CREATE INDEX teardowns_grant ON teardowns (grant_id);

-- Vault ----------------------------------------------------------------------------------------------

CREATE TABLE data_keys (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL UNIQUE,
    ring_key_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL,
    wrapped_at timestamptz NOT NULL
);
CREATE INDEX data_keys_ring ON data_keys (ring_key_id, id);

CREATE TABLE vault_settings (
    name text NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);

-- Audit ----------------------------------------------------------------------------------------------

-- Actions are compared byte by byte, so that a prefix is a range of the index.
CREATE TABLE audit_events (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    at timestamptz NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'operator', 'system', 'meta')),
    actor_id uuid,
    action text COLLATE "C" NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    data text NOT NULL,
    request_id uuid,
    hash bytea NOT NULL,
    UNIQUE (org_id, sequence),
    CHECK ((actor_kind = 'user') = (actor_id IS NOT NULL))
);
CREATE INDEX audit_events_action ON audit_events (org_id, action, sequence);
CREATE INDEX audit_events_actor ON audit_events (org_id, actor_id, sequence) WHERE actor_id IS NOT NULL;

CREATE TABLE audit_heads (
    org_id uuid NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL,
    hash bytea NOT NULL
);
