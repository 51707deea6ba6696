CREATE INDEX ON {table} USING gist (_geom)
