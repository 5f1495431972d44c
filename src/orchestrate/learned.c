// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What real orchestras do, where the rules leave it open: who doubles whom at what octave, and how long a wind
// player who doubles goes on before resting (data/learned/voices.yaml).
#include "orchestrate/desk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/// What two players who sound together usually do, over all pairs: shares in unison and in octaves.
static const float UNISON_USUAL = 0.11F, OCTAVE_USUAL = 0.37F;

/// Who doubles comes for so long at least, and goes for so long, seconds: shorter is restless.
static const double COMES_LEAST_S = 4.0, GOES_LEAST_S = 2.5;

/// The name under which scores print an instrument; NULL where the tables know none.
static const char *printed(const KtScoring *scoring, const char *id) {
  for (unsigned i = 0; i < scoring->habits->printed_count; ++i) {
    if (!strcmp(scoring->habits->printed[i].id, id)) {
      return scoring->habits->printed[i].as;
    }
  }
  return NULL;
}

double kt_learned_doubling_price(const KtScoring *scoring, const char *first, const char *second, int octaves_apart) {
  const char *a = printed(scoring, first), *b = printed(scoring, second);
  if (!a || !b || !strcmp(a, b)) {
    return 0;
  }
  char pair[80];
  bool swap = strcmp(a, b) > 0;
  snprintf(pair, sizeof(pair), "%.38s + %.38s", swap ? b : a, swap ? a : b);
  for (unsigned i = 0; i < scoring->learned->doublings_count; ++i) {
    const struct KtLearnedDoubling *d = &scoring->learned->doublings[i];
    if (!strcmp(d->pair, pair)) {
      float usual = octaves_apart ? OCTAVE_USUAL : UNISON_USUAL, share = octaves_apart ? d->octave : d->unison;
      return -(double)scoring->habits->learned_price * log2((double)(share + 0.02F) / (double)(usual + 0.02F));
    }
  }
  return 0;
}

static const struct KtLearnedRuns *runs_of(const KtScoring *scoring, const char *id) {
  const char *name = printed(scoring, id);
  for (unsigned i = 0; name && i < scoring->learned->runs_count; ++i) {
    if (!strcmp(scoring->learned->runs[i].name, name)) {
      return &scoring->learned->runs[i];
    }
  }
  return NULL;
}

void kt_learned_comings(const KtScoring *scoring, const KtSpan *span, const KtInstrument *one, int seat, KtComings *out) {
  out->count = 0;
  const struct KtLearnedRuns *runs = one->breath_s > 0 ? runs_of(scoring, one->id) : NULL;
  if (!runs || span->energy >= scoring->habits->whole_energy) {
    out->from[0] = span->start;
    out->to[0] = span->end;
    out->count = 1;
    return;
  }
  KtRng rng = kt_rng(scoring->ctx->seed, kt_arena_format(scoring->scratch, "%s/%s/%d/%lld", scoring->sketch->name, one->id, seat,
                                                         (long long)span->start));
  // a run drawn between the middle and the long ones, rounded to bars; a rest of about half of it
  bool plays = kt_rng_unit(&rng) < 0.7;
  for (KtTick at = span->start; at < span->end && out->count < KT_COMINGS_MOST;) {
    double run = (double)runs->middle * pow((double)(runs->most / runs->middle), kt_rng_unit(&rng));
    run *= exp2(-(double)scoring->habits->come);
    double wanted = plays ? fmax(run, COMES_LEAST_S) : fmax(0.6 * run, GOES_LEAST_S);
    KtTick to = kt_metres_bar_end(&scoring->sketch->metres, at);
    while (to < span->end && kt_scoring_seconds(scoring, to) - kt_scoring_seconds(scoring, at) < 0.75 * wanted) {
      to = kt_metres_bar_end(&scoring->sketch->metres, to);
    }
    to = to < span->end ? to : span->end;
    if (plays) {
      out->from[out->count] = at;
      out->to[out->count++] = to;
    }
    plays = !plays;
    at = to;
  }
}

bool kt_learned_plays(const KtComings *comings, KtTick at) {
  for (int i = 0; i < comings->count; ++i) {
    if (at >= comings->from[i] && at < comings->to[i]) {
      return true;
    }
  }
  return false;
}
