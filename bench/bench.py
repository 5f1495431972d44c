# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the whole program on a real film: speed against the film's own length and against
decoding alone, peak memory, and what a second update costs.

usage: bench.py KINOTHEK [FILM] [--hours N]   (N hours made by looping the film, for memory)
Without FILM it is Big Buck Bunny 512x288 in the folder that KINOTHEK_FILMS names."""
import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time


def timed(*args):
    """Wall seconds, peak memory in MiB and standard output of a command."""
    read, write = os.pipe()
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.dup2(write, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execvp(args[0], list(args))
    os.close(write)
    out = b""
    while chunk := os.read(read, 65536):
        out += chunk
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, args
    return time.monotonic() - start, usage.ru_maxrss / 1024, out.decode()


def seconds_of(film):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", film],
                          capture_output=True, text=True, check=True)
    return float(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinothek")
    parser.add_argument("film", nargs="?")
    parser.add_argument("--hours", type=float, default=0)
    options = parser.parse_args()
    if not options.film:
        if not os.environ.get("KINOTHEK_FILMS"):
            print("skipped: name a film, or set KINOTHEK_FILMS")
            return
        options.film = os.path.join(os.environ["KINOTHEK_FILMS"], "films", "big_buck_bunny_512x288_30fps.mp4")
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="kinothek-bench-") as folder:
        film = options.film
        if options.hours:
            length = seconds_of(film)
            loops = int(options.hours * 3600 / length + 0.999) - 1
            film = os.path.join(folder, "long.mkv")
            subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-stream_loop", str(loops), "-i", options.film,
                            "-c", "copy", film], check=True)
        length = seconds_of(film)
        decode, _, _ = timed("ffmpeg", "-v", "error", "-nostdin", "-i", film, "-f", "null", "-")
        out = os.path.join(folder, "out.kinothek")
        score, memory, _ = timed(options.kinothek, "score", film, "--film-sound", "drop", "--out", out, "--json")
        update = statistics.median(timed(options.kinothek, "update", out, "--json")[0] for _ in range(5))
        with open(os.path.join(out, "delivery", "report.json"), encoding="utf-8") as stream:
            timing = json.load(stream)["timing"]
        print(f"film                  {length:9.1f} s, {cores} cores")
        print(f"scored in             {score:9.1f} s   {length / score:6.2f} x as fast as it plays (wanted: 8)")
        print(f"decoding alone        {decode:9.1f} s   {score / decode:6.2f} x that (ffmpeg -f null, same run)")
        print(f"peak memory           {memory:9.0f} MiB (wanted: below 1024)")
        print(f"update, no change     {update:9.3f} s   (median of five; wanted: below 0.5)")
        for stage in timing:
            print(f"  {stage['stage']:<10} {stage['wall_s']:9.2f} s   {stage['wall_s'] / score:6.1%}")


main()
