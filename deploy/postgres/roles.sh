#!/bin/sh
# Makes the roles and databases, once, when PostgreSQL starts on an empty volume. Later changes are made by hand.
# The service and Temporal each own what is theirs and cannot open what is the other's.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\set iom `cat /run/secrets/iom_database_password`
\set app `cat /run/secrets/iom_app_database_password`
\set door `cat /run/secrets/iom_door_database_password`
\set worker `cat /run/secrets/iom_worker_database_password`
\set temporal `cat /run/secrets/temporal_database_password`

create role iom login password :'iom';
create database iom owner iom;
revoke all on database iom from public;

-- iom owns the tables and migrates them. The web is iom_door until somebody is signed in and iom_app from then on, for
-- whom row-level security is; worker and commands are iom_worker. What each may do is put up by `iom migrate`.
create role iom_app login password :'app';
create role iom_door login password :'door';
create role iom_worker login password :'worker';
grant connect on database iom to iom_app, iom_door, iom_worker;

create role temporal login password :'temporal';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database temporal, temporal_visibility from public;
SQL
