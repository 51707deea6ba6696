-- The published version of a layer, as the next import has to know it.
SELECT v.id, v.number, v.token, v.row_count, v.manifest, v.source_sha256, v.quality->>'fingerprint',
       v.table_name, v.srid, v.native_extent
FROM catalogue.layer AS l
JOIN catalogue.layer_version AS v ON v.id = l.current_version_id
WHERE l.id = %(layer_id)s AND l.withdrawn_at IS NULL
