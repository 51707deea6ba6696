-- Versions of a layer a rollback could go back to, newest first.
SELECT id, number FROM catalogue.layer_version WHERE layer_id = %(layer_id)s AND state = 'kept' ORDER BY number DESC
