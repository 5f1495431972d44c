// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/attacks.h"

#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double kt_velocity_db = 33.4;
const int kt_attack_levels[KT_ATTACK_LEVELS] = {32, 56, 78, 100, 120};

enum { HEAD = 7, NUMBERS = HEAD + KT_ATTACK_COLUMNS + 1 };

typedef struct Row {
  KtAttacks of; // whose
  int key;
  float ms[KT_ATTACK_COLUMNS];
  KtKeyLevel level;
} Row;

static bool near(float a, float b) {
  return fabsf(a - b) < 1e-3F;
}

bool kt_attacks_are_of(const KtAttacks *attacks, const KtPreset *preset) {
  return attacks->bank == preset->bank && attacks->program == preset->program &&
         attacks->controller == preset->dynamics_controller && near(attacks->attack_s, preset->attack_s) &&
         near(attacks->decay_s, preset->decay_s) && near(attacks->skip_ms, preset->skip_ms);
}

static bool same_preset(const KtAttacks *a, const KtAttacks *b) {
  return a->bank == b->bank && a->program == b->program && a->controller == b->controller &&
         near(a->attack_s, b->attack_s) && near(a->decay_s, b->decay_s) && near(a->skip_ms, b->skip_ms);
}

/// `velocity:db` and blanks, velocities rising.
static bool read_points(const char *text, KtKeyLevel *level) {
  int last = 0;
  while (*text && *text != '\n') {
    char *end = NULL;
    long to = strtol(text, &end, 10);
    if (level->count == KT_LEVEL_POINTS || end == text || *end != ':' || to <= last || to > 127) {
      return false;
    }
    text = end + 1;
    double db = strtod(text, &end);
    if (end == text || !(fabs(db) < 60) || (*end && !strchr(" \r\n", *end))) {
      return false;
    }
    level->points[level->count].velocity = last = (int)to;
    level->points[level->count++].db = (float)db;
    text = end + strspn(end, " \r");
  }
  return true;
}

/// Numbers parted by commas; false where they are not what the header promises. strtod() is told the
/// point by the C locale, which the library never changes.
static bool read_row(const char *line, Row *row) {
  double values[NUMBERS];
  for (int i = 0; i < NUMBERS; ++i) {
    char *end = NULL;
    values[i] = strtod(line, &end);
    if (end == line || !isfinite(values[i]) || fabs(values[i]) > 1e5 || *end != ',') {
      return false;
    }
    line = end + 1;
  }
  *row = (Row){.of = {.bank = (int)values[0],
                      .program = (int)values[1],
                      .controller = (int)values[2],
                      .attack_s = (float)values[3],
                      .decay_s = (float)values[4],
                      .skip_ms = (float)values[5]},
               .key = (int)values[6]};
  row->of.first_key = row->key;
  for (int l = 0; l < KT_ATTACK_COLUMNS; ++l) {
    row->ms[l] = (float)fmax(0.0, fmin(500.0, values[HEAD + l]));
  }
  row->level.even_db = (float)fmax(-12.0, fmin(12.0, values[NUMBERS - 1]));
  return row->key >= 0 && row->key <= 127 && read_points(line, &row->level);
}

static void give(KtOrchestra *orchestra, const KtAttacks *attacks) {
  for (int i = 0; i < orchestra->count; ++i) {
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      KtPreset *preset = &orchestra->instruments[i].presets[a];
      if (kt_preset_is_sampled(preset) && kt_attacks_are_of(attacks, preset)) {
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
    if (number && (!now || !same_preset(now, &row.of) || now->count == KT_ATTACK_KEYS ||
                   row.key != now->first_key + now->count * KT_ATTACK_STEP)) {
      now = KT_NEW(orchestra->arena, KtAttacks, 1);
      if (!now) {
        return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
      }
      *now = row.of;
    }
    if (number) {
      now->levels[now->count] = row.level;
      memcpy(now->ms[now->count++], row.ms, sizeof(row.ms));
      give(orchestra, now);
    }
    line = *end ? end + 1 : end;
  }
  return status;
}

static int zone_at(const KtAttacks *attacks, int key) {
  int zone = (key - attacks->first_key + KT_ATTACK_STEP / 2) / KT_ATTACK_STEP;
  return zone < 0 ? 0 : zone >= attacks->count ? attacks->count - 1 : zone;
}

static const float *zone_of(const KtAttacks *attacks, int key) {
  return attacks->ms[zone_at(attacks, key)];
}

static double over_at(const KtKeyLevel *level, int velocity) {
  int i = 0;
  while (i < level->count && level->points[i].velocity < velocity) {
    ++i;
  }
  if (i == 0 || i == level->count) {
    return level->count ? (double)level->points[i ? i - 1 : 0].db : 0;
  }
  double low = level->points[i - 1].velocity, high = level->points[i].velocity;
  double share = (velocity - low) / (high - low), from = (double)level->points[i - 1].db;
  return from + share * ((double)level->points[i].db - from);
}

/// Where expression (11) is the dynamics, velocity would be it a second time: only MuseScore's own presets leave it out.
static double said_twice(const KtPreset *preset, int velocity) {
  static const int mezzo_forte = 78;
  bool twice = preset->dynamics_controller == 11 || preset->dynamics_controller == 7;
  return twice ? kt_velocity_db * log10(fmax(1, velocity) / mezzo_forte) : 0;
}

double kt_level_db(const KtPreset *preset, int key, int velocity) {
  static const double most = 18;
  if (!preset->attacks || !preset->attacks->count) {
    return -said_twice(preset, velocity);
  }
  const KtKeyLevel *level = &preset->attacks->levels[zone_at(preset->attacks, key)];
  return (double)level->even_db - said_twice(preset, velocity) - fmax(-most, fmin(most, over_at(level, velocity)));
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
