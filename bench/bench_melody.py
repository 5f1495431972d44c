# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do our leading lines go as real ones do? bench_melody.py BENCH_COMPOSE SCORES OUT [FILM.ktf...] composes thirty free
briefs over ten palettes (and the films' cues) into OUT, reads the leading lines of the movements in SCORES
(NAME_melody.mxl beside NAME.mxl, as the OpenScore Orchestra has them), and takes the same measures of both, in
stretches of three quarters of a minute: leaps recovered, one climax a phrase, chord tones on strong beats, lengths and
beginnings of phrases, breaths, how alike phrases are, range, runs of equal durations, repeated notes, wandering. It
prints the middle 90 % of the real stretches beside ours and how many of our cues lie inside. `-` for BENCH_COMPOSE
reads what is in OUT already. Then endings, of ours alone.

It knows no notes but those on the page: a phrase ends where a listener hears it end (a rest, or a long note among
short ones), harmony is what sounds around the lead."""
import collections
import csv
import hashlib
import io
import math
import pathlib
import pickle
import statistics
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zipfile

import bench_mood

STEPS = dict(C=0, D=2, E=4, F=5, G=7, A=9, B=11)
MOODS = ["tender", "sad, intimate", "happy", "heroic", "fearful", "angry", "calm", "calm > afraid > triumphant",
         "chase, tense", "wonder, nature"]
PALETTES = "epic,chamber,piano,minimal,pulse,hybrid,horror,comedy,fairy,silent".split(",")
SECONDS = 45.0
TEMPLATES = [{0, 4, 7}, {0, 3, 7}, {0, 4, 7, 10}, {0, 3, 6}, {0, 3, 7, 10}, {0, 4, 7, 11}, {0, 3, 6, 9}, {0, 3, 6, 10}, {0, 4, 8},
             {0, 5, 7}, {0, 2, 7}, {0, 7}, {0, 5, 10}]
Note = collections.namedtuple("Note", "start length start_s length_s midi place beats unit")


def page(path):
    if path.suffix == ".mxl":
        with zipfile.ZipFile(path) as box:
            name = [n for n in box.namelist() if n.endswith(("xml", "musicxml")) and "META" not in n][0]
            return xml.parse(io.BytesIO(box.read(name))).getroot()
    return xml.parse(path).getroot()


def read_part(part):
    """Notes [start, end, midi, place, beats, unit] in quarters, tempo marks (start, bpm), bars (start, end)."""
    notes, tempos, bars, ties = [], [], [], {}
    now, divisions, beats, unit, transpose = 0.0, 1, 4, 4, 0
    for measure in part.findall("measure"):
        start = last = furthest = now
        for item in measure:
            if item.tag == "attributes":
                divisions = int(item.findtext("divisions") or divisions)
                time = item.find("time")
                if time is not None and time.findtext("beats"):
                    beats, unit = sum(int(b) for b in time.findtext("beats").split("+")), int(time.findtext("beat-type"))
                change = item.find("transpose")
                if change is not None:
                    transpose = int(change.findtext("chromatic") or 0) + 12 * int(change.findtext("octave-change") or 0)
            elif item.tag in ("backup", "forward"):
                now += int(item.findtext("duration")) / divisions * (1 if item.tag == "forward" else -1)
            elif item.tag == "direction" and item.find("sound") is not None and item.find("sound").get("tempo"):
                tempos.append((now, float(item.find("sound").get("tempo"))))
            elif item.tag == "note" and item.find("grace") is None:
                length = int(item.findtext("duration") or 0) / divisions
                at = last if item.find("chord") is not None else now
                pitch = item.find("pitch")
                if pitch is not None:
                    alter = round(float(pitch.findtext("alter") or 0))
                    midi = 12 * (int(pitch.findtext("octave")) + 1) + STEPS[pitch.findtext("step")] + alter + transpose
                    kinds = {t.get("type") for t in item.findall("tie")}
                    if "stop" in kinds and midi in ties:
                        notes[ties[midi]][1] = at + length
                    else:
                        notes.append([at, at + length, midi, at - start, beats, unit])
                        ties[midi] = len(notes) - 1
                    if "start" not in kinds:
                        ties.pop(midi, None)
                if item.find("chord") is None:
                    last, now = now, now + length
            furthest = max(furthest, now)
        full = beats * 4 / unit
        if not bars and furthest - start < full - 1e-6:  # an upbeat: its places count from the bar line it leads to
            for n in notes:
                n[3] += full - (furthest - start)
        now = furthest
        bars.append((start, now))
    return notes, tempos, bars


def timed(notes, tempos):
    """The highest of what begins together, with seconds; what overlaps the next is cut."""
    marks, seconds = [(0.0, 0.0, 100.0)], 0.0
    for at, bpm in sorted(tempos):
        was = marks[-1]
        marks.append((at, was[1] + (at - was[0]) * 60 / was[2], bpm))

    def time(at):
        mark = [m for m in marks if m[0] <= at + 1e-9][-1]
        return mark[1] + (at - mark[0]) * 60 / mark[2]

    line = []
    for n in sorted(notes, key=lambda n: (n[0], -n[2])):
        if line and n[0] - line[-1][0] < 1e-6:
            continue
        if line and line[-1][1] > n[0]:
            line[-1][1] = n[0]
        line.append(list(n))
    return [Note(n[0], n[1] - n[0], time(n[0]), time(n[1]) - time(n[0]), n[2], n[3], n[4], n[5]) for n in line]


def ours(path):
    with open(path) as file:
        rows = list(csv.DictReader(file))
    line = [Note(*(float(r[k]) for k in ("start", "length", "start_s", "length_s")), int(r["midi"]), float(r["place"]),
                 int(r["beats"]), int(r["unit"])) for r in rows]
    free = [r["statement"] == "-1" for r in rows]
    return line, free, rows[0]["exit"] if rows else ""


def phrases(line, changes=()):
    """Where a listener hears one end: after a rest of a third of a second and more, a note much longer than its neighbours, or
    where others take the lead."""
    out, now = [], []
    for i, n in enumerate(line):
        now.append(n)
        after = line[i + 1] if i + 1 < len(line) else None
        rest = after is None or after.start_s - n.start_s - n.length_s >= 0.3
        near = [m.length_s for m in line[max(0, i - 3):i] + line[i + 1:i + 4]]
        long = len(now) >= 4 and n.length_s >= 0.8 and near and n.length_s >= 1.9 * statistics.median(near)
        handed = after is not None and any(n.start + 1e-6 < c <= after.start + 1e-6 for c in changes)
        if rest or long or handed:
            out.append(now)
            now = []
    return [p for p in out + [now] if p]


def harmony(sounding, note):
    """Pitch classes of the chord that fits best what sounds in the note's first beat; the lead's own doublings left out."""
    weights = [0.0] * 12
    beat = 4 / note.unit * (1.5 if note.unit == 8 and note.beats % 3 == 0 and note.beats > 3 else 1)
    to = note.start + max(beat, min(note.length, 2 * beat))
    for start, end, midi in sounding.get(int(note.start), []):
        own = abs(start - note.start) < 0.02 and midi % 12 == note.midi % 12 and abs(end - note.start - note.length) < 0.26
        if not own and start < to and end > note.start:
            weights[midi % 12] += min(end, to) - max(start, note.start)
    if sum(w > 0 for w in weights) < 2:
        return None
    best, most = None, -1e9
    for root in range(12):
        for template in TEMPLATES:
            classes = {(root + t) % 12 for t in template}
            fit = sum(w if c in classes else -w for c, w in enumerate(weights)) + 0.05 * weights[root] - 0.04 * len(template) * sum(weights) / 4
            if fit > most:
                best, most = classes, fit
    return best


def by_quarter(notes):
    out = collections.defaultdict(list)
    for start, end, midi in notes:
        for q in range(max(0, int(start) - 2), int(end) + 1):
            out[q].append((start, end, midi))
    return out


def strong(n):
    half = n.beats * 2 / n.unit
    return abs(n.place) < 1e-3 or (n.beats in (4, 6, 12) and abs(n.place - half) < 1e-3)


def shape(phrase):
    """The first five notes: lengths between onsets against the first, and intervals."""
    first = phrase[:5]
    gaps = [b.start - a.start for a, b in zip(first, first[1:])]
    return [round(4 * math.log2(g / gaps[0])) / 4 for g in gaps], [b.midi - a.midi for a, b in zip(first, first[1:])]


def alike(a, b):
    rhythm = sum(abs(x - y) < 0.3 for x, y in zip(a[0], b[0])) / 4
    tune = sum(abs(x - y) <= 1 for x, y in zip(a[1], b[1])) / 4
    return rhythm >= 0.99 or tune >= 0.75


def measures(parts, sounding):
    """All of one stretch of phrases by name; what it has too little of is left out."""
    m = {}
    parts = [p for p in parts if len(p) >= 3]
    line = [n for p in parts for n in p]
    if len(line) < 10 or len(parts) < 2:
        return m
    pairs, recovered, big, big_recovered, wide = 0, 0, 0, 0, 0
    for p in parts:
        steps = [b.midi - a.midi for a, b in zip(p, p[1:])]
        for i, by in enumerate(steps):
            pairs += 1
            if abs(by) > 4 and i + 1 < len(steps):
                then = next((s for s in steps[i + 1:] if s), 0)
                wide += 1
                back = then * by < 0 and abs(then) <= 4
                recovered += back
                big += abs(by) >= 7
                big_recovered += back and abs(by) >= 7
    if wide >= 2:
        m["leaps > third recovered"] = recovered / wide
    m["leaps > third, of intervals"] = sum(abs(b.midi - a.midi) > 4 for p in parts for a, b in zip(p, p[1:])) / pairs
    if big >= 2:
        m["leaps >= fifth recovered"] = big_recovered / big
    m["repeated notes"] = sum(a.midi == b.midi for p in parts for a, b in zip(p, p[1:])) / pairs
    tunes = [p for p in parts if len(p) >= 5]
    if tunes:
        def single(p):
            joined = [n.midi for i, n in enumerate(p) if not i or n.midi != p[i - 1].midi]
            return joined.count(max(joined)) == 1 and joined[0] != max(joined) and joined[-1] != max(joined)
        m["one climax inside"] = sum(map(single, tunes)) / len(tunes)
        m["climax place"] = statistics.mean(max(range(len(p)), key=lambda i: p[i].midi) / (len(p) - 1) for p in tunes)
        m["range of a phrase"] = statistics.mean(max(n.midi for n in p) - min(n.midi for n in p) for p in tunes)
        walks = [sum(abs(b.midi - a.midi) for a, b in zip(p, p[1:])) / max(2, max(n.midi for n in p) - min(n.midi for n in p)) for p in tunes]
        m["wandering (path / range)"] = statistics.mean(walks)
        turns = [sum((b.midi - a.midi) * (c.midi - b.midi) < 0 for a, b, c in zip(p, p[1:], p[2:])) / (len(p) - 2) for p in tunes]
        m["turns of direction"] = statistics.mean(turns)
        shapes = [shape(p) for p in tunes]
        if len(shapes) > 2:
            m["phrases like an earlier one"] = sum(any(alike(s, e) for e in shapes[:i]) for i, s in enumerate(shapes) if i) / (len(shapes) - 1)
        m["equal durations, longest run"] = max(longest_run([round(n.length, 2) for n in p]) for p in tunes)
        m["durations in a phrase"] = statistics.mean(len({round(n.length, 2) for n in p}) for p in tunes)
        m["final note / median"] = statistics.median(p[-1].length_s / max(0.05, statistics.median(n.length_s for n in p)) for p in tunes)
    lengths = [p[-1].start_s + p[-1].length_s - p[0].start_s for p in parts]
    m["phrase seconds"] = statistics.median(lengths)
    if len(parts) > 2:
        m["phrase lengths vary (cv)"] = statistics.pstdev(lengths) / statistics.mean(lengths)
    m["phrases off the downbeat"] = sum(p[0].place > 0.01 for p in parts) / len(parts)
    m["onsets off the beat"] = sum(abs(n.place * n.unit / 4 - round(n.place * n.unit / 4)) > 0.01 for n in line) / len(line)
    rests = [b[0].start_s - a[-1].start_s - a[-1].length_s for a, b in zip(parts, parts[1:])]
    m["phrases that end in a rest"] = sum(r >= 0.2 for r in rests) / len(rests)
    held, chordal, foreign, resolved, weak, weak_foreign = 0, 0, 0, 0, 0, 0
    for p in parts:
        for i, n in enumerate(p):
            chord = harmony(sounding, n)
            if chord is None:
                continue
            inside = n.midi % 12 in chord
            if strong(n):
                held += 1
                chordal += inside
                if not inside:
                    foreign += 1
                    then = next((s.midi for s in p[i + 1:] if s.midi != n.midi), None)
                    resolved += then is not None and abs(then - n.midi) <= 2
            else:
                weak += 1
                weak_foreign += not inside
    if held >= 4:
        m["strong beats: chord tones"] = chordal / held
    if foreign >= 2:
        m["strong beats: others resolved"] = resolved / foreign
    if weak >= 6:
        m["weak notes: others"] = weak_foreign / weak
    return m


def longest_run(values):
    best = now = 1
    for a, b in zip(values, values[1:]):
        now = now + 1 if a == b else 1
        best = max(best, now)
    return best


def stretches(parts):
    out, now = [], []
    for p in parts:
        if now and p[0].start_s - now[0][0].start_s > SECONDS:
            out.append(now)
            now = []
        now.append(p)
    return out + [now] if now and now[-1][-1].start_s - now[0][0].start_s > SECONDS / 2 else out


def handovers(path):
    """Where another player takes the lead, in quarters, as people heard it."""
    with open(path, encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return [float(b["qstamp"]) for a, b in zip(rows, rows[1:]) if a["part"] != b["part"]]


def real(folder):
    paths = sorted(p for p in pathlib.Path(folder).glob("*_melody.mxl"))
    key = hashlib.sha256((pathlib.Path(__file__).read_text() + str(paths)).encode()).hexdigest()[:16]
    kept = pathlib.Path(tempfile.gettempdir()) / f"bench_melody_{key}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    found = []
    for path in paths:
        notes, tempos, _ = read_part(page(path).find("part"))
        full = path.with_name(path.name.replace("_melody", ""))
        everything = [(n[0], n[1], n[2]) for part in page(full).findall("part") for n in read_part(part)[0]]
        sounding = by_quarter(everything)
        changes = handovers(path.with_name(path.name.replace("_melody.mxl", "_annotations.csv")))
        for stretch in stretches(phrases(timed(notes, tempos), changes)):
            found.append((path.stem, measures(stretch, sounding)))
    kept.write_bytes(pickle.dumps(found))
    return found


def sounding_of(path):
    everything, bars = [], []
    for part in page(path).findall("part"):
        if part.find(".//unpitched") is not None and part.find(".//pitch") is None:
            continue
        notes, _, bars = read_part(part)
        everything += [(n[0], n[1], n[2]) for n in notes]
    return everything, bars


def quantile(values, q):
    values = sorted(values)
    at = q * (len(values) - 1)
    low = int(at)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (at - low)


def table(reference, cues):
    names = list(dict.fromkeys(k for _, m in reference for k in m))
    print(f"{'':32} {'real: 5 %':>9} {'median':>7} {'mean':>6} {'95 %':>6}   {'ours: median':>12} {'mean':>6}  inside")
    all_inside = all_count = 0
    for name in names:
        values = [m[name] for _, m in reference if name in m]
        mine = [(c, m[name]) for c, m in cues if name in m]
        if not mine:
            continue
        low, high = quantile(values, 0.05), quantile(values, 0.95)
        inside = sum(low - 1e-6 <= v <= high + 1e-6 for _, v in mine)
        all_inside += inside
        all_count += len(mine)
        print(f"{name:32} {low:9.2f} {quantile(values, .5):7.2f} {statistics.mean(values):6.2f} {high:6.2f}   "
              f"{quantile([v for _, v in mine], .5):12.2f} {statistics.mean(v for _, v in mine):6.2f}  {inside}/{len(mine)}")
    print(f"inside the middle 90 % of real stretches: {all_inside} of {all_count} ({100 * all_inside / max(1, all_count):.1f} %)")


def ending(line, path, exit_):
    """How a cue ends, from its page: what sounds in its last quarter and since when, where the lead's last tone lies in it."""
    everything, _ = sounding_of(path)
    end = max(n[1] for n in everything)
    last = [n for n in everything if n[1] > end - 1]
    bass, chord = min(n[2] for n in last), {n[2] % 12 for n in last}
    tail = line[-1]
    return {"exit": exit_, "rings": end - min(n[0] for n in last), "tones": len(chord), "to_bass": (tail.midi - bass) % 12,
            "in_chord": tail.midi % 12 in chord, "gap": end - tail.start - tail.length, "lead_held": tail.length,
            "upbeat": tail.length <= 0.5 and tail.place > 0.1 and end - tail.start > 1.5}


def endings(cues):
    """By how the sheet wants the cue to end."""
    for exit_ in sorted({e["exit"] for _, e in cues}):
        rows = [e for _, e in cues if e["exit"] == exit_]
        degrees = collections.Counter({0: "root", 7: "fifth", 3: "third", 4: "third"}.get(e["to_bass"], "other") for e in rows)
        print(f"{exit_}: {len(rows)} cues; the last chord has sounded for {statistics.median(e['rings'] for e in rows):.1f} quarters (median), "
              f"less than one in {sum(e['rings'] < 1 for e in rows)}; one tone alone {sum(e['tones'] < 2 for e in rows)}; the lead's last tone over "
              "the last bass: " + ", ".join(f"{k} {v}" for k, v in degrees.most_common())
              + f"; not in the last chord {sum(not e['in_chord'] for e in rows)}; an upbeat to nothing {sum(e['upbeat'] for e in rows)}; the lead held "
              f"to the end or within a quarter of it {sum(e['gap'] <= 1 for e in rows)}, silent for eight quarters {sum(e['gap'] > 8 for e in rows)}")


def against(lead, other):
    """How a second line goes with the lead: where it moves, and which way."""
    m = collections.Counter()

    def at(line, time):
        return next((n for n in line if n.start - 1e-6 <= time < n.start + n.length - 1e-6), None)

    for a, b in zip(other, other[1:]):
        if b.start - a.start - a.length > 1 or a.midi == b.midi:
            continue
        sung = at(lead, b.start)
        if sung is None:
            m["alone"] += 1
        elif b.start - sung.start > 0.4:
            m["while the lead holds"] += 1
        else:
            m["together"] += 1
            before = at(lead, sung.start - 0.05)
            if before is not None:
                by, to = sung.midi - before.midi, b.midi - a.midi
                m["contrary" if by * to < 0 else "oblique" if not by else "similar"] += 1
                m["parallel fifths and octaves"] += by * to > 0 and (sung.midi - b.midi) % 12 == (before.midi - a.midi) % 12 in (0, 7)
        m["unison"] += sung is not None and sung.midi % 12 == b.midi % 12
        m["steps"] += abs(b.midi - a.midi) <= 2
        m["moves"] += 1
    return m


def silences(path):
    """Seconds of each silence inside a cue of a quarter of a second and more, by its MIDI; how long the cue is."""
    notes, _ = bench_mood.read(path)
    reached, found = 0.0, []
    for start, end, *_ in notes:
        if reached and start - reached >= 0.25:
            found.append(start - reached)
        reached = max(reached, end)
    return found, reached


def shapes(out):
    """Form: silence inside, how often four bars come again at once, where the loudest four seconds are."""
    silent, repeats, bars_all, places, long = [], 0, 0, [], 0
    for path in sorted(out.rglob("*.mid")):
        found, length = silences(path)
        if length >= 30:
            long += 1
            silent.append(len(found))
        everything, bars = sounding_of(path.with_suffix(".musicxml"))
        prints = [tuple(sorted((round(n[0] - a, 2), n[2]) for n in everything if a <= n[0] < b)) for a, b in bars]
        fours = [tuple(prints[i:i + 4]) for i in range(0, len(prints) - 3, 4)]
        repeats += sum(a == b and any(a) for a, b in zip(fours, fours[1:]))
        bars_all += len(fours)
        notes, _ = bench_mood.read(path)
        if length >= 30:
            loud = [sum(n[3] ** 2 for n in notes if t - 2 <= n[0] < t + 2) for t in range(2, int(length) - 1)]
            places.append((loud.index(max(loud)) + 2) / length)
    print(f"form: of {long} cues of half a minute and more {sum(s > 0 for s in silent)} are silent somewhere inside, {sum(silent)} times in all; "
          f"four bars come again at once {repeats} times in {bars_all}; the loudest four seconds lie at "
          + ", ".join(f"{quantile(places, q):.2f}" for q in (0.25, 0.5, 0.75)) + " of a cue (quartiles)")


def counters(out):
    total = collections.Counter()
    for path in sorted(out.rglob("*.counter.csv")):
        second, free, _ = ours(path)
        second = [n for n, f in zip(second, free) if f]
        lead = ours(path.with_name(path.name.replace("counter", "lead")))[0]
        total += against(lead, second)
    if total["moves"]:
        both = max(1, total["contrary"] + total["oblique"] + total["similar"])
        print(f"second lines: {total['moves']} moves; {100 * total['while the lead holds'] / total['moves']:.0f} % while the lead holds, "
              f"{100 * total['alone'] / total['moves']:.0f} % where it is silent, {100 * total['together'] / total['moves']:.0f} % with it (of these contrary "
              f"{100 * total['contrary'] / both:.0f} %, oblique {100 * total['oblique'] / both:.0f} %, similar {100 * total['similar'] / both:.0f} %, parallel fifths and "
              f"octaves {100 * total['parallel fifths and octaves'] / both:.0f} %); by step {100 * total['steps'] / total['moves']:.0f} %; "
              f"on the lead's own tone {100 * total['unison'] / total['moves']:.0f} %")


def briefs():
    for i, palette in enumerate(PALETTES):
        for k in range(3):
            yield palette, MOODS[(i * 3 + k * 4) % len(MOODS)], 1


def main():
    bench, scores, out, films = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4:]
    if bench != "-":
        for palette, mood, seeds in briefs():
            subprocess.run([bench, out, str(SECONDS), str(seeds), palette, mood], check=True, stdout=subprocess.DEVNULL)
        for film in films:
            subprocess.run([bench, out, "0", "1", "epic", film], check=True, stdout=subprocess.DEVNULL)
    reference = real(scores)
    cues, ends, between, notes = [], [], [], [0, 0]
    for path in sorted(out.rglob("*.lead.csv")):
        line, free, exit_ = ours(path)
        if not line:
            continue
        score = path.with_name(path.name.replace(".lead.csv", ".musicxml"))
        everything, _ = sounding_of(score)
        around = by_quarter(everything)
        parts = phrases(line)
        own = {n.start for n, f in zip(line, free) if f}
        cues.append((str(path), measures(parts, around)))
        between += [(str(path), measures([p for p in parts if sum(n.start in own for n in p) * 2 > len(p)], around))]
        notes[0] += len(own)
        notes[1] += len(line)
        ends.append((str(path), ending(line, score, exit_)))
    print(f"{len(reference)} real stretches, {len(cues)} cues of ours")
    table(reference, cues)
    print(f"between the statements of themes ({notes[0]} of {notes[1]} notes):")
    table(reference, between)
    endings(ends)
    counters(out)
    shapes(out)


if __name__ == "__main__":
    main()
