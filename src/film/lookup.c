// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/film.h"

const char *kt_transition_name(KtTransition transition) {
  static const char *const names[] = {"start",      "cut",         "dissolve", "fade_black",
                                      "fade_white", "fade_colour", "wipe"};
  return names[transition];
}

const char *kt_moment_name(KtMomentKind kind) {
  static const char *const names[] = {"transient", "burst", "stop", "flash", "impact"};
  return names[kind];
}

const char *kt_gesture_name(KtGestureKind kind) {
  static const char *const names[] = {"stillness", "rise", "fall", "sweep_left", "sweep_right"};
  return names[kind];
}

const char *kt_camera_name(KtCameraKind kind) {
  static const char *const names[] = {"pan", "tilt", "zoom", "handheld"};
  return names[kind];
}

void kt_film_free(KtFilm *film) {
  if (film) {
    kt_arena_free(film->arena); // the film itself lies in it
  }
}

int kt_film_frame_at(const KtFilm *film, KtFilmTime time) {
  size_t low = 0, high = film->frames.count; // the last frame that has begun
  while (low + 1 < high) {
    size_t middle = (low + high) / 2;
    if (film->frames.items[middle].time <= time) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (int)low;
}

int kt_film_shot_at(const KtFilm *film, KtFilmTime time) {
  size_t low = 0, high = film->shots.count;
  while (low + 1 < high) {
    size_t middle = (low + high) / 2;
    if (film->shots.items[middle].start <= time) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (int)low;
}

KtFrame kt_film_average(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  KtFrame mean = {.time = start};
  if (!film->frames.count) {
    return mean;
  }
  double sum[7] = {0};
  size_t first = (size_t)kt_film_frame_at(film, start), count = 0;
  for (size_t i = first; i < film->frames.count && (i == first || film->frames.items[i].time < end);
       ++i) {
    const KtFrame *frame = &film->frames.items[i];
    const float values[7] = {frame->brightness, frame->contrast, frame->saturation, frame->warmth,
                             frame->motion,     frame->flow_x,   frame->flow_y};
    for (int k = 0; k < 7; ++k) {
      sum[k] += (double)values[k];
    }
    ++count;
  }
  float *const to[7] = {&mean.brightness, &mean.contrast, &mean.saturation, &mean.warmth,
                        &mean.motion,     &mean.flow_x,   &mean.flow_y};
  for (int k = 0; k < 7; ++k) {
    *to[k] = (float)(sum[k] / (double)count);
  }
  return mean;
}

bool kt_film_speech_at(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  size_t low = 0, high = film->speech.count; // the first span that ends after `start`
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (film->speech.items[middle].end <= start) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < film->speech.count && film->speech.items[low].start < end;
}
