#!/usr/bin/env python3
# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the sheets of real films against the hard rules of spotting: check_spotting.py PROGRAM [KEPT].

PROGRAM is bench_spotting, KINOTHEK_FILMS names the folder with films/, subtitles/, screenplays/, KEPT is a folder for what
was seen (a new one if not given).
Nothing here shares code with the program: speech is read off its list and, for the talkie, off the marks made by ear.
Prints a line for each film and share, and each rule that is broken; exit status 1 where one is."""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

FILMS = [  # name, film, script, captions, its sound
    ("bunny", "big_buck_bunny_320x184_30fps.mp4", "-", "-", "drop"),
    ("bunny opening", "big_buck_bunny_first30s_24fps.webm", "-", "-", "drop"),
    ("popeye a", "popeye_sinbad_a_24fps_silent.mkv", "-", "popeye_sinbad_a.srt", "keep"),
    ("popeye b", "popeye_sinbad_b_24fps_silent.mkv", "-", "popeye_sinbad_b.srt", "keep"),
    ("talkie", "talkie_farmhouse_24fps.mkv", "farmhouse.fountain", "talkie_farmhouse_24fps.srt", "keep"),
    ("friday", "his_girl_friday_6s_30fps.mp4", "-", "his_girl_friday_6s.vtt", "keep"),
    ("nasa", "nasa_two_streams_2997fps.mp4", "-", "-", "drop"),
    ("chaplin", "chaplin_one_shot_25fps.mp4", "-", "-", "drop"),
    ("tears of steel", "-", "-", "tears_of_steel.vtt", "keep"),
    ("elephants dream", "-", "-", "elephants_dream.vtt", "keep"),
]
SHARES = ["own", "0.1", "0.3", "0.5", "0.8"]
BEFORE_S, BREATH_S, SLIP_S = 1.0, 2.0, 0.021


def read(text):
    """Sheets, one a share: lists of fields by kind."""
    sheets = []
    for line in text.splitlines():
        kind, *fields = line.split("\t")
        if kind == "film":
            sheets.append({"film": fields, "cue": [], "silence": [], "speech": [], "hit": []})
        elif kind == "share":
            sheets[-1]["share"] = fields
        else:
            sheets[-1][kind].append(fields)
    return sheets


def heard(films):
    """The talkie's takes as the ear marked them, on the film's clock."""
    path = films / "films" / "talkie_farmhouse_24fps.speech10ms.csv"
    start = 0.021
    return [(float(r["start_s"]) - start, float(r["end_s"]) - start) for r in csv.DictReader(path.open())
            if r["label"] == "speech"]


def broken(sheet, speech, asked):
    length = float(sheet["film"][0])
    cues = [(float(c[0]), float(c[1]), *c[2:]) for c in sheet["cue"]]
    spans = [(float(a), float(b)) for a, b in sheet["speech"]] + speech
    wordless = sum(b - a for a, b in spans) < 0.03 * length  # what sounds like a voice there is none
    for start, _, name, *_ in cues:
        for a, b in [] if wordless else spans:
            if a - BEFORE_S + SLIP_S < start < b - SLIP_S and not (start == 0 and len(cues) == 1):
                yield f"{name} enters at {start:.2f}, words from {a:.2f} to {b:.2f}"
    for before, after in zip(cues, cues[1:]):
        gap = after[0] - before[1]
        if 0 < gap < BREATH_S - SLIP_S or gap < 0:
            yield f"{gap:.2f} s between {before[2]} and {after[2]}"
    titles = [c[3].lower() for c in cues]
    for title in {t for t in titles if titles.count(t) > 1}:
        yield f"two cues are called {title!r}"
    for c in cues:
        if not c[3].strip() or len(c[7].split(";")) < 3:
            yield f"{c[2]} has no title or no full reason"
    for a, b, reason in sheet["silence"]:
        if not reason.strip():
            yield f"the silence at {a} has no reason"
    reasons = [s[2] for s in sheet["silence"]]
    for reason in {r for r in reasons if reasons.count(r) > 1}:
        yield f"two silences have one reason: {reason}"
    wanted, reached, bound = sheet["share"]
    music = sum(c[1] - c[0] for c in cues) / length
    if abs(music - float(reached)) > 0.01:
        yield f"says a share of {reached} and has {music:.3f}"
    target = float(asked) if asked != "own" else float(wanted)
    if abs(music - target) > 0.05 and not bound:
        yield f"share {music:.3f} where {target:.2f} was wanted, and no rule is named"


def main():
    if not os.environ.get("KINOTHEK_FILMS"):
        print("KINOTHEK_FILMS names no folder of films: skipped")
        return 0
    program, films = sys.argv[1], pathlib.Path(os.environ["KINOTHEK_FILMS"])
    kept = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="spotting"))
    failed = 0
    for name, film, script, captions, sound in FILMS:
        places = [films / "films" / film if film != "-" else "-",
                  films / "screenplays" / script if script != "-" else "-",
                  films / "subtitles" / captions if captions != "-" else "-",
                  kept / (name.replace(" ", "_") + ".ktf")]
        out = subprocess.run([program, *map(str, places), sound, *SHARES], capture_output=True, text=True, check=True)
        for asked, sheet in zip(SHARES, read(out.stdout)):
            wanted, reached, bound = sheet["share"]
            print(f"{name:16} asked {asked:>4}: {len(sheet['cue']):2} cues, {100 * float(reached):3.0f} % of "
                  f"{100 * float(wanted):3.0f} {bound}")
            for fault in broken(sheet, heard(films) if name == "talkie" else [], asked):
                failed += 1
                print("    " + fault)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
