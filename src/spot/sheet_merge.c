// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet_words.h"

#include <stdlib.h>
#include <string.h>

static const KtFilmTime TABLE_STEP = KT_FLICKS_PER_SECOND / 500000; // two of a table's last decimals

int64_t kt_sheet_frame(const KtSheetFilm *film, KtFilmTime time) {
  return kt_time_frame(film->timecode.rate, time + TABLE_STEP);
}

static bool apart(KtFilmTime a, KtFilmTime b, KtFilmTime least) {
  return a - b > least || b - a > least;
}

KtStatus kt_sheet_when(const KtSheetFilm *film, const KtSpot *spot, const KtSheetTime *said,
                       const KtFilmTime *was, KtFilmTime *time, KtError *err) {
  KtFilmTime frame = kt_frame_time(film->timecode.rate, 1);
  bool by_code = said->has_timecode &&
                 (!was || kt_sheet_frame(film, *was) != kt_sheet_frame(film, said->timecode));
  bool by_seconds = said->has_seconds && (!was || apart(*was, said->seconds, TABLE_STEP));
  if (by_code && by_seconds && apart(said->timecode, said->seconds, frame)) {
    char code[32];
    return kt_error_at(err, KT_ERR_FORMAT, spot->path, spot->line, spot->column,
                       "the timecode says %s and the seconds %.3f; change one of them, or leave the "
                       "seconds empty",
                       kt_sheet_print_time(film, said->timecode, false, code),
                       kt_seconds(said->seconds));
  }
  if (by_code && by_seconds) {
    *time = apart(said->timecode, said->seconds, TABLE_STEP) ? said->seconds : said->timecode;
  } else if (by_code || by_seconds) {
    *time = by_code ? said->timecode : said->seconds;
  } else {
    *time = was ? *was : said->has_timecode ? said->timecode : said->seconds;
  }
  *time = *time > film->duration ? film->duration : *time;
  return KT_OK;
}

static int cue_order(const void *a, const void *b) {
  const KtSheetCue *x = a;
  const KtSheetCue *y = b;
  return x->in != y->in ? (x->in > y->in) - (x->in < y->in) : x->line - y->line;
}
static int silence_order(const void *a, const void *b) {
  const KtSheetSilence *x = a;
  const KtSheetSilence *y = b;
  return (x->in > y->in) - (x->in < y->in);
}
static int hit_order(const void *a, const void *b) {
  const KtSheetHit *x = a;
  const KtSheetHit *y = b;
  return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : x->line - y->line;
}

void kt_sheet_sort(KtSheet *sheet) {
  if (sheet->cues.count > 1) {
    qsort(sheet->cues.items, sheet->cues.count, sizeof(*sheet->cues.items), cue_order);
  }
  if (sheet->silences.count > 1) {
    qsort(sheet->silences.items, sheet->silences.count, sizeof(*sheet->silences.items),
          silence_order);
  }
  if (sheet->hits.count > 1) {
    qsort(sheet->hits.items, sheet->hits.count, sizeof(*sheet->hits.items), hit_order);
  }
}

KtStatus kt_sheet_settle(const KtSheetFilm *film, KtSheet *sheet, KtError *err) {
  KtStatus status = KT_OK;
  for (size_t i = 0; i < sheet->cues.count && !status; ++i) {
    KtSheetCue *cue = &sheet->cues.items[i];
    KtSpot spot = {sheet->path, cue->line, cue->column};
    status = kt_sheet_when(film, &spot, &cue->in_said, NULL, &cue->in, err);
    status = status ? status : kt_sheet_when(film, &spot, &cue->out_said, NULL, &cue->out, err);
  }
  for (size_t i = 0; i < sheet->silences.count && !status; ++i) {
    KtSheetSilence *silence = &sheet->silences.items[i];
    KtSpot spot = {sheet->path, silence->line, silence->column};
    status = kt_sheet_when(film, &spot, &silence->in_said, NULL, &silence->in, err);
    status =
        status ? status : kt_sheet_when(film, &spot, &silence->out_said, NULL, &silence->out, err);
  }
  for (size_t i = 0; i < sheet->hits.count && !status; ++i) {
    KtSheetHit *hit = &sheet->hits.items[i];
    KtSpot spot = {sheet->path, hit->line, hit->column};
    status = kt_sheet_when(film, &spot, &hit->at_said, NULL, &hit->at, err);
  }
  if (!status) {
    kt_sheet_sort(sheet);
  }
  return status;
}

const KtSheetCue *kt_sheet_cue_named(const KtSheet *sheet, const char *name) {
  for (size_t i = 0; sheet && name[0] && i < sheet->cues.count; ++i) {
    if (!strcmp(sheet->cues.items[i].name, name)) {
      return &sheet->cues.items[i];
    }
  }
  return NULL;
}

const KtSheetCue *kt_sheet_cue_at(const KtSheet *sheet, KtFilmTime at) {
  for (size_t i = 0; i < sheet->cues.count; ++i) {
    if (sheet->cues.items[i].in <= at && sheet->cues.items[i].out > at) {
      return &sheet->cues.items[i];
    }
  }
  return NULL;
}

void kt_sheet_tell(KtSheet *merged, const char **told, const char *line) {
  *told = kt_arena_format(merged->arena, "%s%s\n", *told, line);
}

void kt_sheet_keep_quiet(KtSheet *merged, KtFilmTime in, KtFilmTime out, const char *reason,
                         int line) {
  const KtFilmTime least = KT_FLICKS_PER_SECOND / 4; // shorter is no silence
  kt_sheet_sort(merged);
  KtFilmTime from = in;
  for (size_t i = 0; i <= merged->cues.count; ++i) {
    const KtSheetCue *cue = i < merged->cues.count ? &merged->cues.items[i] : NULL;
    KtFilmTime to = cue && cue->in < out ? cue->in : out;
    KtSheetSilence *quiet =
        to - from >= least ? kt_array_push(merged->arena, &merged->silences) : NULL;
    if (quiet) {
      *quiet = (KtSheetSilence){
          .in = from, .out = to, .reason = reason, .locked = true, .line = line};
    }
    if (!cue || cue->in >= out) {
      return;
    }
    from = cue->out > from ? cue->out : from;
  }
}

/// What was set before and is not any more.
static void tell_lifted(KtSheetMerge *m) {
  char in[32];
  char out[32];
  for (size_t i = 0; m->set && i < m->set->silences.count; ++i) {
    const KtSheetSilence *own = &m->set->silences.items[i];
    bool there = false;
    for (size_t j = 0; j < m->merged->silences.count && !there; ++j) {
      there = m->merged->silences.items[j].in < own->out && m->merged->silences.items[j].out > own->in;
    }
    if (!there) {
      kt_sheet_tell(m->merged, &m->told,
                    kt_arena_format(m->merged->arena, "music is allowed again from %s to %s",
                                    kt_sheet_print_time(m->film, own->in, false, in),
                                    kt_sheet_print_time(m->film, own->out, false, out)));
      KtSpan *open = kt_array_push(m->merged->arena, &m->merged->open);
      if (open) {
        *open = (KtSpan){own->in, own->out};
      }
    }
  }
  for (size_t i = 0; m->set && i < m->set->hits.count; ++i) {
    const KtSheetHit *own = &m->set->hits.items[i];
    bool there = false;
    for (size_t j = 0; j < m->merged->hits.count && !there; ++j) {
      there = kt_sheet_frame(m->film, m->merged->hits.items[j].at) == kt_sheet_frame(m->film, own->at);
    }
    if (!there) {
      kt_sheet_tell(m->merged, &m->told,
                    kt_arena_format(m->merged->arena, "the hit at %s is given back",
                                    kt_sheet_print_time(m->film, own->at, false, in)));
    }
  }
}

KtStatus kt_sheet_merge(const KtSheetFilm *film, const KtSheet *was, const KtSheet *set,
                        KtSheet *read, KtSheet *merged, const char **told, KtError *err) {
  KtSheetMerge merge = {film, was, set, read, merged, ""};
  merged->has_cues = merged->has_silences = merged->has_hits = true;
  KtStatus status = kt_sheet_merge_cues(&merge, err);
  status = status ? status : kt_sheet_merge_silences(&merge, err);
  status = status ? status : kt_sheet_merge_hits(&merge, err);
  if (!status && (kt_arena_failed(merged->arena) || kt_arena_failed(read->arena))) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (!status) {
    tell_lifted(&merge);
  }
  kt_sheet_sort(merged);
  *told = merge.told;
  return status;
}
