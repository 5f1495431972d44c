// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/xml_read.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(KtArena *arena, const xmlChar *text) {
  return text ? kt_arena_text(arena, (const char *)text) : "";
}

static const KtXmlAttribute *copy_attributes(KtArena *arena, const xmlNode *from) {
  const KtXmlAttribute *first = NULL;
  KtXmlAttribute *last = NULL;
  for (const xmlAttr *a = from->properties; a; a = a->next) {
    KtXmlAttribute *copy = KT_NEW(arena, KtXmlAttribute, 1);
    if (!copy) {
      break;
    }
    xmlChar *value = xmlNodeListGetString(from->doc, a->children, 1);
    copy->name = text_of(arena, a->name);
    copy->value = text_of(arena, value);
    xmlFree(value);
    *(last ? &last->next : &first) = copy;
    last = copy;
  }
  return first;
}

static KtXmlNode *copy_node(KtArena *arena, const xmlNode *from, const KtXmlNode *parent) {
  bool is_text = from->type == XML_TEXT_NODE || from->type == XML_CDATA_SECTION_NODE;
  KtXmlNode *copy = is_text || from->type == XML_ELEMENT_NODE ? KT_NEW(arena, KtXmlNode, 1) : NULL;
  if (!copy) {
    return NULL;
  }
  copy->name = is_text ? "" : text_of(arena, from->name);
  copy->text = is_text ? text_of(arena, from->content) : "";
  long line = xmlGetLineNo(from);
  copy->line = line > 0 && line < INT_MAX ? (int)line : 0;
  copy->parent = parent;
  copy->attributes = is_text ? NULL : copy_attributes(arena, from);
  return copy;
}

/// Depth is bounded by the reader (256), so is what this calls itself.
static const KtXmlNode *copy_tree(KtArena *arena, const xmlNode *from, const KtXmlNode *parent) {
  KtXmlNode *copy = copy_node(arena, from, parent);
  KtXmlNode *last = NULL;
  for (const xmlNode *child = copy ? from->children : NULL; child; child = child->next) {
    KtXmlNode *one = (KtXmlNode *)copy_tree(arena, child, copy);
    if (one && from->type == XML_ELEMENT_NODE) {
      *(last ? &last->next : &copy->first) = one;
      last = one;
    }
  }
  return copy;
}

static KtStatus refuse(xmlParserCtxt *reader, const char *name, KtError *err) {
  const xmlError *why = xmlCtxtGetLastError(reader);
  char what[200] = "broken";
  if (why && why->code == XML_ERR_NO_MEMORY) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (why && why->message) {
    snprintf(what, sizeof(what), "%s", why->message);
    what[strcspn(what, "\n")] = '\0';
  }
  return kt_error_at(err, KT_ERR_FORMAT, name, why ? why->line : 0, why ? why->int2 : 0,
                     "not well-formed XML (%s); export the file again", what);
}

KtStatus kt_xml_parse(KtArena *arena, const char *name, const char *bytes, size_t size,
                      const KtXmlNode **root, KtError *err) {
  *root = NULL;
  xmlParserCtxt *reader = size < INT_MAX ? xmlNewParserCtxt() : NULL;
  if (!reader) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES;
  xmlDoc *doc = xmlCtxtReadMemory(reader, bytes, (int)size, NULL, NULL, options);
  const xmlNode *top = doc ? xmlDocGetRootElement(doc) : NULL;
  KtStatus status = KT_OK;
  if (!top) {
    status = refuse(reader, name, err);
  } else if (doc->intSubset && doc->intSubset->entities) {
    status = kt_error_at(err, KT_ERR_FORMAT, name, 1, 1,
                         "declares entities of its own, which are not read; export the file again");
  } else {
    *root = copy_tree(arena, top, NULL);
    status = kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
  }
  xmlFreeDoc(doc);
  xmlFreeParserCtxt(reader);
  return status;
}

const char *kt_xml_attribute(const KtXmlNode *node, const char *name) {
  for (const KtXmlAttribute *a = node ? node->attributes : NULL; a; a = a->next) {
    if (!strcmp(a->name, name)) {
      return a->value;
    }
  }
  return NULL;
}

static const KtXmlNode *from_here(const KtXmlNode *node, const char *name) {
  while (node && (!*node->name || (name && strcmp(node->name, name) != 0))) {
    node = node->next;
  }
  return node;
}

const KtXmlNode *kt_xml_child(const KtXmlNode *node, const char *name) {
  return node ? from_here(node->first, name) : NULL;
}

const KtXmlNode *kt_xml_sibling(const KtXmlNode *node, const char *name) {
  return node ? from_here(node->next, name) : NULL;
}

static size_t inside(const KtXmlNode *node, char *out) {
  size_t size = 0;
  for (const KtXmlNode *child = node->first; child; child = child->next) {
    size_t length = strlen(child->text);
    if (out) {
      memcpy(out + size, child->text, length);
    }
    size += length;
    size += inside(child, out ? out + size : NULL);
  }
  return size;
}

const char *kt_xml_inside(KtArena *arena, const KtXmlNode *node) {
  char *out = node ? kt_arena_alloc(arena, inside(node, NULL) + 1) : NULL;
  if (!out) {
    return "";
  }
  inside(node, out);
  return out;
}
