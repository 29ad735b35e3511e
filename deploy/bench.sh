#!/usr/bin/env bash
# Runs the benchmarks in tests/bench on a private cluster of their own and prints the figures as Markdown.
#   bench.sh [micro | ratios] [--rows 1000000] [--contracts 10000] [--rounds 3]
#   bench.sh ways [--rows 1000000] [--contracts 10000] [--rounds 3]: folder, HTTP and RabbitMQ beside the plain ingest
#   bench.sh capacity [--rows 1000000] [--contracts 10000]: what a call costs, in one database and over several, and what 1, 10 and 100 million a day need
#   bench.sh pages [--rows 1020000]: how long each page takes of a contract with a million calls in a month
# Everything takes about ten minutes on a quiet machine with two cores, less with fewer rows; --rows 10000000 also compares
# the first with the last million. If BILLING_TEST_DB names a server, that one is used.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

project=$(find tests/bench -name '*.csproj' -print -quit)
[ -n "$project" ] || die "There is no project in tests/bench."
deploy/setup.sh
deploy/build.sh
dotnet_build build "$project" -c Release
trap release EXIT
trap 'exit 130' INT TERM HUP
if [ "${1:-}" = ways ] && [ -z "${BILLING_TEST_BROKER:-}" ]; then
    deploy/setup.sh --tests
    hold rabbitmq bench
    BILLING_TEST_BROKER=$(deploy/rabbitmq.sh url --name bench)
    export BILLING_TEST_BROKER
fi
hold postgres bench
BILLING_TEST_DB=${BILLING_TEST_DB:-$(deploy/postgres.sh url --name bench)}
export BILLING_TEST_DB
dotnet run --project "$project" -c Release --no-build -- "$@" 7<&- 8<&-
