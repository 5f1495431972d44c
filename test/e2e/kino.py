# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests share: films made on the spot, runs of the program, checks."""
import csv
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["KINOTHEK"]
FILMS = os.environ.get("KINOTHEK_FILMS")
SKIP = 77


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def shared(*parts):
    """A path in the folder of real films; skips the test where there is none."""
    if not FILMS:
        skip("KINOTHEK_FILMS is not set")
    return os.path.join(FILMS, *parts)


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *args], check=True)


def film(path, seconds=4, rate="24", sound="sine", extra=(), shots=2):
    """A small film of coloured shots with a moving box, with or without sound."""
    colours = ["navy", "darkgreen", "maroon", "gray", "orange"]
    each = seconds / shots
    graph = "".join(
        f"color=c={colours[i % 5]}:s=192x108:r={rate}:d={each},"
        f"drawbox=x='20+{20 + 10 * i}*t':y=40:w=30:h=30:c=white:t=fill[v{i}];" for i in range(shots))
    graph += "".join(f"[v{i}]" for i in range(shots)) + f"concat=n={shots}:v=1:a=0[v]"
    sounds = {"sine": ["-f", "lavfi", "-i", f"sine=330:r=48000:d={seconds}", "-map", "0:a"],
              "mono441": ["-f", "lavfi", "-i", f"anoisesrc=a=0.05:r=44100:d={seconds}:s=3", "-map", "0:a", "-ac", "1"],
              "5.1": ["-f", "lavfi", "-i", f"anoisesrc=a=0.05:r=48000:d={seconds}:s=3", "-map", "0:a", "-ac", "6"],
              None: []}[sound]
    inputs = sounds[:4]
    maps = sounds[4:]
    codec = ["-c:v", "libx264", "-preset", "ultrafast"]
    if sound:
        codec += ["-c:a", "aac"]
    ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", *maps, *codec, *extra, str(path))
    return str(path)


def run(*args, **kw):
    """Run the program; gives (status, stdout, stderr)."""
    kw.setdefault("timeout", 600)
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **kw)
    assert "AddressSanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def start(*args, **kw):
    return subprocess.Popen([PROGRAM, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, stdin=subprocess.DEVNULL, **kw)


def one_error_line(stderr, *words):
    """Exactly one line that is no progress and no note, with all the words in it."""
    stages = {"film", "story", "spot", "library", "compose", "render", "mix", "deliver"}
    lines = [l for l in stderr.splitlines() if l not in stages and not l.startswith("kinothek: note:")]
    assert len(lines) == 1, stderr
    for word in words:
        assert word.lower() in lines[0].lower(), (word, lines[0])
    return lines[0]


def no_half_files(folder):
    for path in pathlib.Path(folder).rglob("*"):
        assert not path.name.startswith(".kt-"), path
        if path.is_file() and path.suffix in (".json", ".csv", ".mid", ".wav", ".html", ".abc", ".mp4", ".mkv"):
            assert path.stat().st_size > 0, path


def table(folder, name):
    with open(os.path.join(folder, "delivery", name), encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def report(folder):
    with open(os.path.join(folder, "delivery", "report.json"), encoding="utf-8") as stream:
        return json.load(stream)


def probe(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def packets(path, stream="v:0"):
    """Hash of the packets of a stream as they are, timestamps included."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", f"0:{stream}", "-c", "copy",
                           "-f", "streamhash", "-hash", "md5", "-"], capture_output=True, text=True, check=True)
    return done.stdout.strip().split("=")[-1]


def main_picture(path):
    """Index of the largest picture, as a stream specifier."""
    streams = [s for s in probe(path)["streams"] if s["codec_type"] == "video"]
    return str(max(streams, key=lambda s: s["width"] * s["height"])["index"])


def scored(folder):
    found = list(pathlib.Path(folder, "delivery").glob("*.scored.*"))
    assert len(found) == 1, found
    return str(found[0])


def main(cases):
    name = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="kinothek-test-") as folder:
        os.chdir(folder)
        cases[name](pathlib.Path(folder))
    print("ok", name)
