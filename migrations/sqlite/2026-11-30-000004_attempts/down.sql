UPDATE messages SET attempt = (in_doubt << 16) | attempt WHERE in_doubt > 0;
ALTER TABLE messages DROP COLUMN duplicates;
ALTER TABLE messages DROP COLUMN in_doubt;
ALTER TABLE messages DROP COLUMN token;
