-- A further version of a layer, described as another one is; its table is named after the id that comes back.
INSERT INTO catalogue.layer_version (
  layer_id, number, token, table_name, srid, row_count, extent, native_extent, source_name, source_sha256,
  state_date, operation, operation_accuracy_m, state, manifest, quality, grids
)
SELECT layer_id, (SELECT max(number) + 1 FROM catalogue.layer_version WHERE layer_id = v.layer_id),
  md5(%(edition)s::text || token), '', srid, row_count, extent, native_extent, source_name, source_sha256,
  state_date, operation, operation_accuracy_m, 'loaded', manifest, quality, grids
FROM catalogue.layer_version AS v
WHERE id = %(id)s
RETURNING id
