#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# logins.sh: the logins of a new database, run once by the image of PostgreSQL: absa_owner migrates,
# absa_sink writes, absa_grafana reads. The three roles are what `absa sink --migrate` expects.
set -euo pipefail
psql -X -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB" <<'SQL'
\getenv database POSTGRES_DB
\getenv owner OWNER_PASSWORD
\getenv sink SINK_PASSWORD
\getenv grafana GRAFANA_DB_PASSWORD
CREATE ROLE absa_writer NOLOGIN;
CREATE ROLE absa_reader NOLOGIN;
CREATE ROLE absa_operator NOLOGIN;
CREATE ROLE absa_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE absa_sink LOGIN PASSWORD :'sink' IN ROLE absa_writer;
CREATE ROLE absa_grafana LOGIN PASSWORD :'grafana' IN ROLE absa_reader;
ALTER DATABASE :"database" OWNER TO absa_owner;
SQL
