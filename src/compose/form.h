// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_FORM_H
#define KT_COMPOSE_FORM_H

#include "compose/sketch.h"

typedef struct KtForm {
  char *id;
  char **parts; ///< letters, A first
  unsigned parts_count;
  bool keys;
  float weight;
} KtForm;

/// data/form.yaml
typedef struct KtFormLore {
  float flat;
  KtForm *forms;
  unsigned forms_count;
  int *near, *far, *lead;
  unsigned near_count, far_count, lead_count;
  float far_tension, energy, others, own, home_energy, reserve, reserve_flat, recall, breath;
} KtFormLore;

KtStatus kt_form_lore_load(const KtContext *ctx, KtFormLore **lore, KtError *err);
void kt_form_lore_free(KtFormLore *lore);

/// Gives each section its letter, its turn of it, and what that does to key, register and energy. A cue whose feeling moves
/// is formed by the story: its sections have no letter.
void kt_sketch_form(KtSketch *sketch);
/// How much worth a texture or a figure has for a section because of its letter: `was` had it before.
float kt_form_worth(const KtSketch *sketch, const KtCueSection *section, const KtCueSection *was);

#endif
