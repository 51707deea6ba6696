-- One database of Prostor: extensions, the two schemas, and who may do what in them.
-- Run inside that database as a superuser, after roles.sql; may be run again.
CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format(
    'GRANT CONNECT ON DATABASE %I TO prostor_reader, prostor_loader, prostor_owner', current_database()
  );
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO prostor_loader', current_database());
END
$$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS catalogue AUTHORIZATION prostor_owner;
CREATE SCHEMA IF NOT EXISTS data AUTHORIZATION prostor_owner;
GRANT USAGE ON SCHEMA catalogue, data TO prostor_reader, prostor_loader;
GRANT CREATE ON SCHEMA data TO prostor_loader;

-- What the owner will make in the catalogue, and the loader in data.
ALTER DEFAULT PRIVILEGES FOR ROLE prostor_owner IN SCHEMA catalogue
  GRANT SELECT ON TABLES TO prostor_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE prostor_owner IN SCHEMA catalogue
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO prostor_loader;
ALTER DEFAULT PRIVILEGES FOR ROLE prostor_owner IN SCHEMA catalogue
  GRANT USAGE, SELECT ON SEQUENCES TO prostor_loader;
ALTER DEFAULT PRIVILEGES FOR ROLE prostor_loader IN SCHEMA data
  GRANT SELECT ON TABLES TO prostor_reader;

-- What PostgreSQL gives to everybody and a reader of maps does not need: writing large objects, holding
-- advisory locks, running any query through an XML function, and blocks of PL/pgSQL.
DO $$
DECLARE
  routine record;
BEGIN
  FOR routine IN
    SELECT p.oid::regprocedure AS signature, p.proname LIKE 'pg\_%advisory%' AS locks
      FROM pg_catalog.pg_proc AS p
     WHERE p.pronamespace = 'pg_catalog'::regnamespace
       AND p.proname ~ '^(lo_|lowrite$|loread$|pg_(try_)?advisory_)|_to_xml(schema|_and_xmlschema)?$'
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine.signature);
    IF routine.locks THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO prostor_loader, prostor_owner', routine.signature);
    END IF;
  END LOOP;
END
$$;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO prostor_owner;
