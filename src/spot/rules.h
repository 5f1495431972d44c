// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_RULES_H
#define KT_SPOT_RULES_H

#include "base/context.h"

/// Titles where no words of the film give one.
typedef struct KtTitleList {
  char **items;
  unsigned items_count;
} KtTitleList;

/// What a marker's name or colour means: KtHitKind, or 4 for nothing.
typedef struct KtMarkerRule {
  char *word, *colour; ///< NULL where not given
  int kind;
  float weight;
} KtMarkerRule;

/// A mood and its name.
typedef struct KtMoodWord {
  char *word;
  float valence, arousal, tension;
} KtMoodWord;

/// data/spotting.yaml, which tells what each number means.
typedef struct KtSpotRules {
  struct KtRuleNeed {
    float base, tension, arousal, valence, colour, motion, turn, turn_s, change, change_s, titles,
        peaks, words, intimate,
        marker, marker_s;
  } need;
  struct KtRuleSilence {
    float before_s, before, after_s, after, turn_weight, apart_s;
  } silence;
  struct KtRuleEntry {
    float film_start, title, scene, cut, turn, line_end, burst, pickup, nothing;
  } entry;
  struct KtRuleExit {
    float film_end, title, scene, cut, turn, line_start, stop, nothing, words;
  } exit;
  struct KtRuleLength {
    float cue, typical, music_min_s, short_cost, sting_min_s, sting_max_s, sting, sting_weight,
        shortest_s, mixed;
  } length;
  struct KtRuleGap {
    float breath_s, short_s, short_cost, long_s, long_cost, segue, open_s, close_s, edge, mute,
        end, end_s;
  } gap;
  struct KtRuleWords {
    float before_s, air_s, key_feeling, joined_s, line_confidence, few;
  } words;
  struct KtRuleSource {
    float least_s, clear_s;
  } source;
  struct KtRuleShare {
    float tolerance, aim, without_words, without_sound, span, whole_s, mute_whole_s, talk, talk_takes;
  } share;
  struct KtRuleHits {
    float apart_s, comedy_per_minute, comedy_apart_s, edge_s, hard_weight, hard_tension, hard_arousal, least_weight;
    float scene, cut, change, burst, stop, flash, transient, turn, both;
    float hard_frames, soft_frames, swell_frames, stop_frames;
  } hits;
  struct KtRuleKind {
    float chase_arousal, chase_motion, chase_shot_s, montage_shot_s, montage_words, transition_s,
        opening_s, reveal_s, reveal_weight;
  } kind;
  KtMarkerRule *markers;
  unsigned markers_count;
  KtMoodWord *moods;
  unsigned moods_count;
  struct KtRuleTitles {
    KtTitleList chase, reveal, sting, transition, montage, moving, bright, calm, dark, sad;
    KtTitleList darker, brighter, warmer, colder, faster, slower; ///< than the film's own picture
    KtTitleList rise, drop, rush, blow, still, dark_cut, light_cut, idyll; ///< by what is seen at its start
  } titles;
} KtSpotRules;

/// KT_ERR_MISSING, KT_ERR_FORMAT with line and column. Freed with kt_spot_rules_free().
KtStatus kt_spot_rules_load(const KtContext *ctx, KtSpotRules **rules, KtError *err);
void kt_spot_rules_free(KtSpotRules *rules);

#endif
