# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden text: what is decided and written for a fixed film and script, held against test/golden.

golden.py CASE compares; golden.py CASE --write replaces (tools/regenerate shows each difference)."""
import csv
import difflib
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import kino

GOLDEN = pathlib.Path(os.environ["KINOTHEK_SOURCE"]) / "test" / "golden"
SCRIPT = """Title: The Well

EXT. VILLAGE SQUARE - DAY

Children laugh and run around the old well. MIRA watches them and smiles.

MIRA
Not so close to the edge!

EXT. VILLAGE SQUARE - DUSK

The square is empty. Mira calls into the dark well. Nobody answers. She trembles.

MIRA
Tomas? Tomas, please!

TOMAS (O.S.)
Here! I am here!

She pulls the rope with all her strength. The boy climbs out. They embrace and weep with joy.
"""
LINES = """1
00:00:03,000 --> 00:00:04,500
Not so close to the edge!

2
00:00:12,000 --> 00:00:13,500
Tomas? Tomas, please!

3
00:00:15,000 --> 00:00:16,500
Here! I am here!
"""


def without_measured(text):
    """hits.csv without what is measured in rendered sound."""
    rows = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    if rows:
        keys = [k for k in rows[0] if k != "heard_error_ms"]
        writer = csv.DictWriter(out, keys, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()


def texts(folder):
    delivery = pathlib.Path(folder, "delivery")
    found = {}
    for name in ("spotting.csv", "silences.csv", "themes.abc", "cue-sheet.csv"):
        found[name] = (delivery / name).read_text(encoding="utf-8")
    found["hits.csv"] = without_measured((delivery / "hits.csv").read_text(encoding="utf-8"))
    first = sorted((delivery / "cues").iterdir())[0]
    done = subprocess.run(["midi2abc", str(first / f"{first.name}.mid")], capture_output=True, text=True, check=True)
    found["first-cue.abc"] = re.sub(r"^% .*\n", "", done.stdout, flags=re.M).replace(str(first), first.name)
    # The date is the film's, which was drawn just now.
    found["first-cue.musicxml"] = re.sub(r"<encoding-date>[0-9-]+<", "<encoding-date>2026-01-01<",
                                         (first / f"{first.name}.musicxml").read_text(encoding="utf-8"))
    return {name: text.replace("\r\n", "\n") for name, text in found.items()}


def well(tmp):
    kino.film("well.mp4", 24, shots=6)
    pathlib.Path("well.fountain").write_text(SCRIPT)
    pathlib.Path("well.srt").write_text(LINES)
    status, _, err = kino.run("score", "well.mp4", "--script", "well.fountain", "--subtitles", "well.srt",
                              "--palette", "chamber", "--seed", "1")
    assert status == 0, err
    return texts("well.kinothek")


def main():
    write = "--write" in sys.argv
    differences = 0
    with tempfile.TemporaryDirectory(prefix="kinothek-golden-") as folder:
        os.chdir(folder)
        for name, text in {"well": well}[sys.argv[1]](pathlib.Path(folder)).items():
            path = GOLDEN / sys.argv[1] / name
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            delta = list(difflib.unified_diff(before.splitlines(1), text.splitlines(1), str(path), "now", n=1))
            if delta:
                differences += 1
                sys.stdout.writelines(delta[:80])
            if delta and write:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    sys.exit(1 if differences and not write else 0)


main()
