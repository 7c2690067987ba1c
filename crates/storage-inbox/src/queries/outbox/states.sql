-- Messages of a number by where they stand, each counted by the index, no further than asked.
SELECT (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.account_id = $1 AND m.queue = 1 LIMIT $2) AS c)
        AS dispatching,
    (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.account_id = $1 AND m.queue = 2 LIMIT $2) AS c)
        AS proving,
    (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.account_id = $1 AND m.queue = 3 LIMIT $2) AS c)
        AS unknown,
    (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.account_id = $1 AND m.queue = 4 LIMIT $2) AS c)
        AS failed,
    (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.account_id = $1 AND m.underway_since < $3 LIMIT $2) AS c)
        AS stuck
