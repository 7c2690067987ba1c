-- Filters of the list of sent messages.
CREATE INDEX messages_sent_status ON messages (org_id, status, id) WHERE body IS NOT NULL;
CREATE INDEX messages_sent_account ON messages (org_id, account_id, id) WHERE body IS NOT NULL;
CREATE INDEX messages_sent_account_status ON messages (org_id, account_id, status, id) WHERE body IS NOT NULL;

-- Search of contacts: which contacts have which three letters in a row. pg_trgm would need a role that may create
-- extensions. Each entry begins with the organisation, so that no search reads what others have. The cost keeps the
-- planner from comparing row by row.
CREATE FUNCTION contact_grams(org uuid, search text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT right(org::text, 12) || substr(search, n, 3)), '{}')
    FROM generate_series(1, length(search) - 2) AS n
$$;
CREATE INDEX contacts_grams ON contacts USING gin (contact_grams(org_id, search));
