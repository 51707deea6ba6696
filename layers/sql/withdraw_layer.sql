-- Nothing of the layer is published any more; the number tells everybody who remembers something of it.
UPDATE catalogue.layer
SET current_version_id = NULL, withdrawn_at = now(), withdrawals = withdrawals + 1
WHERE id = %(layer_id)s
