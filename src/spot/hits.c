// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/marks.h"
#include "spot/sheet.h"

#include "story/seen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef KT_ARRAY(KtHit) Hits;

static void propose(const KtTimeline *t, Hits *hits, KtFilmTime at, KtHitKind kind, double weight,
                    const char *source, const char *label) {
  KtHit *hit = kt_array_push(t->arena, hits);
  if (hit) {
    *hit = (KtHit){.cue = -1,
                   .at = kt_timeline_snap(t, at),
                   .kind = kind,
                   .source = source,
                   .label = label,
                   .weight = (float)fmax(0, fmin(1, weight))};
  }
}

static double difference(const KtShot *a, const KtShot *b) {
  double light = fabs((double)(a->brightness - b->brightness));
  double colour = fabs((double)(a->saturation - b->saturation)) * 0.5 +
                  fabs((double)(a->warmth - b->warmth)) * 0.5;
  double motion = fabs((double)(a->motion - b->motion));
  return fmin(1, light * 1.6 + colour + motion);
}

static const char *cut_label(const KtTimeline *t, size_t shot, bool scene) {
  const KtShot *is = &t->film->shots.items[shot];
  const KtShot *was = is - 1;
  const char *where = kt_timeline_place(t, is->start);
  if (scene && where[0]) {
    return kt_arena_format(t->arena, "cut to %s", where);
  }
  float light = is->brightness - was->brightness;
  float motion = is->motion - was->motion;
  const char *how = fabsf(light) > 0.12F   ? (light > 0 ? ", brighter" : ", darker")
                    : fabsf(motion) > 0.1F ? (motion > 0 ? ", into movement" : ", to stillness")
                                           : "";
  KtSeen seen = kt_seen_cut(t->arena, t->film, shot);
  return seen.words[0] ? seen.words + 4 // without "the "
                       : kt_arena_format(t->arena, "cut to shot %zu%s", shot + 1, how);
}

static void propose_cuts(const KtTimeline *t, Hits *hits) {
  const struct KtRuleHits *rule = &t->rules->hits;
  for (size_t i = 1; i < t->film->shots.count; ++i) {
    const KtShot *shot = &t->film->shots.items[i];
    bool scene = shot->scene != shot[-1].scene;
    const KtScene *story_scene = kt_timeline_scene(t, shot->start);
    scene |= story_scene && fabs(kt_seconds(story_scene->start - shot->start)) < 0.6;
    bool gradual = shot->transition != KT_TRANSITION_CUT;
    double weight = (double)(scene ? rule->scene : rule->cut) +
                    (double)rule->change * difference(&shot[-1], shot);
    propose(t, hits, shot->start, KT_HIT_SOFT, gradual ? weight * 0.7 : weight, "cut",
            cut_label(t, i, scene));
  }
}

/// Whether something happens there in the film's sound, or in its picture.
static bool happens(const KtTimeline *t, KtFilmTime at, bool in_sound) {
  double near_s = 3 / kt_rate_fps(t->rate);
  for (size_t i = 0; i < t->film->moments.count; ++i) {
    const KtMoment *moment = &t->film->moments.items[i];
    if ((moment->kind == KT_MOMENT_TRANSIENT) == in_sound && fabs(kt_seconds(moment->at - at)) <= near_s) {
      return true;
    }
  }
  return false;
}

/// More where picture and sound tell of the same; temp music is full of attacks that are nobody's.
static double both(const KtTimeline *t, const KtMoment *moment) {
  bool told_twice = !t->temp && happens(t, moment->at, moment->kind != KT_MOMENT_TRANSIENT);
  return told_twice ? (double)t->rules->hits.both : 0;
}

/// What breaks out is struck; what drifts, rises or sinks without haste is a new phrase, unless it sounds.
static KtHitKind kind_of_burst(const KtTimeline *t, const KtMoment *moment) {
  bool drifts = kt_seen_drifts(t->film, moment->at, 0.25) && both(t, moment) <= 0;
  return drifts ? KT_HIT_SOFT : KT_HIT_HARD;
}

/// "something drops", "a rush to the left"; the plain word where nothing more is known.
static const char *moment_label(const KtTimeline *t, const KtMoment *moment) {
  KtSeen seen = kt_seen_move(t->arena, t->film, moment->at, 0.25);
  bool fits = seen.sight != KT_SIGHT_STILL && seen.sight != KT_SIGHT_CAMERA && seen.sight != KT_SIGHT_HUSH;
  return seen.words[0] && fits                 ? seen.words
         : moment->kind == KT_MOMENT_IMPACT ? "a jolt"
                                               : "sudden movement";
}

static void propose_moments(const KtTimeline *t, Hits *hits) {
  const struct KtRuleHits *rule = &t->rules->hits;
  for (size_t i = 0; i < t->film->moments.count; ++i) {
    const KtMoment *moment = &t->film->moments.items[i];
    double strength = (double)moment->strength;
    double scale = 0.45 + 0.55 * strength;
    switch (moment->kind) {
    case KT_MOMENT_BURST:
      propose(t, hits, moment->at, kind_of_burst(t, moment), (double)rule->burst * scale + both(t, moment),
              "burst", moment_label(t, moment));
      break;
    case KT_MOMENT_IMPACT:
      propose(t, hits, moment->at, KT_HIT_HARD, (double)rule->burst * scale + both(t, moment), "burst",
              moment_label(t, moment));
      break;
    case KT_MOMENT_STOP:
      propose(t, hits, moment->at, KT_HIT_STOP, (double)rule->stop * scale, "stop",
              "everything stops");
      break;
    case KT_MOMENT_FLASH:
      propose(t, hits, moment->at, KT_HIT_HARD, (double)rule->flash * scale, "burst",
              "a flash of light");
      break;
    case KT_MOMENT_TRANSIENT:
      // In temp music one that the picture shares is a sound.
      if ((!t->temp || happens(t, moment->at, false)) &&
          !kt_timeline_speaks(t, kt_seconds(moment->at) - 0.1, kt_seconds(moment->at) + 0.1)) {
        propose(t, hits, moment->at, KT_HIT_HARD, (double)rule->transient * scale + both(t, moment), "transient",
                strength > 0.7 ? "a bang in the film's sound" : "a sound in the film");
      }
      break;
    }
  }
}

static void propose_turns(const KtTimeline *t, Hits *hits) {
  for (size_t i = 0; i < t->story->turns.count; ++i) {
    const KtTurn *turn = &t->story->turns.items[i];
    KtFilmTime at = turn->at;
    double least = 1.5;
    for (size_t j = 1; j < t->film->shots.count; ++j) {
      double away = fabs(kt_seconds(t->film->shots.items[j].start - turn->at));
      if (away < least) {
        least = away;
        at = t->film->shots.items[j].start;
      }
    }
    bool swells = turn->kind == KT_TURN_RETURN || turn->kind == KT_TURN_CLIMAX ||
                  turn->kind == KT_TURN_ENDING;
    bool strikes = turn->kind == KT_TURN_THREAT || turn->kind == KT_TURN_REVERSAL;
    KtHitKind kind = strikes && turn->weight >= 0.4F ? KT_HIT_HARD
                     : swells                        ? KT_HIT_SWELL
                                                     : KT_HIT_SOFT;
    propose(t, hits, at, kind, (double)(t->rules->hits.turn * turn->weight), "turn",
            kt_turn_phrase(t, turn));
  }
}

static int by_weight(const void *a, const void *b) {
  const KtHit *x = a;
  const KtHit *y = b;
  if (x->weight < y->weight || x->weight > y->weight) {
    return x->weight < y->weight ? 1 : -1;
  }
  return (x->at > y->at) - (x->at < y->at);
}

static int by_time(const void *a, const void *b) {
  const KtHit *x = a;
  const KtHit *y = b;
  return (x->at > y->at) - (x->at < y->at);
}

static bool inside(const KtTimeline *t, const KtCue *cue, KtFilmTime at) {
  KtFilmTime edge = kt_film_time((double)t->rules->hits.edge_s);
  return at >= cue->in + edge && at <= cue->out - edge;
}

static void settle(const KtTimeline *t, KtHit *hit) {
  const struct KtRuleHits *rule = &t->rules->hits;
  bool marked = !strcmp(hit->source, KT_MARKED);
  double at_s = kt_seconds(hit->at);
  KtEmotion mood = kt_timeline_mean(t, fmax(0, at_s - 1), fmin(at_s + 3, t->duration_s));
  // A cut is struck where it is hot; in calm it turns the page.
  bool hot = mood.tension >= rule->hard_tension || mood.arousal >= rule->hard_arousal;
  if (hot && hit->kind == KT_HIT_SOFT && !strcmp(hit->source, "cut") &&
      hit->weight >= rule->hard_weight + 0.14F) {
    hit->kind = KT_HIT_HARD;
  }
  if (hit->kind == KT_HIT_HARD && !marked && t->heard && kt_timeline_speaks(t, at_s - 0.1, at_s + 0.5)) {
    hit->kind = KT_HIT_SOFT; // no accent on a word
  }
  const float frames[] = {rule->hard_frames, rule->soft_frames, rule->swell_frames,
                          rule->stop_frames};
  hit->tolerance_frames = frames[hit->kind];
}

/// What an editor marked is met, however close and however many.
static void pick_marked(const KtTimeline *t, const Hits *proposed, int cue_index,
                        KtSpotting *spotting) {
  const KtCue *cue = &spotting->cues.items[cue_index];
  for (size_t i = 0; i < proposed->count; ++i) {
    const KtHit *hit = &proposed->items[i];
    bool met = !strcmp(hit->source, KT_MARKED) && hit->at >= cue->in && hit->at < cue->out;
    KtHit *kept = met ? kt_array_push(t->arena, &spotting->hits) : NULL;
    if (kept) {
      *kept = *hit;
      kept->cue = cue_index;
      settle(t, kept);
    }
  }
}

/// The heaviest moments of one cue that keep their distance, as many as the style allows.
static bool pick(const KtTimeline *t, const Hits *proposed, int cue_index, double budget,
                 double apart_s, KtSpotting *spotting) {
  const KtCue *cue = &spotting->cues.items[cue_index];
  size_t first = spotting->hits.count;
  bool wants_hard = cue->function == KT_FUNCTION_CHASE || cue->function == KT_FUNCTION_REVEAL ||
                    cue->function == KT_FUNCTION_STING;
  size_t most = (size_t)fmax(1, floor(budget + 0.5));
  pick_marked(t, proposed, cue_index, spotting);
  bool hard = false;
  for (size_t j = first; j < spotting->hits.count; ++j) {
    hard |= spotting->hits.items[j].kind == KT_HIT_HARD;
  }
  for (size_t i = 0; i < proposed->count; ++i) {
    KtHit hit = proposed->items[i];
    // Under lettering nothing moves that is the story's.
    bool told = cue->function != KT_FUNCTION_END_TITLE || !strcmp(hit.source, "turn");
    bool free = told && inside(t, cue, hit.at) && strcmp(hit.source, KT_MARKED) != 0 && spotting->hits.count - first < most &&
                (hit.weight >= t->rules->hits.least_weight || (wants_hard && !hard));
    for (size_t j = first; j < spotting->hits.count && free; ++j) {
      free = fabs(kt_seconds(spotting->hits.items[j].at - hit.at)) >= apart_s;
    }
    KtHit *kept = free ? kt_array_push(t->arena, &spotting->hits) : NULL;
    if (kept) {
      *kept = hit;
      kept->cue = cue_index;
      settle(t, kept);
      hard |= kept->kind == KT_HIT_HARD;
    }
  }
  for (size_t j = first; j < spotting->hits.count && wants_hard && !hard; ++j) {
    KtHit *hit = &spotting->hits.items[j];
    double at_s = kt_seconds(hit->at);
    if (hit->kind != KT_HIT_STOP && !(t->heard && kt_timeline_speaks(t, at_s - 0.1, at_s + 0.5))) {
      hit->kind = KT_HIT_HARD;
      hit->weight = fmaxf(hit->weight, t->rules->hits.hard_weight);
      hit->tolerance_frames = t->rules->hits.hard_frames;
      hard = true;
    }
  }
  return hard || !wants_hard;
}

void kt_place_hits(const KtTimeline *t, const KtStyle *style, double restraint,
                   KtSpotting *spotting) {
  Hits proposed = {0};
  propose_cuts(t, &proposed);
  propose_moments(t, &proposed);
  propose_turns(t, &proposed);
  for (size_t i = 0; i < t->film->markers.count; ++i) {
    KtHitKind kind = KT_HIT_SOFT;
    double weight = kt_marker_means(t->rules, &t->film->markers.items[i], &kind);
    if (weight > 0) {
      const KtMarker *marker = &t->film->markers.items[i];
      propose(t, &proposed, marker->at, kind, weight, KT_MARKED, kt_marker_label(t->arena, marker));
    }
  }
  if (proposed.count > 1) {
    qsort(proposed.items, proposed.count, sizeof(*proposed.items), by_weight);
  }
  double per_minute = (double)style->hits_per_minute * (1.5 - restraint);
  double apart_s = (double)(style->hits_per_minute >= t->rules->hits.comedy_per_minute
                                ? t->rules->hits.comedy_apart_s
                                : t->rules->hits.apart_s);
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    KtCue *cue = &spotting->cues.items[i];
    bool struck = pick(t, &proposed, (int)i, per_minute * kt_seconds(cue->out - cue->in) / 60,
                       apart_s, spotting);
    if (!struck) {
      // Nothing to strike: the music only accompanies, unless a person calls it otherwise.
      cue->function = cue->locked ? cue->function : KT_FUNCTION_UNDERSCORE;
    }
  }
  kt_sort_hits(spotting);
}

void kt_sort_hits(KtSpotting *spotting) {
  if (spotting->hits.count > 1) {
    qsort(spotting->hits.items, spotting->hits.count, sizeof(*spotting->hits.items), by_time);
  }
}
