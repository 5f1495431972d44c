# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a story is read: size of the lexicon, what share of the running words of real scripts and
captions it knows, how long a script of 120 pages takes, and how well scripts find their films.

usage: bench_story.py KINOTHEK BENCH_ALIGN   (scripts and the talkie from the folder KINOTHEK_FILMS)"""
import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def lexicon_size():
    text = (ROOT / "data" / "lexicon" / "en.yaml").read_text(encoding="utf-8")
    words = {word for group in re.findall(r'words: "([^"]*)"', text) for word in group.split()}
    rated = {entry.split()[0] for entry in
             re.search(r"ratings: >-\n(.*?)\nfamilies:", text, re.S).group(1).replace("\n", " ").split(",")}
    print(f"lexicon               {len(rated | words):6} entries, {len(rated)} graded singly, "
          f"{sum('_' in word for word in words)} idioms")


def known_beside(kinothek, words, other):
    """Share known of each word and another: half tells which of the two is."""
    done = subprocess.run([kinothek, "words"], input="".join(f"{word} {other}\n" for word in words),
                          capture_output=True, text=True, check=True)
    return [float(line.split("\t")[5]) for line in done.stdout.splitlines()]


def coverage(kinothek, path):
    """Running words, those known that carry feeling (function words do not), and the unknown ones."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".srt", ".vtt"):
        text = re.sub(r"^(WEBVTT.*|\d+|.*-->.*)$|<[^>]*>", "", text, flags=re.M)
    words = [word.strip("'\u2019").lower() for word in re.findall(r"[A-Za-z\u2019']{2,}", text)]
    words = [word for word in words if word]
    felt = sum(known == 0.5 for known in known_beside(kinothek, words, "zqxv"))
    unknown = [word for word, known in zip(words, known_beside(kinothek, words, "happy")) if known == 0.5]
    return len(words), felt, unknown


def main():
    kinothek, align = sys.argv[1:3]
    lexicon_size()
    films = os.environ.get("KINOTHEK_FILMS")
    folder = pathlib.Path(films) if films else None
    texts = [*folder.glob("screenplays/*.fountain"), *folder.glob("subtitles/*.vtt")] if films else []
    for path in sorted(texts):
        if path.stat().st_size >= 1500:
            count, felt, unknown = coverage(kinothek, path)
            often = " ".join(word for word, _ in collections.Counter(unknown).most_common(8))
            print(f"{path.name:<28} {count:5} words; of those that carry feeling "
                  f"{felt / max(1, felt + len(unknown)):6.1%} known; not: {often}")
    sys.stdout.flush()
    subprocess.run([align], check=True)


main()
