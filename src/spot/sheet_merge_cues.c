// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REEL_S = 20 * 60, SHORTEST_MS = 500 };
static const unsigned FIELDS = KT_SAID_TITLE | KT_SAID_FUNCTION | KT_SAID_ENTRY | KT_SAID_EXIT |
                               KT_SAID_REASON | KT_SAID_ABOUT;

int kt_cue_reel(KtFilmTime in) {
  return (int)(kt_seconds(in) / REEL_S) + 1;
}

/// The number in "1m02A" if it is of that reel, else `otherwise`.
static int number_of(const char *name, int reel, int otherwise) {
  int own = 0;
  int number = 0;
  return name && sscanf(name, "%dm%d", &own, &number) == 2 && own == reel ? number : otherwise;
}

const char *kt_cue_name_between(KtArena *arena, const char *before, const char *after, int reel) {
  int low = number_of(before, reel, 0);
  int high = number_of(after, reel, 1000);
  size_t length = before ? strlen(before) : 0;
  char letter = length ? before[length - 1] : '0';
  bool lettered = low && letter >= 'A' && letter <= 'Z';
  if (low + 1 < high) {
    return kt_arena_format(arena, "%dm%02d", reel, low + 1);
  }
  return kt_arena_format(arena, "%dm%02d%c", reel, low, lettered && letter < 'Z' ? letter + 1 : 'A');
}

static KtSpot spot_of(const KtSheet *sheet, const KtSheetCue *cue) {
  return (KtSpot){sheet->path, cue->line, cue->column};
}

static KtStatus check_cue(const KtSheetMerge *m, const KtSheetCue *cue, KtError *err) {
  KtSpot at = spot_of(m->read, cue);
  if (cue->name[0] && !kt_cue_name_is_good(cue->name)) {
    return kt_error_at(err, KT_ERR_FORMAT, at.path, at.line, at.column,
                       "'%.40s' is no name for a cue; write reel and number (1m05), or leave it out "
                       "for a new cue",
                       cue->name);
  }
  if (cue->out <= cue->in) {
    return kt_error_at(err, KT_ERR_FORMAT, at.path, at.line, at.column,
                       "this cue goes out (%.3f s) before it comes in (%.3f s); exchange the times",
                       kt_seconds(cue->out), kt_seconds(cue->in));
  }
  if (cue->out - cue->in < kt_film_time(SHORTEST_MS / 1000.0)) {
    return kt_error_at(err, KT_ERR_FORMAT, at.path, at.line, at.column,
                       "this cue is %.3f s long; a cue needs half a second at least",
                       kt_seconds(cue->out - cue->in));
  }
  return KT_OK;
}

static KtStatus check_all(const KtSheetMerge *m, KtError *err) {
  const KtSheet *read = m->read;
  KtStatus status = KT_OK;
  for (size_t i = 0; i < read->cues.count && !status; ++i) {
    const KtSheetCue *cue = &read->cues.items[i];
    KtSpot at = spot_of(read, cue);
    status = check_cue(m, cue, err);
    for (size_t j = 0; j < i && !status && cue->name[0]; ++j) {
      if (!strcmp(cue->name, read->cues.items[j].name)) {
        status = kt_error_at(err, KT_ERR_FORMAT, at.path, at.line, at.column,
                             "there are two cues %s (the other in line %d); leave the new one's name "
                             "out",
                             cue->name, read->cues.items[j].line);
      }
    }
    const KtSheetCue *last = i ? &read->cues.items[i - 1] : NULL;
    if (last && !status && last->out > cue->in) {
      char in[32];
      char out[32];
      status = kt_error_at(err, KT_ERR_FORMAT, at.path, at.line, at.column,
                           "cue %s comes in at %s while %s (line %d) still plays until %s; move one "
                           "of them",
                           cue->name[0] ? cue->name : "(new)",
                           kt_sheet_print_time(m->film, cue->in, false, in),
                           last->name[0] ? last->name : "the one before", last->line,
                           kt_sheet_print_time(m->film, last->out, false, out));
    }
  }
  return status;
}

/// Names of subjects for what the row says of themes or people.
static KtStatus settle_about(const KtSheetMerge *m, KtSheetCue *cue, const KtSheetCue *was,
                             KtError *err) {
  const char *unknown = "";
  const char *about = kt_sheet_about(m->merged->arena, m->film, cue->about ? cue->about : "",
                                     true, &unknown);
  if (about && was && cue->people && cue->people[0] && strcmp(cue->people, was->people) != 0) {
    const char *before = kt_sheet_about(m->merged->arena, m->film, was->about, true, &unknown);
    if (before && !strcmp(before, about)) { // the people were changed, not the themes
      about = kt_sheet_about(m->merged->arena, m->film, cue->people, false, &unknown);
      cue->said |= KT_SAID_ABOUT;
    }
  }
  if (about) {
    cue->about = about;
    return KT_OK;
  }
  const char *known = "";
  for (size_t i = 0; i < m->film->themes.count && strlen(known) < 200; ++i) {
    const KtSheetTheme *theme = &m->film->themes.items[i];
    known = kt_arena_format(m->merged->arena, "%s%s%s (%s)", known, i ? ", " : "", theme->id,
                            theme->subject);
  }
  return kt_error_at(err, KT_ERR_FORMAT, m->read->path, cue->about_line ? cue->about_line : cue->line,
                     cue->about_line ? cue->about_column : cue->column, "nobody knows the theme '%.40s'; there are %s", unknown,
                     known[0] ? known : "no themes");
}

/// Which fields differ from the sheet as delivered.
static unsigned changed_fields(const KtSheetMerge *m, const KtSheetCue *cue,
                               const KtSheetCue *was) {
  const char *unknown = "";
  const char *about = kt_sheet_about(m->merged->arena, m->film, was->about, true, &unknown);
  unsigned changed = 0;
  changed |= cue->said & KT_SAID_TITLE && strcmp(cue->title, was->title) ? KT_SAID_TITLE : 0U;
  changed |= cue->said & KT_SAID_FUNCTION && cue->function != was->function ? KT_SAID_FUNCTION : 0U;
  changed |= cue->said & KT_SAID_ENTRY && cue->entry != was->entry ? KT_SAID_ENTRY : 0U;
  changed |= cue->said & KT_SAID_EXIT && cue->exit != was->exit ? KT_SAID_EXIT : 0U;
  changed |= cue->said & KT_SAID_REASON && strcmp(cue->reason, was->reason) ? KT_SAID_REASON : 0U;
  changed |=
      cue->said & KT_SAID_ABOUT && strcmp(cue->about, about ? about : "") ? KT_SAID_ABOUT : 0U;
  return changed;
}

/// What is said only in the sheet as delivered holds as well.
static void fill_from(KtSheetCue *cue, const KtSheetCue *was, unsigned fields) {
  unsigned lacks = fields & ~cue->said;
  cue->title = lacks & KT_SAID_TITLE ? was->title : cue->title;
  cue->reason = lacks & KT_SAID_REASON ? was->reason : cue->reason;
  cue->function = lacks & KT_SAID_FUNCTION ? was->function : cue->function;
  cue->entry = lacks & KT_SAID_ENTRY ? was->entry : cue->entry;
  cue->exit = lacks & KT_SAID_EXIT ? was->exit : cue->exit;
}

static void tell_change(KtSheetMerge *m, const KtSheetCue *cue, const KtSheetCue *was, bool moved,
                        unsigned changed) {
  static const char *const words[] = {"title", "function", "entry", "exit", "reason", "themes"};
  char in[32];
  char out[32];
  const char *what = "";
  for (int i = 0; i < 6; ++i) {
    if (changed & (1U << i)) {
      what = kt_arena_format(m->merged->arena, "%s%s%s", what, what[0] ? ", " : "", words[i]);
    }
  }
  kt_sheet_print_time(m->film, cue->in, false, in);
  kt_sheet_print_time(m->film, cue->out, false, out);
  const char *line =
      !was    ? kt_arena_format(m->merged->arena, "%s added, %s - %s", cue->name, in, out)
      : moved ? kt_arena_format(m->merged->arena, "%s moved to %s - %s", cue->name, in, out)
              : kt_arena_format(m->merged->arena, "%s", cue->name);
  if (was && what[0]) {
    line = kt_arena_format(m->merged->arena, "%s: %s set", line, what);
  } else if (was && !moved) {
    line = kt_arena_format(m->merged->arena, "%s locked", line);
  }
  kt_sheet_tell(m->merged, &m->told, line);
}

static KtStatus merge_cue(KtSheetMerge *m, KtSheetCue *cue, KtError *err) {
  const KtSheetCue *was = kt_sheet_cue_named(m->was, cue->name);
  const KtSheetCue *set = kt_sheet_cue_named(m->set, cue->name);
  bool text = m->read->has_hits; // the readable text says all there is
  KtStatus status = settle_about(m, cue, was, err);
  KtSheetCue *own = status ? NULL : kt_array_push(m->merged->arena, &m->merged->cues);
  if (!own) {
    return status ? status : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *own = *cue;
  own->said &= FIELDS;
  own->locked = true;
  if (!was) {
    return KT_OK;
  }
  unsigned changed = changed_fields(m, cue, was);
  bool moved = cue->in != was->in || cue->out != was->out;
  bool before = was->locked;
  bool asked = cue->said & KT_SAID_LOCKED ? cue->locked : !text && before;
  own->locked = asked || moved || changed;
  if (!own->locked) {
    own->said = KT_SAID_TITLE;
    fill_from(own, was, KT_SAID_TITLE);
    own->title = was->title;
    if (before) { // given back
      *kt_array_push(m->merged->arena, &m->merged->open) = (KtSpan){cue->in, cue->out};
      kt_sheet_tell(m->merged, &m->told, kt_arena_format(m->merged->arena, "%s given back", cue->name));
      --m->merged->cues.count;
    }
    return KT_OK;
  }
  unsigned kept = KT_SAID_TITLE | changed | (set ? set->said & FIELDS & ~(moved ? KT_SAID_REASON : 0U) : 0U);
  kept |= moved ? 0U : FIELDS;
  fill_from(own, was, kept);
  own->said = kept & (own->about[0] ? ~0U : ~(unsigned)KT_SAID_ABOUT);
  if (moved || changed || !before) {
    tell_change(m, own, was, moved, changed);
  }
  return KT_OK;
}

/// New cues get their names, once all are there.
static void name_cues(KtSheetMerge *m) {
  KtSheet *merged = m->merged;
  kt_sheet_sort(merged);
  for (size_t i = 0; i < merged->cues.count; ++i) {
    KtSheetCue *cue = &merged->cues.items[i];
    if (!cue->name[0]) {
      const char *after = NULL;
      for (size_t j = i + 1; j < merged->cues.count && !after; ++j) {
        after = merged->cues.items[j].name[0] ? merged->cues.items[j].name : NULL;
      }
      cue->name = kt_cue_name_between(merged->arena, i ? merged->cues.items[i - 1].name : NULL, after,
                                      kt_cue_reel(cue->in));
      for (char letter = 'A'; letter <= 'Z'; ++letter) { // one that was taken out keeps its name
        bool taken = kt_sheet_cue_named(m->was, cue->name);
        for (size_t j = 0; j < merged->cues.count && !taken; ++j) {
          taken = j != i && !strcmp(merged->cues.items[j].name, cue->name);
        }
        if (!taken) {
          break;
        }
        int length = (int)strspn(cue->name, "0123456789m");
        cue->name = kt_arena_format(merged->arena, "%.*s%c", length, cue->name, letter);
      }
    }
    if (!kt_sheet_cue_named(m->was, cue->name) && !kt_sheet_cue_named(m->set, cue->name)) {
      tell_change(m, cue, NULL, false, 0);
    }
  }
}

static void take_out(KtSheetMerge *m) {
  for (size_t i = 0; i < m->was->cues.count; ++i) {
    const KtSheetCue *was = &m->was->cues.items[i];
    if (!kt_sheet_cue_named(m->read, was->name)) {
      kt_sheet_keep_quiet(m->merged, was->in, was->out,
                          kt_arena_format(m->merged->arena, "%s (%s) was taken out by hand", was->name, was->title),
                          0);
      kt_sheet_tell(m->merged, &m->told,
                    kt_arena_format(m->merged->arena, "%s taken out; no music there", was->name));
    }
  }
}

KtStatus kt_sheet_merge_cues(KtSheetMerge *m, KtError *err) {
  KtSheet *merged = m->merged;
  if (!m->read->has_cues) {
    const KtSheet *from = m->set ? m->set : m->was;
    for (size_t i = 0; i < from->cues.count; ++i) {
      KtSheetCue *own = kt_array_push(merged->arena, &merged->cues);
      if (own) {
        *own = from->cues.items[i];
        own->said &= m->set || own->locked ? FIELDS : (unsigned)KT_SAID_TITLE;
        const char *unknown = "";
        const char *about = kt_sheet_about(merged->arena, m->film, own->about ? own->about : "", true, &unknown);
        own->about = about ? about : "";
        own->said &= own->about[0] ? ~0U : ~(unsigned)KT_SAID_ABOUT;
      }
    }
    for (size_t i = 0; m->set && i < m->set->open.count; ++i) {
      *kt_array_push(merged->arena, &merged->open) = m->set->open.items[i];
    }
    return KT_OK;
  }
  KtStatus status = KT_OK;
  for (size_t i = 0; i < m->read->cues.count && !status; ++i) {
    KtSheetCue *cue = &m->read->cues.items[i];
    const KtSheetCue *was = kt_sheet_cue_named(m->was, cue->name);
    KtSpot at = spot_of(m->read, cue);
    status = kt_sheet_when(m->film, &at, &cue->in_said, was ? &was->in : NULL, &cue->in, err);
    status = status ? status
                    : kt_sheet_when(m->film, &at, &cue->out_said, was ? &was->out : NULL, &cue->out, err);
  }
  if (!status) {
    kt_sheet_sort(m->read);
    status = check_all(m, err);
  }
  for (size_t i = 0; i < m->read->cues.count && !status; ++i) {
    status = merge_cue(m, &m->read->cues.items[i], err);
  }
  if (!status) {
    name_cues(m);
    take_out(m);
  }
  return status;
}
