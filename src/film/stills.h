// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_STILLS_H
#define KT_FILM_STILLS_H

#include "film/film.h"

/// A small picture, upright, three bytes a pixel, valid for the call.
typedef struct KtStill {
  size_t index; ///< of the time that was asked for
  int width, height;
  const uint8_t *rgb;
} KtStill;
typedef KtStatus (*KtStillFn)(void *user, const KtStill *still, KtError *err);

typedef struct KtStillWish {
  KtFilmTime earliest, at; ///< any picture in between will do where it is cheaper to have
} KtStillWish;

/// Pictures of the film by seeking, `longer` pixels on their longer side, in order; memory does not
/// grow with their number. One that cannot be had is left out. KT_ERR_MISSING, KT_ERR_FORMAT,
/// KT_ERR_CANCELLED, or what `take` returns.
KtStatus kt_film_stills(const KtContext *ctx, const KtFilm *film, const KtStillWish *wishes,
                        size_t count, int longer, KtStillFn take, void *user, KtError *err);

#endif
