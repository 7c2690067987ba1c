-- What is due of one flow, the first by the index.
SELECT o.id, o.conversation_id FROM outbox o
WHERE o.account_id = $1 AND o.queue = 0 AND o.priority = $2 AND o.flow = $3
  AND o.due_at <= $4 AND o.expires_at > $4
ORDER BY o.due_at, o.id
LIMIT $5
