// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "film/film.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MOST_BYTES = 32 * 1024 * 1024, MOST_TEXT = 4096, MOST_SPEAKER = 64 };

typedef struct Reader {
  const char *path;
  const char *at, *end;
  int line; ///< of what next_line() gave last
  char text[MOST_TEXT];
  size_t length;
} Reader;

static bool next_line(Reader *reader) {
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
  reader->length = (size_t)(stop - start) < MOST_TEXT - 1 ? (size_t)(stop - start) : MOST_TEXT - 1;
  memcpy(reader->text, start, reader->length);
  reader->text[reader->length] = '\0';
  ++reader->line;
  return true;
}

static bool is_blank(const char *text) {
  return text[strspn(text, " \t")] == '\0';
}

/// "HH:MM:SS,mmm", "MM:SS.mmm": reads one time and moves on; false where there is none.
static bool read_time(const char **text, KtFilmTime *time) {
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

static KtStatus read_timing(const Reader *reader, KtFilmTime *start, KtFilmTime *end,
                            KtError *err) {
  const char *p = reader->text;
  const char *arrow = strstr(p, "-->");
  if (!read_time(&p, start)) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, 1,
                       "\"%.40s\" is not a caption's time; write HH:MM:SS.mmm --> HH:MM:SS.mmm",
                       reader->text);
  }
  p = arrow + 3;
  int column = (int)(p - reader->text) + 1;
  if (!read_time(&p, end)) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, column,
                       "the caption's end \"%.40s\" is not a time; write HH:MM:SS.mmm", arrow + 3);
  }
  if (*end < *start) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->path, reader->line, column,
                       "the caption ends before it starts");
  }
  return KT_OK;
}

typedef struct Words {
  char text[MOST_TEXT];
  size_t length;
  char speaker[MOST_SPEAKER];
} Words;

static void append(Words *words, const char *bytes, size_t count) {
  for (size_t i = 0; i < count && words->length < MOST_TEXT - 1; ++i) {
    char c = bytes[i] == '\t' ? ' ' : bytes[i];
    if (c == ' ' && (!words->length || words->text[words->length - 1] == ' ')) {
      continue;
    }
    words->text[words->length++] = c;
  }
  words->text[words->length] = '\0';
}

static size_t read_entity(const char *p, Words *words) {
  static const struct {
    const char *name, *text;
  } entities[] = {{"&amp;", "&"}, {"&lt;", "<"},    {"&gt;", ">"},  {"&nbsp;", " "}, {"&lrm;", ""},
                  {"&rlm;", ""},  {"&quot;", "\""}, {"&#39;", "'"}, {"&apos;", "'"}};
  for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); ++i) {
    size_t length = strlen(entities[i].name);
    if (!strncmp(p, entities[i].name, length)) {
      append(words, entities[i].text, strlen(entities[i].text));
      return length;
    }
  }
  append(words, "&", 1);
  return 1;
}

/// `<v Name>` gives the speaker; other tags are dropped.
static void read_tag(const char *tag, size_t length, Words *words) {
  if (length > 2 && tag[1] == 'v' && (tag[2] == ' ' || tag[2] == '.')) {
    const char *name = memchr(tag, ' ', length);
    if (name && !words->speaker[0]) {
      snprintf(words->speaker, MOST_SPEAKER, "%.*s", (int)(tag + length - name - 1), name + 1);
    }
  }
}

static void read_words(const char *p, Words *words) {
  if (words->length) {
    append(words, " ", 1);
  }
  while (*p) {
    const char *close = *p == '<'                   ? strchr(p, '>')
                        : *p == '{' && p[1] == '\\' ? strchr(p, '}')
                                                    : NULL;
    if (close) {
      read_tag(p, (size_t)(close - p), words);
      p = close + 1;
    } else if (*p == '&') {
      p += read_entity(p, words);
    } else {
      append(words, p++, 1);
    }
  }
}

/// "NAME: words": capitals, at most four words of them.
static void read_prefix(Words *words) {
  char *text = words->text + (words->text[0] == '-' ? 1 : 0);
  text += strspn(text, " ");
  char *colon = strchr(text, ':');
  size_t length = colon ? (size_t)(colon - text) : 0;
  if (words->speaker[0] || length < 2 || length >= MOST_SPEAKER || colon[1] != ' ') {
    return;
  }
  int spaces = 0, letters = 0;
  for (size_t i = 0; i < length; ++i) {
    unsigned char c = (unsigned char)text[i];
    spaces += c == ' ';
    letters += isupper(c) || c >= 0x80;
    if (islower(c) || (!isalnum(c) && c < 0x80 && !strchr(" .'-#()&", c))) {
      return;
    }
  }
  if (!letters || spaces > 3) {
    return;
  }
  snprintf(words->speaker, MOST_SPEAKER, "%.*s", (int)length, text);
  colon += 1 + strspn(colon + 1, " ");
  memmove(words->text, colon, strlen(colon) + 1);
  words->length = strlen(words->text);
}

static bool is_sound(const char *text) {
  size_t length = strlen(text);
  return length > 1 && ((text[0] == '[' && text[length - 1] == ']') ||
                        (text[0] == '(' && text[length - 1] == ')') ||
                        !strncmp(text, "\xE2\x99\xAA", 3)); // a note sign: sung or played
}

static KtStatus read_caption(KtFilm *film, Reader *reader, KtError *err) {
  KtFilmTime start = 0, end = 0;
  KtStatus status = read_timing(reader, &start, &end, err);
  if (status) {
    return status;
  }
  Words words = {.length = 0};
  while (next_line(reader) && !is_blank(reader->text)) {
    read_words(reader->text, &words);
  }
  read_prefix(&words);
  while (words.length && words.text[words.length - 1] == ' ') {
    words.text[--words.length] = '\0';
  }
  if (!words.length || end == start) {
    return KT_OK;
  }
  KtCaption *caption = kt_array_push(film->arena, &film->captions);
  if (caption) {
    *caption = (KtCaption){start - film->picture_start, end - film->picture_start,
                           kt_arena_text(film->arena, words.speaker),
                           kt_arena_text(film->arena, words.text), is_sound(words.text)};
  }
  return KT_OK;
}

/// Where the bytes are not UTF-8 they are taken for Windows-1252's Latin half.
static const char *to_utf8(KtArena *arena, const char *bytes, size_t size, size_t *length) {
  const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)bytes;
  bool good = true;
  for (size_t i = 0; i < size && good;) {
    utf8proc_int32_t code = 0;
    utf8proc_ssize_t step = utf8proc_iterate(p + i, (utf8proc_ssize_t)(size - i), &code);
    good = step > 0;
    i += good ? (size_t)step : 0;
  }
  *length = size;
  char *text = good ? NULL : kt_arena_alloc(arena, size * 2 + 1);
  if (!text) {
    return bytes;
  }
  size_t n = 0;
  for (size_t i = 0; i < size; ++i) {
    n += (size_t)utf8proc_encode_char(p[i], (utf8proc_uint8_t *)text + n);
  }
  *length = n;
  return text;
}

static int by_start(const void *a, const void *b) {
  const KtCaption *x = a, *y = b;
  if (x->start != y->start) {
    return x->start < y->start ? -1 : 1;
  }
  return (x->end > y->end) - (x->end < y->end);
}

/// Two times on one line without the arrow that belongs between them.
static bool looks_like_times(const char *text) {
  unsigned hours, minutes, more;
  char rest[64] = "";
  return sscanf(text, " %u:%u:%u%*[,.]%*u %63[^\n]", &hours, &minutes, &more, rest) == 4 &&
         strpbrk(rest, "0123456789") && strchr(rest, ':');
}

KtStatus kt_captions_read(KtFilm *film, const char *path, KtError *err) {
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(film->arena, path, MOST_BYTES, &bytes, &size, err);
  if (status) {
    return status;
  }
  if (size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
    bytes += 3;
    size -= 3;
  }
  if (memchr(bytes, '\0', size)) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                       "is not a text of captions; give SubRip (.srt) or WebVTT (.vtt) in UTF-8");
  }
  bytes = to_utf8(film->arena, bytes, size, &size);
  Reader *reader = KT_NEW(film->arena, Reader, 1);
  if (!reader) {
    return kt_error_at(err, KT_ERR_MEMORY, path, 0, 0, "out of memory");
  }
  *reader = (Reader){.path = path, .at = bytes, .end = bytes + size};
  memset(&film->captions, 0, sizeof(film->captions));
  bool found = size >= 6 && !memcmp(bytes, "WEBVTT", 6);
  bool block = true; // at the start of a block: NOTE, STYLE and REGION only count there
  while (!status && next_line(reader)) {
    if (block && (!strncmp(reader->text, "NOTE", 4) || !strcmp(reader->text, "STYLE") ||
                  !strcmp(reader->text, "REGION"))) {
      while (next_line(reader) && !is_blank(reader->text)) {
      }
    } else if (strstr(reader->text, "-->")) {
      found = true;
      status = read_caption(film, reader, err);
      block = true;
      continue;
    } else if (!is_blank(reader->text) && looks_like_times(reader->text)) {
      status = kt_error_at(err, KT_ERR_FORMAT, path, reader->line, 1,
                           "\"%.60s\" is no time line; write 00:00:01,000 --> 00:00:02,000",
                           reader->text);
    }
    block = is_blank(reader->text);
  }
  if (!status && !found) {
    status = kt_error_at(err, KT_ERR_FORMAT, path, 1, 1,
                         "holds no captions; give SubRip (.srt) or WebVTT (.vtt)");
  }
  if (!status && film->captions.count) {
    qsort(film->captions.items, film->captions.count, sizeof(KtCaption), by_start);
  }
  return status;
}
