// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_GRADUAL_H
#define KT_FILM_GRADUAL_H

#include "film/see.h"

/// Where a shot begins, and the pictures its transition lasts.
typedef struct KtBoundary {
  int frame;    ///< first of the new shot; 0: no boundary, but none may lie in its guard either
  int from, to; ///< pictures of the transition, inclusive
  int guard_from, guard_to; ///< no other boundary lies in here: the fade out too
  KtTransition transition;
  float confidence;
} KtBoundary;
typedef KT_ARRAY(KtBoundary) KtBoundaries;

/// `cuts`: how probably each picture is the first after a cut; no transition runs through one.
void kt_fades_find(const KtSights *sights, const float *cuts, KtRate rate, KtBoundaries *boundaries,
                   KtArena *arena); ///< fades.c
/// Dissolves and wipes.
void kt_mixes_find(const KtSights *sights, const float *cuts, KtRate rate, KtBoundaries *boundaries,
                   KtArena *arena); ///< gradual.c

#define KT_SURE_CUT 0.9F ///< probability

enum { KT_MIX_VALUES = KT_GRID * 3, KT_MIX_LENGTHS = 8 };

/// The window of the given length about a picture; false where the film has none there.
bool kt_mix_window(const KtSights *sights, KtRate rate, int at, int length, int *from, int *to);

/// The grid in steps that look alike: L* 0..255 stands 2.55 times too high.
void kt_grid_values(const KtSight *sight, float values[KT_MIX_VALUES]);

typedef struct KtMix {
  float share; ///< of the later picture
  float error; ///< what the mixture leaves, relative to the two pictures' distance
} KtMix;
/// The mixture of two pictures that is nearest to a third.
KtMix kt_mix_of(const float *from, const float *to, const KtSight *sight);

/// The flight of stairs nearest to the values: 0 up to `*low`, at its height from `*high` on, with
/// at least `least` between them and `*low` at most `last_low`. Root mean square distance relative
/// to the height; HUGE_VALF where none rises.
float kt_stairs_fit(const float *values, int count, int last_low, int least, int *low, int *high);

/// Whether what is new at `to` is gone, or what is gone was not there, soon after or before: what
/// passes before the lens, a burst of light.
bool kt_passes(const KtSights *sights, int from, int to);

/// A small tree of decisions: three questions, each whether a feature is below a threshold (then
/// left), lead to one of eight leaves.
enum { KT_TREE_NODES = 7, KT_TREE_LEAVES = 8 };
typedef struct KtTree {
  uint8_t feature[KT_TREE_NODES]; ///< node i leads to 2 i + 1 and 2 i + 2
  float threshold[KT_TREE_NODES];
  float leaf[KT_TREE_LEAVES];
} KtTree;
/// The probability that the sum of what the trees say stands for.
float kt_trees_ask(const KtTree *trees, size_t count, const float *features);

/// Whether two pictures show the same in another light: correlation of their lightness.
float kt_sights_alike(const KtSight *a, const KtSight *b);

/// How different a picture is from the one before: colours wherever they are, colours in their
/// place, and what no movement explains.
float kt_step_score(const KtSight *sight); ///< cuts.c

enum { KT_CUT_FEATURES = 17 };
/// What the step to picture `n` is judged by; false where it can be no cut.
bool kt_cut_features(const KtSights *sights, const float *scores, size_t n,
                     float features[KT_CUT_FEATURES]);
/// How probably picture `n` is the first after a cut.
float kt_cut_fit(const KtSights *sights, const float *scores, size_t n);

enum { KT_DISSOLVE_FEATURES = 15 };
/// What a window is judged by; false where it can be no dissolve.
bool kt_dissolve_features(const KtSights *sights, int from, int to,
                          float features[KT_DISSOLVE_FEATURES]);
/// How probably the pictures between the two are one turning into the other.
float kt_dissolve_fit(const KtSights *sights, int from, int to); ///< dissolves.c

/// Whether one picture takes the other's place along a moving border: 0 not at all, up to 1.
float kt_wipe_fit(const KtSights *sights, int from, int to); ///< wipes.c

#endif
