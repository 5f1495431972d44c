// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/plan_parts.h"
#include "compose/statement.h"

#include <math.h>
#include <stdlib.h>

/// A statement so near a meeting is about it.
enum { MEETING_REACH_S = 12 };
/// A cue may go this much faster than its scene asks so that its theme fits; and its last note rings so long at least.
static const double HURRY_MOST = 1.35, SHORT_RING_S = 0.4;

static double ticks_s(KtTick ticks, double bpm) {
  return (double)ticks / KT_PPQ * 60 / bpm;
}

static double bar_s(const KtCuePlan *plan) {
  return 4.0 * plan->beats / plan->unit * 60 / plan->bpm;
}

/// Seconds a form wants of a theme at this tempo, and the least.
static double form_s(const KtTheme *theme, KtTransform form, double bpm, double *least_s) {
  KtTick least = 0, want = kt_statement_ticks(theme, form, &least);
  *least_s = ticks_s(least, bpm);
  return ticks_s(want, bpm);
}

/// A form for the state that fits and was not the last one; the head where nothing else does.
static bool choose_form(const KtPlanner *planner, int theme, const KtPlanState *row, double bpm,
                        double space_s, bool partner, KtTransform *form) {
  const KtTheme *tune = &planner->themes->items.items[theme];
  const KtThemeLife *life = &planner->lives[theme];
  bool found = false;
  double best = -1e9;
  for (unsigned i = 0; i < row->forms_count; ++i) {
    KtTransform f = row->forms[i];
    double least = 0, want = form_s(tune, f, bpm, &least);
    bool together = f == KT_TRANSFORM_CONTRAPUNTAL;
    if ((f == life->last && life->stated) || (together && life->answered) || least > space_s ||
        (together && !partner)) {
      continue;
    }
    // Earlier in the row is liked better; so is room for all of it, and what is not worn.
    double liking = 1.0 / (1 + i) + 0.6 * fmin(1, space_s / want) -
                    (row->state == KT_STATE_RETURNED ? 0 : 0.18) * life->forms[f];
    if (liking > best) {
      best = liking;
      *form = f;
      found = true;
    }
  }
  double least = 0;
  form_s(tune, KT_TRANSFORM_FRAGMENT, bpm, &least);
  if (!found && least <= space_s) {
    *form = life->stated && life->last == KT_TRANSFORM_FRAGMENT ? KT_TRANSFORM_TRUNCATED
                                                                : KT_TRANSFORM_FRAGMENT;
    return true;
  }
  return found;
}

/// Share of a span under words.
static double words(const KtPlanner *planner, KtFilmTime start, KtFilmTime end) {
  const KtFilm *film = planner->desk->film;
  KtFilmTime sum = 0;
  for (size_t i = 0; film && i < film->speech.count; ++i) {
    const KtSpan *span = &film->speech.items[i];
    KtFilmTime from = span->start > start ? span->start : start;
    KtFilmTime to = span->end < end ? span->end : end;
    sum += to > from ? to - from : 0;
  }
  return end > start ? (double)sum / (double)(end - start) : 0;
}

/// Near the wished time: where few words are, and where the subject comes on.
static KtFilmTime choose_place(const KtPlanner *planner, int theme, KtFilmTime wished,
                               KtFilmTime from, KtFilmTime to, double length_s) {
  const KtStory *story = planner->desk->story;
  int subject = planner->themes->items.items[theme].subject;
  KtFilmTime best = wished, length = kt_film_time(length_s);
  double least = 1e9;
  for (int step = -10; step <= 10; ++step) {
    KtFilmTime at = wished + step * KT_FLICKS_PER_SECOND / 2;
    if (at < from || at > to) {
      continue;
    }
    double cost = abs(step) * 0.03 + 0.8 * words(planner, at, at + length);
    const KtSubject *who = subject >= 0 && (size_t)subject < story->subjects.count
                               ? &story->subjects.items[subject]
                               : NULL;
    for (size_t i = 0; who && i < who->spans.count; ++i) {
      KtFilmTime away = llabs(who->spans.items[i].start - at);
      cost -= away < KT_FLICKS_PER_SECOND ? 0.25 : 0;
    }
    if (cost < least) {
      least = cost;
      best = at;
    }
  }
  return best < from ? from : best > to ? to : best;
}

/// Someone who is there for a while in the cue and has not been heard of yet; -1 nobody.
static int unheard(const KtPlanner *planner, const KtCue *cue) {
  const KtStory *story = planner->desk->story;
  for (size_t t = 0; t < planner->themes->items.count; ++t) {
    int subject = planner->themes->items.items[t].subject;
    const KtSubject *who = subject >= 0 && (size_t)subject < story->subjects.count
                               ? &story->subjects.items[subject] : NULL;
    KtFilmTime there = 0;
    for (size_t i = 0; who && i < who->spans.count; ++i) {
      const KtSubjectSpan *span = &who->spans.items[i];
      KtFilmTime from = span->start > cue->in ? span->start : cue->in;
      KtFilmTime to = span->end < cue->out ? span->end : cue->out;
      there += span->state != KT_STATE_ABSENT && span->state != KT_STATE_UNKNOWN && to > from ? to - from : 0;
    }
    bool person = who && who->kind == KT_SUBJECT_CHARACTER;
    if (person && !planner->lives[t].stated && there > 5 * KT_FLICKS_PER_SECOND) {
      return (int)t;
    }
  }
  return -1;
}

static bool is_person(const KtPlanner *planner, int theme) {
  const KtStory *story = planner->desk->story;
  int subject = planner->themes->items.items[theme].subject;
  return subject >= 0 && (size_t)subject < story->subjects.count &&
         story->subjects.items[subject].kind == KT_SUBJECT_CHARACTER;
}

/// Whether the cue has someone's subject.
static bool has_subject(const KtPlanner *planner, const KtCue *cue, int theme) {
  for (size_t i = 0; i < cue->subjects.count; ++i) {
    if (kt_plan_theme_of(planner->themes, cue->subjects.items[i]) == theme) {
      return true;
    }
  }
  return false;
}

/// Whether the principal, who is in this cue but does not lead it, would be heard in too few of its cues.
static bool principal_due(const KtPlanner *planner, const KtCue *cue, int slot) {
  float wanted = planner->book->principal_share * (float)(planner->with_principal + 1);
  return !slot && planner->lives[0].introduced && has_subject(planner, cue, 0) &&
         (float)planner->told_principal < wanted;
}

/// The theme a slot of the cue is for: the cue's lead first, then its others by turns.
static int theme_for_slot(const KtPlanner *planner, const KtCue *cue, int slot, bool final,
                          KtFilmTime at) {
  if (final) {
    return 0; // the film closes with its principal
  }
  int lead = kt_plan_lead(planner, cue), themes[8] = {lead}, count = 1;
  for (size_t i = 0; i < cue->subjects.count && count < 8; ++i) {
    int theme = kt_plan_theme_of(planner->themes, cue->subjects.items[i]);
    if (theme >= 0 && theme != lead) {
      themes[count++] = theme;
    }
  }
  if (lead && principal_due(planner, cue, slot)) {
    return 0;
  }
  int due = unheard(planner, cue);
  if (due >= 0 && due != lead && (slot || !is_person(planner, lead))) {
    return due; // every main person is heard of once at least, before places and ideas
  }
  if (lead && (double)planner->since_principal_s > (double)planner->book->principal_every_s &&
      slot) {
    return 0; // the principal is not forgotten
  }
  if (slot % 2 == 0 || count == 1) {
    return lead;
  }
  int other = themes[1 + (slot / 2) % (count - 1)];
  KtSubjectState state = kt_plan_state_at(planner, other, cue, at);
  return state == KT_STATE_ABSENT ? lead : other;
}

/// Someone of the cue whose theme is known and who is there now: the one to sound together with.
static int partner_of(const KtPlanner *planner, const KtCue *cue, int theme, KtFilmTime at) {
  for (size_t i = 0; i < cue->subjects.count; ++i) {
    int other = kt_plan_theme_of(planner->themes, cue->subjects.items[i]);
    const KtSubject *who = &planner->desk->story->subjects.items[cue->subjects.items[i]];
    if (other >= 0 && other != theme && planner->lives[other].introduced &&
        kt_subject_at(who, at).state != KT_STATE_ABSENT) {
      return other;
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
    if (other >= 0 && other != theme && planner->lives[theme].introduced && planner->lives[other].introduced) {
      return other;
    }
  }
  return -1;
}

static KtStatus add(KtPlanner *planner, KtCuePlan *plan, const KtPlannedStatement *statement,
                    KtSubjectState state, KtError *err) {
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
  bool whole = statement->transform != KT_TRANSFORM_INVERSION && statement->transform != KT_TRANSFORM_TRUNCATED;
  ++planner->planned;
  planner->marked += statement->recognisable && whole && statement->mode == tune->key.mode;
  if (!statement->theme && statement->recognisable) {
    planner->since_principal_s = 0;
  }
  return KT_OK;
}

/// The mode of a statement. A tune that is to be known again keeps its notes, and what its subject feels is heard in its
/// chords; once enough are known, the tune itself may darken or brighten.
static void shade_statement(const KtPlanner *planner, const KtTheme *tune, const KtPlanState *row,
                            KtPlannedStatement *out) {
  bool same_notes = out->transform == KT_TRANSFORM_REHARMONISED || out->transform == KT_TRANSFORM_CONTRAPUNTAL ||
                    (float)planner->marked < planner->book->marked_share * (float)(planner->planned + 1);
  if (out->transform == KT_TRANSFORM_PLAIN) {
    out->mode = tune->key.mode;
  } else if (out->transform == KT_TRANSFORM_MODE) {
    out->mode = out->mode == tune->key.mode ? kt_plan_shade(planner->book, tune->key.mode, KT_SHADE_DARKER) : out->mode;
  } else if (same_notes && out->mode != tune->key.mode) {
    out->lean = row->shade == KT_SHADE_DARKER ? -1 : 1;
    out->mode = tune->key.mode;
  }
}

/// How one slot is filled.
static bool form_statement(const KtPlanner *planner, size_t number, int slot, bool final, int theme,
                           KtFilmTime at, double space_s, KtPlannedStatement *out,
                           KtSubjectState *state) {
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  const KtCuePlan *plan = &planner->plan->cues[number];
  const KtTheme *tune = &planner->themes->items.items[theme];
  const KtThemeLife *life = &planner->lives[theme];
  bool last_cue = number + 1 == planner->plan->count;
  *state = kt_plan_state_at(planner, theme, cue, at);
  if (last_cue && !theme && (slot == 0 || final) && life->introduced) {
    *state = KT_STATE_RETURNED;
  }
  if (cue->function == KT_FUNCTION_MAIN_TITLE && !life->introduced) {
    *state = KT_STATE_PRESENT; // a title names its hero
  }
  const KtPlanState *row = kt_plan_state(planner->book, *state);
  int met = met_now(planner, theme, at);
  int partner = met >= 0 ? met : life->introduced ? partner_of(planner, cue, theme, at) : -1;
  double least = 0;
  form_s(tune, KT_TRANSFORM_PLAIN, plan->bpm, &least);
  *out = (KtPlannedStatement){.theme = theme,
                              .at = at,
                              .role = row->role,
                              .state = *state,
                              .mode = kt_plan_mode(planner->book, tune, row->shade),
                              .energy = row->energy,
                              .recognisable = !row->hidden,
                              .other = -1};
  bool wants_plain = !life->introduced && (!row->hidden || last_cue);
  if (wants_plain && least <= space_s) { // the first time: plain, alone
    out->transform = KT_TRANSFORM_PLAIN;
    out->mode = tune->key.mode;
    out->role = KT_ROLE_LEAD;
    out->energy = 0.3F;
    out->recognisable = true;
    out->state =
        *state == KT_STATE_ABSENT || *state == KT_STATE_UNKNOWN ? KT_STATE_PRESENT : *state;
  } else if (!choose_form(planner, theme, row, plan->bpm, space_s, partner >= 0, &out->transform)) {
    return false;
  }
  double whole = form_s(tune, KT_TRANSFORM_CONTRAPUNTAL, plan->bpm, &least);
  bool here = *state != KT_STATE_REMEMBERED && *state != KT_STATE_LOST;
  bool due = met >= 0 || (here && planner->since_together >= 2 && !row->hidden && slot);
  if (partner >= 0 && due && space_s >= whole / 2 && life->last != KT_TRANSFORM_CONTRAPUNTAL &&
      !life->answered) {
    out->transform = KT_TRANSFORM_CONTRAPUNTAL;
  }
  if (out->transform == KT_TRANSFORM_CONTRAPUNTAL) {
    out->other = partner;
    out->role = KT_ROLE_LEAD;
    out->recognisable = true;
  }
  shade_statement(planner, tune, row, out);
  // What a moment's cue may use leans what the state wants; a first time stays bare.
  out->energy =
      fminf(wants_plain ? out->energy : 0.5F * (out->energy + plan->energy), plan->energy);
  return true;
}

static KtSpelling normal(int fifths, KtMode mode) {
  KtKey key = {(KtSpelling)fifths, mode};
  while (kt_key_fifths(key) > 6) {
    key.tonic = (KtSpelling)(key.tonic - 12);
  }
  while (kt_key_fifths(key) < -6) {
    key.tonic = (KtSpelling)(key.tonic + 12);
  }
  return key.tonic;
}

/// The key: home for first, strong and returning statements, else a related one by the state's row,
/// not the one just heard.
static void choose_key(const KtPlanner *planner, size_t number, bool introduces) {
  KtCuePlan *plan = &planner->plan->cues[number];
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  const KtPlannedStatement *first = plan->statements.count ? &plan->statements.items[0] : NULL;
  int lead = first ? first->theme : kt_plan_lead(planner, cue);
  const KtTheme *theme = &planner->themes->items.items[lead];
  KtSubjectState state = first ? first->state : KT_STATE_PRESENT;
  const KtPlanState *row = kt_plan_state(planner->book, state);
  plan->key.mode = first ? first->mode : theme->key.mode;
  bool home = introduces || state == KT_STATE_RETURNED || !number ||
              number + 1 == planner->plan->count || cue->function == KT_FUNCTION_MAIN_TITLE;
  for (unsigned i = 0; i < row->fifths_count; ++i) {
    plan->key.tonic = normal(theme->key.tonic + (home ? 0 : row->fifths[i]), plan->key.mode);
    const KtCuePlan *before = number ? &planner->plan->cues[number - 1] : NULL;
    if (home || !before || before->key.tonic != plan->key.tonic) {
      break;
    }
  }
}

/// Every statement stands in the cue's key, but the last return comes home.
static void choose_tonics(const KtPlanner *planner, size_t number) {
  KtCuePlan *plan = &planner->plan->cues[number];
  for (size_t i = 0; i < plan->statements.count; ++i) {
    KtPlannedStatement *statement = &plan->statements.items[i];
    bool home = number + 1 == planner->plan->count && statement->state == KT_STATE_RETURNED;
    const KtTheme *theme = &planner->themes->items.items[statement->theme];
    statement->tonic = home ? theme->key.tonic : normal(plan->key.tonic, statement->mode);
  }
}

static double lead_in_s(const KtCue *cue, const KtCuePlan *plan, double seconds) {
  double bar = bar_s(plan);
  int bars = cue->entry == KT_ENTRY_SNEAK_IN ? 2 : cue->entry == KT_ENTRY_ON_CUT ? 0 : 1;
  while (bars && bars * bar > seconds / 6) {
    --bars;
  }
  return bars * bar;
}

static bool states(const KtCuePlan *plan, int theme) {
  for (size_t i = 0; i < plan->statements.count; ++i) {
    if (plan->statements.items[i].theme == theme) {
      return true;
    }
  }
  return false;
}

/// The metre of the theme that says most in the cue; one that is heard plain says most.
static void choose_metre(const KtPlanner *planner, KtCuePlan *plan) {
  double most = 0;
  for (size_t i = 0; i < plan->statements.count; ++i) {
    double said = 0;
    for (size_t k = 0; k < plan->statements.count; ++k) {
      const KtPlannedStatement *statement = &plan->statements.items[k];
      bool same = statement->theme == plan->statements.items[i].theme;
      said += same ? (statement->transform == KT_TRANSFORM_PLAIN ? 2 : statement->recognisable ? 1 : 0.3) : 0;
    }
    if (said > most) {
      const KtTheme *theme = &planner->themes->items.items[plan->statements.items[i].theme];
      most = said;
      plan->beats = theme->beats;
      plan->unit = theme->unit;
    }
  }
}

/// A cue too short for the head of the theme it is for goes a little faster, if that makes room.
static void hurry(const KtPlanner *planner, const KtCue *cue, size_t number, KtCuePlan *plan) {
  bool final = number + 1 == planner->plan->count;
  const KtTheme *theme = &planner->themes->items.items[final ? 0 : kt_plan_lead(planner, cue)];
  double least = 0, room = kt_seconds(cue->out - cue->in) - SHORT_RING_S;
  form_s(theme, KT_TRANSFORM_FRAGMENT, plan->bpm, &least);
  double low = 0, high = 0;
  kt_plan_tempo_range(planner->desk, &low, &high);
  if (least > room && room > 0 && least < room * HURRY_MOST) {
    plan->bpm = fmin(ceil(plan->bpm * least / room), high);
  }
}

KtStatus kt_plan_cue(KtPlanner *planner, size_t number, KtError *err) {
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  KtCuePlan *plan = &planner->plan->cues[number];
  hurry(planner, cue, number, plan);
  double seconds = kt_seconds(cue->out - cue->in), bar = bar_s(plan);
  double at_s = lead_in_s(cue, plan, seconds);
  int slots = 1 + (int)((seconds - at_s - 0.5 * (double)planner->book->statement_every_s) /
                        (double)planner->book->statement_every_s);
  slots = slots < 1 ? 1 : slots;
  bool introduces = false, together = false;
  double heard_s = 0, free_s = at_s, every = (seconds - at_s) / slots;
  for (int slot = 0; slot < slots && cue->function != KT_FUNCTION_SOURCE; ++slot) {
    double wish_s = fmax(free_s, at_s + slot * every);
    double end_s = slot + 1 < slots ? at_s + (slot + 1) * every - bar : seconds;
    KtFilmTime wished = cue->in + kt_film_time(wish_s);
    bool final = number + 1 == planner->plan->count && slot + 1 == slots;
    int theme = theme_for_slot(planner, cue, slot, final, wished);
    double least = 0;
    double want =
        form_s(&planner->themes->items.items[theme], KT_TRANSFORM_PLAIN, plan->bpm, &least);
    double latest = fmax(free_s, end_s - fmin(want, end_s - wish_s));
    KtFilmTime place = choose_place(planner, theme, wished, cue->in + kt_film_time(free_s),
                                    cue->in + kt_film_time(latest), fmin(want, end_s - wish_s));
    KtPlannedStatement statement;
    KtSubjectState state;
    double space = end_s - kt_seconds(place - cue->in);
    if (!form_statement(planner, number, slot, final, theme, place, space, &statement, &state)) {
      continue;
    }
    introduces = introduces || (!planner->lives[theme].introduced && !slot &&
                                statement.transform == KT_TRANSFORM_PLAIN);
    together = together || statement.transform == KT_TRANSFORM_CONTRAPUNTAL;
    double start = kt_seconds(place - cue->in);
    planner->since_principal_s += start - heard_s;
    heard_s = start;
    KtStatus status = add(planner, plan, &statement, state, err);
    if (status) {
      return status;
    }
    planner->since_together = together ? 0 : planner->since_together;
    double length =
        form_s(&planner->themes->items.items[theme], statement.transform, plan->bpm, &least);
    free_s = start + fmin(length, space) + bar;
  }
  planner->since_principal_s += seconds - heard_s;
  ++planner->since_together;
  if (has_subject(planner, cue, 0)) {
    ++planner->with_principal;
    planner->told_principal += states(plan, 0);
  }
  choose_metre(planner, plan);
  choose_key(planner, number, introduces);
  choose_tonics(planner, number);
  return KT_OK;
}
