-- Of the versions that have this table, because they have the same rows.
UPDATE catalogue.layer_version SET has_pieces = true WHERE table_name = %(table_name)s
