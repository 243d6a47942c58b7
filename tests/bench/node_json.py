#!/usr/bin/env python3
"""node_json.py compare.jsonl growth.json node.json: the figures of one sitting as one flat object.

Ratios are taken inside a round and the median over the rounds is reported; round 0 is the warm-up.
"""

import json
import statistics
import sys
from pathlib import Path


def figure(row, key):
    return float(str(row[key]).split()[0])


def read(path):
    """{(name, set): {round: row}} of complete runs, and the crash runs of each name."""
    runs, crashes = {}, {}
    for line in Path(path).read_text().splitlines():
        row = json.loads(line)
        name, number = row["note"].rsplit("/", 1)
        if row["kill_acked"]:
            crashes.setdefault(name, []).append(row)
        elif row["complete"] and int(number):
            runs.setdefault((name, row["set"]), {})[int(number)] = row
    return runs, crashes


def ratio(runs, key, kind, over):
    ours, theirs = runs.get(("efface", kind), {}), runs.get((over, kind), {})
    values = [figure(ours[number], key) / figure(theirs[number], key) for number in ours if number in theirs]
    return round(statistics.median(values), 3) if values else None


def main():
    runs, crashes = read(sys.argv[1])
    growth = json.loads(Path(sys.argv[2]).read_text())
    cpu = [figure(row, "cpu_ms") for row in runs.get(("efface", "CT"), {}).values()]
    lost = [int(figure(row, "lost")) for row in crashes.get("efface", [])]
    result = {
        "ct_rate_over_ideal": ratio(runs, "e2e_inst_s", "CT", "ideal"),
        "small_rate_over_ideal": ratio(runs, "e2e_inst_s", "TINY", "ideal"),
        "ct_rate_over_best_peer": ratio(runs, "e2e_inst_s", "CT", "orthanc"),
        "ct_cpu_ms": round(statistics.median(cpu), 3) if cpu else None,
        "ct_cpu_ms_over_ideal": ratio(runs, "cpu_ms", "CT", "ideal"),
        "lost_acknowledged": sum(lost) if lost else None,
        "rss_growth_mb_100k": growth["rss_growth_mb_100k"],
    }
    Path(sys.argv[3]).write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    return 1 if None in result.values() else 0


if __name__ == "__main__":
    sys.exit(main())
