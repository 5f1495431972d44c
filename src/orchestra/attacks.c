// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/attacks.h"

#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const int kt_attack_levels[KT_ATTACK_LEVELS] = {32, 64, 96, 120};

typedef struct Row {
  int bank, program, controller, key;
  float attack_s, ms[KT_ATTACK_COLUMNS];
} Row;

static bool same_preset(const KtAttacks *attacks, const Row *row) {
  return attacks->bank == row->bank && attacks->program == row->program &&
         attacks->controller == row->controller && fabsf(attacks->attack_s - row->attack_s) < 1e-4F;
}

/// Numbers parted by commas; false where they are not what the header promises. strtod() is told the
/// point by the C locale, which the library never changes.
static bool read_row(const char *line, Row *row) {
  double values[5 + KT_ATTACK_COLUMNS];
  for (int i = 0; i < 5 + KT_ATTACK_COLUMNS; ++i) {
    char *end = NULL;
    values[i] = strtod(line, &end);
    if (end == line || !isfinite(values[i]) || fabs(values[i]) > 1e5 ||
        (i + 1 < 5 + KT_ATTACK_COLUMNS && *end != ',')) {
      return false;
    }
    line = end + 1;
  }
  *row = (Row){.bank = (int)values[0],
               .program = (int)values[1],
               .controller = (int)values[2],
               .attack_s = (float)values[3],
               .key = (int)values[4]};
  for (int l = 0; l < KT_ATTACK_COLUMNS; ++l) {
    row->ms[l] = (float)fmax(0.0, fmin(500.0, values[5 + l]));
  }
  return row->key >= 0 && row->key <= 127;
}

static void give(KtOrchestra *orchestra, const KtAttacks *attacks) {
  for (int i = 0; i < orchestra->count; ++i) {
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      KtPreset *preset = &orchestra->instruments[i].presets[a];
      if (kt_preset_is_sampled(preset) && preset->bank == attacks->bank && preset->program == attacks->program &&
          preset->dynamics_controller == attacks->controller &&
          fabsf(preset->attack_s - attacks->attack_s) < 1e-4F) {
        preset->attacks = attacks;
      }
    }
  }
}

KtStatus kt_attacks_load(KtOrchestra *orchestra, const char *path, KtError *err) {
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(orchestra->arena, path, 4U << 20, &bytes, &size, err);
  KtAttacks *now = NULL;
  int number = 0;
  for (const char *line = bytes; !status && line && *line; ++number) {
    const char *end = line + strcspn(line, "\n");
    Row row;
    if (number && !read_row(line, &row)) {
      return kt_error_at(err, KT_ERR_FORMAT, path, number + 1, 1,
                         "is no line of a table of attacks; delete the file, it is measured anew");
    }
    if (number && (!now || !same_preset(now, &row) || now->count == KT_ATTACK_KEYS ||
                   row.key != now->first_key + now->count * KT_ATTACK_STEP)) {
      now = KT_NEW(orchestra->arena, KtAttacks, 1);
      if (!now) {
        return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
      }
      *now = (KtAttacks){row.bank, row.program, row.controller, row.attack_s, row.key, 0, {{0}}};
    }
    if (number) {
      memcpy(now->ms[now->count++], row.ms, sizeof(row.ms));
      give(orchestra, now);
    }
    line = *end ? end + 1 : end;
  }
  return status;
}

static const float *zone_of(const KtAttacks *attacks, int key) {
  int zone = (key - attacks->first_key + KT_ATTACK_STEP / 2) / KT_ATTACK_STEP;
  return attacks->ms[zone < 0 ? 0 : zone >= attacks->count ? attacks->count - 1 : zone];
}

double kt_release_ms(const KtPreset *preset, int key) {
  if (preset->release_s > 0) {
    return fmin(400.0, (double)preset->release_s * 1000 * 6 / 100);
  }
  return preset->attacks && preset->attacks->count ? (double)zone_of(preset->attacks, key)[KT_ATTACK_LEVELS] : 0;
}

double kt_attack_ms(const KtInstrument *instrument, const KtPreset *preset, int key, int value) {
  const KtAttacks *attacks = preset->attacks;
  if (!attacks || !attacks->count) {
    return (double)(preset->speaks_ms > 0 ? preset->speaks_ms : instrument->speaks_ms);
  }
  const float *ms = zone_of(attacks, key);
  int level = 0;
  while (level < KT_ATTACK_LEVELS - 2 && value > kt_attack_levels[level + 1]) {
    ++level;
  }
  double low = kt_attack_levels[level], high = kt_attack_levels[level + 1];
  double share = fmin(1.0, fmax(0.0, ((double)value - low) / (high - low)));
  return (double)ms[level] + share * (double)(ms[level + 1] - ms[level]);
}
