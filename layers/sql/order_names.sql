CREATE INDEX ON {names} (name text_pattern_ops)
