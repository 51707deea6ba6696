-- What `prostor doctor` wants to know about the reader's login, asked by that login itself.
SELECT postgis_lib_version() AS postgis,
       least(
         nullif(r.rolconnlimit, -1),
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
       ) AS connections,
       r.rolsuper
         OR has_schema_privilege(to_regnamespace('data'), 'CREATE')
         OR has_schema_privilege(to_regnamespace('catalogue'), 'CREATE')
         OR has_database_privilege(current_database(), 'CREATE, TEMPORARY') AS may_write
  FROM pg_catalog.pg_roles AS r
 WHERE r.rolname = current_user
