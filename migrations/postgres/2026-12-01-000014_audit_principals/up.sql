-- An API key acts, too, and is named by its id.
ALTER TABLE audit_events
    DROP CONSTRAINT audit_events_actor_kind_check,
    DROP CONSTRAINT audit_events_check,
    ADD CONSTRAINT audit_events_actor_kind_check CHECK (actor_kind IN ('user', 'key', 'operator', 'system', 'meta')),
    ADD CONSTRAINT audit_events_check CHECK ((actor_kind IN ('user', 'key')) = (actor_id IS NOT NULL));
