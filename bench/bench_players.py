# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Could players play it, and do they sound like people? Read from the delivered MIDI of productions alone, with what
data/instruments.yaml says of compass, voices and breath.

usage: bench_players.py PRODUCTION... (NAME.kinothek)
A row that does not hold is marked with "!"."""
import collections
import csv
import pathlib
import re
import statistics
import sys

import midi_events

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
NOTES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ENSEMBLES = ("strings", "choir")
SLUR_S = 0.12          # a bound tone lets go of the last one so much later at most
BREATH_SLACK = 1.4     # what a player can do is not a law


def pitch(name):
    letter, sign, octave = re.fullmatch(r"([A-G])([#b]?)(-?\d)", name).groups()
    return NOTES[letter] + {"#": 1, "b": -1, "": 0}[sign] + 12 * (int(octave) + 1)


def instruments():
    found = {}
    for line in (DATA / "instruments.yaml").read_text().splitlines():
        row = re.match(r"- \{id: (\w+), name: ([^,]+), ", line)
        if row:
            value = lambda key, default: (re.search(rf" {key}: ([^,}}]+)", line) or [0, default])[1]
            low, high = value("compass", "C-1 G9").split()
            found[row[2]] = {"id": row[1], "low": pitch(low), "high": pitch(high), "voices": int(value("voices", "1")),
                             "breath": float(value("breath_s", "0")), "players": int(value("players", "1")),
                             "family": value("family", ""), "unpitched": "unpitched: true" in line}
    return found


def tracks(path):
    """Of each track: its instrument, its tones (on, off, key, velocity) in seconds, and its program changes."""
    data = path.read_bytes()
    division, at, chunks = int.from_bytes(data[12:14], "big"), 14, []
    while at < len(data):
        size = int.from_bytes(data[at + 4:at + 8], "big")
        chunks.append(list(midi_events.track_events(data[at + 8:at + 8 + size])))
        at += 8 + size
    tempo = [(t, int.from_bytes(text, "big")) for t, status, kind, text in chunks[0] if status == 0xff and kind == 0x51]
    marks = [(0, 0.0, tempo[0][1] if tempo else 500000)]
    for tick, value in tempo:
        last = marks[-1]
        marks.append((tick, last[1] + (tick - last[0]) * last[2] / division / 1e6, value))

    def seconds(tick):
        mark = max((m for m in marks if m[0] <= tick), key=lambda m: (m[0], m[1]))
        return mark[1] + (tick - mark[0]) * mark[2] / division / 1e6
    for events in chunks[1:]:
        name, down, tones = None, {}, []
        for tick, status, a, b in events:
            if status == 0xff and a == 4:
                name = b.decode()
            elif status >> 4 == 9 and b:
                down[a] = (seconds(tick), b)
            elif status >> 4 == 8 and a in down:
                tones.append((down[a][0], seconds(tick), a, down[a][1]))
                del down[a]
        if name and tones:
            yield name, sorted(tones)


def at_once(tones):
    """Most tones that sound together, those that are only let go late left out."""
    most = 0
    for i, (on, off, key, _) in enumerate(tones):
        most = max(most, sum(o <= on + 1e-6 and f > on + SLUR_S for o, f, _, _ in tones[max(0, i - 24):i + 1]))
    return most


def longest_breath(tones):
    start, until, longest = tones[0][0], tones[0][1], 0
    for on, off, _, _ in tones[1:]:
        if on > until + 0.1:
            start = on
        until = max(until, off)
        longest = max(longest, until - start)
    return longest


def repeats(tones):
    """Runs of six and more strokes of one key at most a third of a second apart: how many, how many of them with no more than
    two velocities, and how many intervals are the same to the millisecond."""
    runs, dull, even, count = 0, 0, 0, 0
    by_key = collections.defaultdict(list)
    for tone in tones:
        by_key[tone[2]].append(tone)
    for line in by_key.values():
        run = [line[0]]
        for tone in line[1:] + [(1e9, 0, 0, 0)]:
            if tone[0] - run[-1][0] < 0.33:
                run.append(tone)
                continue
            if len(run) >= 6:
                runs += 1
                dull += len({t[3] for t in run}) <= 2
                gaps = [round(1000 * (b[0] - a[0])) for a, b in zip(run, run[1:])]
                even += sum(a == b for a, b in zip(gaps, gaps[1:]))
                count += len(gaps) - 1
            run = [tone]
    return runs, dull, even, count


def spreads(parts, hits):
    """How far apart the parts begin what they begin together: standard deviation in ms, at hard hits and elsewhere."""
    ons = sorted((on, p) for p, tones in enumerate(parts) for on, _, _, _ in tones)
    there, else_where, group = [], [], []
    for on, p in ons + [(1e9, -1)]:
        if group and on - group[0][0] > 0.03:
            first = {}
            for t, who in group:
                first.setdefault(who, t)
            if len(first) >= 3:
                spread = 1000 * statistics.pstdev(first.values())
                near = any(abs(statistics.median(first.values()) - h) < 0.02 for h in hits)
                (there if near else else_where).append(spread)
            group = []
        group.append((on, p))
    return there, else_where


def look(production, known, total):
    delivery = pathlib.Path(production) / "delivery"
    cues = {c["cue"]: float(c["in_s"]) for c in csv.DictReader((delivery / "spotting.csv").open())}
    hits = list(csv.DictReader((delivery / "hits.csv").open())) if (delivery / "hits.csv").exists() else []
    for path in sorted(delivery.glob("cues/*/*.mid")):
        cue, lines = path.stem, list(tracks(path))
        struck = [float(h["at_s"]) - cues.get(cue, 0) for h in hits if h["cue"] == cue and h["kind"] == "hard"]
        a, b = spreads([t for n, t in lines if known.get(n, {}).get("family") != "synth"], struck)
        total["at"] += a
        total["elsewhere"] += b
        for name, tones in lines:
            one = known.get(name)
            if not one:
                total["unknown"].append(f"{cue} {name}")
                continue
            total["tones"] += len(tones)
            outside = [t for t in tones if not one["low"] <= t[2] <= one["high"]]
            if not one["unpitched"]:
                total["outside"] += [f"{cue} {name} {t[2]} at {t[0]:.1f} s" for t in outside]
            many = at_once(tones)
            if many > one["voices"]:
                total["many"].append(f"{cue} {name}: {many} at once, {one['voices']} can")
            if one["breath"]:
                limit = one["breath"] * (2 if one["players"] > 1 else 1) * BREATH_SLACK
                longest = longest_breath(tones)
                total["winds"] += 1
                if longest > limit:
                    total["breath"].append(f"{cue} {name}: {longest:.1f} s, {limit:.1f} at most")
            for key, value in zip(("runs", "dull", "even", "gaps"), repeats(tones)):
                total[key] += value


def say(holds, text, found=()):
    print(f"{' ' if holds else '!'} {text}" + (": " + "; ".join(found[:8]) if found else ""))


def main():
    known, total = instruments(), collections.Counter()
    lists = {k: [] for k in ("outside", "many", "breath", "unknown", "at", "elsewhere")}
    total = {**{k: 0 for k in ("tones", "winds", "runs", "dull", "even", "gaps")}, **lists}
    for production in sys.argv[1:]:
        look(production, known, total)
    say(not total["unknown"], f"{total['tones']} tones; parts of no known instrument: {len(total['unknown'])}", total["unknown"])
    say(not total["outside"], f"tones outside the compass: {len(total['outside'])}", total["outside"])
    say(not total["many"], f"parts with more tones at once than can be played: {len(total['many'])}", total["many"])
    say(not total["breath"], f"winds and voices that blow longer than a breath, of {total['winds']}: {len(total['breath'])}", total["breath"])
    say(not total["dull"], f"repeated tones (six and more): {total['runs']} runs, {total['dull']} with no more than two velocities; "
        f"{100 * total['even'] / max(1, total['gaps']):.0f} % of neighbouring gaps alike to the millisecond")
    if total["at"] and total["elsewhere"]:
        at, other = statistics.median(total["at"]), statistics.median(total["elsewhere"])
        say(at < 1 and 2 < other < 25, f"parts that begin together lie apart by {at:.1f} ms at hard hits ({len(total['at'])}), "
            f"{other:.1f} ms elsewhere ({len(total['elsewhere'])}; median standard deviations)")


if __name__ == "__main__":
    main()
