-- Since when a layer is withdrawn; no row while it is not.
SELECT withdrawn_at FROM catalogue.layer WHERE id = %(layer_id)s AND withdrawn_at IS NOT NULL
