-- Moved to tile units, thinned to half a unit, and rounded.
ST_SnapToGrid(ST_Simplify(
    ST_Affine({line}, %(scale)s, 0, 0, -%(scale)s, %(move_x)s, %(move_y)s), 0.5, true), 1)
