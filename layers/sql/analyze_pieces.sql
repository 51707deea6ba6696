ANALYZE {pieces}
