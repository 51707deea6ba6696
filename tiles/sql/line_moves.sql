-- Not by ST_AsMVTGeom: it loses the branches of a line that comes back to where it began (PostGIS 3.3, ST_Simplify
-- with a tolerance of 0). OFFSET 0 keeps the planner from writing the expressions out at every place they are used.
CROSS JOIN LATERAL (
    SELECT CASE WHEN {geometry} @ {asked} THEN {geometry} ELSE ST_ClipByBox2D({held}, {around}) END AS _near
    OFFSET 0
) AS _clipped
CROSS JOIN LATERAL (SELECT {moved} AS _line OFFSET 0) AS _moved
