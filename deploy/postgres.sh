#!/usr/bin/env bash
# A private PostgreSQL cluster for the service, under .local/postgres/NAME.
#   postgres.sh start|stop|status|url|psql|wipe [--name NAME]      NAME is "main" if not given; "test" is for tests
# start prints nothing secret; url prints an Npgsql connection string with the password; psql passes on what follows "--".
# If BILLING_DB is set, that database is used: start does nothing, url and psql use it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

read_arguments "$@"
[ "$name" != binaries ] || die "No cluster can have the name '$name'."

state=$local_dir/postgres/$name
pid=

# Sets folder, account and data of a cluster that exists or is about to.
locate() {
    folder=$(account_folder "$name")
    account=$(stat -c %U "$folder")
    data=$folder/data
    if [ "$(id -un)" != "$account" ] && [ "$(id -u)" != 0 ]; then
        die "The cluster '$name' belongs to '$account': run this as that user or as root."
    fi
}

# Sets bin, the folder of the programs.
find_programs() {
    if [ -f "$data/PG_VERSION" ]; then
        bin=$(pg_bin "$(cat "$data/PG_VERSION")") \
            || die "The cluster '$name' was made by PostgreSQL $(cat "$data/PG_VERSION"), which is gone: install it, or wipe the cluster."
    else
        bin=$(pg_bin any) || die "PostgreSQL $pg_lowest or later is missing: run deploy/setup.sh."
    fi
}

exists() { [ -d "$state/cluster/data" ] || { [ -s "$state/place" ] && [ -d "$(cat "$state/place")/data" ]; }; }

as_server() { as_account "$account" "$@"; }

# The server's processes, told by their working folder: a number in postmaster.pid may be anybody's after a crash.
processes() {
    local process where
    { as_server find /proc -mindepth 2 -maxdepth 2 -name cwd -printf '%h %l\n' 2>/dev/null || true; } \
        | while read -r process where; do
            if [ "$where" = "$data" ] && [ "$(cat "$process/comm" 2>/dev/null)" = postgres ]; then say "${process#/proc/}"; fi
        done
}

# Sets pid if the server runs.
running() {
    pid=$(as_server sed -n 1p "$data/postmaster.pid" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ ]] && [ "$(as_server readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ]
}

accepts() { [ "$(as_server sed -n '8s/ *$//p' "$data/postmaster.pid" 2>/dev/null)" = ready ]; }

# After a postmaster was killed its children may linger, and a new one refuses to start beside them.
clear_remains() {
    local left try
    for try in {1..100}; do
        left=$(processes)
        if [ -z "$left" ]; then as_server rm -rf "$data/postmaster.pid" "$folder/socket"; return; fi
        # shellcheck disable=SC2086  # one number a word
        if [ "$try" = 10 ]; then kill -QUIT $left 2>/dev/null || true; fi
        sleep 0.1
    done
    die "Processes of a killed server are still there: $left"
}

# Statements on the standard input, in single-user mode: it needs no client program, password or port.
single_user() {
    local output
    output=$(as_server "$bin/postgres" --single -D "$1" -c log_min_error_statement=panic postgres 2>&1) || die "$output"
    if grep -qE 'ERROR|FATAL|PANIC' <<<"$output"; then die "$output"; fi
}

new_password() {
    (umask 077 && od -An -N20 -tx1 /dev/urandom | tr -d ' \n' >"$state/password.new")
    mv "$state/password.new" "$state/password"
}

# The cluster is made under another name and renamed at the end, so half a cluster is never taken for one.
create() {
    local new=$folder/data.new ctype=C rights='' output
    as_server rm -rf "$new"
    [ -s "$state/password" ] || new_password
    if [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ]; then ctype=C.UTF-8; fi
    if [ "$name" != main ]; then rights=CREATEDB; fi
    output=$(as_server "$bin/initdb" -D "$new" -U postgres --encoding=UTF8 --lc-collate=C --lc-ctype=$ctype --lc-messages=C \
        --auth-local=trust --auth-host=scram-sha-256 2>&1) || die "$output"
    as_server tee "$new/pg_hba.conf" >/dev/null <<-END
		# The socket lies in a folder that only the server's account can enter.
		local all all trust
		host all all 127.0.0.1/32 scram-sha-256
	END
    as_server tee -a "$new/postgresql.conf" >/dev/null <<<"include_if_exists = 'billing.conf'"
    single_user "$new" <<-END
		CREATE ROLE billing LOGIN NOSUPERUSER $rights PASSWORD '$(cat "$state/password")'
		CREATE DATABASE billing OWNER billing
	END
    as_server mv "$new" "$data"
}

# configure PORT. Done at each start, so a checkout may be moved and the settings may change with the project.
configure() {
    local socket=$folder/socket
    say "$1" >"$state/port.new"
    mv -f "$state/port.new" "$state/port"
    as_server mkdir -p -m 700 "$socket"
    if [ ${#socket} -gt 85 ]; then socket=; fi # longer than the name of a socket can be
    as_server tee "$data/billing.conf" >/dev/null <<-END
		cluster_name = 'billing $name'
		listen_addresses = '127.0.0.1'
		port = $1
		unix_socket_directories = '$socket'
		max_connections = 200
		shared_buffers = 512MB
		max_wal_size = 4GB
		timezone = 'UTC'
		log_timezone = 'UTC'
	END

    # The databases of the tests live for seconds. They are safe from the death of any process, not from that of the machine,
    # and creating and dropping them does not wait for the disk.
    if [[ $name == test ]]; then
        as_server tee -a "$data/billing.conf" >/dev/null <<-END
			fsync = off
			full_page_writes = off
			max_wal_size = 1GB
		END
    fi
}

start() {
    local port try
    if [ -n "${BILLING_DB:-}" ]; then say "BILLING_DB is set: no private cluster is started."; return; fi
    locate
    find_programs
    rm -f "$state/passing" # whoever starts it to stop it later says so afterwards
    if [ -d "$data" ] && running; then
        for try in {1..3000}; do
            if accepts; then say "PostgreSQL '$name' runs on port $(cat "$state/port")."; return; fi
            running || break
            sleep 0.1
        done
    fi
    if [ -d "$data" ]; then
        clear_remains
        if [ ! -s "$state/password" ]; then
            new_password
            single_user "$data" <<<"ALTER ROLE billing PASSWORD '$(cat "$state/password")'"
        fi
    else
        create
    fi

    port=$(cat "$state/port" 2>/dev/null) || port=$(new_port)
    for try in {1..10}; do
        if taken "$port"; then port=$(new_port); fi
        configure "$port"
        if [ -e "$folder/log" ]; then as_server mv -f "$folder/log" "$folder/log.old"; fi
        if as_server "$bin/pg_ctl" start -D "$data" -l "$folder/log" -s -w -t 300 >/dev/null 2>&1 </dev/null 9>&-; then
            say "PostgreSQL '$name' started on port $port."
            return
        fi
        grep -q 'could not bind' "$folder/log" || break
        port=$(new_port)
    done
    tail -n 20 "$folder/log" >&2
    die "PostgreSQL '$name' did not start."
}

stop() {
    local try
    if ! exists; then return; fi
    locate
    if running; then
        kill -INT "$pid" # the fast shutdown: open transactions are rolled back
        for try in {1..600}; do
            running || break
            sleep 0.1
        done
        rm -f "$state/passing"
        say "PostgreSQL '$name' stopped."
    fi
    clear_remains
}

status() {
    if exists; then
        locate
        if running; then
            say "PostgreSQL '$name' runs: port $(cat "$state/port"), process $pid, account $account, data $data"
            return
        fi
    fi
    say "PostgreSQL '$name' does not run."
    exit 3
}

url() {
    if [ -n "${BILLING_DB:-}" ]; then say "$BILLING_DB"; return; fi
    [ -s "$state/port" ] || die "There is no cluster '$name' yet: deploy/postgres.sh start --name $name"
    say "Host=127.0.0.1;Port=$(cat "$state/port");Username=billing;Password=$(cat "$state/password");Database=billing"
}

# The value of the first of the given keys in the connection string.
part() {
    local keys
    keys=$(IFS='|'; say "$*")
    tr ';' '\n' <<<"$connection" | sed -nE "s/^ *($keys) *= *(.*)$/\2/Ip" | head -n 1
}

open_psql() {
    local connection client
    connection=$(url)
    client=$(PATH=$PATH:$(printf '%s:' /usr/lib/postgresql/*/bin) command -v psql) || die "psql is missing (on Debian and Ubuntu: apt-get install postgresql-client)."
    PGHOST=$(part Host Server) PGPORT=$(part Port) PGUSER=$(part Username 'User ?Id' User) PGPASSWORD=$(part Password) \
        PGDATABASE=$(part Database) exec "$client" "$@"
}

wipe() {
    stop
    if [ -s "$state/place" ]; then rm -rf "$(cat "$state/place")"; fi
    rm -rf "$state"
    say "PostgreSQL '$name' and its data are gone."
}

case $action in
    start | stop | wipe) alone postgres; "$action" ;;
    status | url) "$action" ;;
    psql) open_psql "${rest[@]}" ;;
    *) usage ;;
esac
