ALTER TABLE {table} RENAME TO {renamed}
