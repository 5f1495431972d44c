// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/captions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// What matters of SubStation Alpha v4 and v4+: the lines "Dialogue:" of the part "[Events]", whose
// fields the line "Format:" names. The text comes last and may hold commas.
enum { MOST_FIELDS = 32 };
typedef struct Format {
  int start, end, name; ///< place of the field, -1 where there is none
  int fields;
} Format;

static const char *skip_blank(const char *p) {
  return p + strspn(p, " \t");
}

static bool starts(const char *text, const char *word) {
  return !strncasecmp(text, word, strlen(word));
}

bool kt_caption_is_ass(const char *bytes, size_t size) {
  size_t i = 0;
  for (; i < size; ++i) { // the first line that is neither empty nor a remark
    if (bytes[i] == ';') {
      while (i + 1 < size && bytes[i + 1] != '\n' && bytes[i + 1] != '\r') {
        ++i;
      }
    } else if (!isspace((unsigned char)bytes[i])) {
      break;
    }
  }
  static const char *const heads[] = {"[Script Info]", "[V4 Styles]", "[V4+ Styles]", "[Events]"};
  for (size_t k = 0; k < sizeof(heads) / sizeof(*heads); ++k) {
    size_t length = strlen(heads[k]);
    if (size - i >= length && !strncasecmp(bytes + i, heads[k], length)) {
      return true;
    }
  }
  return false;
}

static KtStatus read_format(const KtCaptionReader *reader, Format *format, KtError *err) {
  const char *p = strchr(reader->text, ':') + 1;
  *format = (Format){-1, -1, -1, 0};
  const char *last = p;
  while (*p && format->fields < MOST_FIELDS) {
    last = p = skip_blank(p);
    size_t length = strcspn(p, ",");
    int place = format->fields++;
    format->start = starts(p, "Start") ? place : format->start;
    format->end = starts(p, "End") ? place : format->end;
    format->name = starts(p, "Name") || starts(p, "Actor") ? place : format->name;
    p += length + (p[length] == ',');
  }
  if (format->start < 0 || format->end < 0 || !starts(last, "Text")) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, 1,
                       "the events' format must name Start and End, and Text last");
  }
  return KT_OK;
}

/// `{...}` is markup: a shape that is drawn (`\\p1`) is no text, `\\k` cuts words in syllables.
static const char *read_override(const char *p, bool *drawing) {
  const char *close = strchr(p, '}');
  for (const char *tag = p; close && tag < close; ++tag) {
    if (*tag == '\\' && tag[1] == 'p' && isdigit((unsigned char)tag[2])) {
      *drawing = atoi(tag + 2) > 0;
    }
  }
  return close ? close + 1 : NULL;
}

static void read_text(const char *p, KtCaptionWords *words) {
  bool drawing = false;
  while (*p) {
    const char *after = *p == '{' ? read_override(p, &drawing) : NULL;
    if (after) {
      p = after;
    } else if (*p == '\\' && (p[1] == 'N' || p[1] == 'n' || p[1] == 'h')) {
      kt_caption_append(words, " ", 1);
      p += 2;
    } else {
      kt_caption_append(words, p++, drawing ? 0 : 1);
    }
  }
}

static KtStatus bad_time(const KtCaptionReader *reader, const char *at, const char *which,
                         KtError *err) {
  return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, (int)(at - reader->text) + 1,
                     "the dialogue's %s \"%.*s\" is not a time; write H:MM:SS.cc", which,
                     (int)(strcspn(at, ",") < 40 ? strcspn(at, ",") : 40), at);
}

static KtStatus read_dialogue(KtFilm *film, const KtCaptionReader *reader, const Format *format,
                              KtError *err) {
  const char *p = strchr(reader->text, ':') + 1, *end_at = p;
  KtFilmTime start = 0, end = 0;
  KtCaptionWords words = {.length = 0};
  for (int field = 0; field + 1 < format->fields; ++field) {
    p = skip_blank(p);
    size_t length = strcspn(p, ",");
    const char *time = p;
    if (field == format->start && !kt_caption_time(&time, &start)) {
      return bad_time(reader, p, "start", err);
    }
    time = p;
    end_at = field == format->end ? p : end_at;
    if (field == format->end && !kt_caption_time(&time, &end)) {
      return bad_time(reader, p, "end", err);
    }
    if (field == format->name && length < KT_CAPTION_SPEAKER) {
      memcpy(words.speaker, p, length);
      words.speaker[length] = '\0';
      while (length && words.speaker[length - 1] == ' ') {
        words.speaker[--length] = '\0';
      }
    }
    if (p[strcspn(p, ",")] != ',') {
      return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line,
                         (int)(p - reader->text) + 1,
                         "the dialogue has %d fields, its format names %d", field + 1,
                         format->fields);
    }
    p += strcspn(p, ",") + 1;
  }
  if (end < start) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line,
                       (int)(end_at - reader->text) + 1, "the dialogue ends before it starts");
  }
  read_text(p, &words);
  kt_caption_put(film, &words, start, end);
  return KT_OK;
}

KtStatus kt_caption_read_ass(KtFilm *film, KtCaptionReader *reader, KtError *err) {
  Format format = {1, 2, 4, 10}; // where none is written
  bool events = false, any = false;
  KtStatus status = KT_OK;
  while (!status && kt_caption_line(reader)) {
    const char *text = skip_blank(reader->text);
    if (*text == '[') {
      events = starts(text, "[Events]");
      any = any || events;
    } else if (events && starts(text, "Format:")) {
      status = read_format(reader, &format, err);
    } else if (events && starts(text, "Dialogue:")) {
      status = read_dialogue(film, reader, &format, err);
    }
  }
  if (!status && !any) {
    status = kt_error_at(err, KT_ERR_FORMAT, reader->path, 1, 1,
                         "holds no [Events]; it is a SubStation Alpha file without captions");
  }
  return status;
}
