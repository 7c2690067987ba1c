-- Where a grant's token came from. A pasted one is the business's own and is never revoked at Meta; what cannot be told
-- apart is taken for pasted.
ALTER TABLE grants ADD COLUMN origin text NOT NULL DEFAULT 'unrecorded'
    CHECK (origin IN ('login', 'pasted', 'unrecorded'));
UPDATE grants SET origin = 'login'
    WHERE id IN (SELECT grant_id FROM connect_sessions WHERE mode <> 'manual' AND grant_id IS NOT NULL);
UPDATE grants SET origin = 'pasted'
    WHERE id IN (SELECT grant_id FROM connect_sessions WHERE mode = 'manual' AND grant_id IS NOT NULL);
