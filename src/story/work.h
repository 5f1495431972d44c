// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_WORK_H
#define KT_STORY_WORK_H

#include "story/lexicon.h"
#include "story/rules.h"
#include "story/screenplay.h"

/// A paragraph of action, a speech or a caption: the smallest thing that is placed and felt.
typedef struct KtBeat {
  const char *text;
  int scene;        ///< -1 where unknown
  int line;         ///< index into lines, -1 for action
  float at, length; ///< on paper
  KtFilmTime start, end;
  KtEmotion emotion;
  float weight; ///< by length, 0..1
  int element;  ///< -1 from captions
} KtBeat;

/// A sudden event after which everything falls still: something is gone.
typedef struct KtBlow {
  KtFilmTime at;
  float weight; ///< 0..1
} KtBlow;

/// What the steps of reading hand on to each other.
typedef struct KtStoryWork {
  const KtContext *ctx;
  const KtFilm *film; ///< NULL: a script alone
  KtArena *arena;     ///< the story's
  KtArena *scratch;   ///< gone when the story is read
  KtStory *story;
  const KtScreenplay *play; ///< NULL: none
  const char *script;       ///< its path, NULL: none
  const KtLexicon *lexicon; ///< NULL: none of that language
  const KtStoryRules *rules;
  KT_ARRAY(KtBeat) beats;    ///< by time
  KT_ARRAY(float) headings;  ///< where each scene of the script begins on paper
  KT_ARRAY(size_t) openings; ///< the element each scene of the script begins with
  bool *in_order;         ///< of each line: found, where its neighbours let it be; NULL: not known
  KT_ARRAY(KtBlow) blows; ///< by time, from picture and sound
  KT_ARRAY(float) mentions; ///< how much of each scene is each character's, [scene][character]
  KtFilmTime duration;
  KtFilmTime end; ///< where the story ends and the credits begin
} KtStoryWork;

void kt_story_warn(KtStoryWork *work, const char *text);

/// Where no film tells, turns paper into time.
void kt_story_pace(const KtPaceRules *rules, KtScreenplay *play);

// The steps, in order.
void kt_story_cast(KtStoryWork *work);   ///< characters (script or captions)
void kt_story_script(KtStoryWork *work); ///< scenes, lines, beats as they stand on paper
void kt_story_place(KtStoryWork *work);  ///< ... in film time
/// Sentences of action to the shots and sounds that show them.
void kt_story_action(KtStoryWork *work);
void kt_story_captions(KtStoryWork *work); ///< scenes, lines, beats with no script
void kt_story_presence(KtStoryWork *work); ///< who is where
void kt_story_blows(KtStoryWork *work);    ///< losses that only picture and sound tell
void kt_story_arc(KtStoryWork *work);
void kt_story_people(KtStoryWork *work);  ///< who speaks to whom, meetings, what comes back
void kt_story_threads(KtStoryWork *work); ///< how each person and each pair is felt
void kt_story_turns(KtStoryWork *work);
void kt_story_subjects(KtStoryWork *work);

/// Index of the character a cue names, -1 where none.
int kt_cast_find(const KtStory *story, const char *cue);
/// How often a name stands in a text (whole words, any case of "BEN" but not "ben").
int kt_name_count(const char *text, const char *name);
float kt_mention(const KtStoryWork *work, int scene, int character);
/// "/x" of "Barbra": stresses by spelling, from exceptions in the rules first.
const char *kt_name_rhythm(KtArena *arena, const KtStoryRules *rules, const char *name);

/// Puts the scenes of the script (work->play) into the order in which the film is heard to tell
/// them, and says so; true where that changed anything: the script is then read anew.
bool kt_story_film_order(KtStoryWork *work);

/// Words of the script's lines found in the captions, in order (Needleman & Wunsch 1970, in a
/// band). Fills start, end and confidence of the lines found (confidence 0: not found); returns the
/// share of script words in lines that were found.
float kt_align_captions(KtStoryWork *work);
/// Lines against spans of speech where nobody knows the words: by length, order and place.
void kt_align_speech(KtStoryWork *work);
/// Captions stand before and after what is heard: lines found in them to the speech inside.
void kt_align_tighten(KtStoryWork *work);

typedef enum KtPhrase {
  KT_PHRASE_FIRST,
  KT_PHRASE_LAST,
  KT_PHRASE_STRONG,
  KT_PHRASE_STILL
} KtPhrase;
/// Bytes of the first sentence of a text.
size_t kt_sentence_size(const char *text);
/// One sentence of a text, cut to a phrase of at most `limit` bytes.
const char *kt_phrase(KtStoryWork *work, const char *text, KtPhrase which, size_t limit);

/// A phrase of a scene's action with its "she" or "he" named, where there is no doubt who it is,
/// and with capitals as in prose.
const char *kt_phrase_named(KtStoryWork *work, int scene, const char *phrase);
/// What is seen and heard at a turn, in words that are true of it.
const char *kt_turn_describe(const KtStoryWork *work, KtFilmTime at, KtTurnKind kind);
/// Adds so much of a feeling to a sum.
void kt_emotion_add(KtEmotion *sum, const KtEmotion *part, float weight);
/// How strong a feeling is, whatever it is.
float kt_strength(const KtEmotion *emotion);

static inline float kt_clamp(float x, float low, float high) {
  return x < low ? low : x > high ? high : x;
}

#endif
