-- The table of a version with the same content, made for searching or not as this one is to be. Its row is not locked:
-- while the import holds the layer's lock nobody retires it, and a withdrawal shall not wait for the import.
SELECT table_name
FROM catalogue.layer_version
WHERE layer_id = %(layer_id)s AND content_token = %(content_token)s AND state IN ('loaded', 'published', 'kept')
  AND (manifest->>'search' IS NOT NULL) = %(searched)s
ORDER BY state = 'published' DESC, id DESC
LIMIT 1
