ALTER TABLE message_statuses DROP COLUMN extra;
