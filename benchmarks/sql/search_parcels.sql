-- Four thousand parcels in each cadastral municipality: a number and six parts of it, one after the other.
CREATE TEMPORARY TABLE made AS
SELECT place AS _fid, ko || '-' || number AS _key, ko || ' ' || number AS _title, ko || ' ' || number AS _search,
       box AS _geom, ST_Centroid(box) AS _label, ko, number, (100100000000000000 + place)::text AS eid
FROM (
  SELECT place, 100 + place / 4000 AS ko,
         (place %% 4000 / 7 + 1) || CASE WHEN place %% 4000 %% 7 = 0 THEN '' ELSE '/' || place %% 4000 %% 7 END AS number,
         ST_MakeEnvelope(550000 + place %% 1000 * 20, 130000 + place / 1000 * 20, 550020 + place %% 1000 * 20,
                         130020 + place / 1000 * 20, 3794) AS box
  FROM generate_series(0, %(count)s - 1) AS place
) AS lot
