// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_THEMES_GROW_H
#define KT_COMPOSE_THEMES_GROW_H

#include "base/rng.h"
#include "compose/themes_book.h"

enum { KT_TUNE_NOTES_MAX = 160, KT_TUNE_BARS = 8 };

/// Given to every proposal for one subject.
typedef struct KtTuneWish {
  const KtTuneBook *book;
  const KtTuneCharacter *character;
  KtMode mode;
  const char *stress; ///< of the subject's name, "" none
  bool quick_ending;  ///< ends short: comedy
} KtTuneWish;

/// How the eight bars repeat themselves.
typedef enum KtTuneForm {
  KT_TUNE_SENTENCE, ///< idea, idea again elsewhere, its pieces, cadence (Caplin 1998)
  KT_TUNE_PERIOD,   ///< idea and an open end, idea and a closed one
  KT_TUNE_RETURN,   ///< idea twice, something else, the idea closes
} KtTuneForm;

/// A proposal.
typedef struct KtTuneDraft {
  KtTuneForm form;
  KtMode mode;
  int beats, unit;
  KtTick bar; ///< ticks
  KtThemeNote notes[KT_TUNE_NOTES_MAX];
  bool free[KT_TUNE_NOTES_MAX]; ///< belongs to no repetition: may be polished
  int count;
  int first[KT_TUNE_BARS + 1]; ///< first note of each bar
  KtThemeNote up[KT_TUNE_UPBEAT_MOST]; ///< the upbeat to the idea: starts from its own, degrees from the downbeat's
  int up_count;
  KtTick up_ticks;
  int ups[KT_TUNE_BARS];       ///< notes at the end of each bar that lead into the idea's return
  KtThemeChord chords[KT_TUNE_CHORDS_MAX];
  int chord_count;
  bool named;  ///< the rhythm is the name's
  int leap_at; ///< note before the characteristic leap
  double score;
} KtTuneDraft;

/// False where the book holds no rhythm or harmony for the wish.
bool kt_tune_rhythm(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft);
/// The upbeat, of as many notes as `weak` syllables where there are any, else by chance; none is one too.
void kt_tune_upbeat(const KtTuneWish *wish, int weak, KtRng *rng, KtTuneDraft *draft);
/// Writes it after a bar, whose last notes make room.
void kt_tune_add_upbeat(KtTuneDraft *draft, int bar);
/// Its pitches wherever it leads into the idea.
void kt_tune_pitch_upbeats(KtTuneDraft *draft);
/// Notes of the idea: its two bars without what leads on.
int kt_tune_idea(const KtTuneDraft *draft);
bool kt_tune_propose(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft);
/// Change single notes while the critic likes it better.
void kt_tune_polish(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft);

/// The critic, 0..1: one climax in place, leaps recovered, range, chord tones where they tell,
/// unity of rhythm with variety, breath, the key without its chords, surprise neither none nor
/// much.
double kt_tune_judge(const KtTuneWish *wish, const KtTuneDraft *draft);
/// How unlike two tunes begin and go, 0..1: edit distance of intervals and of durations.
double kt_tune_distance(const KtTheme *theme, const KtTuneDraft *draft);
double kt_theme_distance(const KtTheme *a, const KtTheme *b);

const KtThemeChord *kt_tune_chord_at(const KtTuneDraft *draft, KtTick tick);
/// Semitones above the tonic.
int kt_tune_pitch(KtMode mode, int degree, int alter);
bool kt_tune_in_chord(KtMode mode, const KtThemeChord *chord, int pitch);
/// The alteration that turns a degree into a note of the chord where the mode's own is none: the
/// raised seventh over a dominant in minor.
int kt_tune_alter(KtMode mode, const KtThemeChord *chord, int degree);
/// A note that carries weight: on a strong beat, or long.
bool kt_tune_strong(const KtTuneDraft *draft, const KtThemeNote *note);

#endif
