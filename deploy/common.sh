# shellcheck shell=bash
# What the scripts beside this file share. It is sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
local_dir=$root/.local

say() { printf '%s\n' "$@"; }
die() { printf '%s\n' "$@" >&2; exit 1; }

# taken PORT: does something listen there?
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range from which systems give ports to outgoing connections.
new_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); taken "$port"; do :; done
    say "$port"
}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# Build servers left behind would hold the output open, and a caller that reads it through a pipe would wait for them.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
[ -n "${HOME:-}" ] || export DOTNET_CLI_HOME=$local_dir/home

pg_lowest=15 # the lowest PostgreSQL that will do

# dotnet_build ARGUMENTS…: a build, publish or restore that is silent unless it fails, and then says each error once.
dotnet_build() {
    local log=$local_dir/build-$1.log
    if dotnet "$@" -nologo -tl:off -v:q </dev/null >"$log" 2>&1; then return; fi
    grep -E '(: |^)(error|fatal) ' "$log" | sort -u >&2 || cat "$log" >&2
    die "The build failed (log: $log)."
}

# The account that runs the private server: the caller, or for root (whom the server refuses) an unprivileged one.
pg_account() {
    local name
    if [ "$(id -u)" != 0 ]; then id -un; return; fi
    for name in postgres nobody; do
        if getent passwd "$name" >/dev/null; then say "$name"; return; fi
    done
    die "PostgreSQL does not run as root, and neither the account 'postgres' nor 'nobody' exists: create one."
}

# as_account ACCOUNT COMMAND…: runs it as that account, from a folder that account can be in.
as_account() {
    local account=$1
    shift
    if [ "$(id -un)" = "$account" ]; then (cd / && "$@"); return; fi
    (cd / && setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups "$@")
}

# The major version of the server in a folder; fails if it lacks a program or the account cannot run them.
pg_major() {
    local bin=$1 program
    for program in initdb pg_ctl postgres; do [ -x "$bin/$program" ] || return 1; done
    as_account "$(pg_account)" "$bin/postgres" --version 2>/dev/null | sed -nE 's/^postgres \(PostgreSQL\) ([0-9]+).*/\1/p' | grep .
}

# Folders that may hold the server: PATH, the system's, and the npm package's, in that order.
pg_folders() {
    local found
    if found=$(command -v postgres); then dirname "$(readlink -f "$found")"; fi
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV
    cat "$local_dir/postgres/npm" 2>/dev/null || true
}

# pg_bin any|MAJOR: the first folder with a server that will do, or with one of just that major version.
pg_bin() {
    local bin major
    while read -r bin; do
        major=$(pg_major "$bin") || continue
        if [ "$major" -ge "$pg_lowest" ] && [[ $1 == any || $1 == "$major" ]]; then say "$bin"; return; fi
    done < <(pg_folders)
    return 1
}

# memory_folder: fails unless there is a file system in memory with room for the databases of the tests, which live for seconds.
memory_folder() { [ -w /dev/shm ] && [ "$(df -k --output=avail /dev/shm | tail -n 1)" -gt $((6 * 1024 * 1024)) ]; }

# account_folder NAME: makes a folder under .local/postgres/NAME that the server's account can reach, and prints it.
# Under a checkout which that account cannot enter (root's home, say) the folder lies elsewhere and `place` points to it, and so it
# does for the cluster of the tests, which lies in memory where that has room.
account_folder() {
    local state=$local_dir/postgres/$1 account folder
    account=$(pg_account)
    mkdir -p "$state"
    if [ -s "$state/place" ]; then
        folder=$(cat "$state/place")
    elif [ "$1" = test ] && [ ! -d "$state/cluster" ] && memory_folder; then
        folder=$(mktemp -d "/dev/shm/billing-test.XXXXXX")
        say "$folder" >"$state/place"
    elif as_account "$account" test -x "$state"; then
        folder=$state/cluster
    else
        folder=$(mktemp -d "/var/lib/billing-$1.XXXXXX" 2>/dev/null || mktemp -d "/var/tmp/billing-$1.XXXXXX")
        say "$folder" >"$state/place"
    fi
    if [ ! -d "$folder" ]; then mkdir -m 700 "$folder"; fi
    if [ "$(id -u)" = 0 ] && [ "$(stat -c %U "$folder")" = root ]; then chown "$account:" "$folder"; fi
    say "$folder"
}

# The program that starts RabbitMQ as whoever calls it; the one on PATH starts the system's own broker.
rabbitmq_program() {
    local program
    for program in /usr/lib/rabbitmq/bin/rabbitmq-server /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server; do
        if [ -x "$program" ]; then say "$program"; return; fi
    done
    return 1
}

# usage prints the lines of the script that say how it is called.
usage() { sed -n '3,5s/^# \{0,3\}//p' "$0" >&2; exit 2; }

# read_arguments ACTION [--name NAME] [-- …]: of a script that runs private servers. Sets action, name ("main" if not given) and rest, what follows "--".
read_arguments() {
    # shellcheck disable=SC2034  # the script's
    action=${1:-} name=main rest=()
    [ $# -eq 0 ] || shift
    while [ $# -gt 0 ]; do
        case $1 in
            --name) [ $# -ge 2 ] || usage; name=$2; shift 2 ;;
            --) shift; rest=("$@"); break ;;
            *) usage ;;
        esac
    done
    [[ $name =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "A name is made of a-z, 0-9 and '-': '$name' is not."
}

# alone postgres|rabbitmq: waits until no other process starts or stops the private servers.
alone() {
    mkdir -p "$local_dir/$1"
    exec 9<"$local_dir/$1"
    flock -w 600 9 || die "Another process has been at work on the servers under $local_dir/$1 for ten minutes."
}

# The open files by which scripts hold the private servers that they use.
declare -A held_by=([postgres]=8 [rabbitmq]=7) held=()

# hold postgres|rabbitmq NAME starts a private server for as long as a script runs, unless BILLING_DB or BILLING_BROKER names one to use.
# release stops what the script holds, unless it was started otherwise or another script still holds it.
hold() {
    local server=$1 name=$2 state=$local_dir/$1/$2 passing=
    case $server in
        postgres) if [ -n "${BILLING_DB:-}" ]; then return; fi ;;
        rabbitmq) if [ -n "${BILLING_BROKER:-}" ]; then return; fi ;;
    esac
    mkdir -p "$state"
    eval "exec ${held_by[$server]}<\"\$state\""
    flock -s "${held_by[$server]}"
    if [ -e "$state/passing" ] || ! "$root/deploy/$server.sh" status --name "$name" >/dev/null 2>&1; then passing=1; fi
    "$root/deploy/$server.sh" start --name "$name" 7<&- 8<&-
    if [ -n "$passing" ]; then touch "$state/passing"; fi
    held[$server]=$name
}

release() {
    local server
    for server in "${!held[@]}"; do
        if [ -e "$local_dir/$server/${held[$server]}/passing" ] && flock -xn "${held_by[$server]}"; then
            "$root/deploy/$server.sh" stop --name "${held[$server]}"
        fi
    done
    held=()
}
