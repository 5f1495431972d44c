// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a theme is stated: its form, its mode, against whom.
#include "compose/plan_parts.h"
#include "compose/statement.h"

#include <math.h>
#include <stdlib.h>

/// A statement so near a meeting is about it.
enum { MEETING_REACH_S = 12 };
/// A moment, seconds.
enum { MOMENT_S = 10 };
/// Who is there for so much of a moment is there, seconds.
enum { MEETS_S = 3 };
/// As many cues after two were heard together, others may be; so many where none have been yet.
enum { TOGETHER_AGAIN = 2, TOGETHER_NEVER = 1000 };

static double ticks_s(KtTick ticks, double bpm) {
  return (double)ticks / KT_PPQ * 60 / bpm;
}

double kt_plan_form_s(const KtTheme *theme, KtTransform form, double bpm, double *least_s) {
  KtTick least = 0, want = kt_statement_ticks(theme, form, &least);
  *least_s = ticks_s(least, bpm);
  return ticks_s(want, bpm);
}

/// What the moment makes of a form: who is stirred speaks quickly, who is calm slowly.
static double suits(const KtPlanBook *book, KtTransform form, float arousal) {
  return form == KT_TRANSFORM_DIMINUTION     ? (double)(book->stirred * arousal)
         : form == KT_TRANSFORM_AUGMENTATION ? (double)(-book->calm * arousal)
                                             : 0;
}

/// Whether a form says that something is not as it was.
static bool is_changed(KtTransform form) {
  return form == KT_TRANSFORM_REHARMONISED || form == KT_TRANSFORM_MODE || form == KT_TRANSFORM_TRUNCATED ||
         form == KT_TRANSFORM_FRAGMENT;
}

/// What the choice of a form is made of.
typedef struct FormAsk {
  const KtPlanState *row;
  double bpm, space_s;
  bool partner;
  bool other;      ///< it is not there, and the opposite is felt: what is told is not as it was
  float arousal;
} FormAsk;

/// A form for the state that fits and was not the last one; the head where nothing else does. Earlier in the row is
/// liked better; so is room to be known in, room for all of it, what suits the moment, and what is not worn.
static bool choose_form(const KtPlanner *planner, int theme, const FormAsk *ask, KtTransform *form) {
  const KtTheme *tune = &planner->themes->items.items[theme];
  const KtThemeLife *life = &planner->lives[theme];
  const KtPlanState *row = ask->row;
  bool found = false;
  double best = -1e9, worn = (double)planner->book->worn * (row->state == KT_STATE_RETURNED ? 0.6 : 1);
  for (unsigned i = 0; i < row->forms_count; ++i) {
    KtTransform f = row->forms[i];
    double least = 0, want = kt_plan_form_s(tune, f, ask->bpm, &least);
    bool together = f == KT_TRANSFORM_CONTRAPUNTAL;
    if ((f == life->last && life->stated) || (together && (life->answered || !ask->partner)) || least > ask->space_s) {
      continue;
    }
    bool known = row->hidden || ticks_s(kt_statement_decent(tune, f), ask->bpm) <= ask->space_s;
    double liking = 1.0 / (1 + i) + 0.6 * fmin(1, ask->space_s / want) + (known ? 0.5 : 0) + suits(planner->book, f, ask->arousal) + (ask->other && is_changed(f)) -
                    worn * life->forms[f];
    if (liking > best) {
      best = liking;
      *form = f;
      found = true;
    }
  }
  double least = 0;
  kt_plan_form_s(tune, KT_TRANSFORM_FRAGMENT, ask->bpm, &least);
  if (!found && least <= ask->space_s) {
    *form = life->stated && life->last == KT_TRANSFORM_FRAGMENT ? KT_TRANSFORM_TRUNCATED : KT_TRANSFORM_FRAGMENT;
    return true;
  }
  return found;
}

/// Whether a theme may sound under another's: it is known, and did not do so the last time.
static bool may_join(const KtThemeLife *life) {
  return life->introduced && !life->answered && life->last != KT_TRANSFORM_CONTRAPUNTAL;
}

/// Someone of the cue whose theme is known and who is there now, or somebody else who is: the one to sound together with.
static int partner_of(const KtPlanner *planner, const KtCue *cue, int theme, KtFilmTime at) {
  for (size_t i = 0; i < cue->subjects.count; ++i) {
    int other = kt_plan_theme_of(planner->themes, cue->subjects.items[i]);
    const KtSubject *who = &planner->desk->story->subjects.items[cue->subjects.items[i]];
    if (other >= 0 && other != theme && may_join(&planner->lives[other]) && kt_subject_at(who, at).state != KT_STATE_ABSENT) {
      return other;
    }
  }
  KtFilmTime to = at + MOMENT_S * KT_FLICKS_PER_SECOND;
  for (size_t other = 0; other < planner->themes->items.count && kt_plan_is_person(planner, theme); ++other) {
    bool there = kt_plan_there_s(kt_plan_subject(planner, (int)other), at, to < cue->out ? to : cue->out, true) > MEETS_S;
    if ((int)other != theme && kt_plan_is_person(planner, (int)other) && may_join(&planner->lives[other]) && there) {
      return (int)other;
    }
  }
  return -1;
}

/// The theme of a character of the story, -1 none.
static int theme_of_character(const KtPlanner *planner, int character) {
  const KtStory *story = planner->desk->story;
  for (size_t i = 0; character >= 0 && i < story->subjects.count; ++i) {
    if (story->subjects.items[i].character == character) {
      return kt_plan_theme_of(planner->themes, (int)i);
    }
  }
  return -1;
}

/// Whom a theme's subject meets or finds again about now, if both have been heard plain; -1 nobody.
static int met_now(const KtPlanner *planner, int theme, KtFilmTime at) {
  const KtStory *story = planner->desk->story;
  for (size_t i = 0; i < story->turns.count; ++i) {
    const KtTurn *turn = &story->turns.items[i];
    bool meets = turn->kind == KT_TURN_MEETING || turn->kind == KT_TURN_RETURN;
    if (!meets || turn->other < 0 || llabs(turn->at - at) > MEETING_REACH_S * KT_FLICKS_PER_SECOND) {
      continue;
    }
    int a = theme_of_character(planner, turn->character), b = theme_of_character(planner, turn->other);
    int other = a == theme ? b : b == theme ? a : -1;
    if (other >= 0 && other != theme && planner->lives[theme].introduced && may_join(&planner->lives[other])) {
      return other;
    }
  }
  return -1;
}

/// How a moment shades a theme whose state leaves that open.
static KtPlanShade shade_of(const KtPlanner *planner, const KtPlanState *row, KtFilmTime at, KtMode own) {
  if (row->shade != KT_SHADE_MOMENT) {
    return row->shade;
  }
  KtEmotion feeling = kt_story_mean(planner->desk->story, at, at + MOMENT_S * KT_FLICKS_PER_SECOND);
  bool dark = own <= KT_MODE_DORIAN; // modes stand from dark to light
  return !dark && feeling.valence < planner->book->darker_below   ? KT_SHADE_DARKER
         : dark && feeling.valence > planner->book->lighter_above ? KT_SHADE_LIGHTER
                                                                  : KT_SHADE_SAME;
}

/// The mode of a statement. A tune that is to be known again keeps its notes, and what its subject feels is heard in its
/// chords; once enough are known, the tune itself may darken or brighten.
static void shade_statement(const KtPlanner *planner, const KtTheme *tune, KtPlanShade shade, KtPlannedStatement *out) {
  const KtThemeLife *life = &planner->lives[out->theme];
  bool same_notes = out->transform == KT_TRANSFORM_REHARMONISED || out->transform == KT_TRANSFORM_CONTRAPUNTAL ||
                    (float)planner->marked < planner->book->marked_share * (float)(planner->planned + 1) ||
                    (float)life->marked < planner->book->marked_share * (float)(life->stated + 1);
  if (out->transform == KT_TRANSFORM_MODE) {
    out->mode = out->mode == tune->key.mode ? kt_plan_shade(planner->book, tune->key.mode, KT_SHADE_DARKER) : out->mode;
  } else if (out->mode == tune->key.mode) {
    return;
  } else if (same_notes) {
    out->lean = shade == KT_SHADE_DARKER ? -1 : 1;
    out->mode = tune->key.mode;
  } else if (out->transform == KT_TRANSFORM_PLAIN) { // in another mode it is plain no longer
    bool again = life->last == KT_TRANSFORM_MODE;
    out->transform = again ? KT_TRANSFORM_PLAIN : KT_TRANSFORM_MODE;
    out->mode = again ? tune->key.mode : out->mode;
  }
}

static bool is_guest(const KtPlanner *planner, size_t cue, int theme) {
  return planner->guests[cue] == theme;
}

/// State of the theme's subject, leaned by where in the film it is.
static KtSubjectState state_there(const KtPlanner *planner, const KtPlanSlot *where, int theme) {
  const KtCue *cue = &planner->desk->spotting->cues.items[where->number];
  const KtThemeLife *life = &planner->lives[theme];
  bool last_cue = where->number + 1 == planner->plan->count;
  if (!theme && life->introduced && (where->whole || (last_cue && (where->slot == 0 || where->final)))) {
    return KT_STATE_RETURNED;
  }
  bool title = cue->function == KT_FUNCTION_MAIN_TITLE && !life->introduced; // a title names its hero
  return title ? KT_STATE_PRESENT : kt_plan_state_at(planner, theme, cue, where->at);
}

/// Whether a statement is one for two, and is due: they meet, or it is long since two were heard together.
static bool is_for_two(const KtPlanner *planner, const KtPlanSlot *where, int theme, int met, KtSubjectState state) {
  const KtThemeLife *life = &planner->lives[theme];
  const KtTheme *tune = &planner->themes->items.items[theme];
  double least = 0, whole = kt_plan_form_s(tune, KT_TRANSFORM_CONTRAPUNTAL, planner->plan->cues[where->number].bpm, &least);
  bool here = state != KT_STATE_REMEMBERED && state != KT_STATE_LOST && !kt_plan_state(planner->book, state)->hidden;
  bool first = planner->since_together >= TOGETHER_NEVER && kt_plan_is_person(planner, theme);
  bool due = met >= 0 || (here && (first || (planner->since_together >= TOGETHER_AGAIN && where->slot)));
  return due && where->space_s >= whole / 2 && life->last != KT_TRANSFORM_CONTRAPUNTAL && !life->answered;
}

/// The film's last return is told to the end, with somebody who is there where two did not sound together just before.
static KtTransform form_of_return(const KtThemeLife *life, int partner) {
  bool together = partner >= 0 && life->last != KT_TRANSFORM_CONTRAPUNTAL && !life->answered;
  return together ? KT_TRANSFORM_CONTRAPUNTAL : life->last == KT_TRANSFORM_PLAIN ? KT_TRANSFORM_REHARMONISED : KT_TRANSFORM_PLAIN;
}

bool kt_plan_statement(const KtPlanner *planner, const KtPlanSlot *where, int theme, KtPlannedStatement *out,
                       KtSubjectState *state) {
  const KtCue *cue = &planner->desk->spotting->cues.items[where->number];
  const KtCuePlan *plan = &planner->plan->cues[where->number];
  const KtTheme *tune = &planner->themes->items.items[theme];
  const KtThemeLife *life = &planner->lives[theme];
  *state = state_there(planner, where, theme);
  const KtPlanState *row = kt_plan_state(planner->book, *state);
  int met = met_now(planner, theme, where->at);
  int partner = met >= 0 ? met : life->introduced ? partner_of(planner, cue, theme, where->at) : -1;
  KtPlanShade shade = shade_of(planner, row, where->at, tune->key.mode);
  FormAsk ask = {row, plan->bpm, where->space_s, partner >= 0, kt_plan_opposed(planner, theme, where->at),
                 kt_story_mean(planner->desk->story, where->at, where->at + MOMENT_S * KT_FLICKS_PER_SECOND).arousal};
  *out = (KtPlannedStatement){.theme = theme, .at = where->at, .role = row->role, .state = *state,
                              .mode = kt_plan_mode(planner->book, tune, shade), .energy = row->energy,
                              .recognisable = !row->hidden, .whole = where->whole, .other = -1};
  bool last_cue = where->number + 1 == planner->plan->count;
  bool first = !life->introduced && (!row->hidden || last_cue || is_guest(planner, where->number, theme)) &&
               kt_plan_known_s(tune, plan->bpm) <= where->space_s;
  if (first) { // the first time: plain, alone
    out->transform = KT_TRANSFORM_PLAIN;
    out->mode = tune->key.mode;
    out->role = KT_ROLE_LEAD;
    out->energy = planner->book->first_energy + planner->book->first_stirred * fmaxf(0, ask.arousal);
    out->recognisable = true;
    out->state = *state == KT_STATE_ABSENT || *state == KT_STATE_UNKNOWN ? KT_STATE_PRESENT : *state;
  } else if (where->whole) {
    out->transform = form_of_return(life, partner);
  } else if (!choose_form(planner, theme, &ask, &out->transform)) {
    return false;
  } else if (partner >= 0 && is_for_two(planner, where, theme, met, *state)) {
    out->transform = KT_TRANSFORM_CONTRAPUNTAL;
  }
  if (out->transform == KT_TRANSFORM_CONTRAPUNTAL) {
    out->other = partner;
    out->role = KT_ROLE_LEAD;
    out->recognisable = true;
  }
  shade_statement(planner, tune, shade, out);
  // What a moment's cue may use leans what the state wants; a first time stays bare.
  out->energy = fminf(first ? out->energy : 0.5F * (out->energy + plan->energy), plan->energy);
  return true;
}

KtStatus kt_plan_add(KtPlanner *planner, KtCuePlan *plan, const KtPlannedStatement *statement, KtSubjectState state,
                     KtError *err) {
  KtPlannedStatement *out = kt_array_push(planner->plan->arena, &plan->statements);
  if (!out) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while planning the score");
  }
  *out = *statement;
  KtThemeLife *life = &planner->lives[statement->theme];
  ++life->stated;
  life->introduced = life->introduced || statement->transform == KT_TRANSFORM_PLAIN;
  life->last = statement->transform;
  life->answered = false;
  ++life->forms[statement->transform];
  life->last_mode = statement->mode;
  life->last_at = statement->at;
  life->last_state = state;
  if (statement->other >= 0) { // it is heard too
    KtThemeLife *other = &planner->lives[statement->other];
    ++other->forms[statement->transform];
    other->answered = true;
  }
  const KtTheme *tune = &planner->themes->items.items[statement->theme];
  bool whole = statement->transform != KT_TRANSFORM_INVERSION && statement->transform != KT_TRANSFORM_TRUNCATED &&
               statement->transform != KT_TRANSFORM_FRAGMENT;
  ++planner->planned;
  bool marked = statement->recognisable && whole && statement->mode == tune->key.mode;
  planner->marked += marked;
  life->marked += marked;
  if (!statement->theme && statement->recognisable) {
    planner->since_principal_s = 0;
  }
  return KT_OK;
}
