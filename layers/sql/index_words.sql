CREATE INDEX ON {words} USING gin (word gin_trgm_ops)
