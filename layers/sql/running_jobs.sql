-- Layers with a job that is said to run.
SELECT DISTINCT layer_id FROM catalogue.import_job WHERE state = 'running' ORDER BY layer_id
