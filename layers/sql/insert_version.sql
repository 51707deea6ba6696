-- A new version of a layer; its table and its token are named after the id that comes back.
INSERT INTO catalogue.layer_version (
  layer_id, number, token, content_token, table_name, srid, row_count, extent, native_extent, source_name, source_sha256,
  state_date, operation, operation_accuracy_m, state, manifest, quality, grids, bands
)
SELECT
  %(layer_id)s,
  coalesce(max(number), 0) + 1,
  '', %(content_token)s, '', %(srid)s, %(row_count)s,
  ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326),
  %(native_extent)s, %(source_name)s, %(source_sha256)s, %(state_date)s, %(operation)s, %(operation_accuracy_m)s,
  'loaded', %(manifest)s, %(quality)s, %(grids)s, %(bands)s
FROM catalogue.layer_version
WHERE layer_id = %(layer_id)s
RETURNING id, number
