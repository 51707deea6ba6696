SELECT withdrawals FROM catalogue.layer WHERE id = %(layer_id)s
