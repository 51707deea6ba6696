-- Large features cut into the squares of one grid: the square that holds a feature is quartered until a piece is small.
-- Each piece reaches over its square by a margin, which is more than any tile within the square asks for. Kept are the
-- last pieces and, for tiles that are larger than those, each before that has at most half the vertices such a tile would
-- read without it (`read_there`); an empty piece says that nothing of the feature is there. `around` is the box of the
-- feature: squares beyond it are asked for by nobody.
INSERT INTO {pieces} (_fid, _grid, _cell, _geom)
WITH RECURSIVE cut AS (
  SELECT _fid, 0 AS z, x, y, {geometry}::geometry AS shape, ST_Envelope({geometry}) AS around,
         ST_NPoints({geometry}) AS vertices, ST_NPoints({geometry}) AS read_there, false AS is_kept
  FROM {table}
  CROSS JOIN LATERAL generate_series(
    floor((ST_XMin({geometry}) - %(left)s) / %(span)s)::bigint,
    floor((ST_XMax({geometry}) - %(left)s) / %(span)s)::bigint) AS x
  CROSS JOIN LATERAL generate_series(
    floor((%(top)s - ST_YMax({geometry})) / %(span)s)::bigint,
    floor((%(top)s - ST_YMin({geometry})) / %(span)s)::bigint) AS y
  WHERE pg_column_size({geometry}) > %(least_bytes)s
  UNION ALL
  SELECT _fid, quarter.z, quarter.x, quarter.y, part.shape, around, counted.vertices,
         CASE WHEN judged.is_kept THEN counted.vertices ELSE read_there END, judged.is_kept
  FROM cut
  CROSS JOIN (VALUES (0, 0), (1, 0), (0, 1), (1, 1)) AS step (east, south)
  CROSS JOIN LATERAL (SELECT cut.z + 1 AS z, 2 * cut.x + east AS x, 2 * cut.y + south AS y) AS quarter
  CROSS JOIN LATERAL (
    SELECT ST_Expand(ST_MakeEnvelope(
      %(left)s + quarter.x * side, %(top)s - (quarter.y + 1) * side,
      %(left)s + (quarter.x + 1) * side, %(top)s - quarter.y * side, ST_SRID(around)), side * %(margin)s) AS box
    FROM (SELECT %(span)s / 2 ^ quarter.z AS side) AS sized
  ) AS square
  CROSS JOIN LATERAL (
    SELECT CASE WHEN cut.shape @ square.box THEN cut.shape ELSE ST_ClipByBox2D(cut.shape, square.box) END AS shape
    OFFSET 0
  ) AS part
  CROSS JOIN LATERAL (SELECT ST_NPoints(part.shape) AS vertices OFFSET 0) AS counted
  CROSS JOIN LATERAL (
    SELECT counted.vertices < read_there AND (
      counted.vertices <= %(enough_vertices)s OR quarter.z = %(max_zoom)s
      OR (quarter.z >= %(min_zoom)s AND counted.vertices * 2 <= read_there)) AS is_kept
  ) AS judged
  WHERE cut.vertices > %(enough_vertices)s AND cut.z < %(max_zoom)s AND around && square.box
)
SELECT _fid, %(grid)s, (z::bigint << 54) | (x << 27) | y, shape
FROM cut
WHERE is_kept
