-- A table that is shared has its pieces already.
UPDATE catalogue.layer_version
SET table_name = %(table_name)s, token = %(token)s,
    has_pieces = EXISTS (
      SELECT FROM catalogue.layer_version AS other WHERE other.table_name = %(table_name)s AND other.has_pieces
    )
WHERE id = %(id)s
