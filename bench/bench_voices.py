# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads engraved cues as a teacher with a red pencil would, knowing nothing but the page: bench_voices.py [--show] FOLDER...
takes every .musicxml below the folders and counts, per hundred changes of harmony:
- consecutive fifths and octaves, moving either way, between the lowest and the highest sounding voice, once from attack to
  attack, once from beat to beat, once from change to change of what sounds; octaves of a voice with its own doubling
  (the two have gone together for bars) are not counted;
- thirds and less over a tone below C3, anything less than an octave over one below B flat 1, at attacks;
- sevenths and thirds of sounding dominant sevenths, in the player who has them, that do not go (or stay) where they lead by
  that player's next tone, a quarter later at most, once the chord is left; "passing" are those of them that only pass,
  reached and left by step the same way;
- bars repeated note for note.
--show names each place."""
import bisect
import collections
import pathlib
import sys
import xml.etree.ElementTree as xml

STEPS = dict(C=0, D=2, E=4, F=5, G=7, A=9, B=11)
C3, B_FLAT_1 = 48, 34
TOGETHER, WINDOW = 0.75, 8.0  # a doubling shares so much of the pitch classes within so many quarters either way


def sounding(part):
    """[start, end, midi] in quarters of one part; ties joined; percussion is left out."""
    notes, now, divisions, open_ties, bars, transpose = [], 0.0, 1, {}, [], 0
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
    return sorted(notes), bars


def read(path):
    root = xml.parse(path).getroot()
    parts = [sounding(part) for part in root.findall("part")]
    return [p[0] for p in parts if p[0]], parts[0][1]


class Page:
    def __init__(self, path):
        self.parts, self.bars = read(path)
        self.end = max(n[1] for notes in self.parts for n in notes)
        self.known = {}

    def at(self, time):
        """(midi, part) of all that sounds just after a moment, lowest first."""
        key = round(time, 4)
        if key not in self.known:
            self.known[key] = sorted((n[2], p) for p, notes in enumerate(self.parts) for n in notes if n[0] <= time + 0.02 < n[1])
        return self.known[key]

    def classes(self, time):
        return {m % 12 for m, _ in self.at(time)}

    def attacks(self):
        return sorted({round(n[0], 4) for notes in self.parts for n in notes})

    def changes(self):
        times, before = [], set()
        for half in range(int(self.end * 2) + 1):
            now = self.classes(half / 2)
            if len(self.at(half / 2)) >= 3 and now != before:
                times.append(half / 2)
                before = now
        return times

    def doubles(self, low, top, time):
        """Whether two parts have sung the same tones in octaves round a moment."""
        if low == top:
            return False
        same = both = 0
        for step in range(int(-WINDOW * 2), int(WINDOW * 2) + 1):
            now = self.at(time + step / 2)
            a, b = {m % 12 for m, p in now if p == low}, {m % 12 for m, p in now if p == top}
            if a and b:
                both += 1
                same += bool(a & b)
        return both > 0 and same / both >= TOGETHER


def dominant(classes):
    for root in range(12):
        if {root, (root + 4) % 12, (root + 10) % 12} <= classes <= {root, (root + 4) % 12, (root + 7) % 12, (root + 10) % 12}:
            return root
    return None


def outer(page, times):
    """Places where the outer voices of neighbouring moments run in fifths or octaves."""
    before, found = None, []
    for time in times:
        now = page.at(time)
        pair = (now[0], now[-1]) if len(now) >= 2 and now[0][0] != now[-1][0] else None
        if pair and before and pair[0][0] != before[0][0] and pair[1][0] != before[1][0]:
            was, is_ = (before[1][0] - before[0][0]) % 12, (pair[1][0] - pair[0][0]) % 12
            if was == is_ and is_ in (0, 7):
                lows, tops = {before[0][1], pair[0][1]}, {before[1][1], pair[1][1]}
                if not (is_ == 0 and any(page.doubles(a, b, time) for a in lows for b in tops)):
                    found.append((time, before[0][0], before[1][0], pair[0][0], pair[1][0]))
        before = pair
    return found


def deep(page, times):
    found = []
    for time in times:
        pitches = sorted({m for m, _ in page.at(time)})
        for low, high in zip(pitches, pitches[1:]):
            if (low < C3 and high - low < 5) or (low < B_FLAT_1 and high - low < 12):
                found.append((time, low, high))
    return found


def tendencies(page):
    """(how many there are, where they do not resolve, how many of those only pass; how many go elsewhere while the chord stays)."""
    all_, found, passing, embellished = 0, [], 0, 0
    times = page.attacks()
    roots = [dominant(page.classes(t)) for t in times]
    for number, notes in enumerate(page.parts):
        starts = [n[0] for n in notes]
        for note in notes:
            first, last = bisect.bisect_left(times, note[0] - 1e-3), bisect.bisect_left(times, note[1] - 1e-3)
            heard = [r for r in roots[first:last] if r is not None and (note[2] - r) % 12 in (4, 10)]
            if not heard:
                continue
            k = bisect.bisect_left(starts, note[1] - 1e-3)
            if k == len(notes) or notes[k][0] > note[1] + 1.01:
                continue
            after = min((n for n in notes[k:k + 12] if n[0] < notes[k][0] + 1e-3), key=lambda n: abs(n[2] - note[2]))
            root = heard[-1]
            if {root, (root + 4) % 12} <= page.classes(after[0]):
                embellished += after[2] - note[2] not in ((0, 1, 2) if (note[2] - root) % 12 == 4 else (0, -1, -2))
                continue  # the chord is not left yet
            all_ += 1
            if after[2] - note[2] not in ((0, 1, 2) if (note[2] - root) % 12 == 4 else (0, -1, -2)):
                found.append((note[0], number, note[2], after[2], root))
                before = next((n for n in reversed(notes) if n[1] <= note[0] + 1e-3 and n[1] > note[0] - 0.3), None)
                by = after[2] - note[2]
                passing += before is not None and abs(by) <= 2 and (note[2] - before[2]) * by > 0 and abs(note[2] - before[2]) <= 2
    return all_, found, passing, embellished


def check(path, show):
    page = Page(path)
    attacks, beats, changes = page.attacks(), [float(b) for b in range(int(page.end))], page.changes()
    grids = {"attacks": outer(page, attacks), "beats": outer(page, beats), "changes": outer(page, changes)}
    mud = deep(page, attacks)
    count, hanging, passing, embellished = tendencies(page)
    shapes = [tuple(sorted((round(n[0] - a, 3), n[2], p) for p, notes in enumerate(page.parts) for n in notes if a <= n[0] < b)) for a, b in page.bars]
    if show:
        for name, places in list(grids.items()) + [("deep", mud), ("unresolved", hanging)]:
            for place in places:
                print("   ", name, place, "bar", 1 + bisect.bisect_right([a for a, _ in page.bars], place[0] + 1e-6) - 1)
    found = collections.Counter({name: len(places) for name, places in grids.items()})
    found.update(moves=len(changes), deep=len(mud), attacked=len(attacks), tendencies=count, unresolved=len(hanging), passing=passing, embellished=embellished, bars=len(shapes),
                 repeated=sum(1 for a, b in zip(shapes, shapes[1:]) if a and a == b))
    return found


def line(found):
    hundred = 100 / max(found["moves"], 1)
    return (f"outer fifths and octaves by attacks {found['attacks']} beats {found['beats']} changes {found['changes']} of {found['moves']}"
            f" ({found['attacks'] * hundred:.2f}, {found['beats'] * hundred:.2f}, {found['changes'] * hundred:.2f} in a hundred);"
            f" deep {found['deep']} of {found['attacked']} attacks; unresolved {found['unresolved']} (passing {found['passing']}) of {found['tendencies']}, elsewhere in their own chord {found['embellished']};"
            f" bars repeated {found['repeated']} of {found['bars']}")


def main():
    total = collections.Counter()
    show = "--show" in sys.argv
    folders = [a for a in sys.argv[1:] if a != "--show"]
    paths = sorted(p for folder in folders for p in pathlib.Path(folder).rglob("*.musicxml"))
    for path in paths:
        found = check(path, show)
        total.update(found)
        print(f"{str(path.parent.parent.parent.name)[:30]:30} {path.stem:6} {line(found)}")
    print(f"all, {len(paths)} cues: {line(total)}")


main()
