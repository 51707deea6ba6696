-- Whether this very session holds the lock of the layer.
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_locks AS l
  WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.pid = pg_backend_pid()
    AND l.classid::bigint = 7776787 AND l.objid = hashtext(%(layer_id)s)::oid
)
