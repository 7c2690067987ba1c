-- What Meta's webhooks told about an account, with Meta's times. A ban that an earlier version wrote as the last check's
-- problem belongs there: a check does not ask about it.
ALTER TABLE whatsapp_accounts ADD COLUMN standing TEXT;
UPDATE whatsapp_accounts
    SET standing = '{"notes":[{"subject":"ban","at":"1970-01-01T00:00:00Z","code":"waba_disabled"}],"v":1}',
        problem = NULL, status = NULLIF(status, 'BANNED')
    WHERE problem = 'waba_disabled';
