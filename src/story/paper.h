// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_PAPER_H
#define KT_STORY_PAPER_H

#include "story/screenplay.h"

/// A script being set on paper: where the readers of all formats put what they find, so that a page
/// is a page whatever the file was.
typedef struct KtPaper {
  KtArena *arena;
  KtScreenplay *play;
  float height;   ///< paper used so far, in lines
  float dual_at;  ///< where the dialogue before began
  bool dual_open; ///< the next cue may stand beside one
} KtPaper;

/// Widths of the columns, in characters.
enum { KT_WIDE_ACTION = 60, KT_WIDE_DIALOGUE = 35, KT_WIDE_PARENTHETICAL = 25 };

/// Lines a paragraph takes when it is set `width` characters wide.
float kt_paper_lines(const char *text, int width);
/// Adds a paragraph that takes `height` lines; NULL when memory is out.
KtElement *kt_paper_add(KtPaper *paper, KtElementKind kind, const char *text, int line,
                        float height);
/// Adds one that takes the lines its kind takes.
KtElement *kt_paper_set(KtPaper *paper, KtElementKind kind, const char *text, int line);
/// A scene heading: "#12A#" at its end is its number.
KtElement *kt_paper_heading(KtPaper *paper, const char *text, int line);
/// A character cue: "BRICK (V.O.) (CONT'D)" is taken apart. `dual`: beside the dialogue before.
KtElement *kt_paper_cue(KtPaper *paper, const char *text, int line, bool dual);
/// Ends the speech that began with element `cue`: speeches side by side share their paper.
void kt_paper_speech_end(KtPaper *paper, size_t cue);

/// Puts the elements in the order of the file where a reader found some of them first.
void kt_paper_sort(KtPaper *paper, size_t first_pass);
/// Title and author from the title page.
void kt_paper_name(KtPaper *paper);
/// "name:line:column: what" among the warnings.
void kt_paper_warn(KtPaper *paper, const char *name, int line, int column, const char *what);

/// The readers; `text` is UTF-8 with line feeds only.
KtStatus kt_fountain_read(KtPaper *paper, const char *name, char *text, KtError *err);
KtStatus kt_plain_read(KtPaper *paper, const char *name, char *text, KtError *err);
KtStatus kt_fdx_read(KtPaper *paper, const char *name, const char *bytes, size_t size,
                     KtError *err);
/// Whether a text is set as word processors set a screenplay, and not as Fountain.
bool kt_plain_looks(KtArena *arena, const char *text);

#endif
