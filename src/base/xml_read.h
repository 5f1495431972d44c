// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_XML_READ_H
#define KT_BASE_XML_READ_H

#include "base/arena.h"
#include "base/error.h"

typedef struct KtXmlAttribute {
  const char *name, *value;
  const struct KtXmlAttribute *next;
} KtXmlAttribute;

/// An element, or a run of text between elements (`name` is then ""). Names come without their
/// namespace prefix.
typedef struct KtXmlNode {
  const char *name;
  const char *text; ///< of a run of text; "" for an element
  int line;         ///< 1-based
  const KtXmlAttribute *attributes;
  const struct KtXmlNode *first, *next, *parent;
} KtXmlNode;

/// Reads a whole document into `arena`. KT_ERR_FORMAT with line and column where it is not well
/// formed; documents that declare entities of their own are refused, nothing outside is ever
/// fetched. `name` is for messages.
KtStatus kt_xml_parse(KtArena *arena, const char *name, const char *bytes, size_t size,
                      const KtXmlNode **root, KtError *err);

/// Value of an attribute, NULL where there is none.
const char *kt_xml_attribute(const KtXmlNode *node, const char *name);
/// First child element of that name, and the next sibling of that name; NULL: any element.
const KtXmlNode *kt_xml_child(const KtXmlNode *node, const char *name);
const KtXmlNode *kt_xml_sibling(const KtXmlNode *node, const char *name);
/// All text inside an element, put together in `arena`.
const char *kt_xml_inside(KtArena *arena, const KtXmlNode *node);

#endif
