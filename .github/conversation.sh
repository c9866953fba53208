#!/usr/bin/env bash
# Starts the server with just, lets david listen and carl speak, and checks that david heard it.
set -euo pipefail
cd "$(dirname "$0")/.."
just=${JUST:-just}
dir=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill -- "-$pid" 2>/dev/null || true; done; rm -rf "$dir"' EXIT
set -m # each job its own process group, so that what just starts ends with it

# Waits until $2 holds the text $1, for at most 60 s.
await() {
  for _ in $(seq 600); do
    grep -qF -- "$1" "$2" && return
    sleep 0.1
  done
  echo "not seen within 60 s: $1" >&2
  cat "$dir"/* >&2
  exit 1
}

$just run-chatty-tcp-server --port 0 >"$dir/server" 2>"$dir/server.log" &
pids+=($!)
await 'chatty listens on' "$dir/server"
TCP_SERVER_PORT=$(sed -n 's/.* port //p' "$dir/server" | head -n 1)
export TCP_SERVER_PORT

mkfifo "$dir/david.in"
$just run-chatty-tcp-client-david-join <"$dir/david.in" >"$dir/david" 2>&1 &
pids+=($!)
exec 3>"$dir/david.in" # held open: david stays until he is told to leave
await 'Warm Welcome, david' "$dir/david"

printf 'send Hello World\nleave\n' | $just run-chatty-tcp-client-carl-join
await 'carl: Hello World' "$dir/david"
await 'carl: Left' "$dir/david"
echo leave >&3
echo 'david heard: carl: Hello World'
