-- It fails while two people have one address.
CREATE TABLE one_time_links_new (
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
INSERT INTO one_time_links_new
    SELECT id, org_id, kind, email, role, invited_by, user_id, hash, created_at, expires_at FROM one_time_links
    WHERE kind <> 'address_proof';
DROP TABLE one_time_links;
ALTER TABLE one_time_links_new RENAME TO one_time_links;
CREATE UNIQUE INDEX one_time_links_invitation ON one_time_links (org_id, email) WHERE kind = 'invitation';
CREATE INDEX one_time_links_org ON one_time_links (org_id, kind, created_at);
CREATE INDEX one_time_links_user ON one_time_links (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX one_time_links_expiry ON one_time_links (expires_at);

CREATE TABLE users_new (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    is_operator INTEGER NOT NULL CHECK (is_operator IN (0, 1)),
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO users_new SELECT id, email, name, is_operator, password_hash, created_at FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
