#!/usr/bin/env bash
# A private RabbitMQ for the service, under .local/rabbitmq/NAME.
#   rabbitmq.sh start|stop|status|url|wipe [--name NAME]      NAME is "main" if not given; "test" is for tests
# start prints nothing secret; url prints the address with user and password, as BILLING_BROKER takes it.
# If BILLING_BROKER is set, that broker is used: start does nothing, url prints it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

read_arguments "$@"
[ ${#rest[@]} = 0 ] || usage

state=$local_dir/rabbitmq/$name
data=$state/data

# The broker's processes, told by their working folder; its port mapper, which leaves that folder, is asked to end by name of its port.
processes() {
    local process where
    { find /proc -mindepth 2 -maxdepth 2 -name cwd -printf '%h %l\n' 2>/dev/null || true; } \
        | while read -r process where; do if [ "$where" = "$data" ]; then say "${process#/proc/}"; fi; done
}

running() { [ -d "$data" ] && [ -n "$(processes)" ]; }

accepts() { [ -s "$state/port" ] && taken "$(cat "$state/port")"; }

setting() { cat "$state/$1"; }

keep() { (umask 077 && say "$2" >"$state/$1.new" && mv -f "$state/$1.new" "$state/$1"); }

# Done at each start, so a checkout may be moved and the settings may change with the project.
configure() {
    mkdir -p "$data" "$state/log"
    [ -s "$state/password" ] || keep password "$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')"
    for port in port peer-port mapper-port; do
        if [ ! -s "$state/$port" ] || taken "$(setting $port)"; then keep $port "$(new_port)"; fi
    done
    : >"$state/env.conf"
    say '[].' >"$state/plugins"
    (umask 077 && cat >"$state/rabbitmq.conf") <<-END
		listeners.tcp.1 = 127.0.0.1:$(setting port)
		default_user = billing
		default_pass = $(setting password)
		log.file = broker.log
		log.file.level = warning
		disk_free_limit.absolute = 100MB
	END
}

# As who asks for it, in no way the system's own broker: its node, cookie, port mapper, folders and settings are these.
serve() {
    cd "$data"
    env -u NOTIFY_SOCKET HOME="$state" detached=1 \
        ERL_EPMD_PORT="$(setting mapper-port)" ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_CONF_ENV_FILE="$state/env.conf" RABBITMQ_CONFIG_FILE="$state/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$state/plugins" \
        RABBITMQ_NODENAME="billing-$name@localhost" RABBITMQ_DIST_PORT="$(setting peer-port)" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}" \
        RABBITMQ_MNESIA_BASE="$data" RABBITMQ_LOG_BASE="$state/log" RABBITMQ_GENERATED_CONFIG_DIR="$state/generated" \
        setsid "$program" >"$state/log/start.log" 2>&1 </dev/null 9>&- &
}

start() {
    local try
    if [ -n "${BILLING_BROKER:-}" ]; then say "BILLING_BROKER is set: no private broker is started."; return; fi
    rm -f "$state/passing" # whoever starts it to stop it later says so afterwards
    program=$(rabbitmq_program) || die "RabbitMQ is missing: run deploy/setup.sh --tests."
    if running && accepts; then say "RabbitMQ '$name' runs on port $(setting port)."; return; fi
    end_processes
    configure
    serve
    for try in {1..900}; do
        if accepts; then say "RabbitMQ '$name' started on port $(setting port)."; return; fi
        if [ "$try" -gt 30 ] && ! running; then break; fi
        sleep 0.1
    done
    tail -n 20 "$state/log/start.log" >&2
    die "RabbitMQ '$name' did not start (log: $state/log)."
}

# Asks what is left of it to end, and insists after half a minute.
end_processes() {
    local left try mapper
    mapper=$(command -v epmd) || true
    for try in {1..400}; do
        left=$(processes)
        [ -n "$left" ] || break
        # shellcheck disable=SC2086  # one number a word
        case $try in
            1) kill -TERM $left 2>/dev/null || true ;;
            300) kill -KILL $left 2>/dev/null || true ;;
        esac
        sleep 0.1
    done
    if [ -n "$mapper" ] && [ -s "$state/mapper-port" ] && taken "$(setting mapper-port)"; then
        "$mapper" -port "$(setting mapper-port)" -kill >/dev/null 2>&1 || true
    fi
}

stop() {
    if running; then
        end_processes
        rm -f "$state/passing"
        say "RabbitMQ '$name' stopped."
    fi
}

status() {
    if running && accepts; then say "RabbitMQ '$name' runs: port $(setting port), data $data"; return; fi
    say "RabbitMQ '$name' does not run."
    exit 3
}

url() {
    if [ -n "${BILLING_BROKER:-}" ]; then say "$BILLING_BROKER"; return; fi
    [ -s "$state/port" ] || die "There is no broker '$name' yet: deploy/rabbitmq.sh start --name $name"
    say "amqp://billing:$(setting password)@127.0.0.1:$(setting port)"
}

wipe() {
    stop
    rm -rf "$state"
    say "RabbitMQ '$name' and its data are gone."
}

case $action in
    start | stop | wipe) alone rabbitmq; "$action" ;;
    status | url) "$action" ;;
    *) usage ;;
esac
