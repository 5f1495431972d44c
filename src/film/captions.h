// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_CAPTIONS_H
#define KT_FILM_CAPTIONS_H

#include "film/film.h"

enum { KT_CAPTION_TEXT = 4096, KT_CAPTION_SPEAKER = 64 };

/// A text line by line, whatever its lines end with.
typedef struct KtCaptionReader {
  const char *path;
  const char *at, *end;
  int line; ///< of what kt_caption_line() gave last
  char text[KT_CAPTION_TEXT];
  size_t length;
} KtCaptionReader;
bool kt_caption_line(KtCaptionReader *reader);

/// What one caption says, made from its lines: markup off, one space between words.
typedef struct KtCaptionWords {
  char text[KT_CAPTION_TEXT];
  size_t length;
  char speaker[KT_CAPTION_SPEAKER];
} KtCaptionWords;
void kt_caption_append(KtCaptionWords *words, const char *bytes, size_t count);
void kt_caption_markup(KtCaptionWords *words, const char *line); ///< SubRip's and WebVTT's
/// Into the film, `start` and `end` in container time; nothing where there are no words or no time.
void kt_caption_put(KtFilm *film, KtCaptionWords *words, KtFilmTime start, KtFilmTime end);

/// "HH:MM:SS,mmm", "MM:SS.mmm", "H:MM:SS.cc": reads one time and moves on; false where there is none.
bool kt_caption_time(const char **text, KtFilmTime *time);

/// UTF-8 from UTF-8, UTF-16 (by its mark or its zeros) or else Windows-1252, marks taken off.
/// `*bytes` may be replaced by text in `arena`. False where it is no text.
bool kt_caption_decode(KtArena *arena, const char **bytes, size_t *size);

/// Advanced SubStation Alpha and its forerunner; `reader` stands at the start (captions_ass.c).
bool kt_caption_is_ass(const char *bytes, size_t size);
KtStatus kt_caption_read_ass(KtFilm *film, KtCaptionReader *reader, KtError *err);

#endif
