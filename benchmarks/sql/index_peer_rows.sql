ALTER TABLE {table} ADD PRIMARY KEY (gid);
CREATE INDEX ON {table} USING gist (geom)
