// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/remedies.h"

#include "ear/norms.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_STRING_PTR("outside", CYAML_FLAG_POINTER, KtRemedy, outside, 1, 32),
    CYAML_FIELD_STRING_PTR("side", CYAML_FLAG_POINTER, KtRemedy, side, 1, 8),
    CYAML_FIELD_STRING_PTR("habit", CYAML_FLAG_POINTER, KtRemedy, habit, 1, 32),
    CYAML_FIELD_FLOAT("by", 0, KtRemedy, by), CYAML_FIELD_FLOAT("to", 0, KtRemedy, to), CYAML_FIELD_END};
const cyaml_schema_value_t KT_REMEDY = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtRemedy, FIELDS)};

/// The habits that can be leaned: where each stands.
static const struct {
  const char *id;
  bool players;
  size_t at;
} HABITS[] = {
    {"layers", false, offsetof(KtHabits, layers)},
    {"lead", false, offsetof(KtHabits, lead)},
    {"counter", false, offsetof(KtHabits, counter)},
    {"rest", false, offsetof(KtHabits, rest)},
    {"inner", false, offsetof(KtHabits, inner)},
    {"chord", false, offsetof(KtHabits, chord)},
    {"motion", false, offsetof(KtHabits, motion)},
    {"turn", false, offsetof(KtHabits, turn)},
    {"ornament", false, offsetof(KtHabits, ornament)},
    {"wide", false, offsetof(KtHabits, wide)},
    {"roam", false, offsetof(KtHabits, roam)},
    {"players_floor", true, offsetof(KtHabitsOfPlayers, players_floor)},
    {"players_rise", true, offsetof(KtHabitsOfPlayers, players_rise)},
    {"octave_energy", true, offsetof(KtHabitsOfPlayers, octave_energy)},
    {"bloom", true, offsetof(KtHabitsOfPlayers, bloom)},
    {"bass_octave", true, offsetof(KtHabitsOfPlayers, bass_octave)},
    {"come", true, offsetof(KtHabitsOfPlayers, come)},
};
enum { HABIT_COUNT = sizeof(HABITS) / sizeof(*HABITS) };

static float *habit_of(const char *id, KtHabits *writing, KtHabitsOfPlayers *players) {
  for (int i = 0; i < HABIT_COUNT; ++i) {
    if (!strcmp(HABITS[i].id, id)) {
      return (float *)(void *)((HABITS[i].players ? (char *)players : (char *)writing) + HABITS[i].at);
    }
  }
  return NULL;
}

bool kt_remedy_known(const KtRemedy *remedy) {
  bool statistic = false, habit = false;
  for (int s = 0; s < KT_STAT_COUNT; ++s) {
    statistic = statistic || !strcmp(kt_statistic_name((KtStatistic)s), remedy->outside);
  }
  for (int i = 0; i < HABIT_COUNT; ++i) {
    habit = habit || !strcmp(HABITS[i].id, remedy->habit);
  }
  return statistic && habit && (!strcmp(remedy->side, "low") || !strcmp(remedy->side, "high"));
}

void kt_course_add(KtCourse *course, const KtRemedy *remedies, unsigned count, const KtScore *score, double strength) {
  for (unsigned r = 0; r < count && r < KT_REMEDIES_MOST; ++r) {
    for (size_t i = 0; i < score->outliers.count; ++i) {
      const KtOutlier *out = &score->outliers.items[i];
      const char *side = out->value < out->low ? "low" : "high";
      course->steps[r] += !strcmp(out->name, remedies[r].outside) && !strcmp(side, remedies[r].side) ? strength : 0;
    }
  }
}

void kt_course_lean(KtCourse *course, const KtCourse *by, double strength) {
  for (int r = 0; r < KT_REMEDIES_MOST; ++r) {
    course->steps[r] += strength * by->steps[r];
  }
}

void kt_course_take(const KtCourse *course, const KtRemedy *remedies, unsigned count, KtHabits *writing,
                    KtHabitsOfPlayers *players) {
  for (unsigned r = 0; r < count && r < KT_REMEDIES_MOST; ++r) {
    float *habit = habit_of(remedies[r].habit, writing, players);
    float by = (float)course->steps[r] * remedies[r].by;
    bool up = by > 0, beyond = habit && (up ? *habit >= remedies[r].to : *habit <= remedies[r].to);
    if (habit && by != 0 && !beyond) {
      *habit = up ? fminf(remedies[r].to, *habit + by) : fmaxf(remedies[r].to, *habit + by);
    }
  }
}
