-- token: of the last attempt; it outlives the attempt. Null of one that was begun before there were tokens.
-- in_doubt: the first attempt of which nobody learned what became of it. It was kept above the 16 bits of attempt.
-- duplicates: JSON, Meta's ids of further acceptances.
ALTER TABLE messages
    ADD COLUMN token uuid,
    ADD COLUMN in_doubt integer NOT NULL DEFAULT 0,
    ADD COLUMN duplicates text;
UPDATE messages SET in_doubt = attempt >> 16, attempt = attempt & 65535 WHERE attempt > 65535;
