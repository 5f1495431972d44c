// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_file.h"

enum { BARS_MOST = 64, NOTES_LEAST = 3, HEAD_MOST = 7 };

static KtTick bar_of(const KtTheme *theme) {
  return (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
}

static KtTick round_up(KtTick ticks, KtTick unit) {
  return (ticks + unit - 1) / unit * unit;
}

/// Whole bars of rest before the first note are no part of the tune.
static KtTick drop_silence(KtTheme *theme, KtTick end) {
  KtTick silent = theme->notes.items[0].start / bar_of(theme) * bar_of(theme);
  size_t kept = 0;
  for (size_t i = 0; i < theme->notes.count; ++i) {
    theme->notes.items[i].start -= silent;
  }
  for (size_t i = 0; i < theme->chords.count; ++i) {
    if (theme->chords.items[i].start >= silent) {
      theme->chords.items[kept] = theme->chords.items[i];
      theme->chords.items[kept++].start -= silent;
    }
  }
  theme->chords.count = kept;
  return end - silent;
}

/// How much of a bar the triad on a degree holds.
static double holds(const KtTheme *theme, KtTick at, KtTick bar, int root) {
  double held = 0;
  for (size_t i = 0; i < theme->notes.count; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    int above = ((note->degree - root) % 7 + 7) % 7;
    if (note->start >= at && note->start < at + bar && !note->alter &&
        (above == 0 || above == 2 || above == 4)) {
      held += (double)note->duration / (double)bar + (note->start == at ? 0.2 : 0);
    }
  }
  return held;
}

/// The triad that holds most of what is heard in a bar; home at both ends.
static bool harmonise(KtArena *arena, KtTheme *theme) {
  static const int order[] = {0, 4, 3, 5, 1, 2, 6};
  KtTick bar = bar_of(theme);
  for (KtTick at = 0; at < theme->ticks; at += bar) {
    int best = 0;
    double most = -1;
    for (int c = 0; c < 7 && at && at + bar < theme->ticks; ++c) {
      double held = 0.02 * (7 - c) + holds(theme, at, bar, order[c]);
      if (held > most) {
        most = held;
        best = order[c];
      }
    }
    KtThemeChord *chord = kt_array_push(arena, &theme->chords);
    if (!chord) {
      return false;
    }
    int third = kt_mode_degree(theme->key.mode, best + 2) - kt_mode_degree(theme->key.mode, best);
    int fifth = kt_mode_degree(theme->key.mode, best + 4) - kt_mode_degree(theme->key.mode, best);
    *chord = (KtThemeChord){.start = at, .degree = (int8_t)best};
    chord->quality = fifth == 6   ? KT_CHORD_DIMINISHED
                     : third == 3 ? KT_CHORD_MINOR
                                  : KT_CHORD_MAJOR;
  }
  return true;
}

/// Chords end to end over the whole tune; of two at one place the later stands.
static void join_chords(KtTheme *theme) {
  size_t kept = 0;
  for (size_t i = 0; i < theme->chords.count; ++i) {
    bool twice = i + 1 < theme->chords.count &&
                 theme->chords.items[i + 1].start <= theme->chords.items[i].start;
    if (!twice && theme->chords.items[i].start < theme->ticks) {
      theme->chords.items[kept++] = theme->chords.items[i];
    }
  }
  theme->chords.count = kept;
  theme->chords.items[0].start = 0;
  for (size_t i = 0; i < theme->chords.count; ++i) {
    KtTick next = i + 1 < theme->chords.count ? theme->chords.items[i + 1].start : theme->ticks;
    theme->chords.items[i].duration = next - theme->chords.items[i].start;
  }
}

/// The first bar, or both of two while it has fewer than four notes; an upbeat is before them.
static int find_head(const KtTheme *theme) {
  int count = (int)theme->notes.count, head = 0;
  KtTick bar = bar_of(theme), up = theme->notes.items[0].start * 2 >= bar ? bar : 0;
  while (head < count && head < HEAD_MOST && theme->notes.items[head].start < up + (head < 4 ? 2 : 1) * bar) {
    ++head;
  }
  return head < 2 ? 2 : head;
}

KtStatus kt_theme_settle(KtArena *arena, KtTheme *theme, KtTick end, int head, const char *name, int line,
                         KtError *err) {
  KtTick bar = bar_of(theme);
  if (theme->notes.count < NOTES_LEAST) {
    return kt_error_at(err, KT_ERR_FORMAT, name, line, 0, "a theme needs three notes at least; %zu were found",
                       theme->notes.count);
  }
  theme->ticks = round_up(drop_silence(theme, end), bar);
  if (theme->ticks > BARS_MOST * bar) {
    return kt_error_at(err, KT_ERR_FORMAT, name, line, 0,
                       "a theme has %d bars at most; eight are usual, and here are %lld", BARS_MOST,
                       (long long)(theme->ticks / bar));
  }
  if (!theme->chords.count || theme->chords.items[0].start >= theme->ticks) {
    theme->chords.count = 0;
    if (!harmonise(arena, theme)) {
      return kt_error_set(err, KT_ERR_MEMORY, "out of memory while reading %s", name);
    }
  }
  join_chords(theme);
  theme->head = head ? head : find_head(theme);
  const KtThemeNote *last = &theme->notes.items[theme->head - 1];
  theme->head_ticks = round_up(last->start + last->duration, 4 * KT_PPQ / theme->unit);
  theme->bpm = theme->bpm > 0 ? theme->bpm : 90;
  theme->score = -1; // not yet judged
  theme->rhythm_from = "";
  theme->locked = true;
  return KT_OK;
}
