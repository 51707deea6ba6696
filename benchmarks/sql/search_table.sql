CREATE TABLE {copy} AS
SELECT {columns} FROM made, (SELECT * FROM {table} LIMIT 1) AS model
