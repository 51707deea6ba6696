CREATE TABLE {table} AS TABLE {source}
