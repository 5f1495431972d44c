// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Several proposals for each cue, marked by a critic; the best is kept.
#include "orchestrate/propose.h"

#include "base/data.h"
#include "base/rng.h"
#include "compose/lore.h"
#include "ear/recall.h"
#include "orchestrate/marks.h"
#include "orchestrate/orchestrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROPOSALS_MOST = 16, LOOK_BACK = 3 };

/// Nearer than this, two cues are heard as the same.
static const double ALIKE = 0.1;

typedef struct Weight {
  char *id;
  float weight;
} Weight;

typedef struct Weights {
  int proposals;
  Weight *weights;
  unsigned weights_count;
} Weights;

struct KtCritic {
  Weights *weights;
  KtNorms norms;
};

static const cyaml_schema_field_t WEIGHT_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, Weight, id, 1, 32), CYAML_FIELD_FLOAT("weight", 0, Weight, weight),
    CYAML_FIELD_END};
static const cyaml_schema_value_t WEIGHT = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Weight, WEIGHT_FIELDS)};
static const cyaml_schema_field_t WEIGHTS_FIELDS[] = {
    CYAML_FIELD_INT("proposals", 0, Weights, proposals),
    CYAML_FIELD_SEQUENCE("weights", CYAML_FLAG_POINTER, Weights, weights, &WEIGHT, 1, 32), CYAML_FIELD_END};
static const cyaml_schema_value_t WEIGHTS = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, Weights, WEIGHTS_FIELDS)};

KtStatus kt_critic_load(const KtContext *ctx, KtCritic **critic, KtError *err) {
  *critic = NULL;
  KtCritic *made = calloc(1, sizeof(*made));
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = kt_data_load(ctx, "critic.yaml", &WEIGHTS, (void **)&made->weights, NULL, err);
  if (!status) {
    status = kt_norms_load(ctx, &made->norms, err);
  }
  if (status) {
    kt_critic_free(made);
    return status;
  }
  *critic = made;
  return KT_OK;
}

void kt_critic_free(KtCritic *critic) {
  if (critic) {
    kt_data_free(&WEIGHTS, critic->weights, 0);
    kt_norms_free(&critic->norms);
    free(critic);
  }
}

static void mark(const KtCritic *critic, KtScore *score, const char *name, double value) {
  for (unsigned i = 0; i < critic->weights->weights_count; ++i) {
    const Weight *w = &critic->weights->weights[i];
    KtMark *slot = !strcmp(w->id, name) ? kt_array_push(score->arena, &score->marks) : NULL;
    if (slot) {
      *slot = (KtMark){name, (float)value, w->weight};
    }
  }
}

static double weigh(const KtScore *score) {
  double sum = 0, weights = 0;
  for (size_t i = 0; i < score->marks.count; ++i) {
    sum += (double)(score->marks.items[i].value * score->marks.items[i].weight);
    weights += (double)score->marks.items[i].weight;
  }
  return weights > 0 ? sum / weights : 0;
}

/// Statistics outside the middle 95 % of real scores (or of the palette's own) are noted; the mark is their share.
static double hold_to_norms(const KtCritic *critic, const KtDesk *desk, KtScore *score, const double *values) {
  const KtCue *cue = &desk->spotting->cues.items[score->cue];
  double seconds = kt_seconds(cue->out - cue->in);
  for (int s = 0; s < KT_STAT_COUNT; ++s) {
    const KtNormRange *range = kt_norm(&critic->norms, desk->palette->id, seconds, (KtStatistic)s);
    if (!range || isnan(values[s])) {
      continue;
    }
    ++score->counted;
    float value = (float)values[s];
    if (value >= range->low - 1e-4F && value <= range->high + 1e-4F) {
      continue;
    }
    KtOutlier *out = kt_array_push(score->arena, &score->outliers);
    if (out) {
      *out = (KtOutlier){kt_statistic_name((KtStatistic)s), value, range->low, range->high};
    }
  }
  double share = score->counted ? (double)score->outliers.count / score->counted : 0;
  return fmax(0, 1 - 3 * share);
}

/// What was meant to be recognised and is not (a metre or mode too far away, a line broken between players) is no
/// longer said to be.
static void unmark(KtArena *scratch, const KtThemes *themes, KtScore *score) {
  for (size_t i = 0; i < score->statements.count; ++i) {
    KtStatement *s = &score->statements.items[i];
    if (s->theme >= 0 && (size_t)s->theme < themes->items.count) {
      s->recognisable = s->recognisable && kt_heard_theme(scratch, &themes->items.items[s->theme], score,
                                                          s->start - KT_PPQ / 2, s->end, false);
    }
  }
}

static void judge(const KtCritic *critic, const KtDesk *desk, const KtOrchestra *orchestra, const KtThemes *themes,
                  KtProposal *one) {
  KtScore *score = one->score;
  KtArena *scratch = kt_arena_new();
  if (!scratch) {
    return;
  }
  size_t count = 0;
  const KtNote *lead = kt_leading_line(scratch, score, &count);
  kt_statistics(scratch, score, lead, count, 0, score->end, one->statistics);
  double repeated = one->statistics[KT_STAT_REPEATED_BARS];
  mark(critic, score, "themes", kt_mark_themes(scratch, themes, score));
  mark(critic, score, "tension", kt_mark_tension(scratch, desk, score));
  mark(critic, score, "emotion", kt_mark_emotion(desk, score));
  mark(critic, score, "words", kt_mark_words(desk, score));
  mark(critic, score, "crowding", kt_mark_crowding(score));
  mark(critic, score, "voices", kt_mark_voices(score));
  mark(critic, score, "playable", kt_mark_playable(orchestra, score));
  mark(critic, score, "monotony", isnan(repeated) ? 1 : fmax(0, 1 - 3 * repeated));
  mark(critic, score, "norms", hold_to_norms(critic, desk, score, one->statistics));
  one->total = weigh(score);
  unmark(scratch, themes, score);
  kt_arena_free(scratch);
}

void kt_proposals_free(KtProposals *proposals) {
  for (int i = 0; i < proposals->count; ++i) {
    kt_score_free(proposals->items[i].score);
  }
  *proposals = (KtProposals){.count = 0};
}

/// Another seed for each further proposal; the first has the production's own.
static uint64_t seed_of(uint64_t seed, int proposal) {
  KtRng rng = kt_rng(seed, "proposal");
  uint64_t other = seed;
  for (int i = 0; i < proposal; ++i) {
    other = kt_rng_next(&rng);
  }
  return other;
}

KtStatus kt_propose_cue(const KtDesk *desk, const KtOrchestra *orchestra, const KtCritic *critic, const KtThemes *themes,
                        const KtPlan *plan, int cue, KtProposals *out, KtError *err) {
  *out = (KtProposals){.count = 0};
  int wanted = critic->weights->proposals;
  wanted = wanted < 1 ? 1 : wanted > PROPOSALS_MOST ? PROPOSALS_MOST : wanted;
  KtLore lore = {0};
  KtHandbook *book = NULL;
  KtStatus status = kt_lore_load(desk->ctx, desk->palette ? desk->palette->id : NULL, &lore, err);
  status = status ? status : kt_handbook_load(desk->ctx, &book, err);
  for (int i = 0; i < wanted && !status; ++i) {
    KtContext ctx = *desk->ctx;
    KtDesk table = *desk;
    KtScore *sketch = NULL;
    ctx.seed = seed_of(desk->ctx->seed, i);
    table.ctx = &ctx;
    table.lore = &lore;
    KtProposal *one = &out->items[i];
    status = kt_compose_cue(&table, themes, plan, cue, &sketch, err);
    status = status ? status : kt_orchestrate(&ctx, book, orchestra, desk->palette, sketch, &one->score, err);
    kt_score_free(sketch);
    if (!status) {
      ++out->count;
      judge(critic, desk, orchestra, themes, one);
    }
  }
  kt_handbook_free(book);
  kt_lore_free(&lore);
  if (status) {
    kt_proposals_free(out);
  }
  return status;
}

/// How far two stretches of music are apart, 0 the same .. 1: statistics against how far they usually go.
static double distance(const KtCritic *critic, const double *a, const double *b) {
  double sum = 0, count = 0;
  for (int s = 0; s < KT_STAT_COUNT; ++s) {
    const KtNormRange *range = kt_norm(&critic->norms, NULL, 45, (KtStatistic)s);
    if (range && !isnan(a[s]) && !isnan(b[s])) {
      sum += fmin(1, fabs(a[s] - b[s]) / fmax(1e-3, (double)(range->high - range->low)));
      ++count;
    }
  }
  return count > 0 ? sum / count : 1;
}

void kt_choose_proposals(const KtCritic *critic, KtProposals *proposals, size_t cues, const int *set, KtScore **scores) {
  double before[LOOK_BACK][KT_STAT_COUNT];
  int known = 0;
  for (size_t c = 0; c < cues; ++c) {
    KtProposals *all = &proposals[c];
    int best = 0;
    for (int i = 0; i < all->count; ++i) {
      KtProposal *one = &all->items[i];
      double nearest = 1;
      for (int k = 0; k < known; ++k) {
        nearest = fmin(nearest, distance(critic, one->statistics, before[k]));
      }
      // only what is all but the same is marked down: a change in one cue leaves the others alone
      mark(critic, one->score, "likeness", fmin(1, nearest / ALIKE));
      one->total = weigh(one->score);
      best = one->total > all->items[best].total ? i : best;
    }
    if (!all->count) {
      continue;
    }
    best = set && set[c] >= 0 && set[c] < all->count ? set[c] : best;
    KtScore *kept = all->items[best].score;
    for (int i = 0; i < all->count; ++i) {
      float *total = kt_array_push(kept->arena, &kept->rivals);
      if (total) {
        *total = (float)all->items[i].total;
      }
    }
    kept->chosen = best;
    known = known < LOOK_BACK ? known + 1 : LOOK_BACK;
    memmove(before[1], before[0], sizeof(before[0]) * (LOOK_BACK - 1));
    memcpy(before[0], all->items[best].statistics, sizeof(before[0]));
    all->items[best].score = NULL;
    kt_proposals_free(all);
    scores[c] = kept;
  }
}
