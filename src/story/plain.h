// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_PLAIN_H
#define KT_STORY_PLAIN_H

#include "story/fountain.h"

/// How a plain text tells a cue from what is said.
typedef enum KtPlainMode {
  KT_PLAIN_TIGHT,    ///< a cue stands on its speech, blank lines around: that is Fountain
  KT_PLAIN_INDENTED, ///< columns, as on a typewriter
  KT_PLAIN_AIRY,     ///< a blank line after every paragraph, cues too
  KT_PLAIN_PACKED,   ///< no blank lines at all
} KtPlainMode;

typedef struct KtPlainLine {
  KtScriptLine line; ///< without the white space and scene numbers around it
  int indent;        ///< columns; a tab goes to the next eighth
  const char *scene_number;
  bool heading, cue, transition, page_mark, page_start;
  bool revised; ///< an asterisk in the margin, taken off
} KtPlainLine;

typedef struct KtPlainText {
  KT_ARRAY(KtPlainLine) lines;
  KtPlainMode mode;
  int left, cue, dialogue; ///< columns, where indented
} KtPlainText;

/// Whether a line names two who speak side by side.
bool kt_plain_is_dual(const KtPlainLine *line);
/// Reads what two say side by side, where line `at` names them; returns how many lines that took, 0
/// for none.
size_t kt_plain_dual(KtPaper *paper, const KtPlainText *text, size_t at);

/// Cuts the text into lines and tells how it is set.
void kt_plain_survey(KtArena *arena, const char *text, KtPlainText *out);

#endif
