#!/usr/bin/env bash
# Installs Chromium, PostgreSQL and docker-compose from Debian's packages where this may be done; says what is
# missing where it may not. The tests that need them say again which of them were skipped.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v docker-compose >/dev/null || missing+=(docker-compose)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "Not installed: ${missing[*]} (this needs root). Tests that use them will be skipped;" \
             "install them with: sudo apt-get install ${missing[*]}"
        exit 0
    fi
    as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
    echo "Not installed: ${missing[*]} (there is no apt-get). Tests that use them will be skipped."
    exit 0
fi
echo "Installing ${missing[*]} for the tests"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
