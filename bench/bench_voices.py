# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads engraved cues as a teacher with a red pencil would, knowing nothing but the page: bench_voices.py FOLDER...
takes every .musicxml below the folders and counts, per hundred changes of harmony: consecutive fifths and octaves
between the lowest and the highest sounding voice, close intervals deep down, sevenths of dominant chords and leading
tones that do not resolve in their part, parts below or above what they are written for, bars repeated note for note."""
import collections
import pathlib
import sys
import xml.etree.ElementTree as xml

STEPS = dict(C=0, D=2, E=4, F=5, G=7, A=9, B=11)


def sounding(part, transpose):
    """(start, end, midi) in quarters of one part; ties joined; percussion is left out."""
    notes, now, divisions, open_ties, bars = [], 0.0, 1, {}, []
    for measure in part.findall("measure"):
        start = last = now
        for item in measure:
            if item.tag == "attributes":
                divisions = int(item.findtext("divisions") or divisions)
                if item.find("transpose") is not None:
                    change = item.find("transpose")
                    transpose = int(change.findtext("chromatic") or 0) + 12 * int(change.findtext("octave-change") or 0)
            elif item.tag in ("backup", "forward"):
                by = int(item.findtext("duration")) / divisions
                now += by if item.tag == "forward" else -by
            elif item.tag == "note" and item.find("grace") is None:
                length = int(item.findtext("duration") or 0) / divisions
                at = last if item.find("chord") is not None else now
                pitch = item.find("pitch")
                if pitch is not None:
                    midi = 12 * (int(pitch.findtext("octave")) + 1) + STEPS[pitch.findtext("step")] + int(float(pitch.findtext("alter") or 0)) + transpose
                    ties = {t.get("type") for t in item.findall("tie")}
                    if "stop" in ties and midi in open_ties:
                        notes[open_ties[midi]][1] = at + length
                    else:
                        notes.append([at, at + length, midi])
                        open_ties[midi] = len(notes) - 1
                    if "start" not in ties:
                        open_ties.pop(midi, None)
                if item.find("chord") is None:
                    last, now = now, now + length
        bars.append((start, now))
    return notes, bars


def read(path):
    root = xml.parse(path).getroot()
    parts = [sounding(part, 0) for part in root.findall("part")]
    return [p[0] for p in parts if p[0]], parts[0][1]


def at(parts, time):
    return sorted(n[2] for notes in parts for n in notes if n[0] <= time < n[1])


def dominant(classes):
    for root in range(12):
        if {root, (root + 4) % 12, (root + 10) % 12} <= classes and classes <= {root, (root + 4) % 12, (root + 7) % 12, (root + 10) % 12}:
            return root
    return None


def next_in_part(notes, note):
    later = [n for n in notes if n[0] >= note[1] - 1e-6 and n[0] <= note[1] + 1.01]
    return min(later, key=lambda n: (n[0], abs(n[2] - note[2]))) if later else None


def check(path):
    parts, bars = read(path)
    found = collections.Counter()
    end = max(n[1] for notes in parts for n in notes)
    before, lowest_before, top_before = set(), None, None
    time = 0.0
    while time < end:
        now = at(parts, time + 0.02)
        classes = {p % 12 for p in now}
        if len(now) >= 3 and classes != before:
            found["changes"] += 1
            low, top = now[0], now[-1]
            if lowest_before is not None and low != lowest_before and top != top_before:
                was, is_ = (top_before - lowest_before) % 12, (top - low) % 12
                same_way = (low > lowest_before) == (top > top_before)
                found["outer parallels"] += was == is_ and is_ in (0, 7) and same_way
            found["mud"] += low < 46 and any(0 < p - low < 5 for p in now)
            root = dominant(classes)
            for notes in parts if root is not None else []:
                for note in notes:
                    if note[0] <= time + 0.02 < note[1]:
                        kind = (note[2] - root) % 12
                        after = next_in_part(notes, note) if kind in (4, 10) else None
                        if after and dominant({p % 12 for p in at(parts, after[0] + 0.02)}) != root:
                            found["tendencies"] += 1
                            by = after[2] - note[2]
                            found["unresolved"] += by not in ((0, 1, 2) if kind == 4 else (0, -1, -2))
            lowest_before, top_before = low, top
            before = classes
        elif len(now) < 3:
            lowest_before = None
        time += 0.5
    shapes = [tuple(sorted((round(n[0] - a, 3), n[2], p) for p, notes in enumerate(parts) for n in notes if a <= n[0] < b)) for a, b in bars]
    found["bars"] += len(shapes)
    found["repeated bars"] += sum(1 for a, b in zip(shapes, shapes[1:]) if a and a == b)
    return found


def main():
    total = collections.Counter()
    paths = sorted(p for folder in sys.argv[1:] for p in pathlib.Path(folder).rglob("*.musicxml"))
    for path in paths:
        found = check(path)
        total += found
        hundred = 100 / max(found["changes"], 1)
        print(f"{str(path.parent.parent.parent.name)[:34]:34} {path.stem:6} changes {found['changes']:4} parallels {found['outer parallels'] * hundred:5.1f}"
              f" mud {found['mud'] * hundred:5.1f} unresolved {found['unresolved']:3}/{found['tendencies']:<3} repeated bars {found['repeated bars']}/{found['bars']}")
    hundred = 100 / max(total["changes"], 1)
    print(f"all: {len(paths)} cues, {total['changes']} changes; in a hundred: outer parallels {total['outer parallels'] * hundred:.2f}, mud {total['mud'] * hundred:.2f};"
          f" tendencies unresolved {total['unresolved']} of {total['tendencies']}; bars repeated {total['repeated bars']} of {total['bars']}")


main()
