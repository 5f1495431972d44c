# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do delivered cues keep to real scores, counted by a reader of its own: bench_norms.py SCORES FOLDER... reads the
orchestral movements (.mxl) of SCORES and every .musicxml below the folders, and counts the statistics that
data/learned names in both with the standard library alone. Each cue of 30 s and more is held against the middle 95 % of
windows of its own length cut from the movements (every half length). Nobody says who leads: in both the highest tone that begins is
taken, so the figures of the line are not those of src/ear/norms.c. Prints what lies outside, and how many cues have more
than one in ten outside."""
import bisect
import collections
import math
import pathlib
import sys
import xml.etree.ElementTree as ET
import zipfile

PITCH = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def root_of(path):
    if path.suffix != ".mxl":
        return ET.parse(path).getroot()
    with zipfile.ZipFile(path) as file:
        inside = ET.fromstring(file.read("META-INF/container.xml")).find(".//{*}rootfile").get("full-path")
        return ET.fromstring(file.read(inside))


def read(path):
    """Parts as lists of (start, end, pitch) in quarters with percussion told apart, tempo marks, length."""
    parts, marks, length = [], [], 0
    for part in root_of(path).iter("part"):
        at, divisions, by, notes, open_ties, drums = 0.0, 1, 0, [], {}, False
        for measure in part.iter("measure"):
            bar, last, furthest = at, at, at
            for one in measure:
                if one.tag == "attributes":
                    divisions = int(one.findtext("divisions", divisions))
                    move = one.find("transpose")
                    if move is not None:
                        by = int(float(move.findtext("chromatic", "0"))) + 12 * int(move.findtext("octave-change", "0"))
                elif one.tag in ("backup", "forward"):
                    step = float(one.findtext("duration")) / divisions
                    at = max(bar, at - step) if one.tag == "backup" else at + step
                elif one.tag in ("direction", "sound"):
                    sound = one if one.tag == "sound" else one.find("sound")
                    if sound is not None and sound.get("tempo"):
                        marks.append((at, float(sound.get("tempo"))))
                elif one.tag == "note" and one.find("grace") is None and one.find("cue") is None:
                    span = float(one.findtext("duration", "0")) / divisions
                    start = last if one.find("chord") is not None else at
                    drums = drums or one.find("unpitched") is not None
                    tone = one.find("pitch")
                    key = 38
                    if tone is not None:
                        key = PITCH[tone.findtext("step")] + round(float(tone.findtext("alter", "0"))) + by
                        key += 12 * (int(tone.findtext("octave")) + 1)
                    ties = {tie.get("type") for tie in one.findall("tie")}
                    if one.find("rest") is None and span > 0:
                        held = open_ties.pop(key, None) if "stop" in ties else None
                        if held is not None and abs(notes[held][1] - start) < 0.01:
                            notes[held][1] = start + span
                        else:
                            held = len(notes)
                            notes.append([start, start + span, key])
                        if "start" in ties:
                            open_ties[key] = held
                    if one.find("chord") is None:
                        last, at = at, at + span
                furthest = max(furthest, at)
            at = furthest
        length = max(length, at)
        if notes:
            parts.append((sorted(map(tuple, notes)), drums))
    return parts, sorted(marks) or [(0.0, 100.0)], length


class Clock:
    def __init__(self, marks):
        self.quarters, self.seconds, self.bpm = [0.0], [0.0], [marks[0][1]]
        for at, bpm in marks:
            self.seconds.append(self.seconds[-1] + (at - self.quarters[-1]) * 60 / self.bpm[-1])
            self.quarters.append(at)
            self.bpm.append(bpm)

    def second(self, quarter):
        i = bisect.bisect_right(self.quarters, quarter) - 1
        return self.seconds[i] + (quarter - self.quarters[i]) * 60 / self.bpm[i]

    def quarter(self, second):
        i = bisect.bisect_right(self.seconds, second) - 1
        return self.quarters[i] + (second - self.seconds[i]) * self.bpm[i] / 60


def at_share(values, share):
    values = sorted(values)
    return values[round((len(values) - 1) * share)] if values else math.nan


class Score:
    """What is asked of a score again and again, counted once: what sounds in each quarter, what begins."""

    def __init__(self, path):
        self.parts, marks, self.length = read(path)
        self.clock = Clock(marks)
        self.seconds = self.clock.second(self.length)
        self.beats = [([], 0) for _ in range(int(self.length) + 1)]
        tones = [set() for _ in self.beats]
        sounding = [set() for _ in self.beats]
        tops = {}
        for number, (notes, drums) in enumerate(self.parts):
            for start, end, key in notes:
                for beat in range(max(0, math.ceil(start - 0.125)), min(len(self.beats), math.ceil(end - 0.125))):
                    sounding[beat].add(number)
                    if not drums:
                        tones[beat].add(key)
                if not drums:
                    tops[start] = max(tops.get(start, (0, 0)), (key, end))
        self.beats = [(sorted(t), len(s)) for t, s in zip(tones, sounding)]
        self.line, free = [], -1.0
        for start in sorted(tops):
            key, end = tops[start]
            if self.line and start < free - 0.01 and key < self.line[-1][2] - 4:
                continue  # under a tone that is held well above it
            if self.line and self.line[-1][1] > start:
                self.line[-1] = (self.line[-1][0], start, self.line[-1][2])
            self.line.append((start, end, key))
            free = end
        self.onsets = [(round(s * 12), k, n, d) for n, (notes, d) in enumerate(self.parts) for s, e, k in notes]
        self.onsets.sort()


def of_line(score, low, high):
    line = [n for n in score.line if low <= n[0] < high]
    pairs = [(b[2] - a[2]) for a, b in zip(line, line[1:]) if b[0] - a[1] <= 2]
    out = {"lead_rest": max(0, 1 - sum(min(e, high) - s for s, e, k in line) / (high - low))}
    if len(line) >= 8 and len(pairs) >= 6:
        share = lambda test: sum(map(test, pairs)) / len(pairs)
        lengths = collections.Counter(round(8 * math.log2(max(e - s, 0.01))) // 2 for s, e, k in line)
        keys = [k for s, e, k in line]
        out |= {"lead_step": share(lambda p: abs(p) in (1, 2)), "lead_repeat": share(lambda p: p == 0),
                "lead_leap": share(lambda p: abs(p) >= 5), "lead_range": at_share(keys, 0.95) - at_share(keys, 0.05),
                "lead_short": sum(e - s <= 0.51 for s, e, k in line) / len(line),
                "lead_variety": -sum(n / len(line) * math.log2(n / len(line)) for n in lengths.values())}
    return out


def of_beats(score, low, high):
    beats = score.beats[math.ceil(low):max(math.ceil(low) + 1, math.ceil(high))]
    heard = [b for b in beats if b[1]]
    low_gaps = [t[1] - t[0] for t, n in beats if len(t) > 1]
    high_gaps = [b - a for t, n in beats for a, b in zip(t, t[1:]) if a >= 60]
    doubled = sum(len(t) - len({k % 12 for k in t}) for t, n in beats)
    change, moves = [], []
    for (a, n), (b, m) in zip(beats, beats[1:]):
        x, y = {k % 12 for k in a}, {k % 12 for k in b}
        if x and y:
            change.append(1 - len(x & y) / len(x | y))
            moves.append(abs(n - m))
    mean = lambda values: sum(values) / len(values) if values else math.nan
    return {"parts": at_share([n for t, n in heard], 0.5), "parts_most": at_share([n for t, n in heard], 0.9),
            "parts_change": mean(moves), "pitches": at_share([len(t) for t, n in heard], 0.5),
            "doubling": doubled / max(1, sum(len(t) for t, n in beats)), "low_gap": at_share(low_gaps, 0.5),
            "high_gap": at_share(high_gaps, 0.5), "span": at_share([t[-1] - t[0] for t, n in beats if len(t) > 1], 0.5),
            "change": mean(change)}


def of_attacks(score, low, high):
    first = bisect.bisect_left(score.onsets, (round(low * 12),))
    last = bisect.bisect_left(score.onsets, (round(high * 12),))
    onsets = score.onsets[first:last]
    bars = collections.defaultdict(set)
    for at, key, part, drums in onsets:
        if not drums:
            bars[(at - round(low * 12)) // 48].add(((at - round(low * 12)) % 48, key, part))
    runs, played, count = [], 0, 0
    for notes, drums in score.parts:
        began = ends = None
        for start, end, key in notes[bisect.bisect_left(notes, (low,)):bisect.bisect_left(notes, (high,))]:
            s, e = score.clock.second(start), score.clock.second(end)
            if began is not None and s > ends + 0.25:
                runs.append(ends - began)
                began = None
            began, ends, count = s if began is None else began, max(e, ends or e), count + 1
        if began is not None:
            runs.append(ends - began)
    whole = int((high - low) / 4)
    return {"attacks": len({o[0] for o in onsets}) / (high - low), "part_attacks": count / max(0.01, sum(runs)),
            "repeated_bars": sum(bool(bars[i]) and bars[i] == bars[i - 1] for i in range(1, whole)) / max(1, whole - 1),
            "classes": sum(len({k % 12 for _, k, _ in bars[i]}) for i in range(whole)) / max(1, whole),
            "run": at_share(runs, 0.5), "run_long": at_share(runs, 0.9)}


def statistics(score, from_s, to_s):
    low, high = score.clock.quarter(from_s), score.clock.quarter(to_s)
    return of_line(score, low, high) | of_beats(score, low, high) | of_attacks(score, low, high)


def ranges(movements, seconds):
    """The middle 95 % of windows of a length."""
    values = collections.defaultdict(list)
    for score in movements:
        at = 0.0
        while at + seconds <= score.seconds:
            for name, value in statistics(score, at, at + seconds).items():
                if not math.isnan(value):
                    values[name].append(value)
            at += seconds / 2
    return {name: (at_share(v, 0.025), at_share(v, 0.975)) for name, v in values.items()}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    movements = [Score(p) for p in sorted(pathlib.Path(sys.argv[1]).glob("*.mxl")) if not p.stem.endswith("_melody")]
    print(f"{len(movements)} movements, {sum(m.seconds for m in movements) / 60:.0f} minutes")
    known, fallen, cues, beyond = {}, collections.Counter(), 0, 0
    for folder in sys.argv[2:]:
        for path in sorted(pathlib.Path(folder).rglob("*.musicxml")):
            score = Score(path)
            if score.seconds < 30 or not score.parts:
                continue
            length = round(score.seconds / 5) * 5  # windows of the same length, to five seconds
            known.setdefault(length, ranges(movements, length))
            own = statistics(score, 0, score.seconds)
            out = [(n, v, *known[length][n]) for n, v in own.items()
                   if n in known[length] and not known[length][n][0] - 1e-6 <= v <= known[length][n][1] + 1e-6]
            cues, beyond = cues + 1, beyond + (10 * len(out) > len(own))
            fallen.update(f"{n} {'low' if v < low else 'high'}" for n, v, low, high in out)
            if 10 * len(out) > len(own):
                name = path.parts[-4] if len(path.parts) > 4 else path.stem
                print(f"{name:40} {length:4} s {len(out)}/{len(own)}", *(f"{n} {v:.2f} ({a:.2f}..{b:.2f})" for n, v, a, b in out))
    print(f"{beyond} of {cues} cues have more than one statistic in ten outside;", dict(fallen.most_common()))


if __name__ == "__main__":
    main()
