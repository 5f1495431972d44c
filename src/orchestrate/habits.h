// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_HABITS_H
#define KT_ORCHESTRATE_HABITS_H

#include "base/data.h"
#include "orchestra/orchestra.h"

typedef struct KtPrices {
  float preference, outside, discomfort, octave, colour, heavy, light, crowd, tired, divided, cannot,
      late, breathless, pedals, stay, blend, hurry, chance;
} KtPrices;

typedef struct KtDoublingStep {
  float energy;
  int count;
} KtDoublingStep;

/// Where a player is worth its weight, and where it only thickens or clatters.
typedef struct KtSpend {
  char *id;
  char *beside;                 ///< energy_max counts only where the palette has this one too; NULL: always
  float energy_min, energy_max; ///< of the section
  float dark;                   ///< from this tension on energy_min is waived
  float shorts;                 ///< price of a line all of short notes
} KtSpend;

/// data/orchestration.yaml.
typedef struct KtHabitsOfPlayers {
  KtPrices price;
  float tired_s, lead_change_s, octave_energy;
  struct {
    KtDoublingStep *lead, *bass, *harmony, *figure;
    unsigned lead_count, bass_count, harmony_count, figure_count;
  } doublings;
  KtSpend *spend;
  unsigned spend_count;
  float spend_price, spend_reach;
  float players_floor, players_rise;
  float bloom;         ///< how much fuller than its energy a cue's highest third is scored, 0..1
  float bass_octave;   ///< how much cheaper an octave over the bass is
  float come;          ///< how much sooner who doubles comes and goes, octaves
  float learned_price; ///< of a doubling by how usual it is in real scores, per octave of shares
  float whole_energy;  ///< from here on who doubles plays all the time
  struct KtPrinted {
    char *id, *as;     ///< our instrument, and its name in the learned tables
  } *printed;
  unsigned printed_count;
  float breath_soft, breath_slope, breath_rest_s;
  float hand_change_s; ///< least time between a plucked and a bowed tone of one player
  int timpani_drums;
} KtHabitsOfPlayers;

KtStatus kt_players_habits_load(const KtContext *ctx, KtHabitsOfPlayers **habits, KtError *err);
/// What a player costs where the energy and tension of the music do not call for it; 0 where they do.
double kt_spend_price(const KtHabitsOfPlayers *habits, const KtPalette *palette, const char *id,
                      float energy, float tension, float shorts);
void kt_players_habits_free(KtHabitsOfPlayers *habits);

#endif
