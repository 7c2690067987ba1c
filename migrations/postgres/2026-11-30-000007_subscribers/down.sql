DROP TABLE message_days;
DROP TABLE event_work;
DROP TABLE event_cursors;
DROP TABLE subscriber_leases;
