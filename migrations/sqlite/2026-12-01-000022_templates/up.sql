-- Templates, each language by itself. They belong to a WABA: an org reaches them by an active account on it.
-- document: Meta's node with what webhooks told since. The other columns are copies of its fields, for filters.
CREATE TABLE templates (
    id BLOB NOT NULL PRIMARY KEY,
    waba_id TEXT NOT NULL,
    meta_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    category TEXT NOT NULL,
    quality TEXT NOT NULL,
    search TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (waba_id, meta_id)
) STRICT;
CREATE INDEX templates_name ON templates (waba_id, name, language, id);
CREATE INDEX templates_status ON templates (waba_id, status, name, language, id);
CREATE INDEX templates_category ON templates (waba_id, category, name, language, id);
CREATE INDEX templates_language ON templates (waba_id, language, name, id);
CREATE INDEX templates_quality ON templates (waba_id, quality, name, language, id);

-- part: status, category, quality, content. by_kind: meta, sync, or the kind of a principal of by_org.
CREATE TABLE template_history (
    id BLOB NOT NULL PRIMARY KEY,
    template_id BLOB NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    part TEXT NOT NULL,
    from_value TEXT,
    to_value TEXT,
    detail TEXT,
    by_kind TEXT NOT NULL,
    by_id BLOB,
    by_org BLOB,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX template_history_newest ON template_history (template_id, at, id);

-- The sync of a WABA's templates. revision counts the writes that changed templates of the WABA.
-- fence: larger each time that the lease changes hands; every write of a sync checks it.
-- cursor and pages: where a pass goes on after a crash. again_at: a sync that was asked for while one ran.
CREATE TABLE template_syncs (
    waba_id TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    run_id BLOB,
    state TEXT NOT NULL,
    owner BLOB,
    fence INTEGER NOT NULL,
    until INTEGER,
    next_at INTEGER,
    again_at INTEGER,
    started_at INTEGER,
    finished_at INTEGER,
    synced_at INTEGER,
    cursor TEXT,
    pages INTEGER NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    error TEXT
) STRICT;
CREATE INDEX template_syncs_due ON template_syncs (next_at) WHERE next_at IS NOT NULL;

-- Meta's ids that the pages of an unfinished pass named: what no page named is gone.
CREATE TABLE template_sync_pages (
    waba_id TEXT NOT NULL,
    page INTEGER NOT NULL,
    meta_ids TEXT NOT NULL,
    PRIMARY KEY (waba_id, page)
) STRICT;

-- The templates of numbers that are connected already are synced with the next start.
INSERT INTO template_syncs (waba_id, revision, state, fence, next_at, pages, done, created, updated, removed, failures)
    SELECT DISTINCT waba_id, 0, 'done', 0, 0, 0, 0, 0, 0, 0, 0
    FROM whatsapp_accounts WHERE is_active;
