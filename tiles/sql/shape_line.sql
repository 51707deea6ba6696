-- A line that rounding makes nothing of is drawn as the diagonal of its box, a unit wider to all sides.
CASE WHEN NOT ST_IsEmpty(_line) THEN _line
     WHEN NOT ST_IsEmpty(_near) THEN {widened}
END
