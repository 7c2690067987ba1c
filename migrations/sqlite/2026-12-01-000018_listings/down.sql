DROP TRIGGER contacts_search_gone;
DROP TRIGGER contacts_search_changed;
DROP TRIGGER contacts_search_new;
DROP TABLE contact_grams;
DROP TABLE contact_texts;
DROP INDEX messages_sent_account_status;
DROP INDEX messages_sent_account;
DROP INDEX messages_sent_status;
