// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_DESK_H
#define KT_ORCHESTRATE_DESK_H

#include "base/rng.h"
#include "compose/lore.h"
#include "orchestrate/handbook.h"
#include "orchestrate/orchestrate.h"

/// A stretch of the cue in which nobody changes what they play: a section, or a piece of one between
/// two phrase joints of the lead.
typedef struct KtSpan {
  KtTick start, end;
  int section;      ///< -1 where the sketch has none
  float energy, tension;
  float light;      ///< brightness wanted, 0..1
  KtTinge look;      ///< of its pictures
  double seconds;
} KtSpan;

enum { KT_HURRIES = 16 };
/// Tones within so many seconds of each other are counted in such steps, up to 16 of them.
#define KT_HURRY_S 0.025
/// What one sketch part asks of its player in one span.
typedef struct KtLine {
  int part;         ///< index into the sketch's parts; -1: nothing to play
  int count;        ///< notes that start in the span
  int low, high;
  int polyphony;    ///< most notes at once
  float level;      ///< mean dynamic
  float hits;       ///< share of notes on hit points
  float asks[KT_ART_COUNT]; ///< share of notes with each articulation
  float brief;      ///< share of notes shorter than KT_QUICK_S
  float hurried[KT_HURRIES]; ///< share of notes that follow another within so many KT_HURRY_S
  double longest_s;
  int statement;    ///< the first it carries, -1 none
  bool carried;     ///< that statement began in an earlier span
  int pedals;       ///< most changes of a harp's pedals in one bar
} KtLine;

/// A line whose longest note is shorter counts as short throughout, seconds.
#define KT_BRIEF_S 0.45
/// Shorter than this a tone is a figure's: nobody sings it.
#define KT_QUICK_S 0.28
enum { KT_SEATS_MOST = 8 };
/// Who plays a line in a span; the first seat is the one that carries it.
typedef struct KtSeat {
  const KtInstrument *instrument;
  int shift;        ///< semitones, whole octaves
  float trim;       ///< added to the written dynamic
} KtSeat;
typedef struct KtSeats {
  KtSeat seats[KT_SEATS_MOST];
  int count;
} KtSeats;

/// All of one cue's orchestration while it is made; `seats` and `lines` are [span][part].
typedef struct KtScoring {
  const KtContext *ctx;
  const KtOrchestra *orchestra;
  const KtPalette *palette;
  const KtScore *sketch;
  const KtHandbook *book;
  const KtHabitsOfPlayers *habits; ///< the book's
  const KtLearnedVoices *learned;  ///< the book's
  KtArena *scratch;
  KtRng rng;
  KT_ARRAY(KtSpan) spans;
  KtLine *lines;
  KtSeats *seats;
  KT_ARRAY(KtBeyond) tinted; ///< who plays because of the picture's colours
} KtScoring;

static inline size_t kt_scoring_at(const KtScoring *scoring, size_t span, size_t part) {
  return span * scoring->sketch->parts.count + part;
}

/// When a tick of the cue sounds, seconds from its beginning.
static inline double kt_scoring_seconds(const KtScoring *scoring, KtTick tick) {
  return kt_seconds(kt_tempo_time(&scoring->sketch->tempo, tick));
}

/// Cuts the cue into spans and looks at every line in each.
void kt_scoring_look(KtScoring *scoring);
/// The best octave for a line on an instrument, and what that costs; HUGE_VAL where it cannot be.
double kt_line_fit(const KtScoring *scoring, size_t span, const KtLine *line, KtRole role,
                   const KtInstrument *instrument, int *shift);
/// Share of a line's notes that come quicker than a player is at ease with, 0..1.
double kt_line_hurry(const KtInstrument *instrument, const KtLine *line);
/// In forte a trumpet weighs four woodwinds, in piano they are equal (Rimsky-Korsakov 1913).
double kt_weight_at(const KtInstrument *instrument, float level);
/// Whom the colours of a span's pictures brought in, for whom; `plain` and `tinted` are players by row, NULL without.
void kt_scoring_tell_tints(KtScoring *scoring, const KtSpan *span, const int *rows, int count, const KtInstrument *const *plain,
                           const KtInstrument *const *tinted);
/// What the colours of a span's pictures make dearer (or cheaper, below 0) about a player.
double kt_scoring_tint(const KtScoring *scoring, const KtSpan *span, const KtInstrument *instrument);
/// One player for every line, the least total price in each span.
void kt_scoring_assign(KtScoring *scoring);
/// More players where energy asks for them, and the balance between roles.
void kt_scoring_double(KtScoring *scoring);
/// When one who doubles plays: spans of ticks.
enum { KT_COMINGS_MOST = 32 };
typedef struct KtComings {
  KtTick from[KT_COMINGS_MOST], to[KT_COMINGS_MOST];
  int count;
} KtComings;

/// What a doubling costs by how usual it is in real scores: below 0 for what is common between these two in
/// unison, or octaves apart; 0 where the tables know nothing of the pair.
double kt_learned_doubling_price(const KtScoring *scoring, const char *first, const char *second, int octaves_apart);
/// When a wind player who doubles in a span plays and rests, in runs as long as real players': from bar to bar.
/// Others, and all in a tutti, play throughout. `seat` tells apart who draws the same lot.
void kt_learned_comings(const KtScoring *scoring, const KtSpan *span, const KtInstrument *one, int seat, KtComings *out);
bool kt_learned_plays(const KtComings *comings, KtTick at);
/// Blows and risers of synthesisers at the hardest hits, where data/synth_hits.yaml has some for the
/// palette.
void kt_scoring_synth_hits(const KtScoring *scoring, KtScore *score);
/// Instruments that speak at once double each hard hit, as data/strokes.yaml says for the palette.
/// `score` is what the orchestra plays; what is added stands in it.
void kt_scoring_strokes(const KtScoring *scoring, KtScore *score);
/// Rolls that swell into the hard hits, as data/swells.yaml says for the palette.
void kt_scoring_swells(const KtScoring *scoring, KtScore *score);
/// A heartbeat at the cue's own pulse in the section that asks most for one, as data/hearts.yaml says.
void kt_scoring_hearts(const KtScoring *scoring, KtScore *score);
/// Sforzato-piano, runs and spiccato where the music wants them, as data/touches.yaml says.
void kt_scoring_touches(const KtScoring *scoring, KtScore *score);
/// A run up to `at`, in the key, as data/touches.yaml's `runs` row says; what is written stands in the score.
typedef struct KtRunRow {
  char *palette;
  char **instruments;
  unsigned instruments_count;
  float accent, energy, tone_s, spacing_s, from, under, loudest;
  int tones, players;
} KtRunRow;
void kt_scoring_runs(const KtScoring *scoring, KtScore *score, const KtRunRow *row);
/// Tones held into a hard hit that shake before it, as data/touches.yaml's `trills` row says.
typedef struct KtTrillRow {
  char *palette;
  char **instruments;
  unsigned instruments_count;
  float accent, least_s, most_s, growth, spacing_s;
  int players;
} KtTrillRow;
void kt_scoring_trills(const KtScoring *scoring, KtScore *score, const KtTrillRow *row);
/// A crescendo or diminuendo of a part between two ticks; what is written inside goes, what was before and comes
/// after stays.
void kt_scoring_grow(KtScore *score, KtPart *part, KtTick from, KtTick to, float low, float high);
/// Voice leading and spacing of what is played, mended (polish.c).
void kt_scoring_polish(const KtScoring *scoring, KtScore *score);
/// The part of an instrument, made where there is none yet; NULL: no such instrument, or no memory.
KtPart *kt_scoring_part(const KtScoring *scoring, KtScore *score, const char *id, float level);
/// The root of the chord at a tick, from a key upwards.
int kt_scoring_root(const KtScore *score, KtTick at, int low);
/// The tick `seconds` after another, inside the cue.
KtTick kt_scoring_later(const KtScore *score, KtTick tick, double seconds);
/// How hard the orchestra strikes at a tick: the strongest accent of a low marcato that stands on the
/// hit, 0 where none does.
float kt_scoring_struck(const KtScore *score, KtTick at);
/// Whether a percussion part plays real pitches (timpani, mallets).
bool kt_part_unpitched(const KtPart *part);

/// Least-cost assignment of `rows` to `columns` (rows <= columns; Kuhn 1955, in the O(n^2 m) form
/// with potentials). `cost` is row-major; `chosen[row]` gets its column.
void kt_assign_least(KtArena *scratch, const double *cost, int rows, int columns, int *chosen);

/// A note on its way to a player: the higher the priority, the less it may be given up.
typedef struct KtDeskNote {
  KtNote note;
  int priority;
} KtDeskNote;
typedef KT_ARRAY(KtDeskNote) KtDeskNotes;

/// Notes that one player (or section) can play, from all it was given: voices, drums, compass,
/// articulations, hands, breath. `part` has the dynamics. Sorted on return.
void kt_make_playable(const KtScoring *scoring, const KtInstrument *instrument, const KtPart *part,
                      KtDeskNotes *notes);
/// Rests within a breath's length; a part of kt_make_playable().
void kt_make_breathe(const KtScoring *scoring, const KtInstrument *instrument, const KtPart *part,
                     KtDeskNotes *notes);
/// Between plucked and bowed there is time to change; where there is not, the shorter run is played as the
/// other. A part of kt_make_playable().
void kt_make_hands(const KtScoring *scoring, const KtInstrument *instrument, KtDeskNotes *notes);
void kt_desk_sort(KtDeskNotes *notes);

#endif
