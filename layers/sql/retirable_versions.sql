-- Versions beyond the newest few that were kept, whose pointer left them a while ago; and waiting ones that a newer
-- version overtook, published or not.
WITH ranked AS (
  SELECT v.id, v.layer_id, v.state,
         row_number() OVER (PARTITION BY v.layer_id, v.state ORDER BY v.number DESC) AS place,
         EXISTS (
           SELECT FROM catalogue.layer_version AS newer
           WHERE newer.layer_id = v.layer_id AND newer.number > v.number
             AND newer.state IN ('loaded', 'published', 'kept')
         ) AS overtaken,
         coalesce(
           (SELECT max(a.at) FROM catalogue.audit AS a
            WHERE a.layer_id = v.layer_id AND a.facts->>'previous' = v.id::text),
           v.loaded_at
         ) AS last_read
  FROM catalogue.layer_version AS v
  WHERE v.state IN ('kept', 'loaded')
)
SELECT id, layer_id
FROM ranked
WHERE last_read < now() - make_interval(secs => %(quiet_seconds)s)
  AND ((state = 'kept' AND place > %(keep)s) OR (state = 'loaded' AND overtaken))
ORDER BY id
