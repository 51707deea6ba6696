-- The version of a layer with this token: the same data were loaded before. Its row is locked, so that it stays
-- as readable as it is until the import that shares its table is committed.
SELECT id, table_name, manifest, grids, state IN ('loaded', 'published', 'kept')
FROM catalogue.layer_version
WHERE layer_id = %(layer_id)s AND token = %(token)s
FOR UPDATE
