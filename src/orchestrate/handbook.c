// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <stdlib.h>

KtStatus kt_handbook_load(const KtContext *ctx, KtHandbook **book, KtError *err) {
  *book = NULL;
  KtHandbook *made = calloc(1, sizeof(*made));
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = kt_players_habits_load(ctx, &made->habits, err);
  status = status ? status : kt_learned_voices_load(ctx, &made->learned, err);
  status = status ? status : kt_writing_load(ctx, &made->writing, err);
  status = status ? status : kt_strokes_load(ctx, &made->strokes, err);
  status = status ? status : kt_swells_load(ctx, &made->swells, err);
  status = status ? status : kt_hearts_load(ctx, &made->hearts, err);
  status = status ? status : kt_touches_load(ctx, &made->touches, err);
  status = status ? status : kt_synth_hits_load(ctx, &made->synth_hits, err);
  status = status ? status : kt_beyond_load(ctx, &made->beyond, err);
  if (status) {
    kt_handbook_free(made);
    return status;
  }
  *book = made;
  return KT_OK;
}

void kt_handbook_free(KtHandbook *book) {
  if (book) {
    kt_players_habits_free(book->habits);
    kt_learned_voices_free(book->learned);
    kt_writing_free(book->writing);
    kt_strokes_free(book->strokes);
    kt_swells_free(book->swells);
    kt_touches_free(book->touches);
    kt_hearts_free(book->hearts);
    kt_synth_hits_free(book->synth_hits);
    kt_beyond_free(book->beyond);
    free(book);
  }
}
