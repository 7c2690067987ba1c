-- token: of the last attempt; it outlives the attempt. Null of one that was begun before there were tokens.
-- in_doubt: the first attempt of which nobody learned what became of it. It was kept above the 16 bits of attempt.
-- duplicates: JSON, Meta's ids of further acceptances.
ALTER TABLE messages ADD COLUMN token BLOB;
ALTER TABLE messages ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN duplicates TEXT;
-- turn_at, turn: the place among the messages of the conversation that have its priority.
-- holds_until: while it waits for its own sake, those behind it wait until then.
-- send_guard: what is asked again when it goes: open_window, no_opt_out.
ALTER TABLE messages ADD COLUMN turn_at INTEGER;
ALTER TABLE messages ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN holds_until INTEGER;
ALTER TABLE messages ADD COLUMN send_guard TEXT;
UPDATE messages SET in_doubt = attempt >> 16, attempt = attempt & 65535 WHERE attempt > 65535;
-- What waited before takes its turn by when it was queued, or is scheduled; those of one moment by their ids.
UPDATE messages SET turn_at = CASE WHEN wait IN ('retry', 'pair_limit', 'proof') THEN at ELSE due_at END
    WHERE queue IS NOT NULL;
-- The next message of a conversation, and whether one is on its way.
CREATE INDEX messages_turns ON messages (conversation_id, queue, priority, turn_at, turn, id) WHERE queue < 2;

-- turn_at, turn: the last turn that a message took. window_refused_at: when Meta last said that the window is closed.
ALTER TABLE conversations ADD COLUMN window_refused_at INTEGER;
ALTER TABLE conversations ADD COLUMN turn_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
