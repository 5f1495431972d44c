# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well shots are found: films with exactly known transitions, put together from single shots of real films
(assemble.py), looked at by kinothek and by ffmpeg's scdet and select, each of these at the threshold that suits
it best on these very films.

usage: shots.py KINOTHEK [--films N] [--keep FOLDER] [--verbose]
KINOTHEK_FILMS names the folder of real films. Development films use two shots of three, held-out films the third."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import assemble

HELD_OUT_SEED = 7000


def films_folder():
    place = os.environ.get("KINOTHEK_FILMS")
    for folder in [place and os.path.join(place, "films"), place]:
        if folder and os.path.exists(os.path.join(folder, assemble.BUNNY)):
            return folder
    return None


def shots_of(held_out):
    return [s for i, s in enumerate(assemble.SHOTS) if (i // 4 % 3 == 2) == held_out]


def make(folder, place, held_out, number, length=16):
    """The film and what is true of it; made once where the folder is kept."""
    name = os.path.join(folder, f"{'held' if held_out else 'dev'}{number}_{length}")
    if not os.path.exists(name + ".json"):
        film = assemble.Film(place, number + (HELD_OUT_SEED if held_out else 0), shots_of(held_out), length)
        facts = film.write(name + ".mkv")
        with open(name + ".json", "w", encoding="utf-8") as file:
            json.dump(facts, file)
    with open(name + ".json", encoding="utf-8") as file:
        return name + ".mkv", json.load(file)


def look(program, film):
    out = subprocess.run([program, "look", "--json", film], capture_output=True, text=True, check=True).stdout
    return [(s["transition"], s["transition_start_frame"], s["transition_end_frame"]) if s["transition"] != "cut"
            else ("cut", s["start_frame"], s["start_frame"]) for s in json.loads(out)["shots"][1:]]


def scores(film):
    """What scdet and select give each picture."""
    out = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", film, "-vf",
                          "scdet=threshold=100,select='gte(scene,0)',metadata=print:file=-", "-f", "null", "-"],
                         capture_output=True, text=True, check=True).stdout
    return {"scdet": [float(v) for v in re.findall(r"lavfi\.scd\.score=([\d.]+)", out)],
            "select": [float(v) for v in re.findall(r"lavfi\.scene_score=([\d.]+)", out)]}


def overlap(a, b):
    both = min(a[2], b[2]) - max(a[1], b[1]) + 1
    return max(0, both) / (max(a[2], b[2]) - min(a[1], b[1]) + 1)


class Tally:
    def __init__(self):
        self.hit, self.found, self.true = {}, {}, {}
        self.traps = self.caught = 0
        self.edges = []

    def add(self, group, hit, found, true):
        for store, value in ((self.hit, hit), (self.found, found), (self.true, true)):
            store[group] = store.get(group, 0) + value

    def f1(self, group):
        return 2 * self.hit.get(group, 0) / max(1, self.found.get(group, 0) + self.true.get(group, 0))


def group_of(kind):
    return "fade" if kind.startswith("fade") else kind


def score(tally, found, facts, say=None):
    truth = [tuple(t) for t in facts["truth"]]
    cuts, true_cuts = {f[1] for f in found if f[0] == "cut"}, {t[1] for t in truth if t[0] == "cut"}
    tally.add("cut", len(cuts & true_cuts), len(cuts), len(true_cuts))
    for group in ("dissolve", "fade", "wipe"):
        mine, theirs = [f for f in found if group_of(f[0]) == group], [t for t in truth if group_of(t[0]) == group]
        pairs = [(f, t) for t in theirs for f in mine if overlap(f, t) >= 0.5]
        tally.add(group, len(pairs), len(mine), len(theirs))
        tally.edges += [abs(f[1] - t[1]) + abs(f[2] - t[2]) for f, t in pairs]
        tally.add(group + " named", sum(f[0] == t[0] for f, t in pairs), 0, len(pairs))
        if say:
            for t in theirs:
                if not any(overlap(f, t) >= 0.5 for f in mine):
                    say(f"missed {t}; there: {[f for f in found if f[2] >= t[1] - 3 and f[1] <= t[2] + 3]}")
            for f in mine:
                if not any(overlap(f, t) >= 0.5 for t in theirs):
                    say(f"false {f}; there: {[t for t in truth + facts['traps'] if t[2] >= f[1] - 3 and t[1] <= f[2] + 3]}")
    for trap in facts["traps"]:
        tally.traps += 1
        tally.caught += any(trap[1] - 1 <= c <= trap[2] + 1 for c in cuts - true_cuts)
    if say:
        for c in sorted(true_cuts - cuts):
            say(f"missed cut {c}; there: {[f for f in found if f[2] >= c - 5 and f[1] <= c + 5]}")
        for c in sorted(cuts - true_cuts):
            say(f"false cut {c}; there: {[t for t in truth + facts['traps'] if t[2] >= c - 5 and t[1] <= c + 5]}")


def best_threshold(name, all_scores, all_facts):
    values = sorted({round(v, 3) for s in all_scores for v in s[name] if v > (1 if name == "scdet" else 0.02)})
    best = None
    for threshold in values[:: max(1, len(values) // 150)]:
        tally = Tally()
        for given, facts in zip(all_scores, all_facts):
            score(tally, [("cut", i, i) for i, v in enumerate(given[name]) if v >= threshold and i], facts)
        if not best or tally.f1("cut") > best[0].f1("cut"):
            best = (tally, threshold)
    return best


def line(name, tally):
    edges = sum(tally.edges) / (2 * len(tally.edges)) if tally.edges else 0
    print(f"{name:24} {tally.f1('cut'):6.3f} {tally.f1('dissolve'):9.3f} {tally.f1('fade'):6.3f} {tally.f1('wipe'):6.3f} "
          f"{tally.caught:6d} of {tally.traps:<4d} {edges:8.1f}")


def run_set(program, folder, place, held_out, count, options):
    made = [make(folder, place, held_out, n) for n in range(count)]
    facts = [f for _, f in made]
    ours = Tally()
    for path, fact in made:
        say = (lambda text, p=path: print(f"  {os.path.basename(p)} {text}")) if options.verbose else None
        if say:
            say(f"{fact['rate']} {fact['treatment']} {fact['encoder']}")
        score(ours, look(program, path), fact, say)
    kinds = {}
    for f in facts:
        for t in f["truth"]:
            kinds[group_of(t[0])] = kinds.get(group_of(t[0]), 0) + 1
    print(f"{'held out' if held_out else 'development'}: {count} films, {sum(f['frames'] for f in facts)} pictures, "
          + ", ".join(f"{n} {k}s" for k, n in sorted(kinds.items())))
    print(f"{'':24} {'cuts':>6} {'dissolves':>9} {'fades':>6} {'wipes':>6} {'traps cut':>14} {'edges off':>8}")
    line("kinothek", ours)
    if not options.quick:
        given = [scores(path) for path, _ in made]
        for name in ("scdet", "select"):
            tally, threshold = best_threshold(name, given, facts)
            line(f"{name}, best at {threshold:.3g}", tally)
    return ours


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinothek")
    parser.add_argument("--films", type=int, default=16)
    parser.add_argument("--keep")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--quick", action="store_true", help="without the others")
    parser.add_argument("--only", choices=["dev", "held"])
    options = parser.parse_args()
    place = films_folder()
    if not place:
        print("skipped: KINOTHEK_FILMS names no folder of films")
        return 0
    with tempfile.TemporaryDirectory(prefix="kinothek-shots-") as scratch:
        folder = options.keep or scratch
        os.makedirs(folder, exist_ok=True)
        for held_out in (False, True):
            if options.only != ("dev" if held_out else "held"):
                run_set(options.kinothek, folder, place, held_out, options.films, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
