// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/sketch.h"

#include <math.h>

/// How far a cue's tempo may be from the planned one.
static const double RANGE_LOW = 0.72, RANGE_HIGH = 1.38;
/// Most over least where style and brief allow: with an octave between them a hard hit alone is met by some
/// number of beats, wherever it is.
static const double RANGE_LEAST = 2.02;

/// The cue's hits as the fit wants them. Stops are as hard as attacks: the silence is on the frame.
static size_t collect_hits(const KtSketch *sketch, KtFitHit **out) {
  const KtSpotting *spotting = sketch->desk->spotting;
  KtFitHit *hits = KT_NEW(sketch->arena, KtFitHit, spotting->hits.count + 1);
  KtRate rate = sketch->desk->film ? sketch->desk->film->rate : (KtRate){24, 1};
  size_t count = 0;
  for (size_t i = 0; hits && i < spotting->hits.count; ++i) {
    const KtHit *hit = &spotting->hits.items[i];
    if (hit->cue != sketch->score->cue || hit->at < sketch->cue->in || hit->at >= sketch->cue->out) {
      continue;
    }
    double tolerance = (double)hit->tolerance_frames / kt_rate_fps(rate);
    hits[count++] = (KtFitHit){.at = hit->at - sketch->cue->in,
                               .weight = hit->weight,
                               .hard = hit->kind == KT_HIT_HARD || hit->kind == KT_HIT_STOP,
                               .index = (int)i,
                               .tolerance = kt_film_time(tolerance)};
  }
  *out = hits;
  return count;
}

static float words_between(const KtSketch *sketch, KtFilmTime start, KtFilmTime end) {
  const KtFilm *film = sketch->desk->film;
  KtFilmTime under = 0;
  for (size_t i = 0; film && i < film->speech.count; ++i) {
    KtFilmTime from = film->speech.items[i].start, to = film->speech.items[i].end;
    from = from > start ? from : start;
    to = to < end ? to : end;
    under += to > from ? to - from : 0;
  }
  return end > start ? (float)((double)under / (double)(end - start)) : 0;
}

static float turn_near(const KtSketch *sketch, KtTick start, KtFilmTime film_start,
                       KtFilmTime reach) {
  float turn = 0;
  const KtStory *story = sketch->desk->story;
  for (size_t i = 0; i < story->turns.count; ++i) {
    const KtTurn *t = &story->turns.items[i];
    if (t->at > film_start - reach && t->at <= film_start + reach && t->weight > turn) {
      turn = t->weight;
    }
  }
  for (size_t i = 0; i < sketch->score->hits.count; ++i) {
    const KtScoreHit *at = &sketch->score->hits.items[i];
    const KtHit *hit = &sketch->desk->spotting->hits.items[at->hit];
    if (at->tick == start && hit->weight > turn) {
      turn = hit->weight;
    }
  }
  return turn;
}

/// Energy follows feeling, bounded by what the film's plan allows, and leans towards a summit in the
/// second third so that a cue goes somewhere even where the story stands still.
static float bar_energy(const KtSketch *sketch, const KtEmotion *e, double where) {
  double shape = exp(-pow((where - 0.66) / 0.3, 2));
  float feeling = 0.42F * (e->arousal + 1.0F) + 0.22F * e->tension - 0.06F;
  float energy = feeling * (0.55F + 0.45F * sketch->plan->energy) + 0.16F * (float)shape - 0.05F;
  bool title = sketch->cue->function == KT_FUNCTION_MAIN_TITLE || sketch->cue->function == KT_FUNCTION_END_TITLE;
  energy += title ? 0.12F : 0; // nobody speaks: the music is the scene
  float most = 0.12F + 0.88F * sketch->plan->energy;
  return kt_clamp(energy, 0, most);
}

static void make_bars(KtSketch *sketch, const KtFitPhrases *joints) {
  const KtScore *score = sketch->score;
  KtTick start = 0;
  for (size_t j = 0; start < score->end;) {
    KtTick end = kt_metres_bar_end(&score->metres, start);
    end = end > score->end ? score->end : end;
    KtCueBar *bar = kt_array_push(sketch->arena, &sketch->bars);
    if (!bar) {
      return;
    }
    bar->start = start;
    bar->end = end;
    bar->upbeat = start < kt_metres_upbeat(&score->metres);
    KtFilmTime from = kt_tempo_time(&score->tempo, start), to = kt_tempo_time(&score->tempo, end);
    bar->seconds = kt_seconds(to - from);
    from += sketch->cue->in;
    to += sketch->cue->in;
    bar->emotion = kt_story_mean(sketch->desk->story, from, to);
    bar->words = words_between(sketch, from, to);
    KtFilmTime margin = kt_film_time(0.3);
    bar->spoken = words_between(sketch, from - margin, from + margin) > 0.95F;
    bar->turn = turn_near(sketch, start, from, (to - from) / 2);
    bar->energy = bar_energy(sketch, &bar->emotion, (double)start / (double)score->end);
    while (j < joints->count && joints->items[j] < start) {
      ++j;
    }
    bar->joint = j < joints->count && joints->items[j] == start;
    for (size_t i = 0; i < sketch->rebarred.count; ++i) {
      bar->joint = bar->joint || sketch->rebarred.items[i].start == start || sketch->rebarred.items[i].end == start;
    }
    start = end;
  }
}

/// Where the cue may leave the beat: what it enters with, where it may be held, where it is free.
static void loosen(const KtSketch *sketch, KtFitRequest *request, KtFitStills *stills) {
  const KtCue *cue = sketch->cue;
  bool driven = cue->function == KT_FUNCTION_CHASE || cue->function == KT_FUNCTION_MONTAGE ||
                cue->function == KT_FUNCTION_STING;
  bool rings = cue->exit == KT_EXIT_RING_OFF;
  request->upbeat = cue->entry == KT_ENTRY_PICKUP   ? KT_FIT_UPBEAT_WANTED
                    : cue->entry == KT_ENTRY_ON_CUT ? KT_FIT_UPBEAT_NEVER
                                                    : KT_FIT_UPBEAT_MAY;
  request->arrival = request->upbeat == KT_FIT_UPBEAT_WANTED ? kt_sketch_arrival(sketch) : 0;
  request->fermata = driven || !rings ? KT_FIT_FERMATA_NEVER
                     : cue->emotion.arousal < 0 ? KT_FIT_FERMATA_MAY
                                                : KT_FIT_FERMATA_END;
  kt_sketch_stills(sketch, stills);
  request->stills = stills->items;
  request->still_count = stills->count;
}

KtStatus kt_sketch_time(KtSketch *sketch, KtError *err) {
  const KtDesk *desk = sketch->desk;
  const KtCuePlan *plan = sketch->plan;
  KtFitHit *hits = NULL;
  size_t count = collect_hits(sketch, &hits);
  double low = desk->palette && desk->palette->tempo_min_bpm > 0
                   ? (double)desk->palette->tempo_min_bpm : 48;
  double high = desk->palette && desk->palette->tempo_max_bpm > 0
                    ? (double)desk->palette->tempo_max_bpm : 168;
  if (desk->brief && desk->brief->tempo_min_bpm > 0) {
    low = (double)desk->brief->tempo_min_bpm;
  }
  if (desk->brief && desk->brief->tempo_max_bpm > 0) {
    high = (double)desk->brief->tempo_max_bpm;
  }
  double bpm = plan->bpm < low ? low : plan->bpm > high ? high : plan->bpm;
  double least = fmax(low, bpm * RANGE_LOW), most = fmin(high, bpm * RANGE_HIGH);
  least = fmax(low, fmin(least, most / RANGE_LEAST));
  most = fmin(high, fmax(most, least * RANGE_LEAST));
  KtFitRequest request = {.hits = hits,
                          .count = count,
                          .length = sketch->cue->out - sketch->cue->in,
                          .bpm = bpm,
                          .bpm_min = least,
                          .bpm_max = most,
                          .change_max = 0.06,
                          .beats = plan->beats > 0 ? plan->beats : 4,
                          .unit = plan->unit > 0 ? plan->unit : 4,
                          .phrase_bars = 4,
                          .rate = desk->film ? desk->film->rate : (KtRate){24, 1}};
  KtFitPhrases joints = {0};
  KtFitStills stills = {0};
  loosen(sketch, &request, &stills);
  KtStatus status = kt_fit_time_phrases(&request, sketch->score, &joints, err);
  if (!status) {
    kt_sketch_rebar(sketch);
    make_bars(sketch, &joints);
    KtTick out = kt_tempo_tick(&sketch->score->tempo, request.length);
    while (kt_tempo_time(&sketch->score->tempo, out) > request.length) {
      --out; // the nearest tick may lie a hair after the cue's out
    }
    sketch->sound_end = out < sketch->score->end ? out : sketch->score->end;
  }
  return status;
}
