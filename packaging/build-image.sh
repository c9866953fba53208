#!/usr/bin/env bash
# Builds packaging/Dockerfile without Docker, and looks whether what comes out can start, under any user. As root, on Debian or Ubuntu:
#   apt-get install buildah
#   packaging/build-image.sh
# Where the base image cannot be pulled, --local-base makes one of this machine's packages and its Node 24 (apt-get install mmdebstrap).
# The image is kept if KEEP is the name of a file for it, to be loaded with `docker load --input FILE`.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v buildah >/dev/null; then
  echo 'buildah is missing: apt-get install buildah' >&2
  exit 2
fi

work=$(mktemp -d)
export BUILDAH_ISOLATION=chroot
buildah=(buildah --storage-driver vfs --root "$work/store" --runroot "$work/run")
image=localhost/chatty
trap '"${buildah[@]}" rm --all >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

# An image of the name that the Dockerfile begins with.
make_base() {
  local name=$1 container root node npm
  node=$(readlink -f "$(node -p process.execPath)")
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mmdebstrap --quiet --variant=essential --include=ca-certificates,libstdc++6,libatomic1 bookworm "$work/base.tar"
  container=$("${buildah[@]}" from scratch)
  root=$("${buildah[@]}" mount "$container")
  tar -C "$root" -xf "$work/base.tar"
  rm "$work/base.tar"
  cp "$node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  # What this machine trusts, so that npm can be as sure of its registry.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  "${buildah[@]}" umount "$container" >/dev/null
  "${buildah[@]}" config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
  "${buildah[@]}" commit --quiet --format docker --rm "$container" "$name" >/dev/null
}

if [ "${1-}" = --local-base ]; then
  echo '--- base image, of this machine'
  make_base "docker.io/library/$(sed -n 's/^FROM \([^ ]*\).*/\1/p' packaging/Dockerfile | head -n 1)"
fi

echo '--- build'
# Docker's form, since that of OCI has no health check.
"${buildah[@]}" build --format docker --pull-never="$([ "${1-}" = --local-base ] && echo true || echo false)" \
  --file packaging/Dockerfile --tag "$image" .

echo '--- try'
version=$(node -p 'require("./package.json").version')
for user in 10001:10001 65532:65532 0:0; do
  container=$("${buildah[@]}" from --pull-never "$image")
  said=$("${buildah[@]}" run --user "$user" "$container" -- chatty --version)
  echo "as $user: $said"
  [[ $said == chatty/$version* ]]
  # The server starts, its health check finds it, and it ends by itself when it is asked to.
  "${buildah[@]}" run --user "$user" "$container" -- sh -ec '
    chatty server:start --host :: > /data/said 2> /data/log &
    server=$!
    for n in $(seq 100); do grep -q "listens on" /data/said && break; sleep 0.1; done
    chatty server:bans
    kill -TERM $server
    wait $server
    grep -q "chatty client:join NAME --to" /data/said'
  "${buildah[@]}" rm "$container" >/dev/null
done

echo '--- form'
config=$("${buildah[@]}" inspect --type image "$image")
for part in '"Healthcheck"' '"server:bans"' '"/data"' '"10001:10001"' '"8081/tcp"'; do
  grep -q "$part" <<<"$config" || { echo "the image says nothing of $part" >&2; exit 1; }
done
[ -z "${KEEP-}" ] || "${buildah[@]}" push --quiet "$image" "docker-archive:$KEEP:chatty"
"${buildah[@]}" images
