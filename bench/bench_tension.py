# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the tension of the written notes follow the arc that was fixed before them, for listeners who have only the MIDI?

  bench_tension.py BENCH_COMPOSE PALETTES FILM...   composes cues (see bench_compose.c) and measures them
  bench_tension.py 0 FOLDER...                      measures what lies below folders: cues/NAME/NAME.mid with arc.csv
                                                    beside it, or a production with its delivery/report.json

Two listeners measure the spiral array (Chew 2000) as Herremans & Chew (2016, "Tension ribbons") do: how wide a cloud of
notes lies, how far its centre moves from cloud to cloud, how far it lies from the key's. The first hears half seconds,
every note in them, one key for the cue, and smooths over some four seconds; the second hears two seconds at once, leaves
out what sounds for less than a twentieth of them, takes the key of the half minute around and smooths nothing. Each
figure is put in units of its spread over all cues that are measured; harmony is the mean of the three, what else is
felt the mean of loudness (velocity times expression) and attacks a second, both again in units of their spread, and
the whole three fifths harmony, two fifths the rest. Said per cue and over all: rank correlation with the arc of all and
of harmony alone (and of its three figures); the share of the whole's variance that loudness and density explain (least
squares); how far it swings, which in a cue with a flat arc should be little beside one that moves.
"""
import bisect
import csv
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

import midi_events

STEP, FLAT, LONG = 0.5, 0.2, 30
RISE = math.sqrt(2 / 15)
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)  # Krumhansl & Kessler 1982
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
SHARE = 0.6  # harmony's weight in the whole
LISTENERS = ("first", "second")


def place(fifths):
    return math.sin(fifths * math.pi / 2), math.cos(fifths * math.pi / 2), fifths * RISE


def key_of(weights):
    """(line-of-fifths of the tonic, minor) that fits twelve weights best."""
    def fit(profile):
        mean_p, mean_w = sum(profile) / 12, sum(weights) / 12
        low = math.sqrt(sum((p - mean_p) ** 2 for p in profile) * sum((w - mean_w) ** 2 for w in weights))
        return sum((p - mean_p) * (w - mean_w) for p, w in zip(profile, weights)) / low if low else 0
    fits = [(fit(p[-k:] + p[:-k]), k, p is MINOR) for p in (MAJOR, MINOR) for k in range(12)]
    _, tonic, minor = max(fits)
    fifths = (tonic * 7) % 12
    return (fifths - 12 if fifths > 6 else fifths), minor


def key_centre(key):
    """Centre of the tonic, dominant and subdominant chords of a key (Chew 2000: weights .536, .274, .19)."""
    def chord(fifths, minor):
        tones = (fifths, fifths + 1, fifths - 3 if minor else fifths + 4)
        return [sum(w * place(t)[i] for w, t in zip((0.536, 0.274, 0.19), tones)) for i in range(3)]
    tonic, minor = key
    chords = chord(tonic, minor), chord(tonic + 1, False), chord(tonic - 1, minor)
    return [sum(w * c[i] for w, c in zip((0.536, 0.274, 0.19), chords)) for i in range(3)]


def spell(pitch_class, key):
    """Line-of-fifths place as harmony writes it: from the key's lowered second to its raised fourth."""
    fifths = (pitch_class * 7) % 12
    return fifths + 12 * round((key[0] + 0.5 - fifths) / 12)


def cloud(notes, start, end, least, key):
    weights, loud, attacks = {}, 0.0, 0
    for note in notes:
        shared = min(note[1], end) - max(note[0], start)
        if shared <= 0:
            continue
        loud += shared * note[3] ** 2
        attacks += note[0] >= start
        if not note[5]:
            f = spell(note[2] % 12, key)
            weights[f] = weights.get(f, 0) + shared
    loud, attacks = math.sqrt(loud / (end - start)), attacks / (end - start)
    heard = {f: w for f, w in weights.items() if w >= least * (end - start)}
    total = sum(heard.values())
    if not total:
        return None, 0.0, loud, attacks
    centre = [sum(w * place(f)[i] for f, w in heard.items()) / total for i in range(3)]
    places = [place(f) for f in heard]
    return centre, max(math.dist(a, b) for a in places for b in places), loud, attacks


def smoothed(values):
    for _ in range(3):
        values = [(values[max(i - 1, 0)] + 2 * v + values[min(i + 1, len(values) - 1)]) / 4 for i, v in enumerate(values)]
    return values


def classes(notes, start, end):
    weights = [0.0] * 12
    for note in notes:
        if not note[5] and note[0] < end and note[1] > start:
            weights[note[2] % 12] += min(note[1], end) - max(note[0], start)
    return weights


def listen(notes, length, second):
    """Diameter, momentum, strain, loudness and density, step by step."""
    whole = key_of(classes(notes, 0, length))
    rows, before = [], None
    half = STEP / 2 if not second else 1.0
    for i in range(int(length / STEP)):
        at = i * STEP
        key = key_of(classes(notes, at - 15, at + 15)) if second else whole
        centre, width, loud, attacks = cloud(notes, at - half, at + half, 0.05 if second else 0, key)
        earlier = (rows and before) if not second else cloud(notes, at - 3 * half, at - half, 0.05, key)[0]
        moved = math.dist(centre, earlier) if centre and earlier else 0.0
        strain = math.dist(centre, key_centre(key)) if centre else 0.0
        before = centre or before
        rows.append((width, moved, strain, loud, attacks))
    columns = [list(c) for c in zip(*rows)]
    return columns if second else [smoothed(c) for c in columns]


def in_spreads(many):
    """Series of many cues, from their common mean and in units of their common spread."""
    values = [v for one in many for v in one]
    middle, spread = statistics.fmean(values), statistics.pstdev(values) or 1
    return [[(v - middle) / spread for v in one] for one in many]


def put_together(heard):
    """(whole, harmony) of each cue from the five figures of all."""
    scaled = [in_spreads(many) for many in zip(*heard)]
    harmony = in_spreads([[sum(v) / 3 for v in zip(*one)] for one in zip(*scaled[:3])])
    rest = in_spreads([[sum(v) / 2 for v in zip(*one)] for one in zip(*scaled[3:])])
    return [([SHARE * h + (1 - SHARE) * r for h, r in zip(*pair)], pair[0]) for pair in zip(harmony, rest)]


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    out, i = [0.0] * len(values), 0
    while i < len(order):
        end = i
        while end + 1 < len(order) and values[order[end + 1]] == values[order[i]]:
            end += 1
        for k in range(i, end + 1):
            out[order[k]] = (i + end) / 2
        i = end + 1
    return out


def product(a, b):
    ma, mb = statistics.mean(a), statistics.mean(b)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b))


def correlation(a, b):
    a, b = ranks(a), ranks(b)
    low = math.sqrt(product(a, a) * product(b, b))
    return product(a, b) / low if low else 0.0


def explained(whole, x, y):
    """Share of the variance of the whole that two series explain together (least squares)."""
    xx, yy, xy, xw, yw, ww = (product(*p) for p in ((x, x), (y, y), (x, y), (x, whole), (y, whole), (whole, whole)))
    det = xx * yy - xy * xy
    if ww < 1e-12 or det < 1e-12 * max(xx * yy, 1e-12):
        return max(xw * xw / xx if xx > 1e-12 else 0, yw * yw / yy if yy > 1e-12 else 0) / ww if ww > 1e-12 else 0
    return (xw * (xw * yy - yw * xy) + yw * (yw * xx - xw * xy)) / det / ww


def cues(folders):
    """(name, path of the MIDI, intended tension every half second) of all cues below the folders."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("arc.csv")):
            values = [float(row["tension"]) for row in csv.DictReader(path.open())]
            yield f"{path.parents[2].name[:34]} {path.parent.name}", path.parent / f"{path.parent.name}.mid", values
        for path in sorted(pathlib.Path(folder).rglob("delivery/report.json")):
            report = json.loads(path.read_text())
            times = [p["at_s"] for p in report["arc"]]
            for cue in report["cues"]:
                values = []
                for i in range(int((cue["out_s"] - cue["in_s"]) / STEP)):
                    at = cue["in_s"] + i * STEP
                    k = min(max(bisect.bisect(times, at), 1), len(times) - 1)
                    share = min(max((at - times[k - 1]) / (times[k] - times[k - 1]), 0), 1)
                    values.append((1 - share) * report["arc"][k - 1]["tension"] + share * report["arc"][k]["tension"])
                yield f"{path.parents[1].name[:34]} {cue['cue']}", path.parent / "cues" / cue["cue"] / f"{cue['cue']}.mid", values


def measure(found):
    """What both listeners say of each cue."""
    rows = [{"name": name, "meant": max(meant) - min(meant)} for name, _, meant in found]
    notes = [midi_events.notes(path)[0] for _, path, _ in found]
    for which in LISTENERS:
        heard = [listen(n, len(meant) * STEP, which == "second") for n, (_, _, meant) in zip(notes, found)]
        for row, columns, (whole, harmony), (_, _, meant) in zip(rows, heard, put_together(heard), found):
            row[which] = {"all": correlation(whole, meant), "harmony": correlation(harmony, meant),
                          "spiral": [correlation(c, meant) for c in columns], "explained": explained(whole, columns[3], columns[4]),
                          "range": max(whole) - min(whole), "swing": statistics.pstdev(whole), "harmony swing": statistics.pstdev(harmony)}
    return rows


def figures(values):
    return " ".join(f"{v:5.2f}" for v in values)


def tell_cue(row):
    cells = []
    for which in LISTENERS:
        r = row[which]
        fit = f"all {r['all']:5.2f} harmony {r['harmony']:5.2f} ({figures(r['spiral'])})" if row["meant"] >= FLAT else f"{'':50}"
        cells.append(f"{fit} explained {r['explained']:.2f} range {r['range']:.2f} swing {r['swing']:.2f}")
    print(f"{row['name']:42} meant {row['meant']:.2f} | " + " | ".join(cells))


def tell(rows):
    for row in rows:
        tell_cue(row)
    moving, flat = [r for r in rows if r["meant"] >= FLAT], [r for r in rows if r["meant"] < FLAT / 2]
    for which in LISTENERS:
        def mean(of, key):
            return statistics.mean(r[which][key] for r in of) if of else float("nan")
        print(f"{which}: {len(moving)} cues that move: rank correlation {mean(moving, 'all'):.2f}, of harmony alone {mean(moving, 'harmony'):.2f}"
              f" (width, motion, strain, loudness, density {figures(statistics.fmean(c) for c in zip(*(r[which]['spiral'] for r in moving)))});"
              f" loudness and density explain {mean(moving, 'explained'):.2f}, more than half in {sum(r[which]['explained'] > 0.5 for r in moving)}; range {mean(moving, 'range'):.2f},"
              f" swing {mean(moving, 'swing'):.2f}, of harmony {mean(moving, 'harmony swing'):.2f}")
        print(f"   {len(flat)} flat: range {mean(flat, 'range'):.2f}, at most {max((r[which]['range'] for r in flat), default=0):.2f},"
              f" swing {mean(flat, 'swing'):.2f}, of harmony {mean(flat, 'harmony swing'):.2f}")


def main():
    with tempfile.TemporaryDirectory() as made:
        folders = sys.argv[2:]
        if sys.argv[1] != "0":
            subprocess.run([sys.argv[1], made, "0", "1", *sys.argv[2:]], check=True, stdout=subprocess.DEVNULL)
            folders = [made]
        tell(measure([cue for cue in cues(folders) if len(cue[2]) * STEP >= LONG]))


if __name__ == "__main__":
    main()
