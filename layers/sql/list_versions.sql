-- The versions of a layer, newest first, also the ones whose data are gone.
SELECT number, state, row_count, state_date, loaded_at, token, source_name, source_sha256, operation,
       operation_accuracy_m, quality, changes
FROM catalogue.layer_version
WHERE layer_id = %(layer_id)s
ORDER BY number DESC
