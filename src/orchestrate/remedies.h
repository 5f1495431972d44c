// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_REMEDIES_H
#define KT_ORCHESTRATE_REMEDIES_H

#include "base/data.h"
#include "compose/lore.h"
#include "music/score.h"
#include "orchestrate/habits.h"

/// What to do otherwise where a statistic lies outside those of real scores: a habit is leaned. A statistic may have several.
typedef struct KtRemedy {
  char *outside; ///< the statistic
  char *side;    ///< "low" or "high": where it lies
  char *habit;   ///< of writing (KtHabits) or of players (KtHabitsOfPlayers)
  float by;      ///< a step
  float to;      ///< no further
} KtRemedy;
extern const cyaml_schema_value_t KT_REMEDY;

/// How many steps of each remedy are taken.
enum { KT_REMEDIES_MOST = 64 };
typedef struct KtCourse {
  double steps[KT_REMEDIES_MOST];
} KtCourse;

/// Adds `strength` steps of every remedy for what lies outside in a score.
void kt_course_add(KtCourse *course, const KtRemedy *remedies, unsigned count, const KtScore *score, double strength);
/// Adds `strength` times what another course says.
void kt_course_lean(KtCourse *course, const KtCourse *by, double strength);
/// Leans copies of the habits as far as the course goes. What a remedy names that is no habit is passed over; see
/// kt_remedy_known().
void kt_course_take(const KtCourse *course, const KtRemedy *remedies, unsigned count, KtHabits *writing,
                    KtHabitsOfPlayers *players);
/// Whether a remedy names a statistic, a side and a habit there are.
bool kt_remedy_known(const KtRemedy *remedy);

#endif
