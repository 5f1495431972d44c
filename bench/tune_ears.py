# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ways of hearing a tune in a track that share nothing with each other or with the program: a geometer's, to whom
music is points on a plane, and a reader's, to whom it is a string of letters. Tunes are [(onset, length, midi)], tracks
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
