-- A polygon that survives rounding and reaches hardly beyond the buffer needs no clipping and no repair: a fifth of the
-- price. It may reach beyond one pair of sides only: then it has a part between the others, so it belongs here.
-- Vertices that rounding put on a straight line say nothing and go. A polygon that does not survive may vanish;
-- it is drawn a little wider then.
CASE WHEN {safe_zoom} <= %(zoom)s AND ({geometry} @ {wide} OR {geometry} @ {tall})
     THEN ST_ForcePolygonCCW(ST_Simplify(ST_SnapToGrid(
              ST_Affine({geometry}, %(scale)s, 0, 0, -%(scale)s, %(move_x)s, %(move_y)s), 1), 0))
     WHEN {safe_zoom} <= %(zoom)s THEN {clipped}
     ELSE COALESCE({clipped}, {widened})
END
