-- The version that was published until now is kept.
UPDATE catalogue.layer_version SET state = 'kept' WHERE id = %(id)s AND state = 'published'
