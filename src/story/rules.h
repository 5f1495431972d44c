// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_RULES_H
#define KT_STORY_RULES_H

#include "story/story.h"

/// How much one sense says about each coordinate; a feature counts in deviations from the film's
/// own middle, with a floor below which differences are no differences.
typedef struct KtFeatureWeight {
  float floor, valence, arousal, tension;
} KtFeatureWeight;

typedef struct KtArcRules {
  float words, picture, sound; ///< weights of the three senses
  float action_arousal, dialogue_valence;
  float word_fade_s; ///< how long a word is felt
  float scene_base;  ///< weight of a scene's mean under its words
  float smooth_s;
  float reach, gain_max; ///< where the strongest twentieth should lie; never stretch more
  float whole_s;         ///< from this length on a film is stretched in full
  float cut_window_s;
  float blows, dark_blows, dark_burst, music_calm; ///< valence of things that come together
  float blow_glad, blow_loss, mourned_s; ///< least valence before, valence after a blow that leaves
                                         ///< all still, and for how long
  KtFeatureWeight brightness, saturation, warmth, motion, cuts, loudness, transients;
} KtArcRules;

typedef struct KtTurnRules {
  float window_s;                     ///< compared before and after
  float threat, calm, reversal, loss; ///< least change, least feeling
  float apart_s;                      ///< turns of one kind
  float per_minute;                   ///< most turns
  float return_share;                 ///< away for at least this much of the film
} KtTurnRules;

typedef struct KtSubjectRules {
  int most;
  float character_weight, place_share; ///< least
  float contrast;                      ///< least spread of arousal for two ideas
  float long_film_s;
} KtSubjectRules;

/// How long a script plays.
typedef struct KtPaceRules {
  float page_s; ///< a page of 55 lines, but for what is said
  float words_per_minute, sung_words_per_minute;
  float turn_s; ///< before somebody speaks
  float beat_s; ///< a pause that the script asks for
} KtPaceRules;

/// A row of the table: the first whose conditions hold names the state. NULL: no condition.
typedef struct KtStateRule {
  KtSubjectState state;
  float *presence_min, *valence_min, *valence_max, *arousal_min, *tension_min, *tension_max,
      *romance_min, *loss_min, *mystery_min, *away_min;
  bool spoken_of, first;
} KtStateRule;

/// What words of action look and sound like: -1..1 of light, warmth and movement against the
/// scene's mean; how surely a sudden sound is it.
typedef struct KtShowRule {
  char **words;
  unsigned words_count;
  float light, warmth, motion, sound;
} KtShowRule;

typedef struct KtNameRule {
  char *name, *stress;
} KtNameRule;

/// data/story.yaml
typedef struct KtStoryRules {
  KtArcRules arc;
  KtTurnRules turns;
  KtSubjectRules subjects;
  KtPaceRules pace;
  float belongs; ///< least share of words found for a script to be this film's
  float snap_s;  ///< a scene may move this far to a cut
  KtStateRule *states;
  unsigned states_count;
  KtShowRule *shows;
  unsigned shows_count;
  KtNameRule *names;
  unsigned names_count;
} KtStoryRules;

KtStatus kt_story_rules_load(const KtContext *ctx, KtStoryRules **rules, KtError *err);
void kt_story_rules_free(KtStoryRules *rules);

#endif
