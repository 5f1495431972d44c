// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perform/player.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_tick(const void *a, const void *b) {
  const KtEvent *x = a, *y = b;
  if (x->tick != y->tick) {
    return x->tick < y->tick ? -1 : 1;
  }
  if (x->kind != y->kind) {
    return x->kind - y->kind;
  }
  return x->key != y->key ? x->key - y->key : x->value - y->value;
}

void kt_player_write(KtPlayer *player, KtArena *arena, KtTrack *track) {
  kt_player_control(player, arena, track);
  for (size_t i = 0; i < player->strokes.count; ++i) {
    const KtStroke *one = &player->strokes.items[i];
    double velocity = 127.0 * pow((double)one->level, (double)player->manner->curve_velocity);
    KtEvent event = {.tick = one->on,
                     .kind = KT_EVENT_NOTE_ON,
                     .key = one->key,
                     .value = (uint8_t)fmin(127.0, fmax(5.0, round(velocity))),
                     .articulation = one->articulation,
                     .hit = one->hit,
                     .slurred = one->slurred};
    KtEvent *on = kt_array_push(arena, &track->events);
    KtEvent *off = kt_array_push(arena, &track->events);
    if (!on || !off) {
      return;
    }
    on = off - 1; // the array may have moved
    *on = event;
    *off = event;
    off->tick = one->off;
    off->kind = KT_EVENT_NOTE_OFF;
    off->value = 0;
    off->hit = one->stops;
    off->slurred = false;
  }
  if (track->events.count) {
    qsort(track->events.items, track->events.count, sizeof(KtEvent), by_tick);
  }
}

/// What was gathered, event by event, in no more room than it needs.
static void keep_events(KtTrack *track, KtArena *arena) {
  size_t count = track->events.count;
  KtEvent *kept = count ? KT_NEW(arena, KtEvent, count) : NULL;
  if (kept) {
    memcpy(kept, track->events.items, count * sizeof(*kept));
  }
  track->events.items = kept;
  track->events.count = track->events.capacity = kept ? count : 0;
}

static KtStatus play_part(const KtContext *ctx, const KtOrchestra *orchestra,
                          const KtManner *manner, const KtScore *score, size_t index,
                          KtPerformance *performance, KtError *err) {
  const KtPart *part = &score->parts.items[index];
  const KtInstrument *instrument = kt_orchestra_find(orchestra, part->instrument);
  if (!instrument) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "%s: part %s is for %s, which no instrument is named",
                        score->name, part->id, part->instrument ? part->instrument : "nobody");
  }
  KtTrack *track = kt_array_push(performance->arena, &performance->tracks);
  KtArena *scratch = kt_arena_new();
  if (!track || !scratch) {
    kt_arena_free(scratch);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while performing %s", score->name);
  }
  track->part = (int)index;
  track->name = part->name;
  track->instrument = instrument;
  KtPlayer player = {.score = score,
                     .part = part,
                     .instrument = instrument,
                     .manner = manner,
                     .scratch = scratch};
  player.rng =
      kt_rng(ctx->seed, kt_arena_format(scratch, "%s/perform/%s", score->name, part->id));
  kt_player_phrase(&player);
  if (!kt_arena_failed(scratch) && part->notes.count) {
    kt_player_strike(&player);
    kt_player_place(&player);
    kt_player_write(&player, scratch, track);
    keep_events(track, performance->arena);
  }
  bool failed = kt_arena_failed(scratch) || kt_arena_failed(performance->arena);
  kt_arena_free(scratch);
  return failed ? kt_error_set(err, KT_ERR_MEMORY, "out of memory while performing %s", score->name)
                : KT_OK;
}

KtStatus kt_perform(const KtContext *ctx, const KtOrchestra *orchestra, const KtScore *score,
                    KtPerformance **performance, KtError *err) {
  *performance = NULL;
  KtManner *manner = NULL;
  KtStatus status = kt_manner_load(ctx, &manner, err);
  if (status) {
    return status;
  }
  KtArena *arena = kt_arena_new();
  KtPerformance *made = arena ? KT_NEW(arena, KtPerformance, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    kt_manner_free(manner);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while performing");
  }
  *made = (KtPerformance){.arena = arena, .score = score, .seed = ctx->seed};
  for (size_t i = 0; i < score->parts.count && !status; ++i) {
    status = kt_cancelled(ctx) ? kt_error_cancelled(err)
                               : play_part(ctx, orchestra, manner, score, i, made, err);
  }
  kt_manner_free(manner);
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *performance = made;
  return KT_OK;
}

void kt_performance_free(KtPerformance *performance) {
  if (performance) {
    kt_arena_free(performance->arena);
  }
}
