-- The version is published, unless it was withdrawn or cleared away, or its table is not there.
UPDATE catalogue.layer_version
SET state = 'published'
WHERE id = %(id)s
  AND state IN ('loaded', 'published', 'kept')
  AND to_regclass(format('data.%%I', table_name)) IS NOT NULL
RETURNING number
