UPDATE catalogue.import_job
SET state = 'failed', message = %(message)s, finished_at = now()
WHERE layer_id = %(layer_id)s AND state = 'running'
