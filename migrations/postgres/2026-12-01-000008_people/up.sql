-- Times by Meta's clock: told_at of the last change of an id or a name, phone_at since when the phone is the person's,
-- book_at of the phone's contact book, preference_at of the choice about marketing. An older fact undoes none of them.
-- former_phone, passed_on_at, passed_on_to: the number that somebody else has now. apart: JSON, contacts that an admin
-- said are other people.
ALTER TABLE contacts
    ADD COLUMN book_name text,
    ADD COLUMN told_at timestamptz,
    ADD COLUMN phone_at timestamptz,
    ADD COLUMN book_at timestamptz,
    ADD COLUMN preference_at timestamptz,
    ADD COLUMN former_phone text,
    ADD COLUMN passed_on_at timestamptz,
    ADD COLUMN passed_on_to uuid,
    ADD COLUMN apart text;
-- scope: the portfolio in which a business-scoped id holds: Meta's id of the business, or else "waba:" and the WABA's.
ALTER TABLE contact_keys
    ADD COLUMN scope text;
-- An id of a person who wrote to the numbers of one portfolio only is that portfolio's.
UPDATE contact_keys SET scope = (
    SELECT min(coalesce(a.business_id, 'waba:' || a.waba_id))
    FROM conversations c JOIN whatsapp_accounts a ON a.id = c.account_id
    WHERE c.contact_id = contact_keys.contact_id
    HAVING count(DISTINCT coalesce(a.business_id, 'waba:' || a.waba_id)) = 1
) WHERE kind <> 'phone';
-- user_id: the id by which the person is known to this number. is_phone_stale: answers go to it.
ALTER TABLE conversations
    ADD COLUMN user_id text,
    ADD COLUMN is_phone_stale boolean NOT NULL DEFAULT false;
-- wamid_token: the part of the wamid that is the same in every spelling. Null where it does not decode, and of what was
-- stored before.
ALTER TABLE messages
    ADD COLUMN wamid_token text;
CREATE INDEX messages_token ON messages (wamid_token, account_id) WHERE wamid_token IS NOT NULL;
ALTER TABLE waiting_updates
    ADD COLUMN wamid_token text,
    ADD COLUMN conversation_id uuid;
CREATE INDEX waiting_updates_token ON waiting_updates (wamid_token) WHERE wamid_token IS NOT NULL;
CREATE INDEX waiting_updates_conversation ON waiting_updates (conversation_id) WHERE conversation_id IS NOT NULL;

-- Merges of contacts, so that an admin can undo them. contact: JSON, the one that is gone and what it was found by.
-- Erasing the contact that is left deletes it.
CREATE TABLE contact_merges (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    into_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    contact text NOT NULL,
    merged_at timestamptz NOT NULL,
    undone_at timestamptz
);
CREATE INDEX contact_merges_into ON contact_merges (into_id, id);
-- The messages of the contact that is gone, and the conversation that each was in.
CREATE TABLE merged_messages (
    merge_id uuid NOT NULL,
    message_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    PRIMARY KEY (merge_id, message_id)
);
CREATE INDEX merged_messages_message ON merged_messages (message_id);
