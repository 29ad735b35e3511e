#!/usr/bin/env bash
# Backup and restore, as they should be practised: bills the demo month on a private cluster of its own, dumps the database, destroys the cluster, restores the dump
# into a new one and proves it there. Every digest must be the same before and after.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

cluster=drill
month=2026-10
folder=$local_dir/drill
unset BILLING_DB # never anybody's own database

billing() { "$local_dir/bin/billing" "$@" </dev/null 8<&-; }

step() { say "" "== $1"; }

# quiet COMMAND…: runs it, and shows what it said only if it fails.
quiet() { "$@" >"$folder/last" 2>&1 || { cat "$folder/last" >&2; die "Failed: $*"; }; }

begin() {
    hold postgres $cluster
    BILLING_DB=$(deploy/postgres.sh url --name $cluster)
    export BILLING_DB
}

destroy() {
    unset BILLING_DB
    held=()
    exec 8<&-
    deploy/postgres.sh wipe --name $cluster
}

# client PROGRAM ARGUMENTS…: a program of the server's own version, told where the database is.
client() {
    local program=$1 bin
    shift
    bin=$(pg_bin "$(deploy/postgres.sh psql --name $cluster -- -Atc 'show server_version_num' | sed -E 's/....$//')") || die "The server's programs are not found."
    [ -x "$bin/$program" ] || die "$program is missing beside the server in $bin."
    PGHOST=127.0.0.1 PGPORT=$(cat "$local_dir/postgres/$cluster/port") PGUSER=billing PGPASSWORD=$(cat "$local_dir/postgres/$cluster/password") PGDATABASE=billing \
        "$bin/$program" "$@" 8<&-
}

# What must be the same afterwards: the proof with its digests, the accounting of all rows, and each table as a whole.
prove() {
    billing verify --month $month
    billing invoices verify --month $month
    billing reconcile
    deploy/postgres.sh psql --name $cluster -- -Atq <<-'END'
		select format('select %L, count(*), md5(coalesce(string_agg(md5(t::text), '''' order by md5(t::text)), '''')) from %s t;', oid::regclass, oid::regclass)
		from pg_class where relnamespace = 'billing'::regnamespace and relkind = 'r' order by oid::regclass::text \gexec
	END
}

trap 'release; rm -f "$folder/last"' EXIT
trap 'exit 130' INT TERM HUP

deploy/setup.sh
deploy/build.sh
mkdir -p "$folder"
if [ -d "$local_dir/postgres/$cluster" ] && ! flock -xn "$local_dir/postgres/$cluster" true; then die "Another make drill is at work."; fi
deploy/postgres.sh wipe --name $cluster >/dev/null

step "A month is billed"
begin
quiet billing db-apply
quiet billing reference load deploy/demo/reference.json
quiet billing tariffs publish services/Billing.Rating/BuiltIn/sample-tariff.json --yes
quiet billing contracts import deploy/demo/contracts.json
quiet billing ingest deploy/demo/calls.csv
billing invoices issue --month $month
prove >"$folder/before"
grep -E '^(documents|proof)' "$folder/before"

step "Dump"
client pg_dump --format=custom --file="$folder/billing.dump"
say "$(stat -c %s "$folder/billing.dump") bytes, SHA-256 $(sha256sum "$folder/billing.dump" | cut -c 1-16)…"

step "Destroy"
destroy

step "Restore"
begin
began=$SECONDS
client pg_restore --exit-on-error --no-owner --single-transaction --dbname=billing "$folder/billing.dump"
say "restored in $((SECONDS - began)) s"
quiet billing db-assert
say "the schema is as it should be"

step "Prove"
prove >"$folder/after"
grep -E '^(documents|proof)' "$folder/after"
diff "$folder/before" "$folder/after" || die "The restored database is not the one that was dumped."
say "$(awk -F '|' 'length($3) == 32 { tables++; rows += $2 } END { print tables " tables, " rows " rows" }' "$folder/after"): the same digests before and after"
say "" "Every row is accounted for, every invoice is the same byte for byte."
