// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A cue takes the metre of the theme that is stated in it: where the bars were fitted in another, the stretch that
// holds the statement is barred anew. Beats stay where they are in time; only bar lines move.
#include "compose/sketch.h"

#include <stdlib.h>

/// Hits this strong keep the downbeat they were given.
static const float STRONG = 0.75F;
/// Old bars that may be taken beyond the statement's end so that old and new bars close together.
enum { BARS_ALIGNING = 3 };

static KtTick bar_ticks(int beats, int unit) {
  return (KtTick)beats * 4 * KT_PPQ / unit;
}

/// Whether a theme keeps its durations in bars of this metre: a whole number of one in the other.
static bool carries(KtMetre metre, const KtTheme *theme) {
  KtTick bar = kt_metre_bar_ticks(metre), own = bar_ticks(theme->beats, theme->unit);
  return bar % own == 0 || own % bar == 0;
}

bool kt_sketch_carries(const KtSketch *sketch, const KtTheme *theme, KtTick start, KtTick ticks) {
  for (KtTick at = start; at < start + ticks && at < sketch->score->end;) {
    KtMetre metre = kt_metres_at(&sketch->score->metres, at);
    if (!carries(metre, theme)) {
      return false;
    }
    at += kt_metre_bar_ticks(metre);
  }
  return true;
}

static bool strong_hit_at(const KtSketch *sketch, KtTick tick) {
  const KtScore *score = sketch->score;
  for (size_t i = 0; i < score->hits.count; ++i) {
    const KtHit *hit = &sketch->desk->spotting->hits.items[score->hits.items[i].hit];
    if (score->hits.items[i].tick == tick && hit->weight >= STRONG) {
      return true;
    }
  }
  return false;
}

/// The bar line nearest to a film time in the cue.
static KtTick nearest_bar(const KtScore *score, KtTick wish) {
  KtTick best = 0;
  for (KtTick at = 0; at < score->end; at += kt_metre_bar_ticks(kt_metres_at(&score->metres, at))) {
    best = llabs(at - wish) < llabs(best - wish) ? at : best;
  }
  return best;
}

/// Where the stretch ends: on a bar line past `want`, before anything that must stay, with least left over. `start`
/// where even `least` has no room.
static KtTick find_end(const KtSketch *sketch, KtTick start, KtTick want, KtTick least, KtTick limit, KtTick own) {
  const KtScore *score = sketch->score;
  KtTick best = start, best_left = 0;
  int beyond = 0;
  for (KtTick at = start; at < limit && beyond <= BARS_ALIGNING;) {
    at += kt_metre_bar_ticks(kt_metres_at(&score->metres, at));
    if (at > score->end || (at > limit && best > start)) {
      break;
    }
    KtTick left = (at - start) % own;
    bool enough = at - start >= want;
    if (at - start >= least && (best - start < want || left < best_left)) {
      best = at;
      best_left = left;
    }
    beyond += enough;
    if (strong_hit_at(sketch, at)) {
      break;
    }
  }
  return best;
}

static bool push_metre(KtArena *arena, KtMetres *metres, KtTick tick, int beats, int unit) {
  const KtMetre *last = metres->count ? &metres->items[metres->count - 1] : NULL;
  if (last && last->beats == beats && last->unit == unit) {
    return true;
  }
  KtMetre *metre = kt_array_push(arena, metres);
  if (metre) {
    *metre = (KtMetre){tick, beats, unit};
  }
  return metre;
}

/// What is left over as a bar of its own, in quarters where it is whole ones.
static bool push_rest(KtArena *arena, KtMetres *metres, KtTick tick, KtTick ticks) {
  int unit = ticks % KT_PPQ ? 8 : 4;
  return push_metre(arena, metres, tick, (int)(ticks * unit / (4 * KT_PPQ)), unit);
}

/// The metres anew: the old ones up to `start`, the theme's to `end`, the old ones from there.
static bool write_metres(KtArena *arena, KtScore *score, KtTick start, KtTick end, const KtTheme *theme) {
  KtMetres metres = {0};
  KtTick own = bar_ticks(theme->beats, theme->unit), left = (end - start) % own;
  bool ok = true;
  for (size_t i = 0; ok && i < score->metres.count && score->metres.items[i].tick < start; ++i) {
    const KtMetre *old = &score->metres.items[i];
    ok = push_metre(arena, &metres, old->tick, old->beats, old->unit);
  }
  bool lone = left && left < 2 * (4 * KT_PPQ / theme->unit);
  KtTick odd = lone ? left + own : left, odd_at = end - odd;
  ok = ok && (odd_at <= start || push_metre(arena, &metres, start, theme->beats, theme->unit));
  ok = ok && (!odd || push_rest(arena, &metres, odd_at, odd));
  if (end < score->end) {
    KtMetre after = kt_metres_at(&score->metres, end);
    ok = ok && push_metre(arena, &metres, end, after.beats, after.unit);
  }
  for (size_t i = 0; ok && i < score->metres.count; ++i) {
    const KtMetre *old = &score->metres.items[i];
    ok = old->tick <= end || push_metre(arena, &metres, old->tick, old->beats, old->unit);
  }
  score->metres = ok ? metres : score->metres;
  return ok;
}

void kt_sketch_rebar(KtSketch *sketch) {
  KtScore *score = sketch->score;
  const KtCuePlan *plan = sketch->plan;
  KtTick free = 0;
  for (size_t i = 0; i < plan->statements.count; ++i) {
    const KtPlannedStatement *statement = &plan->statements.items[i];
    if (statement->theme < 0 || (size_t)statement->theme >= sketch->themes->items.count) {
      continue;
    }
    const KtTheme *theme = &sketch->themes->items.items[statement->theme];
    KtTick least = 0, want = kt_statement_ticks(theme, statement->transform, &least);
    KtTick start = nearest_bar(score, kt_tempo_tick(&score->tempo, statement->at - sketch->cue->in));
    KtTick limit = i + 1 < plan->statements.count
                       ? nearest_bar(score, kt_tempo_tick(&score->tempo, plan->statements.items[i + 1].at - sketch->cue->in))
                       : score->end;
    start = start < free ? free : start;
    KtTick own = bar_ticks(theme->beats, theme->unit);
    KtTick end = start < limit ? find_end(sketch, start, want, least, limit, own) : start;
    free = end;
    if (end <= start || end - start < own || kt_sketch_carries(sketch, theme, start, end - start)) {
      continue;
    }
    KtRebarred *kept = kt_array_push(sketch->arena, &sketch->rebarred);
    if (!kept || !write_metres(score->arena, score, start, end, theme)) {
      return; // out of memory, which the arenas tell
    }
    *kept = (KtRebarred){start, end};
  }
}
