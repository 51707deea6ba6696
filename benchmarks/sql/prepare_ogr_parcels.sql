-- What ogr2ogr loaded, brought by PostGIS to the columns and indexes that Prostor's table has: checked and mended,
-- turned, along the Hilbert curve, in the second grid, with a label point, a size, a key and a text to search.
DROP TABLE IF EXISTS data.ogr_prepared;
CREATE TABLE data.ogr_prepared AS
SELECT hashtextextended(key, 0) >> 12 AS fid, key, replace(key, '-', ' ') AS title, lower(replace(key, '-', ' ')) AS search,
  valid AS geom, ST_Transform(valid, 3857) AS geom_3857, ST_PointOnSurface(valid) AS label,
  sqrt(ST_Area(valid))::real AS size, (ST_XMax(valid) - ST_XMin(valid))::real AS label_width,
  ko_id, st_parcele, eid_parcela, povrsina, raba, vir, datum_spr, boniteta
FROM (
  SELECT ko_id || '-' || st_parcele AS key,
    ST_ForcePolygonCW(CASE WHEN ST_IsValid(geom) THEN geom ELSE ST_MakeValid(geom, 'method=structure') END) AS valid,
    ko_id, st_parcele, eid_parcela, povrsina, raba, vir, datum_spr, boniteta
  FROM data.ogr_parcels
) AS checked
ORDER BY valid;
ALTER TABLE data.ogr_prepared ADD PRIMARY KEY (fid);
ALTER TABLE data.ogr_prepared ADD UNIQUE (key);
CREATE INDEX ON data.ogr_prepared USING gist (geom);
CREATE INDEX ON data.ogr_prepared USING gist (geom_3857);
CREATE INDEX ON data.ogr_prepared USING gin (search gin_trgm_ops);
CREATE INDEX ON data.ogr_prepared (search text_pattern_ops);
ANALYZE data.ogr_prepared
