CREATE INDEX ON {names} USING gin (name gin_trgm_ops)
