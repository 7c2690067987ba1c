DROP INDEX parked_items_age;
DROP INDEX media_message;
DROP INDEX traffic_minutes_age;
