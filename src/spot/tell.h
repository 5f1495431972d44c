// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_TELL_H
#define KT_SPOT_TELL_H

#include "spot/choose.h"

/// How reasons are worded: by who does what at the moment, else by what is seen there.

/// The first words of a line for quoting, with who says them: `Ida's "Jon is still out there."`.
const char *kt_quote(const KtTimeline *timeline, const KtWords *words);
/// Words one can tell of: in a film without any, what sounds like a voice is none.
bool kt_tells(const KtTimeline *timeline, const KtWords *words);
/// The weightiest turn within `within_s` of a time, -1 where there is none.
int kt_turn_near(const KtTimeline *timeline, double at_s, double within_s);
/// What a turn is in a sentence: `danger: the sky turns black`.
const char *kt_tell_turn(const KtTimeline *timeline, const KtTurn *turn);
/// What happens at a time, for "until ...", "out for ...": a turn's words, the scene's first deed,
/// what is seen; "" where nothing is known of it.
const char *kt_tell_moment(const KtTimeline *timeline, double at_s, int turn);
/// The same after a little word: "as Ida runs", "on the cut to ...", "with a blow", "on "...""; "".
const char *kt_tell_joined(const KtTimeline *timeline, const char *event);
/// The same inside a sentence: no capital but of names.
const char *kt_tell_lower(const KtTimeline *timeline, const char *event);
/// The nearest mood word.
const char *kt_tell_mood(const KtTimeline *timeline, const KtEmotion *emotion);
/// The first sentence of a scene that tells who does what.
const char *kt_tell_scene(const KtTimeline *timeline, const KtScene *scene);
/// What sets a stretch of picture apart: what is more or less there than anywhere in the film (cutting,
/// movement, light), and than just before; "" where nothing is.
const char *kt_tell_stretch(const KtTimeline *timeline, double start_s, double end_s);
/// What a stretch of picture shows, in a few words: how many shots, the light of the longest, movement.
const char *kt_tell_picture(const KtTimeline *timeline, double start_s, double end_s);
/// Whether the film is a picture that can be spoken of.
bool kt_has_picture(const KtTimeline *timeline);

#endif
