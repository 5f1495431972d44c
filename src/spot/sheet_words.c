// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet_words.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

KtStatus kt_sheet_new(const char *path, KtSheet **sheet, KtError *err) {
  KtArena *arena = kt_arena_new();
  *sheet = arena ? KT_NEW(arena, KtSheet, 1) : NULL;
  if (!*sheet) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  (*sheet)->arena = arena;
  (*sheet)->path = path ? kt_arena_text(arena, path) : NULL;
  return KT_OK;
}

void kt_sheet_free(KtSheet *sheet) {
  if (sheet) {
    kt_arena_free(sheet->arena);
  }
}

bool kt_cue_name_is_good(const char *name) {
  size_t reel = strspn(name, "0123456789");
  size_t number = reel && name[reel] == 'm' ? strspn(name + reel + 1, "0123456789") : 0;
  const char *rest = name + reel + 1 + number;
  return reel >= 1 && reel <= 2 && number >= 2 && number <= 3 &&
         (!*rest || (*rest >= 'A' && *rest <= 'Z' && !rest[1]));
}

KtStatus kt_sheet_time(const KtSheetFilm *film, const KtSpot *spot, const char *text,
                       KtSheetTime *time, KtError *err) {
  KtFilmTime at = 0;
  KtError why = {0};
  if (kt_timecode_time(&film->timecode, text, &at, &why)) {
    return kt_error_at(err, KT_ERR_FORMAT, spot->path, spot->line, spot->column, "%s", why.message);
  }
  KtFilmTime frame = kt_frame_time(film->timecode.rate, 1);
  if (at < 0 || at > film->duration + frame) {
    char first[KT_TIMECODE_SIZE];
    char last[KT_TIMECODE_SIZE];
    kt_timecode_print(&film->timecode, 0, first);
    kt_timecode_print(&film->timecode, film->duration, last);
    return kt_error_at(err, KT_ERR_FORMAT, spot->path, spot->line, spot->column,
                       "%.40s is outside the film, which runs from %s to %s (0 to %.3f s)", text,
                       first, last, kt_seconds(film->duration));
  }
  if (strchr(text, ':')) {
    time->timecode = at;
    time->has_timecode = true;
  } else {
    time->seconds = at;
    time->has_seconds = true;
  }
  return KT_OK;
}

typedef const char *(*NameOf)(int value);

static const char *function_name(int value) {
  return kt_function_name((KtFunction)value);
}
static const char *entry_name(int value) {
  return kt_entry_name((KtEntry)value);
}
static const char *exit_name(int value) {
  return kt_exit_name((KtExit)value);
}
static const char *kind_name(int value) {
  return kt_hit_name((KtHitKind)value);
}

static KtStatus choose(const KtSpot *spot, const char *what, const char *text, NameOf name_of,
                       int *value, KtError *err) {
  char list[256] = "";
  for (int i = 0; name_of(i)[0]; ++i) {
    if (!strcasecmp(name_of(i), text)) {
      *value = i;
      return KT_OK;
    }
    size_t used = strlen(list);
    snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "", name_of(i));
  }
  return kt_error_at(err, KT_ERR_FORMAT, spot->path, spot->line, spot->column,
                     "'%.40s' is no %s; write one of %s", text, what, list);
}

KtStatus kt_sheet_function(const KtSpot *spot, const char *text, KtFunction *function,
                           KtError *err) {
  int value = 0;
  KtStatus status = choose(spot, "function of a cue", text, function_name, &value, err);
  *function = (KtFunction)value;
  return status;
}

KtStatus kt_sheet_entry(const KtSpot *spot, const char *text, KtEntry *entry, KtError *err) {
  int value = 0;
  KtStatus status = choose(spot, "entry", text, entry_name, &value, err);
  *entry = (KtEntry)value;
  return status;
}

KtStatus kt_sheet_exit(const KtSpot *spot, const char *text, KtExit *exit, KtError *err) {
  int value = 0;
  KtStatus status = choose(spot, "exit", text, exit_name, &value, err);
  *exit = (KtExit)value;
  return status;
}

KtStatus kt_sheet_kind(const KtSpot *spot, const char *text, KtHitKind *kind, KtError *err) {
  int value = 0;
  KtStatus status = choose(spot, "kind of hit", text, kind_name, &value, err);
  *kind = (KtHitKind)value;
  return status;
}

KtStatus kt_sheet_number(const KtSpot *spot, const char *what, const char *text, double low,
                         double high, float *value, KtError *err) {
  char *end = NULL;
  double number = strtod(text, &end);
  if (end == text || *end || !isfinite(number) || number < low || number > high) {
    return kt_error_at(err, KT_ERR_FORMAT, spot->path, spot->line, spot->column,
                       "%s is '%.40s'; write a number from %g to %g", what, text, low, high);
  }
  *value = (float)number;
  return KT_OK;
}

KtStatus kt_sheet_yes(const KtSpot *spot, const char *text, bool *yes, KtError *err) {
  static const char *const words[] = {"yes", "y", "true", "1", "no", "n", "false", "0"};
  for (int i = 0; i < 8; ++i) {
    if (!strcasecmp(words[i], text)) {
      *yes = i < 4;
      return KT_OK;
    }
  }
  return kt_error_at(err, KT_ERR_FORMAT, spot->path, spot->line, spot->column,
                     "locked is '%.40s'; write yes or no", text);
}

/// The next name of a list joined by ';', blanks taken off; false at the end.
static bool next_name(const char **at, const char **name, size_t *length) {
  *at += strspn(*at, "; \t");
  *name = *at;
  *length = strcspn(*at, ";");
  *at += *length;
  while (*length && isspace((unsigned char)(*name)[*length - 1])) {
    --*length;
  }
  return *length > 0;
}

const char *kt_sheet_about(KtArena *arena, const KtSheetFilm *film, const char *list, bool themes,
                           const char **unknown) {
  const char *name = NULL;
  const char *about = "";
  size_t length = 0;
  while (next_name(&list, &name, &length)) {
    const char *subject = NULL;
    for (size_t i = 0; themes && i < film->themes.count && !subject; ++i) {
      const KtSheetTheme *theme = &film->themes.items[i];
      subject = strlen(theme->id) == length && !strncasecmp(theme->id, name, length)
                    ? theme->subject
                    : NULL;
    }
    for (size_t i = 0; i < film->subjects.count && !subject; ++i) {
      const char *own = film->subjects.items[i];
      subject = strlen(own) == length && !strncasecmp(own, name, length) ? own : NULL;
    }
    if (!subject) {
      *unknown = kt_arena_text_n(arena, name, length);
      return NULL;
    }
    about = about[0] ? kt_arena_format(arena, "%s;%s", about, subject) : subject;
  }
  return about;
}

const char *kt_sheet_print_time(const KtSheetFilm *film, KtFilmTime time, bool exact,
                                char text[32]) {
  if (exact) {
    snprintf(text, 32, "%.9f", kt_seconds(time));
  } else {
    char timecode[KT_TIMECODE_SIZE];
    kt_timecode_print(&film->timecode, time, timecode);
    snprintf(text, 32, "%s", timecode);
  }
  return text;
}

KtStatus kt_sheet_read(const KtSheetFilm *film, const char *bytes, size_t size, KtSheet *sheet,
                       KtError *err) {
  const char *at = bytes;
  const char *end = bytes + size;
  if (size >= 3 && !memcmp(at, "\xEF\xBB\xBF", 3)) {
    at += 3;
  }
  while (at < end && isspace((unsigned char)*at)) {
    ++at;
  }
  if (at == end) {
    return kt_error_at(err, KT_ERR_FORMAT, sheet->path, 0, 0,
                       "holds no sheet; kinothek spotting export DIR writes one to change");
  }
  // A table begins with the names of its columns.
  const char *line = at;
  bool table = false;
  for (; line < end && *line != '\n' && *line != '\r' && *at != '#'; ++line) {
    table |= strchr(",;\t", *line) && *line;
  }
  static const char *const words[] = {"cue ", "silence ", "no ", "hit "};
  for (size_t i = 0; i < 4; ++i) {
    size_t length = strlen(words[i]);
    table &= !((size_t)(end - at) > length && !strncasecmp(at, words[i], length));
  }
  return table ? kt_sheet_read_csv(film, bytes, size, sheet, err)
               : kt_sheet_read_text(film, bytes, size, sheet, err);
}
