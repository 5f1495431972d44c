// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_STORY_H
#define KT_STORY_STORY_H

#include "film/film.h"

typedef enum KtColour {
  KT_COLOUR_WONDER,
  KT_COLOUR_MENACE,
  KT_COLOUR_GRANDEUR,
  KT_COLOUR_INTIMACY,
  KT_COLOUR_LOSS,
  KT_COLOUR_ROMANCE,
  KT_COLOUR_COMEDY,
  KT_COLOUR_MYSTERY,
  KT_COLOUR_COUNT
} KtColour;
const char *kt_colour_name(KtColour colour);

typedef struct KtEmotion {
  float valence;                  ///< -1..1
  float arousal;                  ///< -1..1
  float tension;                  ///< 0..1
  float colours[KT_COLOUR_COUNT]; ///< 0..1 each
} KtEmotion;

typedef struct KtScene {
  int index;            ///< 0-based
  const char *heading;  ///< "INT. FARMHOUSE HALL - NIGHT"; "" from picture alone
  const char *place, *time_of_day;
  bool interior;
  const char *action;   ///< the scene's action text, for titles and reasons
  const char *number;   ///< as the script counts, "12A"; "" where it does not
  int line;             ///< in the script; 0 where unknown
  int eighths;          ///< length on paper in eighths of a page; 0 without a script
  KtFilmTime start, end;
  float confidence;     ///< of the times, 0..1
  KtEmotion emotion;
  KT_ARRAY(int) characters; ///< who is present, indices into characters
} KtScene;

typedef struct KtCharacter {
  const char *name;     ///< "Barbra"
  float weight;         ///< share of the story, 0..1
  int lines;
  KtFilmTime first_seen;
  const char *rhythm;   ///< stress of the name, '/' strong 'x' weak: Barbra is "/x"
  KT_ARRAY(const char *) aliases; ///< other names the script gives the same person
} KtCharacter;

typedef struct KtLine {
  int character;        ///< index, -1 where unknown
  int scene;            ///< index, -1 where unknown
  int to;               ///< who is spoken to, -1 where unknown
  const char *text;
  KtFilmTime start, end;
  float confidence;
  KtEmotion emotion;
} KtLine;

typedef struct KtArcPoint {
  KtFilmTime at;        ///< every half second from 0
  KtEmotion emotion;
} KtArcPoint;

typedef enum KtTurnKind {
  KT_TURN_OPENING,
  KT_TURN_MEETING,      ///< two people first together
  KT_TURN_LOSS,
  KT_TURN_RETURN,
  KT_TURN_REVERSAL,     ///< the arc changes its mind
  KT_TURN_THREAT,
  KT_TURN_CLIMAX,
  KT_TURN_CALM,         ///< the calm after
  KT_TURN_ENDING,
} KtTurnKind;
const char *kt_turn_name(KtTurnKind kind);

typedef struct KtTurn {
  KtFilmTime at;
  KtTurnKind kind;
  float weight;         ///< 0..1
  int scene;            ///< -1 where unknown
  int character;        ///< -1 where nobody's
  int other;            ///< whom they meet or find again; -1 where nobody
  const char *label;    ///< "Barbra remembers her brother"; a phrase of the script where there is one
  const char *text;     ///< the words it stands on, whole; "" from picture and sound alone
} KtTurn;

/// What one reading alone felt, before they are weighed against each other.
typedef enum KtPass { KT_PASS_WORDS, KT_PASS_PICTURE, KT_PASS_SOUND, KT_PASS_COUNT } KtPass;
const char *kt_pass_name(KtPass pass);

typedef struct KtPassPoint {
  KtEmotion emotion;
  float weight;         ///< 0..1 of the sum here, 0 where it has nothing to say
} KtPassPoint;

/// How one person, or what is between two, is felt: once a second, smoothed.
typedef struct KtThreadPoint {
  KtFilmTime at;
  KtEmotion emotion;
  float presence;       ///< 0..1
} KtThreadPoint;

typedef struct KtThread {
  int character, other; ///< indices; other -1: the one alone
  float weight;         ///< 0..1 of the story
  KT_ARRAY(KtThreadPoint) points;
} KtThread;

/// Who or what may own a theme, weightiest first.
typedef enum KtSubjectKind { KT_SUBJECT_CHARACTER, KT_SUBJECT_PLACE, KT_SUBJECT_IDEA } KtSubjectKind;
typedef enum KtSubjectState {
  KT_STATE_ABSENT,
  KT_STATE_UNKNOWN,
  KT_STATE_PRESENT,
  KT_STATE_STRONG,
  KT_STATE_AFRAID,
  KT_STATE_IN_LOVE,
  KT_STATE_DIVIDED,
  KT_STATE_LOST,
  KT_STATE_REMEMBERED,
  KT_STATE_RETURNED,
} KtSubjectState;
const char *kt_state_name(KtSubjectState state);

typedef struct KtSubjectSpan {
  KtFilmTime start, end;
  KtSubjectState state;
  float presence;       ///< 0..1
} KtSubjectSpan;

typedef struct KtSubject {
  KtSubjectKind kind;
  const char *name;     ///< "Barbra", "the farmhouse", "the chase"
  int character;        ///< index, -1 where none
  float weight;         ///< 0..1
  KtEmotion emotion;    ///< its own mean
  const char *rhythm;   ///< stress pattern, "" where none
  KT_ARRAY(KtSubjectSpan) spans; ///< over film time, in order, no overlap
} KtSubject;

/// Somebody in a scene, there or spoken of; together, by time, they are that person's own arc.
typedef struct KtPresence {
  int scene, character;
  int lines;
  bool spoken_of;       ///< by others, and not there
  float weight;         ///< how much the emotion rests on; 0 where only spoken of
  KtEmotion emotion;    ///< valence, arousal, tension only
} KtPresence;

typedef struct KtPair {
  int a, b;             ///< characters, a < b
  int scenes, lines;    ///< together; said to each other
  KtFilmTime met, together;
} KtPair;

/// What comes back and could carry a theme: "lamp".
typedef struct KtThing {
  const char *name;
  int uses, scenes;
} KtThing;

/// What is told, to whom, when. Owns its arena.
typedef struct KtStory {
  KtArena *arena;
  const char *title;
  const char *language;
  bool has_script, has_text;  ///< a screenplay; any words at all
  float alignment;            ///< share of script words found in the captions, 0..1; -1 no script or no captions
  KT_ARRAY(KtScene) scenes;
  KT_ARRAY(KtCharacter) characters;
  KT_ARRAY(KtLine) lines;
  KT_ARRAY(KtPresence) presences; ///< by scene
  KT_ARRAY(KtPair) pairs;
  KT_ARRAY(KtThing) things;
  KT_ARRAY(KtArcPoint) arc;
  KT_ARRAY(KtPassPoint) passes[KT_PASS_COUNT]; ///< at the arc's points; empty where there is none
  KT_ARRAY(KtThread) threads; ///< people by weight, then pairs by weight
  KT_ARRAY(KtTurn) turns;     ///< by time
  KT_ARRAY(KtSubject) subjects; ///< one at least
  KT_ARRAY(const char *) warnings;
} KtStory;

/// Read the script (Fountain; NULL: none), weigh it with captions, picture and sound. KT_ERR_FORMAT
/// with line and column where the script cannot be read. A script that does not fit the film's
/// captions is a warning; times then come from the script's length.
KtStatus kt_story_read(const KtContext *ctx, const KtFilm *film, const char *script,
                       const char *language, KtStory **story, KtError *err);
/// A script alone: times from its length, a page a minute, 24 fps.
KtStatus kt_story_read_script(const KtContext *ctx, const char *script, const char *language,
                              KtStory **story, KtError *err);
void kt_story_free(KtStory *story);

/// The arc at a time (linear between points), and its mean over a span.
KtEmotion kt_story_at(const KtStory *story, KtFilmTime time);
KtEmotion kt_story_mean(const KtStory *story, KtFilmTime start, KtFilmTime end);
/// State of a subject at a time (absent outside its spans).
KtSubjectSpan kt_subject_at(const KtSubject *subject, KtFilmTime time);

/// Emotion of words (for `kinothek words`): `known` is the share of known words, 0..1.
typedef struct KtLexicon KtLexicon;
KtStatus kt_lexicon_load(const KtContext *ctx, const char *language, KtLexicon **lexicon,
                         KtError *err);
void kt_lexicon_free(KtLexicon *lexicon);
KtEmotion kt_lexicon_feel(const KtLexicon *lexicon, const char *text, float *known);

#endif
