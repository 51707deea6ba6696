INSERT INTO catalogue.import_job (layer_id, state, who) VALUES (%(layer_id)s, 'running', %(who)s) RETURNING id
