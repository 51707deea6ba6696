DROP TABLE IF EXISTS {table}, {pieces}, {names}, {words}
