# The recipes of this project. `just` lists them, `just NAME` runs one.

# npm ci brings the Node that everything here runs on, whatever is installed.
export PATH := justfile_directory() / "node_modules/.bin:" + env("PATH")

# -p, because inside `npx just` a bare name would be looked for in the package of just
biome := "npx --yes -p @biomejs/biome@2.6.8 biome"

# list the recipes
default:
    @just --list --unsorted

# compile the sources and bundle the program
build: _installed
    npm run --silent build

# compile the sources and pass every test
build-with-tests: build test

# write src/domain/unicode-names.ts out of Unicode's files in scripts/unicode
unicode: build
    node dist/scripts/unicode.js

# remove everything that can be built again
clean:
    rm -rf dist bundle coverage

# pass every test, with coverage
test: _installed
    npm test

# pass the tests of single parts: domain, use cases, adapters, contracts, architecture
test-unit: _installed
    npm run --silent test:unit

# pass the tests with real sockets and real processes
test-integration: _installed
    npm run --silent test:integration

# check style and lint rules
lint:
    {{ biome }} ci --error-on-warnings

# fix what the formatter and the linter can
format:
    {{ biome }} check --write

# check the types, and write nothing
check: _installed
    npm run --silent check

# run the server
run-chatty-tcp-server *FLAGS: build
    node bin/run.js server:start {{ FLAGS }}

# run one room on three servers behind one port, with a broker of their own: to try docs/cluster.md (Linux)
cluster *FLAGS: build
    @node dist/scripts/local-cluster.js {{ FLAGS }}

# join as carl
run-chatty-tcp-client-carl-join: (join "carl")

# join as david
run-chatty-tcp-client-david-join: (join "david")

# join as lucio
run-chatty-tcp-client-lucio-join: (join "lucio")

# join, and be asked for a name
run-chatty-tcp-client-join-no-username: build
    @node bin/run.js client:join

# join under any name
join NAME: build
    @node bin/run.js client:join {{ quote(NAME) }}

_installed:
    @test -d node_modules || npm ci

# measure chatty alone: throughput, latency, CPU, memory, history (four minutes)
bench: build
    node dist/bench/run.js

# kill the server and break lines again and again, and check that nothing is lost (five minutes)
chaos MINUTES="5": build
    node dist/test/chaos.js {{ MINUTES }}

# kill, freeze and cut off three servers of one room and their broker, again and again, and check that it stays one room (five minutes)
chaos-cluster MINUTES="5" *SEED: build
    node dist/test/chaos-cluster.js {{ MINUTES }} {{ SEED }}

# try inputs that nobody thought of on whatever reads bytes from outside (five minutes); see CONTRIBUTING.md
fuzz TARGET="all" MINUTES="5" SEED="": build
    node --enable-source-maps dist/test/fuzz.js {{ quote(TARGET) }} {{ MINUTES }} {{ SEED }}

# play a day of a room of 500 in ten minutes, or in so many seconds: does anything grow? (on Linux)
soak SECONDS="600": build
    node dist/bench/soak.js {{ SECONDS }}

# measure for how long the work on a full history, and searches in it, hold up the event loop (four minutes)
stalls: build
    node dist/bench/stalls.js

# measure what rooms of several sizes take of a machine (six minutes)
sizing: build
    node dist/bench/sizing.js

# measure one room on several servers: latency, races, deaths, throughput, CPU (four minutes, on Linux)
bench-cluster SECONDS="10": build
    node dist/bench/cluster.js {{ SECONDS }}

# measure how fast server and client start, also with 1,000,000 messages, and how much memory they take (two minutes, on Linux)
bench-start-up: build
    node dist/bench/start-up.js

# restart the server under a room of a thousand: how long until all are back, and what they notice (two minutes)
bench-restart CLIENTS="1000": build
    node dist/bench/restart.js {{ CLIENTS }}

# calculate what a room of up to a million on many servers takes, from what this machine measures (three minutes)
cluster-model *AGAIN: build
    node dist/bench/cluster-model.js {{ AGAIN }}

# keep a data folder as this version leaves it, for later versions to be tested with; see CONTRIBUTING.md
fixture NAME: build
    node dist/scripts/fixture.js {{ quote(NAME) }}

# measure what others notice while some misuse the server (seven minutes)
attack: build
    node dist/bench/attack.js

# measure chatty and its peers, in turn, in one run (six minutes)
bench-peers: build
    node dist/bench/run.js --peers

# take the pictures of the page, docs/screenshots (half a minute; Chromium at /usr/bin/chromium or $CHROMIUM)
screenshots: build
    node dist/demo/screenshots.js

# measure how soon one can talk in the page, and how smoothly it scrolls (a minute)
bench-page: build
    node dist/bench/page.js

# record a real session, and write docs/demo.svg, the picture in README (a minute, on Linux)
demo: build
    node dist/demo/record.js
