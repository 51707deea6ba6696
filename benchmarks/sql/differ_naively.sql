-- What somebody would type to count the differences between two tables.
SELECT count(*) FILTER (WHERE b._key IS NULL),
       count(*) FILTER (WHERE a._key IS NULL),
       count(*) FILTER (WHERE a._key = b._key AND a._geom IS DISTINCT FROM b._geom),
       count(*) FILTER (WHERE a._key = b._key AND a.number IS DISTINCT FROM b.number)
FROM {before} AS b
FULL JOIN {after} AS a ON a._key = b._key
