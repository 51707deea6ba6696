-- The three logins of Prostor and what each may do on the whole server. Run as a superuser; may be run again.
-- Passwords are not set here: give each login its own with \password.
DO $$
DECLARE
  login text;
BEGIN
  FOREACH login IN ARRAY ARRAY['prostor_reader', 'prostor_loader', 'prostor_owner'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = login) THEN
      EXECUTE format('CREATE ROLE %I', login);
    END IF;
    EXECUTE format(
      'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS', login
    );
    EXECUTE format('ALTER ROLE %I SET search_path = public', login);
  END LOOP;
END
$$;

-- The web service keeps at most ten connections per worker process.
ALTER ROLE prostor_reader CONNECTION LIMIT 80;
ALTER ROLE prostor_loader CONNECTION LIMIT 8;
ALTER ROLE prostor_owner CONNECTION LIMIT 4;

-- Guards against slowness. A session may lift them (all but temp_file_limit), so rights below do the rest.
ALTER ROLE prostor_reader SET default_transaction_read_only = on;
ALTER ROLE prostor_reader SET statement_timeout = '10s';
ALTER ROLE prostor_reader SET lock_timeout = '1s';
ALTER ROLE prostor_reader SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE prostor_reader SET temp_file_limit = '64MB';
ALTER ROLE prostor_loader SET idle_in_transaction_session_timeout = '1h';
ALTER ROLE prostor_owner SET lock_timeout = '10s';
