// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/captions.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void kt_caption_append(KtCaptionWords *words, const char *bytes, size_t count) {
  for (size_t i = 0; i < count && words->length < KT_CAPTION_TEXT - 1; ++i) {
    char c = bytes[i] == '\t' ? ' ' : bytes[i];
    if (c == ' ' && (!words->length || words->text[words->length - 1] == ' ')) {
      continue;
    }
    words->text[words->length++] = c;
  }
  words->text[words->length] = '\0';
}

static size_t read_entity(const char *p, KtCaptionWords *words) {
  static const struct {
    const char *name, *text;
  } entities[] = {{"&amp;", "&"}, {"&lt;", "<"},    {"&gt;", ">"},  {"&nbsp;", " "}, {"&lrm;", ""},
                  {"&rlm;", ""},  {"&quot;", "\""}, {"&#39;", "'"}, {"&apos;", "'"}};
  for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); ++i) {
    size_t length = strlen(entities[i].name);
    if (!strncmp(p, entities[i].name, length)) {
      kt_caption_append(words, entities[i].text, strlen(entities[i].text));
      return length;
    }
  }
  kt_caption_append(words, "&", 1);
  return 1;
}

/// `<v Name>` gives the speaker; other tags are dropped.
static void read_tag(const char *tag, size_t length, KtCaptionWords *words) {
  if (length > 2 && tag[1] == 'v' && (tag[2] == ' ' || tag[2] == '.')) {
    const char *name = memchr(tag, ' ', length);
    if (name && !words->speaker[0]) {
      snprintf(words->speaker, KT_CAPTION_SPEAKER, "%.*s", (int)(tag + length - name - 1), name + 1);
    }
  }
}

/// "<3" and "a < b" are no tags; "<i>", "</i>" and "<00:01.000>" are.
static const char *tag_end(const char *p) {
  if (*p == '{' && p[1] == '\\') {
    return strchr(p, '}');
  }
  bool time = isdigit((unsigned char)p[1]) && strspn(p + 1, "0123456789:.") >= 5;
  bool tag = *p == '<' && (isalpha((unsigned char)p[1]) || p[1] == '/' || time);
  return tag ? strchr(p, '>') : NULL;
}

void kt_caption_markup(KtCaptionWords *words, const char *p) {
  if (words->length) {
    kt_caption_append(words, " ", 1);
  }
  while (*p) {
    const char *close = tag_end(p);
    if (close) {
      read_tag(p, (size_t)(close - p), words);
      p = close + 1;
    } else if (*p == '&') {
      p += read_entity(p, words);
    } else {
      kt_caption_append(words, p++, 1);
    }
  }
}

/// "NAME: words": capitals, at most four words of them.
static void read_prefix(KtCaptionWords *words) {
  char *text = words->text + (words->text[0] == '-' ? 1 : 0);
  text += strspn(text, " ");
  char *colon = strchr(text, ':');
  size_t length = colon ? (size_t)(colon - text) : 0;
  if (words->speaker[0] || length < 2 || length >= KT_CAPTION_SPEAKER || colon[1] != ' ') {
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
  snprintf(words->speaker, KT_CAPTION_SPEAKER, "%.*s", (int)length, text);
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

void kt_caption_put(KtFilm *film, KtCaptionWords *words, KtFilmTime start, KtFilmTime end) {
  read_prefix(words);
  while (words->length && words->text[words->length - 1] == ' ') {
    words->text[--words->length] = '\0';
  }
  if (!words->length || end <= start) {
    return;
  }
  KtCaption *caption = kt_array_push(film->arena, &film->captions);
  if (caption) {
    *caption = (KtCaption){start - film->picture_start, end - film->picture_start,
                           kt_arena_text(film->arena, words->speaker),
                           kt_arena_text(film->arena, words->text), is_sound(words->text)};
  }
}
