// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_abc_reader.h"
#include "compose/themes_file.h"

#include "base/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static KtStatus no_memory(const KtAbcReader *r) {
  return kt_error_set(r->err, KT_ERR_MEMORY, "out of memory while reading %s", r->name);
}

static void clear_bar(KtAbcReader *r) {
  for (int i = 0; i < KT_ABC_STEPS; ++i) {
    r->accidentals[i] = 100;
  }
}

/// "3", "/2", "3/2", "/" after a note.
static void read_length(KtAbcReader *r, KtTick *num, KtTick *den) {
  *num = *den = 1;
  if (isdigit((unsigned char)*r->at)) {
    *num = strtol(r->at, (char **)&r->at, 10);
    *num = *num > 4096 ? 4096 : *num; // refused by who asked
  }
  while (*r->at == '/') {
    ++r->at;
    KtTick by = isdigit((unsigned char)*r->at) ? strtol(r->at, (char **)&r->at, 10) : 2;
    *den *= by > 0 && by <= 4096 && *den <= 4096 ? by : 1;
  }
}

static KtStatus take_length(KtAbcReader *r, KtTick *ticks) {
  KtTick num, den;
  read_length(r, &num, &den);
  num *= r->broken_num;
  den *= r->broken_den;
  r->broken_num = r->broken_den = 1;
  int more = 0;
  while (r->at[more] == '>' || r->at[more] == '<') {
    ++more;
  }
  if (more) { // a dotted pair: this note longer, the next shorter, or the other way round
    KtTick whole = (KtTick)1 << more;
    bool longer = *r->at == '>';
    num *= longer ? 2 * whole - 1 : 1;
    den *= whole;
    r->broken_num = longer ? 1 : 2 * whole - 1;
    r->broken_den = whole;
    r->at += more;
  }
  if (r->triplet) {
    num *= 2;
    den *= 3;
    --r->triplet;
  }
  if (num < 1 || num > 1000 || den > 1000 || r->unit * num < den) {
    return kt_abc_wrong(r, "this length is no use in a tune");
  }
  *ticks = r->unit * num / den;
  return KT_OK;
}

static KtStatus read_note(KtAbcReader *r) {
  int alter = 100;
  while (*r->at == '^' || *r->at == '_' || *r->at == '=') {
    alter = alter == 100 ? 0 : alter;
    alter += *r->at == '^' ? 1 : *r->at == '_' ? -1 : 0;
    ++r->at;
  }
  int step = kt_abc_step(*r->at);
  if (step < 0) {
    return kt_abc_wrong(r, "an accidental must stand before a note");
  }
  int octave = islower((unsigned char)*r->at) ? 5 : 4;
  ++r->at;
  while (*r->at == '\'' || *r->at == ',') {
    octave += *r->at++ == '\'' ? 1 : -1;
  }
  if (octave < 0 || octave > 9) {
    return kt_abc_wrong(r, "this note is out of any instrument's reach");
  }
  int *kept = &r->accidentals[octave * 7 + step];
  *kept = alter != 100 ? alter : *kept;
  int sounding = *kept != 100 ? *kept : r->signature[step];
  KtTick ticks = 0;
  KtStatus status = take_length(r, &ticks);
  if (status) {
    return status;
  }
  KtTheme *theme = r->theme;
  int tonic_step = kt_spelling_step(theme->key.tonic);
  int degree = (octave - 4) * 7 + step - tonic_step;
  int midi = 12 * (octave + 1) + kt_spelling_class(kt_abc_spelling(step, 0)) + sounding;
  // The tonic of octave 4 is degree 0; C flat and B sharp are of the octave they are written in.
  int tonic =
      60 + kt_spelling_class(kt_abc_spelling(tonic_step, 0)) + kt_spelling_alter(theme->key.tonic);
  theme->tonic_midi = tonic;
  int off = midi - kt_key_pitch(theme->key, tonic, degree, 0);
  if (r->tie && theme->notes.count && theme->notes.items[theme->notes.count - 1].degree == degree) {
    theme->notes.items[theme->notes.count - 1].duration += ticks;
  } else {
    KtThemeNote *note =
        theme->notes.count < KT_ABC_NOTES_MAX ? kt_array_push(r->arena, &theme->notes) : NULL;
    if (!note) {
      return theme->notes.count < KT_ABC_NOTES_MAX
                 ? no_memory(r)
                 : kt_abc_wrong(r, "this tune is too long for a theme");
    }
    *note = (KtThemeNote){
        .start = r->time, .duration = ticks, .degree = (int8_t)degree, .alter = (int8_t)off};
  }
  r->tie = *r->at == '-';
  r->at += r->tie;
  r->time += ticks;
  return KT_OK;
}

static KtStatus read_quoted(KtAbcReader *r) {
  const char *end = strchr(r->at + 1, '"');
  if (!end || memchr(r->at, '\n', (size_t)(end - r->at))) {
    return kt_abc_wrong(r, "a quotation mark is opened and not closed");
  }
  const char *text = r->at + 1;
  size_t length = (size_t)(end - text);
  KtStatus status = KT_OK;
  if (length == 5 && !strncmp(text, "^head", 5)) {
    r->head_from = (int)r->theme->notes.count;
  } else if (length == 12 && !strncmp(text, "^end of head", 12)) {
    r->head_to = (int)r->theme->notes.count;
  } else {
    status = kt_abc_chord(r, text, length);
  }
  r->at = end + 1;
  return status;
}

/// A bar line: a first bar that is short is a pickup, and its music moves to the bar's end.
static KtStatus bar_line(KtAbcReader *r) {
  KtTick length = r->time - r->bar_start;
  if (length && !r->pickup_known) {
    r->pickup_known = true;
    if (length < r->bar) {
      KtTick shift = r->bar - length;
      for (size_t i = 0; i < r->theme->notes.count; ++i) {
        r->theme->notes.items[i].start += shift;
      }
      for (size_t i = 0; i < r->theme->chords.count; ++i) {
        r->theme->chords.items[i].start += shift;
      }
      r->time += shift;
    }
  }
  r->bar_start = r->time;
  clear_bar(r);
  while (*r->at && strchr("|:[]", *r->at)) {
    ++r->at;
  }
  while (isdigit((unsigned char)*r->at)) { // first and second endings are played as written
    ++r->at;
  }
  return KT_OK;
}

static KtStatus read_rest(KtAbcReader *r) {
  KtTick ticks = 0;
  ++r->at;
  KtStatus status = take_length(r, &ticks);
  r->time += ticks;
  r->tie = false;
  return status;
}

/// A slur says nothing here; a tuplet begins in the same way.
static KtStatus read_paren(KtAbcReader *r) {
  ++r->at;
  if (isdigit((unsigned char)*r->at)) {
    if (*r->at != '3') {
      return kt_abc_wrong(r, "only triplets (3 can be read");
    }
    r->triplet = 3;
    ++r->at;
  }
  return KT_OK;
}

/// Past the next `close`; past this one sign where none follows.
static KtStatus skip_past(KtAbcReader *r, char close) {
  const char *end = strchr(r->at + 1, close);
  r->at = end ? end + 1 : r->at + 1;
  return KT_OK;
}

static KtStatus read_symbol(KtAbcReader *r) {
  static const char unheard[] = " \t\r\\)].~-y";
  char c = *r->at;
  if (c == '^' || c == '_' || c == '=' || kt_abc_step(c) >= 0) {
    return read_note(r);
  }
  if (c && strchr(unheard, c)) {
    ++r->at;
    return KT_OK;
  }
  switch (c) {
  case 'z':
  case 'x':
    return read_rest(r);
  case '"':
    return read_quoted(r);
  case '|':
  case ':':
    return bar_line(r);
  case '(':
    return read_paren(r);
  case '!':
  case '+':
    return skip_past(r, c);
  case '{':
    return skip_past(r, '}');
  case '[':
    return r->at[1] == '|' ? bar_line(r)
                           : kt_abc_wrong(r, "a theme has one note at a time; chords in [ ] cannot be read");
  default:
    return kt_abc_wrong(r, "this is not ABC that a theme can have");
  }
}

/// True where the tune ends: an empty line, or the next tune's number.
static bool is_end(const KtAbcReader *r) {
  return r->in_body && (*r->at == '\n' || !strncmp(r->at, "\r\n", 2) ||
                        (!strncmp(r->at, "X:", 2) && r->theme->notes.count));
}

/// A voice's name, on a line of its own or in [V:...]: the first that is named, or what came before any, is the tune.
static void turn_to_voice(KtAbcReader *r, const char *text) {
  text += strspn(text, " ");
  size_t length = strcspn(text, " ]\r\n");
  if (!r->voice && !r->theme->notes.count) {
    r->voice = text;
    r->voice_length = length;
  }
  r->other_voice = !r->voice || length != r->voice_length || strncmp(text, r->voice, length) != 0;
}

static KtStatus read_line(KtAbcReader *r) {
  const char *end = strchr(r->at, '\n');
  KtStatus status = KT_OK;
  if (isalpha((unsigned char)r->at[0]) && r->at[1] == ':') {
    if (r->in_body && r->at[0] == 'V') {
      turn_to_voice(r, r->at + 2);
    }
    if (r->in_body && strchr("KML", r->at[0])) {
      return kt_abc_wrong(r, "a theme keeps its key, metre and unit from beginning to end");
    }
    status = kt_abc_field(r, r->at[0], r->at + 2);
    r->at = end ? end : r->at + strlen(r->at);
    return status;
  }
  while (!status && *r->at && *r->at != '\n') {
    bool named = r->in_body && !strncmp(r->at, "[V:", 3) && strcspn(r->at, "]") < strcspn(r->at, "\n");
    if (named) {
      turn_to_voice(r, r->at + 3);
      r->at += strcspn(r->at, "]") + 1;
    } else if (*r->at == '%' || r->other_voice) {
      r->at = end ? end : r->at + strlen(r->at);
    } else if (*r->at == '\r' || *r->at == ' ') {
      ++r->at;
    } else if (!r->in_body) {
      return kt_abc_wrong(r, "a tune begins with its key, such as K:Dm, after X:, T:, M: and L:");
    } else {
      status = read_symbol(r);
    }
  }
  return status;
}

static KtStatus finish(KtAbcReader *r) {
  KtTheme *theme = r->theme;
  bool marked = r->head_to >= 0 && r->head_to < (int)theme->notes.count;
  // the motif is counted from the first note
  return kt_theme_settle(r->arena, theme, r->time, marked ? r->head_to + 1 : 0, r->name, r->line, r->err);
}

KtStatus kt_theme_parse_abc(KtArena *arena, const char *text, const char *name, KtTheme *theme,
                            KtError *err) {
  KtAbcReader r = {.arena = arena,
                   .name = name,
                   .at = text,
                   .line = 1,
                   .line_start = text,
                   .theme = theme,
                   .unit = KT_PPQ / 2,
                   .broken_num = 1,
                   .broken_den = 1,
                   .head_from = -1,
                   .head_to = -1,
                   .err = err};
  theme->beats = theme->unit = 4;
  r.bar = 4 * KT_PPQ;
  clear_bar(&r);
  while (*r.at && !is_end(&r)) {
    r.line_start = r.at;
    KtStatus status = read_line(&r);
    if (status) {
      return status;
    }
    if (*r.at == '\n') {
      ++r.at;
      ++r.line;
    }
  }
  return finish(&r);
}

KtStatus kt_theme_read_abc(KtArena *arena, const char *path, KtTheme *theme, KtError *err) {
  const char *text = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(arena, path, 1U << 20, &text, &size, err);
  return status ? status : kt_theme_parse_abc(arena, text, path, theme, err);
}
