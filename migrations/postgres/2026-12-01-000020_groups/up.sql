-- group_facts: JSON, the latest facts that Meta told about the group, each with its time. Null for a person.
ALTER TABLE conversations ADD COLUMN group_facts text;
