-- What belongs into a tile, judged by exact geometry in the tile's own CRS: inside it by a unit at least, in its
-- buffer by a unit at least, or so near that it may be there or not; with the size that says whether it can be seen.
SELECT {key} AS key, {columns} AS columns,
       ST_Intersects(geom, ST_Expand(tile.box, -%(unit)s)) AS is_inside,
       ST_Intersects(geom, ST_Expand(tile.box, %(margin)s - %(unit)s)) AS is_near,
       CASE WHEN ST_Dimension(geom) = 2 THEN sqrt(ST_Area(geom))
            WHEN ST_Dimension(geom) = 1 THEN ST_Length(geom) END / %(unit)s AS units
FROM {table},
     (SELECT ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, {srid}) AS box) AS tile
WHERE geom && ST_Expand(tile.box, %(margin)s + 2 * %(unit)s)
