UPDATE catalogue.layer_version SET state = %(state)s WHERE id = %(id)s
