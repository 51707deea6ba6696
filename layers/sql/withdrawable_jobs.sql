-- Imports of a layer: all of them, those with a message that may quote the data, and those that have not ended.
SELECT count(*), count(*) FILTER (WHERE message <> %(message)s), count(*) FILTER (WHERE state = 'running')
FROM catalogue.import_job
WHERE layer_id = %(layer_id)s
