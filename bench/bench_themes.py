#!/usr/bin/env python3
# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are themes in the notes? A listener that knows only delivery/themes.abc and the cues' MIDI looks for every recorded
statement, and for tunes that nobody wrote, to measure chance.

    bench_themes.py PRODUCTION...     productions that are there
    bench_themes.py --run BENCH_NOTES DEMO_DIR   composes eight films first ($KINOTHEK_FILMS)

A tune is its head's intervals and its onsets in proportion; pitch and speed are free. It is found in a track where
each interval is within a semitone (and on average within a third of one) and each onset within a tenth of the
head's length of where the tune has it ("strict"), or where an edit path through both costs less than a fifth a note ("lax").
Others hear otherwise (tune_ears.py): "points" and "words", in all notes of a track, at exact intervals; "n-grams", "contour"
and "warped". All are asked for the head as it is marked and for the tune's first eight notes. What is asked of themes is then
judged sentence by sentence, with what becomes of themes (theme_life.py); exit 1 where one does not hold. --seeds DIR: folders
FILM/SEED as "bench_notes OUT PALETTE 1-20 FILM" writes them, asked how alike the principal themes are.
Distractors are each head's own intervals and steps in other orders, and the heads of every other film in the run.
"""
import argparse
import itertools
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

import midi_events
import theme_life
import tune_ears

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SHARPS = "FCGDAEB"
MAJOR_FIFTHS = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F": -1}
MODE_FIFTHS = {"maj": 0, "min": -3, "dor": -2, "phr": -4, "lyd": 1, "mix": -1, "loc": -5, "": 0, "m": -3}
DISTRACTORS = 6
FEW = 20  # statements of a film of which one is more than a twentieth: these are judged over all films together


def read_abc(path):
    """id -> (subject, notes [(onset, length, midi)], head count); lengths in units of L."""
    tunes = {}
    for block in re.split(r"\n(?=X:)", path.read_text(encoding="utf-8")):
        fields = dict(re.findall(r"^([A-Z]):(.*)$", block, re.M))
        if "K" not in fields:
            continue
        ident, subject = fields["T"].split(" ", 1)
        body = "".join(l for l in block.splitlines() if l and not re.match(r"^([A-Z]:|%)", l))
        tunes[ident] = (subject.strip(), *read_body(body, fields["K"].strip()))
    return tunes


def signature(key):
    match = re.match(r"([A-G])([#b]?)(\w*)", key)
    fifths = MAJOR_FIFTHS[match[1]] + {"#": 7, "b": -7, "": 0}[match[2]] + MODE_FIFTHS[match[3][:3].lower() if match[3] != "m" else "m"]
    return {letter: (1 if fifths > i else 0) - (1 if -fifths > 6 - i else 0) for i, letter in enumerate(SHARPS)}


def read_body(body, key):
    signs, notes, at, head = signature(key), [], 0.0, 0
    bar, tie, triplet, ends = {}, False, 0, False
    token = re.compile(r'"([^"]*)"|\((3)|([_=^]*)([A-Ga-gz])([,\']*)(\d*)((?:/\d*)*)(-?)|(\|)|.')
    for quoted, three, accidental, letter, octaves, num, dens, tied, line in token.findall(body):
        if quoted:
            ends = ends or quoted == "^end of head"
        elif three:
            triplet = 3
        elif line:
            bar = {}
        elif letter:
            length = float(num or 1)
            for den in re.findall(r"/(\d*)", dens):
                length /= float(den or 2)
            if triplet:
                length, triplet = length * 2 / 3, triplet - 1
            if letter != "z":
                upper = letter.upper()
                if accidental:
                    bar[(upper, letter, octaves)] = accidental.count("^") - accidental.count("_")
                alter = bar.get((upper, letter, octaves), signs[upper])
                midi = (72 if letter.islower() else 60) + STEPS[upper] + alter + 12 * (octaves.count("'") - octaves.count(","))
                if tie and notes and notes[-1][2] == midi:
                    notes[-1] = (notes[-1][0], notes[-1][1] + length, midi)
                else:
                    notes.append((at, length, midi))
                    if ends and not head:
                        head = len(notes)
                tie = bool(tied)
            at += length
    return notes, head or min(len(notes), 5)


def read_midi(path):
    """Tracks as (name, [(start_s, end_s, midi)]), by start."""
    data = path.read_bytes()
    count, division = struct.unpack(">HH", data[10:14])
    at, tempos, tracks = 14, [(0, 500000)], []
    for _ in range(count):
        size = struct.unpack(">I", data[at + 4:at + 8])[0]
        tracks.append(read_track(data[at + 8:at + 8 + size], tempos))
        at += 8 + size
    tempos.sort()
    seconds, points = 0.0, []
    for i, (tick, micros) in enumerate(tempos):
        if i:
            seconds += (tick - tempos[i - 1][0]) * tempos[i - 1][1] / 1e6 / division
        points.append((tick, seconds, micros / 1e6 / division))

    def time(tick):
        base = points[0]
        for point in points:
            if point[0] <= tick:
                base = point
        return base[1] + (tick - base[0]) * base[2]
    return [(name, sorted((time(a), time(b), k) for a, b, k in notes)) for name, notes in tracks if notes]


def read_track(data, tempos):
    name, on, notes = "", {}, []
    for tick, status, first, second in midi_events.track_events(data):
        if status == 0xff and first == 3:
            name = second.decode("utf-8", "replace")
        elif status == 0xff and first == 0x51:
            tempos.append((tick, int.from_bytes(second, "big")))
        elif status >> 4 == 9 and second:
            on[first] = tick
        elif status >> 4 in (8, 9) and first in on:
            notes.append((on.pop(first), tick, first))
    return name, notes


def skyline(notes):
    """Of notes struck together the highest; none under one that still sounds well on."""
    top = []
    for start, end, midi in notes:
        if top and start - top[-1][0] < 0.06:
            if midi > top[-1][2]:
                top[-1] = (top[-1][0], end, midi)
            continue
        if top and midi < top[-1][2] and top[-1][1] > start + 0.12:
            continue
        top.append((start, end, midi))
    return top


def strict(tune, notes):
    """Start times where the tune stands."""
    n, found = len(tune), []
    span = tune[-1][0] - tune[0][0]
    for i in range(len(notes) - n + 1):
        window = notes[i:i + n]
        played = window[-1][0] - window[0][0]
        if played <= 0 or span <= 0:
            continue
        off = [abs((window[k][2] - window[k - 1][2]) - (tune[k][2] - tune[k - 1][2])) for k in range(1, n)]
        late = [abs((window[k][0] - window[0][0]) / played - (tune[k][0] - tune[0][0]) / span) for k in range(1, n)]
        if max(off) <= 1 and sum(off) <= (n - 1) / 3 + 0.01 and max(late) <= 0.1:
            found.append(window[0][0])
    return found


def lax(tune, notes):
    """The same by edit distance over (interval, step of time in proportion to the one before)."""
    n, found = len(tune), []
    want = [(tune[k][2] - tune[k - 1][2], tune[k][0] - tune[k - 1][0]) for k in range(1, n)]
    for i in range(len(notes) - n + 2):
        for extra in (0, 1, -1):
            window = notes[i:i + n + extra]
            if len(window) < max(3, n + extra):
                continue
            have = [(window[k][2] - window[k - 1][2], window[k][0] - window[k - 1][0]) for k in range(1, len(window))]
            scale = sum(h[1] for h in have) / max(1e-9, sum(w[1] for w in want))
            if edit(want, have, scale) / len(want) < 0.2:
                found.append(window[0][0])
                break
    return found


def edit(want, have, scale):
    """Cost of turning one into the other: a semitone or a quarter of a step of time each a third."""
    rows = [[0.0] * (len(have) + 1) for _ in range(len(want) + 1)]
    for i in range(len(want) + 1):
        for k in range(len(have) + 1):
            if not i or not k:
                rows[i][k] = float(i + k)
                continue
            (pitch, time), (sounds, lasts) = want[i - 1], have[k - 1]
            ratio = lasts / max(1e-9, time * scale)
            change = min(1.0, abs(pitch - sounds) / 3 + (max(ratio, 1 / max(ratio, 1e-9)) - 1) * 0.7)
            rows[i][k] = min(rows[i - 1][k - 1] + change, rows[i - 1][k] + 1, rows[i][k - 1] + 1)
    return rows[-1][-1]


def distractors(head, rng):
    """Tunes as likely as this one that nobody wrote: its intervals and its steps of time in other orders, with the signs of
    the leaps drawn anew."""
    tunes = []
    for _ in range(200):
        pitches = [head[k][2] - head[k - 1][2] for k in range(1, len(head))]
        times = [head[k][0] - head[k - 1][0] for k in range(1, len(head))]
        own = list(pitches)
        rng.shuffle(pitches)
        rng.shuffle(times)
        pitches = [p if rng.random() < 0.5 else -p for p in pitches]
        if sum(abs(a - b) for a, b in zip(own, pitches)) < 2 * len(own):
            continue  # too like it to be another
        tune, at, midi = [(0.0, 1, 60)], 0.0, 60
        for p, t in zip(pitches, times):
            at, midi = at + t, midi + p
            tune.append((at, 1, midi))
        tunes.append(tune)
        if len(tunes) == DISTRACTORS:
            break
    return tunes


EARS = {"strict": strict, "lax": lax, "points": tune_ears.points, "words": tune_ears.words, "n-grams": tune_ears.ngrams,
        "contour": tune_ears.contour, "warped": tune_ears.warped}
ALL_NOTES = (tune_ears.points, tune_ears.words)  # the others hear the highest note
ASKED = ("head", "eight")  # the head as themes.abc marks it, or the tune's first eight notes


class Cue:
    def __init__(self, folder, facts):
        self.at = facts["in_s"]
        self.seconds = facts["seconds"]
        path = folder / "cues" / facts["cue"] / (facts["cue"] + ".mid")
        self.named = read_midi(path) if path.exists() else []
        self.tracks = [notes for _, notes in self.named]
        self.lines = [skyline(notes) for notes in self.tracks]

    def hears(self, how, tune, start, end):
        tracks = self.tracks if how in ALL_NOTES else self.lines
        near = ([n for n in notes if start - 1.5 <= self.at + n[0] <= end + 0.5] for notes in tracks)
        return any(start - 1.0 <= self.at + t <= end for notes in near for t in how(tune, notes))

    def holds(self, said, tune):
        """Whether notes of the tune, upright or upside down, stand in the named track where the record says: as many
        as it says, and of each three intervals two that are the tune's to a tone, up or down as it goes."""
        for name, notes in self.named:
            there = skyline([n for n in notes if said["at_s"] - 0.15 <= self.at + n[0] < said["end_s"] + 0.05])
            if name == said["track"] and len(there) >= min(said["notes"], 4) and self.follows(there, tune):
                return True
        return False

    @staticmethod
    def follows(there, tune):
        steps = [b[2] - a[2] for a, b in zip(there, there[1:])][:7]
        best = 0
        for sign in (1, -1):
            for shift in range(len(tune) - 2):
                own = [sign * (b[2] - a[2]) for a, b in zip(tune[shift:], tune[shift + 1:])]
                pairs = list(zip(steps, own))
                good = sum(abs(x - y) <= 2 and x * y >= 0 for x, y in pairs)
                best = max(best, good / max(3, min(len(steps), len(own))))
        return best >= 0.66


def heads_of(folder):
    tunes = read_abc(pathlib.Path(folder) / "delivery" / "themes.abc")
    return [notes[:head] for _, notes, head in tunes.values()]


def judge(folder, strangers):
    """`strangers` are heads of other films."""
    delivery = pathlib.Path(folder) / "delivery"
    report = json.loads((delivery / "report.json").read_text(encoding="utf-8"))
    tunes = read_abc(delivery / "themes.abc")
    cues = {c["cue"]: Cue(delivery, c) for c in report["cues"]}
    rng = random.Random(1)
    result = {"statements": 0, "marked": 0, "chances": 0, "missed": [], "repeats": [], "forms": {}, "hidden": 0, "held": 0,
              "music_s": sum(c.seconds for c in cues.values()), "silent": [], "late": [], "named": len(tunes),
              "heard": {(asked, ear): 0 for asked in ASKED for ear in EARS},
              "false": {(asked, ear): 0 for asked in ASKED for ear in EARS}}
    for theme in report["themes"]:
        notes, head = tunes[theme["id"]][1:]
        asked = {"head": notes[:head], "eight": notes[:8]}
        others = {k: distractors(tune, rng) for k, tune in asked.items()}
        shared = rng.sample(strangers, min(6, len(strangers)))
        before, plain = None, [s for s in theme["statements"] if s["transform"] == "plain" and s["recognisable"]]
        if not theme["statements"]:
            result["silent"].append(theme["subject"])
        known = [s for s in theme["statements"] if s["recognisable"]]
        if not plain or known and known[0]["transform"] != "plain":
            result["late"].append(theme["subject"])
        for said in sorted(theme["statements"], key=lambda s: s["at_s"]):
            result["statements"] += 1
            forms = result["forms"].setdefault(said["transform"], [0, 0])
            forms[0] += 1
            if before == said["transform"]:
                result["repeats"].append(f"{theme['id']} {said['cue']} {said['transform']}")
            before = said["transform"]
            cue = cues[said["cue"]]
            if not said["recognisable"]:
                result["hidden"] += 1
                held = cue.holds(said, notes)
                result["held"] += held
                if not held:
                    result["missed"].append(f"hidden: {theme['id']} {said['cue']} {said['at_s']:.1f} {said['transform']}")
                continue
            result["marked"] += 1
            forms[1] += 1
            listen(result, cue, said, theme, asked, others, shared)
            result["chances"] += min(len(others[k]) for k in ASKED) + len(shared)
    result["principal"] = principal(report)
    follow(result, report, tunes, cues, theme_life.fields_of(delivery / "themes.abc", read_body))
    return result


def follow(result, report, tunes, cues, facts):
    """What becomes of the themes, and what they are."""
    result["opposite"] = theme_life.opposites(report, facts)
    result["chances_for_two"], result["together"] = theme_life.meetings(report)
    result["away"] = theme_life.away(report)
    result["return"] = theme_life.last_return(report, facts, tunes)
    result["changes"] = theme_life.changes(report, cues, facts, tunes)
    result["said"] = theme_life.names_said(report, facts, tunes)
    own = [t for t in report["themes"] if not t["locked"]]
    result["hum"] = [fault for t in own for fault in theme_life.faults_to_hum(tunes[t["id"]], facts[t["id"]])]
    result["apart"] = min((theme_life.head_distance(tunes[a["id"]], tunes[b["id"]]) for a, b in itertools.combinations(own, 2)), default=1)
    numbers = [int(t["id"][1:]) for t in report["themes"]]
    result["numbered"] = numbers == list(range(1, len(numbers) + 1))


def listen(result, cue, said, theme, asked, others, shared):
    for k, tune in asked.items():
        for name, how in EARS.items():
            heard = cue.hears(how, tune, said["at_s"], said["end_s"])
            result["heard"][k, name] += heard
            if not heard:
                result["missed"].append(f"{name}, {k}: {theme['id']} {said['cue']} {said['at_s']:.1f} {said['transform']}")
            result["false"][k, name] += sum(cue.hears(how, other, said["at_s"], said["end_s"]) for other in others[k] + shared)


def principal(report):
    """The first theme: how often, in how many cues, of how many with its subject; its forms in order."""
    first = report["themes"][0]
    stated = {s["cue"] for s in first["statements"]}
    with_it = [c["cue"] for c in report["cues"] if first["id"] in (c["themes"] or []) or first["subject"] in (c["characters"] or [])]
    forms = [s["transform"] for s in sorted(first["statements"], key=lambda s: s["at_s"])]
    return {"subject": first["subject"], "times": len(forms), "cues": len(stated), "cues_with_subject": len(with_it),
            "of_those": len(stated & set(with_it)), "forms": forms, "kinds": len(set(forms)),
            "plain_at": forms.index("plain") if "plain" in forms else -1}


def sentences(r):
    """What is asked of themes, sentence by sentence: (what, whether it holds, figures)."""
    p, minutes = r["principal"], r["music_s"] / 60
    heard = min(r["heard"].values()) / max(1, r["marked"])
    worst = min(r["heard"], key=lambda k: r["heard"][k])
    false = {k: (r["false"][k] / max(1, r["chances"])) / max(1e-9, r["heard"][k] / max(1, r["marked"])) for k in r["false"]}
    long, few = minutes >= 15, r["marked"] < FEW
    yield "every theme listed is sounded", not r["silent"], ", ".join(r["silent"]) or f"{r['named']} themes"
    yield "each is known plain first", not r["late"], ", ".join(r["late"])
    yield "half are meant to be recognised", 2 * r["marked"] >= r["statements"], f"{r['marked']} of {r['statements']}"
    yield "nine in ten of those are found", few or heard >= 0.9, f"least {100 * heard:.0f} % ({worst[1]}, {worst[0]})"
    yield "distractors a tenth as often", few or max(false.values()) <= 0.1, f"most {100 * max(false.values()):.1f} %"
    yield "the others stand where they are said to", r["held"] >= 0.9 * r["hidden"], f"{r['held']} of {r['hidden']}"
    yield "the principal each minute and a half", p["times"] >= int(minutes / 1.5), f"{p['times']} times in {minutes:.1f} min"
    yield "in half of its subject's cues", 2 * p["of_those"] >= p["cues_with_subject"], f"{p['of_those']} of {p['cues_with_subject']}"
    yield "ten times in four cues", not long or (p["times"] >= 10 and p["cues"] >= 4), f"{p['times']} times in {p['cues']} cues"
    yield "never the same way twice running", not r["repeats"], ", ".join(r["repeats"])
    yield "it changes", p["kinds"] >= min(5, (p["times"] + 1) // 2), f"{p['kinds']} kinds of {p['times']}"
    back, told, room = r["return"]
    both, two = [t for t in r["together"] if t[3]], len({c[0] for c in r["chances_for_two"]})
    yield "no idea where the opposite is felt", not r["opposite"], ", ".join(r["opposite"])
    yield "two who are together sound together", not two or both, f"{len(both)} of {len(r['together'])} pairs known, {two} cues with two"
    yield "nobody is told of as he was while away", len(r["away"]) * 20 <= r["statements"], ", ".join(r["away"])
    yield "the principal comes back whole", back or not room, told + ("" if room else ", no room")
    yield "names are said as they are stressed", r["said"][0] == r["said"][1], f"{r['said'][0]} of {r['said'][1]}"
    yield "each can be hummed", not r["hum"], ", ".join(r["hum"])
    yield "heads are told apart", r["apart"] >= 0.3, f"nearest two {r['apart']:.2f}"
    yield "numbered without a gap", r["numbered"], ""
    yield "the film has many forms", len(r["forms"]) >= min(8, r["statements"] // 3), f"{len(r['forms'])} kinds of {r['statements']}"


def tell(name, r):
    share = lambda a, b: f"{a}/{b} ({100 * a / b:.0f} %)" if b else "-"
    print(f"{name}: {r['statements']} statements in {r['music_s'] / 60:.1f} min of music; {share(r['marked'], r['statements'])} to be recognised")
    for asked in ASKED:
        print(f"  {asked}: " + "; ".join(f"{ear} {share(r['heard'][asked, ear], r['marked'])}, false {share(r['false'][asked, ear], r['chances'])}"
                                       for ear in EARS))
    print("  forms (to be recognised): " + ", ".join(f"{form} {n} ({m})" for form, (n, m) in sorted(r["forms"].items())))
    print(f"  {r['principal']['subject']}: {' '.join(r['principal']['forms'])}")
    for what, holds, figures in sentences(r):
        print(f"  {'ok  ' if holds else 'NOT '} {what}: {figures}")
    for line in r["missed"]:
        print("    not found,", line)


def compose_all(program, demo, out):
    """Films as notes (bench_notes): NAME -> what it is made of."""
    films, demo, here = pathlib.Path(os.environ["KINOTHEK_FILMS"]), pathlib.Path(demo), pathlib.Path(__file__).parent
    script = pathlib.Path(out) / "long.fountain"
    script.write_bytes(subprocess.run([sys.executable, here / "make_script.py", "60"], check=True, capture_output=True).stdout)
    films_of = {
        "demo": [next(demo.glob("*.mp4")), here.parent / "demo/the_lamp.fountain", next(demo.glob("*.srt"))],
        "bunny": [films / "films/big_buck_bunny_320x184_30fps.mp4"],
        "talkie": [films / "films/talkie_farmhouse_24fps.mkv", films / "screenplays/farmhouse.fountain"],
        "popeye": [films / "films/popeye_sinbad_a_24fps_silent.mkv"],
        "a script of an hour": [script],
        "tears": [films / "subtitles/tears_of_steel.vtt"],
        "elephants": [films / "subtitles/elephants_dream.vtt"],
        "brick": [films / "screenplays/brick_and_steel.fountain"]}
    for name, args in films_of.items():
        subprocess.run([program, str(pathlib.Path(out) / name), "suggest", "1", *map(str, args)], check=True)
    return [pathlib.Path(out) / name for name in films_of]


def tell_changes(results):
    """Over all films: what is heard of a theme less its own mean, against what is felt less its own."""
    rows = [row for r in results for row in r["changes"]]
    pace, busy, bright, arousal, valence = zip(*rows) if rows else [()] * 5
    found = {"tones a second and arousal": theme_life.rank_correlation(busy, arousal), "pace and arousal": theme_life.rank_correlation(pace, arousal),
             "brightness and valence": theme_life.rank_correlation(bright, valence)}
    print(f"change of {len(rows)} statements with the arc: " + ", ".join(f"{what} {value:.2f}" for what, value in found.items()))
    return not rows or min(found.values()) > 0


def tell_seeds(folder):
    """How alike the principal themes of many films and seeds are."""
    tunes = [next(iter(read_abc(path).values())) for path in sorted(pathlib.Path(folder).glob("*/*/delivery/themes.abc"))]
    like = theme_life.likeness(tunes)
    print(f"{like['tunes']} principal themes: {like['heads']} heads, {like['near']} of {like['pairs']} pairs nearly the same, median distance "
          f"{like['median']:.2f}; {like['first'][1]} begin with the commonest interval {like['first'][0]}")
    return like["near"] * 100 <= like["pairs"] and like["heads"] * 10 >= like["tunes"] * 9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("productions", nargs="*")
    parser.add_argument("--run", nargs=2, metavar=("BENCH_NOTES", "DEMO_DIR"))
    parser.add_argument("--seeds", metavar="DIR")
    args = parser.parse_args()
    if args.seeds:
        return 0 if tell_seeds(args.seeds) else 1
    with tempfile.TemporaryDirectory() as folder:
        places = list(args.productions) + (compose_all(*args.run, folder) if args.run else [])
        heads = [heads_of(place) for place in places]
        results = [judge(place, [h for k, other in enumerate(heads) if k != i for h in other])
                   for i, place in enumerate(places)]
        for place, result in zip(places, results):
            tell(pathlib.Path(place).name, result)
    met = True
    marked, chances = sum(r["marked"] for r in results), sum(r["chances"] for r in results)
    for asked in ASKED:
        for ear in EARS:
            heard, false = (sum(r[what][asked, ear] for r in results) for what in ("heard", "false"))
            print(f"all, {ear}, {asked}: {heard}/{marked} found, distractors {false}/{chances}: "
                  f"{100 * heard / max(1, marked):.0f} % against {100 * false / max(1, chances):.1f} %")
            met &= heard >= 0.9 * marked and false * marked <= 0.1 * heard * chances
    met &= tell_changes(results)
    return 0 if met and all(holds for r in results for _, holds, _ in sentences(r)) else 1


if __name__ == "__main__":
    sys.exit(main())
