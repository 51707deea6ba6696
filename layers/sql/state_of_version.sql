SELECT state FROM catalogue.layer_version WHERE layer_id = %(layer_id)s AND number = %(number)s
