"""`efface evaluate` over a folder of cases, and what its answer is called here: the one place that knows its options and keys.

The program writes one object a case (--cases-json): name, kind, occlusion, outcome ("filled" or "refused"), reason, holes, marked,
wall_seconds, cpu_seconds, and measures: for each filler an object of numbers, null where a number says nothing."""

import hashlib
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from pngs import read_grey

FILLERS = {"fill": "fill", "constant": "constant", "ring mean": "ring_mean", "Telea": "telea", "Navier-Stokes": "navier_stokes",
           "truth": "truth"}
CLASSICAL = ("constant", "ring mean", "Telea", "Navier-Stokes")
# In the mask; grey in percent of the visible range, the rest without a unit but PSNR and spectrum (dB).
MEASURES = {"psnr": "psnr_mask", "ssim": "ssim_mask", "rmse": "rmse_mask", "grey": "grey_difference", "fine": "high_frequency_ratio",
            "spectrum": "spectrum_distance"}
SECONDS_MAX = 7200


class EvaluationFailed(RuntimeError):
    """What the program said, without a picture or a path of a patient: there is none."""


@dataclass(frozen=True)
class Program:
    """An `efface`, the network that it fills with, and what its answers depend on."""

    efface: Path
    generator: Path
    environment: dict = field(default_factory=dict, compare=False, hash=False)

    def digest(self):
        digest = hashlib.sha256()
        folder = self.efface.parent
        for path in [self.efface, *sorted(folder.glob("efface-evaluator")), self.generator]:
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]


def is_there(efface):
    """Whether this build knows the command."""
    asked = subprocess.run([efface, "evaluate", "--help"], capture_output=True, text=True, timeout=60, check=False)
    return asked.returncode == 0 and "--cases-json" in asked.stdout


def evaluated(program, folder, seed, grid=None, kit=None):
    """(records, whole): one record a case in the order of the list, and the program's flat answer."""
    cases_json = folder / "measured.ndjson"
    cases_json.unlink(missing_ok=True)
    command = [program.efface, "evaluate", folder, "--json", "--cases-json", cases_json, "--seed", str(seed)]
    command += ["--generator", program.generator]
    for option, path in (("--grid", grid), ("--reader-kit", kit)):
        command += [option, path] if path else []
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if ended.returncode not in (0, 1):  # 1: nothing was filled.
        raise EvaluationFailed(f"efface evaluate ended with {ended.returncode}: {ended.stderr[-400:]}")
    whole = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    records = [record_of(json.loads(line)) for line in cases_json.read_text(encoding="utf-8").splitlines()]
    return records, whole[-1] if whole else {}


def record_of(answer):
    """One case's answer under our names: fills are {filler: {measure: number or None}}, empty where it was refused."""
    measures = answer.get("measures") or {}
    fills = {name: {ours: measures[key].get(theirs) for ours, theirs in MEASURES.items()}
             for name, key in FILLERS.items() if key in measures}
    same = {key: answer[key] for key in ("name", "kind", "occlusion", "holes", "marked", "wall_seconds", "cpu_seconds")}
    return same | {"filled": answer["outcome"] == "filled", "reason": answer.get("reason") or "", "fills": fills}


def peak_mib(whole):
    """Of the process that holds network and case; None where it is not said."""
    peak = whole.get("peak_memory_bytes")
    return peak / 2 ** 20 if peak else None


def filled_pictures(kit):
    """{name of a case: (filled, truth)}, 8 bits of the visible range, of a kit that --reader-kit made."""
    key = json.loads((kit / "key.json").read_text(encoding="utf-8"))
    out = {}
    for pair in key["pairs"]:
        truth = pair["truth"]
        filled = "b" if truth == "a" else "a"
        out[pair["name"]] = tuple(read_grey(kit / "pairs" / f"{pair['pair']}-{side}.png") for side in (filled, truth))
    return out
