// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_FIGURES_H
#define KT_COMPOSE_FIGURES_H

#include "compose/lore.h"

enum { KT_FIGURE_STEPS = 96, KT_FIGURE_TOGETHER = 4 };

/// One way in which a figure changes its shape; what is 0 or false is left as it is. Counts are of onsets within a row.
typedef struct KtFigureVariant {
  char *id;
  float weight;
  float lean;     ///< -1 for when energy falls .. 1 for when it rises
  bool invert;    ///< what went up goes down
  bool reverse;   ///< tones backwards in the same rhythm
  int rotate;     ///< tones come so many onsets later
  int raise;      ///< tones of the chord higher
  int neighbour;  ///< each so manieth onset is the scale's neighbour
  int leap;       ///< each so manieth onset is a tone of the chord higher
  int thin, hold; ///< each so manieth onset is a rest, or held over from the one before
  int fill;       ///< each so manieth rest is a tone
  int accent;     ///< accents on each so manieth step instead of the figure's own
  float breath;   ///< nothing after this share of the bar; 0 off
} KtFigureVariant;

/// data/variants.yaml
typedef struct KtVariantLore {
  int least, most, colour;  ///< bars a shape stays: at a phrase's joint, in any case, in colours
  int row;                  ///< bars one shape comes in a row at most
  char **bass;              ///< what a pulsing bass does in a bar, step by step
  unsigned bass_count;
  KtFigureVariant *variants; ///< the first leaves all as it is
  unsigned variants_count;
} KtVariantLore;

KtStatus kt_variant_lore_load(const KtContext *ctx, KtVariantLore **lore, KtError *err);
void kt_variant_lore_free(KtVariantLore *lore);

typedef struct KtFigureStep {
  int8_t tones[KT_FIGURE_TOGETHER];
  int8_t count;     ///< 0 rest, -1 the one before is held
  int8_t neighbour; ///< 1 above, -1 below, 0 the tone itself
  bool accent;
  bool bass;        ///< the first of its tones is the bass's
} KtFigureStep;

/// A pattern's steps.
typedef struct KtFigureRow {
  KtFigureStep steps[KT_FIGURE_STEPS];
  int count, onsets;
} KtFigureRow;

/// Reads a pattern (data/figures.yaml explains the notation).
void kt_figure_row(const char *pattern, KtFigureRow *row);
/// A row for bars of so many steps: it fills one bar, or a whole number of them, or runs `across` bar lines as it is.
void kt_figure_fit(KtFigureRow *row, int steps, bool across);
/// A row changed by a variant; `bar` is the number of steps in a bar.
void kt_figure_vary(const KtFigureRow *row, const KtFigureVariant *variant, int bar, KtFigureRow *out);
/// Whether the first bars of two rows have other onsets or, unless only `rhythm` can be heard, go other ways.
bool kt_figure_differs(const KtFigureRow *a, const KtFigureRow *b, int bar, bool rhythm);

#endif
