// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The sheet to hand out: as delivered, with what a person set since.
#include "spot/sheet_words.h"

#include "base/csv.h"

#include <string.h>

static void name_subjects(const KtSheetFilm *film, KtSheet *sheet) {
  for (size_t i = 0; i < sheet->cues.count; ++i) {
    KtSheetCue *cue = &sheet->cues.items[i];
    const char *unknown = "";
    const char *about = kt_sheet_about(sheet->arena, film, cue->about ? cue->about : "", true, &unknown);
    cue->about = about ? about : "";
    cue->said = cue->about[0] ? cue->said | KT_SAID_ABOUT : cue->said & ~(unsigned)KT_SAID_ABOUT;
  }
}

static void lay_cue(KtSheetCue *cue, const KtSheetCue *was) {
  unsigned lacks = was ? was->said & ~cue->said : 0;
  cue->title = lacks & KT_SAID_TITLE ? was->title : cue->title;
  cue->reason = lacks & KT_SAID_REASON ? was->reason : cue->reason;
  cue->function = lacks & KT_SAID_FUNCTION ? was->function : cue->function;
  cue->entry = lacks & KT_SAID_ENTRY ? was->entry : cue->entry;
  cue->exit = lacks & KT_SAID_EXIT ? was->exit : cue->exit;
  cue->about = lacks & KT_SAID_ABOUT ? was->about : cue->about;
  cue->said |= lacks;
}

/// What waits for an update stands in the place of what was delivered.
static void lay_waiting(KtSheet *was, const KtSheet *set) {
  KtSheet old = *was;
  memset(&was->cues, 0, sizeof(was->cues));
  memset(&was->silences, 0, sizeof(was->silences));
  memset(&was->hits, 0, sizeof(was->hits));
  for (size_t i = 0; i < set->cues.count; ++i) {
    KtSheetCue *cue = kt_array_push(was->arena, &was->cues);
    if (cue) {
      *cue = set->cues.items[i];
      lay_cue(cue, kt_sheet_cue_named(&old, cue->name));
    }
  }
  for (size_t i = 0; i < set->silences.count; ++i) {
    KtSheetSilence *silence = kt_array_push(was->arena, &was->silences);
    if (silence) {
      *silence = set->silences.items[i];
    }
  }
  for (size_t i = 0; i < old.hits.count; ++i) {
    bool gone = !kt_sheet_cue_at(was, old.hits.items[i].at);
    for (size_t j = 0; j < set->hits.count && !gone; ++j) {
      gone = set->hits.items[j].at == old.hits.items[i].at;
    }
    KtSheetHit *hit = gone ? NULL : kt_array_push(was->arena, &was->hits);
    if (hit) {
      *hit = old.hits.items[i];
      hit->locked = false;
    }
  }
}

void kt_sheet_overlay(const KtSheetFilm *film, KtSheet *was, const KtSheet *set, bool waits) {
  if (set && waits) {
    lay_waiting(was, set);
  }
  for (size_t i = 0; set && i < set->hits.count; ++i) {
    KtSheetHit *hit =
        waits || set->hits.items[i].struck ? kt_array_push(was->arena, &was->hits) : NULL;
    if (hit) {
      *hit = set->hits.items[i];
    }
  }
  name_subjects(film, was);
  kt_sheet_sort(was);
}

static void put_times(KtCsv *csv, const KtSheetFilm *film, KtFilmTime in, KtFilmTime out) {
  char text[32];
  kt_csv_text(csv, kt_sheet_print_time(film, in, false, text));
  kt_csv_text(csv, kt_sheet_print_time(film, out, false, text));
  kt_csv_number(csv, kt_seconds(out - in), 3);
}

static void silence_as_cue(KtCsv *csv, const KtSheetFilm *film, const KtSheetSilence *silence) {
  kt_csv_text(csv, "");
  put_times(csv, film, silence->in, silence->out);
  kt_csv_text(csv, "");
  kt_csv_text(csv, "no music");
  for (int i = 0; i < 3; ++i) {
    kt_csv_text(csv, "");
  }
  kt_csv_number(csv, kt_seconds(silence->in), 6);
  kt_csv_number(csv, kt_seconds(silence->out), 6);
  kt_csv_text(csv, silence->reason);
  kt_csv_text(csv, "yes");
  kt_csv_end(csv);
}

static void write_cues(KtCsv *csv, const KtSheetFilm *film, const KtSheet *sheet) {
  size_t s = 0;
  kt_csv_header(csv, "cue,in,out,seconds,title,function,themes,entry,exit,in_s,out_s,reason,locked");
  for (size_t i = 0; i <= sheet->cues.count; ++i) {
    const KtSheetCue *cue = i < sheet->cues.count ? &sheet->cues.items[i] : NULL;
    for (; s < sheet->silences.count && (!cue || sheet->silences.items[s].in < cue->in); ++s) {
      if (sheet->silences.items[s].locked) {
        silence_as_cue(csv, film, &sheet->silences.items[s]);
      }
    }
    if (!cue) {
      return;
    }
    kt_csv_text(csv, cue->name);
    put_times(csv, film, cue->in, cue->out);
    kt_csv_text(csv, cue->title);
    kt_csv_text(csv, cue->said & KT_SAID_FUNCTION ? kt_function_name(cue->function) : "");
    kt_csv_text(csv, cue->about);
    kt_csv_text(csv, cue->said & KT_SAID_ENTRY ? kt_entry_name(cue->entry) : "");
    kt_csv_text(csv, cue->said & KT_SAID_EXIT ? kt_exit_name(cue->exit) : "");
    kt_csv_number(csv, kt_seconds(cue->in), 6);
    kt_csv_number(csv, kt_seconds(cue->out), 6);
    kt_csv_text(csv, cue->reason);
    kt_csv_text(csv, cue->locked ? "yes" : "no");
    kt_csv_end(csv);
  }
}

static void write_silences(KtCsv *csv, const KtSheetFilm *film, const KtSheet *sheet) {
  kt_csv_header(csv, "in,out,seconds,in_s,out_s,reason,locked");
  for (size_t i = 0; i < sheet->silences.count; ++i) {
    const KtSheetSilence *silence = &sheet->silences.items[i];
    put_times(csv, film, silence->in, silence->out);
    kt_csv_number(csv, kt_seconds(silence->in), 6);
    kt_csv_number(csv, kt_seconds(silence->out), 6);
    kt_csv_text(csv, silence->reason);
    kt_csv_text(csv, silence->locked ? "yes" : "no");
    kt_csv_end(csv);
  }
}

static void write_hits(KtCsv *csv, const KtSheetFilm *film, const KtSheet *sheet) {
  kt_csv_header(csv, "cue,at,label,kind,weight,tolerance_frames,at_s,source,locked");
  for (size_t i = 0; i < sheet->hits.count; ++i) {
    const KtSheetHit *hit = &sheet->hits.items[i];
    const KtSheetCue *cue = kt_sheet_cue_at(sheet, hit->at);
    char text[32];
    if (!hit->struck) {
      kt_csv_text(csv, cue ? cue->name : hit->cue);
      kt_csv_text(csv, kt_sheet_print_time(film, hit->at, false, text));
      kt_csv_text(csv, hit->label);
      kt_csv_text(csv, kt_hit_name(hit->kind));
      kt_csv_number(csv, (double)hit->weight, 3);
      kt_csv_number(csv, (double)hit->tolerance_frames, 2);
      kt_csv_number(csv, kt_seconds(hit->at), 6);
      kt_csv_text(csv, hit->source);
      kt_csv_text(csv, hit->locked ? "yes" : "no");
      kt_csv_end(csv);
    }
  }
}

void kt_sheet_write_form(FILE *stream, const KtSheetFilm *film, const KtSheet *sheet,
                         const char *form) {
  KtCsv csv = {.stream = stream};
  if (!strcmp(form, "cues")) {
    write_cues(&csv, film, sheet);
  } else if (!strcmp(form, "silences")) {
    write_silences(&csv, film, sheet);
  } else if (!strcmp(form, "hits")) {
    write_hits(&csv, film, sheet);
  } else {
    kt_sheet_write(stream, film, sheet);
  }
}
