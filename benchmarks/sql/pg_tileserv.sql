-- The shape of the statement that pg_tileserv sends: exact intersection with the grown box, a cap without order.
SELECT ST_AsMVT(tile, 'parcels', 4096, 'geom', 'fid')
FROM (
    SELECT ST_AsMVTGeom(ST_Transform(ST_Force2D(_geom), 3857), bounds.box, 4096, 256) AS geom, _fid AS fid, number
    FROM {table},
         (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box,
                 ST_Expand(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(margin)s) AS grown) AS bounds
    WHERE ST_Intersects(_geom, ST_Transform(bounds.grown, {srid}))
    LIMIT 50000
) AS tile
