#!/bin/sh
# Makes deploy/secrets with a new random password for each part. Never changes a file that is there.
#
# The folder is for its owner only. The files in it can be read by all, because Compose mounts them as they are and
# the services run as users that this machine does not know; nobody but the owner gets as far as the files.
set -eu

cd "$(dirname "$0")"
umask 022
mkdir -p secrets
chmod 700 secrets
cd secrets

random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

keep() { # NAME VALUE
    if [ -e "$1" ]; then
        echo "kept  deploy/secrets/$1"
    else
        printf '%s' "$2" >"$1"
        chmod 644 "$1"
        echo "made  deploy/secrets/$1"
    fi
}

keep .gitignore '*'
keep postgres_password "$(random)"
keep temporal_database_password "$(random)"
keep iom_database_password "$(random)"
keep iom_database_url "postgresql://iom:$(cat iom_database_password)@postgres:5432/iom"
for role in app door worker; do
    keep "iom_${role}_database_password" "$(random)"
    keep "iom_${role}_database_url" "postgresql://iom_$role:$(cat "iom_${role}_database_password")@postgres:5432/iom"
done
keep iom_directories '[]'
keep iom_smtp_url "smtp://mailpit:1025"
