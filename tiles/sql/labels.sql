-- A label is in exactly one tile: the sides west and north belong to it.
ST_AsMVT(_text, {layer}, 4096, '_shape', '_fid') FILTER (
    WHERE {text}::text <> ''
      AND ST_X(_point) >= %(west)s AND ST_X(_point) < %(east)s
      AND ST_Y(_point) > %(south)s AND ST_Y(_point) <= %(north)s)
