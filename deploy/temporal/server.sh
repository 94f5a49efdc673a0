#!/bin/sh
# Starts the Temporal server with its password from a file, which the image itself cannot read one from.
set -eu

POSTGRES_PWD=$(cat /run/secrets/temporal_database_password)
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
