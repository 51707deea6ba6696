-- The box of a table's geometry.
SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
FROM (SELECT ST_Extent(geom) AS box FROM {table}) AS measured
