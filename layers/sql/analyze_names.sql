ANALYZE {names}, {words}
