// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/captions.h"

#include <string.h>
#include <utf8proc.h>

/// Windows-1252 from 0x80 to 0x9F; where it has nothing, the control character of Latin-1.
static const uint16_t windows[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

static bool is_utf8(const char *bytes, size_t size) {
  for (size_t i = 0; i < size;) {
    utf8proc_int32_t code = 0;
    utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)bytes + i,
                                             (utf8proc_ssize_t)(size - i), &code);
    if (step <= 0) {
      return false;
    }
    i += (size_t)step;
  }
  return true;
}

/// 0 for no UTF-16, 1 for the low byte first, 2 for the high byte first.
static int utf16_order(const unsigned char *p, size_t size) {
  if (size >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF))) {
    return p[0] == 0xFF ? 1 : 2;
  }
  size_t zeros[2] = {0}, seen = size < 512 ? size & ~(size_t)1 : 512;
  for (size_t i = 0; i < seen; ++i) {
    zeros[i % 2] += p[i] == 0;
  }
  if (seen >= 8 && zeros[1] * 3 > seen && !zeros[0]) { // two in three are Latin at least
    return 1;
  }
  return seen >= 8 && zeros[0] * 3 > seen && !zeros[1] ? 2 : 0;
}

static size_t put(char *text, int32_t code) {
  return (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)text);
}

static size_t from_utf16(const unsigned char *p, size_t size, int order, char *text) {
  size_t n = 0;
  int32_t high = 0;
  for (size_t i = 0; i + 1 < size; i += 2) {
    int32_t unit = order == 1 ? p[i] | p[i + 1] << 8 : p[i] << 8 | p[i + 1];
    bool low = unit >= 0xDC00 && unit < 0xE000;
    if (high && low) {
      n += put(text + n, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
      high = 0;
      continue;
    }
    if (high || low) { // half a pair
      n += put(text + n, 0xFFFD);
    }
    high = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    if (!high && !low && unit != 0xFEFF) {
      n += put(text + n, unit);
    }
  }
  return n;
}

static size_t from_windows(const unsigned char *p, size_t size, char *text) {
  size_t n = 0;
  for (size_t i = 0; i < size; ++i) {
    n += put(text + n, p[i] >= 0x80 && p[i] < 0xA0 ? windows[p[i] - 0x80] : p[i]);
  }
  return n;
}

bool kt_caption_decode(KtArena *arena, const char **bytes, size_t *size) {
  const unsigned char *p = (const unsigned char *)*bytes;
  int order = utf16_order(p, *size);
  if (!order && *size >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3)) {
    *bytes += 3;
    *size -= 3;
  }
  if (order || !is_utf8(*bytes, *size)) { // at most three bytes for each one
    char *text = kt_arena_alloc(arena, *size * 3 + 4);
    if (!text) {
      return true; // the arena has noted it
    }
    p = (const unsigned char *)*bytes;
    *size = order ? from_utf16(p, *size, order, text) : from_windows(p, *size, text);
    *bytes = text;
  }
  return !memchr(*bytes, '\0', *size);
}
