// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/plan_parts.h"
#include "compose/statement.h"

#include <math.h>
#include <stdlib.h>

/// A cue may go this much faster than its scene asks so that its theme fits; and its last note rings so long at least.
static const double HURRY_MOST = 1.35, SHORT_RING_S = 0.4;
/// A moment, seconds.
enum { MOMENT_S = 10 };

static double bar_s(const KtCuePlan *plan) {
  return 4.0 * plan->beats / plan->unit * 60 / plan->bpm;
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

/// Whether somebody is there for a while in the cue and has not been heard of yet.
static bool is_new_here(const KtPlanner *planner, const KtCue *cue, int theme) {
  const KtSubject *who = kt_plan_subject(planner, theme);
  return kt_plan_is_person(planner, theme) && !planner->lives[theme].stated &&
         kt_plan_there_s(who, cue->in, cue->out, true) > 5;
}

/// Someone who is there for a while in the cue and has not been heard of yet; -1 nobody.
static int unheard(const KtPlanner *planner, const KtCue *cue) {
  for (size_t t = 0; t < planner->themes->items.count; ++t) {
    if (is_new_here(planner, cue, (int)t)) {
      return (int)t;
    }
  }
  return -1;
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

/// The theme that is heard in a cue though the cue is not about it, -1 none.
static int guest_of(const KtPlanner *planner, const KtCue *cue) {
  return planner->guests[cue - planner->desk->spotting->cues.items];
}

static bool states(const KtCuePlan *plan, int theme) {
  for (size_t i = 0; i < plan->statements.count; ++i) {
    if (plan->statements.items[i].theme == theme) {
      return true;
    }
  }
  return false;
}

/// Whether a theme's subject is there in the moment that begins now.
static bool is_there(const KtPlanner *planner, int theme, KtFilmTime at) {
  return kt_plan_there_s(kt_plan_subject(planner, theme), at, at + MOMENT_S * KT_FLICKS_PER_SECOND, true) > 0;
}

/// The theme of a slot: the cue's lead and its others by turns. A place or an idea that is not there, where the opposite is
/// felt, gives way to what is, or to who is known; -1: to nobody.
static int theme_by_turns(const KtPlanner *planner, const KtCue *cue, int lead, int slot, KtFilmTime at) {
  int themes[8] = {lead}, count = 1;
  for (size_t i = 0; i < cue->subjects.count && count < 8; ++i) {
    int theme = kt_plan_theme_of(planner->themes, cue->subjects.items[i]);
    if (theme >= 0 && theme != lead && !kt_plan_opposed(planner, theme, at)) {
      themes[count++] = theme;
    }
  }
  bool gone = kt_plan_opposed(planner, lead, at);
  for (int i = 1; i < count && gone; ++i) {
    if (is_there(planner, themes[i], at)) {
      return themes[i];
    }
  }
  if (gone && (slot || lead)) {
    int other = count > 1 ? themes[1] : 0;
    bool known = planner->lives[other].introduced && !kt_plan_opposed(planner, other, at);
    return known ? other : slot ? -1 : lead;
  }
  if (slot % 2 == 0 || count == 1) {
    return lead;
  }
  int other = themes[1 + (slot / 2) % (count - 1)];
  return kt_plan_state_at(planner, other, cue, at) == KT_STATE_ABSENT ? lead : other;
}

/// The theme a slot of the cue is for: the cue's lead first, then its others by turns.
static int theme_for_slot(const KtPlanner *planner, const KtCue *cue, int slot, int slots, bool final,
                          KtFilmTime at) {
  if (final) {
    return 0; // the film closes with its principal
  }
  int guest = guest_of(planner, cue), lead = kt_plan_lead(planner, cue), due = unheard(planner, cue);
  bool comes = guest >= 0 && slot >= (slots > 1) && !states(&planner->plan->cues[cue - planner->desk->spotting->cues.items], guest);
  if (comes && (due < 0 || due == guest || due == lead)) {
    return guest;
  }
  if (lead && principal_due(planner, cue, slot)) {
    return 0;
  }
  if (due >= 0 && due != lead && (slot || !kt_plan_is_person(planner, lead))) {
    return due; // every main person is heard of once at least, before places and ideas
  }
  bool long_ago = planner->since_principal_s > (double)planner->book->principal_every_s;
  if (lead && long_ago && slot && !kt_plan_opposed(planner, 0, at)) {
    return 0; // the principal is not forgotten
  }
  return theme_by_turns(planner, cue, lead, slot, at);
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
  kt_plan_form_s(theme, KT_TRANSFORM_FRAGMENT, plan->bpm, &least);
  double known = (double)kt_statement_barely(theme) / KT_PPQ * 60 / plan->bpm; // better so fast that the tune is known
  double most = fmax(HURRY_MOST, theme->bpm / plan->bpm); // its own tempo is no haste
  least = known < room * most ? fmax(least, known) : least;
  double low = 0, high = 0;
  kt_plan_tempo_range(planner->desk, cue, &low, &high);
  if (least > room && room > 0 && least < room * most) {
    plan->bpm = fmin(ceil(plan->bpm * least / room), high);
  }
}

/// Seconds a cue keeps for the film's last return, told whole; 0 where that is elsewhere.
static double kept_for_return(const KtPlanner *planner, size_t number, const KtCuePlan *plan) {
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  double whole = kt_plan_whole_s(planner, plan->bpm) + bar_s(plan); // it may have to wait for a bar
  return planner->home == (int)number ? fmin(whole, kt_seconds(cue->out - cue->in)) : 0;
}

/// How many statements a cue has room for before its return; a guest is stated beside the others where each can be known,
/// and so is whoever is seen there for the first time.
static int statements_fit(const KtPlanner *planner, size_t number, const KtCuePlan *plan, double at_s, double seconds) {
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  double every = (double)planner->book->statement_every_s, bar = bar_s(plan);
  int slots = 1 + (int)((seconds - at_s - 0.5 * every) / every), guest = guest_of(planner, cue), lead = kt_plan_lead(planner, cue);
  slots = slots < 1 ? 1 : slots;
  double host = kt_plan_host_s(planner, lead, plan->bpm), all = slots * (host + bar);
  bool last_cue = number + 1 == planner->plan->count;
  for (size_t t = 0; t < planner->themes->items.count; ++t) {
    bool fresh = (int)t != lead && (int)t != guest && is_new_here(planner, cue, (int)t);
    bool comes = (int)t == guest && slots < 2 + last_cue;
    double known = kt_plan_known_s(&planner->themes->items.items[t], plan->bpm);
    if ((fresh || comes) && seconds - at_s > all + known) {
      all += known + bar;
      ++slots;
    }
  }
  return slots;
}

/// How a cue's statements are laid out, and what has come of it so far. Seconds from its beginning.
typedef struct Layout {
  const KtCue *cue;
  size_t number;
  int slots;
  double at_s, every, end_s;      ///< where the first may begin, one from the other, where the last must have ended
  double heard_s, free_s;         ///< the last one's beginning; from where on nothing sounds yet
  bool introduces, together;
} Layout;

/// Where in its slot a theme is stated.
static KtPlanSlot place_in_slot(const KtPlanner *planner, const Layout *l, int slot, int *theme) {
  const KtCuePlan *plan = &planner->plan->cues[l->number];
  bool whole = planner->home == (int)l->number && slot == l->slots;
  bool last = l->number + 1 == planner->plan->count && slot + 1 == l->slots && planner->home != (int)l->number;
  double end_s = slot + 1 < l->slots ? l->at_s + (slot + 1) * l->every - bar_s(plan) : l->end_s, least = 0;
  double wish_s = fmax(l->free_s, whole ? l->end_s : l->at_s + slot * l->every);
  end_s = whole ? kt_seconds(l->cue->out - l->cue->in) : end_s;
  KtFilmTime wished = l->cue->in + kt_film_time(wish_s);
  *theme = theme_for_slot(planner, l->cue, slot, l->slots, last || whole, wished);
  if (*theme < 0) {
    return (KtPlanSlot){.number = l->number, .slot = slot};
  }
  double want = kt_plan_form_s(&planner->themes->items.items[*theme], KT_TRANSFORM_PLAIN, plan->bpm, &least);
  double latest = fmax(l->free_s, end_s - fmin(want, end_s - wish_s)), from_s = l->free_s;
  double known = kt_plan_known_s(&planner->themes->items.items[*theme], plan->bpm);
  while (kt_plan_opposed(planner, *theme, l->cue->in + kt_film_time(wish_s)) && end_s - wish_s - 1 > known) {
    from_s = wish_s = fmin(wish_s + 1, end_s); // it waits for its moment
  }
  latest = fmax(latest, from_s);
  wished = l->cue->in + kt_film_time(wish_s);
  KtFilmTime at = whole ? wished : choose_place(planner, *theme, wished, l->cue->in + kt_film_time(from_s),
                                                l->cue->in + kt_film_time(latest), fmin(want, end_s - wish_s));
  return (KtPlanSlot){.number = l->number, .slot = slot, .final = last || whole, .whole = whole, .at = at,
                      .space_s = end_s - kt_seconds(at - l->cue->in)};
}

/// One statement, if it has room there.
static KtStatus plan_slot(KtPlanner *planner, Layout *l, int slot, KtError *err) {
  KtCuePlan *plan = &planner->plan->cues[l->number];
  int theme = 0;
  KtPlanSlot where = place_in_slot(planner, l, slot, &theme);
  KtPlannedStatement statement;
  KtSubjectState state;
  if (theme < 0 || !kt_plan_statement(planner, &where, theme, &statement, &state)) {
    return KT_OK;
  }
  bool plain = statement.transform == KT_TRANSFORM_PLAIN;
  l->introduces = l->introduces || (!planner->lives[theme].introduced && !slot && plain);
  l->together = l->together || statement.transform == KT_TRANSFORM_CONTRAPUNTAL;
  double start = kt_seconds(where.at - l->cue->in), least = 0;
  planner->since_principal_s += start - l->heard_s;
  l->heard_s = start;
  KtStatus status = kt_plan_add(planner, plan, &statement, state, err);
  planner->since_together = l->together ? 0 : planner->since_together;
  double length = kt_plan_form_s(&planner->themes->items.items[theme], statement.transform, plan->bpm, &least);
  l->free_s = start + fmin(length, where.space_s) + bar_s(plan);
  return status;
}

KtStatus kt_plan_cue(KtPlanner *planner, size_t number, KtError *err) {
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  KtCuePlan *plan = &planner->plan->cues[number];
  hurry(planner, cue, number, plan);
  plan->bpm = planner->home == (int)number ? fmax(plan->bpm, planner->home_bpm) : plan->bpm;
  double seconds = kt_seconds(cue->out - cue->in), kept = kept_for_return(planner, number, plan);
  Layout l = {.cue = cue, .number = number, .at_s = lead_in_s(cue, plan, seconds), .end_s = seconds - kept};
  l.free_s = l.at_s;
  l.slots = statements_fit(planner, number, plan, l.at_s, l.end_s);
  double one = kt_plan_known_s(&planner->themes->items.items[kt_plan_lead(planner, cue)], plan->bpm);
  l.slots = kept > 0 && l.end_s - l.at_s < one + bar_s(plan) ? 0 : l.slots;
  l.every = (l.end_s - l.at_s) / (l.slots ? l.slots : 1);
  int all = l.slots + (kept > 0);
  KtStatus status = KT_OK;
  for (int slot = 0; slot < all && cue->function != KT_FUNCTION_SOURCE && !status; ++slot) {
    status = plan_slot(planner, &l, slot, err);
  }
  planner->since_principal_s += seconds - l.heard_s;
  ++planner->since_together;
  if (has_subject(planner, cue, 0)) {
    ++planner->with_principal;
    planner->told_principal += states(plan, 0);
  }
  choose_metre(planner, plan);
  choose_key(planner, number, l.introduces);
  choose_tonics(planner, number);
  return status;
}
