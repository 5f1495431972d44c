// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_XML_H
#define KT_BASE_XML_H

#include "base/arena.h"

#include <stdio.h>

/// How text is made safe for where it goes. In every one, bytes that are not UTF-8 become U+FFFD and
/// control characters that XML forbids are left out.
typedef enum KtTextPlace {
  KT_TEXT_PLAIN,  ///< as it is
  KT_TEXT_XML,    ///< & < > " ' escaped: element content and attributes, XML and HTML
  KT_TEXT_QUOTED, ///< " doubled, as in CSV
} KtTextPlace;

void kt_text_put(FILE *stream, const char *text, KtTextPlace place); ///< NULL: nothing
/// The same text as valid UTF-8, in `arena`; itself where it already is.
const char *kt_text_valid(KtArena *arena, const char *text);

/// A small XML writer: indents, keeps track of open elements. The stream is the caller's.
typedef struct KtXml {
  FILE *stream;
  int depth;
  const char *open[24];
} KtXml;

/// <name attributes>; `attributes` is a ready text that begins with a space, or "".
void kt_xml_start(KtXml *xml, const char *name, const char *attributes);
void kt_xml_end(KtXml *xml);
void kt_xml_empty(KtXml *xml, const char *name, const char *attributes);
void kt_xml_text(KtXml *xml, const char *name, const char *attributes, const char *text);
void kt_xml_int(KtXml *xml, const char *name, long long value);
void kt_xml_number(KtXml *xml, const char *name, double value, int decimals);

#endif
