-- The versions of a layer, newest first, also the ones whose data are gone; and who made each the published one last, when,
-- and instead of which version it was rolled back to.
SELECT v.number, v.state, v.row_count, v.state_date, v.loaded_at, v.token, v.source_name, v.source_sha256, v.operation,
       v.operation_accuracy_m, v.quality, v.changes, p.at, p.who, p.instead_of
FROM catalogue.layer_version AS v
LEFT JOIN LATERAL (
  SELECT a.at, a.who, CASE WHEN a.action = 'rolled back' THEN (a.facts->>'from')::integer END AS instead_of
  FROM catalogue.audit AS a
  WHERE a.layer_id = v.layer_id AND a.version_id = v.id AND a.action IN ('published', 'rolled back')
  ORDER BY a.id DESC
  LIMIT 1
) AS p ON true
WHERE v.layer_id = %(layer_id)s
ORDER BY v.number DESC
