UPDATE catalogue.layer_version SET token = %(token)s WHERE id = %(id)s
