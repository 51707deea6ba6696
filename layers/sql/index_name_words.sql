CREATE INDEX ON {names} USING gin (words)
