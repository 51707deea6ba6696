-- The moment itself, not that of a transaction that may have been loading for long: the janitor counts from it.
INSERT INTO catalogue.audit (at, who, action, layer_id, version_id, facts)
VALUES (clock_timestamp(), %(who)s, %(action)s, %(layer_id)s, %(version_id)s, %(facts)s)
