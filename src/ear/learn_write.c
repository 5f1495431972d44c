// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "ear/learn_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/// Fewer windows of a length say nothing of what is usual; fewer notes together, fewer runs neither.
enum { WINDOWS_LEAST = 12, TOGETHER_LEAST = 500, RUNS_LEAST = 40, PAIRS_TOLD = 40 };

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(double *values, int count, double at) {
  qsort(values, (size_t)count, sizeof(*values), by_value);
  return count ? values[(int)lround((count - 1) * at)] : 0;
}

static void head(FILE *out, const char *source, const char *what) {
  fprintf(out, "# SPDX-License-Identifier: GPL-3.0-or-later\n# %s\n# Counted in %s, not written by hand.\n", what, source);
}

static void write_windows(FILE *out, const char *source, KtLearned *learned) {
  head(out, source, "What stretches of music measure: the middle 95 % of each statistic.");
  for (int l = 0; l < KT_LEARN_LENGTHS && (!l || learned->windows[l] >= WINDOWS_LEAST); ++l) {
    fprintf(out, "- seconds: %g\n  windows: %d\n  ranges:\n", KT_LEARN_SECONDS[l], learned->windows[l]);
    for (int s = 0; s < KT_STAT_COUNT; ++s) {
      double *v = learned->values[l][s];
      int n = learned->count[l][s];
      fprintf(out, "    - {id: %s, low: %.4f, middle: %.4f, high: %.4f}\n", kt_statistic_name((KtStatistic)s),
              quantile(v, n, 0.025), quantile(v, n, 0.5), quantile(v, n, 0.975));
    }
  }
}

static void shares(FILE *out, const char *indent, const char *name, const double *values, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += values[i];
  }
  fprintf(out, "%s%s: [", indent, name);
  for (int i = 0; i < count; ++i) {
    fprintf(out, "%s%.4f", i ? ", " : "", sum > 0 ? values[i] / sum : 0);
  }
  fprintf(out, "]\n");
}

static void write_lines(FILE *out, const char *source, KtLearned *learned) {
  head(out, source, "How leading lines move. Intervals: shares of -12 .. 12 semitones.");
  shares(out, "", "intervals", learned->intervals, 25);
  fprintf(out, "quarters: [");
  for (int i = 0; i < KT_LEARN_RHYTHMS; ++i) {
    fprintf(out, "%s%.4f", i ? ", " : "", KT_LEARN_QUARTERS[i]);
  }
  fprintf(out, "]\n");
  shares(out, "", "rhythms", learned->rhythms, KT_LEARN_RHYTHMS);
  fprintf(out, "# after a tone of each length (rows as in quarters), shares of the next one's\nfollows:\n");
  for (int i = 0; i < KT_LEARN_RHYTHMS; ++i) {
    shares(out, "  - ", "next", learned->pairs[i], KT_LEARN_RHYTHMS);
  }
  fprintf(out, "phrase_s: {low: %.2f, middle: %.2f, high: %.2f}\n", quantile(learned->phrase_s, learned->phrases, 0.1),
          quantile(learned->phrase_s, learned->phrases, 0.5), quantile(learned->phrase_s, learned->phrases, 0.9));
  fprintf(out, "lead_bars: {low: %.1f, middle: %.1f, high: %.1f}\n", quantile(learned->change_bars, learned->changes, 0.1),
          quantile(learned->change_bars, learned->changes, 0.5), quantile(learned->change_bars, learned->changes, 0.9));
}

static int by_octaves(const void *a, const void *b) {
  const KtLearnPair *x = a, *y = b;
  double p = x->octave0 + x->octave1, q = y->octave0 + y->octave1;
  return (p < q) - (p > q);
}

static void write_voices(FILE *out, const char *source, KtLearned *learned) {
  head(out, source, "Spacing: shares of 0 .. 24 semitones between neighbouring pitches, by the lower one's register.");
  shares(out, "", "gaps_below_c3", learned->gaps[0], KT_LEARN_GAPS);
  shares(out, "", "gaps_middle", learned->gaps[1], KT_LEARN_GAPS);
  shares(out, "", "gaps_above_c5", learned->gaps[2], KT_LEARN_GAPS);
  fprintf(out, "# roots of triads: shares of motion upwards by 0 .. 11 semitones; then by quality\n");
  shares(out, "", "roots", learned->roots, 12);
  static const char *const names[2][2] = {{"major_to_major", "major_to_minor"}, {"minor_to_major", "minor_to_minor"}};
  for (int a = 0; a < 2; ++a) {
    for (int b = 0; b < 2; ++b) {
      shares(out, "", names[a][b], learned->moves[a][b], 12);
    }
  }
  qsort(learned->doublings, (size_t)learned->doubling_count, sizeof(KtLearnPair), by_octaves);
  fprintf(out, "# notes that two players have together: shares in unison, in octaves, in other intervals\ndoublings:\n");
  double told = 0;
  for (int i = 0; i < learned->doubling_count && i < PAIRS_TOLD; ++i) {
    const KtLearnPair *d = &learned->doublings[i];
    double sum = d->octave0 + d->octave1 + d->other;
    if (sum > TOGETHER_LEAST) {
      told += fprintf(out, "  - {pair: %s, unison: %.3f, octave: %.3f, notes: %.0f}\n", d->pair, d->octave0 / sum, d->octave1 / sum, sum);
    }
  }
  fprintf(out, "%s# how long an instrument plays before a quarter second of rest, seconds: in the middle, at nine tenths\nruns:\n",
          told > 0 ? "" : "  []\n");
  told = 0;
  for (int i = 0; i < learned->run_count; ++i) {
    KtLearnRuns *r = &learned->runs[i];
    if (r->count >= RUNS_LEAST) {
      told += fprintf(out, "  - {name: %s, middle: %.2f, most: %.2f, runs: %d}\n", r->name,
                      quantile(r->seconds, r->count, 0.5), quantile(r->seconds, r->count, 0.9), r->count);
    }
  }
  fprintf(out, "%s", told > 0 ? "" : "  []\n");
}

static KtStatus save(KtLearned *learned, const char *folder, const char *name, const char *source,
                     void (*write)(FILE *, const char *, KtLearned *), KtError *err) {
  KtArena *arena = kt_arena_new();
  KtAtomicFile file;
  KtStatus status = arena ? kt_atomic_open(&file, kt_path_join(arena, folder, name), err)
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    write(file.stream, source, learned);
    status = kt_atomic_commit(&file, err);
  }
  kt_arena_free(arena);
  return status;
}

KtStatus kt_learned_write(KtLearned *learned, const char *folder, const char *source, KtError *err) {
  if (!learned->windows[0] || !learned->count[1][KT_STAT_LEAD_STEP]) {
    return kt_error_at(err, KT_ERR_ARGUMENT, folder, 0, 0, "too little music to learn from; it takes half a minute with a leading line at least");
  }
  KtStatus status = kt_make_dirs(folder, err);
  status = status ? status : save(learned, folder, "windows.yaml", source, write_windows, err);
  status = status ? status : save(learned, folder, "lines.yaml", source, write_lines, err);
  return status ? status : save(learned, folder, "voices.yaml", source, write_voices, err);
}
