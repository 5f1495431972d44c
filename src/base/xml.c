// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/xml.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/// Length of the well-formed UTF-8 sequence at `s` (Unicode 15, table 3-7); 0 where there is none.
static size_t sequence(const unsigned char *s) {
  if (s[0] < 0x80) {
    return 1;
  }
  size_t length = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3
                  : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
  for (size_t i = 1; i < length; ++i) {
    if ((s[i] & 0xc0) != 0x80) {
      return 0;
    }
  }
  if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
      (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) {
    return 0;
  }
  return length;
}

static const char *escape(char c, KtTextPlace place) {
  if (place == KT_TEXT_QUOTED) {
    return c == '"' ? "\"\"" : NULL;
  }
  if (place == KT_TEXT_XML) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
  }
  return NULL;
}

static const unsigned char REPLACEMENT[] = {0xef, 0xbf, 0xbd};

void kt_text_put(FILE *stream, const char *text, KtTextPlace place) {
  for (const unsigned char *s = (const unsigned char *)(text ? text : ""); *s;) {
    size_t length = sequence(s);
    const char *safe = escape((char)*s, place);
    if (!length) {
      fwrite(REPLACEMENT, 1, sizeof(REPLACEMENT), stream);
      ++s;
      continue;
    }
    if (safe) {
      fputs(safe, stream);
    } else if (*s >= 0x20 || *s == '\t' || *s == '\n' || *s == '\r') {
      fwrite(s, 1, length, stream);
    }
    s += length;
  }
}

const char *kt_text_valid(KtArena *arena, const char *text) {
  const unsigned char *s = (const unsigned char *)(text ? text : "");
  size_t bad = 0;
  for (size_t length; *s; s += length ? length : 1) {
    length = sequence(s);
    bad += length == 0;
  }
  if (!bad) {
    return text ? text : "";
  }
  char *copy = kt_arena_alloc(arena, strlen(text) + bad * 2 + 1);
  if (!copy) {
    return "";
  }
  char *to = copy;
  for (s = (const unsigned char *)text; *s;) {
    size_t length = sequence(s);
    memcpy(to, length ? s : REPLACEMENT, length ? length : sizeof(REPLACEMENT));
    to += length ? length : sizeof(REPLACEMENT);
    s += length ? length : 1;
  }
  return copy;
}

static void indent(KtXml *xml) {
  fprintf(xml->stream, "%*s", xml->depth * 2, "");
}

void kt_xml_start(KtXml *xml, const char *name, const char *attributes) {
  assert(xml->depth < (int)(sizeof(xml->open) / sizeof(xml->open[0])));
  indent(xml);
  fprintf(xml->stream, "<%s%s>\n", name, attributes);
  xml->open[xml->depth++] = name;
}

void kt_xml_end(KtXml *xml) {
  assert(xml->depth > 0);
  --xml->depth;
  indent(xml);
  fprintf(xml->stream, "</%s>\n", xml->open[xml->depth]);
}

void kt_xml_empty(KtXml *xml, const char *name, const char *attributes) {
  indent(xml);
  fprintf(xml->stream, "<%s%s/>\n", name, attributes);
}

void kt_xml_text(KtXml *xml, const char *name, const char *attributes, const char *text) {
  indent(xml);
  fprintf(xml->stream, "<%s%s>", name, attributes);
  kt_text_put(xml->stream, text, KT_TEXT_XML);
  fprintf(xml->stream, "</%s>\n", name);
}

void kt_xml_int(KtXml *xml, const char *name, long long value) {
  indent(xml);
  fprintf(xml->stream, "<%s>%lld</%s>\n", name, value, name);
}

void kt_xml_number(KtXml *xml, const char *name, double value, int decimals) {
  indent(xml);
  fprintf(xml->stream, "<%s>%.*f</%s>\n", name, decimals, value, name);
}
