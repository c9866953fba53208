#!/usr/bin/env bash
# Prints where a nats-server of at least 2.10 is, for tests and for tries on one machine: the one of $NATS_SERVER or of the
# PATH, else one out of a later Debian, which apt fetches into .cache and nothing installs. It needs libc alone.
# usage: scripts/fetch-nats-server.sh [suite of Debian, by default trixie]
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${1:-trixie}
folder=$PWD/.cache/nats-server/$suite

say() { echo "fetch-nats-server: $*" >&2; }

# Whether a binary is there, runs, and is not as old as Debian 12's own: there two can win a compare-and-set.
new_enough() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  [[ $version =~ v([0-9]+)\.([0-9]+)\. ]] || return 1
  ((BASH_REMATCH[1] > 2 || (BASH_REMATCH[1] == 2 && BASH_REMATCH[2] >= 10)))
}

if [ -n "${NATS_SERVER:-}" ]; then
  new_enough "$NATS_SERVER" && echo "$NATS_SERVER" && exit
  say "\$NATS_SERVER is no nats-server of 2.10 or later: $NATS_SERVER"
  exit 1
fi
if [ $# -eq 0 ] && new_enough nats-server; then
  command -v nats-server
  exit
fi
if new_enough "$folder/nats-server"; then
  echo "$folder/nats-server"
  exit
fi

for tool in apt-get dpkg-deb flock; do
  command -v "$tool" >/dev/null || { say "no $tool here, and no nats-server of 2.10 or later on the PATH"; exit 1; }
done
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9 # two that want it at once: one fetches, the other one finds it
if ! new_enough "$folder/nats-server"; then
  # The mirror is the one that this machine has its own packages from.
  mirror() {
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $(. /etc/os-release && echo "${VERSION_CODENAME:-}")" | head -n 1
  }
  site=$(mirror)
  if [ -z "$site" ]; then
    apt-get -qq update >&2
    site=$(mirror)
  fi
  [ -n "$site" ] || { say 'apt knows of no mirror of Debian here'; exit 1; }
  work=$(mktemp -d "$folder/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/lists/partial" "$work/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main" >"$work/other.list"
  options=(-qq -o "Dir::Etc::SourceList=$work/other.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$work/lists"
    -o "Dir::Cache=$work" -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=30)
  (cd "$work" && apt-get "${options[@]}" update && apt-get "${options[@]}" download nats-server) >&2 9>&-
  dpkg-deb --extract "$work"/nats-server_*.deb "$work/root"
  mv "$work/root/usr/sbin/nats-server" "$folder/nats-server"
fi
new_enough "$folder/nats-server" || { say "what $suite has does not run here, or is older than 2.10"; exit 1; }
echo "$folder/nats-server"
