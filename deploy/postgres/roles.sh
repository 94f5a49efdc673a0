#!/bin/sh
# Makes the roles and databases, once, when PostgreSQL starts on an empty volume. Later changes are made by hand.
# The service and Temporal each own what is theirs and cannot open what is the other's.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\set iom `cat /run/secrets/iom_database_password`
\set temporal `cat /run/secrets/temporal_database_password`

create role iom login password :'iom';
create database iom owner iom;
revoke all on database iom from public;

create role temporal login password :'temporal';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database temporal, temporal_visibility from public;
SQL
