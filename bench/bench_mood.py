# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the mood that was asked for in the notes? Composes moods x palettes x seeds (bench_compose), reads the
MIDI as a listener without our sources would, and asks a small additive model: bench_mood.py BENCH_COMPOSE [SEEDS
[SECONDS]]. The model's signs and order of weights are those of Eerola, Friberg & Bresin (2013) and Gabrielsson &
Lindstroem (2010): mode, tempo, register, loudness, articulation, dissonance; its zero points are what is ordinary in
recorded and sequenced music, not fitted to ours. A second listener (SECOND) is given none of the same figures: it never
sees the tempo that is written, hears mode by other profiles over plain durations, counts every note; 0 as SEEDS reads
the .mid files below a folder (MOOD.PALETTE.SEED) instead of composing."""
import collections
import math
import multiprocessing
import pathlib
import statistics
import subprocess
import sys
import tempfile

import midi_events
import mood_ears

MOODS = {"happy": (1, 1), "tender": (1, -1), "sad": (-1, -1), "angry": (-1, 1), "fearful": (-1, 1), "neutral": (0, 0)}
# free words: the signs they ask for, 0 where they ask for none
WORDS = {"sad, intimate": (-1, -1), "hopeful": (1, 0), "triumphant": (1, 1), "lonely": (-1, -1), "eerie": (-1, 0), "playful": (1, 1),
         "nostalgic": (0, -1), "determined": (0, 1), "peaceful": (1, -1), "furious": (-1, 1), "tense": (-1, 0), "menacing": (-1, 0),
         "romantic": (1, -1), "mournful": (-1, -1), "magical": (1, 0), "desperate chase": (-1, 1), "dreamy": (1, -1), "tragic": (-1, 0)}
JUDGED = MOODS | WORDS
PALETTES = "epic,chamber,piano,minimal,pulse,hybrid,horror,comedy,fairy,silent".split(",")
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)  # Krumhansl & Kessler 1982
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
MAJOR_2 = (0.748, 0.06, 0.488, 0.082, 0.67, 0.46, 0.096, 0.715, 0.104, 0.366, 0.057, 0.4)  # Temperley 2001
MINOR_2 = (0.712, 0.084, 0.474, 0.618, 0.049, 0.46, 0.105, 0.747, 0.404, 0.067, 0.133, 0.33)
ROUGH = (0, 1.0, 0.55, 0.15, 0.08, 0.03, 0.5, 0.0, 0.06, 0.04, 0.4, 0.8)  # interval classes, after Huron 1994
# feature: (what is ordinary, how far it usually goes, weight in valence, weight in arousal)
MODEL = {"mode": (0.0, 0.15, 0.65, 0.0), "bpm": (math.log2(104), 0.45, 0.12, 0.3),
         "density": (math.log2(4.5), 0.9, 0.08, 0.5), "pitch": (60, 7, 0.18, 0.0), "velocity": (66, 18, 0.0, 0.5),
         "short": (0.25, 0.25, 0.12, 0.25), "rough": (0.17, 0.06, -0.25, 0.15)}

SECOND = {"mode_2": (0.0, 0.12, 0.6, 0.0), "notes_s": (math.log2(8), 1.2, 0.1, 0.5), "length": (math.log2(0.4), 0.8, -0.08, -0.45),
          "loud": (66, 18, 0.0, 0.45), "height": (62, 7, 0.2, 0.05), "tonal": (0.72, 0.12, 0.25, -0.1)}
JUDGES = {"first": MODEL, "second": SECOND} | mood_ears.EARS


def read(path):
    """Notes (start_s, end_s, pitch, velocity, track, drum) and the tempo, the middle one by time."""
    tracks, time, marks = midi_events.tracks_and_time(path)
    notes = []
    for number, events in enumerate(tracks):
        held = {}
        for tick, status, key, value in events:
            if status >> 4 == 9 and value:
                held.setdefault((status & 15, key), []).append((tick, value))
            elif status >> 4 in (8, 9) and held.get((status & 15, key)):
                start, velocity = held[(status & 15, key)].pop(0)
                notes.append((time(start), time(tick), key, velocity, number, status & 15 == 9))
    last = max((n[1] for n in notes), default=1)
    spans = [(max(0, min(b, last) - a[1]), a[2]) for a, b in zip(marks, [m[1] for m in marks[1:]] + [last])]
    held, half = 0.0, sum(s for s, _ in spans) / 2
    for span, micro in sorted(spans, key=lambda s: s[1]):
        held += span
        if held >= half:
            break
    return sorted(notes), 60e6 / micro


def fit(profile, weights):
    mean_p, mean_w = sum(profile) / 12, sum(weights) / 12
    top = sum((p - mean_p) * (w - mean_w) for p, w in zip(profile, weights))
    low = math.sqrt(sum((p - mean_p) ** 2 for p in profile) * sum((w - mean_w) ** 2 for w in weights))
    return top / low if low else 0


def features(path):
    notes, bpm = read(path)
    pitched = [n for n in notes if not n[5]]
    length = max(n[1] for n in notes)
    weights = [0.0] * 12
    for start, end, key, velocity, _, _ in pitched:
        weights[key % 12] += min(end - start, 2) * velocity
    fits = {mode: max(fit(profile[-k:] + profile[:-k], weights) for k in range(12))
            for mode, profile in (("major", MAJOR), ("minor", MINOR))}
    onsets = {round(n[0] / 0.05) for n in notes}
    ratios = []
    for track in {n[4] for n in pitched}:
        starts = collections.OrderedDict((n[0], n) for n in pitched if n[4] == track)
        line = list(starts.values())
        ratios += [min(1.2, (a[1] - a[0]) / (b[0] - a[0])) for a, b in zip(line, line[1:]) if 0.05 < b[0] - a[0] < 2]
    rough, span = 0.0, 0.0
    for step in range(int(length * 4)):
        now = [n for n in pitched if n[0] <= step / 4 + 0.05 < n[1]]
        pairs = [(a[2], b[2]) for i, a in enumerate(now) for b in now[:i] if a[2] != b[2]]
        if pairs:
            rough += sum(ROUGH[abs(a - b) % 12] for a, b in pairs) / len(pairs)
            span += 1
    plain = [0.0] * 12
    for start, end, key, *_ in pitched:
        plain[key % 12] += end - start
    fits_2 = {mode: max(fit(profile[-k:] + profile[:-k], plain) for k in range(12))
              for mode, profile in (("major", MAJOR_2), ("minor", MINOR_2))}
    struck = {(round(n[0] / 0.03), n[2]) for n in pitched}
    more = mood_ears.measure(notes, bpm)
    return more | {"mode_2": fits_2["major"] - fits_2["minor"], "tonal": max(fits_2.values()),
            "notes_s": math.log2(len(struck) / length), "length": statistics.mean(math.log2(max(n[1] - n[0], 0.03)) for n in pitched),
            "loud": statistics.median(n[3] for n in notes), "height": statistics.mean(n[2] for n in pitched),
            "mode": fits["major"] - fits["minor"], "bpm": math.log2(bpm), "density": math.log2(max(len(onsets) / length, .1)),
            "pitch": sum(n[2] * (n[1] - n[0]) for n in pitched) / sum(n[1] - n[0] for n in pitched),
            "velocity": statistics.mean(n[3] for n in notes),
            "short": sum(r < 0.7 for r in ratios) / max(len(ratios), 1), "rough": rough / max(span, 1)}


def judge(found, model):
    scaled = {k: max(-2, min(2, (found[k] - model[k][0]) / model[k][1])) for k in model}
    return sum(scaled[k] * model[k][2] for k in model), sum(scaled[k] * model[k][3] for k in model)


def hears(name, axis):
    return any(weights[2 + axis] for weights in JUDGES[name].values())


def share(hits):
    hits = list(hits)
    return sum(hits) / len(hits) if hits else 0


def signs(felt, asked, axis):
    """Share of cues whose sign is right, of those of which a sign is asked."""
    return share(felt[k][axis] * asked[k[0]][axis] > 0 for k in felt if asked.get(k[0], (0, 0))[axis])


def pairs(felt, axis):
    return share(felt[a][axis] > felt[b][axis] for a in felt for b in felt
                 if a[1] == b[1] and a[0] in MOODS and b[0] in MOODS and MOODS[a[0]][axis] > MOODS[b[0]][axis])


def between(felt, axis):
    ours = [(felt[("sad", *k[1:])][axis], felt[k][axis], felt[("happy", *k[1:])][axis]) for k in felt if k[0] == "neutral"]
    return share(low < middle < high for low, middle, high in ours)


def tell(name, felt):
    """How often a listener feels what was meant; an axis it does not hear is left out."""
    line = f"{name:18}"
    for axis in (0, 1):
        if hears(name, axis):
            line += f"  {signs(felt, MOODS, axis):.3f} {signs(felt, WORDS, axis):.3f} {pairs(felt, axis):.3f} {between(felt, axis):.3f}"
        else:
            line += "      -     -     -     -"
    print(line)


def told_apart(heard, some):
    """How often the nearest centroid of the other palettes' cues names the mood: which of some it is."""
    keys = [k for k in heard if k[0] in some]
    names = sorted(heard[keys[0]])
    scale = {n: statistics.pstdev([heard[k][n] for k in keys]) or 1 for n in names}
    right = 0
    for key in keys:
        far = {}
        for mood in some:
            others = [heard[k] for k in keys if k[0] == mood and k[1] != key[1]]
            far[mood] = sum(((heard[key][n] - statistics.mean(o[n] for o in others)) / scale[n]) ** 2 for n in names)
        right += min(far, key=far.get) == key[0]
    return right / len(keys)


def worst(felt):
    """Moods of a palette that most listeners take for something else."""
    wrong = collections.Counter()
    for name, ours in felt.items():
        for key, v_a in ours.items():
            for axis in (0, 1):
                if JUDGED[key[0]][axis] and hears(name, axis) and v_a[axis] * JUDGED[key[0]][axis] <= 0:
                    wrong[(key[0], key[1], "VA"[axis])] += 1
    print("most often missed:", "; ".join(f"{m} {p} {a} {n}" for (m, p, a), n in wrong.most_common(24)))


def cues(folder):
    return {(mood, palette, int(seed)): path for path in sorted(pathlib.Path(folder).glob("*/cues/1m01/1m01.mid"))
            for mood, palette, seed in [path.parts[-4].rsplit(".", 2)] if mood in JUDGED}


def row(label, found, v_a):
    cells = [f"{found['mode']:6.2f} {2 ** found['bpm']:5.0f} {2 ** found['density']:5.1f} {found['pitch']:5.1f} {found['velocity']:5.0f}"
             f" {found['short']:5.2f} {found['rough']:5.2f} {v_a[0][0]:5.2f} {v_a[0][1]:5.2f}",
             f"{found['mode_2']:5.2f} {2 ** found['notes_s']:5.1f} {2 ** found['length']:4.2f} {v_a[1][0]:5.2f} {v_a[1][1]:5.2f}"]
    print(label, " | ".join(cells), end=" ")


def rows(heard, felt):
    print(f"{'mood':16} {'palette':8} seed   mode   bpm  on/s pitch   vel short rough    V     A  | mode  n/s  len   V     A")
    for key in sorted(heard, key=lambda k: (list(JUDGED).index(k[0]), PALETTES.index(k[1]), k[2])):
        every = [felt[name][key] for name in JUDGES]
        row(f"{key[0]:16} {key[1]:8} {key[2]:4}", heard[key], every)
        print("".join("VA"[i] if hears(name, i) and JUDGED[key[0]][i] * felt[name][key][i] < 0 else "." for name in JUDGES for i in (0, 1)))
    for mood in JUDGED:
        ours = [key for key in heard if key[0] == mood]
        if ours:
            mean = {k: statistics.mean(heard[key][k] for key in ours) for k in heard[ours[0]]}
            row(f"{mood:16} {'mean':8}     ", mean, [[statistics.mean(felt[name][key][i] for key in ours) for i in (0, 1)] for name in JUDGES])
            print()


def main():
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    seconds = sys.argv[3] if len(sys.argv) > 3 else "45"
    with tempfile.TemporaryDirectory() as made:
        folder = made if seeds else sys.argv[1]
        for moods, count in ((MOODS, seeds), (WORDS, (seeds + 2) // 3)) if seeds else ():
            subprocess.run([sys.argv[1], folder, seconds, str(count), ",".join(PALETTES), *moods], check=True, stdout=subprocess.DEVNULL)
        files = cues(folder)
        with multiprocessing.Pool() as pool:
            heard = dict(zip(files, pool.map(features, files.values(), 8)))
    felt = {name: {key: judge(found, model) for key, found in heard.items()} for name, model in JUDGES.items()}
    rows(heard, felt)
    print("\nwanted: signs of valence .75, of arousal .85, pairs .90\n"
          "listener            valence: signs, of words, pairs, neutral between   arousal: the same")
    for name in JUDGES:
        tell(name, felt[name])
    print(f"told apart by other palettes' cues: tender or sad {told_apart(heard, ('tender', 'sad')):.3f}, angry or fearful"
          f" {told_apart(heard, ('angry', 'fearful')):.3f}, one of six {told_apart(heard, tuple(MOODS)):.3f} (by chance .167)")
    worst(felt)


if __name__ == "__main__":
    main()
