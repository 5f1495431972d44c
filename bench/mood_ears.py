# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners of mood that each hear only part of a MIDI file, for bench_mood.py: what they measure, and how they weigh it.
Zero points and spreads are those of ordinary music, none is fitted to ours. Signs after Gabrielsson & Lindstroem (2010),
Livingstone et al. (2010), Eerola, Friberg & Bresin (2013), and Panda, Malheiro & Paiva (2020) for melody and texture."""
import collections
import math
import statistics

MAJOR_3 = (17.77, 0.15, 14.93, 0.16, 19.8, 11.36, 0.29, 22.06, 0.15, 8.15, 0.23, 4.95)  # Aarden 2003 / Essen
MINOR_3 = (18.26, 0.74, 14.05, 16.86, 0.7, 14.44, 0.7, 18.62, 4.57, 1.93, 7.38, 1.76)
CHORDS = {"major": (0, 4, 7), "minor": (0, 3, 7), "diminished": (0, 3, 6), "augmented": (0, 4, 8)}

# feature: (what is ordinary, how far it usually goes, weight in valence, weight in arousal)
EARS = {
    # what a regression over piano clips reads (Hung et al. 2021): lengths, density to the beat, velocity, key
    "clip": {"key_3": (0, 0.12, 0.8, 0), "length": (math.log2(0.5), 0.8, -0.05, -0.5), "per_beat": (math.log2(4), 0.9, 0, 0.35),
             "velocity": (66, 16, 0, 0.45)},
    "deaf to loudness": {"key_3": (0, 0.12, 0.5, 0), "thirds": (0, 0.25, 0.25, 0), "bpm": (math.log2(104), 0.4, 0.1, 0.35),
                         "onsets_s": (math.log2(4.5), 0.9, 0.05, 0.55), "short": (0.25, 0.25, 0.1, 0.3),
                         "voices": (4.5, 2.5, 0, 0.2), "pitch": (60, 7, 0.2, 0)},
    "pitch classes": {"key_counts": (0, 0.12, 0.6, 0), "thirds": (0, 0.25, 0.4, 0), "entropy": (3.0, 0.25, -0.2, 0)},
    "onsets and tempo": {"bpm": (math.log2(104), 0.4, 0, 0.4), "onsets_s": (math.log2(4.5), 0.9, 0, 0.6), "gap": (0.2, 0.2, 0, -0.3)},
    "melody": {"top_key": (0, 0.12, 0.6, 0), "top": (70, 7, 0.3, 0.05), "top_s": (1.0, 0.8, 0.1, 0.6), "top_loud": (70, 18, 0, 0.4),
               "top_third": (0, 0.3, 0.3, 0)},
    "chords": {"triads": (0.05, 0.3, 0.7, 0), "rough": (0.17, 0.06, -0.3, 0.2), "chord_s": (0.0, 0.7, 0, 0.3),
               "voices": (4.5, 2.5, 0, 0.5)},
    "playing": {"velocity": (66, 16, 0, 0.6), "spread": (14, 6, 0, 0.1), "short": (0.25, 0.25, 0, 0.4)},
}


def fit(profile, weights):
    mean_p, mean_w = sum(profile) / 12, sum(weights) / 12
    top = sum((p - mean_p) * (w - mean_w) for p, w in zip(profile, weights))
    low = math.sqrt(sum((p - mean_p) ** 2 for p in profile) * sum((w - mean_w) ** 2 for w in weights))
    return top / low if low else 0


def best_key(weights, major=MAJOR_3, minor=MINOR_3):
    """How much better the best major key fits than the best minor one, and the tonic of the better."""
    fits = [(fit(profile[-k:] + profile[:-k], weights), k) for profile in (major, minor) for k in range(12)]
    best_major, best_minor = max(fits[:12]), max(fits[12:])
    return best_major[0] - best_minor[0], max(best_major, best_minor)[1]


def classes(notes, worth):
    weights = [0.0] * 12
    for note in notes:
        weights[note[2] % 12] += worth(note)
    return weights


def third(weights, tonic):
    """-1 all minor third above the tonic .. 1 all major."""
    low, high = weights[(tonic + 3) % 12], weights[(tonic + 4) % 12]
    return (high - low) / (high + low) if high + low else 0


def skyline(notes):
    """The highest tone where several begin together, unless a higher one still sounds."""
    line, sounding = [], []
    for note in sorted(notes, key=lambda n: (round(n[0] / 0.05), -n[2])):
        sounding = [s for s in sounding if s[1] > note[0] + 0.05]
        if all(s[2] <= note[2] for s in sounding) and not (line and note[0] - line[-1][0] < 0.05):
            line.append(note)
        sounding.append(note)
    return line


def bass_tonic(notes):
    """The pitch class that lies lowest for longest, every half second."""
    count = collections.Counter()
    for step in range(int(max(n[1] for n in notes) * 2)):
        now = [n[2] for n in notes if n[0] <= step / 2 + 0.05 < n[1]]
        if now:
            count[min(now) % 12] += 1
    return count.most_common(1)[0][0]


def chords(notes):
    """Chords heard every half second: major less minor and diminished (each as share), and how often they change."""
    told, last, changes, count = 0, None, 0, 0
    for step in range(int(max(n[1] for n in notes) * 2)):
        weights = classes([n for n in notes if n[0] < step / 2 + 0.5 and n[1] > step / 2],
                          lambda n, at=step / 2: max(0, min(n[1], at + 0.5) - max(n[0], at)))
        total = sum(weights)
        if total < 0.6:
            continue
        scored = sorted((sum(weights[(r + t) % 12] for t in tones), name, r) for name, tones in CHORDS.items() for r in range(12))
        best = scored[-1]
        if best[0] > 0.75 * total:
            plain = all(best[0] - s[0] > 0.02 * total for s in scored if s[1] != best[1])  # a fifth alone is of no side
            told += {"major": 1, "minor": -1, "diminished": -1, "augmented": -0.5}[best[1]] if plain else 0
            changes += plain and best[1:] != last
            last = best[1:] if plain else last
        count += 1
    return told / max(count, 1), math.log2(max(changes, 1) / max(count / 2, 1)) + 1.5


def measure(notes, bpm):
    """What the ears above read; notes are (start_s, end_s, pitch, velocity, track, drum)."""
    pitched = [n for n in notes if not n[5]]
    length = max(n[1] for n in notes)
    long = classes(pitched, lambda n: min(n[1] - n[0], 2))
    counts = classes(pitched, lambda n: 1)
    top = skyline(pitched)
    tonic = bass_tonic(pitched)
    line = classes(top, lambda n: min(n[1] - n[0], 2))
    starts = sorted({round(n[0], 2) for n in notes})
    gaps = [b - a for a, b in zip(starts, starts[1:])]
    total = sum(counts)
    triads, changes = chords(pitched)
    sounding = [sum(n[0] <= step / 2 + 0.05 < n[1] for n in pitched) for step in range(int(length * 2))]
    return {"key_3": best_key(long)[0], "key_counts": best_key(counts)[0], "thirds": third(long, tonic),
            "entropy": -sum(c / total * math.log2(c / total) for c in counts if c), "onsets_s": math.log2(max(len(starts) / length, .1)),
            "gap": statistics.mean(gaps) if gaps else 2, "per_beat": math.log2(max(len(notes) / length * 60 / bpm, .1)),
            "voices": statistics.mean(s for s in sounding if s) if any(sounding) else 0, "top_key": best_key(line)[0],
            "top": statistics.mean(n[2] for n in top), "top_s": math.log2(len(top) / length), "top_third": third(line, tonic),
            "top_loud": statistics.mean(n[3] for n in top), "triads": triads, "chord_s": changes,
            "spread": statistics.pstdev([n[3] for n in notes])}
