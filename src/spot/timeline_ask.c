// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/timeline.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static size_t cell_of(const KtTimeline *t, double at_s) {
  double cell = at_s * KT_CELLS_PER_SECOND;
  return cell <= 0 ? 0 : cell >= (double)t->cells ? t->cells - 1 : (size_t)cell;
}

static double need_before(const KtTimeline *t, double at_s) {
  size_t cell = cell_of(t, at_s);
  double part = at_s * KT_CELLS_PER_SECOND - (double)cell;
  return t->need_sum[cell] + part * (t->need_sum[cell + 1] - t->need_sum[cell]);
}

double kt_timeline_need(const KtTimeline *t, double start_s, double end_s) {
  return need_before(t, end_s) - need_before(t, start_s);
}

double kt_timeline_mixed(const KtTimeline *t, double start_s, double end_s) {
  const double *from = &t->mood_sum[4 * cell_of(t, start_s)];
  const double *to = &t->mood_sum[4 * cell_of(t, end_s)];
  double cells = (double)(to - from) / 4;
  double variance = cells > 0 ? (to[3] - from[3]) / cells : 0;
  for (int k = 0; k < 3 && cells > 0; ++k) {
    double mean = (to[k] - from[k]) / cells;
    variance -= mean * mean;
  }
  return fmax(0, variance);
}

KtEmotion kt_timeline_mean(const KtTimeline *t, double start_s, double end_s) {
  size_t first = cell_of(t, start_s);
  size_t last = cell_of(t, fmax(start_s, end_s - 0.01));
  KtEmotion sum = {0};
  float count = (float)(last - first + 1);
  for (size_t i = first; i <= last; ++i) {
    sum.valence += t->emotion[i].valence / count;
    sum.arousal += t->emotion[i].arousal / count;
    sum.tension += t->emotion[i].tension / count;
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      sum.colours[c] += t->emotion[i].colours[c] / count;
    }
  }
  return sum;
}

double kt_timeline_motion(const KtTimeline *t, double start_s, double end_s) {
  size_t first = cell_of(t, start_s);
  size_t last = cell_of(t, end_s);
  double sum = 0;
  for (size_t i = first; i <= last; ++i) {
    sum += (double)t->motion[i];
  }
  return sum / (double)(last - first + 1);
}

double kt_timeline_words(const KtTimeline *t, double start_s, double end_s) {
  double sum = 0;
  for (size_t i = 0; i < t->words.count; ++i) {
    sum += fmax(0, fmin(end_s, t->words.items[i].end_s) - fmax(start_s, t->words.items[i].start_s));
  }
  return end_s > start_s ? sum / (end_s - start_s) : 0;
}

bool kt_timeline_speaks(const KtTimeline *t, double start_s, double end_s) {
  for (size_t i = 0; i < t->words.count && t->words.items[i].start_s <= end_s; ++i) {
    if (t->words.items[i].end_s > start_s) {
      return true;
    }
  }
  return false;
}

const KtWords *kt_timeline_next_words(const KtTimeline *t, double at_s) {
  for (size_t i = 0; i < t->words.count; ++i) {
    if (t->words.items[i].start_s >= at_s) {
      return &t->words.items[i];
    }
  }
  return NULL;
}

const KtWords *kt_timeline_last_words(const KtTimeline *t, double at_s) {
  const KtWords *last = NULL;
  for (size_t i = 0; i < t->words.count && t->words.items[i].end_s <= at_s; ++i) {
    last = &t->words.items[i];
  }
  return last;
}

bool kt_timeline_source(const KtTimeline *t, double start_s, double end_s) {
  double clear = (double)t->rules->source.clear_s;
  for (size_t i = 0; i < t->source.count; ++i) {
    if (t->source.items[i].start_s - clear < end_s && t->source.items[i].end_s + clear > start_s) {
      return true;
    }
  }
  return false;
}

bool kt_timeline_pinned(const KtTimeline *t, KtFilmTime in, KtFilmTime out) {
  for (size_t i = 0; i < t->pins.count; ++i) {
    if (t->pins.items[i].in == in && t->pins.items[i].out == out) {
      return true;
    }
  }
  return false;
}

bool kt_timeline_barred(const KtTimeline *t, KtFilmTime in, KtFilmTime out) {
  const double slip_s = 0.001;
  for (size_t i = 0; i < t->pins.count; ++i) {
    if (t->pins.items[i].in < out && t->pins.items[i].out > in) {
      return true;
    }
  }
  for (size_t i = 0; i < t->barred.count; ++i) {
    if (t->barred.items[i].start_s < kt_seconds(out) - slip_s &&
        t->barred.items[i].end_s > kt_seconds(in) + slip_s) {
      return true;
    }
  }
  return false;
}

KtFilmTime kt_timeline_snap(const KtTimeline *t, KtFilmTime time) {
  const KtFilm *film = t->film;
  KtFilmTime frame = kt_frame_time(t->rate, 1);
  if (time <= 0) {
    return 0;
  }
  if (time >= film->duration - frame / 2) {
    return film->duration;
  }
  size_t count = film->frames.count;
  if (film->variable_rate && count && time <= film->frames.items[count - 1].time) {
    size_t low = 0;
    for (size_t high = count; high - low > 1;) {
      size_t middle = (low + high) / 2;
      *(film->frames.items[middle].time <= time ? &low : &high) = middle;
    }
    size_t next = low + 1 < count ? low + 1 : low;
    return film->frames.items[next].time - time < time - film->frames.items[low].time
               ? film->frames.items[next].time
               : film->frames.items[low].time;
  }
  KtFilmTime at = kt_frame_time(t->rate, kt_time_frame(t->rate, time + frame / 2));
  return at < film->duration ? at : film->duration;
}

const KtScene *kt_timeline_scene(const KtTimeline *t, KtFilmTime time) {
  for (size_t i = 0; i < t->story->scenes.count; ++i) {
    const KtScene *scene = &t->story->scenes.items[i];
    if (scene->start <= time && scene->end > time) {
      return scene;
    }
  }
  return NULL;
}

const char *kt_timeline_place(const KtTimeline *t, KtFilmTime time) {
  const KtScene *scene = kt_timeline_scene(t, time);
  if (!scene || !scene->place || !scene->place[0]) {
    return "";
  }
  size_t length = strlen(scene->place);
  char *text = kt_arena_alloc(t->arena, length + 5);
  if (!text) {
    return "";
  }
  bool article = !strncasecmp(scene->place, "the ", 4);
  memcpy(text, "the ", 4);
  for (size_t i = 0; i <= length; ++i) {
    char letter = scene->place[i];
    text[(article ? 0 : 4) + i] = (char)(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
  }
  return text;
}

const char *kt_turn_phrase(const KtTimeline *t, const KtTurn *turn) {
  if (turn->label && turn->label[0]) {
    size_t length = strlen(turn->label);
    while (length && strchr(".!?,; ", turn->label[length - 1])) {
      --length;
    }
    return kt_arena_text_n(t->arena, turn->label, length);
  }
  static const char *const phrases[] = {
      "the story opens",        "two meet",        "someone is lost",
      "someone comes back",     "all turns round", "danger shows",
      "it comes to its height", "calm returns",    "it ends"};
  return (size_t)turn->kind < sizeof(phrases) / sizeof(*phrases) ? phrases[turn->kind] : "a turn";
}
