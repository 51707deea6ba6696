-- Moved to tile units, thinned to half a unit, clipped to the buffer, rounded, and made valid.
ST_AsMVTGeom({geometry}, {tile}, 4096, %(buffer)s, true)
