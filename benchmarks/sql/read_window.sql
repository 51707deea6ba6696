-- What a reader asks for: up to a hundred features in a window, with the editions they are of.
SELECT count(*), min(edition), max(edition)
FROM (
  SELECT edition, ST_AsGeoJSON(_geom, 3) FROM {table}
  WHERE _geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, {srid})
  LIMIT 100
) AS found
