-- It fails while an entry names an API key: such an entry cannot be changed without breaking the chain.
ALTER TABLE audit_events
    DROP CONSTRAINT audit_events_actor_kind_check,
    DROP CONSTRAINT audit_events_check,
    ADD CONSTRAINT audit_events_actor_kind_check CHECK (actor_kind IN ('user', 'operator', 'system', 'meta')),
    ADD CONSTRAINT audit_events_check CHECK ((actor_kind = 'user') = (actor_id IS NOT NULL));
