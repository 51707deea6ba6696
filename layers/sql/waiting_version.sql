-- The newest version of a layer that waits: loaded, and newer than the published one.
SELECT v.id, v.number, v.token, v.row_count, v.source_sha256, v.quality->>'fingerprint', v.quality->>'hold_reason',
       (v.changes->>'against')::integer
FROM catalogue.layer AS l
JOIN catalogue.layer_version AS v ON v.layer_id = l.id
LEFT JOIN catalogue.layer_version AS current ON current.id = l.current_version_id
WHERE l.id = %(layer_id)s AND v.state = 'loaded' AND v.number > coalesce(current.number, 0)
ORDER BY v.number DESC
LIMIT 1
