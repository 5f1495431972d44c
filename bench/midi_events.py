# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A MIDI file as events and as notes, for the listeners that know only the file."""
import bisect
import pathlib


def variable(data, at):
    value = 0
    while True:
        byte = data[at]
        at += 1
        value = value << 7 | byte & 127
        if byte < 128:
            return value, at


def track_events(data):
    at, tick, status = 0, 0, 0
    while at < len(data):
        step, at = variable(data, at)
        tick += step
        if data[at] >= 128:
            status = data[at]
            at += 1
        if status in (0xff, 0xf0, 0xf7):
            kind = data[at] if status == 0xff else 0
            at += 1 if status == 0xff else 0
            length, at = variable(data, at)
            yield tick, status, kind, data[at:at + length]
            at += length
        else:
            size = 1 if status >> 4 in (12, 13) else 2
            yield tick, status, data[at], data[at + size - 1]
            at += size


def tracks_and_time(path):
    """The events of each track of a file, what turns its ticks into seconds, and the tempo's marks (tick, second, microseconds
    to a quarter)."""
    data = pathlib.Path(path).read_bytes()
    ppq, at, tracks = int.from_bytes(data[12:14], "big"), 14, []
    while at < len(data):
        size = int.from_bytes(data[at + 4:at + 8], "big")
        tracks.append(list(track_events(data[at + 8:at + 8 + size])))
        at += 8 + size
    tempos = sorted((t, int.from_bytes(v, "big")) for events in tracks for t, s, k, v in events if s == 0xff and k == 0x51)
    marks, seconds = [], 0.0
    for i, (tick, micro) in enumerate(tempos or [(0, 500000)]):
        if i:
            seconds += (tick - marks[-1][0]) * marks[-1][2] / ppq / 1e6
        marks.append((tick, seconds, micro))
    starts = [m[0] for m in marks]

    def time(tick):
        mark = marks[max(bisect.bisect(starts, tick) - 1, 0)]
        return mark[1] + (tick - mark[0]) * mark[2] / ppq / 1e6

    return tracks, time, marks


def notes(path):
    """Notes (start_s, end_s, pitch, loudness 0..1, track, drum) of a file, in order, and the end; loudness is velocity times
    what expression (controller 11) says on average while the note sounds."""
    tracks, time, _ = tracks_and_time(path)
    out = []
    for number, events in enumerate(tracks):
        held, expression = {}, {}
        for tick, status, key, value in events:
            channel = status & 15
            if status >> 4 == 11 and key == 11:
                expression[channel] = value / 127
                for (on, _), sounding in held.items():
                    for one in sounding if on == channel else []:
                        one[2].append(value / 127)
            elif status >> 4 == 9 and value:
                held.setdefault((channel, key), []).append((tick, value, [expression.get(channel, 1.0)]))
            elif status >> 4 in (8, 9) and held.get((channel, key)):
                start, velocity, levels = held[(channel, key)].pop(0)
                out.append((time(start), time(tick), key, velocity / 127 * sum(levels) / len(levels), number, channel == 9))
    return sorted(out), max((n[1] for n in out), default=0.0)
