DROP TABLE IF EXISTS {table}, {pieces}
