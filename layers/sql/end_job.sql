-- A job that has ended keeps its end: what fails after a publication was committed does not undo it.
UPDATE catalogue.import_job
SET state = %(state)s, message = %(message)s, version_id = %(version_id)s, finished_at = now()
WHERE id = %(id)s AND state = 'running'
