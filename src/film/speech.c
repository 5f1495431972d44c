// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/speech.h"

#include <math.h>
#include <stdlib.h>

// With Silero VAD's weights its log-odds and those of our own measures are added: the network knows
// voices but loses words in film sound of 1968 (recall 0.72 at its usual threshold); the measures
// know the rhythm of words but take some birds and crickets for them. What both hold possible is
// speech. bench/bench_speech prints what came out of these numbers, by take and background.
#define MEASURES_LEAST (-3.0F)
#define MEASURES_MOST  2.0F
#define BOTH_OFFSET    1.5F
#define BOTH_SURE      (-0.85F) ///< somewhere in a span
#define BOTH_POSSIBLE  (-2.75F) ///< throughout
#define ALONE_SURE     1.0F     ///< of the measures without the network
#define ALONE_POSSIBLE 0.25F
enum { SMOOTH = 12, SHORTEST = 8, JOIN = 12, LEAD = 3, LAG = 14, ALONE_SHORTEST = 20 };
// Steps of 10 ms. Against marks by hand the network begins 30 ms late and ends 140 ms late.

/// The mean of `count` values around each, in place of it.
static void smooth(float *values, size_t count) {
  double sum = 0, *running = calloc(count + 1, sizeof(double));
  for (size_t i = 0; running && i < count; ++i) {
    sum += (double)values[i];
    running[i + 1] = sum;
  }
  for (size_t i = 0; running && i < count; ++i) {
    size_t from = i > SMOOTH ? i - SMOOTH : 0;
    size_t to = i + SMOOTH + 1 < count ? i + SMOOTH + 1 : count;
    values[i] = (float)((running[to] - running[from]) / (double)(to - from));
  }
  free(running);
}

KtFilmTime kt_speech_step_time(size_t step) {
  return (KtFilmTime)step * KT_STEP * KT_FLICKS_PER_SAMPLE;
}

/// Without the network music is doubted: voices that sing and instruments that do as voices.
static float doubt_music(const KtFilm *film, KtFilmTime at, size_t *music) {
  while (*music < film->music.count && film->music.items[*music].end <= at) {
    ++*music;
  }
  if (*music < film->music.count && film->music.items[*music].start <= at) {
    return 3.0F;
  }
  return film->music_share > 0.4F ? 1.5F : 0.0F; // a score is never far
}

/// Log-odds of each 10 ms; the measures in `scores` become them.
static void weigh(const KtHear *hear, const KtFilm *film, bool captions, float *scores,
                  size_t count) {
  const KtSeries *odds = &hear->listen.odds;
  size_t music = 0, caption = 0;
  for (size_t i = 0; i < count; ++i) {
    size_t late = i + 1 < count ? i + 1 : i; // a window of the measures stands before its step
    KtFilmTime at = kt_speech_step_time(i);
    float own = scores[late], help = captions ? kt_speech_caption_help(film, at, &caption) : 0;
    if (odds->count) {
      size_t block = ((size_t)KT_STEP * i + KT_STEP / 2) / (3 * KT_SILERO_BLOCK);
      float net = odds->items[block < odds->count ? block : odds->count - 1];
      own = fmaxf(MEASURES_LEAST, fminf(MEASURES_MOST, own));
      scores[i] = net + own + BOTH_OFFSET + help;
    } else {
      float doubt = doubt_music(film, at, &music);
      scores[i] = own - (help > 0 ? doubt * 0.4F : doubt) + help;
    }
  }
}

/// Spans in steps, [from, to).
typedef struct Steps {
  size_t from, to;
} Steps;

static void add_span(KtFilm *film, Steps steps, bool net) {
  if (net) {
    size_t least = steps.from + SHORTEST;
    steps.from = steps.from > LEAD ? steps.from - LEAD : 0;
    steps.to = steps.to > least + LAG ? steps.to - LAG : least;
  }
  KtFilmTime start = kt_speech_step_time(steps.from), end = kt_speech_step_time(steps.to);
  end = end < film->duration ? end : film->duration;
  KtSpan *last = film->speech.count ? &film->speech.items[film->speech.count - 1] : NULL;
  if (last && start - last->end < kt_film_time(0.1)) {
    last->end = end > last->end ? end : last->end;
  } else if (end > start) {
    KtSpan *span = kt_array_push(film->arena, &film->speech);
    if (span) {
      *span = (KtSpan){start, end};
    }
  }
}

/// Spans that hold speech possible throughout and are sure of it somewhere.
static void find_spans(KtFilm *film, const float *odds, size_t count, bool net) {
  float possible = net ? BOTH_POSSIBLE : ALONE_POSSIBLE, sure = net ? BOTH_SURE : ALONE_SURE;
  size_t shortest = net ? SHORTEST : ALONE_SHORTEST;
  Steps open = {0, 0};
  for (size_t i = 0; i < count;) {
    if (odds[i] <= possible) {
      ++i;
      continue;
    }
    size_t from = i;
    bool certain = false;
    for (; i < count && odds[i] > possible; ++i) {
      certain = certain || odds[i] > sure;
    }
    if (!certain) {
      continue;
    }
    if (open.to && from - open.to < JOIN) {
      open.to = i;
      continue;
    }
    if (open.to - open.from >= shortest) {
      add_span(film, open, net);
    }
    open = (Steps){from, i};
  }
  if (open.to - open.from >= shortest) {
    add_span(film, open, net);
  }
}

/// Whether captions can support what is heard; where they lie seconds beside it, that is told.
static bool captions_hold(const KtHear *hear, KtFilm *film) {
  double late_s = kt_speech_captions_late_s(hear, film);
  const char **warning = late_s ? kt_array_push(film->arena, &film->warnings) : NULL;
  if (warning) {
    *warning = kt_arena_format(film->arena,
                               "captions seem %.1f s %s against the words that are heard; check "
                               "their times, they were not used to find speech",
                               fabs(late_s), late_s > 0 ? "late" : "early");
  }
  return film->captions.count >= 3 && !warning;
}

void kt_speech_find(const KtHear *hear, KtFilm *film) {
  bool net = hear->listen.odds.count > 0, captions = captions_hold(hear, film);
  static const char *const methods[2][2] = {
      {"pitch and syllable rhythm (logistic, no neural weights)",
       "pitch and syllable rhythm (logistic, no neural weights), captions"},
      {"Silero VAD with pitch and syllable rhythm",
       "Silero VAD with pitch and syllable rhythm, captions"}};
  film->speech_method = methods[net][captions];
  float *scores = kt_words_scores(hear);
  if (!scores) {
    return;
  }
  smooth(scores, hear->voice_count);
  weigh(hear, film, captions, scores, hear->voice_count);
  find_spans(film, scores, hear->voice_count, net);
  free(scores);
  if (net) {
    kt_speech_refine(hear, film);
  }
  if (captions) {
    kt_speech_lean_on_captions(film);
  }
}
