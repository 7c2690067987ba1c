-- Old minutes are deleted by their age, whosever they are.
CREATE INDEX traffic_minutes_age ON traffic_minutes (minute);
-- Files go with their messages when two people turn out to be one, or one to be two.
CREATE INDEX media_message ON media (message_id);
-- Homeless items lapse by their age.
CREATE INDEX parked_items_age ON parked_items (created_at) WHERE state = 'homeless';
