-- What a peer reads: the published rows with the columns that travel, in the order they are stored.
CREATE TABLE {table} AS
SELECT _fid AS gid, {columns}, {geometry}::geometry(Geometry, {srid}) AS geom
FROM {source}
