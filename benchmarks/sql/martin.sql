-- The shape of the statement that Martin sends for a table: transformed row by row, no margin for a national CRS.
SELECT ST_AsMVT(tile, 'parcels', 4096, 'geom', 'fid')
FROM (
    SELECT ST_AsMVTGeom(ST_Transform(ST_CurveToLine(_geom), 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true)
               AS geom,
           _fid AS fid, number
    FROM {table}
    WHERE _geom && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), {srid})
) AS tile
