#!/bin/bash
# make_configuration.sh STATE IN_PORT SINK_PORT HTTP_PORT: a node as the measurement wants it: everything a site would
# have on (durable spool, audit, metrics, gate), rules that clean headers only, one destination, the sink.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
state=$1 in_port=$2 sink_port=$3 http_port=$4
for name in project audit; do
    [ -e "$state/$name.key" ] || "$root/build/bin/efface" key new "$state/$name.key" >/dev/null
done
cat >"$state/efface.toml" <<END
[node]
state_directory = "$state/node"
log_level = "warning"
[listen]
addresses = ["127.0.0.1:$in_port"]
[web]
listen = "127.0.0.1:$http_port"
[audit]
key_file = "$state/audit.key"
[spool]
soft_free = "256 MiB"
hard_free = "128 MiB"
[[project]]
name = "bench"
called_aes = ["ANY"]
key_file = "$state/project.key"
rules_file = "$root/tests/bench/rules.toml"
[[peer]]
name = "loadgen"
calling_ae = "*"
addresses = ["127.0.0.1"]
associations_max = 64
[[destination]]
name = "archive"
kind = "dicom"
host = "127.0.0.1"
port = $sink_port
called_ae = "SINK"
calling_ae = "EFFACE"
associations_max = 4
retry_seconds_min = 1
retry_seconds_max = 5
END
