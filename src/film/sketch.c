// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/sketch.h"

#include <math.h>
#include <string.h>

/// Letters and spaces said in a second (about 170 words a minute), and what the first takes.
#define SPOKEN_A_SECOND 15.0
#define SPOKEN_LEAST_S  0.35
/// A caption stands a little longer than what is said.
#define OF_THE_CAPTION 0.95
/// Two spans of speech nearer than this are one.
#define JOINED_S 0.3
/// A film goes on after its last words.
#define AFTER_S 10.0
/// Longest film anybody will see: a day.
#define LONGEST_S 86400.0

static size_t letters(const char *text) {
  size_t count = 0;
  for (; *text; ++text) {
    count += ((unsigned char)*text & 0xC0U) != 0x80;
  }
  return count;
}

static void speak(KtFilm *film, KtFilmTime start, KtFilmTime end) {
  KtSpan *last = film->speech.count ? &film->speech.items[film->speech.count - 1] : NULL;
  if (last && start - last->end < kt_film_time(JOINED_S)) {
    last->end = end > last->end ? end : last->end;
    return;
  }
  KtSpan *made = kt_array_push(film->arena, &film->speech);
  if (made) {
    *made = (KtSpan){start, end};
  }
}

static void fill_speech(KtFilm *film, bool boxes) {
  for (size_t i = 0; i < film->captions.count; ++i) {
    const KtCaption *caption = &film->captions.items[i];
    if (caption->sound) {
      continue;
    }
    double takes = SPOKEN_LEAST_S + (double)letters(caption->text) / SPOKEN_A_SECOND;
    double shown = kt_seconds(caption->end - caption->start);
    double said = boxes ? fmin(takes, OF_THE_CAPTION * shown) : shown;
    speak(film, caption->start, caption->start + kt_film_time(said));
  }
}

static KtFilmTime on_frame(const KtFilm *film, KtFilmTime time) {
  return kt_frame_time(film->rate, kt_time_frame(film->rate, time));
}

static void add_shot(KtFilm *film, KtFilmTime start) {
  start = on_frame(film, start);
  KtShot *last = film->shots.count ? &film->shots.items[film->shots.count - 1] : NULL;
  if (last && start <= last->start) {
    return;
  }
  KtShot *shot = kt_array_push(film->arena, &film->shots);
  if (!shot) {
    return;
  }
  bool first = film->shots.count == 1;
  *shot = (KtShot){.start = start,
                   .end = film->duration,
                   .start_frame = (int)kt_time_frame(film->rate, start),
                   .end_frame = (int)kt_time_frame(film->rate, film->duration) - 1,
                   .scene = (int)film->shots.count - 1,
                   .transition = first ? KT_TRANSITION_START : KT_TRANSITION_CUT,
                   .confidence = 0.3F};
  shot->transition_start_frame = shot->transition_end_frame = shot->start_frame;
  if (!first) {
    shot[-1].end = start;
    shot[-1].end_frame = shot->start_frame - 1;
  }
}

static void fill_frames(KtFilm *film) {
  int64_t count = kt_time_frame(film->rate, film->duration);
  for (int64_t i = 0; i < count; ++i) {
    KtFrame *frame = kt_array_push(film->arena, &film->frames);
    if (!frame) {
      return;
    }
    frame->time = kt_frame_time(film->rate, i);
  }
}

static KtStatus take_captions(KtFilm *film, const KtFilmSketch *sketch, KtError *err) {
  if (sketch->subtitles) {
    return kt_captions_read(film, sketch->subtitles, err);
  }
  for (size_t i = 0; i < sketch->line_count; ++i) {
    KtCaption *caption = kt_array_push(film->arena, &film->captions);
    if (caption) {
      *caption = sketch->lines[i];
      caption->speaker = kt_arena_text(film->arena, sketch->lines[i].speaker);
      caption->text = kt_arena_text(film->arena, sketch->lines[i].text);
    }
  }
  return KT_OK;
}

static KtStatus measure(KtFilm *film, const KtFilmSketch *sketch, KtError *err) {
  KtFilmTime last = 0;
  for (size_t i = 0; i < film->captions.count; ++i) {
    last = film->captions.items[i].end > last ? film->captions.items[i].end : last;
  }
  if (!sketch->duration && !last) {
    return kt_error_at(err, KT_ERR_FORMAT, sketch->path, 0, 0,
                       "holds no words to tell a film's length from");
  }
  film->duration = sketch->duration > last ? sketch->duration : last + kt_film_time(AFTER_S);
  if (kt_seconds(film->duration) > LONGEST_S) {
    return kt_error_at(err, KT_ERR_FORMAT, sketch->path, 0, 0,
                       "would be a film of %.0f hours; check its times",
                       kt_seconds(film->duration) / 3600);
  }
  // a whole number of pictures
  film->duration = kt_frame_time(film->rate, kt_time_frame(film->rate, film->duration) + 1);
  return KT_OK;
}

KtStatus kt_film_sketch(const KtFilmSketch *sketch, KtFilm **film, KtError *err) {
  *film = NULL;
  KtArena *arena = kt_arena_new();
  KtFilm *made = arena ? KT_NEW(arena, KtFilm, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const KtRate rate = {24, 1};
  *made = (KtFilm){.arena = arena,
                   .path = kt_arena_text(arena, sketch->path),
                   .title = kt_arena_text(arena, sketch->title),
                   .sketch = true,
                   .rate = rate,
                   .timecode = {.rate = rate, .start_frames = INT64_C(24) * 3600},
                   .video_stream = -1,
                   .audio_stream = -1,
                   .integrated_lufs = -HUGE_VAL,
                   .dialogue_lufs = -HUGE_VAL,
                   .true_peak_dbtp = -HUGE_VAL,
                   .speech_method = sketch->subtitles ? "captions" : "script"};
  KtStatus status = take_captions(made, sketch, err);
  status = status ? status : measure(made, sketch, err);
  if (!status && sketch->start_timecode) {
    status = kt_timecode_parse(&made->timecode, sketch->start_timecode,
                               &made->timecode.start_frames, err);
  }
  if (!status) {
    fill_speech(made, sketch->subtitles != NULL);
    for (size_t i = 0; i < sketch->scene_count; ++i) {
      add_shot(made, sketch->scenes[i]);
    }
    if (!sketch->scene_count) { // captions tell of no cut
      add_shot(made, 0);
    }
    fill_frames(made);
    status = kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
  }
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *film = made;
  return KT_OK;
}
