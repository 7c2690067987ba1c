-- The client of a sign-in: the name that it gave itself, in a short form, and its address.
ALTER TABLE auth_sessions ADD COLUMN client text;
ALTER TABLE auth_sessions ADD COLUMN address text;

-- The sealed secret of a person's authenticator app. It counts once it is confirmed by a first code. A code of
-- `last_step` or before is not accepted again.
CREATE TABLE second_factors (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint
);

-- Recovery codes that were not used.
CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    hash bytea NOT NULL,
    PRIMARY KEY (user_id, hash)
);
