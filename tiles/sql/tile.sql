-- One layer in one tile: its features, its labels, and how many features there were. The count is at most one
-- more than the cap, which says that the cap was reached. ST_AsMVT leaves out features without a shape.
WITH chosen AS (
    SELECT {stored}
    FROM {table}
    WHERE {geometry} && {asked}
      AND {large_enough}
    ORDER BY {order}
    LIMIT %(limit)s + 1
)
SELECT
    (SELECT ST_AsMVT(feature, %(name)s, 4096, '_shape', '_fid')
     FROM (SELECT {properties}, {shape} AS _shape FROM chosen LIMIT %(limit)s) AS feature),
    {labels},
    (SELECT count(*) FROM chosen)
