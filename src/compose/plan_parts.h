// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_PLAN_PARTS_H
#define KT_COMPOSE_PLAN_PARTS_H

#include "compose/plan.h"
#include "compose/plan_book.h"

/// A theme's life so far.
typedef struct KtThemeLife {
  int stated;                    ///< times, so far
  int marked;                    ///< of these, meant to be recognised in a tune left as it is
  bool introduced;               ///< has been heard plain
  KtTransform last;              ///< form of the last statement
  bool answered;                 ///< has since sounded under another's
  int forms[KT_TRANSFORM_COUNT]; ///< how often each has been used
  KtMode last_mode;
  KtFilmTime last_at;
  KtSubjectState last_state;
} KtThemeLife;

typedef struct KtPlanner {
  const KtDesk *desk;
  const KtThemes *themes;
  const KtPlanBook *book;
  KtPlan *plan;
  KtThemeLife *lives;       ///< one a theme
  double since_principal_s; ///< music since the principal theme was last stated
  int since_together;       ///< cues since two themes sounded together
  int planned, marked;      ///< statements so far, and those meant to be recognised in a tune left as it is
  int with_principal;       ///< cues so far with the principal's subject
  int told_principal;       ///< of these, those that state its theme
  int home;                 ///< the cue of the film's last return, where the principal is told whole; -1 none
  double home_bpm;          ///< its tempo
  int *guests;              ///< a cue: the theme that is to be heard there at least, -1 none
} KtPlanner;

/// The tempi palette and brief allow, quarters a minute.
void kt_plan_tempo_range(const KtDesk *desk, const KtCue *cue, double *low, double *high);
/// A place for a statement in a cue.
typedef struct KtPlanSlot {
  size_t number; ///< of the cue
  int slot;
  bool final;    ///< the film's last
  bool whole;    ///< its return: told to the end
  KtFilmTime at;
  double space_s;
} KtPlanSlot;

/// Seconds a form wants of a theme at this tempo, and the least.
double kt_plan_form_s(const KtTheme *theme, KtTransform form, double bpm, double *least_s);
/// How a theme is stated there, and the state of its subject; false where it has no room.
bool kt_plan_statement(const KtPlanner *planner, const KtPlanSlot *where, int theme, KtPlannedStatement *out,
                       KtSubjectState *state);
/// Takes a statement into a cue and into its theme's life.
KtStatus kt_plan_add(KtPlanner *planner, KtCuePlan *plan, const KtPlannedStatement *statement, KtSubjectState state,
                     KtError *err);
/// Tempo, metre and energy of every cue.
KtStatus kt_plan_pace(KtPlanner *planner, KtError *err);
/// Statements and key of one cue, after all earlier ones.
KtStatus kt_plan_cue(KtPlanner *planner, size_t cue, KtError *err);

/// Every cue, again and again until each theme is stated where its subject is nearest, or has nowhere to be (plan_guests.c).
KtStatus kt_plan_cues(KtPlanner *planner, KtError *err);
/// The shortest stretch in which a theme can be known at a tempo, seconds.
double kt_plan_known_s(const KtTheme *theme, double bpm);

/// The cue of the film's last return: the last that has room for all of the principal theme and does not feel otherwise
/// (plan_return.c).
void kt_plan_find_home(KtPlanner *planner);
/// Seconds the whole of the principal theme and the ring of its last note take.
double kt_plan_whole_s(const KtPlanner *planner, double bpm);
/// Whether a theme is a place's or an idea's that is not there, and the moment feels the opposite of its tune.
bool kt_plan_opposed(const KtPlanner *planner, int theme, KtFilmTime at);
/// The subject of a theme, NULL where the story has none.
const KtSubject *kt_plan_subject(const KtPlanner *planner, int theme);
bool kt_plan_is_person(const KtPlanner *planner, int theme);
/// Seconds a subject is there between two times; `known`: and known to be.
double kt_plan_there_s(const KtSubject *who, KtFilmTime from, KtFilmTime to, bool known);

/// The shortest stretch in which whose cue it is can be told of: somebody who is known by the head alone, seconds.
double kt_plan_host_s(const KtPlanner *planner, int theme, double bpm);

/// The mode a shade gives a tune, if its head is still known in it; else another on that side that keeps it known.
KtMode kt_plan_mode(const KtPlanBook *book, const KtTheme *tune, KtPlanShade shade);
/// Theme of a subject, -1 where it has none.
int kt_plan_theme_of(const KtThemes *themes, int subject);
/// The theme a cue is about: its first subject's that has one, else the principal.
int kt_plan_lead(const KtPlanner *planner, const KtCue *cue);
/// State of a theme's subject in a cue at a time, leaned by the feeling of the moment.
KtSubjectState kt_plan_state_at(const KtPlanner *planner, int theme, const KtCue *cue,
                                KtFilmTime time);

#endif
