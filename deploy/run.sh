#!/usr/bin/env bash
# Sets everything up, bills the demo month, and serves until Ctrl-C. Repeatable: what is done already is not done twice.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

month=2026-10
built_in=services/Billing.Rating/BuiltIn
server=

billing() { "$local_dir/bin/billing" "$@" </dev/null 8<&-; }

step() {
    say "" "== $1"
    shift
    billing "$@"
}

free_port() {
    local port=8080
    while taken "$port"; do port=$((port + 1)); done
    say "$port"
}

# The service gets half a minute to finish what it does, and the cluster stops after it.
finish() {
    local try
    trap '' INT TERM HUP
    if [ -n "$server" ] && kill -TERM "$server" 2>/dev/null; then
        say "" "Stopping"
        for try in {1..300}; do
            kill -0 "$server" 2>/dev/null || break
            if [ "$try" = 300 ]; then kill -KILL "$server"; fi
            sleep 0.1
        done
    fi
    release
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

deploy/setup.sh
deploy/build.sh
hold postgres main
BILLING_DB=$(deploy/postgres.sh url)
export BILLING_DB

step "Database schema" db-apply
step "Reference data" reference load deploy/demo/reference.json
step "Tariff" tariffs publish $built_in/sample-tariff.json --yes
step "Contracts" contracts import deploy/demo/contracts.json
step "Calls" ingest deploy/demo/calls.csv
step "Invoices of $month" invoices issue --month $month
step "The month's invoices" invoices list --month $month
step "One account per role, to sign in with: name and password" accounts demo --contracts C-1001,C-1002

export BILLING_URLS=${BILLING_URLS:-${ASPNETCORE_URLS:-http://127.0.0.1:$(free_port)}}
address=${BILLING_URLS%%;*}
"$local_dir/bin/billing" serve </dev/null 8<&- &
server=$!
trap 'exit 0' INT TERM HUP
port=${address##*:}
for try in {1..600}; do
    if taken "${port%%/*}" || ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.1
done
say "" "== Open" \
    "  $address/station        Billing Station, for the accounts above" \
    "  $address/api/reference  the API" \
    "  $address/health/ready   its health" \
    "The command line, in another terminal: $local_dir/bin/billing --help" \
    "Ctrl-C stops it."
wait "$server"
