-- The layer's row, held until the transaction ends; readers take no notice of it.
SELECT id FROM catalogue.layer WHERE id = %(layer_id)s FOR NO KEY UPDATE
