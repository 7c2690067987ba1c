-- Templates, each language by itself. They belong to a WABA: an org reaches them by an active account on it.
-- document: Meta's node with what webhooks told since. The other columns are copies of its fields, for filters.
CREATE TABLE templates (
    id uuid NOT NULL PRIMARY KEY,
    waba_id text COLLATE "C" NOT NULL,
    meta_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    category text COLLATE "C" NOT NULL,
    quality text COLLATE "C" NOT NULL,
    search text NOT NULL,
    document text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    UNIQUE (waba_id, meta_id)
);
CREATE INDEX templates_name ON templates (waba_id, name, language, id);
CREATE INDEX templates_status ON templates (waba_id, status, name, language, id);
CREATE INDEX templates_category ON templates (waba_id, category, name, language, id);
CREATE INDEX templates_language ON templates (waba_id, language, name, id);
CREATE INDEX templates_quality ON templates (waba_id, quality, name, language, id);

-- part: status, category, quality, content. by_kind: meta, sync, or the kind of a principal of by_org.
CREATE TABLE template_history (
    id uuid NOT NULL PRIMARY KEY,
    template_id uuid NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    part text NOT NULL,
    from_value text,
    to_value text,
    detail text,
    by_kind text NOT NULL,
    by_id uuid,
    by_org uuid,
    at timestamptz NOT NULL
);
CREATE INDEX template_history_newest ON template_history (template_id, at, id);

-- The sync of a WABA's templates. revision counts the writes that changed templates of the WABA.
-- fence: larger each time that the lease changes hands; every write of a sync checks it.
-- cursor and pages: where a pass goes on after a crash. again_at: a sync that was asked for while one ran.
CREATE TABLE template_syncs (
    waba_id text COLLATE "C" NOT NULL PRIMARY KEY,
    revision bigint NOT NULL,
    run_id uuid,
    state text NOT NULL,
    owner uuid,
    fence bigint NOT NULL,
    until timestamptz,
    next_at timestamptz,
    again_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    synced_at timestamptz,
    cursor text,
    pages integer NOT NULL,
    done bigint NOT NULL,
    total bigint,
    created bigint NOT NULL,
    updated bigint NOT NULL,
    removed bigint NOT NULL,
    failures integer NOT NULL,
    error text
);
CREATE INDEX template_syncs_due ON template_syncs (next_at) WHERE next_at IS NOT NULL;

-- Meta's ids that the pages of an unfinished pass named: what no page named is gone.
CREATE TABLE template_sync_pages (
    waba_id text COLLATE "C" NOT NULL,
    page integer NOT NULL,
    meta_ids text NOT NULL,
    PRIMARY KEY (waba_id, page)
);

-- The templates of numbers that are connected already are synced with the next start.
INSERT INTO template_syncs (waba_id, revision, state, fence, next_at, pages, done, created, updated, removed, failures)
    SELECT DISTINCT waba_id, 0, 'done', 0, timestamptz 'epoch', 0, 0, 0, 0, 0, 0
    FROM whatsapp_accounts WHERE is_active;
