INSERT INTO {table} SELECT s.*, {edition}::integer FROM {source} AS s
