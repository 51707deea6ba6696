INSERT INTO catalogue.layer (id) VALUES (%(layer_id)s) ON CONFLICT (id) DO NOTHING
