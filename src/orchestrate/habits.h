// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_HABITS_H
#define KT_ORCHESTRATE_HABITS_H

#include "base/data.h"

typedef struct KtPrices {
  float preference, outside, discomfort, octave, colour, heavy, light, crowd, tired, divided, cannot,
      late, breathless, pedals, stay, blend, chance;
} KtPrices;

typedef struct KtDoublingStep {
  float energy;
  int count;
} KtDoublingStep;

/// data/orchestration.yaml.
typedef struct KtHabitsOfPlayers {
  KtPrices price;
  float tired_s, lead_change_s, octave_energy;
  struct {
    KtDoublingStep *lead, *bass, *harmony, *figure;
    unsigned lead_count, bass_count, harmony_count, figure_count;
  } doublings;
  float players_floor, players_rise;
  float breath_soft, breath_slope, breath_rest_s;
  int timpani_drums;
} KtHabitsOfPlayers;

KtStatus kt_players_habits_load(const KtContext *ctx, KtHabitsOfPlayers **habits, KtError *err);
void kt_players_habits_free(KtHabitsOfPlayers *habits);

#endif
