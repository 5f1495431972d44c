// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/screenplay.h"

#include <stdint.h>
#include <string.h>

/// Windows-1252 0x80..0x9F; 0 where the code page has a hole.
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

typedef struct Place {
  int line, column;
} Place;

static size_t put_utf8(char *out, uint32_t code) {
  unsigned char *at = (unsigned char *)out;
  if (code < 0x80) {
    at[0] = (unsigned char)code;
    return 1;
  }
  if (code < 0x800) {
    at[0] = (unsigned char)(0xC0U | code >> 6U);
    at[1] = (unsigned char)(0x80U | (code & 0x3FU));
    return 2;
  }
  if (code < 0x10000) {
    at[0] = (unsigned char)(0xE0U | code >> 12U);
    at[1] = (unsigned char)(0x80U | (code >> 6U & 0x3FU));
    at[2] = (unsigned char)(0x80U | (code & 0x3FU));
    return 3;
  }
  at[0] = (unsigned char)(0xF0U | code >> 18U);
  at[1] = (unsigned char)(0x80U | (code >> 12U & 0x3FU));
  at[2] = (unsigned char)(0x80U | (code >> 6U & 0x3FU));
  at[3] = (unsigned char)(0x80U | (code & 0x3FU));
  return 4;
}

/// Bytes of the well-formed UTF-8 sequence at `at` (RFC 3629), 0 where there is none.
static size_t sequence(const unsigned char *at, const unsigned char *end) {
  if (at[0] < 0x80) {
    return 1;
  }
  size_t size = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
  if (at[0] < 0xC2 || at[0] > 0xF4 || (size_t)(end - at) < size) {
    return 0;
  }
  for (size_t i = 1; i < size; ++i) {
    if ((at[i] & 0xC0U) != 0x80) {
      return 0;
    }
  }
  bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
  bool surrogate = at[0] == 0xED && at[1] > 0x9F;
  bool beyond = at[0] == 0xF4 && at[1] > 0x8F;
  return overlong || surrogate || beyond ? 0 : size;
}

/// What a walk over the bytes finds: how many sequences are whole, where the first broken one is.
typedef struct Survey {
  size_t whole, broken;
  unsigned char first;
  Place place;
  Place control; ///< a byte no text has; line 0 where none
  bool windows;  ///< every broken byte is a letter or mark of Windows-1252
} Survey;

static Survey survey(const unsigned char *bytes, size_t size) {
  Survey found = {.windows = true};
  Place place = {1, 1};
  for (size_t i = 0; i < size;) {
    size_t step = sequence(bytes + i, bytes + size);
    unsigned char byte = bytes[i];
    if (!step) {
      if (!found.broken++) {
        found.place = place;
        found.first = byte;
      }
      // y-diaeresis and thorn begin UTF-16 and binaries, not words
      if (byte >= 0xFE || (byte < 0xA0 && !windows_1252[byte - 0x80])) {
        found.windows = false;
      }
    } else if (step > 1) {
      ++found.whole;
    } else if ((byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' &&
                byte != 0x1A) &&
               !found.control.line) {
      found.control = place;
    }
    bool return_alone = byte == '\r' && (i + 1 == size || bytes[i + 1] != '\n');
    place.column = byte == '\n' || return_alone ? 1 : place.column + 1;
    place.line += byte == '\n' || return_alone;
    i += step ? step : 1;
  }
  return found;
}

static size_t from_utf16(const unsigned char *bytes, size_t size, bool big, char *out) {
  size_t used = 0;
  for (size_t i = 0; i + 1 < size; i += 2) {
    uint32_t unit =
        big ? (uint32_t)bytes[i] << 8U | bytes[i + 1] : (uint32_t)bytes[i + 1] << 8U | bytes[i];
    if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < size) {
      uint32_t low = big ? (uint32_t)bytes[i + 2] << 8U | bytes[i + 3]
                         : (uint32_t)bytes[i + 3] << 8U | bytes[i + 2];
      if (low >= 0xDC00 && low < 0xE000) {
        unit = 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00);
        i += 2;
      }
    }
    used += put_utf8(out + used, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
  }
  return used;
}

static size_t from_windows(const unsigned char *bytes, size_t size, char *out) {
  size_t used = 0;
  for (size_t i = 0; i < size; ++i) {
    uint32_t code = bytes[i];
    used += put_utf8(out + used, code >= 0x80 && code < 0xA0 ? windows_1252[code - 0x80] : code);
  }
  return used;
}

/// CR LF and lone CR become LF; the end-of-file mark of old systems goes.
static size_t one_line_end(char *text, size_t size) {
  size_t used = 0;
  for (size_t i = 0; i < size; ++i) {
    if (text[i] == '\r') {
      text[used++] = '\n';
      i += i + 1 < size && text[i + 1] == '\n';
    } else if (text[i] != 0x1A) {
      text[used++] = text[i];
    }
  }
  text[used] = '\0';
  return used;
}

KtStatus kt_script_text(KtArena *arena, const char *name, const char *bytes, size_t size,
                        char **text, const char **warning, KtError *err) {
  const unsigned char *at = (const unsigned char *)bytes;
  *warning = NULL;
  char *out = kt_arena_alloc(arena, size * 3 + 1);
  *text = out;
  if (!out) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  size_t used = 0;
  if (size >= 2 && ((at[0] == 0xFF && at[1] == 0xFE) || (at[0] == 0xFE && at[1] == 0xFF))) {
    used = from_utf16(at + 2, size - 2, at[0] == 0xFE, out);
    at = (const unsigned char *)kt_arena_text_n(arena, out, used);
    size = used;
  } else if (size >= 3 && !memcmp(at, "\xEF\xBB\xBF", 3)) {
    at += 3;
    size -= 3;
  }
  Survey found = survey(at, size);
  if (found.control.line) {
    return kt_error_at(err, KT_ERR_FORMAT, name, found.control.line, found.control.column,
                       "this is not text; give a screenplay in Fountain (plain text)");
  }
  if (found.broken && (found.whole || !found.windows)) {
    return kt_error_at(err, KT_ERR_FORMAT, name, found.place.line, found.place.column,
                       "broken UTF-8 (byte 0x%02X); save the script as UTF-8", found.first);
  }
  if (found.broken) {
    used = from_windows(at, size, out);
    *warning = kt_arena_format(arena, "%s:%d:%d: no UTF-8, read as Windows-1252", name,
                               found.place.line, found.place.column);
  } else {
    memmove(out, at, size);
    used = size;
  }
  one_line_end(out, used);
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
