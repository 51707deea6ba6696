-- The version with this number, or the newest that was loaded and waits; and why it waits.
SELECT id, number, CASE WHEN state = 'loaded' THEN quality->>'hold_reason' END
FROM catalogue.layer_version
WHERE layer_id = %(layer_id)s
  AND CASE
        WHEN %(number)s::integer IS NULL THEN state = 'loaded'
        ELSE number = %(number)s::integer AND state IN ('loaded', 'published', 'kept')
      END
ORDER BY number DESC
LIMIT 1
