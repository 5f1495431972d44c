// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/timeline.h"

#include "spot/marks.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_start(const void *a, const void *b) {
  const KtWords *x = a;
  const KtWords *y = b;
  return (x->start_s > y->start_s) - (x->start_s < y->start_s);
}

static float feeling_of(const KtEmotion *e) {
  float most = fabsf(e->valence);
  most = e->tension > most ? e->tension : most;
  for (int i = 0; i < KT_COLOUR_COUNT; ++i) {
    most = e->colours[i] > most ? e->colours[i] : most;
  }
  return most;
}

static bool overlaps(const KtTimeline *t, size_t count, double start_s, double end_s) {
  for (size_t i = 0; i < count; ++i) {
    if (t->words.items[i].start_s < end_s && t->words.items[i].end_s > start_s) {
      return true;
    }
  }
  return false;
}

static void add_words(KtTimeline *t, double start_s, double end_s, const char *text,
                      const char *speaker) {
  start_s = start_s < 0 ? 0 : start_s;
  end_s = end_s > t->duration_s ? t->duration_s : end_s;
  if (end_s - start_s < 0.05) {
    return;
  }
  KtWords *words = kt_array_push(t->arena, &t->words);
  if (words) {
    *words = (KtWords){start_s, end_s, -1, text, speaker, 0};
  }
}

/// Tell each stretch of words which line it is, by the greatest overlap.
static void name_words(KtTimeline *t) {
  const KtStory *story = t->story;
  for (size_t i = 0; i < t->words.count; ++i) {
    KtWords *words = &t->words.items[i];
    double most = 0;
    for (size_t j = 0; j < story->lines.count; ++j) {
      const KtLine *line = &story->lines.items[j];
      double common =
          fmin(words->end_s, kt_seconds(line->end)) - fmax(words->start_s, kt_seconds(line->start));
      if (common > most) {
        most = common;
        words->line = (int)j;
        words->text = line->text ? line->text : "";
        words->feeling = feeling_of(&line->emotion);
        if (line->character >= 0 && (size_t)line->character < story->characters.count) {
          words->speaker = story->characters.items[line->character].name;
        }
      }
    }
  }
}

/// Speech as heard; captions and lines stand in where hearing found nothing.
static void gather_words(KtTimeline *t) {
  const KtFilm *film = t->film;
  for (size_t i = 0; i < film->speech.count; ++i) {
    add_words(t, kt_seconds(film->speech.items[i].start), kt_seconds(film->speech.items[i].end), "",
              "");
  }
  size_t heard = t->words.count;
  for (size_t i = 0; i < film->captions.count; ++i) {
    const KtCaption *caption = &film->captions.items[i];
    double start_s = kt_seconds(caption->start);
    double end_s = kt_seconds(caption->end);
    if (!caption->sound && !overlaps(t, heard, start_s, end_s)) {
      add_words(t, start_s, end_s, caption->text ? caption->text : "",
                caption->speaker ? caption->speaker : "");
    }
  }
  heard = t->words.count;
  for (size_t i = 0; i < t->story->lines.count; ++i) {
    const KtLine *line = &t->story->lines.items[i];
    double start_s = kt_seconds(line->start);
    double end_s = kt_seconds(line->end);
    if (line->confidence >= t->rules->words.line_confidence &&
        !overlaps(t, heard, start_s, end_s)) {
      add_words(t, start_s, end_s, "", "");
    }
  }
  if (t->words.count > 1) {
    qsort(t->words.items, t->words.count, sizeof(*t->words.items), by_start);
  }
  name_words(t);
}

static void merge_words(KtTimeline *t) {
  size_t kept = 0;
  double spoken = 0;
  for (size_t i = 0; i < t->words.count; ++i) {
    KtWords *last = kept ? &t->words.items[kept - 1] : NULL;
    const KtWords *next = &t->words.items[i];
    double pause = last ? next->start_s - last->end_s : 0;
    if (last && (pause < 0 || (pause < (double)t->rules->words.joined_s &&
                               (last->line == next->line || next->line < 0)))) {
      last->end_s = fmax(last->end_s, next->end_s);
      last->feeling = fmaxf(last->feeling, next->feeling);
      continue;
    }
    t->words.items[kept++] = *next;
  }
  t->words.count = kept;
  for (size_t i = 0; i < kept; ++i) {
    spoken += t->words.items[i].end_s - t->words.items[i].start_s;
  }
  t->words_share = t->duration_s > 0 ? spoken / t->duration_s : 0;
}

static void gather_source(KtTimeline *t) {
  for (size_t i = 0; i < t->film->music.count && !t->temp; ++i) {
    double start_s = kt_seconds(t->film->music.items[i].start);
    double end_s = kt_seconds(t->film->music.items[i].end);
    KtReach *reach = end_s - start_s >= (double)t->rules->source.least_s
                         ? kt_array_push(t->arena, &t->source)
                         : NULL;
    if (reach) {
      *reach = (KtReach){start_s, end_s};
    }
  }
}

bool kt_turn_reveals(KtTurnKind kind) {
  return kind == KT_TURN_RETURN || kind == KT_TURN_REVERSAL || kind == KT_TURN_THREAT ||
         kind == KT_TURN_CLIMAX;
}

/// A scene that begins with its loss is bare from its first picture on.
static double bare_from(const KtStory *story, double at_s) {
  double from_s = at_s + 1;
  for (size_t i = 0; i < story->scenes.count; ++i) {
    double start_s = kt_seconds(story->scenes.items[i].start);
    from_s = start_s <= at_s && at_s - start_s < 8 ? fmin(from_s, start_s) : from_s;
  }
  return from_s;
}

/// Silences on purpose, for the weightiest turns, apart from each other.
static void hold_silences(KtTimeline *t) {
  const struct KtRuleSilence *rule = &t->rules->silence;
  const KtStory *story = t->story;
  for (float least = 0.9F; least >= rule->turn_weight - 0.001F; least -= 0.1F) {
    for (size_t i = 0; i < story->turns.count; ++i) {
      const KtTurn *turn = &story->turns.items[i];
      bool after = turn->kind == KT_TURN_LOSS;
      double at_s = kt_seconds(turn->at);
      bool free = turn->weight >= least && (after || kt_turn_reveals(turn->kind)) && at_s > 12;
      for (size_t j = 0; j < t->held.count && free; ++j) {
        free = fabs(t->held.items[j].start_s - at_s) >= (double)rule->apart_s;
      }
      KtHeld *held = free ? kt_array_push(t->arena, &t->held) : NULL;
      if (held) {
        *held =
            after ? (KtHeld){bare_from(story, at_s), at_s + 1 + (double)rule->after_s, (int)i, true}
                  : (KtHeld){at_s - (double)rule->before_s, at_s, (int)i, false};
      }
    }
  }
}

static KtEmotion emotion_at(const KtStory *story, double at_s) {
  if (!story->arc.count) {
    return (KtEmotion){0};
  }
  double place = at_s * 2; // two points a second
  size_t last = story->arc.count - 1;
  size_t i = place > 0 ? (size_t)place : 0;
  return story->arc.items[i < last ? i : last].emotion;
}

static double titles_at(const KtTimeline *t, double at_s) {
  const KtFilm *film = t->film;
  if (at_s >= t->credits_s) {
    return 1;
  }
  for (size_t i = 0; i < film->titles.count; ++i) {
    if (kt_seconds(film->titles.items[i].start) <= at_s &&
        kt_seconds(film->titles.items[i].end) > at_s) {
      return 1;
    }
  }
  return 0;
}

static void fill_motion(KtTimeline *t) {
  const KtFilm *film = t->film;
  int *seen = KT_NEW(t->arena, int, t->cells);
  for (size_t i = 0; i < film->frames.count && seen; ++i) {
    double cell = kt_seconds(film->frames.items[i].time) * KT_CELLS_PER_SECOND;
    if (cell >= 0 && cell < (double)t->cells) {
      t->motion[(size_t)cell] += film->frames.items[i].motion;
      ++seen[(size_t)cell];
    }
  }
  float most = 0.05F;
  for (size_t i = 0; i < t->cells && seen; ++i) {
    t->motion[i] /= seen[i] ? (float)seen[i] : 1;
    most = t->motion[i] > most ? t->motion[i] : most;
  }
  for (size_t i = 0; i < t->cells; ++i) {
    t->motion[i] = sqrtf(t->motion[i] / most); // against the film's own liveliest moment
  }
}

static double turn_wake(const KtTimeline *t, double at_s) {
  double most = 0;
  for (size_t i = 0; i < t->story->turns.count; ++i) {
    double past = at_s - kt_seconds(t->story->turns.items[i].at);
    if (past >= 0 && past < (double)t->rules->need.turn_s) {
      most = fmax(most, (double)t->story->turns.items[i].weight *
                            (1 - past / (double)t->rules->need.turn_s));
    }
  }
  return most;
}

static size_t first_frame(const KtFilm *film, KtFilmTime time) {
  size_t low = 0;
  for (size_t high = film->frames.count; low < high;) {
    size_t middle = (low + high) / 2;
    if (film->frames.items[middle].time < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// What the picture looks like between two times.
static KtFrame light(const KtTimeline *t, double start_s, double end_s) {
  KtFrame sum = {0};
  float count = 0;
  for (size_t i = first_frame(t->film, kt_film_time(start_s)); i < t->film->frames.count; ++i) {
    const KtFrame *frame = &t->film->frames.items[i];
    if (kt_seconds(frame->time) >= end_s) {
      break;
    }
    sum.brightness += frame->brightness;
    sum.saturation += frame->saturation;
    sum.warmth += frame->warmth;
    ++count;
  }
  count = count > 0 ? count : 1;
  return (KtFrame){.brightness = sum.brightness / count,
                   .saturation = sum.saturation / count,
                   .warmth = sum.warmth / count};
}

/// Cuts after which the world is lit otherwise; a mere change of angle and back is none.
static void wake_of_light(const KtTimeline *t, float *wake) {
  const double window_s = 5;
  for (size_t i = 1; i < t->film->shots.count; ++i) {
    double at_s = kt_seconds(t->film->shots.items[i].start);
    KtFrame before = light(t, at_s - window_s, at_s);
    KtFrame after = light(t, at_s, at_s + window_s);
    float change = fabsf(after.brightness - before.brightness) * 1.6F +
                   fabsf(after.saturation - before.saturation) * 0.5F +
                   fabsf(after.warmth - before.warmth) * 0.5F;
    for (size_t cell = (size_t)(at_s * KT_CELLS_PER_SECOND); cell < t->cells; ++cell) {
      float past = (float)cell / KT_CELLS_PER_SECOND - (float)at_s;
      if (past >= t->rules->need.change_s) {
        break;
      }
      wake[cell] =
          fmaxf(wake[cell], fminf(change, 1) * (1 - fmaxf(past, 0) / t->rules->need.change_s));
    }
  }
}

static double held_at(const KtTimeline *t, double at_s) {
  double most = 0;
  for (size_t i = 0; i < t->held.count; ++i) {
    const KtHeld *held = &t->held.items[i];
    if (held->start_s <= at_s && held->end_s > at_s) {
      most = (double)(held->after ? t->rules->silence.after : t->rules->silence.before);
    }
  }
  return most;
}

/// The colours that ask for music by themselves; the others show in tension or in the words.
static float strongest(const KtEmotion *e) {
  return fmaxf(fmaxf(e->colours[KT_COLOUR_WONDER], e->colours[KT_COLOUR_GRANDEUR]),
               fmaxf(e->colours[KT_COLOUR_LOSS], e->colours[KT_COLOUR_ROMANCE]));
}

static void fill_need(KtTimeline *t) {
  const struct KtRuleNeed *rule = &t->rules->need;
  float *lit = KT_NEW(t->arena, float, t->cells);
  if (!lit) {
    return;
  }
  wake_of_light(t, lit);
  for (size_t i = 0; i < t->cells; ++i) {
    double at_s = ((double)i + 0.5) / KT_CELLS_PER_SECOND;
    const KtEmotion *e = &t->emotion[i];
    double need = (double)rule->base + (double)(rule->tension * e->tension) +
                  (double)(rule->arousal * fmaxf(e->arousal, 0)) +
                  (double)(rule->valence * fabsf(e->valence)) +
                  (double)(rule->colour * strongest(e)) + (double)(rule->change * lit[i]) +
                  (double)(rule->motion * t->motion[i]) + (double)rule->turn * turn_wake(t, at_s) +
                  (double)rule->marker * kt_marked_near(t, at_s) +
                  (double)rule->titles * titles_at(t, at_s) + held_at(t, at_s);
    if (t->heard && kt_timeline_speaks(t, at_s, at_s)) {
      need += (double)rule->words + (double)(rule->intimate * e->colours[KT_COLOUR_INTIMACY]);
    }
    t->need_sum[i + 1] = t->need_sum[i] + need / KT_CELLS_PER_SECOND;
  }
}

KtStatus kt_timeline_make(KtArena *arena, const KtFilm *film, const KtStory *story,
                          const KtSpotRules *rules, bool temp, bool written_silence,
                          KtTimeline *timeline, KtError *err) {
  KtTimeline *t = timeline;
  *t = (KtTimeline){.arena = arena, .film = film, .story = story, .rules = rules, .temp = temp};
  t->heard = film->audio_stream >= 0 || film->sketch;
  t->rate = film->rate.num > 0 && film->rate.den > 0 ? film->rate : (KtRate){24, 1};
  t->duration_s = kt_seconds(film->duration);
  t->cells = (size_t)ceil(t->duration_s * KT_CELLS_PER_SECOND) + 1;
  t->emotion = KT_NEW(arena, KtEmotion, t->cells);
  t->motion = KT_NEW(arena, float, t->cells);
  t->need_sum = KT_NEW(arena, double, t->cells + 1);
  t->mood_sum = KT_NEW(arena, double, 4 * (t->cells + 1));
  if (!t->emotion || !t->motion || !t->need_sum || !t->mood_sum) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < t->cells; ++i) {
    t->emotion[i] = emotion_at(story, ((double)i + 0.5) / KT_CELLS_PER_SECOND);
    const double mood[] = {(double)t->emotion[i].valence, (double)t->emotion[i].arousal,
                           (double)t->emotion[i].tension};
    double *sum = &t->mood_sum[4 * i];
    sum[7] = sum[3];
    for (int k = 0; k < 3; ++k) {
      sum[4 + k] = sum[k] + mood[k];
      sum[7] += mood[k] * mood[k];
    }
  }
  t->credits_s = t->duration_s;
  for (size_t i = 0; i < story->turns.count; ++i) {
    const KtTurn *turn = &story->turns.items[i];
    if (turn->kind == KT_TURN_ENDING && turn->label && strstr(turn->label, "credits")) {
      t->credits_s = kt_seconds(turn->at);
    }
  }
  gather_words(t);
  merge_words(t);
  gather_source(t);
  if (written_silence) {
    hold_silences(t);
  }
  fill_motion(t);
  fill_need(t);
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
