-- When somebody went back from a version with the same content, or with the same file read in the same way, and nobody
-- published one like it since. Content that is published now, in other words, was not the reason to go back.
WITH current AS (
  SELECT v.content_token
  FROM catalogue.layer AS l
  JOIN catalogue.layer_version AS v ON v.id = l.current_version_id
  WHERE l.id = %(layer_id)s
), alike AS (
  SELECT id, number
  FROM catalogue.layer_version
  WHERE layer_id = %(layer_id)s
    AND (content_token = %(content_token)s AND content_token NOT IN (SELECT content_token FROM current)
         OR (source_sha256 = %(source_sha256)s AND manifest::jsonb = %(manifest)s::jsonb))
)
SELECT alike.number, gone_back.at::date
FROM catalogue.audit AS gone_back
JOIN alike ON alike.id = (gone_back.facts->>'previous')::bigint
WHERE gone_back.layer_id = %(layer_id)s AND gone_back.action = 'rolled back'
  AND NOT EXISTS (
    SELECT FROM catalogue.audit AS later
    WHERE later.layer_id = %(layer_id)s AND later.id > gone_back.id
      AND later.action IN ('published', 'rolled back') AND later.version_id IN (SELECT id FROM alike)
  )
ORDER BY gone_back.id DESC
LIMIT 1
