#!/usr/bin/env bash
# Run by the postgres image when its volume is empty.
set -euo pipefail
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres --file=/baton/roles.sql
