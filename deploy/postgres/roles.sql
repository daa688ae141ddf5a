-- The portal's three roles and its database, for the embedded server and the container alike. Run once, by a superuser,
-- with the passwords in the environment: they stand on no command line.
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv app_password PORTAL_APP_PASSWORD
\getenv sys_password PORTAL_SYS_PASSWORD

-- Owns the tables and migrates them. Passes row-level security, so that data migrations and dumps see every row.
CREATE ROLE portal_owner LOGIN NOSUPERUSER BYPASSRLS CREATEDB PASSWORD :'owner_password';
-- Web and workers: owns nothing, bound by every policy.
CREATE ROLE portal_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD :'app_password';
-- Dispatcher, retention, aggregates, health: bound by policies of its own.
CREATE ROLE portal_sys LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD :'sys_password';

CREATE DATABASE baton OWNER portal_owner;
REVOKE ALL ON DATABASE baton FROM PUBLIC;
GRANT CONNECT ON DATABASE baton TO portal_app, portal_sys;

-- Here and in template1, from which test databases are copied.
\connect baton
\set QUIET on
CREATE EXTENSION IF NOT EXISTS btree_gist;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_app, portal_sys;
\connect template1
CREATE EXTENSION IF NOT EXISTS btree_gist;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_app, portal_sys;
