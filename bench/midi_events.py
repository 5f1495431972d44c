# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A MIDI track as events, for the listeners that know only the file."""


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
