// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_MARKS_H
#define KT_ORCHESTRATE_MARKS_H

#include "compose/compose.h"
#include "ear/part_writing.h"

// What a critic hears in an orchestrated cue, each 0 bad .. 1 good.
double kt_mark_themes(KtArena *scratch, const KtThemes *themes, const KtScore *score);
double kt_mark_tension(KtArena *scratch, const KtDesk *desk, const KtScore *score);
double kt_mark_emotion(const KtDesk *desk, const KtScore *score);
double kt_mark_words(const KtDesk *desk, const KtScore *score);
double kt_mark_crowding(const KtScore *score);
double kt_mark_voices(KtArena *scratch, const KtWritingRules *rules, const KtScore *score);
/// Share of notes with which players are at ease: in comfort, within a breath, under the hands, not too quick (ease.c).
double kt_mark_playable(const KtOrchestra *orchestra, const KtScore *score);

// What gives a machine away (tells.c), each 0 as a machine would .. 1 not at all.
double kt_mark_loops(KtArena *scratch, const KtScore *score);  ///< bars that come again within a minute, in any key
double kt_mark_phrases(KtArena *scratch, const KtNote *lead, size_t count); ///< phrases of one length
double kt_mark_offbeats(const KtScore *score);                 ///< everything begins on the beat
double kt_mark_chord_pace(const KtScore *score);               ///< one chord a bar for a minute
double kt_mark_bass(const KtScore *score);                     ///< roots in the bass
double kt_mark_tune(const KtScore *score, const KtNote *lead, size_t count);  ///< a melody of chord tones only
double kt_mark_rests(const KtScore *score, const KtNote *lead, size_t count); ///< nobody breathes
double kt_mark_layers(KtArena *scratch, const KtScore *score); ///< everybody plays always
double kt_mark_register(const KtScore *score);                 ///< the middle register all the time
double kt_mark_textures(const KtScore *score);                 ///< two sections in a row of one texture
double kt_mark_ending(const KtScore *score);                   ///< it stops, nothing rings on

#endif
