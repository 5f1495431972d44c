// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Several proposals for each cue, marked by a critic; the best is kept.
#include "orchestrate/propose.h"

#include "base/data.h"
#include "base/rng.h"
#include "compose/lore.h"
#include "ear/recall.h"
#include "orchestrate/handbook.h"
#include "orchestrate/marks.h"
#include "orchestrate/remedies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COURSES = 4 };

/// How far the first and each next of a round of further proposals lean, steps of a remedy.
static const double LEAST_LEAN = 0.7, LEAN_STEP = 0.6;

/// Nearer than this, two cues are heard as the same.
static const double ALIKE = 0.1;

typedef struct Weight {
  char *id;
  float weight;
} Weight;

typedef struct Weights {
  int proposals;
  int further;      ///< at most, where none of them keeps to real scores
  float outside;    ///< share of statistics that may lie outside those of real scores
  float aim;        ///< share to which further ones go on, so that another who counts finds it so too
  float from_s;     ///< in cues of so many seconds and more
  KtRemedy *remedies;
  unsigned remedies_count;
  Weight *weights;
  unsigned weights_count;
} Weights;

struct KtCritic {
  Weights *weights;
  KtNorms norms;
  KtWritingRules *writing;
};

static const cyaml_schema_field_t WEIGHT_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, Weight, id, 1, 32), CYAML_FIELD_FLOAT("weight", 0, Weight, weight),
    CYAML_FIELD_END};
static const cyaml_schema_value_t WEIGHT = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Weight, WEIGHT_FIELDS)};
static const cyaml_schema_field_t WEIGHTS_FIELDS[] = {
    CYAML_FIELD_INT("proposals", 0, Weights, proposals),
    CYAML_FIELD_INT("further", 0, Weights, further),
    CYAML_FIELD_FLOAT("outside", 0, Weights, outside),
    CYAML_FIELD_FLOAT("aim", 0, Weights, aim),
    CYAML_FIELD_FLOAT("from_s", 0, Weights, from_s),
    CYAML_FIELD_SEQUENCE("remedies", CYAML_FLAG_POINTER, Weights, remedies, &KT_REMEDY, 0, KT_REMEDIES_MOST),
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
  status = status ? status : kt_writing_load(ctx, &made->writing, err);
  for (unsigned i = 0; !status && i < made->weights->remedies_count; ++i) {
    const KtRemedy *r = &made->weights->remedies[i];
    if (!kt_remedy_known(r)) {
      status = kt_error_at(err, KT_ERR_FORMAT, "critic.yaml", 0, 0,
                           "remedy %u (outside: %s, side: %s, habit: %s) names no statistic of learned/windows.yaml, no side "
                           "(low, high) or no habit that can be leaned", i + 1, r->outside, r->side, r->habit);
    }
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
    kt_writing_free(critic->writing);
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
    KtNormRange range;
    if (isnan(values[s]) || !kt_norm(&critic->norms, desk->palette->id, seconds, (KtStatistic)s, &range)) {
      continue;
    }
    ++score->counted;
    float value = (float)values[s];
    if (value >= range.low - 1e-4F && value <= range.high + 1e-4F) {
      continue;
    }
    KtOutlier *out = kt_array_push(score->arena, &score->outliers);
    if (out) {
      *out = (KtOutlier){kt_statistic_name((KtStatistic)s), value, range.low, range.high};
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
  mark(critic, score, "voices", kt_mark_voices(scratch, critic->writing, score));
  mark(critic, score, "playable", kt_mark_playable(orchestra, score));
  mark(critic, score, "monotony", isnan(repeated) ? 1 : fmax(0, 1 - 3 * repeated));
  mark(critic, score, "loops", kt_mark_loops(scratch, score));
  mark(critic, score, "phrases", kt_mark_phrases(scratch, lead, count));
  mark(critic, score, "offbeats", kt_mark_offbeats(score));
  mark(critic, score, "chord_pace", kt_mark_chord_pace(score));
  mark(critic, score, "bass", kt_mark_bass(score));
  mark(critic, score, "tune", kt_mark_tune(score, lead, count));
  mark(critic, score, "rests", kt_mark_rests(score, lead, count));
  mark(critic, score, "layers", kt_mark_layers(scratch, score));
  mark(critic, score, "register", kt_mark_register(score));
  mark(critic, score, "textures", kt_mark_textures(score));
  mark(critic, score, "ending", kt_mark_ending(score));
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

/// One cue on the desk, with what everybody knows who works on it.
typedef struct Studio {
  const KtDesk *desk;
  const KtOrchestra *orchestra;
  const KtCritic *critic;
  const KtThemes *themes;
  const KtPlan *plan;
  int cue;
  KtLore lore;
  KtHandbook *book;
  KtProposals *out;
} Studio;

/// Composes, orchestrates and marks one more, with habits leaned as a course says.
static KtStatus propose(Studio *studio, const KtCourse *course, KtError *err) {
  const Weights *weights = studio->critic->weights;
  KtContext ctx = *studio->desk->ctx;
  KtDesk table = *studio->desk;
  KtLore lore = studio->lore;
  KtHandbook book = *studio->book;
  KtHabits writing = *lore.habits;
  KtHabitsOfPlayers players = *book.habits;
  kt_course_take(course, weights->remedies, weights->remedies_count, &writing, &players);
  lore.habits = &writing;
  book.habits = &players;
  ctx.seed = seed_of(studio->desk->ctx->seed, studio->out->count);
  table.ctx = &ctx;
  table.lore = &lore;
  KtScore *sketch = NULL;
  KtProposal *one = &studio->out->items[studio->out->count];
  KtStatus status = kt_compose_cue(&table, studio->themes, studio->plan, studio->cue, &sketch, err);
  if (!status) {
    kt_hearts_feel(book.hearts, &table, sketch);
  }
  status = status ? status : kt_orchestrate(&ctx, &book, studio->orchestra, studio->desk->palette, sketch, &one->score, err);
  kt_score_free(sketch);
  if (!status) {
    ++studio->out->count;
    judge(studio->critic, studio->desk, studio->orchestra, studio->themes, one);
  }
  return status;
}

/// Whether at most a share of the statistics lies outside real scores; a short cue is not held to it.
static bool keeps(const KtCritic *critic, const KtDesk *desk, const KtScore *score, float share) {
  const KtCue *cue = &desk->spotting->cues.items[score->cue];
  return kt_seconds(cue->out - cue->in) < (double)critic->weights->from_s ||
         (double)score->outliers.count <= (double)share * score->counted;
}

static bool any_keeps(const KtCritic *critic, const KtDesk *desk, const KtProposals *all, float share) {
  for (int i = 0; i < all->count; ++i) {
    if (keeps(critic, desk, all->items[i].score, share)) {
      return true;
    }
  }
  return false;
}

/// None keeps to real scores: more are composed, leaning against what lies outside in those just made, by how often it
/// does; some a little, some strongly.
static KtStatus propose_further(Studio *studio, int most, KtError *err) {
  const Weights *weights = studio->critic->weights;
  KtProposals *all = studio->out;
  KtCourse course = {{0}};
  KtStatus status = KT_OK;
  for (int from = 0; !status && all->count < most && !any_keeps(studio->critic, studio->desk, all, weights->aim);) {
    int made = all->count;
    KtCourse outside = {{0}};
    for (int i = from; i < made; ++i) {
      kt_course_add(&outside, weights->remedies, weights->remedies_count, all->items[i].score, 1.0 / (made - from));
    }
    for (int k = 0; k < COURSES && !status && all->count < most; ++k) {
      KtCourse next = course;
      kt_course_lean(&next, &outside, LEAST_LEAN + k * LEAN_STEP);
      status = propose(studio, &next, err);
    }
    kt_course_lean(&course, &outside, 1);
    from = made;
  }
  return status;
}

/// Where some keep to real scores the others are out; their totals stay for the report.
static void sift(const KtCritic *critic, const KtDesk *desk, KtProposals *all) {
  bool some = any_keeps(critic, desk, all, critic->weights->outside);
  for (int i = 0; some && i < all->count; ++i) {
    if (!keeps(critic, desk, all->items[i].score, critic->weights->outside)) {
      kt_score_free(all->items[i].score);
      all->items[i].score = NULL;
    }
  }
}

KtStatus kt_propose_cue(const KtDesk *desk, const KtOrchestra *orchestra, const KtCritic *critic, const KtThemes *themes,
                        const KtPlan *plan, int cue, KtProposals *out, KtError *err) {
  *out = (KtProposals){.count = 0};
  int wanted = critic->weights->proposals, most = wanted + critic->weights->further;
  wanted = wanted < 1 ? 1 : wanted > KT_PROPOSALS_MOST ? KT_PROPOSALS_MOST : wanted;
  most = most < wanted ? wanted : most > KT_PROPOSALS_MOST ? KT_PROPOSALS_MOST : most;
  Studio studio = {desk, orchestra, critic, themes, plan, cue, {0}, NULL, out};
  KtStatus status = kt_lore_load(desk->ctx, desk->palette ? desk->palette->id : NULL, &studio.lore, err);
  status = status ? status : kt_handbook_load(desk->ctx, &studio.book, err);
  for (int i = 0; i < wanted && !status; ++i) {
    status = propose(&studio, &(KtCourse){{0}}, err);
  }
  status = status ? status : propose_further(&studio, most, err);
  kt_handbook_free(studio.book);
  kt_lore_free(&studio.lore);
  if (status) {
    kt_proposals_free(out);
  } else {
    sift(critic, desk, out);
  }
  return status;
}

/// How far two stretches of music are apart, 0 the same .. 1: statistics against how far they usually go.
static double distance(const KtCritic *critic, const double *a, const double *b) {
  double sum = 0, count = 0;
  for (int s = 0; s < KT_STAT_COUNT; ++s) {
    KtNormRange range;
    if (!isnan(a[s]) && !isnan(b[s]) && kt_norm(&critic->norms, NULL, 45, (KtStatistic)s, &range)) {
      sum += fmin(1, fabs(a[s] - b[s]) / fmax(1e-3, (double)(range.high - range.low)));
      ++count;
    }
  }
  return count > 0 ? sum / count : 1;
}

/// Marks the likeness of one cue's proposals to the cues before and gives the best of them, -1 where there is none.
static int hear_likeness(const KtChooser *chooser, KtProposals *all) {
  int best = -1;
  for (int i = 0; i < all->count; ++i) {
    KtProposal *one = &all->items[i];
    double apart = 1;
    for (int k = 0; k < chooser->known; ++k) {
      apart = fmin(apart, distance(chooser->critic, one->statistics, chooser->before[k]));
    }
    if (!one->score) {
      continue; // it did not keep to real scores, others do
    }
    // only what is all but the same is marked down: a change in one cue leaves the others alone
    mark(chooser->critic, one->score, "likeness", fmin(1, apart / ALIKE));
    one->total = weigh(one->score);
    best = best < 0 || one->total > all->items[best].total ? i : best;
  }
  return best;
}

KtScore *kt_choose_next(KtChooser *chooser, KtProposals *all, int set) {
  int best = hear_likeness(chooser, all);
  if (best < 0) {
    return NULL;
  }
  best = set >= 0 && set < all->count && all->items[set].score ? set : best;
  KtScore *kept = all->items[best].score;
  for (int i = 0; i < all->count; ++i) {
    float *total = kt_array_push(kept->arena, &kept->rivals);
    if (total) {
      *total = (float)all->items[i].total;
    }
  }
  kept->chosen = best;
  chooser->known = chooser->known < KT_LOOK_BACK ? chooser->known + 1 : KT_LOOK_BACK;
  memmove(chooser->before[1], chooser->before[0], sizeof(chooser->before[0]) * (KT_LOOK_BACK - 1));
  memcpy(chooser->before[0], all->items[best].statistics, sizeof(chooser->before[0]));
  all->items[best].score = NULL;
  kt_proposals_free(all);
  return kept;
}
