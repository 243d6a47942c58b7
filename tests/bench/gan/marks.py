"""What efface-bench-watermark prints (tests/bench/watermark): of regions from 96 x 96 on, marks that read after each of
what is promised, and readings where no mark is."""

import re
import subprocess

PROMISED = ("8 bit", ".7x+30", "invert", "JPEG 75")
SECONDS_MAX = 7200


def _cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def read_marks(text):
    """(percent of the worst of PROMISED, its Wilson interval as printed, n), and false readings of n regions."""
    lines = text.splitlines()
    head = next(_cells(line) for line in lines if line.startswith("| region "))
    at = next(k for k, line in enumerate(lines) if line.startswith("| all from 96x96 on"))
    given, found = _cells(lines[at]), _cells(lines[at + 1])
    rates = []
    for name in PROMISED:
        for row in (given, found):
            rates.append((float(row[head.index(name)].split()[0]), row[head.index(name)], name))
    false = re.search(r"unmarked: (\d+) of (\d+) regions of .* read .*, (\d+) found by searching", text)
    worst = min(rates)
    return {"percent": worst[0], "cell": worst[1], "attack": worst[2], "n": int(given[1]),
            "false": int(false[1]) + int(false[3]), "regions": int(false[2])}


def report_marks(report, program, seed, quick):
    """`program`: efface-bench-watermark."""
    counts = ("6", "300") if quick else ("200", "10000")
    ended = subprocess.run([program, *counts, str(seed)], capture_output=True, text=True, timeout=SECONDS_MAX, check=True)
    marks = read_marks(ended.stdout)
    report.figures["watermark_read_percent"] = marks["percent"]
    report.figures["watermark_false"] = marks["false"]
    report.say(f"watermark_read_percent: {marks['cell']} % of {marks['n']} marks from 96 x 96 on, the worst of {', '.join(PROMISED)}, "
               f"a region given and not ({marks['attack']}); watermark_false: {marks['false']} in {marks['regions']} regions without "
               "a mark, read and searched")
