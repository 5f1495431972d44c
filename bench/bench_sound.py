# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How it sounds, measured: each preset of the sample libraries alone, a free cue in each palette, and words under
music on a talkie. A row that does not hold is marked with "!".

usage: bench_sound.py KINOTHEK VOICES [--only presets|halls|palettes|talkie] [--halls HALLS] [--palettes NAME...]
The talkie is the one in the folder that KINOTHEK_FILMS names. Needs numpy and ffmpeg."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(0)

import bench_words

RATE = 48000
PALETTES = "epic chamber piano minimal pulse hybrid horror comedy fairy silent".split()


def sound(path, rate=RATE, channels=2):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0", "-ac", str(channels),
                          "-ar", str(rate), "-f", "f32le", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, channels).astype(float)


def mark(holds):
    return " " if holds else "!"


def presets(options):
    libraries = [line.split()[0] for line in subprocess.run([options.kinothek, "library", "list"], capture_output=True,
                 text=True, check=True).stdout.splitlines() if "installed: " in line and "not installed: " not in line]
    for library in libraries:
        checked = json.loads(subprocess.run([options.kinothek, "library", "check", library, "--json"], capture_output=True,
                                            text=True, check=True).stdout)["presets"]
        there = [p for p in checked if p["present"]]
        off, left = [abs(p["off_lu"]) for p in there], [abs(p["left_ms"]) for p in there]
        print(f"{library}: {len(there)} presets, {len(checked) - len(there)} missing")
        print(f" {mark(max(off) <= 2)} level against its place: at most {max(off):.1f} LU off")
        late = [p for p in there if abs(p["left_ms"]) > 20]
        print(f" {mark(not late)} attack left after compensation: median {np.median(left):.0f} ms, at most {max(left):.0f} ms; over 20: "
              + (", ".join(f"{p['instrument']} {p['left_ms']:+.0f}" for p in late) or "none"))
        rows = [line.split() for line in subprocess.run([options.voices, library], capture_output=True, text=True,
                                                        check=True).stdout.splitlines()]
        values = {f"{r[0]} {r[1]}": [float(v) for v in r[2:]] for r in rows}
        softer = [k for k, v in values.items() if not v[0] < v[1] < v[2]]
        brighter = [k for k, v in values.items() if v[5] > 1.03 * v[3]]
        print(f" {mark(not softer)} louder with dynamics: all but {', '.join(softer) or 'none'}")
        print(f"   brighter with dynamics (over 3 %): {len(brighter)} of {len(values)}")
        tails = sorted((v[6], k) for k, v in values.items())
        print(f"   30 dB down after release: median {tails[len(tails) // 2][0]:.2f} s, longest {tails[-1][0]:.2f} s ({tails[-1][1]})")
        dc = max((v[7], k) for k, v in values.items())
        print(f" {mark(dc[0] < -40)} offset from zero: at most {dc[0]:.0f} dB under the tone ({dc[1]}); the mix takes away what is below 12 Hz")


def halls(program):
    rows = [line.split() for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()]
    seats = [r for r in rows if len(r) > 4]
    rows = [r for r in rows if len(r) == 4]
    for hall in dict.fromkeys(r[0] for r in rows):
        off = [(abs(float(got) / float(want) - 1), hz) for name, hz, want, got in rows if name == hall]
        times = " ".join(f"{got}" for name, hz, want, got in rows if name == hall)
        print(f"{mark(max(off)[0] < 0.15)} {hall:14} rings {times} s from 125 Hz to 8 kHz, at most {100 * max(off)[0]:.0f} % "
              f"off its design (at {max(off)[1]} Hz)")
        there = {r[1]: [float(v) for v in r[2:]] for r in seats if r[0] == hall}
        holds = (there["violins"][0] > 2 and there["cellos"][0] < -1.5 and abs(there["oboe"][0]) < 1.5
                 and there["timpani"][5] > there["oboe"][5] > there["violins"][5] and min(s[2] for s in there.values()) > 4)
        print(f"{mark(holds)}   seats, left over right, first reflection, reflections and hall over the direct sound: "
              + "; ".join(f"{n} {s[0]:+.1f} dB " + (f"{s[2]:.0f} ms {s[3]:+.0f}" if s[2] < 170 else "none") + f" {s[5]:+.0f} dB" for n, s in there.items()))


def palette(kinothek, name, folder):
    out = folder / f"{name}.kinothek"
    subprocess.run([kinothek, "compose", "--mood", "calm > afraid > relieved", "--seconds", "24", "--palette", name,
                    "--out", str(out), "--loudness", "ebu", "--quiet"], check=True)
    delivery = out / "delivery"
    mix = sound(next(delivery.glob("*.mix.wav")))
    cue = delivery / "cues" / "1m01"
    whole = sound(cue / "1m01.wav")
    stems = [sound(p) for p in sorted((cue / "stems").glob("*.wav"))]
    total = np.zeros_like(whole)
    for stem in stems:
        total[:len(stem)] += stem[:len(total)]
    worst = 20 * np.log10(np.abs(total - whole).max() / np.abs(whole).max() + 1e-12)
    dc = max(20 * np.log10(np.abs(s.mean(axis=0)).max() / (np.sqrt((s**2).mean()) + 1e-12) + 1e-12) for s in stems)
    step = np.abs(np.diff(whole, axis=0)).max(axis=1)
    near = np.convolve(step, np.ones(256) / 256, "same")
    clicks = int((step > 12 * near + 2e-3).sum())
    said = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", "-i", str(next(delivery.glob("*.mix.wav"))), "-af",
                           "ebur128=peak=true", "-f", "null", "-"], capture_output=True, text=True).stderr
    said = said[said.rindex("Summary:"):]
    lufs, peak = float(said.split("I:")[1].split("LUFS")[0]), float(said.split("Peak:")[1].split("dBFS")[0])
    energy = (mix**2).mean(axis=0)
    side = 10 * np.log10(energy[0] / energy[1])
    spectrum = (np.abs(np.fft.rfft(mix.mean(axis=1)))**2)
    f = np.fft.rfftfreq(len(mix), 1 / RATE)
    whole_energy = spectrum[f > 20].sum()

    def share(low, high):
        return 100 * spectrum[(f > low) & (f < high)].sum() / whole_energy

    # What an octave has against the one below, 250 Hz to 8 kHz: orchestras fall by 4 to 9 dB.
    octaves = [10 * np.log10(share(c / 2**0.5, c * 2**0.5)) for c in (250, 500, 1000, 2000, 4000, 8000)]
    slope = np.polyfit(range(len(octaves)), octaves, 1)[0]
    left, right = mix.T
    alike = float((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum()))
    holds = worst < -90 and dc < -40 and clicks == 0 and abs(lufs + 23) <= 0.5 and peak <= -0.9 and abs(side) < 3
    print(f"{mark(holds)} {name:8} {lufs:7.1f} LUFS {peak:6.1f} dBTP  stems {worst:6.0f} dB  zero {dc:5.0f} dB  clicks {clicks}"
          f"  left-right {side:+5.1f} dB alike {alike:.2f}  below 60 Hz {share(20, 60):3.0f} % 120 {share(20, 120):3.0f} %"
          f"  2-5 kHz {share(2000, 5000):4.1f} %  {slope:+.1f} dB an octave")


def talkie(kinothek, folder):
    films = os.environ.get("KINOTHEK_FILMS")
    if not films:
        print("talkie: skipped, KINOTHEK_FILMS is not set")
        return
    film = pathlib.Path(films, "films", "talkie_farmhouse_24fps.mkv")
    out = folder / "talkie.kinothek"
    subprocess.run([kinothek, "score", str(film), "--script", films + "/screenplays/farmhouse.fountain", "--subtitles",
                    films + "/subtitles/talkie_farmhouse_24fps.srt", "--out", str(out), "--quiet"], check=True)
    bench_words.show(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinothek")
    parser.add_argument("voices")
    parser.add_argument("--only")
    parser.add_argument("--halls", help="the program that measures the halls")
    parser.add_argument("--palettes", default=PALETTES, nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kinothek-sound-") as folder:
        if options.only in (None, "presets"):
            presets(options)
        if options.halls and options.only in (None, "halls"):
            halls(options.halls)
        if options.only in (None, "palettes"):
            for name in options.palettes:
                palette(options.kinothek, name, pathlib.Path(folder))
        if options.only in (None, "talkie"):
            talkie(options.kinothek, pathlib.Path(folder))


if __name__ == "__main__":
    main()
