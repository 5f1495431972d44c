# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the layers of delivered cues do, from the MIDI alone: bench_layers.py FOLDER... reads every .mid below the
folders. Per palette (folders named MOOD.PALETTE.SEED, else all together): bars that come again within a minute in every
part, in any key, and the longest row of them; parts that sound at once (a tenth, half, nine tenths of the time); share of
entries (after two seconds of rest) at a bar line; share of the time in which the highest line is also among the two loudest.
Then each cue in which four bars come again within a minute, every tone of every part at its place and pitch, and each part that plays one
bar more than eight times in a row: the same onsets and the same ups and downs, three onsets at least, whatever the chord; a
palette whose habit is to repeat may (minimal, pulse).
With --words REPORT.json (a production's, its cues in FOLDER) also how the same cues are written under speech and beside it: attacks
a second, those between G3 and C6, tones there at once, mean velocity."""
import bisect
import collections
import json
import pathlib
import statistics
import sys

import midi_events

LOOP_S, REST_S, LOW, HIGH = 60, 2, 55, 84
ROW, MAY_REPEAT = 8, ("minimal", "pulse")


def read(path):
    """Parts as lists of (start_s, end_s, key, velocity, start_tick), bar lines in ticks, seconds of a tick."""
    data = pathlib.Path(path).read_bytes()
    ppq, at, tracks = int.from_bytes(data[12:14], "big"), 14, []
    while at < len(data):
        size = int.from_bytes(data[at + 4:at + 8], "big")
        tracks.append(list(midi_events.track_events(data[at + 8:at + 8 + size])))
        at += 8 + size
    flat = [e for t in tracks for e in t]
    marks, now = [], (0, 0.0, 500000)
    for tick, value in sorted((e[0], int.from_bytes(e[3], "big")) for e in flat if e[1] == 0xff and e[2] == 0x51):
        now = (tick, now[1] + (tick - now[0]) * now[2] / ppq / 1e6, value)
        marks.append(now)
    starts = [m[0] for m in marks]

    def second(tick):
        mark = marks[max(0, bisect.bisect_right(starts, tick) - 1)]
        return mark[1] + (tick - mark[0]) * mark[2] / ppq / 1e6

    end = max(e[0] for e in flat)
    metres = sorted((e[0], e[3][0] * 4 * ppq // 2 ** e[3][1]) for e in flat if e[1] == 0xff and e[2] == 0x58)
    bars = []
    for (tick, length), follows in zip(metres, [m[0] for m in metres[1:]] + [end]):
        bars += range(tick, follows, length)
    parts = []
    for events in tracks:
        held, notes = {}, []
        for tick, status, key, value in events:
            if status >> 4 == 9 and value:
                held[key, status & 15] = (tick, value)
            elif status >> 4 in (8, 9) and (key, status & 15) in held:
                began, velocity = held.pop((key, status & 15))
                notes.append((second(began), second(tick), key, velocity, began, status & 15 == 9))
        if notes:
            parts.append(sorted(notes))
    return parts, bars, second, ppq


def again(parts, bars, second, ppq):
    """Bars heard within the minute before, in any key: share, longest row."""
    sums = collections.defaultdict(list)
    for number, notes in enumerate(parts):
        first = {}
        for s, e, key, velocity, tick, drum in notes:
            bar = bisect.bisect_right(bars, tick + ppq // 12) - 1
            first.setdefault(bar, key)
            sums[bar].append((round((tick - bars[bar]) * 6 / ppq), number, 0 if drum else key - first[bar]))
    last, heard, row, longest = {}, 0, 0, 0
    for bar in sorted(sums):
        what, now = tuple(sorted(sums[bar])), second(bars[bar])
        known = what in last and now - last[what] <= LOOP_S
        last[what] = now
        heard, row = heard + known, row + 1 if known else 0
        longest = max(longest, row)
    return heard / max(1, len(sums)), longest


def in_bars(notes, bars, ppq):
    """Bar -> its onsets (sixths of a quarter, key)."""
    found = collections.defaultdict(list)
    for s, e, key, velocity, tick, drum in notes:
        bar = bisect.bisect_right(bars, tick + ppq // 12) - 1
        found[bar].append((round((tick - bars[bar]) * 6 / ppq), key))
    return found


def fours_again(parts, bars, second, ppq):
    """How often four bars were heard within the minute before, tone by tone."""
    all_parts = [in_bars(notes, bars, ppq) for notes in parts]
    prints = [tuple(tuple(sorted(p.get(bar, ()))) for p in all_parts) for bar in range(len(bars))]
    last, found = {}, 0
    for bar in range(len(bars) - 3):
        four = tuple(prints[bar:bar + 4])
        if not all(any(one) for one in four):
            continue
        found += four in last and second(bars[bar]) - last[four] <= LOOP_S
        last[four] = second(bars[bar])
    return found


def rows(parts, bars, ppq):
    """The longest row of bars alike in one part: onsets, and which way the lowest tone of each goes."""
    longest = 0
    for notes in parts:
        if notes[0][5]:
            continue
        found, before, row = in_bars(notes, bars, ppq), None, 0
        for bar in range(len(bars)):
            tones = {}
            for at, key in sorted(found.get(bar, ())):
                tones.setdefault(at, key)
            keys = list(tones.values())
            shape = (tuple(tones), tuple((b > a) - (b < a) for a, b in zip(keys, keys[1:]))) if len(tones) > 2 else None
            row = row + 1 if shape and shape == before else 1
            before = shape
            longest = max(longest, row if shape else 0)
    return longest


def measure(path):
    parts, bars, second, ppq = read(path)
    share, row = again(parts, bars, second, ppq)
    lines = [second(b) for b in bars]
    entries, near = 0, 0
    for notes in parts:
        ends = -REST_S
        for s, e, key, velocity, tick, drum in notes:
            if s - ends >= REST_S:
                entries += 1
                near += min(abs(tick - b) for b in bars) <= ppq / 4
            ends = max(ends, e)
    counts, leads, led = [], 0, 0
    last = max(n[1] for p in parts for n in p)
    for step in range(int(last * 2)):
        at = step / 2
        on = [(max((n[2], n[3]) for n in now)) for now in ([n for n in p if n[0] <= at < n[1] and not n[5]] for p in parts) if now]
        counts.append(len(on))
        if len(on) > 2:
            led += 1
            leads += max(on)[1] >= sorted(v for k, v in on)[-2]
    counts = sorted(counts)
    tenth = lambda share: counts[int(share * (len(counts) - 1))]
    return (share, row, tenth(0.1), tenth(0.5), tenth(0.9), near / max(1, entries), leads / max(1, led),
            fours_again(parts, bars, second, ppq), rows(parts, bars, ppq))


def words(folders, report):
    """The same cues under speech and beside it."""
    facts = json.loads(pathlib.Path(report).read_text())
    speech = [(s["start_s"], s["end_s"]) for s in facts["speech"]]
    sums = {True: collections.Counter(), False: collections.Counter()}
    for cue in facts["cues"]:
        for path in (p for f in folders for p in pathlib.Path(f).rglob(f"{cue['cue']}.mid")):
            parts = read(path)[0]
            notes = [(n[0] + cue["in_s"], n[1] + cue["in_s"], n[2], n[3]) for p in parts for n in p if not n[5]]
            if not any(s < cue["out_s"] and e > cue["in_s"] for s, e in speech):
                continue
            steps = int((cue["out_s"] - cue["in_s"]) * 10)
            for step in range(steps):
                at = cue["in_s"] + step / 10
                under = any(s <= at < e for s, e in speech)
                begin = [n for n in notes if at <= n[0] < at + 0.1]
                sums[under] += {"s": 0.1, "attacks": len(begin), "band": sum(LOW <= n[2] <= HIGH for n in begin),
                                "velocity": sum(n[3] for n in begin),
                                "tones": 0.1 * len({n[2] for n in notes if n[0] <= at < n[1] and LOW <= n[2] <= HIGH})}
    for under, c in sums.items():
        if c["s"]:
            print(f"{'under words' if under else 'beside words':12} {c['s']:5.1f} s  attacks {c['attacks'] / c['s']:.2f} a second, in the "
                  f"band of voices {c['band'] / c['s']:.2f}; tones there {c['tones'] / c['s']:.2f}; velocity "
                  f"{c['velocity'] / max(1, c['attacks']):.0f}")


def main():
    folders = sys.argv[1:]
    report = None
    if "--words" in folders:
        at = folders.index("--words")
        report, folders = folders[at + 1], folders[:at] + folders[at + 2:]
    if not folders:
        sys.exit(__doc__)
    if report:
        return words(folders, report)
    by_palette, loops = collections.defaultdict(list), []
    for path in (p for f in folders for p in sorted(pathlib.Path(f).rglob("*.mid"))):
        named = [x.split(".") for x in path.parts if x.count(".") == 2]
        palette, found = named[0][1] if named else "all", measure(path)
        by_palette[palette].append(found)
        if found[7]:
            loops.append(f"{path}: four bars come again {found[7]} times within a minute")
        if found[8] > ROW and palette not in MAY_REPEAT:
            loops.append(f"{path}: one bar {found[8]} times in a row")
    print("palette    cues  bars again  longest row  parts 10/50/90 %  entries at bars  highest is loud  fours again  one bar in a row")
    for palette, found in by_palette.items():
        mean = [statistics.mean(column) for column in zip(*found)]
        print(f"{palette:10} {len(found):4} {mean[0]:11.3f} {max(f[1] for f in found):12} {mean[2]:7.1f} {mean[3]:.1f} {mean[4]:.1f}"
              f" {mean[5]:16.2f} {mean[6]:16.2f} {sum(f[7] for f in found):12} {mean[8]:10.1f} {max(f[8] for f in found):5}")
    print("\n".join(loops) or "nothing loops")
    sys.exit(1 if loops else 0)


if __name__ == "__main__":
    main()
