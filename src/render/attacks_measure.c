// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "base/pool.h"
#include "orchestra/attacks.h"
#include "render/measure.h"

#include <math.h>
#include <string.h>

enum { MOST_THREADS = 64, TAKE = KT_PROBE_LEAD + KT_SAMPLE_RATE * 6 / 10, RELEASE_AT = 2, // dynamics at which it is measured
       LONG_TAKE = TAKE + KT_SAMPLE_RATE / 2 };
static const double held_s = 0.5;

typedef struct Measuring {
  const KtContext *ctx;
  const KtOrchestra *orchestra;
  KtProbe *probes[MOST_THREADS];
  KT_ARRAY(KtAttacks) presets;
  KT_ARRAY(const KtPreset *) which;
  KT_ARRAY(KtLook) looks;
  KT_ARRAY(bool) pitched; // a key is a pitch, not an instrument
} Measuring;

/// A preset's keys, from the instrument's compass; widened where another instrument plays it too.
static void add(Measuring *measuring, KtArena *arena, const KtInstrument *one, int articulation) {
  const KtPreset *preset = &one->presets[articulation];
  bool struck = one->stem == KT_STEM_PERCUSSION || one->stem == KT_STEM_KEYS;
  bool held = !struck && articulation != KT_ART_SHORT && articulation != KT_ART_SPICCATO &&
              articulation != KT_ART_MARCATO && articulation != KT_ART_PIZZICATO;
  int low = one->low, high = one->high;
  for (int k = 0; k < one->key_count; ++k) {
    low = k && low < one->keys[k] ? low : one->keys[k];
    high = k && high > one->keys[k] ? high : one->keys[k];
  }
  low += preset->transpose;
  high += preset->transpose;
  for (size_t i = 0; i < measuring->which.count; ++i) {
    if (kt_attacks_are_of(&measuring->presets.items[i], preset)) {
      KtAttacks *had = &measuring->presets.items[i];
      measuring->looks.items[i].held = measuring->looks.items[i].held || held;
      int last = had->first_key + (had->count - 1) * KT_ATTACK_STEP;
      low = low < had->first_key ? low : had->first_key;
      last = high > last ? high : last;
      had->first_key = low;
      had->count = (last - low + KT_ATTACK_STEP - 1) / KT_ATTACK_STEP + 1;
      had->count = had->count > KT_ATTACK_KEYS ? KT_ATTACK_KEYS : had->count;
      return;
    }
  }
  KtAttacks *made = kt_array_push(arena, &measuring->presets);
  const KtPreset **which = kt_array_push(arena, &measuring->which);
  KtLook *looks = kt_array_push(arena, &measuring->looks);
  bool *pitched = kt_array_push(arena, &measuring->pitched);
  if (made && which && looks && pitched) {
    int count = (high - low + KT_ATTACK_STEP - 1) / KT_ATTACK_STEP + 1;
    *made = (KtAttacks){.bank = preset->bank,
                        .program = preset->program,
                        .controller = preset->dynamics_controller,
                        .attack_s = preset->attack_s,
                        .decay_s = preset->decay_s,
                        .skip_ms = preset->skip_ms,
                        .first_key = low < 0 ? 0 : low,
                        .count = count > KT_ATTACK_KEYS ? KT_ATTACK_KEYS : count};
    *which = preset;
    *looks = (KtLook){.held = held, .curve = struck && one->pitched && !preset->dynamics_controller};
    *pitched = one->pitched;
  }
}

/// A key that was not heard takes its neighbour's. Nothing is smoothed: one sample may speak a tenth of a second later
/// than that of the key beside it.
static void fill(KtAttacks *attacks) {
  for (int l = 0; l < KT_ATTACK_COLUMNS; ++l) {
    float last = -1;
    for (int k = 0; k < attacks->count; ++k) {
      last = attacks->ms[k][l] >= 0 ? attacks->ms[k][l] : last;
      attacks->ms[k][l] = last;
    }
    for (int k = attacks->count; k-- > 0;) {
      attacks->ms[k][l] = fmaxf(0, attacks->ms[k][l] < 0 ? last : attacks->ms[k][l]);
      last = attacks->ms[k][l];
    }
  }
}

static KtStatus measure_one(void *user, size_t index, int worker, KtError *err) {
  Measuring *measuring = user;
  KtAttacks *to = &measuring->presets.items[index];
  KtProbe **probe = &measuring->probes[worker];
  KtStatus status = KT_OK;
  if (!*probe) {
    status = kt_probe_open(measuring->orchestra->library_path, probe, err);
  } else {
    status = kt_probe_begin(*probe, err);
  }
  double db[KT_ATTACK_KEYS];
  for (int k = 0; !status && k < to->count; ++k) {
    int key = to->first_key + k * KT_ATTACK_STEP;
    db[k] = kt_level_measure(*probe, measuring->which.items[index], key, measuring->looks.items[index],
                             k ? &to->levels[k - 1] : NULL, &to->levels[k]);
    status = kt_cancelled(measuring->ctx) ? kt_error_cancelled(err) : KT_OK;
    for (int l = 0; !status && l < KT_ATTACK_LEVELS; ++l) {
      bool played = key <= 127 && kt_probe_play(*probe, measuring->which.items[index], key,
                                                kt_attack_levels[l], held_s, l == RELEASE_AT ? LONG_TAKE : TAKE);
      to->ms[k][l] = played ? (float)kt_probe_attack_ms(*probe) : -1;
      if (l == RELEASE_AT) {
        to->ms[k][KT_ATTACK_LEVELS] = played ? (float)kt_probe_release_ms(*probe, held_s) : -1;
      }
    }
  }
  if (!status) {
    fill(to);
  }
  if (!status && measuring->pitched.items[index]) {
    kt_levels_even(to, db);
  }
  return status;
}

static KtStatus write_table(const Measuring *measuring, const char *path, KtError *err) {
  KtAtomicFile file;
  KtStatus status = kt_atomic_open(&file, path, err);
  if (status) {
    return status;
  }
  fputs("bank,program,controller,attack_s,decay_s,skip_ms,key,ms_32,ms_56,ms_78,ms_100,ms_120,release_ms,even_db,over\n", file.stream);
  for (size_t i = 0; i < measuring->presets.count; ++i) {
    const KtAttacks *one = &measuring->presets.items[i];
    for (int k = 0; k < one->count; ++k) {
      const KtKeyLevel *level = &one->levels[k];
      fprintf(file.stream, "%d,%d,%d,%.4f,%.4f,%.4f,%d", one->bank, one->program, one->controller, (double)one->attack_s,
              (double)one->decay_s, (double)one->skip_ms, one->first_key + k * KT_ATTACK_STEP);
      for (int l = 0; l < KT_ATTACK_COLUMNS; ++l) {
        fprintf(file.stream, ",%.1f", (double)one->ms[k][l]);
      }
      fprintf(file.stream, ",%.1f,", (double)level->even_db);
      for (int l = 0; l < level->count; ++l) {
        fprintf(file.stream, "%s%d:%.1f", l ? " " : "", level->points[l].velocity, (double)level->points[l].db);
      }
      fputc('\n', file.stream);
    }
  }
  return kt_atomic_commit(&file, err);
}

KtStatus kt_attacks_measure(const KtContext *ctx, const KtOrchestra *orchestra, const char *path,
                            KtError *err) {
  KtArena *arena = kt_arena_new();
  if (!arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  Measuring measuring = {.ctx = ctx, .orchestra = orchestra};
  for (int i = 0; i < orchestra->count; ++i) {
    const KtInstrument *one = &orchestra->instruments[i];
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      if (one->has[a] && one->presets[a].program >= 0 && kt_preset_is_sampled(&one->presets[a])) {
        add(&measuring, arena, one, a);
      }
    }
  }
  KtStatus status = kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
  int threads = ctx->threads > MOST_THREADS ? MOST_THREADS : ctx->threads;
  if (!status) {
    status = kt_parallel(threads, measuring.presets.count, measure_one, &measuring, err);
  }
  for (int t = 0; t < MOST_THREADS; ++t) {
    kt_probe_close(measuring.probes[t]);
  }
  if (!status) {
    status = write_table(&measuring, path, err);
  }
  kt_arena_free(arena);
  return status;
}
