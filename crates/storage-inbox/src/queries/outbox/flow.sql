-- What is due of one flow, the first by the index.
SELECT m.id, m.conversation_id FROM messages m
WHERE m.account_id = $1 AND m.queue = 0 AND m.priority = $2 AND m.flow = $3
  AND m.due_at <= $4 AND m.expires_at > $4
ORDER BY m.due_at, m.id
LIMIT $5
