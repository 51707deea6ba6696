-- Whether a table holds a large geometry. Without anything out of line there is none, and nothing is looked through.
SELECT CASE WHEN pg_relation_size(reltoastrelid) > 0
            THEN EXISTS (SELECT FROM {table} WHERE pg_column_size({geometry}) > %(least_bytes)s)
       END
FROM pg_catalog.pg_class
WHERE oid = %(table)s::regclass AND reltoastrelid <> 0
