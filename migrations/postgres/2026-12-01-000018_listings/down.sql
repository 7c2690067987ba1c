DROP INDEX contacts_grams;
DROP FUNCTION contact_grams(uuid, text);
DROP INDEX messages_sent_account_status;
DROP INDEX messages_sent_account;
DROP INDEX messages_sent_status;
