-- A further version of a layer, described as another one is, with a table of its own named after its id.
WITH fresh AS (SELECT nextval(pg_get_serial_sequence('catalogue.layer_version', 'id')) AS id)
INSERT INTO catalogue.layer_version (
  id, layer_id, number, token, table_name, srid, row_count, extent, native_extent, source_name, source_sha256,
  state_date, operation, operation_accuracy_m, state, manifest, quality, grids
)
OVERRIDING SYSTEM VALUE
SELECT fresh.id, layer_id, (SELECT max(number) + 1 FROM catalogue.layer_version WHERE layer_id = v.layer_id),
  md5(%(edition)s::text || token), 'v' || fresh.id, srid, row_count, extent, native_extent, source_name, source_sha256,
  state_date, operation, operation_accuracy_m, 'loaded', manifest, quality, grids
FROM catalogue.layer_version AS v, fresh
WHERE v.id = %(id)s
RETURNING id
