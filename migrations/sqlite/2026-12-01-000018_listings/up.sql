-- Filters of the list of sent messages.
CREATE INDEX messages_sent_status ON messages (org_id, status, id) WHERE body IS NOT NULL;
CREATE INDEX messages_sent_account ON messages (org_id, account_id, id) WHERE body IS NOT NULL;
CREATE INDEX messages_sent_account_status ON messages (org_id, account_id, status, id) WHERE body IS NOT NULL;

-- Search of contacts: which contacts have which three letters in a row. The triggers keep it, so no write forgets it.
-- contact_texts: a number for each contact, as FTS5 wants one that VACUUM does not change.
CREATE TABLE contact_texts (
    id INTEGER PRIMARY KEY,
    contact_id BLOB NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE contact_grams USING fts5 (
    search, tokenize = 'trigram', content = '', contentless_delete = 1, detail = none
);
INSERT INTO contact_texts (contact_id) SELECT id FROM contacts;
INSERT INTO contact_grams (rowid, search)
    SELECT t.id, c.search FROM contact_texts t JOIN contacts c ON c.id = t.contact_id;
CREATE TRIGGER contacts_search_new AFTER INSERT ON contacts BEGIN
    INSERT INTO contact_texts (contact_id) VALUES (new.id);
    INSERT INTO contact_grams (rowid, search) SELECT id, new.search FROM contact_texts WHERE contact_id = new.id;
END;
CREATE TRIGGER contacts_search_changed AFTER UPDATE OF search ON contacts WHEN new.search <> old.search BEGIN
    UPDATE contact_grams SET search = new.search
        WHERE rowid = (SELECT id FROM contact_texts WHERE contact_id = new.id);
END;
CREATE TRIGGER contacts_search_gone AFTER DELETE ON contacts BEGIN
    DELETE FROM contact_grams WHERE rowid = (SELECT id FROM contact_texts WHERE contact_id = old.id);
    DELETE FROM contact_texts WHERE contact_id = old.id;
END;
