// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/screenplay.h"

#include "base/file.h"
#include "story/paper.h"

#include <string.h>
#include <strings.h>

/// A script of three hours is half a megabyte; more than this is something else.
#define LARGEST (16U << 20)

const char *kt_element_name(KtElementKind kind) {
  static const char *const names[] = {"heading",       "action",   "character",  "dialogue",
                                      "parenthetical", "lyric",    "transition", "centred",
                                      "section",       "synopsis", "note",       "page break",
                                      "shot",          "boneyard", "page mark"};
  return names[kind];
}

const char *kt_script_format_name(KtScriptFormat format) {
  static const char *const names[] = {"Fountain", "Final Draft", "plain text"};
  return names[format];
}

/// XML begins with "<?xml" or its root, after a mark of the encoding and white space; in UTF-16
/// every other byte is zero.
static bool is_xml(const char *bytes, size_t size) {
  size_t at = size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
  bool wide = size >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2));
  char first[16] = "";
  size_t used = 0;
  for (at += wide ? 2 : 0; at < size && used < sizeof(first) - 1; ++at) {
    bool skipped = (wide && !bytes[at]) || (!used && strchr(" \t\r\n", bytes[at]));
    if (!skipped) {
      first[used++] = bytes[at];
    }
  }
  return !strncmp(first, "<?xml", 5) || !strncmp(first, "<FinalDraft", 11);
}

static KtStatus read_text(KtPaper *paper, const char *name, const char *bytes, size_t size,
                          KtError *err) {
  char *text = NULL;
  const char *warning = NULL;
  KtStatus status = kt_script_text(paper->arena, name, bytes, size, &text, &warning, err);
  if (status) {
    return status;
  }
  const char **note = warning ? kt_array_push(paper->arena, &paper->play->warnings) : NULL;
  if (note) {
    *note = warning;
  }
  const char *ending = kt_path_extension(name);
  bool said = !strcasecmp(ending, ".fountain") || !strcasecmp(ending, ".spmd");
  bool plain = !said && kt_plain_looks(paper->arena, text);
  paper->play->format = plain ? KT_SCRIPT_PLAIN : KT_SCRIPT_FOUNTAIN;
  return plain ? kt_plain_read(paper, name, text, err) : kt_fountain_read(paper, name, text, err);
}

/// Files that are often given by mistake.
static KtStatus refuse_others(const char *name, const char *bytes, size_t size, KtError *err) {
  static const struct {
    const char *mark, *what;
  } others[] = {{"%PDF", "a PDF"},
                {"PK\x03\x04", "a ZIP archive (a word processor's document?)"},
                {"{\\rtf", "a rich text file"},
                {"\xD0\xCF\x11\xE0", "an old word processor's document"}};
  for (size_t i = 0; i < sizeof(others) / sizeof(*others); ++i) {
    if (size >= 4 && !memcmp(bytes, others[i].mark, 4)) {
      return kt_error_at(err, KT_ERR_UNSUPPORTED, name, 1, 1,
                         "%s; export the script as Fountain, Final Draft (.fdx) or plain text",
                         others[i].what);
    }
  }
  return KT_OK;
}

KtStatus kt_screenplay_parse(KtArena *arena, const char *name, const char *bytes, size_t size,
                             KtScreenplay *play, KtError *err) {
  *play = (KtScreenplay){.title = "", .author = ""};
  KtPaper paper = {.arena = arena, .play = play};
  KtStatus status = refuse_others(name, bytes, size, err);
  if (!status && is_xml(bytes, size)) {
    play->format = KT_SCRIPT_FINAL_DRAFT;
    status = kt_fdx_read(&paper, name, bytes, size, err);
  } else if (!status) {
    status = read_text(&paper, name, bytes, size, err);
  }
  if (status) {
    return status;
  }
  kt_paper_name(&paper);
  for (size_t i = 0; i < play->elements.count; ++i) {
    play->elements.items[i].page = play->elements.items[i].at / KT_PAGE_LINES;
  }
  play->length = paper.height;
  play->pages = paper.height / KT_PAGE_LINES;
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

KtStatus kt_screenplay_read(KtArena *arena, const char *path, KtScreenplay *play, KtError *err) {
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(arena, path, LARGEST, &bytes, &size, err);
  return status ? status : kt_screenplay_parse(arena, path, bytes, size, play, err);
}
