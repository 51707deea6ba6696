-- A feature that lies inside the buffer and survives rounding needs no clipping and no repair: half the price.
CASE WHEN {safe_zoom} <= %(zoom)s AND {geometry} @ {asked}
     THEN ST_ForcePolygonCCW(ST_SnapToGrid(
              ST_Affine({geometry}, %(scale)s, 0, 0, -%(scale)s, -%(west)s * %(scale)s, %(north)s * %(scale)s), 1))
     ELSE ST_AsMVTGeom({geometry}, {tile}, 4096, %(buffer)s, true)
END
