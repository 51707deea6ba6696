-- Twenty houses in each street, as an import would have stored them.
CREATE TEMPORARY TABLE made AS
SELECT place * 20 + number AS _fid, (place * 20 + number)::text AS _key,
       title || ' ' || number || ', ' || settlement AS _title, street || ' ' || number || ', ' || folded AS _search,
       ST_SetSRID(ST_MakePoint(550000 + place % 200 * 60 + number, 135000 + place / 200 * 60), 3794) AS _geom,
       ST_SetSRID(ST_MakePoint(550000 + place % 200 * 60 + number, 135000 + place / 200 * 60), 3794) AS _label
FROM streets, generate_series(1, 20) AS number
