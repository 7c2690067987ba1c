-- It fails while two people have one address.
DROP INDEX one_time_links_mail;
DELETE FROM one_time_links WHERE kind = 'address_proof';
ALTER TABLE one_time_links
    DROP COLUMN mail_failure,
    DROP COLUMN mailed_at,
    DROP COLUMN mail_attempts,
    DROP COLUMN mail_due_at,
    DROP COLUMN is_mailed,
    DROP CONSTRAINT one_time_links_proof_check,
    DROP CONSTRAINT one_time_links_kind_check,
    ADD CONSTRAINT one_time_links_kind_check CHECK (kind IN ('invitation', 'password_reset'));
DROP INDEX users_email;
DROP INDEX users_proven;
ALTER TABLE users
    DROP COLUMN proven_at,
    ADD CONSTRAINT users_email_key UNIQUE (email);
