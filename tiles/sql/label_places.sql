-- OFFSET 0 keeps the planner from writing the transformation into every place the point is used in.
CROSS JOIN LATERAL (SELECT {point} AS _point OFFSET 0) AS _placed
CROSS JOIN LATERAL (SELECT {columns}, ST_AsMVTGeom(_point, %(tile)s::box2d, 4096, 0, false) AS _shape) AS _text
