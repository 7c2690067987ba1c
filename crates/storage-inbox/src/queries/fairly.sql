-- The oldest of each lane of a partition, from lane to lane by the index: however long the queue is, no more is read than
-- is answered. The lanes come first because it is said: SQLite would else go through the partition and ask for the
-- lanes at each row, for the sake of the order.
WITH RECURSIVE lanes (lane) AS (
    SELECT min(q.lane) FROM change_queue q
    WHERE q.partition = $1 AND q.lane > $2 AND q.lane <= $3
    UNION ALL
    SELECT (SELECT min(q.lane) FROM change_queue q
            WHERE q.partition = $1 AND q.lane > lanes.lane AND q.lane <= $3)
    FROM lanes WHERE lanes.lane IS NOT NULL
), oldest (lane, last) AS MATERIALIZED (
    SELECT lanes.lane, (SELECT i.change_id FROM (SELECT change_id FROM change_queue
                            WHERE partition = $1 AND lane = lanes.lane ORDER BY change_id LIMIT $4) AS i
                        ORDER BY i.change_id DESC LIMIT 1)
    FROM lanes WHERE lanes.lane IS NOT NULL LIMIT $5
)
SELECT q.change_id, q.partition, q.lane, q.bytes, q.is_replay
FROM oldest CROSS JOIN change_queue q
WHERE q.partition = $1 AND q.lane = oldest.lane AND q.change_id <= oldest.last
ORDER BY q.lane, q.change_id
LIMIT $5
