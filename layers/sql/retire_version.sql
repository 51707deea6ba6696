-- Retire one version, unless it was published since it was found.
UPDATE catalogue.layer_version AS v
SET state = 'dropped'
WHERE v.id = %(id)s
  AND v.state IN ('kept', 'loaded')
  AND NOT EXISTS (SELECT FROM catalogue.layer AS l WHERE l.current_version_id = v.id)
