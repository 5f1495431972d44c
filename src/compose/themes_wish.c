// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_wish.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NOTES_MOST = 2000 };

KtThemeWish *kt_theme_wish(const KtThemeWishes *wishes, const char *subject) {
  for (size_t i = 0; wishes && i < wishes->items.count; ++i) {
    if (!strcasecmp(wishes->items.items[i].subject, subject)) {
      return &wishes->items.items[i];
    }
  }
  return NULL;
}

KtThemeWish *kt_theme_wish_add(KtThemeWishes *wishes, const char *subject) {
  KtThemeWish *wish = kt_theme_wish(wishes, subject);
  wish = wish ? wish : kt_array_push(wishes->arena, &wishes->items);
  if (wish && !wish->subject) {
    wish->subject = kt_arena_text(wishes->arena, subject);
  }
  return wish;
}

bool kt_theme_copy(KtArena *arena, const KtTheme *from, KtTheme *to) {
  *to = *from;
  to->notes.items = NULL;
  to->notes.count = to->notes.capacity = 0;
  to->chords.items = NULL;
  to->chords.count = to->chords.capacity = 0;
  to->id = from->id ? kt_arena_text(arena, from->id) : "";
  to->title = from->title ? kt_arena_text(arena, from->title) : "";
  to->rhythm_from = from->rhythm_from ? kt_arena_text(arena, from->rhythm_from) : "";
  for (size_t i = 0; i < from->notes.count; ++i) {
    KtThemeNote *note = kt_array_push(arena, &to->notes);
    if (!note) {
      return false;
    }
    *note = from->notes.items[i];
  }
  for (size_t i = 0; i < from->chords.count; ++i) {
    KtThemeChord *chord = kt_array_push(arena, &to->chords);
    if (!chord) {
      return false;
    }
    *chord = from->chords.items[i];
  }
  return true;
}

/// A line end or tab in a name would be another line or field.
static void put_name(FILE *stream, const char *text) {
  for (; *text; ++text) {
    fputc(*text == '\n' || *text == '\r' || *text == '\t' ? ' ' : *text, stream);
  }
}

static void write_tune(FILE *stream, const KtTheme *t) {
  fprintf(stream, "tune\t%d\t%d\t%d\t%d\t%d\t%a\t%d\t%" PRId64 "\t%" PRId64 "\t%a\n", t->key.tonic, (int)t->key.mode,
          t->tonic_midi, t->beats, t->unit, t->bpm, t->head, t->head_ticks, t->ticks, (double)t->score);
  fputs("rhythm\t", stream);
  put_name(stream, t->rhythm_from ? t->rhythm_from : "");
  fputc('\n', stream);
  for (size_t i = 0; i < t->notes.count; ++i) {
    const KtThemeNote *n = &t->notes.items[i];
    fprintf(stream, "note\t%" PRId64 "\t%" PRId64 "\t%d\t%d\t%a\n", n->start, n->duration, n->degree, n->alter,
            (double)n->accent);
  }
  for (size_t i = 0; i < t->chords.count; ++i) {
    const KtThemeChord *c = &t->chords.items[i];
    fprintf(stream, "chord\t%" PRId64 "\t%" PRId64 "\t%d\t%d\t%d\n", c->start, c->duration, c->degree, c->alter,
            (int)c->quality);
  }
}

void kt_theme_wishes_write(FILE *stream, const KtThemeWishes *wishes) {
  for (size_t i = 0; i < wishes->items.count; ++i) {
    const KtThemeWish *wish = &wishes->items.items[i];
    fprintf(stream, "theme\t%d\t%d\t%d\t%d\t", wish->again, wish->own, wish->locked, wish->held);
    put_name(stream, wish->subject);
    fputc('\n', stream);
    if (wish->has_tune) {
      write_tune(stream, &wish->tune);
    }
  }
}

static bool sane_tune(const KtTheme *t) {
  KtTick bar = t->beats > 0 && t->unit > 0 ? (KtTick)t->beats * 4 * KT_PPQ / t->unit : 0;
  return t->key.mode <= KT_MODE_LYDIAN && t->beats >= 2 && t->beats <= 16 && t->unit >= 2 && t->unit <= 16 &&
         t->bpm >= 10 && t->bpm <= 600 && t->head >= 1 && t->tonic_midi >= 0 && t->tonic_midi <= 127 &&
         t->head_ticks > 0 && t->ticks >= bar && t->ticks <= 1000 * bar && t->score >= -1 && t->score <= 1;
}

static bool read_tune(const char *text, KtTheme *t) {
  int tonic = 0, mode = 0;
  double score = 0;
  if (sscanf(text, "%d %d %d %d %d %la %d %" SCNd64 " %" SCNd64 " %la", &tonic, &mode, &t->tonic_midi, &t->beats,
             &t->unit, &t->bpm, &t->head, &t->head_ticks, &t->ticks, &score) != 10 ||
      tonic < -21 || tonic > 21 || mode < 0) {
    return false;
  }
  t->key = (KtKey){(KtSpelling)tonic, (KtMode)mode};
  t->score = (float)score;
  t->rhythm_from = "";
  return sane_tune(t);
}

static bool read_note(KtArena *arena, const char *text, KtTheme *t) {
  KtTick start = 0, duration = 0;
  int degree = 0, alter = 0;
  double accent = 0;
  KtThemeNote *note = NULL;
  if (sscanf(text, "%" SCNd64 " %" SCNd64 " %d %d %la", &start, &duration, &degree, &alter, &accent) == 5 &&
      start >= 0 && start <= t->ticks && duration > 0 && duration <= t->ticks && abs(degree) < 100 &&
      abs(alter) < 13 && t->notes.count < NOTES_MOST) {
    note = kt_array_push(arena, &t->notes);
  }
  if (note) {
    *note = (KtThemeNote){start, duration, (int8_t)degree, (int8_t)alter, (float)accent};
  }
  return note;
}

static bool read_chord(KtArena *arena, const char *text, KtTheme *t) {
  KtTick start = 0, duration = 0;
  int degree = 0, alter = 0, quality = 0;
  KtThemeChord *chord = NULL;
  if (sscanf(text, "%" SCNd64 " %" SCNd64 " %d %d %d", &start, &duration, &degree, &alter, &quality) == 5 &&
      start >= 0 && duration > 0 && duration <= t->ticks && abs(degree) < 100 && abs(alter) < 13 && quality >= 0 &&
      quality < KT_CHORD_COUNT && t->chords.count < NOTES_MOST) {
    chord = kt_array_push(arena, &t->chords);
  }
  if (chord) {
    *chord = (KtThemeChord){start, duration, (int8_t)degree, (int8_t)alter, (KtChordQuality)quality};
  }
  return chord;
}

static bool read_theme(KtThemeWishes *wishes, const char *text) {
  int again = 0, own = 0, locked = 0, held = 0, used = 0;
  if (sscanf(text, "%d %d %d %d%n", &again, &own, &locked, &held, &used) != 4 || text[used] != '\t' ||
      !text[used + 1] || again < 0 || again > KT_AGAIN_MOST) {
    return false;
  }
  KtThemeWish *wish = kt_theme_wish_add(wishes, text + used + 1);
  if (wish) {
    wish->again = again;
    wish->own = own;
    wish->locked = locked;
    wish->held = held;
  }
  return wish;
}

static bool read_line(KtThemeWishes *wishes, const char *line) {
  KtThemeWish *last = wishes->items.count ? &wishes->items.items[wishes->items.count - 1] : NULL;
  size_t word = strcspn(line, "\t");
  const char *rest = line + word + (line[word] == '\t');
  if (!strncmp(line, "theme\t", 6)) {
    return read_theme(wishes, rest);
  }
  if (!last) {
    return false;
  }
  if (!strncmp(line, "tune\t", 5)) {
    last->has_tune = read_tune(rest, &last->tune);
    last->tune.locked = last->locked || last->own;
    return last->has_tune;
  }
  if (!strncmp(line, "rhythm\t", 7)) {
    last->tune.rhythm_from = kt_arena_text(wishes->arena, rest);
    return true;
  }
  return last->has_tune && ((!strncmp(line, "note\t", 5) && read_note(wishes->arena, rest, &last->tune)) ||
                            (!strncmp(line, "chord\t", 6) && read_chord(wishes->arena, rest, &last->tune)));
}

KtStatus kt_theme_wishes_read(KtArena *arena, const char *text, KtThemeWishes *wishes, KtError *err) {
  *wishes = (KtThemeWishes){.arena = arena};
  int number = 0;
  for (const char *at = text; *at;) {
    size_t length = strcspn(at, "\n");
    ++number;
    if (!read_line(wishes, kt_arena_text_n(arena, at, length))) {
      return kt_error_at(err, KT_ERR_FORMAT, "the themes as kept", number, 0,
                         "are damaged; kinothek themes free gives them back");
    }
    at += length + (at[length] == '\n');
  }
  for (size_t i = 0; i < wishes->items.count; ++i) {
    const KtThemeWish *wish = &wishes->items.items[i];
    if (wish->has_tune && (wish->tune.notes.count < 3 || (size_t)wish->tune.head > wish->tune.notes.count ||
                           !wish->tune.chords.count)) {
      return kt_error_at(err, KT_ERR_FORMAT, "the themes as kept", number, 0,
                         "are damaged; kinothek themes free gives them back");
    }
  }
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
