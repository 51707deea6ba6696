-- Tables of schema data that no readable version speaks of, each with what stands beside it under one name. None belongs to a
-- running import: its new table and version become visible together, and a table it shares is that of a readable
-- version, which nobody retires while the import holds the layer's lock. A retired version is never readable again.
SELECT t.name,
       (SELECT max(v.layer_id) FROM catalogue.layer_version AS v
        WHERE v.table_name = t.name AND v.state = 'withdrawn') AS withdrawn_layer
FROM (
  SELECT DISTINCT substring(tablename FROM '^v[0-9]+') AS name
  FROM pg_catalog.pg_tables
  WHERE schemaname = 'data' AND tablename ~ '^v[0-9]+(_(pieces|names|words))?$'
) AS t
WHERE NOT EXISTS (
    SELECT FROM catalogue.layer_version AS v
    WHERE v.table_name = t.name AND v.state IN ('loaded', 'published', 'kept')
  )
ORDER BY t.name
