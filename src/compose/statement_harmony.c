// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/statement_parts.h"

#include <stdlib.h>

static int floor_mod(int a, int b) {
  return ((a % b) + b) % b;
}

static int tonic_class(KtKey key) {
  return kt_spelling_class(key.tonic);
}

/// Spelling of `semitones` above the tonic.
static KtSpelling spell_above(KtKey key, int semitones) {
  return kt_key_spell(key, 60 + tonic_class(key) + semitones);
}

/// The triad the mode has on a degree.
static KtChordQuality diatonic(KtMode mode, int degree) {
  int third = kt_mode_degree(mode, degree + 2) - kt_mode_degree(mode, degree);
  int fifth = kt_mode_degree(mode, degree + 4) - kt_mode_degree(mode, degree);
  return fifth == 6   ? KT_CHORD_DIMINISHED
         : fifth == 8 ? KT_CHORD_AUGMENTED
         : third == 3 ? KT_CHORD_MINOR
                      : KT_CHORD_MAJOR;
}

bool kt_statement_chords(KtArena *arena, const KtStatementRequest *request, const KtFormed *formed,
                         KtStatementNotes *out) {
  bool same = request->key.mode == request->theme->key.mode &&
              request->transform != KT_TRANSFORM_INVERSION &&
              request->transform != KT_TRANSFORM_SEQUENCE;
  for (size_t i = 0; i < formed->chords.count; ++i) {
    const KtThemeChord *from = &formed->chords.items[i];
    if (from->start >= formed->ticks) {
      break;
    }
    KtChord *chord = kt_array_push(arena, &out->chords);
    if (!chord) {
      return false;
    }
    int above = kt_mode_degree(request->key.mode, from->degree) + (same ? from->alter : 0);
    KtTick end = from->start + from->duration;
    end = end > formed->ticks ? formed->ticks : end;
    KtSpelling root = spell_above(request->key, above);
    *chord = (KtChord){.start = request->start + from->start,
                       .duration = end - from->start,
                       .root = root,
                       .bass = root,
                       .quality = same ? from->quality : diatonic(request->key.mode, from->degree),
                       .key = request->key};
  }
  return true;
}

// Reharmonising.

enum { CANDIDATES = 24 };
/// The price of one note against the same degree altered in the chord, however short the note.
static const double FALSE_RELATION = 1.5;
/// The price of each chord tone outside the mode where it is calm; from this tension on there is none.
static const double STRANGE = 1.5, STRANGE_BELOW = 0.45;

static bool in_mode(KtKey key, int class) {
  for (int d = 0; d < 7; ++d) {
    if (floor_mod(kt_mode_degree(key.mode, d) + tonic_class(key) - class, 12) == 0) {
      return true;
    }
  }
  return false;
}

static bool holds(int root, KtChordQuality quality, int pitch) {
  int classes[6], count = kt_chord_classes(quality, classes);
  for (int i = 0; i < count; ++i) {
    if (floor_mod(pitch - root - classes[i], 12) == 0) {
      return true;
    }
  }
  return false;
}

/// How well a chord carries the notes that sound with it, 0 best.
static double carries(const KtStatementNotes *notes, const KtChord *span, int root,
                      KtChordQuality quality) {
  double cost = 0;
  for (size_t i = 0; i < notes->notes.count; ++i) {
    const KtNote *note = &notes->notes.items[i];
    KtTick from = note->start > span->start ? note->start : span->start;
    KtTick end = note->start + note->duration, stop = span->start + span->duration;
    KtTick shared = (end < stop ? end : stop) - from;
    if (shared > 0 && !holds(root, quality, note->midi)) {
      int clash = floor_mod(note->midi - root, 12);
      double ill = clash == 1 || clash == 11 ? 3 : clash == 2 || clash == 9 ? 0.8 : 1.6;
      cost += ill * (double)shared / (double)span->duration;
    }
  }
  return cost;
}

/// False relations: the tune sounds a degree of the mode that the chord has altered.
static double contradicts(const KtStatementNotes *notes, const KtChord *span, KtKey key, int root,
                          KtChordQuality quality) {
  int classes[6], count = kt_chord_classes(quality, classes);
  double cost = 0;
  for (int t = 0; t < count; ++t) {
    int tone = floor_mod(root + classes[t], 12);
    for (size_t i = 0; i < notes->notes.count && !in_mode(key, tone); ++i) {
      const KtNote *note = &notes->notes.items[i];
      int off = floor_mod(note->midi - tone, 12);
      bool sounds = note->start < span->start + span->duration && note->start + note->duration > span->start;
      cost += sounds && (off == 1 || off == 11) ? FALSE_RELATION : 0;
    }
  }
  return cost;
}

static int outside(KtKey key, int root, KtChordQuality quality) {
  int classes[6], count = kt_chord_classes(quality, classes), strange = 0;
  for (int t = 0; t < count; ++t) {
    strange += !in_mode(key, floor_mod(root + classes[t], 12));
  }
  return strange;
}

/// Roads between triads that film ears like: by thirds and step, falling fifths; not standing
/// still.
static double moves(int from_root, KtChordQuality from, int root, KtChordQuality quality) {
  static const double by[12] = {1.5, 0.9, 0.5, 0.3, 0.2, 0.2, 1.2, 0.4, 0.2, 0.3, 0.5, 0.8};
  return by[floor_mod(root - from_root, 12)] + (from != quality ? 0.05 : 0);
}

bool kt_statement_reharmonise(KtArena *arena, const KtStatementRequest *request,
                              KtStatementNotes *out) {
  size_t count = out->chords.count;
  if (!count) {
    return true;
  }
  double *cost = KT_NEW(arena, double, count *CANDIDATES);
  int *came = KT_NEW(arena, int, count *CANDIDATES);
  if (!cost || !came) {
    return false;
  }
  int tonic = tonic_class(request->key);
  double calm = (double)request->tension < STRANGE_BELOW ? 1 - (double)request->tension / STRANGE_BELOW : 0;
  for (size_t i = 0; i < count; ++i) {
    const KtChord *own = &out->chords.items[i];
    for (int c = 0; c < CANDIDATES; ++c) {
      int root = c / 2;
      KtChordQuality quality = c % 2 ? KT_CHORD_MINOR : KT_CHORD_MAJOR;
      double here = 2 * carries(out, own, root, quality);
      bool same = floor_mod(root - kt_spelling_class(own->root), 12) == 0;
      here += same ? (quality == own->quality ? 1.2 : 0.6) : 0;
      bool home = floor_mod(root - tonic, 12) == 0;
      here += i + 1 == count && home ? 1.5 * (1 - calm) : 0;
      here += in_mode(request->key, root) ? 0 : 0.25;
      here += calm * STRANGE * outside(request->key, root, quality);
      here += contradicts(out, own, request->key, root, quality);
      here += (quality == KT_CHORD_MINOR ? 0.9 : -0.9) * (double)request->valence;
      cost[i * CANDIDATES + (size_t)c] = here;
      if (i) {
        double best = 1e9;
        for (int p = 0; p < CANDIDATES; ++p) {
          double way = cost[(i - 1) * CANDIDATES + (size_t)p] +
                       moves(p / 2, p % 2 ? KT_CHORD_MINOR : KT_CHORD_MAJOR, root, quality);
          if (way < best) {
            best = way;
            came[i * CANDIDATES + (size_t)c] = p;
          }
        }
        cost[i * CANDIDATES + (size_t)c] += best;
      }
    }
  }
  int at = 0;
  for (int c = 1; c < CANDIDATES; ++c) {
    at = cost[(count - 1) * CANDIDATES + (size_t)c] < cost[(count - 1) * CANDIDATES + (size_t)at]
             ? c
             : at;
  }
  for (size_t i = count; i-- > 0;) {
    KtChord *chord = &out->chords.items[i];
    chord->root = spell_above(request->key, floor_mod(at / 2 - tonic, 12));
    chord->bass = chord->root;
    chord->quality = at % 2 ? KT_CHORD_MINOR : KT_CHORD_MAJOR;
    at = came[i * CANDIDATES + (size_t)at];
  }
  return true;
}
