# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures looking at a film in 1080p against decoding it alone, in turns; the quick look against the full
one, in time and in the cuts it finds; and peak memory of ten minutes against two hours.

usage: bench_look.py KINOTHEK [FILM] [--seconds N] [--rounds N] [--memory]
FILM is scaled up with grain and coded anew; without it Big Buck Bunny 512x288 in the folder that
KINOTHEK_FILMS names."""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

QUIET = ["-v", "error", "-nostdin", "-y"]


def timed(*args):
    """Wall seconds, processor seconds, peak memory in MiB and standard output of a command."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(args, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, args
        out.seek(0)
        return (time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
                out.read().decode())


def upscale(film, to, seconds):
    start = "60" if seconds <= 300 else "0"
    subprocess.run(["ffmpeg", *QUIET, "-ss", start, "-t", str(seconds), "-i", film, "-vf",
                    "scale=1920:1080:flags=lanczos,noise=alls=9:allf=t", "-c:v", "libx264", "-preset", "veryfast",
                    "-crf", "20", "-c:a", "copy", to], check=True)


def cuts(text):
    return [shot["start_s"] for shot in json.loads(text)["shots"][1:]]


def shared(a, b, within):
    return sum(any(abs(x - y) <= within for y in b) for x in a)


def compare_speed(program, film, rounds):
    runs = {"decode": [], "look": [], "preview": []}
    texts = {}
    for _ in range(rounds):
        for name, command in (("decode", ["ffmpeg", "-v", "error", "-nostdin", "-i", film, "-f", "null", "-"]),
                              ("look", [program, "look", film, "--quiet", "--json"]),
                              ("preview", [program, "look", film, "--quiet", "--json", "--preview"])):
            wall, busy, memory, text = timed(*command)
            runs[name].append((wall, busy, memory))
            texts[name] = text
    middle = {n: [statistics.median(r[i] for r in runs[n]) for i in range(3)] for n in runs}
    for name, (wall, busy, memory) in middle.items():
        print(f"{name:<8} {wall:8.2f} s   {busy:8.2f} s of processor   {memory:6.0f} MiB")
    for name, other, wanted in (("look", "decode", 0.9), ("preview", "look", 4)):
        print(f"{name} against {other}: {middle[other][0] / middle[name][0]:.2f} times as fast, "
              f"by processor time {middle[other][1] / middle[name][1]:.2f} (wanted: {wanted})")
    return texts


def compare_cuts(full, quick):
    full, quick = cuts(full), cuts(quick)
    for within in (0.02, 1.0):
        print(f"cuts within {within} s: {shared(full, quick, within)} of {len(full)} found by the quick look; "
              f"{len(quick) - shared(quick, full, within)} of its {len(quick)} are none")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinothek")
    parser.add_argument("film", nargs="?")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    if not options.film:
        if not os.environ.get("KINOTHEK_FILMS"):
            print("skipped: name a film, or set KINOTHEK_FILMS")
            return
        options.film = os.path.join(os.environ["KINOTHEK_FILMS"], "films", "big_buck_bunny_512x288_30fps.mp4")
    with tempfile.TemporaryDirectory(prefix="kinothek-bench-") as folder:
        large = os.path.join(folder, "large.mkv")
        upscale(options.film, large, options.seconds)
        rate = os.path.getsize(large) * 8 / options.seconds / 1e6
        print(f"1920x1080, H.264, {options.seconds} s, {rate:.1f} Mbit/s, {len(os.sched_getaffinity(0))} cores, "
              f"medians of {options.rounds}")
        texts = compare_speed(options.kinothek, large, options.rounds)
        compare_cuts(texts["look"], texts["preview"])
        print(f"the whole of {os.path.basename(options.film)}:")
        compare_cuts(timed(options.kinothek, "look", options.film, "--quiet", "--json")[3],
                     timed(options.kinothek, "look", options.film, "--quiet", "--json", "--preview")[3])
        for hours in (1 / 6, 2) if options.memory else ():
            long = os.path.join(folder, "long.mkv")
            subprocess.run(["ffmpeg", *QUIET, "-stream_loop", "-1", "-i", options.film, "-t", str(hours * 3600), "-c",
                            "copy", long], check=True)
            wall, _, memory, _ = timed(options.kinothek, "look", long, "--quiet", "--json")
            print(f"{hours * 60:.0f} min: {memory:.0f} MiB, {wall:.0f} s")


main()
