# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does each palette write in a way of its own? Composes moods x palettes x seeds (bench_compose), measures the MIDI without
looking at which instruments play, and lets the nearest centroid of the other seeds name the palette of a held-out one:
bench_palettes.py BENCH_COMPOSE [SEEDS [SECONDS]]. With instruments, families of General MIDI programs are counted as well."""
import collections
import multiprocessing
import pathlib
import statistics
import subprocess
import sys
import tempfile

import bench_mood
import midi_events

MOODS = ("happy", "sad", "tense", "neutral", "tender", "heroic")


def programs(path):
    """Shares of notes by family of eight General MIDI programs; drums count as one more."""
    data = pathlib.Path(path).read_bytes()
    at, counts = 14, collections.Counter()
    while at < len(data):
        size = int.from_bytes(data[at + 4:at + 8], "big")
        now = {}
        for _, status, key, value in midi_events.track_events(data[at + 8:at + 8 + size]):
            if status >> 4 == 12:
                now[status & 15] = key // 8
            elif status >> 4 == 9 and value:
                counts[16 if status & 15 == 9 else now.get(status & 15, 0)] += 1
        at += 8 + size
    total = sum(counts.values()) or 1
    return {f"family {f}": counts[f] / total for f in range(17)}


def measured(path):
    found = bench_mood.features(path)
    notes, _ = bench_mood.read(path)
    pitched = [n for n in notes if not n[5]]
    starts = collections.Counter(round(n[0] / 0.05) for n in pitched)
    gaps = [round(b - a, 2) for a, b in zip(sorted(starts), sorted(starts)[1:])]
    found |= {"low": statistics.quantiles([n[2] for n in pitched], n=10)[0], "high": statistics.quantiles([n[2] for n in pitched], n=10)[8],
              "drums": sum(n[5] for n in notes) / len(notes), "together": statistics.mean(starts.values()),
              "even": max(collections.Counter(gaps).values()) / len(gaps) if gaps else 1,
              "parts": len({n[4] for n in notes}), "tremble": sum(n[1] - n[0] < 0.09 for n in pitched) / len(pitched)}
    return found, programs(path)


def named(heard, which):
    """Share of cues whose palette the nearest centroid names; each is held out with all of its seed. And who is taken for whom."""
    names = sorted(which(next(iter(heard.values()))))
    values = {k: which(h) for k, h in heard.items()}
    # what a mood does is taken out: it is what a palette does otherwise that should tell
    middle = {(m, n): statistics.mean(v[n] for k, v in values.items() if k[0] == m) for m in MOODS for n in names}
    values = {k: {n: v[n] - middle[(k[0], n)] for n in names} for k, v in values.items()}
    scale = {n: statistics.pstdev([v[n] for v in values.values()]) for n in names}
    names = [n for n in names if scale[n] > 1e-9]
    right, mixed = 0, collections.Counter()
    centres = {(p, s): [statistics.mean(v[n] for k, v in values.items() if k[1] == p and k[2] != s) for n in names]
               for p in bench_mood.PALETTES for s in {k[2] for k in heard}}
    for key, value in values.items():
        far = {p: sum(((value[n] - c) / scale[n]) ** 2 for n, c in zip(names, centres[(p, key[2])])) for p in bench_mood.PALETTES}
        best = min(far, key=far.get)
        right += best == key[1]
        mixed[(key[1], best)] += best != key[1]
    own = {p: sum(1 for k in heard if k[1] == p) - sum(c for (a, _), c in mixed.items() if a == p) for p in bench_mood.PALETTES}
    return right / len(heard), own, mixed


def main():
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    seconds = sys.argv[3] if len(sys.argv) > 3 else "45"
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.argv[1], made, seconds, str(seeds), ",".join(bench_mood.PALETTES), *MOODS], check=True, stdout=subprocess.DEVNULL)
        files = {}
        for path in sorted(pathlib.Path(made).glob("*/cues/1m01/1m01.mid")):
            mood, palette, seed = path.parts[-4].rsplit(".", 2)
            files[(mood, palette, int(seed))] = path
        with multiprocessing.Pool() as pool:
            heard = dict(zip(files, pool.map(measured, files.values(), 8)))
    for label, which in (("written alone (tempo, harmony, layers, touch)", lambda h: h[0]), ("with who plays", lambda h: h[0] | h[1])):
        right, own, mixed = named(heard, which)
        print(f"palette named, {label}: {right:.3f} of {len(heard)} (by chance .100)")
        print("  by palette:", ", ".join(f"{p} {own[p]}/{len(heard) // len(own)}" for p in own))
        print("  taken for:", "; ".join(f"{a} for {b} {c}" for (a, b), c in mixed.most_common(8) if c))


if __name__ == "__main__":
    main()
