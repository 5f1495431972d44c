# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of themes over a film, from themes.abc, report.json and the cues' MIDI: moods they must not be in, two at once,
absence, the last return, change with the arc; and what a tune is to be hummed by, said by and told from others by."""
import collections
import itertools
import re

BRIGHT = {"": 1, "maj": 1, "lyd": 1, "mix": 1, "m": -1, "min": -1, "dor": -1, "phr": -1, "loc": -1}
CHANGED = ("mode", "reharmonised", "truncated", "inversion", "fragment")  # they say that it is not as it was
WHOLE = ("plain", "contrapuntal", "reharmonised", "augmentation")
NEAR_S = 8  # a statement may lead a subject in
FELT = 0.2  # valence from which a moment is bright or dark
PROFILES = ((6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
            (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17))  # Krumhansl & Kessler 1982


def fields_of(path, read_body):
    """id -> fields of each tune in themes.abc: its bar and upbeat in sixteenths, how bright its mode is."""
    found = {}
    for block in re.split(r"\n(?=X:)", path.read_text(encoding="utf-8")):
        fields = dict(re.findall(r"^([A-Z]):(.*)$", block, re.M))
        if "K" in fields:
            beats, unit = map(int, fields["M"].split("/"))
            body = "".join(l for l in block.splitlines() if l and not re.match(r"^([A-Z]:|%)", l))
            first = read_body(body.split("|")[0], fields["K"].strip())[0]
            up = first[-1][0] + first[-1][1] if first else 0
            found[fields["T"].split(" ", 1)[0]] = {"up": up if up * 2 <= beats * 16 / unit else 0, "bar": beats * 16 / unit, "qpm": float(fields["Q"].split("=")[1]),
                                                   "bright": BRIGHT[re.match(r"[A-G][#b]?(\w*)", fields["K"].strip())[1][:3].lower()],
                                                   "named": fields.get("N", "")}
    return found


def arc_mean(report, start, end, what):
    values = [p[what] for p in report["arc"] if start <= p["at_s"] <= end]
    return sum(values) / len(values) if values else 0


def there_s(subject, start, end):
    return sum(max(0, min(end, s["end_s"]) - max(start, s["start_s"])) for s in subject["spans"] if s["state"] not in ("absent", "unknown"))


def subject_of(report, theme):
    return next((s for s in report["subjects"] if s["name"] == theme["subject"]), None)


def opposites(report, facts):
    """Statements of places and ideas that are not there, as they are, in a moment felt the other way."""
    found = []
    for theme in report["themes"]:
        subject = subject_of(report, theme)
        for said in theme["statements"] if subject and subject["kind"] != "character" else []:
            felt = arc_mean(report, said["at_s"], said["end_s"], "valence")
            there = there_s(subject, said["at_s"] - NEAR_S, said["end_s"] + NEAR_S) > 0
            if said["recognisable"] and said["transform"] not in CHANGED and not there and felt * facts[theme["id"]]["bright"] < -FELT:
                found.append(f"{theme['subject']} {said['cue']} {said['at_s']:.0f} ({felt:.2f})")
    return found


def meetings(report):
    """Cues in which two people with themes are together after both are known; statements that overlap as two at once."""
    people = [(t, subject_of(report, t)) for t in report["themes"]]
    people = [(t, s) for t, s in people if s and s["kind"] == "character"]
    chances, both = [], []
    for cue in report["cues"]:
        for (a, x), (b, y) in itertools.combinations(people, 2):
            known = all(any(s["recognisable"] and s["end_s"] <= cue["in_s"] for s in t["statements"]) for t in (a, b))
            together = [t for t in range(int(cue["in_s"]), int(cue["out_s"])) if there_s(x, t, t + 1) > 0.5 and there_s(y, t, t + 1) > 0.5]
            if known and len(together) >= 5:
                chances.append((cue["cue"], a["id"], b["id"]))
    for a, b in itertools.combinations(report["themes"], 2):
        for s, t in itertools.product(a["statements"], b["statements"]):
            if s["cue"] == t["cue"] and s["transform"] == t["transform"] == "contrapuntal" and s["at_s"] < t["end_s"] and t["at_s"] < s["end_s"]:
                both.append((s["cue"], a["id"], b["id"], s["recognisable"] and t["recognisable"]))
    return chances, both


def away(report):
    """Statements of people who are not there, as they are, though not for the first time; titles name whom they like."""
    found, titles = [], {c["cue"] for c in report["cues"] if "title" in c["function"]}
    for theme in report["themes"]:
        subject = subject_of(report, theme)
        said = [s for s in sorted(theme["statements"], key=lambda s: s["at_s"]) if s["recognisable"]]
        for s in said[1:] if subject and subject["kind"] == "character" else []:
            if s["transform"] == "plain" and s["cue"] not in titles and there_s(subject, s["at_s"] - NEAR_S, s["end_s"] + NEAR_S) <= 0:
                found.append(f"{theme['subject']} {s['cue']} {s['at_s']:.0f}")
    return found


def bars_of(notes, fact, count):
    """Notes of the first bars, after an upbeat."""
    return sum(n[0] < fact["up"] + count * fact["bar"] for n in notes)


def last_return(report, facts, tunes):
    """(whether the principal comes back whole in the film's last part, what was told, whether a cue there has room)."""
    if not report["cues"]:
        return True, "no music", False
    first = report["themes"][0]
    notes, fact = tunes[first["id"]][1], facts[first["id"]]
    bars = 8 if notes[-1][0] < 10 * fact["bar"] else 16
    end = report["cues"][-1]["out_s"]
    all_s = (notes[-1][0] + notes[-1][1]) / 4 * 60 / fact["qpm"] / 1.25 + 1
    room = any(c["seconds"] >= all_s and c["out_s"] - all_s >= 0.6 * end for c in report["cues"])
    late = [s for s in first["statements"] if s["at_s"] >= 0.5 * end and s["recognisable"] and s["transform"] in WHOLE]
    most = max((s["notes"] for s in late), default=0)
    return most >= min(bars_of(notes, fact, 8), len(notes)), f"{most} of {len(notes)} notes, {bars} bars", room


def brightness(cue, start, end):
    """Of all that sounds between two times: how much more major than minor, by the key profiles."""
    heard = [0.0] * 12
    for notes in cue.tracks:
        for a, b, midi in notes:
            heard[midi % 12] += max(0, min(b + cue.at, end) - max(a + cue.at, start))
    best = [max(correlate(heard[k:] + heard[:k], p) for k in range(12)) for p in PROFILES]
    return best[0] - best[1]


def correlate(a, b):
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    size = (sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b)) ** 0.5
    return both / size if size else 0


def changes(report, cues, facts, tunes):
    """(what is heard of a statement less its theme's mean, what is felt there less the same): pace and tones a second against
    arousal, brightness against valence."""
    rows = []
    for theme in report["themes"]:
        told = []
        for s in theme["statements"]:
            cue, length = cues[s["cue"]], s["end_s"] - s["at_s"]
            notes = tunes[theme["id"]][1][:s["notes"]]
            if length < 1 or len(notes) < 4:
                continue
            pace = (notes[-1][0] + notes[-1][1] - notes[0][0]) / 4 / length * 60 / facts[theme["id"]]["qpm"]
            busy = sum(s["at_s"] <= n[0] + cue.at < s["end_s"] for t in cue.tracks for n in t) / length
            told.append((pace, busy, brightness(cue, s["at_s"], s["end_s"]), arc_mean(report, s["at_s"], s["end_s"], "arousal"),
                         arc_mean(report, s["at_s"], s["end_s"], "valence")))
        if len(told) >= 3:
            means = [sum(column) / len(told) for column in zip(*told)]
            rows += [[value - mean for value, mean in zip(row, means)] for row in told]
    return rows


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    place = [0] * len(values)
    for rank, i in enumerate(order):
        place[i] = rank
    return place


def rank_correlation(a, b):
    return correlate(ranks(a), ranks(b)) if len(a) > 2 else 0


def faults_to_hum(tune, fact):
    """What is wrong with a tune that is to be hummed after one hearing."""
    subject, notes, head = tune
    pitches = [n[2] for n in notes]
    leaps = [abs(b - a) for a, b in zip(pitches, pitches[1:])]
    motif = leaps[:head - 1]
    up, bar = fact["up"], fact["bar"]
    bars = (notes[-1][0] + notes[-1][1] - up) / bar
    checks = {"head of 4 to 7": 4 <= head <= 7, "head of two bars": notes[head - 1][0] < up + 2 * bar, "a leap in the head": max(motif) >= 3,
              "one widest leap": sum(l == max(motif) for l in motif) <= 2, "two lengths": len({round(n[1], 2) for n in notes[:head]}) >= 2,
              "a tenth": max(pitches) - min(pitches) <= 17, "no ugly leap": not any(l in (10, 11) or l > 12 for l in leaps),
              "8 or 16 bars": 6.8 < bars <= 8 or 14.8 < bars <= 16}
    return [f"{subject}: {what}" for what, holds in checks.items() if not holds]


def steps_of(tune, of=0):
    notes, head = tune[1], tune[2]
    return tuple(round(b[0] - a[0], 3) if of else b[2] - a[2] for a, b in zip(notes[:head], notes[1:head]))


def edits(a, b, near):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for k, y in enumerate(b, 1):
            before, row[k] = row[k], min(row[k] + 1, row[k - 1] + 1, before + (abs(x - y) > near))
    return row[-1] / max(len(a), len(b), 1)


def head_distance(a, b):
    """Of two heads, by intervals and by steps in time: 0 the same .. 1 nothing alike."""
    return 0.5 * edits(steps_of(a), steps_of(b), 1) + 0.5 * edits(steps_of(a, 1), steps_of(b, 1), 0)


def names_said(report, facts, tunes):
    """People whose name has more than one syllable: (names said as they are stressed, names)."""
    said = asked = 0
    for theme in report["themes"]:
        subject = subject_of(report, theme)
        stress = subject["rhythm"] if subject and subject["kind"] == "character" and not theme["locked"] else ""
        if len(stress) < 2:
            continue
        asked += 1
        notes, up = tunes[theme["id"]][1], facts[theme["id"]]["up"]
        weak = len(stress) - len(stress.lstrip("x"))
        first = next(i for i, n in enumerate(notes) if n[0] >= up)
        pairs = list(zip(stress[weak:], stress[weak + 1:], notes[first:], notes[first + 1:]))
        right = all((a[1] >= b[1] if s == "/" and t == "x" else a[1] <= b[1] if s == "x" and t == "/" else True) for s, t, a, b in pairs)
        said += bool(facts[theme["id"]]["named"]) and right and (not weak or first == weak)
    return said, asked


def likeness(tunes):
    """Principal themes of many seeds and films: pairs that are nearly the same, the commonest head and opening."""
    near = sum(edits(steps_of(a), steps_of(b), 1) <= 0.2 and edits(steps_of(a, 1), steps_of(b, 1), 0) <= 0.2
               for a, b in itertools.combinations(tunes, 2))
    pairs = len(tunes) * (len(tunes) - 1) // 2
    heads = collections.Counter(steps_of(t) for t in tunes)
    starts = collections.Counter(steps_of(t)[:1] for t in tunes)
    between = sorted(head_distance(a, b) for a, b in itertools.combinations(tunes, 2))
    return {"tunes": len(tunes), "heads": len(heads), "near": near, "pairs": pairs, "median": between[len(between) // 2],
            "first": starts.most_common(1)[0]}
