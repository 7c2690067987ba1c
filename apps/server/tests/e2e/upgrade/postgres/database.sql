--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: __diesel_schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.__diesel_schema_migrations (
    version character varying(50) NOT NULL,
    run_on timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);


--
-- Name: applied_digests; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.applied_digests (
    digest bytea NOT NULL,
    org_id uuid NOT NULL,
    applied_at timestamp with time zone NOT NULL
);


--
-- Name: audit_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_events (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL COLLATE pg_catalog."C",
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    data text NOT NULL,
    request_id uuid,
    hash bytea NOT NULL,
    CONSTRAINT audit_events_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'operator'::text, 'system'::text, 'meta'::text]))),
    CONSTRAINT audit_events_check CHECK (((actor_kind = 'user'::text) = (actor_id IS NOT NULL))),
    CONSTRAINT audit_events_sequence_check CHECK ((sequence > 0))
);


--
-- Name: audit_heads; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_heads (
    org_id uuid NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL
);


--
-- Name: auth_sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    org_id uuid NOT NULL,
    cookie bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);


--
-- Name: change_queue; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.change_queue (
    change_id uuid NOT NULL,
    partition smallint NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    bytes bigint NOT NULL,
    is_replay boolean NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_delay='0');


--
-- Name: changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.changes (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    org_id uuid,
    lane text NOT NULL COLLATE pg_catalog."C",
    entry_id text,
    entry_time bigint,
    field text NOT NULL COLLATE pg_catalog."C",
    received_at timestamp with time zone NOT NULL,
    raw bytea NOT NULL
);
ALTER TABLE ONLY public.changes ALTER COLUMN raw SET STORAGE EXTERNAL;


--
-- Name: connect_sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.connect_sessions (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    meta_app_id uuid NOT NULL,
    mode text NOT NULL,
    binding text NOT NULL,
    nonce bytea NOT NULL,
    redirect_uri text,
    return_to text,
    status text NOT NULL,
    grant_id uuid,
    code bytea,
    progress jsonb NOT NULL,
    problem jsonb,
    runner_owner text,
    runner_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT connect_sessions_binding_check CHECK ((binding = ANY (ARRAY['nonce'::text, 'confirmation'::text]))),
    CONSTRAINT connect_sessions_check CHECK (((runner_owner IS NULL) = (runner_until IS NULL))),
    CONSTRAINT connect_sessions_mode_check CHECK ((mode = ANY (ARRAY['redirect'::text, 'popup'::text, 'sdk'::text, 'manual'::text]))),
    CONSTRAINT connect_sessions_status_check CHECK ((status = ANY (ARRAY['awaiting_login'::text, 'awaiting_confirmation'::text, 'running'::text, 'awaiting_choice'::text, 'failed'::text, 'completed'::text, 'cancelled'::text, 'expired'::text])))
);


--
-- Name: contact_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contact_keys (
    org_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    contact_id uuid NOT NULL
);


--
-- Name: contacts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contacts (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    phone text,
    user_id text,
    parent_user_id text,
    name text,
    profile_name text,
    username text,
    opted_out boolean NOT NULL,
    search text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version bigint NOT NULL
);


--
-- Name: conversations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.conversations (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    account_id uuid NOT NULL,
    contact_id uuid,
    group_id text COLLATE pg_catalog."C",
    state text NOT NULL,
    assignee_id uuid,
    unread integer NOT NULL,
    last_message_at timestamp with time zone NOT NULL,
    last_message_id uuid,
    last_inbound_at timestamp with time zone,
    free_entry_at timestamp with time zone,
    free_entry_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT conversations_check CHECK (((contact_id IS NULL) <> (group_id IS NULL))),
    CONSTRAINT conversations_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))
)
WITH (fillfactor='80');


--
-- Name: data_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.data_keys (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    ring_key_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    wrapped_at timestamp with time zone NOT NULL
);


--
-- Name: deliveries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deliveries (
    id uuid NOT NULL,
    meta_app_id uuid,
    received_at timestamp with time zone NOT NULL,
    body bytea NOT NULL,
    problem text
);
ALTER TABLE ONLY public.deliveries ALTER COLUMN body SET STORAGE EXTERNAL;


--
-- Name: event_heads; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event_heads (
    org_id uuid NOT NULL,
    sequence bigint NOT NULL
)
WITH (fillfactor='50');


--
-- Name: grants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.grants (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    meta_app_id uuid NOT NULL,
    token bytea,
    token_kind text NOT NULL,
    meta_user_id text,
    scopes jsonb NOT NULL,
    expires_kind text NOT NULL,
    expires_at timestamp with time zone,
    data_access_expires_kind text NOT NULL,
    data_access_expires_at timestamp with time zone,
    state text NOT NULL,
    state_reason text,
    checked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT grants_check CHECK (((expires_kind = 'at'::text) = (expires_at IS NOT NULL))),
    CONSTRAINT grants_check1 CHECK (((data_access_expires_kind = 'at'::text) = (data_access_expires_at IS NOT NULL))),
    CONSTRAINT grants_data_access_expires_kind_check CHECK ((data_access_expires_kind = ANY (ARRAY['at'::text, 'never'::text, 'unknown'::text]))),
    CONSTRAINT grants_expires_kind_check CHECK ((expires_kind = ANY (ARRAY['at'::text, 'never'::text, 'unknown'::text]))),
    CONSTRAINT grants_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'dead'::text, 'revoked'::text, 'quarantined'::text]))),
    CONSTRAINT grants_token_kind_check CHECK ((token_kind = ANY (ARRAY['user'::text, 'system_user'::text, 'unknown'::text])))
);


--
-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_keys (
    org_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    fingerprint bytea NOT NULL,
    answer text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: journal_batches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journal_batches (
    id uuid NOT NULL,
    last_id uuid NOT NULL,
    deliveries bigint NOT NULL,
    bytes bigint NOT NULL
);


--
-- Name: media; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.media (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    account_id uuid NOT NULL,
    message_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    meta_media_id text,
    link text,
    mime_type text,
    sha256 text,
    filename text,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone,
    key text,
    size bigint,
    error text,
    created_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone,
    CONSTRAINT media_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'stored'::text, 'failed'::text])))
);


--
-- Name: memberships; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.memberships (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone,
    CONSTRAINT memberships_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'agent'::text, 'admin'::text, 'owner'::text])))
);


--
-- Name: message_statuses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.message_statuses (
    message_id uuid NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    participant text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    errors text,
    pricing text,
    CONSTRAINT message_statuses_status_check CHECK ((status = ANY (ARRAY['sent'::text, 'delivered'::text, 'read'::text, 'played'::text, 'failed'::text])))
);


--
-- Name: messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.messages (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    account_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    contact_id uuid,
    group_id text COLLATE pg_catalog."C",
    wamid text COLLATE pg_catalog."C",
    direction text NOT NULL,
    content text NOT NULL,
    context text,
    referral text,
    status text NOT NULL,
    errors text,
    pricing text,
    media_id uuid,
    at timestamp with time zone NOT NULL,
    edited_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    queue smallint,
    priority smallint,
    flow text COLLATE pg_catalog."C",
    due_at timestamp with time zone,
    expires_at timestamp with time zone,
    attempt integer,
    epoch bigint,
    dispatched_at timestamp with time zone,
    underway_since timestamp with time zone,
    wait text,
    client_reference text COLLATE pg_catalog."C",
    author_id uuid,
    body text,
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
    CONSTRAINT messages_queue_check CHECK (((queue >= 0) AND (queue <= 4)))
)
WITH (fillfactor='90');


--
-- Name: meta_apps; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.meta_apps (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    app_id text NOT NULL,
    name text NOT NULL,
    app_secret bytea NOT NULL,
    verify_token bytea NOT NULL,
    config_id text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: meta_media; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.meta_media (
    upload_id uuid NOT NULL,
    account_id uuid NOT NULL,
    meta_media_id text NOT NULL COLLATE pg_catalog."C",
    uploaded_at timestamp with time zone NOT NULL
);


--
-- Name: number_inbound; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.number_inbound (
    account_id uuid NOT NULL,
    total bigint NOT NULL
)
WITH (fillfactor='50');


--
-- Name: number_queues; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.number_queues (
    account_id uuid NOT NULL,
    owner uuid,
    epoch bigint NOT NULL,
    until timestamp with time zone,
    is_paused boolean NOT NULL,
    block_reason text,
    block_until timestamp with time zone,
    block_code bigint
)
WITH (fillfactor='50');


--
-- Name: one_time_links; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.one_time_links (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    kind text NOT NULL,
    email text,
    role text,
    invited_by uuid,
    user_id uuid,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT one_time_links_check CHECK (((kind <> 'invitation'::text) OR ((email IS NOT NULL) AND (role IS NOT NULL) AND (invited_by IS NOT NULL)))),
    CONSTRAINT one_time_links_check1 CHECK (((kind <> 'password_reset'::text) OR (user_id IS NOT NULL))),
    CONSTRAINT one_time_links_kind_check CHECK ((kind = ANY (ARRAY['invitation'::text, 'password_reset'::text]))),
    CONSTRAINT one_time_links_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'agent'::text, 'admin'::text, 'owner'::text])))
);


--
-- Name: org_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.org_events (
    org_id uuid NOT NULL,
    sequence bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    subject_id uuid,
    data text NOT NULL
);


--
-- Name: orgs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.orgs (
    id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: parked_items; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.parked_items (
    id uuid NOT NULL,
    org_id uuid,
    change_id uuid NOT NULL,
    item_index integer NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    lane text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone,
    raw bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT parked_items_state_check CHECK ((state = ANY (ARRAY['parked'::text, 'retrying'::text, 'homeless'::text, 'unsupported'::text])))
);


--
-- Name: refresh_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.refresh_tokens (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);


--
-- Name: registration_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.registration_attempts (
    id bigint NOT NULL,
    phone_number_id text NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: registration_attempts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.registration_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.registration_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: rejections; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rejections (
    minute timestamp with time zone NOT NULL,
    meta_app_id uuid NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    count bigint NOT NULL,
    last_address text,
    last_at timestamp with time zone NOT NULL
);


--
-- Name: teardowns; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.teardowns (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    act text NOT NULL,
    target text,
    revoke boolean NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    last_error text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT teardowns_act_check CHECK ((act = ANY (ARRAY['unsubscribe'::text, 'deregister'::text, 'release_grant'::text]))),
    CONSTRAINT teardowns_check CHECK (((act = 'release_grant'::text) = (target IS NULL))),
    CONSTRAINT teardowns_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'done'::text, 'failed'::text])))
);


--
-- Name: traffic_minutes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.traffic_minutes (
    org_id uuid NOT NULL,
    minute timestamp with time zone NOT NULL,
    waba_id text NOT NULL COLLATE pg_catalog."C",
    changes bigint NOT NULL,
    items bigint NOT NULL,
    parked bigint NOT NULL,
    latency_sum_ms bigint NOT NULL,
    latency_max_ms bigint NOT NULL,
    last_at timestamp with time zone NOT NULL
);


--
-- Name: turns; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.turns (
    name text NOT NULL COLLATE pg_catalog."C",
    owner uuid NOT NULL,
    until timestamp with time zone NOT NULL
)
WITH (fillfactor='50');


--
-- Name: uploads; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.uploads (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    mime_type text NOT NULL COLLATE pg_catalog."C",
    filename text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL,
    size bigint NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    is_operator boolean NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: vault_settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.vault_settings (
    name text NOT NULL,
    value bytea NOT NULL
);


--
-- Name: waiting_updates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.waiting_updates (
    wamid text NOT NULL COLLATE pg_catalog."C",
    account_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    org_id uuid NOT NULL,
    what text NOT NULL,
    received_at timestamp with time zone NOT NULL
);


--
-- Name: whatsapp_accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.whatsapp_accounts (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    grant_id uuid NOT NULL,
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
    last_verified_at timestamp with time zone,
    connected_at timestamp with time zone NOT NULL,
    disconnected_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT whatsapp_accounts_check CHECK ((is_active OR (NOT is_default)))
);


--
-- Data for Name: __diesel_schema_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.__diesel_schema_migrations VALUES ('20261121000001', '2026-11-30 21:13:24.851256');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261121000002', '2026-11-30 21:13:25.269501');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261121000003', '2026-11-30 21:13:25.625408');


--
-- Data for Name: applied_digests; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: audit_events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_events VALUES ('01a22e4e-3041-7049-b521-37a810c7ee00', '00000000-0000-0000-0000-000000000000', 1, '2026-11-30 21:13:25.825794+00', 'system', NULL, 'meta_app.installed', 'meta_app', '01a22e4e-303b-70df-b926-332fba971f93', '{"appId":"880000000000002"}', NULL, '\x9ba5bfcbe07bd7e8ef4f8da58ea1b3e61e9563406cf3a0f63cdf20b83ed1d9fc');
INSERT INTO public.audit_events VALUES ('01a22e4e-3055-73e0-af98-1bcec6ab539d', '01a22e4e-3055-73e0-af98-1bcdbd938904', 1, '2026-11-30 21:13:25.845289+00', 'operator', NULL, 'org.created', 'org', '01a22e4e-3055-73e0-af98-1bcdbd938904', '{"name":"Proof"}', NULL, '\x629ba2333aadca11b4480530076f14d6a2b07c236a751ca56b8b28b0df851984');
INSERT INTO public.audit_events VALUES ('01a22e4e-3118-73d8-a7a7-c7aeeec06066', '01a22e4e-3055-73e0-af98-1bcdbd938904', 2, '2026-11-30 21:13:26.040797+00', 'operator', NULL, 'team.user_created', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"email":"owner@proof.example","isOperator":false,"role":"owner"}', NULL, '\x1d08e533bea6098bbcddc8d86ef2919de168375f4e39732746972fc5f285db74');
INSERT INTO public.audit_events VALUES ('01a22e4e-32b6-704b-bc6d-3ab0c5c74b4e', '01a22e4e-3055-73e0-af98-1bcdbd938904', 3, '2026-11-30 21:13:26.454786+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'auth.signed_in', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"address":"127.0.0.1"}', '01a22e4e-322f-752b-a31a-cbf0ee4378f2', '\xed87dc2f3b0f82aeaa82a80ab7eab9f803e677ecd2effc4952418ddee5ceecd1');
INSERT INTO public.audit_events VALUES ('01a22e4e-32dc-74f6-8ec4-56f19325b7a6', '01a22e4e-3055-73e0-af98-1bcdbd938904', 4, '2026-11-30 21:13:26.492808+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.started', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"metaAppId":"880000000000002","mode":"redirect"}', '01a22e4e-32d7-7271-ba80-080103ffb79d', '\xa611b30dfbac6ffa0233d965fa57c6a71fb777ce0fbefa57c2412faf60faa9c9');
INSERT INTO public.audit_events VALUES ('01a22e4e-3319-77c3-a9cb-6d86eb00f89c', '01a22e4e-3055-73e0-af98-1bcdbd938904', 5, '2026-11-30 21:13:26.553158+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.login_returned', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"confirmed":true,"event":null}', NULL, '\x312e32f57ed6b346a637b15028b6dd24afd5b4edf0a9d2b7da3592e908d2451f');
INSERT INTO public.audit_events VALUES ('01a22e4e-3344-7435-9eab-9e1dc725678a', '01a22e4e-3055-73e0-af98-1bcdbd938904', 6, '2026-11-30 21:13:26.596644+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.exchange_code', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"grantId":"01a22e4e-3308-7691-be48-d3b6b7572a51"}', NULL, '\x4351b344e8611c1fc8a6b00745081ab74b58367247650ff822cc0864810893af');
INSERT INTO public.audit_events VALUES ('01a22e4e-3384-75c3-bfc9-aaa5a0845431', '01a22e4e-3055-73e0-af98-1bcdbd938904', 7, '2026-11-30 21:13:26.660707+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.exchange_long_lived', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"expiresAt":"2027-01-29T21:13:26.660618Z"}', NULL, '\x4738fd755fb60d32d7da2e11bcc9ce5ebd36c01b22d1637d6aef9ed3b68bc7ae');
INSERT INTO public.audit_events VALUES ('01a22e4e-33a9-70f6-8f97-05e8c111731b', '01a22e4e-3055-73e0-af98-1bcdbd938904', 8, '2026-11-30 21:13:26.697451+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.inspect_token', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"dataAccessExpiresAt":"2027-02-28T21:13:26Z","expiresAt":"2027-01-29T21:13:26Z","scopes":["business_management","public_profile","whatsapp_business_management","whatsapp_business_messaging"],"tokenKind":"user"}', NULL, '\xf27b3d9d5a30ef9cf8921b458f5622264b037ac1c461a9b9b32159059982a57a');
INSERT INTO public.audit_events VALUES ('01a22e4e-33f4-7206-930c-5f275dd7126a', '01a22e4e-3055-73e0-af98-1bcdbd938904', 9, '2026-11-30 21:13:26.772804+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.find_assets', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"businesses":1,"numbers":1,"wabas":1}', NULL, '\x2c0a7ac699c00591591994b88efa7f4a62f8e692328de1f07ffe7172c6fba933');
INSERT INTO public.audit_events VALUES ('01a22e4e-3400-766a-adde-bcae6d4c4778', '01a22e4e-3055-73e0-af98-1bcdbd938904', 10, '2026-11-30 21:13:26.784942+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.choose', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"phoneNumberIds":["530000000000001"]}', NULL, '\x1a31e872102e4b06752b40edf08b38645b271f7d4b495ba974b3a9b7e7181bfc');
INSERT INTO public.audit_events VALUES ('01a22e4e-343f-7250-b25b-825d346dff0f', '01a22e4e-3055-73e0-af98-1bcdbd938904', 11, '2026-11-30 21:13:26.847022+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.subscribe', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"wabaIds":["420000000000001"]}', NULL, '\xc0beaf4bffd7d2a2623de3664f0fcce33a06cecb08678b3e1ea49f77ad1a5a36');
INSERT INTO public.audit_events VALUES ('01a22e4e-3465-7269-b9f9-b59efc925090', '01a22e4e-3055-73e0-af98-1bcdbd938904', 12, '2026-11-30 21:13:26.885591+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.register', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"needRegistration":0,"registered":1}', NULL, '\x83167d03e34671c64955bfc12aaf78010605868ba70fb854dd415b0b67c6fc3a');
INSERT INTO public.audit_events VALUES ('01a22e4e-3481-7271-92d3-9aa20e5c2edf', '01a22e4e-3055-73e0-af98-1bcdbd938904', 13, '2026-11-30 21:13:26.913245+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.read_health', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"numbers":[{"phoneNumberId":"530000000000001","status":"CONNECTED"}]}', NULL, '\xe4f220b72d025681e57d7a499c14ac701f02261214c3d2f9bfd6137ba245d22b');
INSERT INTO public.audit_events VALUES ('01a22e4e-3498-710b-a3ac-0705f20b7827', '01a22e4e-3055-73e0-af98-1bcdbd938904', 14, '2026-11-30 21:13:26.936927+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'account.connected', 'account', '01a22e4e-3498-710b-a3ac-07042ae4e424', '{"displayPhone":"+1 555-013-4201","needsRegistration":false,"phoneNumberId":"530000000000001","sessionId":"01a22e4e-32dc-74f6-8ec4-56f09ee465de","takenOver":false,"wabaId":"420000000000001"}', NULL, '\xfda70320b5ac7d04fd0e0bf2177539651e169c4df4dd5b309371f135d451a7d6');
INSERT INTO public.audit_events VALUES ('01a22e4e-3498-710b-a3ac-07068d695991', '01a22e4e-3055-73e0-af98-1bcdbd938904', 15, '2026-11-30 21:13:26.936972+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.completed', 'connect_session', '01a22e4e-32dc-74f6-8ec4-56f09ee465de', '{"accounts":1}', NULL, '\x1af255f3643ed84f2a12aeed08cd2817ac8e9a20a37d53425edc447ef2c18da0');
INSERT INTO public.audit_events VALUES ('01a22e4e-34cc-75f0-904c-ef9d87d7d7df', '01a22e4e-3055-73e0-af98-1bcdbd938904', 16, '2026-11-30 21:13:26.988968+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.started', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"metaAppId":"880000000000002","mode":"redirect"}', '01a22e4e-34c2-766a-81f0-e8e0ca168bd0', '\x82e35cccebdd1176f7534a87d470515a455633ad8d741509a1294934d7f1b255');
INSERT INTO public.audit_events VALUES ('01a22e4e-3515-70a8-80f9-792d17c09167', '01a22e4e-3055-73e0-af98-1bcdbd938904', 17, '2026-11-30 21:13:27.061818+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.login_returned', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"confirmed":true,"event":null}', NULL, '\xffca6fa77503a8ce14da5777865ba14477790b170cdbb59780f046cba2cf589d');
INSERT INTO public.audit_events VALUES ('01a22e4e-3550-7572-a0f4-eabea3cfc1cf', '01a22e4e-3055-73e0-af98-1bcdbd938904', 18, '2026-11-30 21:13:27.120945+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.exchange_code', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"grantId":"01a22e4e-350d-7755-a0b5-12b50dc1a2ba"}', NULL, '\x63a5dd6d086abf8d18b94e7632f0ee0354280a3c75b4ecacafdc38959b89d9a3');
INSERT INTO public.audit_events VALUES ('01a22e4e-3588-750f-ac67-1c43c729b027', '01a22e4e-3055-73e0-af98-1bcdbd938904', 19, '2026-11-30 21:13:27.177002+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.exchange_long_lived', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"expiresAt":"2027-01-29T21:13:27.176947Z"}', NULL, '\xb525f2184b9e8db12b5e7123db654131a3510171b84125d265437064e7c4726d');
INSERT INTO public.audit_events VALUES ('01a22e4e-35a4-76ca-bac2-f685af59158a', '01a22e4e-3055-73e0-af98-1bcdbd938904', 20, '2026-11-30 21:13:27.204447+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.inspect_token', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"dataAccessExpiresAt":"2027-02-28T21:13:27Z","expiresAt":"2027-01-29T21:13:27Z","scopes":["business_management","public_profile","whatsapp_business_management","whatsapp_business_messaging"],"tokenKind":"user"}', NULL, '\xe27057f19451f0fd01708d6541658c5f96dc32fbcd057d4b4c3d90dfbdfb627c');
INSERT INTO public.audit_events VALUES ('01a22e4e-35e4-747e-ae3a-f6649fdfb42b', '01a22e4e-3055-73e0-af98-1bcdbd938904', 21, '2026-11-30 21:13:27.268099+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.find_assets', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"businesses":1,"numbers":1,"wabas":1}', NULL, '\xb8d2a9b378c9d2747a81501de5dded307a096495e572933cb6271b4c563b8374');
INSERT INTO public.audit_events VALUES ('01a22e4e-35f9-749a-a0ed-496f2111ffdb', '01a22e4e-3055-73e0-af98-1bcdbd938904', 22, '2026-11-30 21:13:27.289274+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.choose', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"phoneNumberIds":["530000000000002"]}', NULL, '\xe053beda1e2f81e76c692e9111b33defca8693782c46bc0b74e36e765f02264b');
INSERT INTO public.audit_events VALUES ('01a22e4e-3636-7255-85dd-7f57961068e1', '01a22e4e-3055-73e0-af98-1bcdbd938904', 23, '2026-11-30 21:13:27.350894+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.subscribe', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"wabaIds":["420000000000002"]}', NULL, '\x7ad02b6415d6b36d9cf6c072f899ad0379aec0772e5864ac522f417038037f05');
INSERT INTO public.audit_events VALUES ('01a22e4e-366d-7698-bf89-1c6f0e331956', '01a22e4e-3055-73e0-af98-1bcdbd938904', 24, '2026-11-30 21:13:27.405701+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.register', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"needRegistration":0,"registered":1}', NULL, '\xf43638ce54521347c3e88254d14d56f0e6010ad01866f702ba0405f2ac594331');
INSERT INTO public.audit_events VALUES ('01a22e4e-369c-75aa-adc4-84471f9d66e3', '01a22e4e-3055-73e0-af98-1bcdbd938904', 25, '2026-11-30 21:13:27.452586+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.read_health', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"numbers":[{"phoneNumberId":"530000000000002","status":"CONNECTED"}]}', NULL, '\xdbd297eed9368f11816a6794fd6a9110222168b7a39d7047d056a0ee16b4eaac');
INSERT INTO public.audit_events VALUES ('01a22e4e-36d1-70f7-8036-c88b05eca6c9', '01a22e4e-3055-73e0-af98-1bcdbd938904', 26, '2026-11-30 21:13:27.505994+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'account.connected', 'account', '01a22e4e-36d1-70f7-8036-c88a6427b7f5', '{"displayPhone":"+1 555-017-8810","needsRegistration":false,"phoneNumberId":"530000000000002","sessionId":"01a22e4e-34cc-75f0-904c-ef9c8b55d193","takenOver":false,"wabaId":"420000000000002"}', NULL, '\x5115b31f55c5d36454263aa64dbca44d1992eac41d9b2317e7ad4b29e80e700e');
INSERT INTO public.audit_events VALUES ('01a22e4e-36d2-7186-a9f5-242454a982f4', '01a22e4e-3055-73e0-af98-1bcdbd938904', 27, '2026-11-30 21:13:27.506042+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'connect.completed', 'connect_session', '01a22e4e-34cc-75f0-904c-ef9c8b55d193', '{"accounts":1}', NULL, '\xf6bd32debc7a11ba1a2a4e9d0e983eab1b78b16e108df22bde1f8a3426950f21');
INSERT INTO public.audit_events VALUES ('01a22e4e-4aa4-77c4-8b9b-980a48cb8969', '01a22e4e-3055-73e0-af98-1bcdbd938904', 28, '2026-11-30 21:13:32.580059+00', 'user', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'queue.paused', 'account', '01a22e4e-3498-710b-a3ac-07042ae4e424', '{}', '01a22e4e-4a9f-7770-8a07-e1e03df3248c', '\x9f66f160d56705e0ad462af7e218bd361428e2431cc903b07ccd7924aeff1084');


--
-- Data for Name: audit_heads; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_heads VALUES ('00000000-0000-0000-0000-000000000000', 1, '\x9ba5bfcbe07bd7e8ef4f8da58ea1b3e61e9563406cf3a0f63cdf20b83ed1d9fc');
INSERT INTO public.audit_heads VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 28, '\x9f66f160d56705e0ad462af7e218bd361428e2431cc903b07ccd7924aeff1084');


--
-- Data for Name: auth_sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.auth_sessions VALUES ('01a22e4e-32b6-704b-bc6d-3aae4a5e04c2', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '01a22e4e-3055-73e0-af98-1bcdbd938904', '\xeb1a922a21e6a448291e239bcb355c98e143ae76da5c1130f071379892f3c567', '2026-11-30 21:13:26.454568+00', '2026-12-30 21:13:26.454568+00', '2026-11-30 21:13:26.454568+00', NULL);


--
-- Data for Name: change_queue; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: changes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.changes VALUES ('01a22e4e-3761-7186-b4c8-810f7a9c0001', '01a22e4e-3742-748e-9e1f-238466a90001', '01a22e4e-3055-73e0-af98-1bcdbd938904', 'n:530000000000001', '420000000000001', NULL, 'messages', '2026-11-30 21:13:27.617999+00', '\x7b2276616c7565223a7b22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a22456d7265204572696b73656e227d2c22757365725f6964223a2255532e31373233383836383232343539383436383538222c2277615f6964223a223135353530313030303031227d5d2c226d65737361676573223a5b7b2266726f6d223a223135353530313030303031222c2266726f6d5f757365725f6964223a2255532e31373233383836383232343539383436383538222c226964223a2277616d69642e484267705a626c5369634b4a365a62524867574a3736673277647062326c6e6635596342516d793d222c2274657874223a7b22626f6479223a2248656c6c6f2066726f6d203135353530313030303031227d2c2274696d657374616d70223a2231373936303733323037222c2274797065223a2274657874227d5d2c226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d7d2c226669656c64223a226d65737361676573227d');
INSERT INTO public.changes VALUES ('01a22e4e-3761-7186-b4c8-810f7a9c0002', '01a22e4e-3742-748e-9e1f-238466a90002', '01a22e4e-3055-73e0-af98-1bcdbd938904', 'n:530000000000001', '420000000000001', NULL, 'messages', '2026-11-30 21:13:27.618124+00', '\x7b2276616c7565223a7b22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a2248616e6120486164646164227d2c22757365725f6964223a2255532e35373336363133353534323430353136323138222c2277615f6964223a223135353530313030303032227d5d2c226d65737361676573223a5b7b2266726f6d223a223135353530313030303032222c2266726f6d5f757365725f6964223a2255532e35373336363133353534323430353136323138222c226964223a2277616d69642e484267546f427844716a463076327a566448776f58486b7178736c306275724141644369516a653d222c2274657874223a7b22626f6479223a2248656c6c6f2066726f6d203135353530313030303032227d2c2274696d657374616d70223a2231373936303733323037222c2274797065223a2274657874227d5d2c226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d7d2c226669656c64223a226d65737361676573227d');
INSERT INTO public.changes VALUES ('01a22e4e-3761-7186-b4c8-810f7a9c0003', '01a22e4e-3742-748e-9e1f-238566f40001', '01a22e4e-3055-73e0-af98-1bcdbd938904', 'n:530000000000002', '420000000000002', NULL, 'messages', '2026-11-30 21:13:27.618167+00', '\x7b2276616c7565223a7b22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a224c5c753030653961204475626f6973227d2c22757365725f6964223a2255532e37363830393132393130353333303932383038222c2277615f6964223a223135353530313030303033227d5d2c226d65737361676573223a5b7b2266726f6d223a223135353530313030303033222c2266726f6d5f757365725f6964223a2255532e37363830393132393130353333303932383038222c226964223a2277616d69642e4842675338356f374357767a3542505277684b6964527144434f795462636e54336e7a445172553d222c2274657874223a7b22626f6479223a2248656c6c6f2066726f6d203135353530313030303033227d2c2274696d657374616d70223a2231373936303733323037222c2274797065223a2274657874227d5d2c226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313738383130222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303032227d7d2c226669656c64223a226d65737361676573227d');
INSERT INTO public.changes VALUES ('01a22e4e-390c-7039-953d-b9051d9d0001', '01a22e4e-38d3-71cc-bd39-9f716bd20001', '01a22e4e-3055-73e0-af98-1bcdbd938904', 'n:530000000000001', '420000000000001', NULL, 'messages', '2026-11-30 21:13:28.017404+00', '\x7b2276616c7565223a7b226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d2c22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a22456d7265204572696b73656e227d2c22757365725f6964223a2255532e31373233383836383232343539383436383538222c2277615f6964223a223135353530313030303031227d5d2c227374617475736573223a5b7b226964223a2277616d69642e4842674c4d5455324d5459774d7a4d304d44635641674152474249354d6a49344e5552434e5449324d6a63304f545a444d6b4d41222c22737461747573223a2273656e74222c2274696d657374616d70223a2231373936303733323037222c22726563697069656e745f6964223a223135353530313030303031222c22726563697069656e745f757365725f6964223a2255532e31373233383836383232343539383436383538222c2262697a5f6f70617175655f63616c6c6261636b5f64617461223a2230316132326534652d333834632d373332662d383066392d643336383334356236303665222c2270726963696e67223a7b2262696c6c61626c65223a66616c73652c2270726963696e675f6d6f64656c223a22504d50222c2263617465676f7279223a2273657276696365222c2274797065223a22667265655f637573746f6d65725f73657276696365227d7d5d7d2c226669656c64223a226d65737361676573227d');
INSERT INTO public.changes VALUES ('01a22e4e-390c-7039-953d-b9051d9d0002', '01a22e4e-38d3-71cc-bd39-9f716bd20001', '01a22e4e-3055-73e0-af98-1bcdbd938904', 'n:530000000000001', '420000000000001', NULL, 'messages', '2026-11-30 21:13:28.017404+00', '\x7b2276616c7565223a7b226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d2c22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a22456d7265204572696b73656e227d2c22757365725f6964223a2255532e31373233383836383232343539383436383538222c2277615f6964223a223135353530313030303031227d5d2c227374617475736573223a5b7b226964223a2277616d69642e4842674c4d5455324d5459774d7a4d304d44635641674152474249354d6a49344e5552434e5449324d6a63304f545a444d6b4d41222c22737461747573223a2264656c697665726564222c2274696d657374616d70223a2231373936303733323037222c22726563697069656e745f6964223a223135353530313030303031222c22726563697069656e745f757365725f6964223a2255532e31373233383836383232343539383436383538222c2262697a5f6f70617175655f63616c6c6261636b5f64617461223a2230316132326534652d333834632d373332662d383066392d643336383334356236303665222c2270726963696e67223a7b2262696c6c61626c65223a66616c73652c2270726963696e675f6d6f64656c223a22504d50222c2263617465676f7279223a2273657276696365222c2274797065223a22667265655f637573746f6d65725f73657276696365227d7d5d7d2c226669656c64223a226d65737361676573227d');
INSERT INTO public.changes VALUES ('01a22e4e-46ad-721d-a144-1e682aba0001', '01a22e4e-4693-72fd-a787-a3e842d30001', '01a22e4e-3055-73e0-af98-1bcdbd938904', 'n:530000000000001', '420000000000001', 1764500000, 'messages', '2026-11-30 21:13:31.539558+00', '\x7b226669656c64223a20226d65737361676573222c202276616c7565223a207b226d6573736167696e675f70726f64756374223a20227768617473617070222c20226d65746164617461223a207b22646973706c61795f70686f6e655f6e756d626572223a20223135353530313334323031222c202270686f6e655f6e756d6265725f6964223a2022353330303030303030303030303031227d2c2022636f6e7461637473223a205b7b2270726f66696c65223a207b226e616d65223a2022416461227d2c202277615f6964223a20223135353530313030303031227d5d2c20226d65737361676573223a205b7b2266726f6d223a20223135353530313030303031222c20226964223a202277616d69642e5041524b4544222c202274696d657374616d70223a20226e6f7420612074696d65222c202274797065223a202274657874222c202274657874223a207b22626f6479223a20227061726b6564227d7d5d7d7d');


--
-- Data for Name: connect_sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.connect_sessions VALUES ('01a22e4e-32dc-74f6-8ec4-56f09ee465de', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '01a22e4e-303b-70df-b926-332fba971f93', 'redirect', 'nonce', '\x0591694bebbb46561ee56713ed491c7c9de79f49eef8b0e8e2eeafe126ed6386', 'http://127.0.0.1:18282/auth/meta-oauth/callback', NULL, 'completed', '01a22e4e-3308-7691-be48-d3b6b7572a51', NULL, '{"hints": {"event": null, "waba_id": null, "business_id": null, "phone_number_id": null}, "steps": [{"step": "exchange_code", "state": "done", "detail": "The login''s code was exchanged for a token.", "problem": null, "started_at": "2026-11-30T21:13:26.565495Z", "finished_at": "2026-11-30T21:13:26.596739Z"}, {"step": "exchange_long_lived", "state": "done", "detail": "The token was exchanged for a long-lived one.", "problem": null, "started_at": "2026-11-30T21:13:26.596739Z", "finished_at": "2026-11-30T21:13:26.660753Z"}, {"step": "inspect_token", "state": "done", "detail": "4 permissions granted.", "problem": null, "started_at": "2026-11-30T21:13:26.660753Z", "finished_at": "2026-11-30T21:13:26.697498Z"}, {"step": "find_assets", "state": "done", "detail": "1 number found in 1 WhatsApp Business Accounts.", "problem": null, "started_at": "2026-11-30T21:13:26.697498Z", "finished_at": "2026-11-30T21:13:26.772874Z"}, {"step": "choose", "state": "done", "detail": "One number, no choice needed.", "problem": null, "started_at": "2026-11-30T21:13:26.772874Z", "finished_at": "2026-11-30T21:13:26.785012Z"}, {"step": "subscribe", "state": "done", "detail": "The app is subscribed; read back from Meta.", "problem": null, "started_at": "2026-11-30T21:13:26.785012Z", "finished_at": "2026-11-30T21:13:26.847072Z"}, {"step": "register", "state": "done", "detail": "1 number registered.", "problem": null, "started_at": "2026-11-30T21:13:26.847072Z", "finished_at": "2026-11-30T21:13:26.885647Z"}, {"step": "read_health", "state": "done", "detail": "Quality, status and limits are read.", "problem": null, "started_at": "2026-11-30T21:13:26.885647Z", "finished_at": "2026-11-30T21:13:26.913296Z"}, {"step": "activate", "state": "done", "detail": null, "problem": null, "started_at": "2026-11-30T21:13:26.913296Z", "finished_at": "2026-11-30T21:13:26.936990Z"}], "wabas": [{"waba_id": "420000000000001", "confirmed": true, "subscribed_by_us": true}], "numbers": [{"pin": [1, 1, 162, 46, 78, 51, 14, 115, 143, 167, 95, 69, 252, 164, 21, 162, 180, 19, 127, 102, 228, 166, 252, 34, 91, 244, 231, 37, 82, 16, 149, 32, 125, 220, 142, 38, 29, 79, 45, 138, 90, 201, 238, 84, 130, 207, 152, 83, 40, 139, 70], "health": {"status": "CONNECTED", "name_status": "APPROVED", "is_coexistence": false, "quality_rating": "GREEN", "messaging_limit": "TIER_250", "throughput_level": "STANDARD", "code_verification_status": "VERIFIED"}, "pin_given": false, "phone_number_id": "530000000000001", "registered_by_us": true, "registration_problem": null}], "confirmed": true, "candidates": [{"health": {"status": "PENDING", "name_status": "APPROVED", "is_coexistence": false, "quality_rating": "GREEN", "messaging_limit": "TIER_250", "throughput_level": "NOT_APPLICABLE", "code_verification_status": "VERIFIED"}, "waba_id": "420000000000001", "waba_name": "Juniper & Sage Coffee", "takes_over": false, "business_id": "310000000000001", "unselectable": null, "business_name": "Juniper & Sage Coffee", "verified_name": "Juniper & Sage Coffee", "phone_number_id": "530000000000001", "already_connected": false, "display_phone_number": "+1 555-013-4201"}], "granted_wabas": ["420000000000001"]}', NULL, NULL, NULL, '2026-11-30 21:13:26.492572+00', '2026-12-01 21:13:26.553114+00', '2026-11-30 21:13:26.936998+00', 13);
INSERT INTO public.connect_sessions VALUES ('01a22e4e-34cc-75f0-904c-ef9c8b55d193', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '01a22e4e-303b-70df-b926-332fba971f93', 'redirect', 'nonce', '\x0591694bebbb46561ee56713ed491c7c9de79f49eef8b0e8e2eeafe126ed6386', 'http://127.0.0.1:18282/auth/meta-oauth/callback', NULL, 'completed', '01a22e4e-350d-7755-a0b5-12b50dc1a2ba', NULL, '{"hints": {"event": null, "waba_id": null, "business_id": null, "phone_number_id": null}, "steps": [{"step": "exchange_code", "state": "done", "detail": "The login''s code was exchanged for a token.", "problem": null, "started_at": "2026-11-30T21:13:27.081450Z", "finished_at": "2026-11-30T21:13:27.120982Z"}, {"step": "exchange_long_lived", "state": "done", "detail": "The token was exchanged for a long-lived one.", "problem": null, "started_at": "2026-11-30T21:13:27.120982Z", "finished_at": "2026-11-30T21:13:27.177049Z"}, {"step": "inspect_token", "state": "done", "detail": "4 permissions granted.", "problem": null, "started_at": "2026-11-30T21:13:27.177049Z", "finished_at": "2026-11-30T21:13:27.204493Z"}, {"step": "find_assets", "state": "done", "detail": "1 number found in 1 WhatsApp Business Accounts.", "problem": null, "started_at": "2026-11-30T21:13:27.204493Z", "finished_at": "2026-11-30T21:13:27.268170Z"}, {"step": "choose", "state": "done", "detail": "One number, no choice needed.", "problem": null, "started_at": "2026-11-30T21:13:27.268170Z", "finished_at": "2026-11-30T21:13:27.289344Z"}, {"step": "subscribe", "state": "done", "detail": "The app is subscribed; read back from Meta.", "problem": null, "started_at": "2026-11-30T21:13:27.289344Z", "finished_at": "2026-11-30T21:13:27.350950Z"}, {"step": "register", "state": "done", "detail": "1 number registered.", "problem": null, "started_at": "2026-11-30T21:13:27.350950Z", "finished_at": "2026-11-30T21:13:27.405758Z"}, {"step": "read_health", "state": "done", "detail": "Quality, status and limits are read.", "problem": null, "started_at": "2026-11-30T21:13:27.405758Z", "finished_at": "2026-11-30T21:13:27.452641Z"}, {"step": "activate", "state": "done", "detail": null, "problem": null, "started_at": "2026-11-30T21:13:27.452641Z", "finished_at": "2026-11-30T21:13:27.506059Z"}], "wabas": [{"waba_id": "420000000000002", "confirmed": true, "subscribed_by_us": true}], "numbers": [{"pin": [1, 1, 162, 46, 78, 51, 14, 115, 143, 167, 95, 69, 252, 164, 21, 162, 180, 217, 165, 6, 100, 228, 29, 56, 60, 154, 196, 61, 90, 161, 24, 149, 81, 84, 5, 107, 68, 8, 248, 187, 161, 237, 88, 88, 226, 137, 136, 109, 174, 113, 16], "health": {"status": "CONNECTED", "name_status": "APPROVED", "is_coexistence": false, "quality_rating": "GREEN", "messaging_limit": "TIER_250", "throughput_level": "STANDARD", "code_verification_status": "VERIFIED"}, "pin_given": false, "phone_number_id": "530000000000002", "registered_by_us": true, "registration_problem": null}], "confirmed": true, "candidates": [{"health": {"status": "PENDING", "name_status": "APPROVED", "is_coexistence": false, "quality_rating": "GREEN", "messaging_limit": "TIER_250", "throughput_level": "NOT_APPLICABLE", "code_verification_status": "VERIFIED"}, "waba_id": "420000000000002", "waba_name": "Harborview Dental", "takes_over": false, "business_id": "310000000000002", "unselectable": null, "business_name": "Harborview Dental Group", "verified_name": "Harborview Front Desk", "phone_number_id": "530000000000002", "already_connected": false, "display_phone_number": "+1 555-017-8810"}], "granted_wabas": ["420000000000002"]}', NULL, NULL, NULL, '2026-11-30 21:13:26.988814+00', '2026-12-01 21:13:27.061773+00', '2026-11-30 21:13:27.506067+00', 13);


--
-- Data for Name: contact_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.contact_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'phone', '15550100001', '01a22e4e-377f-705d-89bd-cdaea4600001');
INSERT INTO public.contact_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'phone', '15550100002', '01a22e4e-377f-705d-89bd-cdaea4600007');
INSERT INTO public.contact_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'user_id', 'US.1723886822459846858', '01a22e4e-377f-705d-89bd-cdaea4600001');
INSERT INTO public.contact_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'user_id', 'US.5736613554240516218', '01a22e4e-377f-705d-89bd-cdaea4600007');
INSERT INTO public.contact_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'phone', '15550100003', '01a22e4e-3784-7329-9a11-8e52b6f40001');
INSERT INTO public.contact_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'user_id', 'US.7680912910533092808', '01a22e4e-3784-7329-9a11-8e52b6f40001');


--
-- Data for Name: contacts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.contacts VALUES ('01a22e4e-377f-705d-89bd-cdaea4600001', '01a22e4e-3055-73e0-af98-1bcdbd938904', '15550100001', 'US.1723886822459846858', NULL, NULL, 'Emre Eriksen', NULL, false, 'emre eriksen
15550100001', '2026-11-30 21:13:27.679693+00', '2026-11-30 21:13:27.679693+00', 1);
INSERT INTO public.contacts VALUES ('01a22e4e-377f-705d-89bd-cdaea4600007', '01a22e4e-3055-73e0-af98-1bcdbd938904', '15550100002', 'US.5736613554240516218', NULL, NULL, 'Hana Haddad', NULL, false, 'hana haddad
15550100002', '2026-11-30 21:13:27.679693+00', '2026-11-30 21:13:27.679693+00', 1);
INSERT INTO public.contacts VALUES ('01a22e4e-3784-7329-9a11-8e52b6f40001', '01a22e4e-3055-73e0-af98-1bcdbd938904', '15550100003', 'US.7680912910533092808', NULL, NULL, 'Léa Dubois', NULL, false, 'léa dubois
15550100003', '2026-11-30 21:13:27.68415+00', '2026-11-30 21:13:27.68415+00', 1);


--
-- Data for Name: conversations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.conversations VALUES ('01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, 'open', NULL, 0, '2026-11-30 21:13:32.814276+00', '01a22e4e-4b81-7609-af7e-6257971b1309', '2026-11-30 21:13:27+00', NULL, NULL, '2026-11-30 21:13:27.679693+00', '2026-11-30 21:13:32.814276+00', 7);
INSERT INTO public.conversations VALUES ('01a22e4e-377f-705d-89bd-cdaea4600009', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600007', NULL, 'open', NULL, 0, '2026-11-30 21:13:32.927525+00', '01a22e4e-4bf9-72a4-8d89-fa335d0047bd', '2026-11-30 21:13:27+00', NULL, NULL, '2026-11-30 21:13:27.679693+00', '2026-11-30 21:13:32.927525+00', 3);
INSERT INTO public.conversations VALUES ('01a22e4e-3784-7329-9a11-8e52b6f40003', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-36d1-70f7-8036-c88a6427b7f5', '01a22e4e-3784-7329-9a11-8e52b6f40001', NULL, 'open', NULL, 0, '2026-11-30 21:13:33.041251+00', '01a22e4e-4c54-72cf-ad68-3aad07e1eccb', '2026-11-30 21:13:27+00', NULL, NULL, '2026-11-30 21:13:27.68415+00', '2026-11-30 21:13:33.041251+00', 2);


--
-- Data for Name: data_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.data_keys VALUES ('01a22e4e-303c-7340-8314-88aef022b690', '00000000-0000-0000-0000-000000000000', 'd84e263848ba4789', '\x014ea09b511d2d28fc4ff803041b345ae131a78d744c3990b9742a77ab9479e08e3593da07cd7b3c0357815030a7c87e4ecff52f62c1ce3a9fc029bf66', '2026-11-30 21:13:25.820783+00', '2026-11-30 21:13:25.820783+00');
INSERT INTO public.data_keys VALUES ('01a22e4e-330e-738f-a75f-45fca415a2b4', '01a22e4e-3055-73e0-af98-1bcdbd938904', 'd84e263848ba4789', '\x01efa7374b3766b08b3ce6b801ebc1e668eac1664bfd82fa0686bd736b317c0dc1b60d5f4d76406e034d7181619510b3ea99e597a9b45056ed3a0a7398', '2026-11-30 21:13:26.54208+00', '2026-11-30 21:13:26.54208+00');


--
-- Data for Name: deliveries; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.deliveries VALUES ('01a22e4e-3742-748e-9e1f-238466a90001', NULL, '2026-11-30 21:13:27.617999+00', '\x7b226f626a656374223a2277686174736170705f627573696e6573735f6163636f756e74222c22656e747279223a5b7b226964223a22343230303030303030303030303031222c226368616e676573223a5b7b2276616c7565223a7b22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a22456d7265204572696b73656e227d2c22757365725f6964223a2255532e31373233383836383232343539383436383538222c2277615f6964223a223135353530313030303031227d5d2c226d65737361676573223a5b7b2266726f6d223a223135353530313030303031222c2266726f6d5f757365725f6964223a2255532e31373233383836383232343539383436383538222c226964223a2277616d69642e484267705a626c5369634b4a365a62524867574a3736673277647062326c6e6635596342516d793d222c2274657874223a7b22626f6479223a2248656c6c6f2066726f6d203135353530313030303031227d2c2274696d657374616d70223a2231373936303733323037222c2274797065223a2274657874227d5d2c226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d7d2c226669656c64223a226d65737361676573227d5d7d5d7d', NULL);
INSERT INTO public.deliveries VALUES ('01a22e4e-3742-748e-9e1f-238466a90002', NULL, '2026-11-30 21:13:27.618124+00', '\x7b226f626a656374223a2277686174736170705f627573696e6573735f6163636f756e74222c22656e747279223a5b7b226964223a22343230303030303030303030303031222c226368616e676573223a5b7b2276616c7565223a7b22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a2248616e6120486164646164227d2c22757365725f6964223a2255532e35373336363133353534323430353136323138222c2277615f6964223a223135353530313030303032227d5d2c226d65737361676573223a5b7b2266726f6d223a223135353530313030303032222c2266726f6d5f757365725f6964223a2255532e35373336363133353534323430353136323138222c226964223a2277616d69642e484267546f427844716a463076327a566448776f58486b7178736c306275724141644369516a653d222c2274657874223a7b22626f6479223a2248656c6c6f2066726f6d203135353530313030303032227d2c2274696d657374616d70223a2231373936303733323037222c2274797065223a2274657874227d5d2c226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d7d2c226669656c64223a226d65737361676573227d5d7d5d7d', NULL);
INSERT INTO public.deliveries VALUES ('01a22e4e-3742-748e-9e1f-238566f40001', NULL, '2026-11-30 21:13:27.618167+00', '\x7b226f626a656374223a2277686174736170705f627573696e6573735f6163636f756e74222c22656e747279223a5b7b226964223a22343230303030303030303030303032222c226368616e676573223a5b7b2276616c7565223a7b22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a224c5c753030653961204475626f6973227d2c22757365725f6964223a2255532e37363830393132393130353333303932383038222c2277615f6964223a223135353530313030303033227d5d2c226d65737361676573223a5b7b2266726f6d223a223135353530313030303033222c2266726f6d5f757365725f6964223a2255532e37363830393132393130353333303932383038222c226964223a2277616d69642e4842675338356f374357767a3542505277684b6964527144434f795462636e54336e7a445172553d222c2274657874223a7b22626f6479223a2248656c6c6f2066726f6d203135353530313030303033227d2c2274696d657374616d70223a2231373936303733323037222c2274797065223a2274657874227d5d2c226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313738383130222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303032227d7d2c226669656c64223a226d65737361676573227d5d7d5d7d', NULL);
INSERT INTO public.deliveries VALUES ('01a22e4e-38d3-71cc-bd39-9f716bd20001', NULL, '2026-11-30 21:13:28.017404+00', '\x7b226f626a656374223a2277686174736170705f627573696e6573735f6163636f756e74222c22656e747279223a5b7b226964223a22343230303030303030303030303031222c226368616e676573223a5b7b2276616c7565223a7b226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d2c22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a22456d7265204572696b73656e227d2c22757365725f6964223a2255532e31373233383836383232343539383436383538222c2277615f6964223a223135353530313030303031227d5d2c227374617475736573223a5b7b226964223a2277616d69642e4842674c4d5455324d5459774d7a4d304d44635641674152474249354d6a49344e5552434e5449324d6a63304f545a444d6b4d41222c22737461747573223a2273656e74222c2274696d657374616d70223a2231373936303733323037222c22726563697069656e745f6964223a223135353530313030303031222c22726563697069656e745f757365725f6964223a2255532e31373233383836383232343539383436383538222c2262697a5f6f70617175655f63616c6c6261636b5f64617461223a2230316132326534652d333834632d373332662d383066392d643336383334356236303665222c2270726963696e67223a7b2262696c6c61626c65223a66616c73652c2270726963696e675f6d6f64656c223a22504d50222c2263617465676f7279223a2273657276696365222c2274797065223a22667265655f637573746f6d65725f73657276696365227d7d5d7d2c226669656c64223a226d65737361676573227d2c7b2276616c7565223a7b226d6573736167696e675f70726f64756374223a227768617473617070222c226d65746164617461223a7b22646973706c61795f70686f6e655f6e756d626572223a223135353530313334323031222c2270686f6e655f6e756d6265725f6964223a22353330303030303030303030303031227d2c22636f6e7461637473223a5b7b2270726f66696c65223a7b226e616d65223a22456d7265204572696b73656e227d2c22757365725f6964223a2255532e31373233383836383232343539383436383538222c2277615f6964223a223135353530313030303031227d5d2c227374617475736573223a5b7b226964223a2277616d69642e4842674c4d5455324d5459774d7a4d304d44635641674152474249354d6a49344e5552434e5449324d6a63304f545a444d6b4d41222c22737461747573223a2264656c697665726564222c2274696d657374616d70223a2231373936303733323037222c22726563697069656e745f6964223a223135353530313030303031222c22726563697069656e745f757365725f6964223a2255532e31373233383836383232343539383436383538222c2262697a5f6f70617175655f63616c6c6261636b5f64617461223a2230316132326534652d333834632d373332662d383066392d643336383334356236303665222c2270726963696e67223a7b2262696c6c61626c65223a66616c73652c2270726963696e675f6d6f64656c223a22504d50222c2263617465676f7279223a2273657276696365222c2274797065223a22667265655f637573746f6d65725f73657276696365227d7d5d7d2c226669656c64223a226d65737361676573227d5d7d5d7d', NULL);
INSERT INTO public.deliveries VALUES ('01a22e4e-4693-72fd-a787-a3e842d30001', NULL, '2026-11-30 21:13:31.539558+00', '\x7b226f626a656374223a202277686174736170705f627573696e6573735f6163636f756e74222c2022656e747279223a205b7b226964223a2022343230303030303030303030303031222c202274696d65223a20313736343530303030302c20226368616e676573223a205b7b226669656c64223a20226d65737361676573222c202276616c7565223a207b226d6573736167696e675f70726f64756374223a20227768617473617070222c20226d65746164617461223a207b22646973706c61795f70686f6e655f6e756d626572223a20223135353530313334323031222c202270686f6e655f6e756d6265725f6964223a2022353330303030303030303030303031227d2c2022636f6e7461637473223a205b7b2270726f66696c65223a207b226e616d65223a2022416461227d2c202277615f6964223a20223135353530313030303031227d5d2c20226d65737361676573223a205b7b2266726f6d223a20223135353530313030303031222c20226964223a202277616d69642e5041524b4544222c202274696d657374616d70223a20226e6f7420612074696d65222c202274797065223a202274657874222c202274657874223a207b22626f6479223a20227061726b6564227d7d5d7d7d5d7d5d7d', NULL);
INSERT INTO public.deliveries VALUES ('01a22e4e-4fa4-7123-8000-000001230001', NULL, '2026-11-30 21:13:34.416872+00', '\x7b226f626a656374223a202277686174736170705f627573696e6573735f6163636f756e74222c2022656e747279223a205b7b226964223a2022343230303030303030303030303031222c202274696d65223a20313736343530303030302c20226368616e676573223a205b7b226669656c64223a20226d65737361676573222c202276616c7565223a207b226d6573736167696e675f70726f64756374223a20227768617473617070222c20226d65746164617461223a207b22646973706c61795f70686f6e655f6e756d626572223a20223135353530313334323031222c202270686f6e655f6e756d6265725f6964223a2022353330303030303030303030303031227d2c2022636f6e7461637473223a205b7b2270726f66696c65223a207b226e616d65223a2022416461227d2c202277615f6964223a20223135353530313030303031227d5d2c20226d65737361676573223a205b7b2266726f6d223a20223135353530313030303031222c20226964223a202277616d69642e554e53504c4954222c202274696d657374616d70223a202231373936303733323133222c202274797065223a202274657874222c202274657874223a207b22626f6479223a2022756e73706c6974227d7d5d7d7d5d7d5d7d', NULL);


--
-- Data for Name: event_heads; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.event_heads VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 25);


--
-- Data for Name: grants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.grants VALUES ('01a22e4e-3308-7691-be48-d3b6b7572a51', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-303b-70df-b926-332fba971f93', '\x0101a22e4e330e738fa75f45fca415a2b46e4d190fda76c624b20e658bfa27c931815f3b953cfa86add7de03d3cbeb1eee403a9aa7f62da4d54fc003bd9fc4e685a5be5d378bc2cda35ff4289835e067c0e952549d2f8344be914c6355a6f55d8d2e10553d29b56bb3f5b4a4024981227104070295d391ea8c5ed41ea9359fef7e8548da3d58e9a53e942399cb931c320ddef71f68a741bed298cd246930aef969ad1ed4e80801998131d3311b38a774', 'user', '122000000000001', '["business_management", "public_profile", "whatsapp_business_management", "whatsapp_business_messaging"]', 'at', '2096-01-01 00:00:00+00', 'at', '2096-01-01 00:00:00+00', 'active', NULL, '2026-11-30 21:13:26.69737+00', '2026-11-30 21:13:26.582636+00', '2026-11-30 21:13:26.936984+00', 4);
INSERT INTO public.grants VALUES ('01a22e4e-350d-7755-a0b5-12b50dc1a2ba', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-303b-70df-b926-332fba971f93', '\x0101a22e4e330e738fa75f45fca415a2b4b5bb667d22a604773daad97ad24ee40a5f0d063c96c647bf263799d43c7f36757eb13309df93f48e2f4d88a8231ae511ca9981d175da789c59644614ef9a77ff1085b09eaf0b62a3f4afddfdb6b6ee33d15cb54ecb63315f56c9a048abecb2bdbab3df76269b6d5476debe49781970d20f36f07f3a55901fb5a1f1d062c9508dbad84e348294f77188fe1a39cc50a5f20e940b455cbcc68ba5079041e2935c', 'user', '122000000000001', '["business_management", "public_profile", "whatsapp_business_management", "whatsapp_business_messaging"]', 'at', '2096-01-01 00:00:00+00', 'at', '2096-01-01 00:00:00+00', 'active', NULL, '2026-11-30 21:13:27.204371+00', '2026-11-30 21:13:27.104513+00', '2026-11-30 21:13:27.506053+00', 4);


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-delivered', '\xffde915806395f95e6dbd7b9a99659cc98b89386408beea6fbc20265819681ce', '[{"queued":"01a22e4e-384c-732f-80f9-d368345b606e"}]', '2026-11-30 21:13:27.903274+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-failed', '\x605abb9ead79e0c6b08f93e8ac43b233e72c336857bfe75dc24a4c85af239d1c', '[{"queued":"01a22e4e-39c9-7585-a805-89ad9e4f3ed0"}]', '2026-11-30 21:13:28.269732+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-unknown', '\x08fffad5aa1e2ce5f7ab8aeb8e24748ae9ccff036ff12ddc5cf37a9066b941a0', '[{"queued":"01a22e4e-3b38-7614-a08a-c5dbef114923"}]', '2026-11-30 21:13:28.648798+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-queued_0', '\x6321fd6165d19382ce5d948c997a2f61cbd8393e564166db1c4d2deeebe63171', '[{"queued":"01a22e4e-4ae2-7279-8fd7-9ca69c7cf96e"}]', '2026-11-30 21:13:32.645528+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-queued_1', '\xa376ff59a352470cb52623ba1e2b328144e52446d6899e6bf56b2c086dbdc8ef', '[{"queued":"01a22e4e-4b13-7398-8441-1802467e6c29"}]', '2026-11-30 21:13:32.694619+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-queued_2', '\x9dd936b5e5bf8ac7338721f4de7672028fdfa2ccce3cf79a00d20af8f472e74f', '[{"queued":"01a22e4e-4b54-7710-89fb-43cdf0dc3d05"}]', '2026-11-30 21:13:32.75855+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-cancelled', '\x7ba8b46bc4e85e4ccf638cd732866cd5b72abfc080dad0be715e2417a39624ac', '[{"queued":"01a22e4e-4b81-7609-af7e-6257971b1309"}]', '2026-11-30 21:13:32.814276+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-scheduled', '\x8e01edb0d42fc23555fc13bed3e7578b3b64c0b04fa4bd1754dff9261499f94c', '[{"queued":"01a22e4e-4bf9-72a4-8d89-fa335d0047bd"}]', '2026-11-30 21:13:32.927525+00');
INSERT INTO public.idempotency_keys VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'key-dispatching', '\xf3c75619712a1f34853ceaf050d244660cc6bed8321c6fd0d74f85c711b85a46', '[{"queued":"01a22e4e-4c54-72cf-ad68-3aad07e1eccb"}]', '2026-11-30 21:13:33.041251+00');


--
-- Data for Name: journal_batches; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.journal_batches VALUES ('01a22e4e-4fa4-7123-8000-000001230000', '01a22e4e-4fa4-7123-8000-000001230001', 1, 470);


--
-- Data for Name: media; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: memberships; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.memberships VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'owner', '2026-11-30 21:13:25.982482+00', '2026-11-30 21:13:26.454568+00');


--
-- Data for Name: message_statuses; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.message_statuses VALUES ('01a22e4e-384c-732f-80f9-d368345b606e', 'sent', '', '2026-11-30 21:13:27+00', NULL, '{"billable":false,"model":"PMP","type":"free_customer_service","category":"service"}');
INSERT INTO public.message_statuses VALUES ('01a22e4e-384c-732f-80f9-d368345b606e', 'delivered', '', '2026-11-30 21:13:27+00', NULL, '{"billable":false,"model":"PMP","type":"free_customer_service","category":"service"}');


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.messages VALUES ('01a22e4e-377f-705d-89bd-cdaea4600005', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, 'wamid.HBgpZblSicKJ6ZbRHgWJ76g2wdpb2lnf5YcBQmy=', 'inbound', '{"type":"text","body":"Hello from 15550100001"}', NULL, NULL, 'received', NULL, NULL, NULL, '2026-11-30 21:13:27+00', NULL, NULL, '2026-11-30 21:13:27.679693+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.messages VALUES ('01a22e4e-377f-705d-89bd-cdaea460000b', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600009', '01a22e4e-377f-705d-89bd-cdaea4600007', NULL, 'wamid.HBgToBxDqjF0v2zVdHwoXHkqxsl0burAAdCiQje=', 'inbound', '{"type":"text","body":"Hello from 15550100002"}', NULL, NULL, 'received', NULL, NULL, NULL, '2026-11-30 21:13:27+00', NULL, NULL, '2026-11-30 21:13:27.679693+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.messages VALUES ('01a22e4e-3784-7329-9a11-8e52b6f40005', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-36d1-70f7-8036-c88a6427b7f5', '01a22e4e-3784-7329-9a11-8e52b6f40003', '01a22e4e-3784-7329-9a11-8e52b6f40001', NULL, 'wamid.HBgS85o7CWvz5BPRwhKidRqDCOyTbcnT3nzDQrU=', 'inbound', '{"type":"text","body":"Hello from 15550100003"}', NULL, NULL, 'received', NULL, NULL, NULL, '2026-11-30 21:13:27+00', NULL, NULL, '2026-11-30 21:13:27.68415+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.messages VALUES ('01a22e4e-384c-732f-80f9-d368345b606e', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, 'wamid.HBgLMTU2MTYwMzM0MDcVAgARGBI5MjI4NURCNTI2Mjc0OTZDMkMA', 'outbound', '{"type":"text","body":"delivered"}', NULL, NULL, 'delivered', NULL, '{"billable":false,"model":"PMP","type":"free_customer_service","category":"service"}', NULL, '2026-11-30 21:13:27.903274+00', NULL, NULL, '2026-11-30 21:13:27.903274+00', NULL, 1, '', '2026-11-30 21:13:27.903274+00', '2026-12-01 21:13:27.882182+00', 1, 1, '2026-11-30 21:13:27.963233+00', NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"text":{"body":"delivered"},"to":"+15550100001","type":"text"}');
INSERT INTO public.messages VALUES ('01a22e4e-39c9-7585-a805-89ad9e4f3ed0', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, NULL, 'outbound', '{"type":"text","body":"failed"}', NULL, NULL, 'failed', '[{"code":131026,"message":"(#131026) Message undeliverable","details":"Message Undeliverable. The recipient is not a WhatsApp user, has not accepted the terms of service, or uses an old version."}]', NULL, NULL, '2026-11-30 21:13:28.269732+00', NULL, NULL, '2026-11-30 21:13:28.269732+00', 4, 1, '', '2026-11-30 21:13:28.269732+00', '2026-12-01 21:13:28.264944+00', 1, 1, '2026-11-30 21:13:28.328889+00', NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"text":{"body":"failed"},"to":"+15550100001","type":"text"}');
INSERT INTO public.messages VALUES ('01a22e4e-3b38-7614-a08a-c5dbef114923', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600009', '01a22e4e-377f-705d-89bd-cdaea4600007', NULL, NULL, 'outbound', '{"type":"text","body":"unknown"}', NULL, NULL, 'unknown', '[{"code":131016,"message":"(#131016) Service unavailable","details":"A service is temporarily unavailable."}]', NULL, NULL, '2026-11-30 21:13:28.648798+00', NULL, NULL, '2026-11-30 21:13:28.648798+00', 3, 1, '', '2026-11-30 21:13:30.700748+00', '2026-12-01 21:13:28.632379+00', 65537, 1, '2026-11-30 21:13:28.679811+00', NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"text":{"body":"unknown"},"to":"+15550100002","type":"text"}');
INSERT INTO public.messages VALUES ('01a22e4e-4b81-7609-af7e-6257971b1309', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, NULL, 'outbound', '{"type":"text","body":"cancelled"}', NULL, NULL, 'cancelled', NULL, NULL, NULL, '2026-11-30 21:13:32.814276+00', NULL, NULL, '2026-11-30 21:13:32.814276+00', NULL, 1, '', '2026-11-30 21:13:32.814276+00', '2026-12-01 21:13:32.800908+00', 0, 0, NULL, NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"text":{"body":"cancelled"},"to":"+15550100001","type":"text"}');
INSERT INTO public.messages VALUES ('01a22e4e-4c54-72cf-ad68-3aad07e1eccb', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-36d1-70f7-8036-c88a6427b7f5', '01a22e4e-3784-7329-9a11-8e52b6f40003', '01a22e4e-3784-7329-9a11-8e52b6f40001', NULL, NULL, 'outbound', '{"type":"text","body":"dispatching"}', NULL, NULL, 'sending', NULL, NULL, NULL, '2026-11-30 21:13:33.041251+00', NULL, NULL, '2026-11-30 21:13:33.041251+00', 1, 1, '', '2026-11-30 21:13:33.041251+00', '2026-12-01 21:13:33.010696+00', 1, 1, '2026-11-30 21:13:33.138969+00', NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"text":{"body":"dispatching"},"to":"+15550100003","type":"text"}');
INSERT INTO public.messages VALUES ('01a22e4e-4ae2-7279-8fd7-9ca69c7cf96e', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, NULL, 'outbound', '{"type":"template","name":"queued_0","language":"en","components":[]}', NULL, NULL, 'queued', NULL, NULL, NULL, '2026-11-30 21:13:32.645528+00', NULL, NULL, '2026-11-30 21:13:32.645528+00', 0, 1, '', '2026-11-30 21:13:32.645528+00', '2096-01-01 00:00:00+00', 0, 0, NULL, NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"template":{"language":{"code":"en"},"name":"queued_0"},"to":"+15550100001","type":"template"}');
INSERT INTO public.messages VALUES ('01a22e4e-4b13-7398-8441-1802467e6c29', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, NULL, 'outbound', '{"type":"template","name":"queued_1","language":"en","components":[]}', NULL, NULL, 'queued', NULL, NULL, NULL, '2026-11-30 21:13:32.694619+00', NULL, NULL, '2026-11-30 21:13:32.694619+00', 0, 1, '', '2026-11-30 21:13:32.694619+00', '2096-01-01 00:00:00+00', 0, 0, NULL, NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"template":{"language":{"code":"en"},"name":"queued_1"},"to":"+15550100001","type":"template"}');
INSERT INTO public.messages VALUES ('01a22e4e-4b54-7710-89fb-43cdf0dc3d05', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600003', '01a22e4e-377f-705d-89bd-cdaea4600001', NULL, NULL, 'outbound', '{"type":"template","name":"queued_2","language":"en","components":[]}', NULL, NULL, 'queued', NULL, NULL, NULL, '2026-11-30 21:13:32.75855+00', NULL, NULL, '2026-11-30 21:13:32.75855+00', 0, 1, '', '2026-11-30 21:13:32.75855+00', '2096-01-01 00:00:00+00', 0, 0, NULL, NULL, NULL, NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"template":{"language":{"code":"en"},"name":"queued_2"},"to":"+15550100001","type":"template"}');
INSERT INTO public.messages VALUES ('01a22e4e-4bf9-72a4-8d89-fa335d0047bd', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-377f-705d-89bd-cdaea4600009', '01a22e4e-377f-705d-89bd-cdaea4600007', NULL, NULL, 'outbound', '{"type":"template","name":"scheduled","language":"en","components":[]}', NULL, NULL, 'queued', NULL, NULL, NULL, '2026-11-30 21:13:32.927525+00', NULL, NULL, '2026-11-30 21:13:32.927525+00', 0, 1, '', '2095-12-31 00:00:00+00', '2096-01-01 00:00:00+00', 0, 0, NULL, NULL, 'scheduled', NULL, '01a22e4e-30de-77ea-98fa-d512a09d5d7f', '{"template":{"language":{"code":"en"},"name":"scheduled"},"to":"+15550100002","type":"template"}');


--
-- Data for Name: meta_apps; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.meta_apps VALUES ('01a22e4e-303b-70df-b926-332fba971f93', '00000000-0000-0000-0000-000000000000', '880000000000002', 'Platform app', '\x0101a22e4e303c7340831488aef022b69002cd2385b77cddb04ee73ded85d97eeeaf606a474087885d0f7505d4f6e28202c1b027af618d90a6d212843480167d57a72fc6c90b2eff0b3009285f', '\x0101a22e4e303c7340831488aef022b690a930c92358289b3840f2e3a33c34bf77d9b80193042156c2bbc054558f7f6c4d5d2a35696799458131f285fdaf', NULL, '2026-11-30 21:13:25.819943+00', '2026-11-30 21:13:25.819943+00');


--
-- Data for Name: meta_media; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: number_inbound; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.number_inbound VALUES ('01a22e4e-3498-710b-a3ac-07042ae4e424', 2);
INSERT INTO public.number_inbound VALUES ('01a22e4e-36d1-70f7-8036-c88a6427b7f5', 1);


--
-- Data for Name: number_queues; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.number_queues VALUES ('01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-319e-712c-9ac2-2a3e2cbec56a', 1, '2026-11-30 21:13:38.605781+00', true, NULL, NULL, NULL);
INSERT INTO public.number_queues VALUES ('01a22e4e-36d1-70f7-8036-c88a6427b7f5', '01a22e4e-319e-712c-9ac2-2a3e2cbec56a', 1, '2026-11-30 21:13:38.605781+00', false, NULL, NULL, NULL);


--
-- Data for Name: one_time_links; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: org_events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 1, '01a22e4e-377f-705d-89bd-cdaea4600002', '2026-11-30 21:13:27.679693+00', '01a22e4e-377f-705d-89bd-cdaea4600001', '{"type":"contact.updated","data":{"id":"01a22e4e-377f-705d-89bd-cdaea4600001","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","phone":"15550100001","userId":"US.1723886822459846858","profileName":"Emre Eriksen","optedOut":false,"createdAt":"2026-11-30T21:13:27.679693Z","updatedAt":"2026-11-30T21:13:27.679693Z"}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 2, '01a22e4e-377f-705d-89bd-cdaea4600004', '2026-11-30 21:13:27.679693+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"conversation.updated","data":{"id":"01a22e4e-377f-705d-89bd-cdaea4600003","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","peer":{"kind":"contact","id":"01a22e4e-377f-705d-89bd-cdaea4600001"},"state":"open","unread":0,"lastMessageAt":"2026-11-30T21:13:27Z","createdAt":"2026-11-30T21:13:27.679693Z","updatedAt":"2026-11-30T21:13:27.679693Z"}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 3, '01a22e4e-377f-705d-89bd-cdaea4600006', '2026-11-30 21:13:27.679693+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.received","data":{"message":{"id":"01a22e4e-377f-705d-89bd-cdaea4600005","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","contact":"01a22e4e-377f-705d-89bd-cdaea4600001","wamid":"wamid.HBgpZblSicKJ6ZbRHgWJ76g2wdpb2lnf5YcBQmy=","direction":"inbound","content":{"type":"text","body":"Hello from 15550100001"},"status":"received","at":"2026-11-30T21:13:27Z","createdAt":"2026-11-30T21:13:27.679693Z"},"from":{"phone":"15550100001","userId":"US.1723886822459846858","profileName":"Emre Eriksen"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 4, '01a22e4e-377f-705d-89bd-cdaea4600008', '2026-11-30 21:13:27.679693+00', '01a22e4e-377f-705d-89bd-cdaea4600007', '{"type":"contact.updated","data":{"id":"01a22e4e-377f-705d-89bd-cdaea4600007","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","phone":"15550100002","userId":"US.5736613554240516218","profileName":"Hana Haddad","optedOut":false,"createdAt":"2026-11-30T21:13:27.679693Z","updatedAt":"2026-11-30T21:13:27.679693Z"}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 5, '01a22e4e-377f-705d-89bd-cdaea460000a', '2026-11-30 21:13:27.679693+00', '01a22e4e-377f-705d-89bd-cdaea4600009', '{"type":"conversation.updated","data":{"id":"01a22e4e-377f-705d-89bd-cdaea4600009","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","peer":{"kind":"contact","id":"01a22e4e-377f-705d-89bd-cdaea4600007"},"state":"open","unread":0,"lastMessageAt":"2026-11-30T21:13:27Z","createdAt":"2026-11-30T21:13:27.679693Z","updatedAt":"2026-11-30T21:13:27.679693Z"}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 6, '01a22e4e-377f-705d-89bd-cdaea460000c', '2026-11-30 21:13:27.679693+00', '01a22e4e-377f-705d-89bd-cdaea4600009', '{"type":"message.received","data":{"message":{"id":"01a22e4e-377f-705d-89bd-cdaea460000b","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600009","contact":"01a22e4e-377f-705d-89bd-cdaea4600007","wamid":"wamid.HBgToBxDqjF0v2zVdHwoXHkqxsl0burAAdCiQje=","direction":"inbound","content":{"type":"text","body":"Hello from 15550100002"},"status":"received","at":"2026-11-30T21:13:27Z","createdAt":"2026-11-30T21:13:27.679693Z"},"from":{"phone":"15550100002","userId":"US.5736613554240516218","profileName":"Hana Haddad"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 7, '01a22e4e-3784-7329-9a11-8e52b6f40002', '2026-11-30 21:13:27.68415+00', '01a22e4e-3784-7329-9a11-8e52b6f40001', '{"type":"contact.updated","data":{"id":"01a22e4e-3784-7329-9a11-8e52b6f40001","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","phone":"15550100003","userId":"US.7680912910533092808","profileName":"Léa Dubois","optedOut":false,"createdAt":"2026-11-30T21:13:27.684150Z","updatedAt":"2026-11-30T21:13:27.684150Z"}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 8, '01a22e4e-3784-7329-9a11-8e52b6f40004', '2026-11-30 21:13:27.68415+00', '01a22e4e-3784-7329-9a11-8e52b6f40003', '{"type":"conversation.updated","data":{"id":"01a22e4e-3784-7329-9a11-8e52b6f40003","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-36d1-70f7-8036-c88a6427b7f5","peer":{"kind":"contact","id":"01a22e4e-3784-7329-9a11-8e52b6f40001"},"state":"open","unread":0,"lastMessageAt":"2026-11-30T21:13:27Z","createdAt":"2026-11-30T21:13:27.684150Z","updatedAt":"2026-11-30T21:13:27.684150Z"}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 9, '01a22e4e-3784-7329-9a11-8e52b6f40006', '2026-11-30 21:13:27.68415+00', '01a22e4e-3784-7329-9a11-8e52b6f40003', '{"type":"message.received","data":{"message":{"id":"01a22e4e-3784-7329-9a11-8e52b6f40005","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-36d1-70f7-8036-c88a6427b7f5","conversation":"01a22e4e-3784-7329-9a11-8e52b6f40003","contact":"01a22e4e-3784-7329-9a11-8e52b6f40001","wamid":"wamid.HBgS85o7CWvz5BPRwhKidRqDCOyTbcnT3nzDQrU=","direction":"inbound","content":{"type":"text","body":"Hello from 15550100003"},"status":"received","at":"2026-11-30T21:13:27Z","createdAt":"2026-11-30T21:13:27.684150Z"},"from":{"phone":"15550100003","userId":"US.7680912910533092808","profileName":"Léa Dubois"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 10, '01a22e4e-385f-7641-a48c-b27979260001', '2026-11-30 21:13:27.903274+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-384c-732f-80f9-d368345b606e","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","contact":"01a22e4e-377f-705d-89bd-cdaea4600001","direction":"outbound","content":{"type":"text","body":"delivered"},"status":"queued","at":"2026-11-30T21:13:27.903274Z","createdAt":"2026-11-30T21:13:27.903274Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:27.903274Z","expiresAt":"2026-12-01T21:13:27.882182Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100001"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 11, '01a22e4e-38b4-77e2-8c50-6ee17a7a0001', '2026-11-30 21:13:27.988802+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.sending","data":{"message":"01a22e4e-384c-732f-80f9-d368345b606e","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","wamid":"wamid.HBgLMTU2MTYwMzM0MDcVAgARGBI5MjI4NURCNTI2Mjc0OTZDMkMA","status":"accepted","job":{"state":"underway","priority":"normal","dueAt":"2026-11-30T21:13:27.903274Z","expiresAt":"2026-12-01T21:13:27.882182Z","attempt":1,"epoch":1,"dispatchedAt":"2026-11-30T21:13:27.963233Z","author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 12, '01a22e4e-3941-7096-b061-026db7330001', '2026-11-30 21:13:28.129519+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.status","data":{"conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","wamid":"wamid.HBgLMTU2MTYwMzM0MDcVAgARGBI5MjI4NURCNTI2Mjc0OTZDMkMA","status":"sent","entry":{"message":"01a22e4e-384c-732f-80f9-d368345b606e","status":"sent","at":"2026-11-30T21:13:27Z","pricing":{"billable":false,"model":"PMP","type":"free_customer_service","category":"service"}}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 13, '01a22e4e-3941-7096-b061-026db7330002', '2026-11-30 21:13:28.129519+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.status","data":{"conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","wamid":"wamid.HBgLMTU2MTYwMzM0MDcVAgARGBI5MjI4NURCNTI2Mjc0OTZDMkMA","status":"delivered","entry":{"message":"01a22e4e-384c-732f-80f9-d368345b606e","status":"delivered","at":"2026-11-30T21:13:27Z","pricing":{"billable":false,"model":"PMP","type":"free_customer_service","category":"service"}}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 14, '01a22e4e-39cd-7693-b112-3c570c290001', '2026-11-30 21:13:28.269732+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-39c9-7585-a805-89ad9e4f3ed0","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","contact":"01a22e4e-377f-705d-89bd-cdaea4600001","direction":"outbound","content":{"type":"text","body":"failed"},"status":"queued","at":"2026-11-30T21:13:28.269732Z","createdAt":"2026-11-30T21:13:28.269732Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:28.269732Z","expiresAt":"2026-12-01T21:13:28.264944Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100001"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 15, '01a22e4e-3a26-74c9-aa3c-54f4fb6e0001', '2026-11-30 21:13:28.358954+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.sending","data":{"message":"01a22e4e-39c9-7585-a805-89ad9e4f3ed0","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","wamid":null,"status":"failed","job":{"state":"failed","priority":"normal","dueAt":"2026-11-30T21:13:28.269732Z","expiresAt":"2026-12-01T21:13:28.264944Z","attempt":1,"epoch":1,"dispatchedAt":"2026-11-30T21:13:28.328889Z","author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"},"errors":[{"code":131026,"message":"(#131026) Message undeliverable","details":"Message Undeliverable. The recipient is not a WhatsApp user, has not accepted the terms of service, or uses an old version."}]}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 16, '01a22e4e-3b48-74de-8741-cbeb13f30001', '2026-11-30 21:13:28.648798+00', '01a22e4e-377f-705d-89bd-cdaea4600009', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-3b38-7614-a08a-c5dbef114923","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600009","contact":"01a22e4e-377f-705d-89bd-cdaea4600007","direction":"outbound","content":{"type":"text","body":"unknown"},"status":"queued","at":"2026-11-30T21:13:28.648798Z","createdAt":"2026-11-30T21:13:28.648798Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:28.648798Z","expiresAt":"2026-12-01T21:13:28.632379Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100002"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 17, '01a22e4e-3b7c-76b6-aba1-08b683190001', '2026-11-30 21:13:28.700878+00', '01a22e4e-377f-705d-89bd-cdaea4600009', '{"type":"message.sending","data":{"message":"01a22e4e-3b38-7614-a08a-c5dbef114923","conversation":"01a22e4e-377f-705d-89bd-cdaea4600009","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","wamid":null,"status":"sending","job":{"state":"proving","priority":"normal","dueAt":"2026-11-30T21:13:30.700748Z","expiresAt":"2026-12-01T21:13:28.632379Z","attempt":1,"epoch":1,"dispatchedAt":"2026-11-30T21:13:28.679811Z","wait":"proof","author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"},"errors":[{"code":131016,"message":"(#131016) Service unavailable","details":"A service is temporarily unavailable."}]}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 18, '01a22e4e-45aa-7408-b985-63ba22e00001', '2026-11-30 21:13:31.306536+00', '01a22e4e-377f-705d-89bd-cdaea4600009', '{"type":"message.sending","data":{"message":"01a22e4e-3b38-7614-a08a-c5dbef114923","conversation":"01a22e4e-377f-705d-89bd-cdaea4600009","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","wamid":null,"status":"unknown","job":{"state":"unknown","priority":"normal","dueAt":"2026-11-30T21:13:30.700748Z","expiresAt":"2026-12-01T21:13:28.632379Z","attempt":1,"epoch":1,"dispatchedAt":"2026-11-30T21:13:28.679811Z","inDoubt":1,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"},"errors":[{"code":131016,"message":"(#131016) Service unavailable","details":"A service is temporarily unavailable."}]}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 21, '01a22e4e-4b56-7229-a6b0-b569a2240001', '2026-11-30 21:13:32.75855+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-4b54-7710-89fb-43cdf0dc3d05","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","contact":"01a22e4e-377f-705d-89bd-cdaea4600001","direction":"outbound","content":{"type":"template","name":"queued_2","language":"en","components":[]},"status":"queued","at":"2026-11-30T21:13:32.758550Z","createdAt":"2026-11-30T21:13:32.758550Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:32.758550Z","expiresAt":"2026-12-01T21:13:32.756286Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100001"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 24, '01a22e4e-4bff-751a-b4b0-4e3af5b60001', '2026-11-30 21:13:32.927525+00', '01a22e4e-377f-705d-89bd-cdaea4600009', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-4bf9-72a4-8d89-fa335d0047bd","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600009","contact":"01a22e4e-377f-705d-89bd-cdaea4600007","direction":"outbound","content":{"type":"template","name":"scheduled","language":"en","components":[]},"status":"queued","at":"2026-11-30T21:13:32.927525Z","createdAt":"2026-11-30T21:13:32.927525Z","job":{"state":"queued","priority":"normal","dueAt":"2026-12-20T00:00:00Z","expiresAt":"2026-12-21T00:00:00Z","attempt":0,"epoch":0,"wait":"scheduled","author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100002"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 19, '01a22e4e-4ae5-705b-a61c-772f85cd0001', '2026-11-30 21:13:32.645528+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-4ae2-7279-8fd7-9ca69c7cf96e","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","contact":"01a22e4e-377f-705d-89bd-cdaea4600001","direction":"outbound","content":{"type":"template","name":"queued_0","language":"en","components":[]},"status":"queued","at":"2026-11-30T21:13:32.645528Z","createdAt":"2026-11-30T21:13:32.645528Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:32.645528Z","expiresAt":"2026-12-01T21:13:32.635555Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100001"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 20, '01a22e4e-4b16-77f2-a154-b2682dc40001', '2026-11-30 21:13:32.694619+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-4b13-7398-8441-1802467e6c29","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","contact":"01a22e4e-377f-705d-89bd-cdaea4600001","direction":"outbound","content":{"type":"template","name":"queued_1","language":"en","components":[]},"status":"queued","at":"2026-11-30T21:13:32.694619Z","createdAt":"2026-11-30T21:13:32.694619Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:32.694619Z","expiresAt":"2026-12-01T21:13:32.690900Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100001"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 22, '01a22e4e-4b8e-73b2-99b1-eddf10d90001', '2026-11-30 21:13:32.814276+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-4b81-7609-af7e-6257971b1309","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","contact":"01a22e4e-377f-705d-89bd-cdaea4600001","direction":"outbound","content":{"type":"text","body":"cancelled"},"status":"queued","at":"2026-11-30T21:13:32.814276Z","createdAt":"2026-11-30T21:13:32.814276Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:32.814276Z","expiresAt":"2026-12-01T21:13:32.800908Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100001"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 23, '01a22e4e-4bc9-7206-b830-83a143f10001', '2026-11-30 21:13:32.873412+00', '01a22e4e-377f-705d-89bd-cdaea4600003', '{"type":"message.sending","data":{"message":"01a22e4e-4b81-7609-af7e-6257971b1309","conversation":"01a22e4e-377f-705d-89bd-cdaea4600003","account":"01a22e4e-3498-710b-a3ac-07042ae4e424","wamid":null,"status":"cancelled","job":{"state":"done","priority":"normal","dueAt":"2026-11-30T21:13:32.814276Z","expiresAt":"2026-12-01T21:13:32.800908Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}}}');
INSERT INTO public.org_events VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 25, '01a22e4e-4c71-77f8-8a5f-04c5680c0001', '2026-11-30 21:13:33.041251+00', '01a22e4e-3784-7329-9a11-8e52b6f40003', '{"type":"message.queued","data":{"message":{"id":"01a22e4e-4c54-72cf-ad68-3aad07e1eccb","org":"01a22e4e-3055-73e0-af98-1bcdbd938904","account":"01a22e4e-36d1-70f7-8036-c88a6427b7f5","conversation":"01a22e4e-3784-7329-9a11-8e52b6f40003","contact":"01a22e4e-3784-7329-9a11-8e52b6f40001","direction":"outbound","content":{"type":"text","body":"dispatching"},"status":"queued","at":"2026-11-30T21:13:33.041251Z","createdAt":"2026-11-30T21:13:33.041251Z","job":{"state":"queued","priority":"normal","dueAt":"2026-11-30T21:13:33.041251Z","expiresAt":"2026-12-01T21:13:33.010696Z","attempt":0,"epoch":0,"author":"01a22e4e-30de-77ea-98fa-d512a09d5d7f"}},"from":{"phone":"15550100003"}}}');


--
-- Data for Name: orgs; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.orgs VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', 'Proof', '2026-11-30 21:13:25.845264+00');


--
-- Data for Name: parked_items; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.parked_items VALUES ('01a22e4e-46c8-74d2-a92c-bfa1c1449301', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-46ad-721d-a144-1e682aba0001', 0, 'messages', 'n:530000000000001', 'parked', 'invalid_part', 'timestamp is not readable', 1, NULL, '\x7b2266726f6d223a20223135353530313030303031222c20226964223a202277616d69642e5041524b4544222c202274696d657374616d70223a20226e6f7420612074696d65222c202274797065223a202274657874222c202274657874223a207b22626f6479223a20227061726b6564227d7d', '2026-11-30 21:13:31.592435+00');


--
-- Data for Name: refresh_tokens; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.refresh_tokens VALUES ('01a22e4e-32b6-704b-bc6d-3aafc5b5fd64', '01a22e4e-32b6-704b-bc6d-3aae4a5e04c2', '\xb90db2f97d7d1927345058b0570043eaeed4f380b16bfe0e06c5a1d4820656c1', '2026-11-30 21:13:26.454568+00', '2026-12-30 21:13:26.454568+00', NULL);


--
-- Data for Name: registration_attempts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.registration_attempts OVERRIDING SYSTEM VALUE VALUES (1, '530000000000001', '2026-11-30 21:13:26.869115+00');
INSERT INTO public.registration_attempts OVERRIDING SYSTEM VALUE VALUES (2, '530000000000002', '2026-11-30 21:13:27.39291+00');


--
-- Data for Name: rejections; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: teardowns; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: traffic_minutes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.traffic_minutes VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', '2026-11-30 21:13:00+00', '420000000000002', 1, 1, 0, 122, 122, '2026-11-30 21:13:27.618167+00');
INSERT INTO public.traffic_minutes VALUES ('01a22e4e-3055-73e0-af98-1bcdbd938904', '2026-11-30 21:13:00+00', '420000000000001', 5, 4, 1, 600, 155, '2026-11-30 21:13:31.539558+00');


--
-- Data for Name: turns; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.turns VALUES ('upkeep', '01a22e4e-319d-7275-b1de-ed21ba760ed9', '2026-11-30 21:13:26.388345+00');
INSERT INTO public.turns VALUES ('apply.3', '01a22e4e-31a4-7771-a1c4-c6591c674ff6', '2026-11-30 21:13:28.337585+00');
INSERT INTO public.turns VALUES ('split', '01a22e4e-319d-7275-b1de-ed21ba760ed9', '2026-11-30 21:13:31.986287+00');
INSERT INTO public.turns VALUES ('apply.14', '01a22e4e-31a4-7771-a1c4-c65856d28213', '2026-11-30 21:13:32.148851+00');


--
-- Data for Name: uploads; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES ('01a22e4e-30de-77ea-98fa-d512a09d5d7f', 'owner@proof.example', 'Owner', false, '$argon2id$v=19$m=19456,t=2,p=1$7GS4FV7UE99st7pjL8CVaQ$ZldEyt8AxIs+riIhKmSva3xumm9XIke7n9f0o1jXn4o', '2026-11-30 21:13:25.982482+00');


--
-- Data for Name: vault_settings; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.vault_settings VALUES ('passphrase_salt', '\x3802ce83ec995647d2ed72a2cd7584bf');
INSERT INTO public.vault_settings VALUES ('canary.d84e263848ba4789', '\x01edd1a72192bbfea212e4b2da938fa3fa5125b7093cb58a250303154b2ecd681a797ebea7e476f1076808');


--
-- Data for Name: waiting_updates; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: whatsapp_accounts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.whatsapp_accounts VALUES ('01a22e4e-3498-710b-a3ac-07042ae4e424', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-3308-7691-be48-d3b6b7572a51', '530000000000001', '420000000000001', 'Juniper & Sage Coffee', '310000000000001', 'Juniper & Sage Coffee', '+1 555-013-4201', 'Juniper & Sage Coffee', NULL, true, true, false, NULL, '\x0101a22e4e330e738fa75f45fca415a2b4137f66e4a6fc225bf4e725521095207ddc8e261d4f2d8a5ac9ee5482cf9853288b46', 'GREEN', 'CONNECTED', 'STANDARD', 'TIER_250', 'APPROVED', 'VERIFIED', false, '2026-11-30 21:13:26.936831+00', '2026-11-30 21:13:26.936831+00', NULL, '2026-11-30 21:13:26.936831+00', '2026-11-30 21:13:26.936831+00', 1);
INSERT INTO public.whatsapp_accounts VALUES ('01a22e4e-36d1-70f7-8036-c88a6427b7f5', '01a22e4e-3055-73e0-af98-1bcdbd938904', '01a22e4e-350d-7755-a0b5-12b50dc1a2ba', '530000000000002', '420000000000002', 'Harborview Dental', '310000000000002', 'Harborview Dental Group', '+1 555-017-8810', 'Harborview Front Desk', NULL, true, false, false, NULL, '\x0101a22e4e330e738fa75f45fca415a2b4d9a50664e41d383c9ac43d5aa118955154056b4408f8bba1ed5858e289886dae7110', 'GREEN', 'CONNECTED', 'STANDARD', 'TIER_250', 'APPROVED', 'VERIFIED', false, '2026-11-30 21:13:27.505897+00', '2026-11-30 21:13:27.505897+00', NULL, '2026-11-30 21:13:27.505897+00', '2026-11-30 21:13:27.505897+00', 1);


--
-- Name: registration_attempts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.registration_attempts_id_seq', 2, true);


--
-- Name: __diesel_schema_migrations __diesel_schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.__diesel_schema_migrations
    ADD CONSTRAINT __diesel_schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: applied_digests applied_digests_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.applied_digests
    ADD CONSTRAINT applied_digests_pkey PRIMARY KEY (digest, org_id);


--
-- Name: audit_events audit_events_org_id_sequence_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_org_id_sequence_key UNIQUE (org_id, sequence);


--
-- Name: audit_events audit_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);


--
-- Name: audit_heads audit_heads_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (org_id);


--
-- Name: auth_sessions auth_sessions_cookie_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_sessions
    ADD CONSTRAINT auth_sessions_cookie_key UNIQUE (cookie);


--
-- Name: auth_sessions auth_sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_sessions
    ADD CONSTRAINT auth_sessions_pkey PRIMARY KEY (id);


--
-- Name: change_queue change_queue_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.change_queue
    ADD CONSTRAINT change_queue_pkey PRIMARY KEY (change_id);


--
-- Name: changes changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (id);


--
-- Name: connect_sessions connect_sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connect_sessions
    ADD CONSTRAINT connect_sessions_pkey PRIMARY KEY (id);


--
-- Name: contact_keys contact_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_keys
    ADD CONSTRAINT contact_keys_pkey PRIMARY KEY (org_id, kind, value);


--
-- Name: contacts contacts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);


--
-- Name: conversations conversations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);


--
-- Name: data_keys data_keys_org_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.data_keys
    ADD CONSTRAINT data_keys_org_id_key UNIQUE (org_id);


--
-- Name: data_keys data_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.data_keys
    ADD CONSTRAINT data_keys_pkey PRIMARY KEY (id);


--
-- Name: deliveries deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);


--
-- Name: event_heads event_heads_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_heads
    ADD CONSTRAINT event_heads_pkey PRIMARY KEY (org_id);


--
-- Name: grants grants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (org_id, key);


--
-- Name: journal_batches journal_batches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal_batches
    ADD CONSTRAINT journal_batches_pkey PRIMARY KEY (id);


--
-- Name: media media_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_pkey PRIMARY KEY (id);


--
-- Name: memberships memberships_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (org_id, user_id);


--
-- Name: message_statuses message_statuses_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_statuses
    ADD CONSTRAINT message_statuses_pkey PRIMARY KEY (message_id, status, participant);


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);


--
-- Name: meta_apps meta_apps_org_id_app_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meta_apps
    ADD CONSTRAINT meta_apps_org_id_app_id_key UNIQUE (org_id, app_id);


--
-- Name: meta_apps meta_apps_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meta_apps
    ADD CONSTRAINT meta_apps_pkey PRIMARY KEY (id);


--
-- Name: meta_media meta_media_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meta_media
    ADD CONSTRAINT meta_media_pkey PRIMARY KEY (upload_id, account_id);


--
-- Name: number_inbound number_inbound_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.number_inbound
    ADD CONSTRAINT number_inbound_pkey PRIMARY KEY (account_id);


--
-- Name: number_queues number_queues_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.number_queues
    ADD CONSTRAINT number_queues_pkey PRIMARY KEY (account_id);


--
-- Name: one_time_links one_time_links_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.one_time_links
    ADD CONSTRAINT one_time_links_hash_key UNIQUE (hash);


--
-- Name: one_time_links one_time_links_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.one_time_links
    ADD CONSTRAINT one_time_links_pkey PRIMARY KEY (id);


--
-- Name: org_events org_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.org_events
    ADD CONSTRAINT org_events_pkey PRIMARY KEY (org_id, sequence);


--
-- Name: orgs orgs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orgs
    ADD CONSTRAINT orgs_pkey PRIMARY KEY (id);


--
-- Name: parked_items parked_items_change_id_item_index_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.parked_items
    ADD CONSTRAINT parked_items_change_id_item_index_key UNIQUE (change_id, item_index);


--
-- Name: parked_items parked_items_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.parked_items
    ADD CONSTRAINT parked_items_pkey PRIMARY KEY (id);


--
-- Name: refresh_tokens refresh_tokens_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_hash_key UNIQUE (hash);


--
-- Name: refresh_tokens refresh_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id);


--
-- Name: registration_attempts registration_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registration_attempts
    ADD CONSTRAINT registration_attempts_pkey PRIMARY KEY (id);


--
-- Name: rejections rejections_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rejections
    ADD CONSTRAINT rejections_pkey PRIMARY KEY (minute, meta_app_id, reason);


--
-- Name: teardowns teardowns_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.teardowns
    ADD CONSTRAINT teardowns_pkey PRIMARY KEY (id);


--
-- Name: traffic_minutes traffic_minutes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.traffic_minutes
    ADD CONSTRAINT traffic_minutes_pkey PRIMARY KEY (org_id, minute, waba_id);


--
-- Name: turns turns_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_pkey PRIMARY KEY (name);


--
-- Name: uploads uploads_org_id_sha256_mime_type_filename_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_org_id_sha256_mime_type_filename_key UNIQUE (org_id, sha256, mime_type, filename);


--
-- Name: uploads uploads_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (id);


--
-- Name: users users_email_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: vault_settings vault_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.vault_settings
    ADD CONSTRAINT vault_settings_pkey PRIMARY KEY (name);


--
-- Name: waiting_updates waiting_updates_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.waiting_updates
    ADD CONSTRAINT waiting_updates_pkey PRIMARY KEY (wamid, account_id, key);


--
-- Name: whatsapp_accounts whatsapp_accounts_org_id_phone_number_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.whatsapp_accounts
    ADD CONSTRAINT whatsapp_accounts_org_id_phone_number_id_key UNIQUE (org_id, phone_number_id);


--
-- Name: whatsapp_accounts whatsapp_accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.whatsapp_accounts
    ADD CONSTRAINT whatsapp_accounts_pkey PRIMARY KEY (id);


--
-- Name: applied_digests_applied; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX applied_digests_applied ON public.applied_digests USING btree (applied_at);


--
-- Name: audit_events_action; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_events_action ON public.audit_events USING btree (org_id, action, sequence);


--
-- Name: audit_events_actor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_events_actor ON public.audit_events USING btree (org_id, actor_id, sequence) WHERE (actor_id IS NOT NULL);


--
-- Name: auth_sessions_expiry; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX auth_sessions_expiry ON public.auth_sessions USING btree (expires_at);


--
-- Name: auth_sessions_revoked; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX auth_sessions_revoked ON public.auth_sessions USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);


--
-- Name: auth_sessions_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX auth_sessions_user ON public.auth_sessions USING btree (user_id) WHERE (revoked_at IS NULL);


--
-- Name: change_queue_lane; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX change_queue_lane ON public.change_queue USING btree (partition, lane, change_id);


--
-- Name: changes_org; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX changes_org ON public.changes USING btree (org_id, id);


--
-- Name: changes_received; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX changes_received ON public.changes USING btree (received_at);


--
-- Name: connect_sessions_expiry; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX connect_sessions_expiry ON public.connect_sessions USING btree (expires_at) WHERE (status <> ALL (ARRAY['completed'::text, 'cancelled'::text, 'expired'::text]));


--
-- Name: connect_sessions_meta_app; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX connect_sessions_meta_app ON public.connect_sessions USING btree (meta_app_id) WHERE (status <> ALL (ARRAY['completed'::text, 'cancelled'::text, 'expired'::text]));


--
-- Name: connect_sessions_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX connect_sessions_open ON public.connect_sessions USING btree (org_id, created_at) WHERE (status <> ALL (ARRAY['completed'::text, 'cancelled'::text, 'expired'::text]));


--
-- Name: connect_sessions_running; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX connect_sessions_running ON public.connect_sessions USING btree (updated_at) WHERE (status = 'running'::text);


--
-- Name: contact_keys_contact; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX contact_keys_contact ON public.contact_keys USING btree (contact_id);


--
-- Name: contacts_org; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX contacts_org ON public.contacts USING btree (org_id, id);


--
-- Name: conversations_assignee; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX conversations_assignee ON public.conversations USING btree (org_id, assignee_id, last_message_at, id) WHERE (assignee_id IS NOT NULL);


--
-- Name: conversations_contact; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX conversations_contact ON public.conversations USING btree (contact_id, account_id) WHERE (contact_id IS NOT NULL);


--
-- Name: conversations_group; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX conversations_group ON public.conversations USING btree (account_id, group_id) WHERE (group_id IS NOT NULL);


--
-- Name: conversations_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX conversations_newest ON public.conversations USING btree (org_id, last_message_at, id);


--
-- Name: conversations_unread; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX conversations_unread ON public.conversations USING btree (org_id, last_message_at, id) WHERE (unread > 0);


--
-- Name: data_keys_ring; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX data_keys_ring ON public.data_keys USING btree (ring_key_id, id);


--
-- Name: deliveries_received; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_received ON public.deliveries USING btree (received_at);


--
-- Name: deliveries_unreadable; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_unreadable ON public.deliveries USING btree (id) WHERE (problem IS NOT NULL);


--
-- Name: grants_meta_app; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_meta_app ON public.grants USING btree (meta_app_id, meta_user_id);


--
-- Name: grants_org; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_org ON public.grants USING btree (org_id);


--
-- Name: idempotency_keys_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);


--
-- Name: media_conversation; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX media_conversation ON public.media USING btree (conversation_id);


--
-- Name: media_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX media_due ON public.media USING btree (next_at, id) WHERE (state = 'pending'::text);


--
-- Name: memberships_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX memberships_user ON public.memberships USING btree (user_id, joined_at);


--
-- Name: messages_expiring; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_expiring ON public.messages USING btree (expires_at, id) WHERE (queue = 0);


--
-- Name: messages_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_member ON public.messages USING btree (contact_id) WHERE (group_id IS NOT NULL);


--
-- Name: messages_proving; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_proving ON public.messages USING btree (due_at, id) WHERE (queue = 2);


--
-- Name: messages_queue; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_queue ON public.messages USING btree (account_id, queue, priority, flow, due_at, id) WHERE (queue IS NOT NULL);


--
-- Name: messages_reference; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_reference ON public.messages USING btree (org_id, client_reference, id) WHERE (client_reference IS NOT NULL);


--
-- Name: messages_sent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_sent ON public.messages USING btree (org_id, id) WHERE (body IS NOT NULL);


--
-- Name: messages_thread; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_thread ON public.messages USING btree (conversation_id, at, id);


--
-- Name: messages_underway; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_underway ON public.messages USING btree (account_id, underway_since, id) WHERE (underway_since IS NOT NULL);


--
-- Name: messages_wamid; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX messages_wamid ON public.messages USING btree (wamid, account_id) WHERE (wamid IS NOT NULL);


--
-- Name: one_time_links_expiry; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX one_time_links_expiry ON public.one_time_links USING btree (expires_at);


--
-- Name: one_time_links_invitation; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX one_time_links_invitation ON public.one_time_links USING btree (org_id, email) WHERE (kind = 'invitation'::text);


--
-- Name: one_time_links_org; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX one_time_links_org ON public.one_time_links USING btree (org_id, kind, created_at);


--
-- Name: one_time_links_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX one_time_links_user ON public.one_time_links USING btree (user_id) WHERE (user_id IS NOT NULL);


--
-- Name: org_events_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX org_events_at ON public.org_events USING btree (at);


--
-- Name: org_events_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX org_events_subject ON public.org_events USING btree (subject_id) WHERE (subject_id IS NOT NULL);


--
-- Name: parked_items_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX parked_items_due ON public.parked_items USING btree (next_at, id) WHERE (state = 'retrying'::text);


--
-- Name: parked_items_homeless; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX parked_items_homeless ON public.parked_items USING btree (lane, created_at) WHERE (state = 'homeless'::text);


--
-- Name: parked_items_org; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX parked_items_org ON public.parked_items USING btree (org_id, id);


--
-- Name: refresh_tokens_expiry; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX refresh_tokens_expiry ON public.refresh_tokens USING btree (expires_at);


--
-- Name: refresh_tokens_session; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX refresh_tokens_session ON public.refresh_tokens USING btree (session_id);


--
-- Name: registration_attempts_number; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX registration_attempts_number ON public.registration_attempts USING btree (phone_number_id, at);


--
-- Name: teardowns_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX teardowns_due ON public.teardowns USING btree (next_attempt_at, created_at, id) WHERE (state = 'pending'::text);


--
-- Name: teardowns_grant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX teardowns_grant ON public.teardowns USING btree (grant_id);


--
-- Name: waiting_updates_received; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX waiting_updates_received ON public.waiting_updates USING btree (received_at);


--
-- Name: whatsapp_accounts_active_number; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX whatsapp_accounts_active_number ON public.whatsapp_accounts USING btree (phone_number_id) WHERE is_active;


--
-- Name: whatsapp_accounts_default; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX whatsapp_accounts_default ON public.whatsapp_accounts USING btree (org_id) WHERE is_default;


--
-- Name: whatsapp_accounts_grant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX whatsapp_accounts_grant ON public.whatsapp_accounts USING btree (grant_id);


--
-- Name: whatsapp_accounts_org; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX whatsapp_accounts_org ON public.whatsapp_accounts USING btree (org_id, id);


--
-- Name: whatsapp_accounts_org_active; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX whatsapp_accounts_org_active ON public.whatsapp_accounts USING btree (org_id, is_active, id);


--
-- Name: whatsapp_accounts_waba; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX whatsapp_accounts_waba ON public.whatsapp_accounts USING btree (waba_id) WHERE is_active;


--
-- Name: auth_sessions auth_sessions_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_sessions
    ADD CONSTRAINT auth_sessions_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);


--
-- Name: auth_sessions auth_sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_sessions
    ADD CONSTRAINT auth_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);


--
-- Name: connect_sessions connect_sessions_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connect_sessions
    ADD CONSTRAINT connect_sessions_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);


--
-- Name: conversations conversations_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);


--
-- Name: grants grants_meta_app_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_meta_app_id_fkey FOREIGN KEY (meta_app_id) REFERENCES public.meta_apps(id);


--
-- Name: grants grants_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);


--
-- Name: memberships memberships_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);


--
-- Name: memberships memberships_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);


--
-- Name: meta_media meta_media_upload_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.meta_media
    ADD CONSTRAINT meta_media_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES public.uploads(id);


--
-- Name: one_time_links one_time_links_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.one_time_links
    ADD CONSTRAINT one_time_links_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);


--
-- Name: one_time_links one_time_links_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.one_time_links
    ADD CONSTRAINT one_time_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);


--
-- Name: parked_items parked_items_change_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.parked_items
    ADD CONSTRAINT parked_items_change_id_fkey FOREIGN KEY (change_id) REFERENCES public.changes(id);


--
-- Name: refresh_tokens refresh_tokens_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.auth_sessions(id) ON DELETE CASCADE;


--
-- Name: teardowns teardowns_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.teardowns
    ADD CONSTRAINT teardowns_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);


--
-- Name: whatsapp_accounts whatsapp_accounts_grant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.whatsapp_accounts
    ADD CONSTRAINT whatsapp_accounts_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES public.grants(id);


--
-- Name: whatsapp_accounts whatsapp_accounts_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.whatsapp_accounts
    ADD CONSTRAINT whatsapp_accounts_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);


--
-- PostgreSQL database dump complete
--


