CREATE INDEX ON {words} (word text_pattern_ops)
