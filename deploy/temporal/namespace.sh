#!/bin/sh
# Makes the namespace TEMPORAL_NAMESPACE at TEMPORAL_ADDRESS if it is not there, and ends once workers can use it.
# Safe to run again. RETENTION is how long a finished run stays to be looked at; the record itself is in PostgreSQL.
set -eu

tries=30
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || exit 1
    sleep 2
done

# The server's parts learn of a new namespace a little later, each for itself; a worker that comes too early gives up.
until temporal workflow count --namespace "$TEMPORAL_NAMESPACE" >/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || exit 1
    sleep 2
done
echo "Namespace $TEMPORAL_NAMESPACE is there."
