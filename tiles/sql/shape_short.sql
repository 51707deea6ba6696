-- A line that rounding would make a point of is drawn as the diagonal of its box, one unit wider to all sides.
CASE WHEN ST_Length(ST_BoundingDiagonal({near})) < 2 * {unit} THEN {widened} ELSE {clipped} END
