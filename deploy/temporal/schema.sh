#!/bin/sh
# Brings Temporal's two databases to the schema of this version of admin-tools. Safe to run again; never goes back.
# SQL_HOST, SQL_PORT, SQL_USER and SQL_PLUGIN come from the environment, the password from its file.
set -eu

SQL_PASSWORD=$(cat /run/secrets/temporal_database_password)
export SQL_PASSWORD

bring_up_to_date() { # DATABASE SCHEMA
    temporal-sql-tool --db "$1" setup-schema -v 0.0
    temporal-sql-tool --db "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

bring_up_to_date temporal temporal
bring_up_to_date temporal_visibility visibility
