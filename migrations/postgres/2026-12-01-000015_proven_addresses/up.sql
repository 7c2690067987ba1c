-- An address that nobody proved binds nobody else: it is unique among proven ones only. proven_at: when the person showed
-- that mail to the address reaches them. Whoever was here before has shown nothing yet.
ALTER TABLE users
    DROP CONSTRAINT users_email_key,
    ADD COLUMN proven_at timestamptz;
CREATE UNIQUE INDEX users_proven ON users (email) WHERE proven_at IS NOT NULL;
CREATE INDEX users_email ON users (email);

-- is_mailed: the token went by mail alone, so using it proves the address. mail_due_at: the next try to send it; null when
-- a mail server took it (mailed_at), or the sender gave up (mail_failure).
ALTER TABLE one_time_links
    DROP CONSTRAINT one_time_links_kind_check,
    ADD CONSTRAINT one_time_links_kind_check CHECK (kind IN ('invitation', 'password_reset', 'address_proof')),
    ADD CONSTRAINT one_time_links_proof_check CHECK (kind <> 'address_proof' OR user_id IS NOT NULL),
    ADD COLUMN is_mailed boolean NOT NULL DEFAULT false,
    ADD COLUMN mail_due_at timestamptz,
    ADD COLUMN mail_attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN mailed_at timestamptz,
    ADD COLUMN mail_failure text;
CREATE INDEX one_time_links_mail ON one_time_links (mail_due_at) WHERE mail_due_at IS NOT NULL;
