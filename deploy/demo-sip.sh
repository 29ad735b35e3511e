#!/usr/bin/env bash
# Places real SIP calls through a private Kamailio and bills them, in a database of its own that is made anew each time.
# BILLING_DB, if set, names a database to use in its place.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

folder=$local_dir/sip
cluster=sip

billing() { "$local_dir/bin/billing" "$@" </dev/null 8<&-; }

step() {
    say "" "== $1"
    shift
    billing "$@"
}

trap release EXIT
trap 'exit 130' INT TERM HUP

deploy/setup.sh --sip
deploy/build.sh
if [ -d "$local_dir/postgres/$cluster" ] && ! flock -xn "$local_dir/postgres/$cluster" true; then die "Another make demo-sip is at work."; fi
if [ -z "${BILLING_DB:-}" ]; then deploy/postgres.sh wipe --name $cluster >/dev/null; fi
hold postgres $cluster
BILLING_DB=$(deploy/postgres.sh url --name $cluster)
export BILLING_DB

masked() { say "${1%????}****"; }

# seconds FROM TO: what lies between two instants, or nothing when one is missing.
seconds() { if [ -n "$1" ] && [ -n "$2" ]; then awk -v from="$1" -v to="$2" 'BEGIN { printf "%.3f s", to - from }'; fi; }

# What a telephone did, from placed.csv.
did() {
    local talked spoke
    talked=$(seconds "$answered" "$ended")
    spoke=$(seconds "$answered" "$speech_lost")
    case $behaviour in
        cancels) say "cancelled after $(seconds "$placed" "$refused")" ;;
        vanishes) say "answered, then gone without a BYE" ;;
        loses-speech) say "answered, speech lost after $spoke, cut off after $talked" ;;
        *) if [ -n "$answered" ]; then say "answered, hung up after $talked"; else say "refused after $(seconds "$placed" "$refused")"; fi ;;
    esac
}

# What the service says of the call with this Call-ID and record id: how it is rated, or until when it waits.
became() {
    local explained file line until
    if explained=$(billing explain --call "kamailio/$2" 2>/dev/null); then
        sed -nE 's/^Call [^ ]*: /  service    /p; s/^ *R73 +disconnect-charge +/             /p' <<<"$explained"
        return
    fi
    IFS=: read -r file line _ < <(cd "$folder/acc" && grep -nF "|$1|" ./*.log)
    until=$(sed -nE "s/.* line $line of delivery [0-9]+ \(${file#./}\)  until ([^ ]*).*/\1/p" <<<"$pending")
    [ -n "$until" ] || die "The service does not know the call $1."
    say "  service    waits for its other half until $until"
}

# What became of each call: the telephone, the switch, the service.
show_calls() {
    local call behaviour calling called id placed answered speech_lost refused ended method tag code why reason record pending
    pending=$(billing deliveries pending)
    while IFS=, read -r call behaviour calling called id placed answered speech_lost refused ended; do
        say "" "$call: $calling calls $(masked "$called")" "  telephone  $(did)"
        while IFS='|' read -r method tag _ _ code why _ _ _ _ _ reason _; do
            say "  kamailio   $method $code $why${reason:+, $reason}"
            if [ "$method" = INVITE ]; then record=$id\;$tag; fi
        done < <(grep -hF "|$id|" "$folder"/acc/*.log | sort -t '|' -k 11)
        became "$id" "$record"
    done < <(tail -n +2 "$folder/placed.csv")
}

billing db-apply >/dev/null
step "Reference data" reference load deploy/demo/reference.json
step "Tariff: a second costs what a minute costs otherwise" tariffs publish deploy/sip/tariff.json --yes
step "Contract" contracts import deploy/sip/contracts.json

say "" "== Calls through Kamailio $(PATH=$PATH:/usr/sbin kamailio -v | sed -nE '1s/^version: kamailio ([^ ]*).*/\1/p'), all at once"
setpriv --pdeathsig TERM deploy/sip/place-calls.sh "$folder" 8<&-
say "$(cat "$folder"/acc/*.log | wc -l) rows in $(find "$folder/acc" -name '*.log' | wc -l) files"
month=$(TZ=Asia/Tokyo date -d "@$(sed -nE '2s/^([^,]*,){6}([0-9]+).*/\2/p' "$folder/placed.csv")" +%Y-%m)

step "Kamailio's files" ingest --profile kamailio-flatstore "$folder"/acc/*.log
say "" "== Call by call"
show_calls
step "A lost BYE is not lost: its INVITE is suspended as other-half-missing when its time is over" deliveries pending
step "Every row is accounted for" reconcile
step "The invoice of $month" invoices issue --month "$month"
say ""
billing invoices show "${month/-/}-C-SIP"
