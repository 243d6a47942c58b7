"""What the records of evaluation.py come to: a row a kind and filler, and the flat figures of gan.json."""

import beside  # noqa: F401
import numpy as np
from evaluation import CLASSICAL, FILLERS, MEASURES
from intervals import mean_interval, share_interval
from rates import percent, table
from scored import KINDS, OF_ONE_HEAD

GREY_MAX = 5.0  # Percent; or what the truth itself has.
FINE_RANGE = (.7, 1.3)
LEAST = 20  # Filled cases, for a figure.
DIGITS = {"psnr": 2, "ssim": 4, "rmse": 4, "grey": 2, "fine": 3, "spectrum": 2}


def head_of(record):
    """Cases of one head are no independent ones; real pictures are named PICTURE.NUMBER."""
    kind, _, number = record["name"].rpartition("-")
    if kind in OF_ONE_HEAD:
        return f"{kind}-{int(number) // OF_ONE_HEAD[kind]}"
    return record["name"].split(".")[0]


def column(records, filler, measure):
    """(values, heads) of what is a number."""
    pairs = [(record["fills"][filler][measure], head_of(record)) for record in records if record["filled"]]
    pairs = [(value, head) for value, head in pairs if value is not None]
    return [value for value, _ in pairs], [head for _, head in pairs]


def mean_of(records, filler, measure):
    values, _ = column(records, filler, measure)
    return float(np.mean(values)) if values else float("nan")


def best_classical(records):
    """(filler, SSIM) of the one that comes nearest to the truth."""
    return max(((name, mean_of(records, name, "ssim")) for name in CLASSICAL), key=lambda pair: pair[1])


def over_best(records):
    """SSIM of each fill less that of the filler which is the best of these records on the whole."""
    best, _ = best_classical(records)
    kept = [one for one in records if one["filled"] and None not in (one["fills"]["fill"]["ssim"], one["fills"][best]["ssim"])]
    return [one["fills"]["fill"]["ssim"] - one["fills"][best]["ssim"] for one in kept], [head_of(one) for one in kept]


def is_grey_right(record):
    """Below GREY_MAX or below the truth's own."""
    grey = record["fills"]["fill"]["grey"]
    return grey is None or grey < max(GREY_MAX, record["fills"]["truth"]["grey"] or 0)


def report_kind(report, name, records, seed):
    """Two tables of one kind; nothing where none was filled."""
    filled = [record for record in records if record["filled"]]
    reasons = {}
    for record in records:
        if not record["filled"]:
            reasons[record["reason"]] = reasons.get(record["reason"], 0) + 1
    marked = sum(record["marked"] == record["holes"] for record in filled)
    report.say(f"{name}: {len(filled)} of {len(records)} filled, {marked} of them marked"
               + "".join(f"\n  refused, {reason}: {count}" for reason, count in sorted(reasons.items())))
    if not filled:
        return
    rows = []
    for filler in FILLERS:
        row = [filler]
        for measure in MEASURES:
            values, heads = column(filled, filler, measure)
            if not values:
                row.append("-")
                continue
            low, high = mean_interval(values, heads, seed)
            digits = DIGITS[measure]
            row.append(f"{np.mean(values):.{digits}f} ({low:.{digits}f} to {high:.{digits}f})")
        rows.append(row)
    report.parts.append(table([f"{name}, n {len(filled)}", *MEASURES], rows))
    _shares(report, name, filled, seed)


def _shares(report, name, filled, seed):
    right = [is_grey_right(one) for one in filled], [head_of(one) for one in filled]
    fine, fine_heads = column(filled, "fill", "fine")
    within = [FINE_RANGE[0] <= value <= FINE_RANGE[1] for value in fine], fine_heads
    over, heads = over_best(filled)
    low, high = mean_interval(over, heads, seed)
    lines = [(f"grey difference below {GREY_MAX:g} % or the truth's own", *right),
             (f"high frequencies within {FINE_RANGE[0]:g} to {FINE_RANGE[1]:g}", *within)]
    for what, hits, of_heads in lines:
        if hits:
            a, b = share_interval(hits, of_heads, seed)
            report.say(f"  {name}, {what}: {sum(hits)} of {len(hits)}, {percent(np.mean(hits))} % ({percent(a)} to {percent(b)})")
    report.say(f"  {name}, SSIM over the best classical filler ({best_classical(filled)[0]}): "
               f"{np.mean(over):.4f} ({low:.4f} to {high:.4f})")


def add_figures(report, records, seed):
    """Of the drawn pictures, every kind of the same weight: the figures of gan.json that follow from records."""
    by_kind = {kind: [one for one in records if one["kind"] == kind and one["filled"]] for kind in KINDS}
    missing = [kind for kind, some in by_kind.items() if len(some) < LEAST]
    keys = ("gray_mean_percent", "gray_max_percent", "hf_ratio_mean", "ssim", "ssim_over_best_classical", "psnr")
    if missing:
        for key in keys:
            report.absent[key] = f"fewer than {LEAST} filled cases of {', '.join(missing)}"
        return
    filled = [one for some in by_kind.values() for one in some]

    def mean(measure):
        return float(np.mean([mean_of(some, "fill", measure) for some in by_kind.values()]))
    # The largest of the cases in which the truth itself does not differ as much.
    beyond = [one["fills"]["fill"]["grey"] for one in filled
              if one["fills"]["fill"]["grey"] is not None and one["fills"]["fill"]["grey"] > (one["fills"]["truth"]["grey"] or 0)]
    values = (mean("grey"), max(beyond, default=0.0), mean("fine"), mean("ssim"),
              float(np.mean([np.mean(over_best(some)[0]) for some in by_kind.values()])), mean("psnr"))
    for key, value, digits in zip(keys, values, (2, 2, 3, 4, 4, 2)):
        report.figures[key] = round(value, digits)
    report.say("figures: the mean over the four kinds, each of the same weight; gray_max_percent: the largest grey difference of "
               "a case in which the truth's own is smaller")
    report_kind(report, "all four kinds", filled, seed)
