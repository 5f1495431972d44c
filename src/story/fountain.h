// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_FOUNTAIN_H
#define KT_STORY_FOUNTAIN_H

#include "story/paper.h"

/// A line of the script: a view into its text.
typedef struct KtScriptLine {
  const char *start; ///< without the white space around it
  size_t size;
  int number;  ///< 1-based, in the file
  bool blank;  ///< nothing on it
  bool spaces; ///< blank, but for two or more spaces: dialogue goes on
  bool tail;   ///< white space follows the text
} KtScriptLine;

typedef struct KtScriptLines {
  KT_ARRAY(KtScriptLine) list;
} KtScriptLines;

/// Takes boneyards and notes out of `text` (in place), keeps them as elements, and cuts the rest
/// into lines. Lines that held nothing else are left out. KT_ERR_FORMAT where a boneyard never
/// ends.
KtStatus kt_script_lines(KtPaper *paper, const char *name, char *text, KtScriptLines *lines,
                         KtError *err);

/// What a line looks like on its own.
bool kt_line_is_heading(const KtScriptLine *line);    ///< by INT, EXT, EST, I/E or a forced "."
bool kt_line_is_cue(const KtScriptLine *line);        ///< capitals with a letter, or a forced "@"
bool kt_line_is_transition(const KtScriptLine *line); ///< "... TO:" or FADE IN, FADE OUT
bool kt_line_is_page_break(const KtScriptLine *line);
bool kt_line_is_centred(const KtScriptLine *line);

/// Copy without the marks of emphasis and escapes.
const char *kt_plain_text(KtArena *arena, const char *text, size_t size);
/// The same into `out`, which holds `size` bytes; returns how many were written.
size_t kt_plain_put(char *out, const char *text, size_t size);

#endif
