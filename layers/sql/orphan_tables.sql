-- Tables of schema data that no readable version speaks of. None belongs to a running import: its new table and
-- version become visible together, and a table it shares is that of a readable version, which nobody retires while
-- the import holds the layer's lock. A retired version is never readable again.
SELECT t.tablename,
       (SELECT max(v.layer_id) FROM catalogue.layer_version AS v
        WHERE v.table_name = t.tablename AND v.state = 'withdrawn') AS withdrawn_layer
FROM pg_catalog.pg_tables AS t
WHERE t.schemaname = 'data'
  AND t.tablename ~ '^v[0-9]+$'
  AND NOT EXISTS (
    SELECT FROM catalogue.layer_version AS v
    WHERE v.table_name = t.tablename AND v.state IN ('loaded', 'published', 'kept')
  )
ORDER BY t.tablename
