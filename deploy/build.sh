#!/usr/bin/env bash
# Publishes the `billing` command to .local/publish and a launcher to .local/bin/billing. Quick when no source changed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

publish=$local_dir/publish
fresh=$local_dir/publish.new
stamp=$local_dir/publish.stamp
# Of its own, so that it and the tests' build do not undo each other's work.
artifacts=$local_dir/build/publish
sources=(contracts services deploy/build.sh Directory.Build.props Directory.Packages.props global.json)

published() { [ -e "$stamp" ] && [ -x "$publish/billing" ] && [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]; }

# Compiled ahead of time the service starts much faster, but that takes a compiler from the package source.
compile() {
    local project=services/Billing.Service/Billing.Service.csproj
    local options=(--use-current-runtime -p:ArtifactsPath="$artifacts") ahead=-p:PublishReadyToRun=true
    if ! (dotnet_build restore "$project" "${options[@]}" $ahead) 2>/dev/null; then
        ahead=-p:PublishReadyToRun=false
        dotnet_build restore "$project" "${options[@]}" $ahead
        say "Not compiled ahead of time: the package source does not have the compiler for it."
    fi
    # what analysers say is said by the build of the tests and by make lint
    dotnet_build publish "$project" "${options[@]}" $ahead --no-restore --no-self-contained -c Release -p:RunAnalyzers=false -o "$fresh"
}

# DOTNET_ROOT tells the program where .NET is, should it lie in no usual place.
launcher() {
    mkdir -p "$local_dir/bin"
    cat >"$local_dir/bin/billing.new" <<-END
		#!/bin/sh
		export DOTNET_ROOT="\${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
		exec "\$(dirname "\$(readlink -f "\$0")")/../publish/billing" "\$@"
	END
    chmod +x "$local_dir/bin/billing.new"
    mv -f "$local_dir/bin/billing.new" "$local_dir/bin/billing"
}

mkdir -p "$local_dir"
exec 9>"$local_dir/build.lock"
flock 9
if published && [ -x "$local_dir/bin/billing" ]; then exit; fi
say "Building"
touch "$stamp.new"
rm -rf "$fresh"
compile 9>&-
# A whole folder is swapped: a service that runs from the old one keeps its files.
rm -rf "$publish"
mv "$fresh" "$publish"
launcher
mv -f "$stamp.new" "$stamp"
