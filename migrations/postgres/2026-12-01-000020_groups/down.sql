ALTER TABLE conversations DROP COLUMN group_facts;
