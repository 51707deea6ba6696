ALTER TABLE {table} ADD UNIQUE (_key)
