// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_SCREENPLAY_H
#define KT_STORY_SCREENPLAY_H

#include "base/arena.h"
#include "base/error.h"

typedef enum KtElementKind {
  KT_ELEMENT_HEADING,
  KT_ELEMENT_ACTION,
  KT_ELEMENT_CHARACTER,
  KT_ELEMENT_DIALOGUE,
  KT_ELEMENT_PARENTHETICAL,
  KT_ELEMENT_LYRIC,
  KT_ELEMENT_TRANSITION,
  KT_ELEMENT_CENTRED,
  KT_ELEMENT_SECTION,
  KT_ELEMENT_SYNOPSIS,
  KT_ELEMENT_NOTE,
  KT_ELEMENT_PAGE_BREAK,
  KT_ELEMENT_SHOT,      ///< "CLOSE ON THE LAMP": a heading inside a scene
  KT_ELEMENT_BONEYARD,  ///< struck out by the writer, kept
  KT_ELEMENT_PAGE_MARK, ///< "12.", "(MORE)", "CONTINUED:": of the page, not of the story
} KtElementKind;
const char *kt_element_name(KtElementKind kind);

/// One paragraph of a screenplay.
typedef struct KtElement {
  KtElementKind kind;
  const char *text;         ///< marks taken off, lines of a paragraph joined by line feeds
  const char *extension;    ///< of a character cue: "V.O.", "O.S."; "" where none; never "CONT'D"
  const char *revision;     ///< the set of changes it belongs to ("Blue"); "" where none
  const char *scene_number; ///< of a heading: "1A"; "" where none
  int depth;                ///< of a section, 1 the highest
  bool dual;                ///< spoken beside the dialogue before it
  bool continued;           ///< the cue carries CONT'D
  int line;                 ///< 1-based, in the file
  float at, length;         ///< place and height on paper, in lines of a page of 55
  float page;               ///< place on paper in pages, whatever became of `at`
} KtElement;

typedef struct KtTitleEntry {
  const char *key, *value;
} KtTitleEntry;

/// What somebody marked in the script for the shoot: "Cast Members", "Ben".
typedef struct KtScriptTag {
  const char *category, *label;
} KtScriptTag;

typedef enum KtScriptFormat {
  KT_SCRIPT_FOUNTAIN,
  KT_SCRIPT_FINAL_DRAFT,
  KT_SCRIPT_PLAIN, ///< as word processors export it: by indentation and capitals
} KtScriptFormat;
const char *kt_script_format_name(KtScriptFormat format);

/// A script as it is written. Lives in the arena it was read into.
typedef struct KtScreenplay {
  KtScriptFormat format;
  const char *title; ///< "" where none
  const char *author;
  KT_ARRAY(KtTitleEntry) title_page;
  KT_ARRAY(KtElement) elements; ///< as they stand in the file
  KT_ARRAY(KtScriptTag) tags;
  float length; ///< on paper, in lines
  float pages;
  bool paced;   ///< `at` and `length` are time: KT_PAGE_LINES a minute
  KT_ARRAY(const char *) warnings;
} KtScreenplay;

/// Lines on a page; a page plays about a minute.
#define KT_PAGE_LINES 55.0F

/// Fountain 1.1 (fountain.io/syntax), Final Draft (.fdx) or plain text, told by what is in the file
/// (a name that ends in .fountain is Fountain). KT_ERR_MISSING; KT_ERR_FORMAT with line and column:
/// broken UTF-8, bytes that are no text, a boneyard that is never closed, XML that is broken or no
/// script.
KtStatus kt_screenplay_read(KtArena *arena, const char *path, KtScreenplay *play, KtError *err);
/// The same from memory; `name` is for messages, and its ending for telling formats.
KtStatus kt_screenplay_parse(KtArena *arena, const char *name, const char *bytes, size_t size,
                             KtScreenplay *play, KtError *err);

/// Text of a script file as UTF-8 with line feeds only: takes off a byte order mark, reads UTF-16
/// by its mark and Windows-1252 by its looks (`warning` then says so; NULL otherwise).
KtStatus kt_script_text(KtArena *arena, const char *name, const char *bytes, size_t size,
                        char **text, const char **warning, KtError *err);

#endif
