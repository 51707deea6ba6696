SELECT id, layer_id FROM catalogue.import_job WHERE state = 'running' ORDER BY id
