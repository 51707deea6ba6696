INSERT INTO catalogue.audit (who, action, layer_id, version_id, facts)
VALUES (%(who)s, %(action)s, %(layer_id)s, %(version_id)s, %(facts)s)
