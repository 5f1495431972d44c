# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways of hearing a tune in a track that share nothing with each other or with the program: a geometer's, to whom music
is points on a plane; a reader's, to whom it is a string of letters; one who counts which runs of intervals two lines share
(n-grams); one who knows ups and downs and longs and shorts alone (contour); one who lays one line along the other (time
warping). Tunes are [(onset, length, midi)], tracks
[(start_s, end_s, midi)] with all their notes. Both return the seconds at which the tune begins."""
import bisect
import math

SLOWEST, QUICKEST = 6.0, 0.1  # seconds a note at most and at least, on average
MISPLACED = 0.15              # of a mean step: how far an onset may stand from where the tune has it


def points(tune, notes):
    """Point-set matching (after Meredith, Lemstroem & Wiggins 2002, with time free to stretch): first and last note give
    the map from tune to track; five in six of the others, all of them in short tunes, must lie on it at their exact
    pitch, whatever else sounds beside them."""
    n, found = len(tune), []
    starts = [start for start, _, _ in notes]
    span = tune[-1][0] - tune[0][0]
    rise = tune[-1][2] - tune[0][2]
    missing = 1 if n >= 7 else 0
    for i, (start, _, midi) in enumerate(notes):
        low = bisect.bisect_left(starts, start + QUICKEST * (n - 1))
        for k in range(max(low, i + 1), min(len(notes), i + 4 * n)):
            if notes[k][2] - midi != rise or starts[k] - start > SLOWEST * (n - 1):
                continue
            scale = (starts[k] - start) / span
            slack = MISPLACED * (starts[k] - start) / (n - 1)
            lost = 0
            for onset, _, pitch in tune[1:-1]:
                at = start + (onset - tune[0][0]) * scale
                a, b = bisect.bisect_left(starts, at - slack), bisect.bisect_right(starts, at + slack)
                lost += not any(notes[j][2] - midi == pitch - tune[0][2] for j in range(a, b))
                if lost > missing:
                    break
            if lost <= missing:
                found.append(start)
                break
    return found


def letters(notes):
    """A letter a note after the second: the interval to it, and whether the step of time before it was shorter, as long
    or longer than the one before that (in half octaves of length)."""
    out = []
    for k in range(1, len(notes)):
        step = notes[k][0] - notes[k - 1][0]
        before = notes[k - 1][0] - notes[k - 2][0] if k > 1 else 0
        ratio = round(2 * math.log2(step / before)) if step > 0.02 and before > 0.02 else None
        out.append((notes[k][2] - notes[k - 1][2], ratio if k > 1 else None))
    return out


def words(tune, notes):
    """Exact search for the tune's word; of its rhythm letters one may be half an octave off."""
    if len(notes) < len(tune):
        return []
    want, have = letters(tune), letters(notes)
    found = []
    for i in range(len(have) - len(want) + 1):
        off = 0
        for k, (interval, ratio) in enumerate(want):
            if have[i + k][0] != interval:
                break
            if k:
                heard = have[i + k][1]
                off += 2 if heard is None or abs(heard - ratio) > 1 else abs(heard - ratio)
            if off > 1:
                break
        else:
            found.append(notes[i][0])
    return found


def grams(line, size=3):
    steps = [b[2] - a[2] for a, b in zip(line, line[1:])]
    return [tuple(steps[i:i + size]) for i in range(len(steps) - size + 1)]


def ngrams(tune, notes):
    """Three in four of the tune's runs of three intervals, in a window as long as the tune (after Downie 1999)."""
    n, found = len(tune), []
    want = grams(tune)
    have = grams(notes)
    for i in range(len(notes) - n + 1):
        window = have[i:i + len(want)]
        left = list(window)
        shared = 0
        for gram in want:
            if gram in left:
                left.remove(gram)
                shared += 1
        if shared >= 0.75 * len(want):
            found.append(notes[i][0])
    return found


def shape(line):
    """A letter a note: leap or step, up or down or the same; and whether it is held longer, shorter or as long as the one
    before."""
    out, before = [], None
    for a, b in zip(line, line[1:]):
        up = b[2] - a[2]
        step = b[0] - a[0]
        size = 0 if up == 0 else (1 if abs(up) <= 2 else 2) * (1 if up > 0 else -1)
        ratio = step / before if before else 1
        out.append((size, 0 if 0.7 < ratio < 1.43 else 1 if ratio > 1 else -1))
        before = step if step > 0.02 else before
    return out


def contour(tune, notes):
    """The tune's shape with at most one letter in eight wrong."""
    want, have, found = shape(tune), shape(notes), []
    for i in range(len(have) - len(want) + 1):
        off = 0.0
        for k, (size, held) in enumerate(want):
            other = have[i + k]
            off += (0 if other[0] == size else 0.5 if other[0] * size > 0 else 1) * 0.6
            off += 0 if k == 0 or other[1] == held else 0.4
        if off <= len(want) / 8:
            found.append(notes[i][0])
    return found


def warped(tune, notes):
    """Dynamic time warping of pitches, each sampled sixteen times over a window of the tune's notes, their means laid on
    each other: less than two thirds of a semitone apart on average."""
    n, found, samples = len(tune), [], 24

    def sampled(line, end):
        out, k, first = [], 0, line[0][0]
        for i in range(samples):
            at = first + (end - first) * (i + 0.5) / samples
            while k + 1 < len(line) and line[k + 1][0] <= at:
                k += 1
            out.append(line[k][2])
        mean = sum(out) / samples
        return [p - mean for p in out]
    want = sampled(tune, tune[-1][0] + (tune[-1][0] - tune[0][0]) / (n - 1))
    for i in range(len(notes) - n + 1):
        window = notes[i:i + n]
        if window[-1][0] - window[0][0] < 0.3:
            continue
        have = sampled(window, window[-1][0] + (window[-1][0] - window[0][0]) / (n - 1))
        if distance(want, have) / samples < 0.66:
            found.append(window[0][0])
    return found


def distance(a, b, reach=3):
    huge = 1e9
    rows = [[huge] * (len(b) + 1) for _ in range(len(a) + 1)]
    rows[0][0] = 0
    for i in range(1, len(a) + 1):
        for k in range(max(1, i - reach), min(len(b), i + reach) + 1):
            rows[i][k] = abs(a[i - 1] - b[k - 1]) + min(rows[i - 1][k - 1], rows[i - 1][k], rows[i][k - 1])
    return rows[-1][-1]
