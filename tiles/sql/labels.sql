-- Label points of the chosen features. A label is in exactly one tile: sides west and north belong to it.
(SELECT ST_AsMVT(label, %(labels_name)s, 4096, '_shape', '_fid')
 FROM (SELECT {columns}, ST_AsMVTGeom(_point, {tile}, 4096, 0, false) AS _shape
       FROM (SELECT *, {point} AS _point FROM chosen LIMIT %(limit)s) AS placed
       WHERE {text}::text <> ''
         AND ST_X(_point) >= %(west)s AND ST_X(_point) < %(east)s
         AND ST_Y(_point) > %(south)s AND ST_Y(_point) <= %(north)s) AS label)
