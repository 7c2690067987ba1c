-- Times by Meta's clock: told_at of the last change of an id or a name, phone_at since when the phone is the person's,
-- book_at of the phone's contact book, preference_at of the choice about marketing. An older fact undoes none of them.
-- former_phone, passed_on_at, passed_on_to: the number that somebody else has now. apart: JSON, contacts that an admin
-- said are other people.
ALTER TABLE contacts ADD COLUMN book_name TEXT;
ALTER TABLE contacts ADD COLUMN told_at INTEGER;
ALTER TABLE contacts ADD COLUMN phone_at INTEGER;
ALTER TABLE contacts ADD COLUMN book_at INTEGER;
ALTER TABLE contacts ADD COLUMN preference_at INTEGER;
ALTER TABLE contacts ADD COLUMN former_phone TEXT;
ALTER TABLE contacts ADD COLUMN passed_on_at INTEGER;
ALTER TABLE contacts ADD COLUMN passed_on_to BLOB;
ALTER TABLE contacts ADD COLUMN apart TEXT;
-- scope: the portfolio in which a business-scoped id holds: Meta's id of the business, or else "waba:" and the WABA's.
ALTER TABLE contact_keys ADD COLUMN scope TEXT;
-- An id of a person who wrote to the numbers of one portfolio only is that portfolio's.
UPDATE contact_keys SET scope = (
    SELECT min(coalesce(a.business_id, 'waba:' || a.waba_id))
    FROM conversations c JOIN whatsapp_accounts a ON a.id = c.account_id
    WHERE c.contact_id = contact_keys.contact_id
    HAVING count(DISTINCT coalesce(a.business_id, 'waba:' || a.waba_id)) = 1
) WHERE kind <> 'phone';
-- user_id: the id by which the person is known to this number. is_phone_stale: answers go to it.
ALTER TABLE conversations ADD COLUMN user_id TEXT;
ALTER TABLE conversations ADD COLUMN is_phone_stale INTEGER NOT NULL DEFAULT 0 CHECK (is_phone_stale IN (0, 1));
-- wamid_token: the part of the wamid that is the same in every spelling. Null where it does not decode, and of what was
-- stored before.
ALTER TABLE messages ADD COLUMN wamid_token TEXT;
CREATE INDEX messages_token ON messages (wamid_token, account_id) WHERE wamid_token IS NOT NULL;
ALTER TABLE waiting_updates ADD COLUMN wamid_token TEXT;
ALTER TABLE waiting_updates ADD COLUMN conversation_id BLOB;
CREATE INDEX waiting_updates_token ON waiting_updates (wamid_token) WHERE wamid_token IS NOT NULL;
CREATE INDEX waiting_updates_conversation ON waiting_updates (conversation_id) WHERE conversation_id IS NOT NULL;

-- Merges of contacts, so that an admin can undo them. contact: JSON, the one that is gone and what it was found by.
-- Erasing the contact that is left deletes it.
CREATE TABLE contact_merges (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    into_id BLOB NOT NULL,
    merged_id BLOB NOT NULL,
    contact TEXT NOT NULL,
    merged_at INTEGER NOT NULL,
    undone_at INTEGER
) STRICT;
CREATE INDEX contact_merges_into ON contact_merges (into_id, id);
-- The messages of the contact that is gone, and the conversation that each was in.
CREATE TABLE merged_messages (
    merge_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    PRIMARY KEY (merge_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_messages_message ON merged_messages (message_id);
