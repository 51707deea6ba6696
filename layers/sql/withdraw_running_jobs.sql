-- Imports of the layer that have not ended publish nothing any more, and what they would say of the data is not kept.
UPDATE catalogue.import_job
SET state = 'failed', message = %(message)s, finished_at = now()
WHERE layer_id = %(layer_id)s AND state = 'running'
