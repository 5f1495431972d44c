// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// themes.abc: one tune a theme, in ABC notation 2.1 (abcnotation.com, 2011).
#include "deliver/common.h"

#include "base/xml.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT_TICKS = KT_PPQ / 4 }; ///< L:1/16

typedef struct Tune {
  FILE *out;
  const KtTheme *theme;
  KtTick bar_ticks;
  int signature[7];   ///< alteration of each step by the key
  bool touched[7];    ///< an accidental stands before this step in this bar
  int bars;
  KtTick first;       ///< the first downbeat
} Tune;

static const char *mode_name(KtMode mode) {
  static const char *const NAMES[] = {"loc", "phr", "min", "dor", "mix", "maj", "lyd"};
  return NAMES[mode];
}

static void read_signature(Tune *tune) {
  int fifths = kt_key_fifths(tune->theme->key);
  static const int SHARPS[7] = {3, 0, 4, 1, 5, 2, 6}; // F C G D A E B as steps
  for (int i = 0; i < 7; ++i) {
    if (fifths > i) {
      tune->signature[SHARPS[i]] += 1;
    }
    if (-fifths > i) {
      tune->signature[SHARPS[6 - i]] -= 1;
    }
  }
}

static void put_length(FILE *out, KtTick ticks) {
  KtTick num = ticks, den = UNIT_TICKS;
  for (KtTick f = 2; f <= den;) {
    if (num % f == 0 && den % f == 0) {
      num /= f;
      den /= f;
    } else {
      ++f;
    }
  }
  if (num != 1) {
    fprintf(out, "%lld", (long long)num);
  }
  if (den != 1) {
    fprintf(out, "/%lld", (long long)den);
  }
}

static void put_pitch(Tune *tune, int midi) {
  static const char *const SIGNS[] = {"__", "_", "=", "^", "^^"};
  KtSpelling spelling = kt_key_spell(tune->theme->key, midi);
  int step = kt_spelling_step(spelling);
  int alter = kt_spelling_alter(spelling);
  int octave = kt_spelling_octave(spelling, midi);
  // Readers differ on how far an accidental reaches; once one stands, all on that step are written.
  if (alter != tune->signature[step] || tune->touched[step]) {
    fputs(SIGNS[alter < -2 ? 0 : alter > 2 ? 4 : alter + 2], tune->out);
    tune->touched[step] = true;
  }
  char letter = "CDEFGAB"[step];
  fputc(octave >= 5 ? tolower(letter) : letter, tune->out);
  for (int o = octave; o > 5; --o) {
    fputc('\'', tune->out);
  }
  for (int o = octave; o < 4; ++o) {
    fputc(',', tune->out);
  }
}

/// A bar line where the bar is full, four bars a line.
static void bar_line(Tune *tune, KtTick at) {
  if (at % tune->bar_ticks == 0 && at > 0) {
    ++tune->bars;
    memset(tune->touched, 0, sizeof(tune->touched));
    fputs(at >= tune->theme->ticks ? " |]\n" : tune->bars % 4 ? " | " : " |\n", tune->out);
  } else if (at % KT_PPQ == 0) {
    fputc(' ', tune->out);
  }
}

static KtTick to_bar_line(const Tune *tune, KtTick at) {
  return tune->bar_ticks - at % tune->bar_ticks;
}

static void put_chord_symbol(Tune *tune, KtTick at) {
  for (size_t i = 0; i < tune->theme->chords.count; ++i) {
    const KtThemeChord *chord = &tune->theme->chords.items[i];
    bool later = i + 1 < tune->theme->chords.count && tune->theme->chords.items[i + 1].start <= tune->first;
    KtTick start = chord->start || later ? chord->start : tune->first; // under an upbeat there is none
    if (start != at || chord->quality == KT_CHORD_QUARTAL || chord->quality == KT_CHORD_CLUSTER) {
      continue; // no usual symbol
    }
    static const char *const SUFFIX[KT_CHORD_COUNT] = {
        "", "m", "dim", "aug", "sus2", "sus4", "maj7", "m7", "7", "m7b5", "dim7", "add9", "madd9", "5",
        "", "", "mM7", "m6", "7b9", "7#11", "maj7#11"};
    int midi = kt_key_pitch(tune->theme->key, tune->theme->tonic_midi, chord->degree, chord->alter);
    char name[4];
    kt_spelling_name(kt_key_spell(tune->theme->key, midi), name);
    fprintf(tune->out, "\"%s%s\"", name, SUFFIX[chord->quality]);
  }
}

static void put_rest(Tune *tune, KtTick from, KtTick to) {
  while (from < to) {
    KtTick piece = to - from < to_bar_line(tune, from) ? to - from : to_bar_line(tune, from);
    put_chord_symbol(tune, from);
    fputc('z', tune->out);
    put_length(tune->out, piece);
    from += piece;
    bar_line(tune, from);
  }
}

static void put_note(Tune *tune, int midi, KtTick from, KtTick to) {
  while (from < to) {
    KtTick piece = to - from < to_bar_line(tune, from) ? to - from : to_bar_line(tune, from);
    put_chord_symbol(tune, from);
    put_pitch(tune, midi);
    put_length(tune->out, piece);
    if (from + piece < to) {
      fputc('-', tune->out);
    }
    from += piece;
    bar_line(tune, from);
  }
}

/// Three equal notes in the time of two, from note `index` on.
static bool is_triplet(const KtTheme *theme, size_t index, KtTick bar_ticks) {
  if (index + 2 >= theme->notes.count) {
    return false;
  }
  const KtThemeNote *n = &theme->notes.items[index];
  KtTick d = n[0].duration;
  return d % 60 != 0 && (d * 3) % 120 == 0 && n[1].duration == d && n[2].duration == d &&
         n[1].start == n[0].start + d && n[2].start == n[1].start + d &&
         n[0].start % bar_ticks + 3 * d <= bar_ticks;
}

static void annotate(Tune *tune, size_t index) {
  if (index == 0) {
    fputs("\"^head\"", tune->out);
  } else if (index + 1 == (size_t)tune->theme->head) {
    fputs("\"^end of head\"", tune->out);
  }
}

static void put_triplet(Tune *tune, size_t index) {
  const KtThemeNote *n = &tune->theme->notes.items[index];
  fputs("(3", tune->out);
  put_chord_symbol(tune, n->start);
  for (size_t i = 0; i < 3; ++i) {
    annotate(tune, index + i);
    put_pitch(tune, kt_theme_pitch(tune->theme, &n[i]));
    put_length(tune->out, n->duration * 3 / 2);
  }
  bar_line(tune, n->start + 3 * n->duration);
}

static void put_tune(Tune *tune) {
  const KtTheme *theme = tune->theme;
  // an upbeat is a bar that begins with it
  KtTick at = theme->notes.count && theme->notes.items[0].start < tune->bar_ticks ? theme->notes.items[0].start : 0;
  tune->first = at ? tune->bar_ticks : 0;
  for (size_t i = 0; i < theme->notes.count; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    if (note->start < at) {
      continue; // a theme is one line; what overlaps has been cut below
    }
    put_rest(tune, at, note->start);
    if (is_triplet(theme, i, tune->bar_ticks)) {
      put_triplet(tune, i);
      at = note->start + 3 * note->duration;
      i += 2;
      continue;
    }
    annotate(tune, i);
    KtTick end = note->start + note->duration;
    if (i + 1 < theme->notes.count && theme->notes.items[i + 1].start < end) {
      end = theme->notes.items[i + 1].start;
    }
    put_note(tune, kt_theme_pitch(theme, note), note->start, end);
    at = end > at ? end : at;
  }
  put_rest(tune, at, theme->ticks > at ? theme->ticks : at);
  if (at > theme->ticks && at % tune->bar_ticks) {
    put_rest(tune, at, at + to_bar_line(tune, at));
  }
}

/// A header field is one line.
static void put_field(FILE *out, const char *field, KtArena *arena, const char *text) {
  char *line = (char *)(uintptr_t)kt_arena_format(arena, "%s", text);
  for (char *c = line; *c; ++c) {
    if (*c == '\n' || *c == '\r' || *c == '%') {
      *c = ' ';
    }
  }
  fputs(field, out);
  kt_text_put(out, line, KT_TEXT_PLAIN);
  fputc('\n', out);
}

static void put_theme(const KtDelivery *delivery, size_t index, FILE *out, KtArena *arena) {
  const KtTheme *theme = &delivery->themes->items.items[index];
  Tune tune = {.out = out, .theme = theme};
  tune.bar_ticks = (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
  read_signature(&tune);
  fprintf(out, "X:%zu\n", index + 1);
  put_field(out, "T:", arena, kt_arena_format(arena, "%s %s", theme->id,
                                              kt_theme_subject_name(delivery, theme)));
  if (delivery->brief && delivery->brief->composer) {
    put_field(out, "C:", arena, delivery->brief->composer);
  }
  if (theme->rhythm_from && *theme->rhythm_from) {
    put_field(out, "N:rhythm from ", arena, theme->rhythm_from);
  }
  char tonic[4];
  kt_spelling_name(theme->key.tonic, tonic);
  fprintf(out, "M:%d/%d\nL:1/16\nQ:1/4=%.0f\nK:%s%s\n", theme->beats, theme->unit, theme->bpm, tonic,
          mode_name(theme->key.mode));
  put_tune(&tune);
  fputc('\n', out);
}

const char *kt_theme_abc(const KtDelivery *delivery, size_t theme, KtArena *arena) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out) {
    return "";
  }
  put_theme(delivery, theme, out, arena);
  if (fclose(out)) {
    free(text);
    return "";
  }
  const char *kept = kt_arena_text_n(arena, text, size);
  free(text);
  return kept;
}

KtStatus kt_deliver_themes(const KtDelivery *delivery, KtError *err) {
  char path[KT_PATH_SIZE];
  KtArena *arena = kt_arena_new();
  KtAtomicFile file = {0};
  KtStatus status = arena ? kt_delivery_path(delivery, path, err, "themes.abc")
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status && !(status = kt_atomic_open(&file, path, err))) {
    fputs("%abc-2.1\n", file.stream);
    fputs("% Lengths are in sixteenths; \"^head\" opens the motif, \"^end of head\" stands on its last "
          "note.\n\n", file.stream);
    for (size_t i = 0; delivery->themes && i < delivery->themes->items.count; ++i) {
      fputs(kt_delivery_sounds(delivery, i) ? kt_theme_abc(delivery, i, arena) : "", file.stream);
    }
    status = kt_atomic_commit(&file, err);
  }
  kt_arena_free(arena);
  return status;
}
