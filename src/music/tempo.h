// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MUSIC_TEMPO_H
#define KT_MUSIC_TEMPO_H

#include "base/arena.h"
#include "base/film_time.h"

/// Musical time: ticks of a quarter note.
typedef int64_t KtTick;
enum { KT_PPQ = 960 };

/// A point where tick and film time (from the cue's `in`) are tied; between two the tempo is constant.
typedef struct KtTempoPoint {
  KtTick tick;
  KtFilmTime time;
} KtTempoPoint;

/// From one tick to another.
typedef struct KtTickSpan {
  KtTick start, end;
} KtTickSpan;

/// Only a tempo map turns ticks into film time. At least two points, both coordinates rising,
/// the first at tick 0 and time 0. Beyond the ends the outermost tempo goes on.
typedef struct KtTempoMap {
  KT_ARRAY(KtTempoPoint) points;
  KT_ARRAY(KtTickSpan) holds; ///< beats under a fermata, by time: each longer than the tempo around it
  KT_ARRAY(KtTickSpan) free;  ///< played freely, by time: no beat is felt, the tempo gives way
} KtTempoMap;

KtFilmTime kt_tempo_time(const KtTempoMap *map, KtTick tick);
KtTick kt_tempo_tick(const KtTempoMap *map, KtFilmTime time); ///< nearest
double kt_tempo_bpm(const KtTempoMap *map, KtTick tick);      ///< quarters a minute from there on

/// The span that holds a tick, NULL where none does.
const KtTickSpan *kt_tempo_held(const KtTempoMap *map, KtTick tick);
const KtTickSpan *kt_tempo_free(const KtTempoMap *map, KtTick tick);

/// A metre from a tick on: 4/4 is {4, 4}.
typedef struct KtMetre {
  KtTick tick;
  int beats;
  int unit; ///< 1, 2, 4, 8, 16
} KtMetre;
/// The first at tick 0, or before it: then music begins with an upbeat, the rest of a bar whose line
/// lies before the cue. Each change stands on a bar line.
typedef KT_ARRAY(KtMetre) KtMetres;

KtTick kt_metre_bar_ticks(KtMetre metre);
bool kt_metre_compound(KtMetre metre); ///< 6/8, 9/8, 12/8: beats of three
/// Ticks of a beat as it is felt: three units in a compound metre.
KtTick kt_metre_beat_ticks(KtMetre metre);
/// Bar (1-based; an upbeat is bar 0) and beat (1-based, fractions as eighths of a beat) of a tick.
void kt_metres_position(const KtMetres *metres, KtTick tick, int *bar, double *beat);
KtTick kt_metres_bar_start(const KtMetres *metres, int bar);
KtMetre kt_metres_at(const KtMetres *metres, KtTick tick);
/// The bar line after a tick: the end of the bar that holds it, upbeats included.
KtTick kt_metres_bar_end(const KtMetres *metres, KtTick tick);
/// Ticks of the upbeat a cue begins with, 0 where it begins on a bar line.
KtTick kt_metres_upbeat(const KtMetres *metres);
/// The largest change of tempo from one whole bar to the next before `end`: 0.06 is six per cent.
/// Fermatas and what is played freely are no change of tempo.
double kt_tempo_change_most(const KtTempoMap *map, const KtMetres *metres, KtTick end);

#endif
