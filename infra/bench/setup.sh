#!/usr/bin/env bash
# What `make bench` measures against, in an environment of its own beside .venv; safe to repeat.
# Run infra/setup.sh first. Ends with 1, and leaves no environment, where something could not be installed:
# the bench then leaves those rows out.
set -euo pipefail
cd "$(dirname "$0")/../.."

stamp=infra/.stamps/bench
lock=infra/bench/requirements.lock
place=infra/bench/venv
export UV_PYTHON_DOWNLOADS=never

digest=$(sha256sum < "$lock")
if [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ] && [ -x "$place/bin/python" ]; then exit 0; fi
echo "bench: installing what it measures against"
if .venv/bin/uv venv --quiet --clear --python .venv/bin/python "$place" \
  && .venv/bin/uv pip install --quiet --python "$place/bin/python" --require-hashes -r "$lock"; then
  mkdir -p infra/.stamps
  echo "$digest" > "$stamp"
else
  rm -rf "$place"
  echo "bench: could not install $lock" >&2
  exit 1
fi
