-- The published version of a layer, and the one that was published before it: whatever its last publishing, but not a
-- rollback to it, replaced. So a second rollback goes one step further back.
SELECT current.number, v.id, v.number, v.state
FROM catalogue.layer AS l
JOIN catalogue.layer_version AS current ON current.id = l.current_version_id
LEFT JOIN LATERAL (
  SELECT (a.facts->>'previous')::bigint AS id
  FROM catalogue.audit AS a
  WHERE a.layer_id = l.id AND a.version_id = current.id AND a.action = 'published'
    AND a.facts->>'previous' IS DISTINCT FROM current.id::text
  ORDER BY a.id DESC
  LIMIT 1
) AS before ON true
LEFT JOIN catalogue.layer_version AS v ON v.id = before.id
WHERE l.id = %(layer_id)s
