-- Messages of a number by where they stand, each counted by an index, no further than asked.
SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox o WHERE o.account_id = $1 AND o.queue = 1 LIMIT $2) AS c)
        AS dispatching,
    (SELECT count(*) FROM (SELECT 1 FROM outbox o WHERE o.account_id = $1 AND o.queue = 2 LIMIT $2) AS c)
        AS proving,
    (SELECT count(*) FROM (SELECT 1 FROM outbox o WHERE o.account_id = $1 AND o.queue = 3 LIMIT $2) AS c)
        AS unknown,
    (SELECT count(*) FROM (SELECT 1 FROM messages m
                           WHERE m.org_id = $3 AND m.account_id = $1 AND m.status = 'failed' AND m.body IS NOT NULL
                           LIMIT $2) AS c)
        AS failed,
    (SELECT count(*) FROM (SELECT 1 FROM outbox o
                           WHERE o.account_id = $1 AND o.queue IS NULL AND o.dispatched_at < $4 LIMIT $2) AS c)
        AS stuck
