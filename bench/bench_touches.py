# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often is each way of playing written? Composes films in palettes as notes (bench_notes) and counts, per palette and ten
minutes of music, what a player is told: read from the delivered MusicXML and MIDI alone.

usage: bench_touches.py BENCH_NOTES [--palettes ID...] [--seed N] FILM[,SCRIPT[,CAPTIONS]]..."""
import argparse
import collections
import csv
import pathlib
import re
import subprocess
import tempfile

import bench_players

PALETTES = "chamber comedy epic fairy horror hybrid minimal piano pulse silent".split()
COLUMNS = ("staccato", "spiccato", "marcato", "accent", "tenuto", "pizzicato", "tremolo", "trill", "sfp", "run", "glissando",
           "timpani roll", "cymbal swell", "heartbeat")


def marks(path):
    """Of one cue: how often each mark stands in the score."""
    found, text = collections.Counter(), path.read_text()
    names = dict(re.findall(r'<score-part id="(\w+)">\s*<part-name[^>]*>([^<]*)<', text))
    for part, body in re.findall(r'<part id="(\w+)">(.*?)</part>', text, re.S):
        name, bounces, plucks = names.get(part, ""), False, False
        for kind, words in re.findall(r"<(staccato|strong-accent|accent|tenuto|tremolo|trill-mark|sfp|words|note)\b[^>]*?(?:/>|>([^<]*))", body):
            if kind == "words":
                bounces = words == "spicc." or (bounces and words not in ("nat.", "ord.", "pizz.", "arco", "norm."))
                plucks = words == "pizz." or (plucks and words != "arco")
            elif kind == "note":
                found["pizzicato"] += plucks
            elif kind == "staccato":
                found["spiccato" if bounces else "staccato"] += 1
            elif kind == "tremolo":
                found["timpani roll" if name == "Timpani" else "cymbal swell" if "cymbal" in name else "tremolo"] += 1
            else:
                found[{"strong-accent": "marcato", "trill-mark": "trill"}.get(kind, kind)] += 1
        found["heartbeat"] += name == "Heartbeat" and "<pitch>" in body or name == "Heartbeat" and "<unpitched>" in body
    return found


def scales(path):
    """Runs of a line: six and more tones by step, a tenth of a second apart at most; a harp's or celesta's are glissandi."""
    found = collections.Counter()
    for name, tones in bench_players.tracks(path):
        run = 1
        for before, tone in zip(tones, tones[1:] + [(1e9, 0, 0, 0)]):
            if tone[0] - before[0] < 0.1 and 1 <= tone[2] - before[2] <= 3:
                run += 1
                continue
            if run >= 6:
                found["glissando" if name in ("Harp", "Celesta") else "run"] += 1
            run = 1
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes")
    parser.add_argument("--palettes", nargs="+", default=PALETTES)
    parser.add_argument("--seed", default="1")
    parser.add_argument("films", nargs="+")
    options = parser.parse_args()
    print(f"{'':9}{'min':>6} " + " ".join(f"{c:>12}" for c in COLUMNS))
    for palette in options.palettes:
        total, seconds = collections.Counter(), 0
        for film in options.films:
            with tempfile.TemporaryDirectory(prefix="kinothek-touches-") as folder:
                subprocess.run([options.notes, folder, palette, options.seed, *film.split(",")], check=True)
                delivery = pathlib.Path(folder) / "delivery"
                for row in csv.DictReader((delivery / "spotting.csv").open()):
                    seconds += float(row["out_s"]) - float(row["in_s"])
                for cue in delivery.glob("cues/*/*.musicxml"):
                    total += marks(cue) + scales(cue.with_suffix(".mid"))
        print(f"{palette:9}{seconds / 60:6.1f} " + " ".join(f"{600 * total[c] / max(1, seconds):12.1f}" for c in COLUMNS), flush=True)


if __name__ == "__main__":
    main()
