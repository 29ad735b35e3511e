#!/usr/bin/env bash
# Places real SIP calls through a private Kamailio on 127.0.0.1 and hands over what it wrote.
#   place-calls.sh FOLDER [CALLS.csv]      the calls are those of calls.csv beside this script if not given
# All calls are placed at once: it takes as long as the longest, a minute at most. Afterwards FOLDER holds
#   acc/*.log    Kamailio's accounting, rotated away from it once while calls went on (-1) and once behind them (-2)
#   placed.csv   what the telephones did and when, by their own clocks (seconds since 1970)
# Nothing of it is left running, however the script ends.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
export PATH=$PATH:/usr/sbin

scenarios=$root/deploy/sip
[ $# -ge 1 ] || { sed -n '3,6s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
for program in kamailio kamcmd sipp; do
    command -v $program >/dev/null || die "$program is missing: run deploy/setup.sh --sip."
done
calls=$(readlink -f "${2:-$scenarios/calls.csv}")
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
run=$folder/run # where Kamailio and the telephones keep their files
stamp=$(date -u +%Y%m%dT%H%M%SZ)
started=()

# start LOG COMMAND…: runs it in the background; it dies with this script, even if that is killed.
start() {
    local log=$1
    shift
    setpriv --pdeathsig TERM "$@" >"$run/$log" 2>&1 </dev/null 8<&- &
    started+=($!)
}

# The programs get five seconds to end by themselves.
finish() {
    local program try
    trap '' INT TERM HUP
    for program in "${started[@]}"; do kill -TERM "$program" 2>/dev/null || true; done
    for program in "${started[@]}"; do
        for try in {1..50}; do
            kill -0 "$program" 2>/dev/null || break
            if [ "$try" = 50 ]; then kill -KILL "$program"; fi
            sleep 0.1
        done
    done
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# give_up WHAT LOG: says what went wrong, and the end of what the program said.
give_up() {
    tail -n 15 "$run/$2" >&2 || true
    die "$1 (the whole of it: $run/$2)"
}

# await WHAT LOG PROCESS COMMAND…: until the command succeeds, ten seconds at most, and not when the process is gone.
await() {
    local what=$1 log=$2 process=$3 try
    shift 3
    for try in {1..200}; do
        if "$@" >/dev/null 2>&1; then return; fi
        kill -0 "$process" 2>/dev/null || break
        sleep 0.05
    done
    give_up "$what" "$log"
}

# Is a UDP port of any address in use?
bound() { grep -q ":$(printf %04X "$1") " /proc/net/udp /proc/net/udp6 2>/dev/null; }

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); bound "$port" || [ "$port" = "${gateway_port:-}" ]; do :; done
    say "$port"
}

control() { (cd "$run" && kamcmd -s unix:control "$@"); }

start_switch() {
    gateway_port=$(free_port)
    proxy_port=$(free_port)
    start gateway.out sipp -sf "$scenarios/gateway.xml" -i 127.0.0.1 -p "$gateway_port" -nostdin
    await "The gateway did not start" gateway.out "${started[-1]}" bound "$gateway_port"
    SIP_GATEWAY=127.0.0.1:$gateway_port start kamailio.out kamailio -f "$scenarios/kamailio.cfg" -l "udp:127.0.0.1:$proxy_port" -DD -E -w "$run" -Y "$run"
    proxy=${started[-1]}
    await "Kamailio did not start" kamailio.out "$proxy" control core.version
    rotated=$(date +%s)
}

# Sets callers: the calls with the processes of their telephones.
place_calls() {
    local call behaviour calling called milliseconds
    callers=()
    while IFS=, read -r call behaviour calling called milliseconds; do
        start "$call.out" sipp -sf "$scenarios/caller.xml" -m 1 -timeout 60 -timeout_error -i 127.0.0.1 -nostdin -cid_str "$call.$stamp@%s" \
            -trace_logs -log_file "$call.log" -trace_err -error_file "$call.err" \
            -set behaviour "$behaviour" -key calling "$calling" -s "$called" -d "$milliseconds" "127.0.0.1:$proxy_port"
        callers+=("$call=${started[-1]}")
    done < <(tail -n +2 "$calls")
}

await_ends() {
    local call
    for call in "${callers[@]}"; do
        wait "${call#*=}" || give_up "The call ${call%%=*} did not go as it should" "${call%%=*}.err"
    done
}

# Is there a row of that method for the call?
has_row() { grep -rq "^$1|.*|$2\.$stamp@" acc "$folder/acc"; }

# Has Kamailio written a row for the INVITE of each call, and for the BYE of each that ended by one?
accounted() {
    local call
    for call in "${callers[@]%%=*}"; do
        has_row INVITE "$call" || return
        [ -z "$(at ended "$call")" ] || has_row BYE "$call" || return
    done
}

# rotate N: files are moved first; a process of Kamailio writes on in what it has open until it hears of the rotation. It tells
# rotations apart by whole seconds, and takes none that comes in the second in which it started or heard of the one before.
rotate() {
    local file
    while [ "$(date +%s)" = "$rotated" ]; do sleep 0.05; done
    for file in acc/*.log; do mv "$file" "$folder/acc/$(basename "$file" .log)-$stamp-$1.log"; done
    control flatstore.k_rotate
    rotated=$(date +%s)
}

# at WHAT CALL: when that happened, by the telephone's clock; nothing when it did not.
at() { sed -nE "s/^$1 [^ ]+ ([0-9.]+)$/\1/p" "$2.log"; }

report_placed() {
    local call behaviour calling called
    say call,behaviour,calling,called,call_id,placed,answered,speech_lost,refused,ended
    while IFS=, read -r call behaviour calling called _; do
        say "$call,$behaviour,$calling,$called,$call.$stamp@127.0.0.1,$(at placed "$call"),$(at answered "$call"),$(at speech-lost "$call"),$(
            at refused "$call"),$(at ended "$call")"
    done < <(tail -n +2 "$calls")
}

shopt -s nullglob
rm -rf "$run" "$folder/acc" "$folder/placed.csv"
mkdir -p "$run/acc" "$folder/acc"
cd "$run"
head -c 16000 /dev/zero | tr '\0' '\377' >silence.ulaw # two seconds of it
start_switch
place_calls
await "Kamailio did not account for the first call" kamailio.out "$proxy" has_row INVITE "${callers[0]%%=*}"
rotate 1
await_ends
await "Kamailio did not account for every call" kamailio.out "$proxy" accounted
rotate 2
report_placed >"$folder/placed.csv"
