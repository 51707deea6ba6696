-- What a withdrawal would take away, and when the layer was withdrawn, if it is.
SELECT l.withdrawn_at, v.number, v.state, v.row_count
FROM catalogue.layer AS l
LEFT JOIN catalogue.layer_version AS v ON v.layer_id = l.id AND v.state IN ('loaded', 'published', 'kept')
WHERE l.id = %(layer_id)s
ORDER BY v.number DESC
