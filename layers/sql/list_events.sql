-- Who did what to a layer, newest first: the audit trail, and imports that came to nothing.
SELECT a.at, a.who, a.action, v.number, v.row_count, v.source_name, v.source_sha256,
       CASE
         WHEN a.action = 'rolled back' THEN 'instead of version ' || (a.facts->>'from')
         WHEN a.action = 'published' AND a.facts->>'waited' IS NOT NULL
           THEN 'confirmed, although ' || (a.facts->>'waited')
         ELSE coalesce(a.facts->>'reason', a.facts->>'waits')
       END AS message,
       v.changes
FROM catalogue.audit AS a
LEFT JOIN catalogue.layer_version AS v ON v.id = a.version_id
WHERE a.layer_id = %(layer_id)s
UNION ALL
SELECT j.started_at, j.who, j.state, NULL, NULL, NULL, NULL, j.message, NULL
FROM catalogue.import_job AS j
WHERE j.layer_id = %(layer_id)s AND j.state IN ('rejected', 'failed')
ORDER BY 1 DESC
LIMIT %(limit)s
