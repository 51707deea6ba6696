UPDATE catalogue.layer_version SET table_name = %(table_name)s, token = %(token)s WHERE id = %(id)s
