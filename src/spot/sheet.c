// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet.h"

#include "spot/choose.h"
#include "spot/tell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double in_titles(const KtTimeline *t, double start_s, double end_s) {
  double sum = fmax(0, end_s - fmax(start_s, t->credits_s));
  for (size_t i = 0; i < t->film->titles.count && sum <= 0; ++i) {
    sum += fmax(0, fmin(end_s, kt_seconds(t->film->titles.items[i].end)) -
                       fmax(start_s, kt_seconds(t->film->titles.items[i].start)));
  }
  return sum;
}

static double cuts_in(const KtTimeline *t, double start_s, double end_s) {
  double cuts = 0;
  for (size_t i = 1; i < t->film->shots.count; ++i) {
    double at_s = kt_seconds(t->film->shots.items[i].start);
    cuts += at_s > start_s && at_s < end_s ? 1 : 0;
  }
  return cuts;
}

static int scenes_in(const KtTimeline *t, double start_s, double end_s) {
  int scenes = 1;
  for (size_t i = 1; i < t->film->shots.count; ++i) {
    double at_s = kt_seconds(t->film->shots.items[i].start);
    scenes += at_s > start_s + 1 && at_s < end_s - 1 &&
              t->film->shots.items[i].scene != t->film->shots.items[i - 1].scene;
  }
  return scenes;
}

static KtFunction function_of(const KtTimeline *t, const KtPlace *in, const KtCue *cue) {
  const struct KtRuleKind *rule = &t->rules->kind;
  double start_s = kt_seconds(cue->in);
  double end_s = kt_seconds(cue->out);
  double length = end_s - start_s;
  double lettered = in_titles(t, start_s, end_s);
  bool last = cue->out == t->film->duration && lettered > 1.5 && start_s > 0.85 * t->duration_s;
  last |= kt_ends_film(t, in) && cue->out == t->film->duration;
  if (last || (lettered > 0.4 * length && start_s > 0.6 * t->duration_s)) {
    return KT_FUNCTION_END_TITLE;
  }
  double opening_s = fmin((double)rule->opening_s, 0.15 * t->duration_s);
  bool whole = length > 0.6 * t->duration_s;
  if (start_s <= opening_s && t->duration_s > 20 && !whole &&
      (lettered > 1.5 || (start_s < 1 && cue->speech_share < 0.35F))) {
    return KT_FUNCTION_MAIN_TITLE;
  }
  bool turns = in->marks & (KT_MARK_TURN | KT_MARK_PICKUP) && in->turn >= 0 &&
               kt_turn_reveals(t->story->turns.items[in->turn].kind) &&
               in->strength >= (t->story->has_text ? 0.5F : 0.7F);
  if (turns && length <= (double)t->rules->length.sting_max_s) {
    return KT_FUNCTION_STING;
  }
  double shot_s = length / (cuts_in(t, start_s, end_s) + 1);
  bool hunted = cue->subjects.count &&
                !strcmp(t->story->subjects.items[cue->subjects.items[0]].name, "the chase");
  bool lively = kt_timeline_motion(t, start_s, end_s) >= (double)rule->chase_motion &&
                shot_s <= (double)rule->chase_shot_s && cue->emotion.tension >= 0.3F;
  bool driven = cue->emotion.arousal >= 1.5F * rule->chase_arousal &&
                cue->emotion.tension >= 0.4F && shot_s <= 2 * (double)rule->chase_shot_s &&
                cue->speech_share < 0.15F;
  if (cue->emotion.arousal >= rule->chase_arousal && (lively || hunted || driven)) {
    return KT_FUNCTION_CHASE;
  }
  KtTurnKind kind = turns ? t->story->turns.items[in->turn].kind : KT_TURN_OPENING;
  bool weighty = in->strength >= rule->reveal_weight;
  bool reunion = kind == KT_TURN_RETURN && cue->emotion.tension < 0.4F;
  if (turns && !reunion && (length <= (double)rule->reveal_s || weighty)) {
    return KT_FUNCTION_REVEAL;
  }
  int scenes = scenes_in(t, start_s, end_s);
  if (shot_s <= (double)rule->montage_shot_s && scenes >= 3 &&
      (double)cue->speech_share <= (double)rule->montage_words) {
    return KT_FUNCTION_MONTAGE;
  }
  bool told = in->marks & KT_MARK_TURN && in->strength >= 0.5F; // it is about that, not on its way
  bool passing =
      !told && cue->emotion.tension < 0.4F && cue->emotion.arousal < 0.3F && cue->out < t->film->duration;
  return scenes > 1 && length <= (double)rule->transition_s && passing ? KT_FUNCTION_TRANSITION
                                                                       : KT_FUNCTION_UNDERSCORE;
}

static KtEntry entry_of(const KtTimeline *t, const KtPlace *in, const KtCue *cue) {
  KtEmotion after = kt_timeline_mean(t, in->at_s, in->at_s + 4);
  if (in->marks & KT_MARK_PICKUP && !(in->marks & KT_MARK_TURN)) {
    return KT_ENTRY_PICKUP;
  }
  if (in->marks & (KT_MARK_CUT | KT_MARK_TITLE_IN | KT_MARK_FILM_START)) {
    bool strong = after.arousal > 0.05F || after.tension > 0.45F ||
                  cue->function == KT_FUNCTION_CHASE || cue->function == KT_FUNCTION_STING ||
                  cue->function == KT_FUNCTION_REVEAL || cue->function == KT_FUNCTION_END_TITLE;
    return strong ? KT_ENTRY_ON_CUT : KT_ENTRY_SNEAK_IN;
  }
  bool told = cue->function == KT_FUNCTION_REVEAL && in->marks & KT_MARK_TURN;
  if (cue->function == KT_FUNCTION_STING || told) {
    return KT_ENTRY_ON_CUT; // with it, not towards it
  }
  const KtWords *said = kt_timeline_last_words(t, in->at_s);
  return in->marks & KT_MARK_LINE_END && kt_tells(t, said) ? KT_ENTRY_AFTER_LINE : KT_ENTRY_SNEAK_IN;
}

static KtExit exit_of(const KtTimeline *t, const KtPlace *out, const KtPlace *next) {
  if (next && next->at == out->at) {
    return KT_EXIT_SEGUE;
  }
  if (t->heard && kt_timeline_speaks(t, out->at_s - 0.2, out->at_s + 1.2)) {
    return KT_EXIT_FADE_UNDER;
  }
  if (out->marks & (KT_MARK_CUT | KT_MARK_STOP) && !(out->marks & KT_MARK_FILM_END)) {
    return KT_EXIT_ON_CUT;
  }
  return KT_EXIT_RING_OFF;
}

/// Nobody there: the music is still about whoever was there last, or will be first.
static int nearest_subject(const KtTimeline *t, const KtCue *cue) {
  int nearest = t->story->subjects.count ? 0 : -1;
  double least = HUGE_VAL;
  for (size_t i = 0; i < t->story->subjects.count; ++i) {
    const KtSubject *subject = &t->story->subjects.items[i];
    for (size_t j = 0; j < subject->spans.count; ++j) {
      const KtSubjectSpan *span = &subject->spans.items[j];
      double before = kt_seconds(cue->in - span->end);
      double away = before >= 0 ? before : kt_seconds(span->start - cue->out);
      if (span->state != KT_STATE_ABSENT && away < least) {
        least = away;
        nearest = (int)i;
      }
    }
  }
  return nearest;
}

static void take_subjects(const KtTimeline *t, KtCue *cue) {
  enum { MOST = 4 };
  float score[MOST] = {0};
  int which[MOST] = {-1, -1, -1, -1};
  for (size_t i = 0; i < t->story->subjects.count; ++i) {
    const KtSubject *subject = &t->story->subjects.items[i];
    double present = 0;
    for (size_t j = 0; j < subject->spans.count; ++j) {
      const KtSubjectSpan *span = &subject->spans.items[j];
      double common = fmin(kt_seconds(cue->out), kt_seconds(span->end)) -
                      fmax(kt_seconds(cue->in), kt_seconds(span->start));
      present += span->state != KT_STATE_ABSENT && common > 0 ? common * (double)span->presence : 0;
    }
    float share = (float)(present / kt_seconds(cue->out - cue->in));
    float own = share > 0.08F ? share * (0.3F + subject->weight) : 0;
    for (int k = 0; k < MOST && own > 0; ++k) {
      if (own > score[k]) {
        for (int m = MOST - 1; m > k; --m) {
          score[m] = score[m - 1];
          which[m] = which[m - 1];
        }
        score[k] = own;
        which[k] = (int)i;
        break;
      }
    }
  }
  if (which[0] < 0) {
    which[0] = nearest_subject(t, cue);
    score[0] = 1;
  }
  for (int k = 0; k < MOST - 1 && which[k] >= 0 && score[k] > 0.3F * score[0]; ++k) {
    int *index = kt_array_push(t->arena, &cue->subjects);
    if (index) {
      *index = which[k];
    }
  }
}

void kt_describe_cue(const KtTimeline *t, const KtPlace *in, const KtPlace *out,
                     const KtPlace *next, KtCue *cue) {
  cue->emotion = kt_timeline_mean(t, in->at_s, out->at_s);
  cue->speech_share = t->heard ? (float)kt_timeline_words(t, in->at_s, out->at_s) : 0;
  take_subjects(t, cue);
  cue->function = function_of(t, in, cue);
  cue->entry = entry_of(t, in, cue);
  cue->exit = exit_of(t, out, next);
  cue->reason = kt_cue_reason(t, in, out, cue);
}
