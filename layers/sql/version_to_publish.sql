-- The version with this number, or the newest that waits: loaded, and newer than the published one. And why it waits.
SELECT v.id, v.number, CASE WHEN v.state = 'loaded' THEN v.quality->>'hold_reason' END
FROM catalogue.layer AS l
JOIN catalogue.layer_version AS v ON v.layer_id = l.id
LEFT JOIN catalogue.layer_version AS current ON current.id = l.current_version_id
WHERE l.id = %(layer_id)s
  AND CASE
        WHEN %(number)s::integer IS NULL THEN v.state = 'loaded' AND v.number > coalesce(current.number, 0)
        ELSE v.number = %(number)s::integer AND v.state IN ('loaded', 'published', 'kept')
      END
ORDER BY v.number DESC
LIMIT 1
