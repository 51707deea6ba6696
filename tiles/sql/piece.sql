-- Of a large geometry the smallest of the stored pieces whose square holds the tile: numbers of squares begin with the
-- zoom.
CASE WHEN pg_column_size({geometry}) > {least_bytes}
     THEN COALESCE((
         SELECT _piece._geom
         FROM {pieces} AS _piece
         WHERE _piece._fid = _chosen._fid AND _piece._grid = {grid} AND _piece._cell = ANY(%(squares)s::bigint[])
         ORDER BY _piece._cell DESC
         LIMIT 1), {geometry})
     ELSE {geometry}
END
