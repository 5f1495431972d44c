# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are hard hits heard on their frame? Over productions, against the same search at random moments.

bench_hits.py KINOTHEK HEARD_AT [NAME.kinothek ...]: without productions it scores the shared films
(KINOTHEK_FILMS) into a temporary folder first. A hit is heard when the strongest attack within
80 ms of it stands within the greater of half a frame and 20 ms; far off beyond the greater of a frame
and 40 ms. Chance is the share of random moments of the same cues at which an attack would be "heard"
by the same search: what a busy texture earns for nothing.
"""
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

FILMS = [
    ("big_buck_bunny_512x288_30fps.mp4", ["--film-sound", "drop"]),
    ("big_buck_bunny_320x184_30fps.mp4", ["--film-sound", "drop", "--seed", "2"]),
    ("big_buck_bunny_first30s_24fps.webm", ["--film-sound", "drop"]),
    ("popeye_sinbad_a_24fps_silent.mkv", []),
    ("popeye_sinbad_b_24fps_silent.mkv", []),
    ("talkie_farmhouse_24fps.mkv", ["--script", "screenplays/farmhouse.fountain",
                                    "--subtitles", "subtitles/talkie_farmhouse_24fps.srt"]),
    ("chaplin_one_shot_25fps.mp4", []),
    ("nasa_two_streams_2997fps.mp4", []),
]


def score_all(kinothek, folder, films):
    made = []
    for name, options in films:
        out = os.path.join(folder, os.path.splitext(name)[0] + ".kinothek")
        options = [os.path.join(os.environ["KINOTHEK_FILMS"], o) if "/" in o else o for o in options]
        subprocess.run([kinothek, "score", os.path.join(os.environ["KINOTHEK_FILMS"], "films", name),
                        *options, "--out", out, "--quiet"], check=True)
        made.append(out)
    return made


def heard_at(tool, wav, samples):
    if not samples:
        return []
    out = subprocess.run([tool, wav, *map(str, samples)], check=True, capture_output=True, text=True)
    return [None if line == "-" else float(line) for line in out.stdout.split()]


def measure(tool, folder, rng):
    delivery = os.path.join(folder, "delivery")
    report = json.load(open(os.path.join(delivery, "report.json")))
    top, _, bottom = report["film"]["frame_rate"].partition("/")  # "30000/1001"
    rate = float(top) / float(bottom or 1)
    frame_ms = 1000 / rate
    near, far = max(20, frame_ms / 2), max(40, frame_ms)
    cues = list(csv.DictReader(open(os.path.join(delivery, "spotting.csv"))))
    hits = [h for h in csv.DictReader(open(os.path.join(delivery, "hits.csv"))) if h["kind"] == "hard"]
    errors, chance = [], []
    for cue in cues:
        wav = os.path.join(delivery, "cues", cue["cue"], cue["cue"] + ".wav")
        start, length = float(cue["in_s"]), float(cue["out_s"]) - float(cue["in_s"])
        own = [h for h in hits if h["cue"] == cue["cue"]]
        if not own or not os.path.exists(wav):
            continue
        at = [round((float(h["at_s"]) - start) * 48000) for h in own]
        errors += heard_at(tool, wav, at)
        moments = [round(rng.uniform(0.1, max(0.2, length - 0.2)) * 48000) for _ in range(20 * len(own))]
        chance += heard_at(tool, wav, moments)
    good = lambda e: e is not None and abs(e) <= near
    return {"film": os.path.basename(folder).removesuffix(".kinothek"), "hits": len(errors),
            "heard": sum(map(good, errors)), "far": sum(e is None or abs(e) > far for e in errors),
            "errors": [e for e in errors if e is not None],
            "chance": sum(map(good, chance)), "moments": len(chance)}


def main():
    kinothek, tool, *productions = sys.argv[1:]
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        if not productions:
            if not os.environ.get("KINOTHEK_FILMS"):
                print("bench_hits: KINOTHEK_FILMS is not set and no production is named: nothing measured")
                return 0
            productions = score_all(kinothek, folder, FILMS)
        rows = [measure(tool, p.rstrip("/"), rng) for p in productions]
    print(f"{'film':42} hard heard  far  chance  median ms")
    total = {"film": "all", "hits": 0, "heard": 0, "far": 0, "errors": [], "chance": 0, "moments": 0}
    for row in rows:
        for key in total:
            if key != "film":
                total[key] = total[key] + row[key]
    for row in rows + [total]:
        if row["hits"]:
            median = statistics.median(row["errors"]) if row["errors"] else float("nan")
            print(f"{row['film'][:42]:42} {row['hits']:4} {100 * row['heard'] / row['hits']:4.0f}% {row['far']:4}"
                  f" {100 * row['chance'] / max(1, row['moments']):6.0f}%  {median:+8.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
