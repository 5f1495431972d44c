# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grows the trees by which cuts and dissolves are judged: gradient boosting (Friedman 2001, with second derivatives)
over what bench/windows prints of the development films (assemble.py) and of real films whose transitions are known.
Films that are held out are not used; the shots they are made of are, where they lie in those real films.

usage: fit_shots.py WINDOWS FOLDER [--films N] [--keep FOLDER]    (writes FOLDER/cut_trees.h, dissolve_trees.h)"""
import argparse
import os
import subprocess
import tempfile

import numpy as np

import assemble
import shots

NAMES = {"cut": ["step", "colour distance, log", "distance, log", "residue", "above the calmer side, log", "above both sides, log",
                 "distance by contrast, log", "back at once", "from before at once", "back by degrees",
                 "from before by degrees", "back when it is dark", "from before the light", "leap of brightness", "unlikeness of lightness, log", "change of edges",
                 "change by contrast"],
         "dissolve": ["distance of the ends, log", "share of the picture that changes", "likeness of lightness",
                      "middle off the line", "middle off half", "share off even", "off the line", "share runs back",
                      "share leaps", "drift beside", "larger drift beside", "residue above that beside",
                      "edges in the middle", "colour distance", "length, log"]}
# Real films: their cuts, and stretches that are gradual and so are no example.
BUNNY_CUTS = [a for a in assemble.BUNNY_STARTS if a not in (9090, 9155, 13930, 14012, 14790)] + [18564]
REAL = {assemble.BUNNY: (BUNNY_CUTS, [(0, 160), (9080, 9160), (13930, 14012), (14780, 14870), (18525, 18563), (19029, 19040)]),
        "nasa_two_streams_2997fps.mp4": ([240], [(140, 190)]), "chaplin_one_shot_25fps.mp4": ([], []),
        "his_girl_friday_6s_30fps.mp4": ([], []), assemble.POPEYE_A: ([567, 661, 994], []),
        assemble.POPEYE_B: ([297, 657, 962], [])}
TREES, DEPTH, RATE, LEAST_WEIGHT, PENALTY = {"cut": 60, "dissolve": 60}, 3, 0.15, 2, 3


def windows(program, film, truth, examples):
    out = subprocess.run([program, film], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        letter, *values = line.split()
        kind, values = {"c": "cut", "d": "dissolve"}[letter], [float(v) for v in values]
        window = (kind, values[0], values[1])
        near = [t for t in truth if shots.overlap(window, t) > 0 and (kind == "cut" or t[0] != "cut")]
        is_one = any(t[0] == kind and shots.overlap(window, t) > 0.7 for t in near)
        if is_one or not near or (kind == "cut" and all(window[1] > t[1] + 2 and window[1] < t[2] - 1 for t in near)):
            examples[kind].append((values[2:], is_one))


def split(x, slope, curve):
    """The question that parts the examples best, or None."""
    all_slope, all_curve, best = slope.sum(), curve.sum(), (1e-3, None)
    for feature in range(x.shape[1]):
        order = np.argsort(x[:, feature], kind="stable")
        value, left, weight = x[order, feature], np.cumsum(slope[order])[:-1], np.cumsum(curve[order])[:-1]
        may = (value[1:] > value[:-1] + 1e-6) & (weight > LEAST_WEIGHT) & (all_curve - weight > LEAST_WEIGHT)
        gain = np.where(may, left ** 2 / (weight + PENALTY) + (all_slope - left) ** 2 / (all_curve - weight + PENALTY)
                        - all_slope ** 2 / (all_curve + PENALTY), -1)
        if len(gain) and gain.max() > best[0]:
            at = gain.argmax()
            best = (gain[at], (feature, (value[at] + value[at + 1]) / 2))
    return best[1]


def grow(x, slope, curve, node, tree):
    """A full tree: where no question helps, both ways lead to the same."""
    if node >= 2 ** DEPTH - 1:
        tree["leaf"][node - 2 ** DEPTH + 1] = -RATE * slope.sum() / (curve.sum() + PENALTY)
        return
    found = split(x, slope, curve) if len(x) > 1 else None
    tree["feature"][node], tree["threshold"][node] = found or (0, 1e9)
    left = x[:, tree["feature"][node]] < tree["threshold"][node]
    grow(x[left], slope[left], curve[left], 2 * node + 1, tree)
    grow(x[~left], slope[~left], curve[~left], 2 * node + 2, tree)


def ask(tree, x):
    node = np.zeros(len(x), int)
    for _ in range(DEPTH):
        left = x[np.arange(len(x)), np.array(tree["feature"])[node]] < np.array(tree["threshold"])[node]
        node = 2 * node + np.where(left, 1, 2)
    return np.array(tree["leaf"])[node - 2 ** DEPTH + 1]


def boost(x, y, count):
    trees, sum_ = [], np.zeros(len(x))
    for _ in range(count):
        p = 1 / (1 + np.exp(-sum_))
        tree = {"feature": [0] * (2 ** DEPTH - 1), "threshold": [0.0] * (2 ** DEPTH - 1), "leaf": [0.0] * 2 ** DEPTH}
        grow(x, p - y, p * (1 - p), 0, tree)
        sum_ += ask(tree, x)
        trees.append(tree)
    return trees


def write(folder, kind, examples, films):
    x, y = np.array([e[0] for e in examples]), np.array([float(e[1]) for e in examples])
    trees = boost(x, y, TREES[kind])
    with open(os.path.join(folder, kind + "_trees.h"), "w", encoding="utf-8") as file:
        guard = f"KT_FILM_{kind.upper()}_TREES_H"
        file.write("// Copyright 2026 The Kinothek authors\n// SPDX-License-Identifier: GPL-3.0-or-later\n"
                   f"#ifndef {guard}\n#define {guard}\n\n#include \"film/gradual.h\"\n\n"
                   f"// Grown by bench/fit_shots.py: {len(y)} examples, {int(y.sum())} of them true, from {films} films.\n"
                   f"// Features: {', '.join(f'{i} {n}' for i, n in enumerate(NAMES[kind]))}.\n"
                   f"// clang-format off\nstatic const KtTree {kind}_trees[] = {{\n")
        for tree in trees:
            file.write("  {{" + ", ".join(map(str, tree["feature"])) + "},\n   {"
                       + ", ".join(f"{v:.5g}F" if "." in f"{v:.5g}" or "e" in f"{v:.5g}" else f"{v:.5g}.0F" for v in tree["threshold"])
                       + "},\n   {" + ", ".join(f"{v:.4f}F" for v in tree["leaf"]) + "}},\n")
        file.write("};\n// clang-format on\n\n#endif\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("windows")
    parser.add_argument("folder")
    parser.add_argument("--films", type=int, default=40)
    parser.add_argument("--keep")
    options = parser.parse_args()
    place, examples = shots.films_folder(), {"cut": [], "dissolve": []}
    with tempfile.TemporaryDirectory(prefix="kinothek-fit-") as scratch:
        for number in range(options.films):
            film, facts = shots.make(options.keep or scratch, place, False, number)
            windows(options.windows, film, facts["truth"], examples)
    for name, (cuts, spans) in REAL.items():
        windows(options.windows, os.path.join(place, name),
                [("cut", c, c) for c in cuts] + [("gradual", a, b) for a, b in spans], examples)
    for kind, found in examples.items():
        write(options.folder, kind, found, options.films + len(REAL))


if __name__ == "__main__":
    main()
