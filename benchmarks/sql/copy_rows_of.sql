-- A new table with the rows of the source, each saying of which edition it is.
CREATE TABLE {table} AS SELECT s.*, {edition}::integer AS edition FROM {source} AS s
