// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_SKETCH_H
#define KT_FILM_SKETCH_H

#include "film/film.h"

/// A film that does not exist yet, as far as its script or captions tell.
typedef struct KtFilmSketch {
  const char *path, *title;
  const char *subtitles;      ///< what is said and when; NULL: `lines`
  const char *start_timecode; ///< NULL: 01:00:00:00
  KtFilmTime duration;        ///< 0: until after the last caption
  const KtFilmTime *scenes;   ///< where they begin, in order, the first at 0; none: one shot
  size_t scene_count;
  const KtCaption *lines;
  size_t line_count;
} KtFilmSketch;

/// A film at 24 fps with no picture and no sound: a shot a scene, nothing moves, and people speak
/// for as long as their words take, which is less than a caption stays. KT_ERR_FORMAT: broken
/// captions or timecode, or captions with nothing in them.
KtStatus kt_film_sketch(const KtFilmSketch *sketch, KtFilm **film, KtError *err);

#endif
