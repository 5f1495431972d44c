// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/statement.h"

#include "compose/statement_parts.h"

#include <stdlib.h>

/// Price of a semitone by which a second tune is bent, against a hundredth of a beat's dissonance.
enum { BENT = 60 };
/// Price of a note of it outside the key, and of its end coming too soon to know it.
enum { FOREIGN = 25, UNKNOWN = 2000 };

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory while stating a theme");
}

static KtTick bar_of(const KtTheme *theme) {
  return (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
}

static void compass(const KtFormed *formed, KtKey key, int tonic, int *low, int *high) {
  *low = 1000;
  *high = -1000;
  for (size_t i = 0; i < formed->notes.count; ++i) {
    const KtThemeNote *note = &formed->notes.items[i];
    int pitch = kt_key_pitch(key, tonic, note->degree, note->alter);
    *low = pitch < *low ? pitch : *low;
    *high = pitch > *high ? pitch : *high;
  }
}

/// The tonic whose octave keeps the notes inside the register, else as near its middle as can be.
static int place(const KtFormed *formed, KtKey key, int low, int high) {
  int best = 60, least = 1 << 20;
  for (int tonic = kt_spelling_class(key.tonic); tonic < 128; tonic += 12) {
    int bottom, top;
    compass(formed, key, tonic, &bottom, &top);
    int out = (bottom < low ? low - bottom : 0) + (top > high ? top - high : 0);
    int cost = out * 100 + abs(bottom + top - low - high);
    if (cost < least) {
      least = cost;
      best = tonic;
    }
  }
  return best;
}

static int fold(int midi, int low, int high) {
  while (midi > high && midi - 12 >= 0) {
    midi -= 12;
  }
  while (midi < low && midi + 12 <= 127) {
    midi += 12;
  }
  return midi < 0 ? 0 : midi > 127 ? 127 : midi;
}

/// Turn degrees into sounding notes at `start`.
static bool sound(KtArena *arena, const KtFormed *formed, KtKey key, int tonic, KtTick start,
                  int low, int high, KtTick bar, KtStatementNotes *out, bool answer) {
  for (size_t i = 0; i < formed->notes.count; ++i) {
    const KtThemeNote *from = &formed->notes.items[i];
    KtNote *note = answer ? kt_array_push(arena, &out->answer) : kt_array_push(arena, &out->notes);
    if (!note) {
      return false;
    }
    int midi = fold(kt_key_pitch(key, tonic, from->degree, from->alter), low, high);
    bool last = i + 1 == formed->notes.count;
    KtTick end = from->start + from->duration;
    bool rest = !last && formed->notes.items[i + 1].start > end;
    bool joined =
        i && formed->notes.items[i - 1].start + formed->notes.items[i - 1].duration == from->start;
    bool held = from->duration * 2 >= bar && end % bar == 0;
    bool breath = last || rest || (held && end % (2 * bar) == 0);
    bool after_breath = i && out && formed->notes.items[i - 1].duration * 2 >= bar;
    *note = (KtNote){.start = start + from->start,
                     .duration = from->duration > 0 ? from->duration : 1,
                     .accent = from->accent,
                     .statement = -1,
                     .midi = (int8_t)midi,
                     .spelling = kt_key_spell(key, midi),
                     .articulation = joined && !after_breath ? KT_ART_LEGATO : KT_ART_LONG,
                     .breath_after = breath};
    if (from->duration <= KT_PPQ / 2 && (last || rest)) {
      note->articulation = KT_ART_SHORT;
    }
  }
  return true;
}

/// Degrees of the notes sounding at a tick, or -1000 in a rest.
static int degree_at(const KtFormed *formed, KtTick tick) {
  for (size_t i = 0; i < formed->notes.count; ++i) {
    const KtThemeNote *note = &formed->notes.items[i];
    if (note->start <= tick && tick < note->start + note->duration) {
      return note->degree;
    }
  }
  return -1000;
}

/// Dissonance of a line moved by `steps` and `later` against another, on the beats.
static int clash(const KtFormed *line, const KtFormed *other, int steps, KtTick later, KtTick bar,
                 int beats) {
  static const int ill[7] = {1, 6, 0, 2, 1, 0, 6}; // unison and fifth are plain, seconds hurt
  int sum = 0, heard = 0;
  KtTick beat = bar / beats;
  for (KtTick at = later; at < line->ticks; at += beat) {
    int a = degree_at(line, at), b = degree_at(other, at - later);
    if (a > -1000 && b > -1000) {
      int interval = (((a - b - steps) % 7) + 7) % 7;
      sum += ill[interval] * (at % bar == 0 ? 2 : 1);
      ++heard;
    }
  }
  return heard ? sum * 100 / heard : 10000;
}

/// Semitones by which the intervals a tune is known by change when it is moved by steps.
static int bent(const KtTheme *theme, KtKey key, int steps) {
  int off = 0;
  for (int i = 1; i < KT_KNOWN_NOTES && (size_t)i < theme->notes.count; ++i) {
    const KtThemeNote *a = &theme->notes.items[i - 1], *b = &theme->notes.items[i];
    int was = kt_theme_pitch(theme, b) - kt_theme_pitch(theme, a);
    int is = kt_key_pitch(key, 60, b->degree + steps, b->alter) - kt_key_pitch(key, 60, a->degree + steps, a->alter);
    off += abs(is - was);
  }
  return off;
}

/// How a second tune goes with the first: so many steps higher, so much later; in the statement's mode or its own.
typedef struct Fitting {
  int steps;     ///< in the statement's key
  int semitones; ///< by which its tonic is moved instead, where it keeps its own mode
  bool own;
  KtTick later;
  KtKey key;     ///< it is told in
  int cost;
} Fitting;

static bool is_in(KtKey key, int midi) {
  for (int degree = 0; degree < 7; ++degree) {
    if ((kt_key_pitch(key, kt_spelling_class(key.tonic), degree, 0) - midi) % 12 == 0) {
      return true;
    }
  }
  return false;
}

/// Notes of a tune, as far as it is known by them, that are foreign to a key.
static int foreign(const KtTheme *theme, KtKey own, KtKey key) {
  int count = 0;
  for (int i = 0; i < KT_KNOWN_NOTES && (size_t)i < theme->notes.count; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    count += !is_in(key, kt_key_pitch(own, 60 + kt_spelling_class(own.tonic), note->degree, note->alter));
  }
  return count;
}

/// The place where a second tune goes best with the first: it hurts least, is bent least, and is known before the end.
static Fitting fit_answer(const KtStatementRequest *request, const KtFormed *formed, const KtFormed *other) {
  const KtTheme *theme = request->other ? request->other : request->theme;
  KtTick bar = bar_of(request->theme), known = kt_statement_barely(theme);
  KtKey key = request->key;
  Fitting best = {.cost = 1 << 20, .key = key};
  for (int bars = 0; bars < 3 && bars * bar < formed->ticks; ++bars) {
    for (int s = -6; s <= 6; ++s) {
      int cost = clash(formed, other, s, bars * bar, bar, request->theme->beats) + 3 * abs(s) + 10 * bars +
                 (bars * bar + known > formed->ticks ? UNKNOWN : 0);
      int semitones = kt_key_pitch(key, 0, s, 0); // moved by steps the tune is bent; in its own mode it is not
      KtKey own = {kt_key_spell(key, 60 + kt_spelling_class(key.tonic) + semitones), theme->key.mode};
      int moved = cost + BENT * bent(theme, key, s), kept = cost + FOREIGN * foreign(theme, own, key);
      if (moved < best.cost) {
        best = (Fitting){s, 0, false, bars * bar, key, moved};
      }
      if (request->other && kept < best.cost) {
        best = (Fitting){s, semitones, true, bars * bar, own, kept};
      }
    }
  }
  return best;
}

/// A second line under the statement: the other theme where it goes best with this one.
static KtStatus add_answer(KtArena *arena, const KtStatementRequest *request,
                           const KtFormed *formed, int tonic, KtStatementNotes *out, KtError *err) {
  const KtTheme *theme = request->other ? request->other : request->theme;
  KtFormed other;
  KtTransform form = request->other ? KT_TRANSFORM_PLAIN : KT_TRANSFORM_INVERSION;
  KtTick bar = bar_of(request->theme);
  if (!kt_statement_form(arena, theme, form, formed->ticks, &other)) { // in its own metre, across the bars if need be
    return no_memory(err);
  }
  Fitting fit = fit_answer(request, formed, &other);
  size_t kept = 0;
  for (size_t i = 0; i < other.notes.count; ++i) {
    KtThemeNote note = other.notes.items[i];
    note.start += fit.later;
    note.degree = (int8_t)(note.degree + fit.steps);
    int against = degree_at(formed, note.start) - note.degree;
    int interval = ((against % 7) + 7) % 7;
    note.degree = (int8_t)(note.degree - (fit.own ? fit.steps : 0));
    bool strong = note.duration >= bar / request->theme->beats;
    bool known = request->other && i < KT_KNOWN_NOTES; // what it is known by stays
    if (strong && !known && degree_at(formed, note.start) > -1000 && (interval == 1 || interval == 6)) {
      note.degree = (int8_t)(note.degree + (interval == 1 ? -1 : 1)); // a second opens to a third
    }
    if (note.start + note.duration <= formed->ticks) {
      other.notes.items[kept++] = note;
    }
  }
  other.notes.count = kept;
  int low = request->low - 14 < 36 ? 36 : request->low - 14, high = request->high - 7;
  high = high < low + 16 ? low + 16 : high;
  int under = tonic - 12 >= 24 ? tonic - 12 : tonic;
  out->answer_transpose = under + fit.semitones - theme->tonic_midi;
  return sound(arena, &other, fit.key, under + fit.semitones, request->start, low, high, bar, out, true)
             ? KT_OK
             : no_memory(err);
}

KtStatus kt_statement_realise(KtArena *arena, const KtStatementRequest *request,
                              KtStatementNotes *out, KtError *err) {
  const KtTheme *theme = request->theme;
  *out = (KtStatementNotes){0};
  if (!theme->notes.count || theme->head < 1 || request->available <= 0 ||
      request->high < request->low) {
    return kt_error_set(
        err, KT_ERR_ARGUMENT, "theme %s cannot be stated in %lld ticks between %d and %d",
        theme->id ? theme->id : "?", (long long)request->available, request->low, request->high);
  }
  KtFormed formed;
  KtTick bar = bar_of(theme);
  if (!kt_statement_form(arena, theme, request->transform, request->available, &formed) ||
      !kt_statement_warp(arena, &formed, bar, request->metres, request->start)) {
    return no_memory(err);
  }
  for (size_t i = 0; i < formed.notes.count;
       ++i) { // the warp may have lengthened it past its space
    KtThemeNote *note = &formed.notes.items[i];
    if (i && note->start >= request->available) {
      formed.notes.count = i;
      break;
    }
    note->start = note->start >= request->available ? 0 : note->start; // an upbeat's rest has no room
    KtTick left = request->available - note->start;
    note->duration = note->duration > left ? left : note->duration;
  }
  formed.ticks = formed.ticks > request->available ? request->available : formed.ticks;
  int tonic = place(&formed, request->key, request->low, request->high);
  if (!sound(arena, &formed, request->key, tonic, request->start, request->low, request->high, bar,
             out, false) ||
      !kt_statement_chords(arena, request, &formed, out) ||
      ((request->transform == KT_TRANSFORM_REHARMONISED || request->recolour) &&
       !kt_statement_reharmonise(arena, request, out))) {
    return no_memory(err);
  }
  bool heard = formed.whole_head && formed.notes.count >= (size_t)theme->head &&
               request->transform != KT_TRANSFORM_INVERSION;
  bool whole = request->transform == KT_TRANSFORM_PLAIN || request->transform == KT_TRANSFORM_REHARMONISED ||
               request->transform == KT_TRANSFORM_MODE;
  bool head_only = whole && formed.notes.count <= (size_t)theme->head && theme->notes.count > (size_t)theme->head;
  out->record = (KtStatement){.theme = -1,
                              .part = -1,
                              .start = out->notes.items[0].start,
                              .end = request->start + formed.ticks,
                              .transform = head_only ? KT_TRANSFORM_FRAGMENT : request->transform,
                              .transpose = tonic - theme->tonic_midi,
                              .notes = (int)out->notes.count,
                              .recognisable = heard};
  if (request->transform == KT_TRANSFORM_CONTRAPUNTAL) {
    return add_answer(arena, request, &formed, tonic, out, err);
  }
  return KT_OK;
}
