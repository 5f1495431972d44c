// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/spot.h"

#include "spot/choose.h"
#include "spot/marks.h"
#include "spot/obey.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool switched_off(const KtBrief *brief, const char *what) {
  for (size_t i = 0; brief && i < brief->off.count; ++i) {
    if (!strcmp(brief->off.items[i], what)) {
      return true;
    }
  }
  return false;
}

/// How much music: the brief's word, else between the palette's ends by restraint, the less the
/// more is said; pantomime and
/// silent pictures want more than a palette that was made for talk.
static double wish(const KtTimeline *t, const KtBrief *brief, const KtStyle *style,
                   double restraint) {
  const struct KtRuleShare *rule = &t->rules->share;
  if (brief && brief->share >= 0) {
    return (double)brief->share;
  }
  double least = (double)style->share_min;
  double most = (double)style->share_max;
  double talk = t->heard ? (double)rule->talk_takes * fmin(1, t->words_share / fmax(0.01, (double)rule->talk)) : 0;
  double wanted = least + (most - least) * (1 - restraint) * (1 - talk);
  bool wordless = !t->heard || t->words_share <= (double)t->rules->words.few;
  if (wordless) {
    double floor = (double)(t->film->audio_stream < 0 && !t->film->sketch ? rule->without_sound : rule->without_words);
    wanted = fmax(wanted, floor + (double)rule->span * (0.5 - restraint));
    double whole_s = (double)(t->heard ? rule->whole_s : rule->mute_whole_s);
    wanted = t->duration_s <= whole_s ? 1 : wanted;
  }
  return fmax(0, fmin(1, wanted));
}

static KtLimits limits_of(const KtTimeline *t, const KtStyle *style, double wanted) {
  KtLimits limits = {.wanted_share = wanted,
                     .cue_min_s =
                         fmax((double)style->cue_min_s, (double)t->rules->length.sting_min_s),
                     .cue_max_s = style->cue_max_s > 0 ? (double)style->cue_max_s : 240,
                     .cue_typical_s = style->cue_typical_s > 0 ? (double)style->cue_typical_s : 60};
  // A short film has short cues; the whole of a very short one may be one.
  limits.cue_min_s =
      fmin(limits.cue_min_s, fmax(0.4 * t->duration_s, (double)t->rules->length.shortest_s));
  limits.cue_max_s = fmax(limits.cue_max_s, limits.cue_min_s);
  limits.cue_typical_s =
      fmin(limits.cue_typical_s,
           fmax(limits.cue_min_s, (t->heard ? 0.35 : 0.7) * wanted * t->duration_s));
  return limits;
}

/// Lift one hard rule after the other: the one that brings the wish nearest is the one that binds.
static KtStatus what_binds(const KtTimeline *t, const KtPlaces *places, const KtLimits *limits,
                           double share, const char **name, KtError *err) {
  static const struct {
    unsigned rule;
    const char *name;
  } rules[] = {{KT_RULE_WORDS, "no entry under words or just before them"},
               {KT_RULE_SOURCE, "keeping clear of the film's own music"},
               {KT_RULE_LENGTH, "the shortest and longest a cue may be"},
               {KT_RULE_BREATH, "a breath between cues"}};
  double least = fabs(share - limits->wanted_share) - 0.01;
  *name = t->duration_s < 10 ? "the film is too short to divide" : "several rules together";
  for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); ++i) {
    KtChosen lifted;
    KtStatus status = kt_choose(t, places, limits, rules[i].rule, &lifted, err);
    if (status) {
      return status;
    }
    if (fabs(lifted.share - limits->wanted_share) < least) {
      least = fabs(lifted.share - limits->wanted_share) - 0.005;
      *name = rules[i].name;
    }
  }
  return KT_OK;
}

static void write_sheet(const KtTimeline *t, const KtPlaces *places, const KtChosen *chosen,
                        const KtSheet *set, KtSpotting *spotting) {
  for (size_t i = 0; i < chosen->cues.count; ++i) {
    KtCue *cue = kt_array_push(spotting->arena, &spotting->cues);
    if (!cue) {
      return;
    }
    cue->in = places->list.items[chosen->cues.items[i].in].at;
    cue->out = places->list.items[chosen->cues.items[i].out].at;
  }
  kt_name_cues(t, set, spotting);
  for (size_t i = 0; i < chosen->cues.count; ++i) {
    KtCue *cue = &spotting->cues.items[i];
    const KtPlace *in = &places->list.items[chosen->cues.items[i].in];
    const KtPlace *out = &places->list.items[chosen->cues.items[i].out];
    const KtPlace *next =
        i + 1 < chosen->cues.count ? &places->list.items[chosen->cues.items[i + 1].in] : NULL;
    const KtSheetCue *row = kt_obeyed_row(t, set, cue->in, cue->out);
    kt_describe_cue(t, in, out, next, cue);
    if (row) {
      kt_obey_row(t, row, cue);
    }
  }
  for (size_t i = 0; i < spotting->cues.count; ++i) { // once the titles that were set are known
    KtCue *cue = &spotting->cues.items[i];
    cue->title = cue->title ? cue->title : kt_cue_title(t, spotting, cue);
  }
  kt_write_silences(t, set, spotting);
}

/// No music at all still has its reason.
static void explain_none(const KtTimeline *t, KtSpotting *spotting) {
  if (spotting->cues.count || !spotting->silences.count) {
    return;
  }
  const char *why = "no music is wanted";
  if (t->duration_s < (double)t->rules->length.shortest_s) {
    why = "the film is too short for a note";
  } else if (spotting->wanted_share > 0.01F) {
    why = t->words_share > 0.3 ? "words from end to end leave music no place to enter"
                               : spotting->bound_by;
  }
  spotting->silences.items[0].reason = why;
}

static KtStatus spot(const KtContext *ctx, const KtFilm *film, const KtStory *story,
                     const KtBrief *brief, const KtStyle *style, bool temp,
                     const KtSpotRules *rules, const KtSheet *set, bool held,
                     KtSpotting *spotting, KtError *err) {
  KtTimeline t;
  KtPlaces places;
  KtChosen chosen;
  double restraint =
      brief && brief->restraint >= 0 ? (double)brief->restraint : (double)style->restraint;
  spotting->bound_by = "";
  if (film->duration <= 0) {
    spotting->bound_by = "the film has no length";
    return KT_OK;
  }
  KtStatus status = kt_timeline_make(spotting->arena, film, story, rules, temp,
                                     !switched_off(brief, "silence"), &t, err);
  if (!status) {
    kt_obey_sheet(&t, set, held);
  }
  status = status ? status : kt_places_find(&t, &places, err);
  if (status) {
    return status;
  }
  spotting->wanted_share = (float)wish(&t, brief, style, restraint);
  KtLimits limits = limits_of(&t, style, (double)spotting->wanted_share);
  status = kt_choose(&t, &places, &limits, 0, &chosen, err);
  if (!status && !chosen.cues.count && brief && brief->share > 0) {
    // Asked for in so many words where people speak from end to end: it may be there from the first picture.
    places.list.items[0].may_in = true;
    status = kt_choose(&t, &places, &limits, 0, &chosen, err);
  }
  kt_progress(ctx, "spot", 0.6);
  bool missed =
      !status && fabs(chosen.share - limits.wanted_share) > (double)rules->share.tolerance;
  if (missed && (t.pins.count || t.barred.count)) {
    spotting->bound_by = "the sheet, as it was set by hand";
  } else if (missed) {
    status = what_binds(&t, &places, &limits, chosen.share, &spotting->bound_by, err);
  }
  if (status || kt_cancelled(ctx)) {
    return status ? status : kt_error_cancelled(err);
  }
  spotting->share = (float)chosen.share;
  write_sheet(&t, &places, &chosen, set, spotting);
  explain_none(&t, spotting);
  if (!switched_off(brief, "hits")) {
    kt_place_hits(&t, style, restraint, spotting);
    kt_warn_unmet_markers(ctx, &t, spotting);
  }
  kt_obey_hits(&t, set, spotting);
  kt_sort_hits(spotting);
  kt_progress(ctx, "spot", 1);
  return KT_OK;
}

KtStatus kt_spot(const KtContext *ctx, const KtFilm *film, const KtStory *story,
                 const KtBrief *brief, const KtStyle *style, bool temp, KtSpotting **spotting,
                 KtError *err) {
  return kt_spot_set(ctx, film, story, brief, style, temp, NULL, false, spotting, err);
}

KtStatus kt_spot_set(const KtContext *ctx, const KtFilm *film, const KtStory *story,
                     const KtBrief *brief, const KtStyle *style, bool temp, const KtSheet *set,
                     bool held, KtSpotting **spotting, KtError *err) {
  *spotting = NULL;
  KtSpotRules *rules = NULL;
  KtStatus status = kt_spot_rules_load(ctx, &rules, err);
  if (status) {
    return status;
  }
  KtArena *arena = kt_arena_new();
  KtSpotting *made = arena ? KT_NEW(arena, KtSpotting, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    kt_spot_rules_free(rules);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  made->arena = arena;
  status = spot(ctx, film, story, brief, style, temp, rules, set, held, made, err);
  if (!status && kt_arena_failed(arena)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_spot_rules_free(rules);
  if (status) {
    kt_spotting_free(made);
    return status;
  }
  *spotting = made;
  return KT_OK;
}
