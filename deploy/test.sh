#!/usr/bin/env bash
# Runs every test project and ends with one line, "N passed, N failed". Arguments go to `dotnet test`.
# The tests find their database in BILLING_TEST_DB; unless that or BILLING_DB is set, a private cluster is started. In the same way
# they find their broker in BILLING_TEST_BROKER.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

results=$local_dir/test-results
noise='^$|^Test run for |^A total of |^\[xUnit\.net |^  Skipped |^Data collector |^Results File: |^ +at (System\.Reflection|InvokeStub_)'
passed=0 failed=0 skipped=0
at_once=2

# One number of a project's results; a project that left none counts 0.
count() { sed -nE "s/.*<Counters [^>]*\b$2=\"([0-9]+)\".*/\1/p" "$1" 2>/dev/null | grep . || echo 0; }

run_project() {
    local project=$1 name
    shift
    name=$(basename "$project" .csproj)
    say "Testing $name"
    dotnet test "$project" -c Release --no-build --nologo -v q --results-directory "$results" \
        --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
        --blame-hang-timeout 5m --blame-hang-dump-type none "$@" </dev/null >"$results/$name.log" 2>&1 7<&- 8<&- || say $? >"$results/$name.status"
    sed -E "/$noise/d" "$results/$name.log"
}

add_up() {
    local name total executed good bad
    name=$(basename "$1" .csproj)
    total=$(count "$results/$name.trx" total)
    executed=$(count "$results/$name.trx" executed)
    good=$(count "$results/$name.trx" passed)
    bad=$((executed - good))
    if [ -e "$results/$name.status" ] && [ $bad = 0 ]; then bad=1; fi # the test process itself failed
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
}

rm -rf "$results"
mkdir -p "$results"
deploy/setup.sh
# What is installed for the tests alone arrives while the project is built; the tests' own build and the command's lie apart.
deploy/setup.sh --tests &
installing=$!
# Tests that run the command run it a hundred times: compiled ahead of time it starts in half the time.
deploy/build.sh &
publishing=$!
dotnet_build build Billing.sln -c Release
wait $publishing
wait $installing
export BILLING_TEST_COMMAND=$local_dir/bin/billing

# Programs that live for a minute are compiled in vain for the second time, and collected best when they are at it anyway.
export DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0

trap release EXIT
# shellcheck disable=SC2046  # one number a word
trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM HUP

if [ -z "${BILLING_TEST_DB:-}" ]; then
    hold postgres test
    BILLING_TEST_DB=$(deploy/postgres.sh url --name test)
    export BILLING_TEST_DB
fi

if [ -z "${BILLING_TEST_BROKER:-}" ]; then
    hold rabbitmq test
    BILLING_TEST_BROKER=$(deploy/rabbitmq.sh url --name test)
    export BILLING_TEST_BROKER
fi

# Two projects at a time: a browser is waited for, and processes that are killed, while others work.
mapfile -t projects < <(grep -l --include='*.csproj' -r 'Microsoft\.NET\.Test\.Sdk' tests | sort)
for project in "${projects[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge $at_once ]; do wait -n || true; done
    run_project "$project" "$@" &
done
wait
for project in "${projects[@]}"; do add_up "$project"; done

release
summary="$passed passed, $failed failed"
if [ $skipped != 0 ]; then summary+=", $skipped skipped"; fi
say "$summary" | tee "$results/summary"
[ $failed = 0 ] && [ $passed != 0 ]
