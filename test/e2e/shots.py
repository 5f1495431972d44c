# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shots of films put together with exactly known transitions; bench/shots.py measures more of them."""
import os
import sys
import tempfile

import kino

try:
    import numpy  # noqa: F401
except ImportError:
    kino.skip("python3-numpy is not installed")
sys.path.insert(0, os.path.join(os.environ["KINOTHEK_SOURCE"], "bench"))
import shots  # noqa: E402


def main():
    place = shots.films_folder()
    if not place:
        kino.skip("KINOTHEK_FILMS is not set")
    tally = shots.Tally()
    with tempfile.TemporaryDirectory(prefix="kinothek-e2e-") as folder:
        for number in (101, 102, 103):
            film, facts = shots.make(folder, place, True, number, 10)
            found = shots.look(kino.PROGRAM, film)
            assert all(f[1] <= f[2] < facts["frames"] for f in found), found
            shots.score(tally, found, facts, print)
    shots.line("three held-out films", tally)
    assert tally.f1("cut") >= 0.95, "cuts"
    gradual = sum(tally.hit.get(g, 0) for g in ("dissolve", "fade", "wipe"))
    assert gradual >= 0.7 * sum(tally.true.get(g, 0) for g in ("dissolve", "fade", "wipe")), "gradual transitions"
    assert tally.caught <= 1, "traps taken for cuts"


if __name__ == "__main__":
    main()
