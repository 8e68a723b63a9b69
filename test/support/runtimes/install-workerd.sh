#!/usr/bin/env bash
# Installs workerd, the runtime of Cloudflare's workers (160 MB), where it is not there yet, and prints its
# path. It is no dependency of the project. Needs no network but npm's registry.
#   test/support/runtimes/install-workerd.sh [FOLDER]
set -euo pipefail

version=1.20261117.1
folder=${1:-${TMPDIR:-/tmp}/script-engine-workerd-$version}

# Renamed when complete, so that what is there is whole.
if [ ! -d "$folder" ]; then
  new=$(mktemp -d "$folder.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  cd "$new"
  echo '{ "private": true }' >package.json
  npm install --silent --no-audit --no-fund --ignore-scripts "workerd@$version" >&2
  mv "$(find node_modules/@cloudflare -path '*/bin/workerd')" workerd
  # Says whether it runs here.
  ./workerd --version >&2
  mv --no-target-directory "$new" "$folder" || [ -x "$folder/workerd" ]
fi
echo "$folder/workerd"
