-- Tables of schema data that no readable version speaks of. None can come from a running import: a table and its
-- version become visible together.
SELECT t.tablename
FROM pg_catalog.pg_tables AS t
WHERE t.schemaname = 'data'
  AND t.tablename ~ '^v[0-9]+$'
  AND NOT EXISTS (
    SELECT FROM catalogue.layer_version AS v
    WHERE v.table_name = t.tablename AND v.state IN ('loaded', 'published', 'kept')
  )
ORDER BY t.tablename
