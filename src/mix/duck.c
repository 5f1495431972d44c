// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck.h"

#include "mix/duck_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  STEPS_PER_S = KT_SAMPLE_RATE / KT_DUCK_STEP,
  STEPS_PER_HOP = KT_HOP / KT_DUCK_STEP,
  SMOOTH = 5,   // steps to either side
  PASSES = 16,  // over the windows, each a little lower
};

/// A plan in the making.
typedef struct Plan {
  const KtMixSettings *settings;
  const KtWords *words;
  const KtDuckCue *cue;
  KtDipTable table;
  KtDuck *duck;
  float *asked_db;      // by step, before ramps
  float *ceiling_db;    // by hop
  float *scratch;       // by step
  KtHops thinned;       // the cue through its dips, without its ducking
  KtHops heard;         // and with it
} Plan;

static int64_t step_of(const KtDuckCue *cue, KtFilmTime time, double plus_ms) {
  int64_t sample = kt_film_time_sample(time) - cue->start_sample;
  return (int64_t)floor((double)sample / KT_DUCK_STEP + plus_ms * STEPS_PER_S / 1000.0);
}

static int64_t within(const Plan *plan, int64_t step) {
  int64_t count = (int64_t)plan->duck->count;
  return step < 0 ? 0 : step > count ? count : step;
}

/// Lower a stretch to at most `db`.
static void lower(Plan *plan, int64_t from, int64_t to, float db) {
  for (int64_t i = within(plan, from); i < within(plan, to); ++i) {
    plan->asked_db[i] = fminf(plan->asked_db[i], db);
  }
}

static void deepen(Plan *plan, int64_t from, int64_t to, const float thin[KT_DIPS]) {
  for (int64_t i = within(plan, from); i < within(plan, to); ++i) {
    for (int d = 0; d < KT_DIPS; ++d) {
      plan->duck->thin[i][d] = fmaxf(plan->duck->thin[i][d], thin[d]);
    }
  }
}

/// Between two lines: short gaps stay down, longer ones lift.
static void hold_gap(const Plan *plan, const KtSpan *before, const KtSpan *after) {
  const KtMixSettings *settings = plan->settings;
  float *gain_db = plan->duck->gain_db;
  double gap = kt_seconds(after->start - before->end);
  int64_t from = within(plan, step_of(plan->cue, before->end, 0));
  int64_t to = within(plan, step_of(plan->cue, after->start, 0));
  if (gap >= (double)settings->long_gap_s || from >= to || to >= (int64_t)plan->duck->count) {
    return;
  }
  float lift = gap < (double)settings->hold_gap_s ? 0 : settings->lift_lu;
  float level = fmaxf(gain_db[from > 0 ? from - 1 : 0], gain_db[to]) + lift;
  for (int64_t i = from; i < to; ++i) {
    gain_db[i] = fminf(gain_db[i], level);
  }
}

/// Ramps: no steeper than `fall` a step, beginning before it, and than `rise` after it; smoothed so
/// that no corner is heard.
static void slope(float *values, size_t count, size_t stride, float fall, float rise) {
  for (size_t i = count; i-- > 1;) {
    float most = values[i * stride] + fall;
    float *value = &values[(i - 1) * stride];
    *value = fminf(*value, most);
  }
  for (size_t i = 1; i < count; ++i) {
    float *value = &values[i * stride];
    *value = fminf(*value, values[(i - 1) * stride] + rise);
  }
}

static void smooth(float *values, size_t count, size_t stride, float *copy) {
  for (size_t i = 0; i < count; ++i) {
    copy[i] = values[i * stride];
  }
  for (size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (size_t j = 0; j <= 2 * SMOOTH; ++j) {
      size_t at = i + j < SMOOTH ? 0 : i + j - SMOOTH;
      sum += (double)copy[at >= count ? count - 1 : at];
    }
    values[i * stride] = (float)(sum / (2 * SMOOTH + 1));
  }
}

/// Steepness in dB a step so that the deepest fall takes between the least and the longest ramp.
static float ramp_rate(const KtMixSettings *settings, double depth) {
  double seconds = depth / (double)settings->ramp_db_per_s;
  seconds = fmax(seconds, (double)settings->ramp_least_ms / 1000);
  seconds = fmin(seconds, (double)settings->ramp_most_ms / 1000);
  return (float)(fmax(depth, 0.1) / seconds / STEPS_PER_S);
}

/// The strictest of a line's pieces.
static KtAsk ask_line(const Plan *plan, size_t line) {
  KtAsk most = {0};
  for (size_t p = 0; p < plan->words->piece_count; ++p) {
    if (plan->words->pieces[p].line == line) {
      KtAsk ask = kt_duck_ask(plan->settings, &plan->table, plan->words, &plan->words->pieces[p], plan->cue);
      most.gain_db = fminf(most.gain_db, ask.gain_db);
      for (int d = 0; d < KT_DIPS; ++d) {
        most.thin[d] = fmaxf(most.thin[d], ask.thin[d]);
      }
    }
  }
  return most;
}

/// Whether a line lies in the cue or so near that ramps or gaps may reach in.
static bool is_near(const Plan *plan, const KtSpan *line) {
  return step_of(plan->cue, line->end, 0) >= -10 * STEPS_PER_S &&
         step_of(plan->cue, line->start, 0) <= (int64_t)plan->duck->count + 10 * STEPS_PER_S;
}

/// What each line asks for, laid out in time.
static void ask_lines(Plan *plan) {
  const KtMixSettings *settings = plan->settings;
  const KtDuckCue *cue = plan->cue;
  for (size_t i = 0; i < plan->words->count; ++i) {
    const KtSpan *line = &plan->words->spans[i];
    if (!is_near(plan, line)) {
      continue;
    }
    KtAsk ask = ask_line(plan, i);
    // The smoothing reaches 50 ms to either side.
    int64_t from = step_of(cue, line->start, -(double)settings->lead_ms - 50);
    int64_t to = step_of(cue, line->end, (double)settings->hold_ms + 50);
    lower(plan, from, to, ask.gain_db);
    // The dip is there before the level moves.
    deepen(plan, from - (int64_t)(settings->ramp_least_ms * STEPS_PER_S / 1000), to, ask.thin);
  }
}

static void ramp_dips(Plan *plan) {
  KtDuck *duck = plan->duck;
  float rate = 1000.0F / plan->settings->thin_ramp_ms / STEPS_PER_S;
  for (int d = 0; d < KT_DIPS; ++d) {
    for (size_t i = 0; i < duck->count; ++i) {
      duck->thin[i][d] = -duck->thin[i][d]; // a fall like the gain's, so that the same slope serves
    }
    slope(&duck->thin[0][d], duck->count, KT_DIPS, rate, rate / plan->settings->rise_slower);
    for (size_t i = 0; i < duck->count; ++i) {
      duck->thin[i][d] = -duck->thin[i][d];
    }
    smooth(&duck->thin[0][d], duck->count, KT_DIPS, plan->scratch);
  }
}

static void ramp_level(Plan *plan) {
  KtDuck *duck = plan->duck;
  duck->most_db = 0;
  for (size_t i = 0; i < duck->count; ++i) {
    size_t hop = i / STEPS_PER_HOP;
    float ceiling = hop < plan->heard.count ? plan->ceiling_db[hop] : 0;
    duck->gain_db[i] = fminf(plan->asked_db[i], ceiling);
    duck->most_db = fmax(duck->most_db, -(double)duck->gain_db[i]);
  }
  for (size_t i = 1; i < plan->words->count; ++i) {
    if (is_near(plan, &plan->words->spans[i])) {
      hold_gap(plan, &plan->words->spans[i - 1], &plan->words->spans[i]);
    }
  }
  float rate = ramp_rate(plan->settings, duck->most_db);
  slope(duck->gain_db, duck->count, 1, rate, rate / plan->settings->rise_slower);
  smooth(duck->gain_db, duck->count, 1, plan->scratch);
}

/// The cue's loudness through its dips.
static void hear_dips(Plan *plan) {
  double gain = pow(10.0, plan->cue->gain_db / 10.0);
  for (size_t hop = 0; hop < plan->thinned.count; ++hop) {
    double energy[KT_BANDS];
    for (int b = 0; b < KT_BANDS; ++b) {
      energy[b] = (double)plan->cue->bands[hop][b];
    }
    const float *amounts = plan->duck->thin[hop * STEPS_PER_HOP + STEPS_PER_HOP / 2];
    plan->thinned.energy[hop] =
        gain * plan->cue->plain->energy[hop] * kt_dip_kept(&plan->table, energy, amounts);
  }
}

/// And through its level.
static void hear_level(Plan *plan) {
  for (size_t hop = 0; hop < plan->heard.count; ++hop) {
    double mean = 0;
    for (size_t i = hop * STEPS_PER_HOP; i < (hop + 1) * STEPS_PER_HOP; ++i) {
      mean += pow(10.0, (double)plan->duck->gain_db[i] / 10.0) / STEPS_PER_HOP;
    }
    plan->heard.energy[hop] = plan->thinned.energy[hop] * mean;
  }
}

static bool make_room(Plan *plan) {
  KtDuck *duck = plan->duck;
  size_t hops = plan->cue->plain->count, steps = (size_t)(plan->cue->frames / KT_DUCK_STEP + 2);
  duck->count = steps > (hops + 1) * STEPS_PER_HOP ? steps : (hops + 1) * STEPS_PER_HOP;
  duck->gain_db = calloc(duck->count, sizeof(float));
  duck->thin = calloc(duck->count, sizeof(*duck->thin));
  plan->asked_db = calloc(duck->count, sizeof(float));
  plan->scratch = calloc(duck->count, sizeof(float));
  plan->ceiling_db = calloc(hops + 1, sizeof(float));
  plan->thinned = (KtHops){calloc(hops + 1, sizeof(double)), hops, hops + 1};
  plan->heard = (KtHops){calloc(hops + 1, sizeof(double)), hops, hops + 1};
  return duck->gain_db && duck->thin && plan->asked_db && plan->scratch && plan->ceiling_db &&
         plan->thinned.energy && plan->heard.energy;
}

KtStatus kt_duck_plan(const KtMixSettings *settings, const KtWords *words, const KtDuckCue *cue,
                      KtDuck *duck, KtError *err) {
  memset(duck, 0, sizeof(*duck));
  Plan plan = {.settings = settings, .words = words, .cue = cue, .duck = duck};
  KtStatus status = KT_OK;
  bool room = make_room(&plan);
  if (room && words->count && cue->bands) {
    kt_dip_table(settings, &plan.table);
    ask_lines(&plan);
    ramp_dips(&plan);
    hear_dips(&plan);
    ramp_level(&plan);
    for (int pass = 0; pass < PASSES; ++pass) {
      hear_level(&plan);
      if (kt_duck_windows(settings, words, cue, &plan.heard, duck->gain_db, plan.ceiling_db) <= 0) {
        break;
      }
      ramp_level(&plan);
    }
  } else if (!room) {
    kt_duck_clear(duck);
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  free(plan.asked_db);
  free(plan.scratch);
  free(plan.ceiling_db);
  free(plan.thinned.energy);
  free(plan.heard.energy);
  return status;
}

void kt_duck_clear(KtDuck *duck) {
  free(duck->gain_db);
  free(duck->thin);
  memset(duck, 0, sizeof(*duck));
}
