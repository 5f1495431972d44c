// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_SPOT_H
#define KT_SPOT_SPOT_H

#include "spot/brief.h"
#include "story/story.h"

typedef enum KtFunction {
  KT_FUNCTION_MAIN_TITLE,
  KT_FUNCTION_UNDERSCORE,
  KT_FUNCTION_TRANSITION,
  KT_FUNCTION_MONTAGE,
  KT_FUNCTION_CHASE,
  KT_FUNCTION_REVEAL,
  KT_FUNCTION_STING,
  KT_FUNCTION_SOURCE,
  KT_FUNCTION_END_TITLE,
} KtFunction;
const char *kt_function_name(KtFunction function); ///< "main title", "underscore" ...

typedef enum KtEntry {
  KT_ENTRY_ON_CUT,     ///< full from the first frame
  KT_ENTRY_SNEAK_IN,   ///< from nothing over 1-3 s
  KT_ENTRY_AFTER_LINE,
  KT_ENTRY_PICKUP,     ///< upbeat into the moment
} KtEntry;
typedef enum KtExit {
  KT_EXIT_ON_CUT,
  KT_EXIT_RING_OFF,    ///< the last note rings 1-2 s
  KT_EXIT_FADE_UNDER,
  KT_EXIT_SEGUE,       ///< the next cue takes over
} KtExit;
const char *kt_entry_name(KtEntry entry);
const char *kt_exit_name(KtExit exit);

typedef struct KtCue {
  const char *name;    ///< "1m01"
  const char *title;   ///< "The hammer"
  KtFilmTime in, out;  ///< music sounds from in; the last note is released by out
  KtFunction function;
  KtEntry entry;
  KtExit exit;
  const char *reason;  ///< true of that moment, for the sheet
  KtEmotion emotion;   ///< mean over the cue
  KT_ARRAY(int) subjects; ///< indices into KtStory.subjects, leading one first
  float speech_share;  ///< of its length under words
  bool locked;
} KtCue;

typedef struct KtSilence {
  KtFilmTime in, out;
  const char *reason;
  bool locked; ///< a person wants no music here
} KtSilence;

typedef enum KtHitKind { KT_HIT_HARD, KT_HIT_SOFT, KT_HIT_SWELL, KT_HIT_STOP } KtHitKind;
const char *kt_hit_name(KtHitKind kind);

typedef struct KtHit {
  int cue;             ///< index into cues
  KtFilmTime at;
  const char *label;   ///< "cut to the tower", "door"
  KtHitKind kind;
  float weight;        ///< 0..1
  float tolerance_frames;
  const char *source;  ///< cut, burst, stop, transient, turn, marker, script, sheet
  bool locked;         ///< a person set it
} KtHit;

/// The spotting session's sheet. Owns its arena.
typedef struct KtSpotting {
  KtArena *arena;
  KT_ARRAY(KtCue) cues;         ///< by time, no overlap
  KT_ARRAY(KtSilence) silences; ///< the gaps, each with its reason; cues and silences tile the film
  KT_ARRAY(KtHit) hits;         ///< by time; every one inside its cue
  float share;                  ///< of the film's length
  float wanted_share;           ///< what brief or palette asked
  const char *bound_by;         ///< which rule kept the share away from the wish; "" where none
} KtSpotting;

/// Where music is, where it is not, and why. `temp` says that music in the film's sound is temp
/// music to be ignored; otherwise spotting keeps clear of it.
KtStatus kt_spot(const KtContext *ctx, const KtFilm *film, const KtStory *story,
                 const KtBrief *brief, const KtStyle *style, bool temp, KtSpotting **spotting,
                 KtError *err);
/// The same with what a person set (sheet_file.h): locked cues, silences and hits are as they stand
/// there; the other cues of the sheet, too, while it is `held`, else they are spotted anew around
/// the locked ones. `set` NULL: nothing was set.
struct KtSheet;
KtStatus kt_spot_set(const KtContext *ctx, const KtFilm *film, const KtStory *story,
                     const KtBrief *brief, const KtStyle *style, bool temp,
                     const struct KtSheet *set, bool held, KtSpotting **spotting, KtError *err);
void kt_spotting_free(KtSpotting *spotting);
/// Index of a cue by name, -1 where there is none.
int kt_spotting_cue(const KtSpotting *spotting, const char *name);

#endif
