-- The newest version of a layer that waits: loaded, and no newer one was ever published.
SELECT v.id, v.number, v.token, v.row_count, v.source_sha256, v.quality->>'fingerprint', v.quality->>'hold_reason',
       (v.changes->>'against')::integer
FROM catalogue.layer_version AS v
WHERE v.layer_id = %(layer_id)s AND v.state = 'loaded' AND NOT EXISTS (
  SELECT FROM catalogue.layer_version AS newer
  WHERE newer.layer_id = v.layer_id AND newer.number > v.number AND newer.state IN ('published', 'kept')
)
ORDER BY v.number DESC
LIMIT 1
