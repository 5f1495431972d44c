// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/statement_parts.h"

/// Fewer notes of a tune than these are too few to know it by.
enum { UPBEAT_AFTER = 8 };

static KtTick bar_of(const KtTheme *theme) {
  return (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
}

static KtTick up_to(KtTick ticks, KtTick unit) {
  return (ticks + unit - 1) / unit * unit;
}

/// The note with which the tune is known.
static const KtThemeNote *known_note(const KtTheme *theme) {
  size_t wanted = theme->head > KT_KNOWN_NOTES ? (size_t)theme->head : KT_KNOWN_NOTES;
  return &theme->notes.items[(theme->notes.count < wanted ? theme->notes.count : wanted) - 1];
}

KtTick kt_statement_known(const KtTheme *theme) {
  if (!theme->notes.count) {
    return theme->head_ticks;
  }
  const KtThemeNote *note = known_note(theme);
  KtTick end = up_to(note->start + note->duration, bar_of(theme));
  return end > theme->ticks ? theme->ticks : end;
}

KtTick kt_statement_barely(const KtTheme *theme) {
  if (!theme->notes.count) {
    return theme->head_ticks;
  }
  KtTick beat = 4 * KT_PPQ / theme->unit;
  const KtThemeNote *note = known_note(theme);
  return note->start + (note->duration < beat ? note->duration : beat);
}

KtTick kt_statement_phrase(const KtTheme *theme) {
  KtTick bar = bar_of(theme), half = up_to(theme->ticks / 2, bar), known = kt_statement_known(theme);
  return half < known ? (2 * known > theme->ticks ? theme->ticks : known) : half;
}

/// The bar that holds a theme's upbeat and nothing else, ticks; 0 where it begins on its first.
static KtTick upbeat_bar(const KtTheme *theme) {
  KtTick bar = bar_of(theme), from = theme->notes.count ? theme->notes.items[0].start : 0;
  return from * 2 >= bar && from < bar && theme->head_ticks > bar ? bar : 0;
}

/// Nothing sounds on past a tick.
static void cut_at(KtFormed *formed, KtTick tick) {
  while (formed->notes.count && formed->notes.items[formed->notes.count - 1].start >= tick) {
    --formed->notes.count;
  }
  KtThemeNote *last = formed->notes.count ? &formed->notes.items[formed->notes.count - 1] : NULL;
  if (last && last->start + last->duration > tick) {
    last->duration = tick - last->start;
  }
  while (formed->chords.count && formed->chords.items[formed->chords.count - 1].start >= tick) {
    --formed->chords.count;
  }
  KtThemeChord *chord = formed->chords.count ? &formed->chords.items[formed->chords.count - 1] : NULL;
  if (chord) {
    chord->duration = tick - chord->start;
  }
}

KtTick kt_statement_ticks(const KtTheme *theme, KtTransform transform, KtTick *least) {
  KtTick bar = bar_of(theme), head = up_to(theme->head_ticks, bar), smallest = head, want = head;
  KtTick known = kt_statement_known(theme);
  switch (transform) {
  case KT_TRANSFORM_FRAGMENT:
    break;
  case KT_TRANSFORM_TRUNCATED:
  case KT_TRANSFORM_INVERSION:
    want = kt_statement_phrase(theme);
    break;
  case KT_TRANSFORM_AUGMENTATION:
    smallest = 2 * theme->head_ticks;
    want = 2 * kt_statement_phrase(theme);
    break;
  case KT_TRANSFORM_DIMINUTION:
    smallest = up_to(theme->head_ticks / 2, bar);
    want = up_to(kt_statement_phrase(theme) / 2, bar);
    break;
  case KT_TRANSFORM_SEQUENCE:
    smallest = known + head - upbeat_bar(theme);
    want = known + 2 * (head - upbeat_bar(theme));
    break;
  default:
    want = theme->ticks;
    break;
  }
  if (least) {
    *least = smallest > theme->ticks && transform != KT_TRANSFORM_SEQUENCE && transform != KT_TRANSFORM_AUGMENTATION
                 ? theme->ticks
                 : smallest;
  }
  return want < smallest ? smallest : want;
}

KtTick kt_statement_decent(const KtTheme *theme, KtTransform transform) {
  KtTick least = 0, want = kt_statement_ticks(theme, transform, &least);
  switch (transform) {
  case KT_TRANSFORM_FRAGMENT:
  case KT_TRANSFORM_SEQUENCE:
    return least;
  case KT_TRANSFORM_AUGMENTATION:
    return 2 * kt_statement_known(theme);
  case KT_TRANSFORM_DIMINUTION:
    return want < kt_statement_known(theme) / 2 ? want : up_to(kt_statement_known(theme) / 2, bar_of(theme));
  default:
    return kt_statement_known(theme);
  }
}

/// Where a theme that begins with an upbeat is cut: the next phrase's upbeat stays away with that phrase.
static KtTick without_upbeat(const KtTheme *theme, KtTick end) {
  KtTick first = theme->notes.items[0].start, cut = end - (bar_of(theme) - first);
  if (end >= theme->ticks || first <= 0 || first >= bar_of(theme)) {
    return end;
  }
  for (size_t i = 0; i < theme->notes.count; ++i) {
    if (theme->notes.items[i].start == cut) { // what begins there has half a phrase and a whole head before it
      return i >= UPBEAT_AFTER && (int)i >= theme->head ? cut : end;
    }
  }
  return end;
}

/// Copy what starts before `end`, moved by `at` ticks and `degrees` steps, stretched by num/den.
static bool add_span(KtArena *arena, const KtTheme *theme, KtTick end, KtTick at, int degrees,
                     int num, int den, KtFormed *formed) {
  KtTick cut = without_upbeat(theme, end);
  for (size_t i = 0; i < theme->notes.count && theme->notes.items[i].start < cut; ++i) {
    KtThemeNote *note = kt_array_push(arena, &formed->notes);
    if (!note) {
      return false;
    }
    *note = theme->notes.items[i];
    KtTick stop = note->start + note->duration < end ? note->start + note->duration : end;
    note->duration = (stop - note->start) * num / den;
    note->start = at + note->start * num / den;
    note->degree = (int8_t)(note->degree + degrees);
  }
  for (size_t i = 0; i < theme->chords.count && theme->chords.items[i].start < end; ++i) {
    KtThemeChord *chord = kt_array_push(arena, &formed->chords);
    if (!chord) {
      return false;
    }
    *chord = theme->chords.items[i];
    KtTick stop = chord->start + chord->duration < end ? chord->start + chord->duration : end;
    chord->duration = (stop - chord->start) * num / den;
    chord->start = at + chord->start * num / den;
    chord->degree = (int8_t)(chord->degree + degrees);
  }
  KtTick last = at + end * num / den;
  formed->ticks = last > formed->ticks ? last : formed->ticks;
  return true;
}

/// The longest whole part of the theme that fits: all, its first phrase, what it is known by, the head.
static KtTick part_in(const KtTheme *theme, KtTick most, KtTick available) {
  KtTick phrase = kt_statement_phrase(theme);
  if (most >= theme->ticks && available >= theme->ticks) {
    return theme->ticks;
  }
  if (most >= phrase && available >= phrase) {
    return phrase;
  }
  KtTick known = kt_statement_known(theme), barely = kt_statement_barely(theme);
  return most < barely || available < barely ? theme->head_ticks : available < known ? available : known;
}

/// The tune begins as it does, as far as it takes to know it; then its head climbs.
static bool form_sequence(KtArena *arena, const KtTheme *theme, KtTick available,
                          KtFormed *formed) {
  KtTick head = up_to(theme->head_ticks, bar_of(theme)), known = kt_statement_known(theme), up = upbeat_bar(theme);
  KtTick first = known + head - up <= available ? known : head, at = 0;
  for (int i = 0; i < 3 && (!i || at + head - up <= available); ++i) {
    KtTick from = i ? at - up : 0, length = i ? head : first;
    if (i && up) { // its upbeat is the end of what went before
      cut_at(formed, from + theme->notes.items[0].start);
    }
    size_t chords = formed->chords.count;
    if (!add_span(arena, theme, i ? theme->head_ticks : first, from, i, 1, 1, formed)) {
      return false;
    }
    if (i && up && formed->chords.count > chords) { // the chord before lasts to where its own began
      formed->chords.items[chords].duration -= theme->notes.items[0].start;
      formed->chords.items[chords].start += theme->notes.items[0].start;
    }
    cut_at(formed, from + length);
    at = from + length;
    formed->ticks = at;
  }
  return true;
}

static void invert(KtFormed *formed) {
  if (formed->notes.count) {
    int axis = formed->notes.items[0].degree;
    for (size_t i = 0; i < formed->notes.count; ++i) {
      KtThemeNote *note = &formed->notes.items[i];
      note->degree = (int8_t)(2 * axis - note->degree);
      note->alter = (int8_t)-note->alter;
    }
  }
}

/// Unfinished: the phrase stops before its last notes; what is left rings a little longer.
static void break_off(const KtTheme *theme, KtFormed *formed) {
  size_t least = theme->head > 2 ? (size_t)theme->head - 1 : 2, known = KT_KNOWN_NOTES;
  least = formed->notes.count > known && known > least ? known : least; // what it is known by stays, where more is told
  size_t drop = formed->notes.count > least + 2 ? 2 : 1;
  if (formed->notes.count > least && formed->notes.count > drop) {
    formed->notes.count -= drop;
  }
}

bool kt_statement_form(KtArena *arena, const KtTheme *theme, KtTransform transform,
                       KtTick available, KtFormed *formed) {
  *formed = (KtFormed){0};
  KtTick phrase = kt_statement_phrase(theme);
  bool ok = true;
  switch (transform) {
  case KT_TRANSFORM_FRAGMENT:
    ok = add_span(arena, theme, theme->head_ticks, 0, 0, 1, 1, formed);
    break;
  case KT_TRANSFORM_SEQUENCE:
    ok = form_sequence(arena, theme, available, formed);
    break;
  case KT_TRANSFORM_AUGMENTATION:
    ok = add_span(arena, theme, part_in(theme, phrase, available / 2), 0, 0, 2, 1, formed);
    break;
  case KT_TRANSFORM_DIMINUTION:
    ok = add_span(arena, theme, part_in(theme, phrase, available * 2), 0, 0, 1, 2, formed);
    break;
  case KT_TRANSFORM_INVERSION:
  case KT_TRANSFORM_TRUNCATED:
    ok = add_span(arena, theme, part_in(theme, phrase, available), 0, 0, 1, 1, formed);
    if (transform == KT_TRANSFORM_INVERSION) {
      invert(formed);
    } else {
      break_off(theme, formed);
    }
    break;
  default:
    ok = add_span(arena, theme, part_in(theme, theme->ticks, available), 0, 0, 1, 1, formed);
    break;
  }
  while (formed->notes.count > 1 &&
         formed->notes.items[formed->notes.count - 1].start >= available) {
    --formed->notes.count;
  }
  formed->ticks = formed->ticks > available ? available : formed->ticks;
  size_t known = theme->head > KT_KNOWN_NOTES ? (size_t)theme->head : KT_KNOWN_NOTES;
  formed->whole_head = formed->notes.count >= (known < theme->notes.count ? known : theme->notes.count);
  return ok;
}
