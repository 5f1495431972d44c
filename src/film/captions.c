// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "film/captions.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMATS "SubRip (.srt), WebVTT (.vtt) or SubStation Alpha (.ass)"
enum { MOST_BYTES = 32 * 1024 * 1024 };

bool kt_caption_line(KtCaptionReader *reader) {
  if (reader->at >= reader->end) {
    return false;
  }
  const char *start = reader->at, *stop = start;
  while (stop < reader->end && *stop != '\n' && *stop != '\r') {
    ++stop;
  }
  reader->at = stop;
  if (reader->at < reader->end) {
    reader->at += *stop == '\r' && stop + 1 < reader->end && stop[1] == '\n' ? 2 : 1;
  }
  reader->length = (size_t)(stop - start) < KT_CAPTION_TEXT - 1 ? (size_t)(stop - start) : KT_CAPTION_TEXT - 1;
  memcpy(reader->text, start, reader->length);
  reader->text[reader->length] = '\0';
  ++reader->line;
  return true;
}

static bool is_blank(const char *text) {
  return text[strspn(text, " \t")] == '\0';
}

/// "HH:MM:SS,mmm", "MM:SS.mmm": reads one time and moves on; false where there is none.
bool kt_caption_time(const char **text, KtFilmTime *time) {
  const char *p = *text + strspn(*text, " \t");
  long parts[3] = {0};
  int count = 0;
  while (count < 3 && isdigit((unsigned char)*p)) {
    char *end = NULL;
    parts[count++] = strtol(p, &end, 10);
    if (end - p > 6) {
      return false;
    }
    p = end;
    if (*p != ':') {
      break;
    }
    ++p;
  }
  if (count < 2 || (*p != ',' && *p != '.')) {
    return false;
  }
  long ms = 0, digits = 0;
  for (++p; isdigit((unsigned char)*p); ++p, ++digits) {
    ms = digits < 3 ? ms * 10 + (*p - '0') : ms;
  }
  for (; digits < 3; ++digits) {
    ms *= 10;
  }
  long h = count == 3 ? parts[0] : 0, m = parts[count - 2], s = parts[count - 1];
  if (m > 59 || s > 59) {
    return false;
  }
  *time = (((KtFilmTime)h * 60 + m) * 60 + s) * KT_FLICKS_PER_SECOND +
          ms * (KT_FLICKS_PER_SECOND / 1000);
  *text = p;
  return true;
}

static KtStatus read_timing(const KtCaptionReader *reader, KtFilmTime *start, KtFilmTime *end,
                            KtError *err) {
  const char *p = reader->text;
  const char *arrow = strstr(p, "-->");
  if (!kt_caption_time(&p, start)) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, 1,
                       "\"%.40s\" is not a caption's time; write HH:MM:SS.mmm --> HH:MM:SS.mmm",
                       reader->text);
  }
  p = arrow + 3;
  int column = (int)(p - reader->text) + 1;
  if (!kt_caption_time(&p, end)) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, column,
                       "the caption's end \"%.40s\" is not a time; write HH:MM:SS.mmm", arrow + 3);
  }
  if (*end < *start) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, column,
                       "the caption ends before it starts");
  }
  return KT_OK;
}

static bool all_digits(const char *text) {
  return *text && text[strspn(text, "0123456789 ")] == '\0';
}

/// The time line of another caption.
static bool is_next(const KtCaptionReader *reader) {
  const char *p = reader->text;
  KtFilmTime time;
  return strstr(p, "-->") && kt_caption_time(&p, &time);
}

static KtStatus read_caption(KtFilm *film, KtCaptionReader *reader, KtError *err) {
  KtFilmTime start = 0, end = 0;
  KtStatus status = read_timing(reader, &start, &end, err);
  if (status) {
    return status;
  }
  static const KtCaptionWords empty;
  KtCaptionWords words = empty, before = empty;
  KtCaptionReader ahead = *reader; // as it was before the line that is read now
  while (kt_caption_line(reader) && !is_blank(reader->text)) {
    if (is_next(reader)) { // no empty line between two captions
      words = all_digits(ahead.text) ? before : words;
      *reader = ahead;
      break;
    }
    before = words;
    ahead = *reader;
    kt_caption_markup(&words, reader->text);
  }
  kt_caption_put(film, &words, start, end);
  return KT_OK;
}

static int by_start(const void *a, const void *b) {
  const KtCaption *x = a, *y = b;
  if (x->start != y->start) {
    return x->start < y->start ? -1 : 1;
  }
  return (x->end > y->end) - (x->end < y->end);
}

/// The same words at the same time, twice: a shadow laid under them.
static void drop_doubles(KtFilm *film) {
  KtCaption *list = film->captions.items;
  size_t kept = 1;
  for (size_t i = 1; i < film->captions.count; ++i) {
    const KtCaption *last = &list[kept - 1];
    if (list[i].start != last->start || list[i].end != last->end ||
        strcmp(list[i].text, last->text) != 0) {
      list[kept++] = list[i];
    }
  }
  film->captions.count = kept;
}

/// Two times on one line without the arrow that belongs between them.
static bool looks_like_times(const char *text) {
  unsigned hours, minutes, more;
  char rest[64] = "";
  return sscanf(text, " %u:%u:%u%*[,.]%*u %63[^\n]", &hours, &minutes, &more, rest) == 4 &&
         strpbrk(rest, "0123456789") && strchr(rest, ':');
}

/// SubRip or WebVTT: they differ in little but a head, and files mix the two.
static KtStatus read_blocks(KtFilm *film, KtCaptionReader *reader, KtError *err) {
  KtStatus status = KT_OK;
  bool found = reader->end - reader->at >= 6 && !memcmp(reader->at, "WEBVTT", 6);
  bool block = true; // at the start of a block: NOTE, STYLE and REGION only count there
  while (!status && kt_caption_line(reader)) {
    if (block && (!strncmp(reader->text, "NOTE", 4) || !strcmp(reader->text, "STYLE") ||
                  !strcmp(reader->text, "REGION"))) {
      while (kt_caption_line(reader) && !is_blank(reader->text)) {
      }
    } else if (strstr(reader->text, "-->")) {
      found = true;
      status = read_caption(film, reader, err);
      block = true;
      continue;
    } else if (!is_blank(reader->text) && looks_like_times(reader->text)) {
      status = kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, 1,
                           "\"%.60s\" is no time line; write 00:00:01,000 --> 00:00:02,000",
                           reader->text);
    }
    block = is_blank(reader->text);
  }
  if (!status && !found) {
    status = kt_error_at(err, KT_ERR_FORMAT, reader->path, 1, 1, "holds no captions; give " FORMATS);
  }
  return status;
}

KtStatus kt_captions_read(KtFilm *film, const char *path, KtError *err) {
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(film->arena, path, MOST_BYTES, &bytes, &size, err);
  if (status) {
    return status;
  }
  if (!kt_caption_decode(film->arena, &bytes, &size)) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "is not a text of captions; give " FORMATS);
  }
  KtCaptionReader *reader = KT_NEW(film->arena, KtCaptionReader, 1);
  if (!reader) {
    return kt_error_at(err, KT_ERR_MEMORY, path, 0, 0, "out of memory");
  }
  *reader = (KtCaptionReader){.path = path, .at = bytes, .end = bytes + size};
  memset(&film->captions, 0, sizeof(film->captions));
  status = kt_caption_is_ass(bytes, size) ? kt_caption_read_ass(film, reader, err)
                                          : read_blocks(film, reader, err);
  if (!status && film->captions.count) {
    qsort(film->captions.items, film->captions.count, sizeof(KtCaption), by_start);
    drop_doubles(film);
  }
  return status;
}
