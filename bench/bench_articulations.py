# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the articulations differ in sound, and do crescendi grow without jumps? Every instrument plays a line in each
articulation it has, as performed in a film and rendered by each library that is installed; only the sound is read.

usage: bench_articulations.py LINES [--libraries ID...] [--instruments ID...] [--all]
A row that does not hold is marked with "!". Needs numpy and ffmpeg."""
import argparse
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(0)

RATE, HOP = 48000, 240  # 5 ms


def sound(path):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-ac", "2", "-ar", str(RATE), "-f", "f32le", "-"],
                         capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, 2).astype(float)


def envelope(x, window_s=0.012):
    """Level in dB every 5 ms, over windows of `window_s`, both channels."""
    power = (x**2).sum(axis=1)
    size = int(window_s * RATE)
    total = np.concatenate([[0], np.cumsum(np.pad(power, (size // 2, size)))])
    return 10 * np.log10((total[size:] - total[:-size])[:len(power):HOP] / size + 1e-12)


def at(env, second):
    return int(second * RATE / HOP)


def stroke(env, start):
    """Of one tone: how long it rises (from 20 dB under its top to 3 under it), how long it is within 15 dB of its top, its top,
    how much it has fallen 300 ms after it, and its level in the first fifth of a second, and its energy in 0.4 s."""
    span = env[at(env, start - 0.12):at(env, start + 0.95)]
    top = int(np.argmax(span[:at(env, 0.75)]))
    over = np.nonzero(span[:top + 1] < span[top] - 20)[0]
    near = np.nonzero(span[:top + 1] >= span[top] - 3)[0][0]
    rise = (near - (over[-1] if len(over) else 0)) * 5
    within = int((span >= span[top] - 15).sum()) * 5
    head = np.median(env[at(env, start):at(env, start + 0.2)])
    return max(rise, 0), within, span[top], span[top] - span[min(top + 60, len(span) - 1)], head, 10 * np.log10(
        (10**(env[at(env, start - 0.05):at(env, start + 0.35)] / 10)).mean())


def strokes(env, starts):
    values = np.array([stroke(env, s) for s in starts])
    return np.median(values, axis=0)


def centroid(x):
    """Mean square-root frequency, as the benches of single presets have it."""
    mono = x.sum(axis=1)
    return RATE / (2 * np.pi) * np.sqrt((np.diff(mono)**2).sum() / ((mono**2).sum() + 1e-12))


def wobble(env, start, low, high):
    """How strongly a tone's level goes up and down between two rates, dB (rms)."""
    span = env[at(env, start + 0.4):at(env, start + 2.6)]
    spectrum = np.abs(np.fft.rfft((span - span.mean()) * np.hanning(len(span)))) / len(span) * 2
    rates = np.fft.rfftfreq(len(span), 0.005)
    return float(np.sqrt((spectrum[(rates >= low) & (rates <= high)]**2).sum()))


def alternates(x, start, key):
    """How often a second the louder of a tone and its upper neighbours changes."""
    step, size = 480, 1920
    mono = x.sum(axis=1)
    t = np.arange(size) / RATE

    def tone(chunk, midi):
        total = 0
        for harmonic in (1, 2, 3):
            hz = 440 * 2**((midi - 69) / 12) * harmonic
            total += abs((chunk * np.hanning(size) * np.exp(-2j * np.pi * hz * t)).sum())
        return total
    begin, end = int((start + 0.3) * RATE), int((start + 2.6) * RATE)
    upper = [max(tone(mono[a:a + size], key + 1), tone(mono[a:a + size], key + 2)) > tone(mono[a:a + size], key)
             for a in range(begin, end, step)]
    return sum(a != b for a, b in zip(upper, upper[1:])) / 2.3


def sforzato(env, start, ends):
    """How far the stroke falls within 300 ms of its top, and how far it grows by the end, dB: from the median of half a
    second after it to that of the last half."""
    head = env[at(env, start - 0.1):at(env, start + 0.3)]
    top = at(env, start - 0.1) + int(np.argmax(head))
    after = env[top:top + at(env, 0.3)]
    low = np.median(env[top + at(env, 0.25):top + at(env, 0.75)])
    grown = np.median(env[at(env, ends - 0.6):at(env, ends - 0.1)])
    return head.max() - max(after.min(), low - 3), grown - low


def crescendo(x, starts):
    """Of a tone from pianissimo to fortissimo: how much louder and brighter it gets, and the largest step from one
    window of 0.4 s to the next, 0.2 s on, beyond how it goes there as a whole, dB and per cent. Strokes are taken one
    by one."""
    if len(starts) > 1:
        parts = [x[int((s - 0.04) * RATE):int((s + 0.085) * RATE)] for s in starts]
    else:
        parts = [x[int(s * RATE):int((s + 0.4) * RATE)] for s in np.arange(starts[0] + 0.5, starts[0] + 5.5, 0.2)]
    db = np.array([(envelope(p).max() if len(starts) > 1 else 10 * np.log10((p**2).mean() + 1e-12)) for p in parts])
    hz = np.array([centroid(p) for p in parts])
    smooth = lambda v: np.convolve(np.pad(v, 3, "edge"), np.ones(7) / 7, "valid")
    rest_db, rest_hz = np.diff(db - smooth(db)), np.diff(np.log2(hz / smooth(hz)))
    n = max(2, len(db) // 8)
    return (np.median(db[-n:]) - np.median(db[:n]), np.median(hz[-n:]) / np.median(hz[:n]), np.abs(rest_db).max(),
            100 * (2**np.abs(rest_hz).max() - 1))


def mark(holds):
    return " " if holds else "!"


def differs(rows, library):
    """One line for each pair that must not sound alike, over all instruments that have both."""
    def pairs(a, b, held=True):
        return [(one, rows[one][a], rows[one][b]) for one in rows
                if a in rows[one] and b in rows[one] and not (held and rows[one]["struck"])]

    def say(name, found, holds, text):
        bad = [f"{one} ({text(*values)})" for one, *values in found if not holds(*values)]
        if found:  # the one in the middle of the alphabet stands for all
            middle = sorted(found, key=lambda r: r[0])[len(found) // 2]
            print(f" {mark(not bad)} {name}: {len(found) - len(bad)} of {len(found)}; {middle[0]} {text(*middle[1:])}"
                  + (f"; not {', '.join(bad)}" if bad else ""))
    rise, within, top, fall, head, whole = range(6)
    say("staccato shorter than held", pairs("short", "long"), lambda s, l: s[within] < 0.8 * l[within],
        lambda s, l: f"{s[within]:.0f} against {l[within]:.0f} ms")
    say("spiccato shorter than staccato, and bites sooner", pairs("spiccato", "short"),
        lambda p, s: p[within] < 0.8 * s[within] and p[rise] < s[rise], lambda p, s:
        f"{p[within]:.0f} against {s[within]:.0f} ms, rises in {p[rise]:.0f} against {s[rise]:.0f}")
    say("spiccato lighter than staccato by no more than 8 dB", pairs("spiccato", "short"), lambda p, s: -8 < p[whole] - s[whole] < 0.5,
        lambda p, s: f"{p[whole] - s[whole]:+.1f} dB")
    say("marcato louder and longer than staccato", pairs("marcato", "short"),
        lambda m, s: m[head] > s[head] + 0.8 and m[within] > 1.1 * s[within],
        lambda m, s: f"{m[head] - s[head]:+.1f} dB, {m[within]:.0f} against {s[within]:.0f} ms")
    say("accent louder than none, and dies away", pairs("accent", "long", False), lambda a, l: a[head] > l[head] + 1.5,
        lambda a, l: f"{a[head] - l[head]:+.1f} dB")
    say("pizzicato falls by itself", pairs("pizzicato", "long"), lambda p, l: p[fall] >= 8 and p[rise] < l[rise],
        lambda p, l: f"{p[fall]:.0f} dB in 300 ms, rises in {p[rise]:.0f} against {l[rise]:.0f} ms")
    say("tremolo beats", pairs("tremolo_beats", "long_beats"), lambda t, l: t > 1.2 * l, lambda t, l: f"{t:.1f} against {l:.1f} dB")
    say("trill alternates", [(o, r["trill_rate"]) for o, r in rows.items() if "trill_rate" in r], lambda r: 9 < r < 18,
        lambda r: f"{r:.0f} changes a second")
    say("sforzato falls by 6 dB within 300 ms, then grows by 4",
        [(o, *r["sfp"]) for o, r in rows.items() if "sfp" in r], lambda d, g: d >= 6 and g >= 4,
        lambda d, g: f"-{d:.0f} +{g:.0f} dB")
    grows = [(o, *r["crescendo"], *r["steady"]) for o, r in rows.items() if "crescendo" in r and "steady" in r]
    say("crescendo grows by 12 dB, in steps at most 1.5 dB over those of a steady tone", grows,
        lambda db, ratio, step, hz, d, r, own, h: db >= 12 and step < own + 1.5,
        lambda db, ratio, step, hz, d, r, own, h: f"{db:+.0f} dB, step {step:.1f}, steady {own:.1f} dB")
    say("crescendo brightens, in steps at most an eighth over a steady tone's", grows,
        lambda db, ratio, step, hz, d, r, own, h: ratio > 1.03 and hz < h + 12.5,
        lambda db, ratio, step, hz, d, r, own, h: f"{ratio:.2f} times, step {hz:.0f}, steady {h:.0f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines")
    parser.add_argument("--libraries", nargs="+", default=["musescore_general", "fluidr3"])
    parser.add_argument("--instruments", nargs="+", default=[])
    parser.add_argument("--all", action="store_true", help="print every figure")
    options = parser.parse_args()
    for library in options.libraries:
        with tempfile.TemporaryDirectory(prefix="kinothek-lines-") as folder:
            run = subprocess.run([options.lines, folder, library, *options.instruments], capture_output=True, text=True)
            if run.returncode:
                print(f"{library}: {run.stderr.strip()}")
                continue
            rows = {}
            for line in run.stdout.splitlines():
                one, how, path, key, struck, *starts = line.split()
                starts, row = [float(s) for s in starts], rows.setdefault(one, {"struck": struck == "struck"})
                x = sound(path)
                x = np.pad(x, ((0, max(0, 8 * RATE - len(x))), (0, 0)))
                env = envelope(x)
                if how in ("crescendo", "steady"):
                    row[how] = crescendo(x, starts)
                    if how == "steady" and len(starts) == 1:
                        row["long_beats"] = wobble(env, starts[0] + 1, 8, 24)
                elif how == "sforzato":
                    row["sfp"] = sforzato(env, starts[0], starts[0] + 3)
                elif how == "trill":
                    row["trill_rate"] = alternates(x, starts[0], int(key))
                elif how == "tremolo":
                    row["tremolo_beats"] = wobble(env, starts[0], 8, 24)
                elif how in ("short", "spiccato", "marcato", "accent", "long", "pizzicato", "tenuto"):
                    row[how] = strokes(env, starts[1:])
            print(f"{library}: {len(rows)} instruments")
            differs(rows, library)
            if options.all:
                for one, row in rows.items():
                    for how, values in ((h, v) for h, v in row.items() if h != "struck"):
                        print(f"     {one:16} {how:14} {np.round(values, 2)}")


if __name__ == "__main__":
    main()
