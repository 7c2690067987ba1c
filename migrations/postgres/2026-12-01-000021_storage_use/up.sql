-- The bytes of files that an org stores, uploaded and received ones. Each write that stores or erases a file counts them,
-- so no quota is checked by adding up the files.
CREATE TABLE storage_use (
    org_id uuid NOT NULL PRIMARY KEY,
    bytes bigint NOT NULL
);
-- Files of sent messages are the uploads themselves.
INSERT INTO storage_use (org_id, bytes)
    SELECT org_id, CAST(SUM(size) AS bigint) FROM (
        SELECT org_id, size FROM uploads
        UNION ALL
        SELECT org_id, size FROM media
            WHERE state = 'stored' AND size IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM uploads WHERE uploads.org_id = media.org_id AND uploads.key = media.key)
    ) AS files
    GROUP BY org_id;
