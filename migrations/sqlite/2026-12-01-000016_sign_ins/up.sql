-- The client of a sign-in: the name that it gave itself, in a short form, and its address.
ALTER TABLE auth_sessions ADD COLUMN client TEXT;
ALTER TABLE auth_sessions ADD COLUMN address TEXT;

-- The sealed secret of a person's authenticator app. It counts once it is confirmed by a first code. A code of
-- `last_step` or before is not accepted again.
CREATE TABLE second_factors (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER
) STRICT;

-- Recovery codes that were not used.
CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT;
