-- One row in a hundred is different: 0.4 % have another geometry, 0.4 % another value, 0.2 % another key.
UPDATE {table}
SET _geom = CASE WHEN mod(_fid, 1000) < 4 THEN ST_Translate(_geom, 0.1, 0) ELSE _geom END,
    number = CASE WHEN mod(_fid, 1000) BETWEEN 4 AND 7 THEN number || '*' ELSE number END,
    _key = CASE WHEN mod(_fid, 1000) IN (8, 9) THEN _key || '/1' ELSE _key END
WHERE mod(_fid, 1000) < 10
