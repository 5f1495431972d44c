# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a screenplay in Fountain of about so many pages to standard output, the same for the same
seed: usage: make_script.py [PAGES] [SEED]"""
import random
import sys

PEOPLE = ["NURA", "OMAR", "MR. COOPER", "ELEANOR", "THE CAPTAIN", "JOHNNY", "BARBRA", "A SAILOR"]
PLACES = ["HARBOUR", "FARMHOUSE HALL", "LIGHTHOUSE STAIRS", "MARKET", "OPEN SEA", "CELLAR", "TRAIN", "GARDEN"]
TIMES = ["DAY", "NIGHT", "DAWN", "EVENING"]
WORDS = ("the a lamp door storm light hand face voice silence wave wind house brother mother friend enemy fear joy "
         "grief hope runs falls waits laughs weeps screams whispers turns looks opens closes breaks burns holds "
         "slowly suddenly never always still dark bright cold warm old young lost alone together safe afraid").split()


def sentence(rng, least, most):
    words = [rng.choice(WORDS) for _ in range(rng.randint(least, most))]
    return " ".join(words).capitalize() + rng.choice([".", ".", ".", "!", "?"])


def main():
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    out, lines = ["Title: The Generated Lamp", "Author: Nobody", ""], 0.0
    while lines < 55 * pages:
        out += [f"{rng.choice(['INT.', 'EXT.'])} {rng.choice(PLACES)} - {rng.choice(TIMES)}", ""]
        lines += 3
        cast = rng.sample(PEOPLE, 3)
        for _ in range(rng.randint(4, 14)):
            if rng.random() < 0.4:
                text = f"{cast[0].title()} {sentence(rng, 6, 40)}"
                out += [text, ""]
                lines += len(text) // 60 + 2
            else:
                text = sentence(rng, 3, 25)
                out += [rng.choice(cast), text, ""]
                lines += len(text) // 35 + 3
    sys.stdout.write("\n".join(out) + "\n")


main()
