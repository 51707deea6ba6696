SELECT count(*), pg_sleep(%(seconds)s) FROM {table}
