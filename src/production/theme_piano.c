// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A theme at the piano: the tune alone over its own chords, so that nothing else is judged.
#include "production/themes.h"

#include <stdlib.h>

enum { BASS_LOW = 38, BASS_HIGH = 50, TENOR_LOW = 52, PIANO_TOP = 96 };

static KtTick bar_of(const KtTheme *theme) {
  return (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
}

static KtPart *add_part(KtScore *score, const char *id, const char *name, KtRole role, float level) {
  KtPart *part = kt_array_push(score->arena, &score->parts);
  if (part) {
    *part = (KtPart){.id = id, .instrument = "piano", .name = name, .role = role, .low = 21, .high = 108};
    KtDynamic *dynamic = kt_array_push(score->arena, &part->dynamics);
    if (dynamic) {
      *dynamic = (KtDynamic){0, level};
    }
  }
  return part;
}

static void add_note(KtScore *score, KtPart *part, KtKey key, KtTick start, KtTick duration, int midi, float accent) {
  KtNote *note = midi >= 21 && midi <= 108 ? kt_array_push(score->arena, &part->notes) : NULL;
  if (note) {
    *note = (KtNote){.start = start, .duration = duration, .midi = (int8_t)midi, .statement = -1, .accent = accent,
                     .spelling = kt_key_spell(key, midi), .articulation = KT_ART_LONG};
  }
}

static int into(int midi, int low) {
  while (midi < low) {
    midi += 12;
  }
  while (midi >= low + 12) {
    midi -= 12;
  }
  return midi;
}

/// Lowest note of the tune between two ticks: the left hand stays under it.
static int floor_of(const KtTheme *theme, KtTick from, KtTick to) {
  int low = PIANO_TOP;
  for (size_t i = 0; i < theme->notes.count; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    int pitch = kt_theme_pitch(theme, note);
    bool sounds = note->start < to && note->start + note->duration > from;
    low = sounds && pitch < low ? pitch : low;
  }
  return low;
}

/// Bass and chord; told again, the chord is broken into eighths.
static void left_hand(KtScore *score, KtPart *part, const KtTheme *theme, const KtThemeChord *chord, KtTick at,
                      KtTick length, bool broken) {
  int classes[6];
  int count = kt_chord_classes(chord->quality, classes);
  int root = kt_theme_pitch(theme, &(KtThemeNote){.degree = chord->degree, .alter = chord->alter});
  int top = floor_of(theme, chord->start, chord->start + length);
  int tones[6], kept = 0;
  for (int i = 0; i < count && i < 4; ++i) {
    int midi = into(root + classes[i], TENOR_LOW);
    midi = midi >= top ? midi - 12 : midi;
    if (midi > BASS_HIGH - 2 || i == 1) {
      tones[kept++] = midi;
    }
  }
  add_note(score, part, theme->key, at, length, into(root, BASS_LOW), 0.05F);
  if (!broken || !kept) {
    for (int i = 0; i < kept; ++i) {
      add_note(score, part, theme->key, at, length, tones[i], -0.1F);
    }
    return;
  }
  KtTick step = KT_PPQ / 2;
  static const int walk[] = {0, 1, 2, 1};
  for (int i = 1; i * step < length; ++i) {
    int tone = tones[walk[(i - 1) % 4] % kept];
    add_note(score, part, theme->key, at + i * step, length - i * step < step ? length - i * step : step, tone, -0.15F);
  }
}

static void play_once(KtScore *score, const KtTheme *theme, KtTick at, KtTick ticks, bool again) {
  KtPart *right = &score->parts.items[0], *left = &score->parts.items[1];
  for (size_t i = 0; i < theme->notes.count && theme->notes.items[i].start < ticks; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    KtTick left_over = ticks - note->start;
    int pitch = kt_theme_pitch(theme, note);
    KtTick length = note->duration < left_over ? note->duration : left_over;
    add_note(score, right, theme->key, at + note->start, length, pitch, note->accent);
    bool weighty = again && note->duration >= KT_PPQ && pitch + 12 <= PIANO_TOP;
    if (weighty) {
      add_note(score, right, theme->key, at + note->start, length, pitch + 12, note->accent - 0.1F);
    }
  }
  for (size_t i = 0; i < theme->chords.count && theme->chords.items[i].start < ticks; ++i) {
    const KtThemeChord *chord = &theme->chords.items[i];
    KtTick length = chord->start + chord->duration > ticks ? ticks - chord->start : chord->duration;
    for (KtTick done = 0; done < length;) { // struck anew in every bar
      KtTick next = (chord->start + done) / bar_of(theme) * bar_of(theme) + bar_of(theme) - chord->start;
      KtTick end = next < length ? next : length;
      KtThemeChord piece = *chord;
      piece.start = chord->start + done;
      bool last = piece.start + end - done >= ticks;
      left_hand(score, left, theme, &piece, at + piece.start, end - done, again && !last);
      done = end;
    }
  }
}

KtStatus kt_theme_on_piano(const KtTheme *theme, int times, int bars, KtScore **score, KtError *err) {
  *score = NULL;
  KtArena *arena = kt_arena_new();
  KtScore *made = arena ? KT_NEW(arena, KtScore, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtTick ticks = bars * bar_of(theme);
  *made = (KtScore){.arena = arena, .end = times * ticks};
  KtMetre *metre = kt_array_push(arena, &made->metres);
  KtKeyChange *key = kt_array_push(arena, &made->keys);
  KtTempoPoint *start = kt_array_push(arena, &made->tempo.points), *end = kt_array_push(arena, &made->tempo.points);
  start = made->tempo.points.items;
  KtPart *right = add_part(made, "piano_right", "Piano, right hand", KT_ROLE_LEAD, 0.6F);
  KtPart *left = add_part(made, "piano_left", "Piano, left hand", KT_ROLE_HARMONY, 0.42F);
  if (metre && key && end && right && left) {
    *metre = (KtMetre){0, theme->beats, theme->unit};
    *key = (KtKeyChange){0, theme->key};
    *start = (KtTempoPoint){0, 0};
    *end = (KtTempoPoint){made->end, kt_film_time((double)made->end / KT_PPQ * 60 / theme->bpm)};
    for (int i = 0; i < times; ++i) {
      play_once(made, theme, i * ticks, ticks, i > 0);
    }
  }
  KtStatus status = kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory")
                                           : kt_score_finish(made, err);
  if (status) {
    kt_score_free(made);
    return status;
  }
  *score = made;
  return KT_OK;
}
