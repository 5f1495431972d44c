# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thirty briefs of all sorts, as a person would say them, in all palettes: bench_briefs.py BENCH_COMPOSE [--seconds N] [--seed N]
[--pages FOLDER] composes them and prints, a line each, what was heard: valence and arousal (bench_mood.py's first
listener), key, tempo, and over time tension (the whole of bench_tension.py's first listener, in its own spread over all
thirty), attacks a second and the mean pitch. With --pages the first page of each is engraved (musicxml2ly, LilyPond) and
laid on contact sheets (ImageMagick). Exit 1 where a brief composes nothing or goes against the signs that stand beside it."""
import argparse
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import bench_mood
import bench_tension
import midi_events

# words, palette, the signs of valence and arousal they ask for; 0 where they ask for none
BRIEFS = [
    ("sad, intimate", "piano", -1, -1), ("heroic chase at night", "epic", 0, 1), ("calm sea, hopeful", "chamber", 1, -1),
    ("grotesque circus", "comedy", 0, 1), ("not sad", "fairy", 1, 0), ("slightly melancholy, warm", "minimal", 0, -1),
    ("very angry", "hybrid", -1, 1), ("hauntingly beautiful", "chamber", 0, 0), ("eerie > terrified > relieved", "horror", 0, 0),
    ("triumphant homecoming", "epic", 1, 1), ("funny burglary", "silent", 0, 1), ("a lonely robot in the rain", "pulse", -1, -1),
    ("first love", "piano", 1, 0), ("funeral of a king", "epic", -1, -1), ("enchanted forest at dawn", "fairy", 1, 0),
    ("tense standoff", "hybrid", -1, 0), ("bitter-sweet farewell", "minimal", 0, -1), ("joyful wedding dance", "silent", 1, 1),
    ("noir, smoky", "chamber", -1, -1), ("playfull", "comedy", 1, 1), ("desperate escape", "pulse", -1, 1),
    ("serene, sublime", "minimal", 1, -1), ("menacing", "horror", -1, 0), ("dreamy lullaby", "fairy", 1, -1),
    ("not very happy, restless", "pulse", -1, 0), ("lamentoso", "silent", -1, -1), ("matter-of-fact", "hybrid", 0, 0),
    ("apocalyptic battle", "epic", -1, 1), ("misterioso, curious", "piano", 0, 0), ("calm > joyful", "chamber", 1, 0)]
PALETTES = {"epic", "chamber", "piano", "minimal", "pulse", "hybrid", "horror", "comedy", "fairy", "silent"}
BARS = "▁▂▃▄▅▆▇█"
COLUMNS = 15
NAMES = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


def drawn(values, low, high):
    """A series as a line of bars; a space where nothing sounds."""
    span = high - low or 1
    return "".join(" " if v is None else BARS[max(0, min(7, int((v - low) / span * 8)))] for v in values)


def in_columns(values, how=statistics.fmean):
    cuts = [len(values) * i // COLUMNS for i in range(COLUMNS + 1)]
    return [how(values[a:max(b, a + 1)]) for a, b in zip(cuts, cuts[1:])]


def over_time(notes, length):
    """Attacks a second and mean pitch of what begins, column by column."""
    attacks, pitches = [], []
    for i in range(COLUMNS):
        start, end = length * i / COLUMNS, length * (i + 1) / COLUMNS
        here = [n for n in notes if start <= n[0] < end]
        attacks.append(len({round(n[0] / 0.05) for n in here}) * COLUMNS / length)
        sung = [n[2] for n in notes if not n[5] and n[0] < end and n[1] > start]
        pitches.append(statistics.fmean(sung) if sung else None)
    return attacks, pitches


def compose(program, folder, seconds, seed):
    """Paths of the cues, in the order of the briefs; None where nothing came."""
    out = []
    for words, palette, *_ in BRIEFS:
        subprocess.run([program, folder, str(seconds), str(seed), palette, words], stdout=subprocess.DEVNULL)
        path = pathlib.Path(folder) / f"{words}.{palette}.{seed}" / "cues/1m01/1m01.mid"
        out.append(path if path.exists() else None)
    return out


def key_of(path):
    """The key that is written for a part that does not transpose."""
    text = path.with_suffix(".musicxml").read_text()
    modes = {"major": 0, "minor": 3, "dorian": 2, "phrygian": 4, "lydian": -1, "mixolydian": 1, "locrian": 5}
    for part in reversed(re.findall(r"<part id.*?</part>", text, re.S)):
        key = re.search(r"<fifths>(-?\d+)</fifths>\s*<mode>(\w+)", part)
        if key and "<transpose>" not in part:
            return f"{NAMES[(int(key[1]) + modes[key[2]]) * 7 % 12]} {key[2]}"
    return "?"


def engrave(paths, folder):
    """First pages as PNG, then contact sheets of six."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for number, path in enumerate(paths, 1):
        base = folder / f"{number:02d}"
        if path:
            subprocess.run(["musicxml2ly", "-o", f"{base}.ly", path.with_suffix(".musicxml")], capture_output=True)
            subprocess.run(["lilypond", "--png", "-dresolution=70", "-o", base, f"{base}.ly"], capture_output=True)
            pages += [p for p in (pathlib.Path(f"{base}.png"), pathlib.Path(f"{base}-page1.png")) if p.exists()][:1]
    for i in range(0, len(pages), 6):
        subprocess.run(["montage", *pages[i:i + 6], "-tile", "3x2", "-geometry", "+4+4", folder / f"sheet{i // 6 + 1}.png"])


def tell(paths, seconds):
    right = True
    made = [p for p in paths if p]
    notes = [midi_events.notes(p)[0] for p in made]
    whole = [w for w, _ in bench_tension.put_together([bench_tension.listen(n, seconds, False) for n in notes])]
    low, high = min(min(w) for w in whole), max(max(w) for w in whole)
    rows = dict(zip(made, zip(notes, whole)))
    print(f"{'':2} {'brief':30} {'palette':8} {'V':>5} {'A':>5}  {'key':14} {'bpm':>4}  {'tension':{COLUMNS}}  "
          f"{'attacks a second':{COLUMNS + 12}}  pitch")
    for number, ((words, palette, *asked), path) in enumerate(zip(BRIEFS, paths), 1):
        if not path:
            print(f"{number:2} {words:30} {palette:8} composes nothing")
            right = False
            continue
        found = bench_mood.features(path)
        felt = bench_mood.judge(found, bench_mood.MODEL)
        against = any(sign * value < 0 for sign, value in zip(asked, felt))
        right &= not against
        heard, tense = rows[path]
        attacks, pitches = over_time(heard, max(n[1] for n in heard))
        sung = [p for p in pitches if p]
        print(f"{number:2} {words:30} {palette:8} {felt[0]:5.2f} {felt[1]:5.2f}  {key_of(path):14} {2 ** found['bpm']:4.0f}  "
              f"{drawn(in_columns(tense), low, high)}  {drawn([math.log2(max(a, 0.25)) for a in attacks], -2, 4)} "
              f"{min(attacks):4.1f}..{max(attacks):4.1f}  {drawn(pitches, 40, 88)} {min(sung):.0f}..{max(sung):.0f}"
              f"{'  AGAINST ITS WORDS' if against else ''}")
    return right


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_compose")
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--seed", type=int, default=1, help="as many seeds are composed, the last is looked at")
    parser.add_argument("--keep", help="a folder for what is composed")
    parser.add_argument("--pages", type=pathlib.Path)
    args = parser.parse_args()
    assert len(BRIEFS) == 30 and {b[1] for b in BRIEFS} == PALETTES
    with tempfile.TemporaryDirectory() as made:
        paths = compose(args.bench_compose, args.keep or made, args.seconds, args.seed)
        right = tell(paths, args.seconds)
        if args.pages:
            engrave(paths, args.pages)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
