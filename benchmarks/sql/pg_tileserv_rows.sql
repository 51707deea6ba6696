-- The statement that pg_tileserv sends: exact intersection with the grown box, a cap without order.
SELECT ST_AsMVT(tile, {layer}, 4096, 'geom', 'gid')
FROM (
    SELECT ST_AsMVTGeom(ST_Transform(ST_Force2D(geom), 3857), bounds.box, 4096, {buffer}) AS geom, gid, {columns}
    FROM {table},
         (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box,
                 ST_Expand(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(margin)s) AS grown) AS bounds
    WHERE ST_Intersects(geom, ST_Transform(bounds.grown, {srid}))
    LIMIT {limit}
) AS tile
