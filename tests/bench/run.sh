#!/bin/bash
# make bench: Efface beside the least a durable gateway can do ("ideal") and beside Orthanc, in one sitting, as
# ratios (shared/bench/compare.sh), then how memory grows over many instances. Writes build/bench/node.json.
# Knobs: ROUNDS (3), CRASHES (2), GROWTH_INSTANCES (100000), EFFACE_SHARED (../shared). Takes about half an hour.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
shared=${EFFACE_SHARED:-$root/../shared}
if [ ! -x "$shared/bench/compare.sh" ]; then
    echo "bench: $shared/bench is not there; it is no part of the repository. EFFACE_SHARED names its folder." >&2
    exit 1
fi
"$root/scripts/setup.sh" --bench
out=$root/build/bench
mkdir -p "$out"
export TMP_DIR=$out/work
mkdir -p "$TMP_DIR"
here=$root/tests/bench

"$shared/bench/compare.sh" efface "$root/build/bin/effaced --config {state}/efface.toml" \
    "$here/make_configuration.sh {state} {in_port} {sink_port} {http_port}" | tee "$out/table.txt"
"$root/.venv/bin/python" "$here/memory_growth.py" --tools "$TMP_DIR/bin" --work "$TMP_DIR/growth" \
    --instances "${GROWTH_INSTANCES:-100000}" --out "$out/growth.json"
"$root/.venv/bin/python" "$here/node_json.py" "$TMP_DIR/compare.jsonl" "$out/growth.json" "$out/node.json"
