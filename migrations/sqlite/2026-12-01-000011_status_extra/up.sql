-- What a status says and no column has a place for, as Meta sent it.
ALTER TABLE message_statuses ADD COLUMN extra TEXT;
