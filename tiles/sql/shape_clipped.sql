-- Moved to tile units, thinned to half a unit, clipped to the buffer, rounded, and made valid.
ST_AsMVTGeom({geometry}, %(tile)s::box2d, 4096, {buffer}, true)
