#!/usr/bin/env bash
# The one set-up, safe to repeat: Python environment, broker jars, page assets, PostgreSQL and Chromium for the
# tests. Says what it does; does nothing, in under two seconds, when everything is there.
# What it may not install it names, with the exact command, and ends with 1.
set -euo pipefail
cd "$(dirname "$0")/.."

stamps=infra/.stamps
python=${PYTHON:-python3.11}
java_at_least=17
uv=0.13.9  # installs what requirements.lock names, and is not in it itself
export UV_PYTHON_DOWNLOADS=never

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# fresh NAME FILES...: the step ran for exactly these files. done_with NAME FILES...: it has now.
fresh() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$(digest "${@:2}")" ]; }
done_with() { mkdir -p "$stamps"; digest "${@:2}" > "$stamps/$1"; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

# Debian packages: PACKAGE for what TEST does not find.
missing=()
need() { local package=$1; shift; "$@" >/dev/null 2>&1 || missing+=("$package"); }
need_debian_packages() {
  need python3.11-venv "$python" -c 'import ensurepip, venv'
  need default-jre-headless java_is_new_enough
  need maven jars_or_maven
  need npm assets_or_npm
  need postgresql compgen -G '/usr/lib/postgresql/*/bin/initdb'
  need chromium-headless-shell any_chromium
  [ ${#missing[@]} -eq 0 ] && return
  local command="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "missing ${missing[*]}; run as root: apt-get update && $command"
  fi
  say "installing ${missing[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $command; } > /dev/null \
    || fail "could not install; run: apt-get update && $command"
  java_is_new_enough \
    || fail "\`java\` is older than $java_at_least: put a newer one first in PATH"
}
# `java -version` says `version "17.0.19"`, of old ones `version "1.8.0_292"`.
java_is_new_enough() {
  local version
  version=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  [ "${version:-0}" -ge "$java_at_least" ]
}
# The headless shell is the same browser without its windows: it opens a page in a third of the time.
any_chromium() { command -v chromium-headless-shell || command -v chromium; }
jars_or_maven() { fresh jars infra/kafka/pom.xml || command -v mvn; }
assets_or_npm() { fresh assets infra/web/package-lock.json || command -v npm; }

python_environment() {
  if [ ! -x .venv/bin/python ]; then
    say "making the Python environment in .venv"
    "$python" -m venv .venv
  fi
  if ! fresh python requirements.lock || [ ! -x .venv/bin/ruff ]; then
    say "installing the locked Python packages"
    [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$uv" ] \
      || .venv/bin/python -m pip install --quiet "uv==$uv"
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
    done_with python requirements.lock
  fi
  if ! fresh command pyproject.toml || [ ! -x .venv/bin/sightline ]; then
    say "putting the sightline command into .venv/bin"
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps -e .
    done_with command pyproject.toml
  fi
}

broker_jars() {
  if fresh jars infra/kafka/pom.xml && compgen -G 'infra/kafka/jars/kafka_2.13-*.jar' >/dev/null; then return; fi
  say "fetching Apache Kafka's jars"
  rm -rf infra/kafka/jars
  mvn -q -B -f infra/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/infra/kafka/jars"
  done_with jars infra/kafka/pom.xml
}

page_assets() {
  if fresh assets infra/web/package-lock.json && [ -d infra/web/node_modules/govuk-frontend ]; then return; fi
  say "fetching the pages' styles and scripts"
  npm ci --prefix infra/web --ignore-scripts --no-audit --no-fund --loglevel=error
  done_with assets infra/web/package-lock.json
}

need_debian_packages
python_environment
broker_jars
page_assets
