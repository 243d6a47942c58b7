"""What the records of search.py come to: per cell a rate with its interval, and of the cells the worst bound.

    face     covered where 90 % of the face's box lies under the union of the mask boxes
    text     covered where 99 % of the box around a line's ink does
    no_face  mean number of faces found in a picture
    no_text  mean share of a picture that is masked
    occlusion     found where the found boxes cover 80 % of it; judged rightly where the one that covers most of it says
                  what its drawing says
    no_occlusion  share of pictures in which one is found
"""

import numpy as np
from rates import percent, poisson, table, wilson

FACE_SHARE, TEXT_SHARE, OCCLUSION_SHARE = .90, .99, .80
# What the aim of 99 % is stated for.
CONTRAST_MIN = .20
EM_BANDS = ((8, 11), (12, 17), (18, 26), (27, 40))
CONTRAST_BANDS = ((.10, .20), (.20, .35), (.35, .60), (.60, 1.01))
STRATUM_MIN = 15


def masked(record, what, score_min=0.0):
    picture = np.zeros((record["rows"], record["columns"]), bool)
    for found, (left, top, right, bottom) in zip(record[what], record[what + "_mask"]):
        if found[4] >= score_min:
            picture[max(top, 0):bottom, max(left, 0):right] = True
    return picture


def covered(picture, box):
    x0, y0, x1, y1 = box
    part = picture[max(y0, 0):y1, max(x0, 0):x1]
    return float(part.mean()) if part.size else 1.0


def face_hits(records):
    """(record, is it covered) for every face."""
    return [(record, covered(masked(record, "faces"), box) >= FACE_SHARE)
            for record in records for box in record["truth"]["faces"]]


def text_hits(records, score_min=0.0):
    hits = []
    for record in records:
        picture = masked(record, "text", score_min)
        hits += [(line, covered(picture, line["box"]) >= TEXT_SHARE) for line in record["truth"]["lines"]]
    return hits


def false_areas(records, score_min=0.0):
    return [float(masked(record, "text", score_min).mean()) for record in records]


class Row:
    """A rate of one cell. `bound` is its interval's unfavourable end."""

    def __init__(self, name, hits, count, interval, high_is_good, scale=100.0):
        self.name, self.hits, self.count, self.interval, self.scale = name, hits, count, interval, scale
        self.mean = hits / count if count else 0.0
        self.bound = interval[0] if high_is_good else interval[1]

    def cells(self):
        return [self.name, self.count, *(f"{self.scale * value:.2f}" for value in (self.mean, *self.interval))]


def recall(name, hits):
    found = sum(1 for _, hit in hits if hit)
    return Row(name, found, len(hits), wilson(found, len(hits)), True)


def text_strata(hits):
    """Rows by ground, turn, contrast, size and language, of the contrasts that the aim is stated for; and the fainter."""
    strong = [(line, hit) for line, hit in hits if line["contrast"] >= CONTRAST_MIN]
    rows = [recall(f"{key} {value}", [one for one in strong if one[0][key] == value])
            for key in ("ground", "orientation", "language") for value in sorted({line[key] for line, _ in strong})]
    rows += [recall(f"em {low}-{high} px", [one for one in strong if low <= one[0]["em"] <= high]) for low, high in EM_BANDS]
    rows += [recall(f"contrast {round(100 * low)}-{min(100, round(100 * high))} %",
                    [one for one in hits if low <= one[0]["contrast"] < high]) for low, high in CONTRAST_BANDS]
    return [row for row in rows if row.count]


def is_in_aim(row):
    return not row.name.startswith("contrast 10-")


def curve(text_records, bare_records, points=12):
    """(least score, mean recall, mean false area): what a stricter threshold on the score would give."""
    scores = sorted(found[4] for record in text_records + bare_records for found in record["text"])
    if not scores:
        return []
    steps = [0.0, *(scores[int(len(scores) * k / points)] for k in range(1, points))]
    rows = []
    for least in steps:
        strong = [hit for line, hit in text_hits(text_records, least) if line["contrast"] >= CONTRAST_MIN]
        rows.append((least, float(np.mean(strong)) if strong else 0.0, float(np.mean(false_areas(bare_records, least)))))
    return rows


class Report:
    """Tables as text, and the flat figures."""

    def __init__(self):
        self.parts, self.figures, self.absent = [], {}, {}

    def add_table(self, title, rows, unit):
        head = [title, "n", f"mean {unit}", "low", "high"]
        self.parts.append(table(head, [row.cells() for row in rows]))

    def say(self, text):
        self.parts.append(text)

    def worst(self, key, rows, smallest, digits=2):
        rows = [row for row in rows if row.count >= STRATUM_MIN]
        if not rows:
            self.absent[key] = "no cell with enough pictures was run"
            return
        worst = (min if smallest else max)(rows, key=lambda row: row.bound)
        self.figures[key] = round(worst.bound * worst.scale, digits)
        total = sum(row.hits for row in rows) / sum(row.count for row in rows)
        self.say(f"{key}: {self.figures[key]} (worst cell: {worst.name}, n={worst.count}; mean of all {total * worst.scale:.2f})")


def report_found(report, cells, records):
    by_kind = {kind: [cell for cell in cells if cell.kind == kind and records.get(cell.name)]
               for kind in ("face", "no_face", "text", "no_text", "occlusion", "no_occlusion")}
    _report_faces(report, by_kind, records)
    _report_text(report, by_kind, records)
    _report_occlusions(report, by_kind, records)
    times = {what: [record[what + "_ms"] for cell in cells for record in records.get(cell.name, []) if what + "_ms" in record]
             for what in ("faces", "text", "occlusions")}
    for what, values in times.items():
        if values:
            report.say(f"{what}: {np.median(values):.0f} ms of CPU a picture in the median, {max(values):.0f} at most")


def _report_faces(report, by_kind, records):
    rows = [recall(cell.name, face_hits(records[cell.name])) for cell in by_kind["face"]]
    if rows:
        report.add_table("faces covered", rows, "%")
        report.parts.append(_face_strata(by_kind["face"], records))
    for key, prefix in (("face_upright_percent", "face_upright."), ("face_rotated_percent", "face_rotated."),
                        ("face_rendering_percent", "face_rendering.")):
        report.worst(key, [row for row in rows if row.name.startswith(prefix)], True)
    rows = []
    for cell in by_kind["no_face"]:
        counts = [len(record["faces"]) for record in records[cell.name]]
        rows.append(Row(cell.name, sum(counts), len(counts), poisson(sum(counts), len(counts)), False, 1.0))
    if rows:
        report.add_table("faces found where there is none", rows, "per picture")
    report.worst("face_false_per_photo", rows, False, 3)
    _report_near_misses(report, by_kind["no_face"], records, "faces")


def _report_near_misses(report, cells, records, what):
    """How often the doubt low-confidence would hold a picture in which there is nothing (docs/pixels.md)."""
    rows = []
    for cell in cells:
        near = sum(bool(record[what + "_doubts"]) for record in records[cell.name])
        rows.append(Row(cell.name, near, len(records[cell.name]), wilson(near, len(records[cell.name])), False))
    if rows:
        report.add_table(f"pictures in which {what} is nearly found and there is none", rows, "%")


def _face_strata(cells, records):
    """By what covers a face and by its height, over all cells: for whoever looks for a reason; no aim is held against it."""
    hits = [one for cell in cells for one in face_hits(records[cell.name])]
    bands = ((0, 64), (65, 128), (129, 256), (257, 999))
    rows = [recall(f"height {low}-{high} px", [one for one in hits if low <= one[0]["truth"]["facts"]["face"] <= high])
            for low, high in bands]
    rows += [recall(f"covered by {cover}", [one for one in hits if one[0]["truth"]["facts"]["cover"] == cover])
             for cover in sorted({record["truth"]["facts"]["cover"] for record, _ in hits} - {""})]
    return table(["  of these", "n", "mean %", "low", "high"], [row.cells() for row in rows if row.count])


def _report_text(report, by_kind, records):
    text = [record for cell in by_kind["text"] for record in records[cell.name]]
    bare = [record for cell in by_kind["no_text"] for record in records[cell.name]]
    rows = text_strata(text_hits(text))
    if rows:
        report.add_table(f"lines covered (contrast from {percent(CONTRAST_MIN)} %)", rows, "%")
    report.worst("text_recall_percent", [row for row in rows if is_in_aim(row)], True)
    areas = []
    for cell in by_kind["no_text"]:
        shares = false_areas(records[cell.name])
        areas.append(Row(cell.name, sum(shares), len(shares), wilson(sum(shares), len(shares)), False))
    if areas:
        report.add_table("area masked where there is no text", areas, "%")
    report.worst("text_false_area_percent", areas, False)
    _report_near_misses(report, by_kind["no_text"], records, "text")
    if text and bare:
        points = [[f"{least:.3f}", percent(found), percent(area)] for least, found, area in curve(text, bare)]
        report.parts.append(table(["score from", "recall %", "false area %"], points)
                            + "\nchosen point: the first row (all that the detector returns)")


def _overlap(a, b):
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def occlusion_hits(records):
    """(record, found, verdict): the verdict is None where it was not found or either will do."""
    rows = []
    for record in records:
        facts = record["truth"]["facts"]
        picture = np.zeros((record["rows"], record["columns"]), bool)
        for x0, y0, x1, y1, _ in record["occlusions"]:
            picture[max(y0, 0):y1, max(x0, 0):x1] = True
        found = covered(picture, facts["box"]) >= OCCLUSION_SHARE
        verdict = None
        if found and facts["verdict"]:
            best = max(range(len(record["occlusions"])), key=lambda k: _overlap(record["occlusions"][k], facts["box"]))
            verdict = record["occlusion_verdicts"][best] == facts["verdict"]
        rows.append((record, found, verdict))
    return rows


def _report_occlusions(report, by_kind, records):
    rows, strata = [], []
    for cell in by_kind["occlusion"]:
        hits = occlusion_hits(records[cell.name])
        rows.append(recall(f"{cell.name} found", [(record, found) for record, found, _ in hits]))
        rows.append(recall(f"{cell.name} judged", [(record, verdict) for record, _, verdict in hits if verdict is not None]))
        strata += [recall(f"{cell.name} found {name} JPEG", [(record, found) for record, found, _ in hits
                                                             if record["truth"]["facts"]["jpeg"] == jpeg])
                   for name, jpeg in (("without", False), ("after", True))]
    if rows:
        report.add_table("earlier occlusions", rows, "%")
        report.parts.append(table(["  of these", "n", "mean %", "low", "high"], [row.cells() for row in strata if row.count]))
    report.worst("occlusion_recall_percent", rows, True)
    false = []
    for cell in by_kind["no_occlusion"]:
        alarms = sum(bool(record["occlusions"]) for record in records[cell.name])
        false.append(Row(cell.name, alarms, len(records[cell.name]), wilson(alarms, len(records[cell.name])), False))
    if false:
        report.add_table("pictures in which an occlusion is found and none is", false, "%")
