// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A film of more than one world: cues that lie in a place of the brief have that world's palette.
#include "production/worlds.h"

#include <string.h>

static KtFilmTime overlap(const KtCue *cue, const KtScene *scene) {
  KtFilmTime from = cue->in > scene->start ? cue->in : scene->start, to = cue->out < scene->end ? cue->out : scene->end;
  return to > from ? to - from : 0;
}

/// How much of a cue plays in scenes whose heading names a place.
static KtFilmTime share_of(const KtStory *story, const KtCue *cue, const char *place) {
  KtFilmTime sum = 0;
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    sum += strcasestr(scene->heading, place) ? overlap(cue, scene) : 0;
  }
  return sum;
}

static bool is_told(const KtStory *story, const char *place) {
  for (size_t i = 0; i < story->scenes.count; ++i) {
    if (strcasestr(story->scenes.items[i].heading, place)) {
      return true;
    }
  }
  return false;
}

KtStatus kt_work_worlds(KtWork *work, KtError *err) {
  size_t cues = work->spotting->cues.count, worlds = work->brief->worlds.count;
  work->cue_palettes = KT_NEW(work->arena, const KtPalette *, cues + 1);
  KtPalette *palettes = KT_NEW(work->arena, KtPalette, worlds + 1);
  if (!work->cue_palettes || !palettes) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t w = 0; w < worlds; ++w) {
    const KtBriefWorld *world = &work->brief->worlds.items[w];
    KtStatus status = kt_palette_load(work->ctx, work->arena, world->palette, &palettes[w], err);
    if (status) {
      return status;
    }
    if (!is_told(work->story, world->place)) {
      kt_warn(work->ctx, "brief: no scene's heading names \"%s\"; its palette %s is not heard", world->place, world->palette);
    }
  }
  for (size_t c = 0; c < cues; ++c) {
    const KtCue *cue = &work->spotting->cues.items[c];
    KtFilmTime most = (cue->out - cue->in) / 2; // more than half of it, or the film's own
    work->cue_palettes[c] = &work->palette;
    for (size_t w = 0; w < worlds; ++w) {
      KtFilmTime share = share_of(work->story, cue, work->brief->worlds.items[w].place);
      if (share > most) {
        most = share;
        work->cue_palettes[c] = &palettes[w];
      }
    }
  }
  return KT_OK;
}
