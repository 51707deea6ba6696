UPDATE catalogue.import_job
SET state = %(state)s, message = %(message)s, version_id = %(version_id)s, finished_at = now()
WHERE id = %(id)s
