-- The shape of the statement that tipg sends: box transformed beforehand, exact intersection, a cap without order.
WITH chosen AS (
    SELECT ST_AsMVTGeom(ST_Transform(ST_CurveToLine(_geom), 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 256, true)
               AS geom,
           _fid AS fid, number
    FROM {table}
    WHERE ST_Intersects(_geom, ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, {srid}))
    LIMIT 10000
)
SELECT ST_AsMVT(chosen, 'parcels', 4096, 'geom', 'fid') FROM chosen
