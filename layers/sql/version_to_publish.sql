-- The version with this number, or the newest that waits: loaded, and no newer one was ever published. And why it waits.
SELECT v.id, v.number, CASE WHEN v.state = 'loaded' THEN v.quality->>'hold_reason' END
FROM catalogue.layer_version AS v
WHERE v.layer_id = %(layer_id)s
  AND CASE
        WHEN %(number)s::integer IS NULL THEN v.state = 'loaded' AND NOT EXISTS (
          SELECT FROM catalogue.layer_version AS newer
          WHERE newer.layer_id = v.layer_id AND newer.number > v.number AND newer.state IN ('published', 'kept')
        )
        ELSE v.number = %(number)s::integer AND v.state IN ('loaded', 'published', 'kept')
      END
ORDER BY v.number DESC
LIMIT 1
