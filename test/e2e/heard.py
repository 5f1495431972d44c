# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hard hits are heard on their frame: as the report measures them, and as a judge of another kind does.

The judge knows nothing of spectra or of ours: over the delivered music it takes the level of 10 ms in steps of one, and
where within 120 ms of the hit it rises most in 20 ms, the attack stands.
"""
import array
import math
import os
import pathlib
import subprocess

import kino

REACH_MS, WINDOW_MS, LAG_MS = 120, 10, 20


def samples_around(path, at_s):
    """Mono at 48 kHz from REACH and a little before a moment to as much after it."""
    before_s = (REACH_MS + 60) / 1000
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-ss", f"{max(0, at_s - before_s):.6f}", "-i", str(path),
                          "-t", f"{2 * before_s:.6f}", "-f", "f32le", "-ac", "1", "-ar", "48000", "-"],
                         check=True, capture_output=True).stdout
    return array.array("f", raw[: len(raw) // 4 * 4]), min(at_s, before_s)


def risen_most(path, at_s):
    """Milliseconds from the moment to where the level rises most."""
    samples, offset_s = samples_around(path, at_s)
    part = [sum(x * x for x in samples[i: i + 48]) for i in range(0, len(samples) - 47, 48)]
    level = [10 * math.log10(sum(part[m: m + WINDOW_MS]) / WINDOW_MS / 48 + 1e-10)
             for m in range(len(part) - WINDOW_MS)]
    best, most = None, -1e9
    for m in range(LAG_MS, len(level)):
        at_ms = m + WINDOW_MS / 2 - LAG_MS / 2 - 1000 * offset_s
        if abs(at_ms) <= REACH_MS and level[m] - level[m - LAG_MS] > most:
            best, most = at_ms, level[m] - level[m - LAG_MS]
    return best


def hold(folder, least):
    heard = kino.report(folder)["hits_heard"]
    assert heard["hard"] >= least, heard
    assert heard["near"] >= 0.95 * heard["hard"] and heard["far"] == 0, heard
    assert 0 <= heard["median_ms"] <= 8 and heard["by_chance"] < 0.35, heard
    music = next(pathlib.Path(folder, "delivery").glob("*music.wav"))
    hard = [h for h in kino.table(folder, "hits.csv") if h["kind"] == "hard"]
    assert len(hard) == heard["hard"], (len(hard), heard)
    off = {h["at"]: risen_most(music, float(h["at_s"])) for h in hard}
    near = [at for at, ms in off.items() if abs(ms) <= heard["near_ms"]]
    assert len(near) >= 0.95 * len(off), off
    assert all(abs(ms) <= heard["far_ms"] for ms in off.values()), off
    status, out, err = kino.run("report", folder)
    assert status == 0 and f"{heard['hard']} hard, {heard['near']} heard within" in out and "at random moments" in out, out
    for cue in kino.table(folder, "spotting.csv"):
        if cue["function"] in ("chase", "reveal", "sting"):
            assert [h for h in hard if h["cue"] == cue["cue"]], cue


def demo(folder):
    subprocess.run([os.environ["MAKE_DEMO"], "--out", "."], check=True, capture_output=True)
    script = pathlib.Path(os.environ["KINOTHEK_SOURCE"], "demo", "the_lamp.fountain")
    status, _, err = kino.run("score", "the_lamp.mp4", "--subtitles", "the_lamp.srt", "--script", script, "--out", "p")
    assert status == 0, err
    hold("p", 2)


def popeye(folder):
    film = kino.shared("films", "popeye_sinbad_a_24fps_silent.mkv")
    status, _, err = kino.run("score", film, "--out", "p")
    assert status == 0, err
    hold("p", 2)


CASES = {"demo": demo, "popeye": popeye}
if __name__ == "__main__":
    kino.main(CASES)
