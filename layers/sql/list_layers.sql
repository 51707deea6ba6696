-- Every layer that was ever imported: what is published of it, and the newest version that waits.
SELECT l.id, v.number, v.row_count, v.state_date, v.loaded_at, v.token, l.withdrawn_at,
       (SELECT max(w.number) FROM catalogue.layer_version AS w
        WHERE w.layer_id = l.id AND w.state = 'loaded' AND NOT EXISTS (
          SELECT FROM catalogue.layer_version AS newer
          WHERE newer.layer_id = l.id AND newer.number > w.number AND newer.state IN ('published', 'kept')
        )) AS waiting
FROM catalogue.layer AS l
LEFT JOIN catalogue.layer_version AS v ON v.id = l.current_version_id
ORDER BY l.id
