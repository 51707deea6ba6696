-- Tables whose every version was withdrawn with its layer, and which are still there.
SELECT t.tablename
FROM pg_catalog.pg_tables AS t
WHERE t.schemaname = 'data'
  AND EXISTS (
    SELECT FROM catalogue.layer_version AS v
    WHERE v.table_name = t.tablename AND v.layer_id = %(layer_id)s AND v.state = 'withdrawn'
  )
  AND NOT EXISTS (
    SELECT FROM catalogue.layer_version AS v
    WHERE v.table_name = t.tablename AND v.state IN ('loaded', 'published', 'kept')
  )
ORDER BY t.tablename
