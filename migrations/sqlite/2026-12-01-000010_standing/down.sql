UPDATE whatsapp_accounts SET problem = 'waba_disabled', status = 'BANNED'
    WHERE problem IS NULL AND standing LIKE '%"waba_disabled"%';
ALTER TABLE whatsapp_accounts DROP COLUMN standing;
