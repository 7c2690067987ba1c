UPDATE messages SET attempt = (in_doubt << 16) | attempt WHERE in_doubt > 0;
ALTER TABLE conversations
    DROP COLUMN turn,
    DROP COLUMN turn_at,
    DROP COLUMN window_refused_at;
DROP INDEX messages_turns;
ALTER TABLE messages
    DROP COLUMN send_guard,
    DROP COLUMN holds_until,
    DROP COLUMN turn,
    DROP COLUMN turn_at,
    DROP COLUMN duplicates,
    DROP COLUMN in_doubt,
    DROP COLUMN token;
