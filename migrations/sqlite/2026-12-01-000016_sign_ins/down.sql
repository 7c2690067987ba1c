DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE auth_sessions DROP COLUMN address;
ALTER TABLE auth_sessions DROP COLUMN client;
