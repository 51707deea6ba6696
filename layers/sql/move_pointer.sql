-- Publishing: one pointer moves, in one statement, and says where it stood.
UPDATE catalogue.layer AS l
SET current_version_id = %(version_id)s, withdrawn_at = NULL
FROM (SELECT id, current_version_id FROM catalogue.layer WHERE id = %(layer_id)s FOR NO KEY UPDATE) AS before
WHERE l.id = before.id
RETURNING before.current_version_id
