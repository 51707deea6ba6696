-- The layer's row, held until the transaction ends, and how often it was withdrawn; readers take no notice of it.
SELECT withdrawals FROM catalogue.layer WHERE id = %(layer_id)s FOR NO KEY UPDATE
