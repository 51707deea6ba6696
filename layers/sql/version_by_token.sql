-- The version of a layer with this token: the same data were loaded before.
SELECT id, table_name, manifest, grids, state IN ('loaded', 'published', 'kept')
FROM catalogue.layer_version
WHERE layer_id = %(layer_id)s AND token = %(token)s
