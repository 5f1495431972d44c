// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// spotting.csv, silences.csv and hits.csv, as delivered or as a person's program saved them.
#include "spot/sheet_words.h"

#include "base/csv_read.h"

#include <string.h>
#include <strings.h>

typedef struct Table {
  const KtSheetFilm *film;
  KtSheet *sheet;
  KtCsvTable csv;
  const KtCsvRow *row;
} Table;

/// Text of a named column in this row and where it stands; "" where it is empty or not there.
static const char *field(const Table *t, const char *name, KtSpot *spot) {
  const KtCsvField *first = &t->row->fields.items[0];
  const KtCsvField *own = kt_csv_field(t->row, kt_csv_column(&t->csv, name));
  *spot = (KtSpot){t->sheet->path, own ? own->line : first->line, own ? own->column : first->column};
  return own ? kt_arena_text(t->sheet->arena, own->text) : "";
}

static KtStatus time_field(const Table *t, const char *name, const char *name_s, KtSheetTime *time,
                           KtError *err) {
  KtSpot spot;
  const char *text = field(t, name, &spot);
  KtStatus status = text[0] ? kt_sheet_time(t->film, &spot, text, time, err) : KT_OK;
  text = status ? "" : field(t, name_s, &spot);
  if (!status && text[0]) {
    status = strchr(text, ':')
                 ? kt_error_at(err, KT_ERR_FORMAT, spot.path, spot.line, spot.column,
                               "%s is in seconds; write the timecode under %s", name_s, name)
                 : kt_sheet_time(t->film, &spot, text, time, err);
  }
  if (!status && !time->has_timecode && !time->has_seconds) {
    field(t, name, &spot);
    return kt_error_at(err, KT_ERR_FORMAT, spot.path, spot.line, spot.column,
                       "no time is given; write a timecode under %s or seconds under %s", name,
                       name_s);
  }
  return status;
}

static bool is_silence(const char *function) {
  return !strcasecmp(function, "silence") || !strcasecmp(function, "no music");
}

static KtStatus silence_row(Table *t, bool wanted, KtError *err) {
  KtSpot spot;
  KtSheetSilence *silence = kt_array_push(t->sheet->arena, &t->sheet->silences);
  if (!silence) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = time_field(t, "in", "in_s", &silence->in_said, err);
  status = status ? status : time_field(t, "out", "out_s", &silence->out_said, err);
  silence->reason = field(t, "reason", &spot);
  silence->locked = wanted;
  const char *locked = field(t, "locked", &spot);
  if (!status && locked[0] && !wanted) {
    status = kt_sheet_yes(&spot, locked, &silence->locked, err);
  }
  field(t, "in", &spot);
  silence->line = spot.line;
  silence->column = spot.column;
  return status;
}

static KtStatus cue_words(const Table *t, KtSheetCue *cue, KtError *err) {
  KtSpot spot;
  KtStatus status = KT_OK;
  const char *text = field(t, "function", &spot);
  if (text[0]) {
    cue->said |= KT_SAID_FUNCTION;
    status = kt_sheet_function(&spot, text, &cue->function, err);
  }
  text = field(t, "entry", &spot);
  if (text[0] && !status) {
    cue->said |= KT_SAID_ENTRY;
    status = kt_sheet_entry(&spot, text, &cue->entry, err);
  }
  text = field(t, "exit", &spot);
  if (text[0] && !status) {
    cue->said |= KT_SAID_EXIT;
    status = kt_sheet_exit(&spot, text, &cue->exit, err);
  }
  text = field(t, "locked", &spot);
  if (text[0] && !status) {
    cue->said |= KT_SAID_LOCKED;
    status = kt_sheet_yes(&spot, text, &cue->locked, err);
  }
  cue->title = field(t, "title", &spot);
  cue->said |= cue->title[0] ? KT_SAID_TITLE : 0U;
  cue->reason = field(t, "reason", &spot);
  cue->said |= cue->reason[0] ? KT_SAID_REASON : 0U;
  cue->about = field(t, "themes", &spot);
  cue->about_line = spot.line;
  cue->about_column = spot.column;
  cue->said |= cue->about[0] ? KT_SAID_ABOUT | KT_SAID_THEMES : 0U;
  cue->people = field(t, "characters", &spot);
  return status;
}

static KtStatus cue_row(Table *t, KtError *err) {
  KtSpot spot;
  if (is_silence(field(t, "function", &spot))) {
    return silence_row(t, true, err);
  }
  KtSheetCue *cue = kt_array_push(t->sheet->arena, &t->sheet->cues);
  if (!cue) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  cue->name = field(t, "cue", &spot);
  cue->line = spot.line;
  cue->column = spot.column;
  KtStatus status = time_field(t, "in", "in_s", &cue->in_said, err);
  status = status ? status : time_field(t, "out", "out_s", &cue->out_said, err);
  return status ? status : cue_words(t, cue, err);
}

static KtStatus hit_row(Table *t, KtError *err) {
  KtSpot spot;
  KtSheetHit *hit = kt_array_push(t->sheet->arena, &t->sheet->hits);
  if (!hit) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  hit->cue = field(t, "cue", &spot);
  KtStatus status = time_field(t, "at", "at_s", &hit->at_said, err);
  field(t, "at", &spot);
  hit->line = spot.line;
  hit->column = spot.column;
  const char *text = field(t, "kind", &spot);
  if (text[0] && !status) {
    hit->said |= KT_SAID_KIND;
    status = kt_sheet_kind(&spot, text, &hit->kind, err);
  }
  text = field(t, "weight", &spot);
  if (text[0] && !status) {
    hit->said |= KT_SAID_WEIGHT;
    status = kt_sheet_number(&spot, "weight", text, 0, 1, &hit->weight, err);
  }
  text = field(t, "tolerance_frames", &spot);
  if (text[0] && !status) {
    hit->said |= KT_SAID_TOLERANCE;
    status = kt_sheet_number(&spot, "tolerance_frames", text, 0, 100, &hit->tolerance_frames, err);
  }
  text = field(t, "locked", &spot);
  if (text[0] && !status) {
    hit->said |= KT_SAID_LOCKED;
    status = kt_sheet_yes(&spot, text, &hit->locked, err);
  }
  hit->label = field(t, "label", &spot);
  hit->said |= hit->label[0] ? KT_SAID_LABEL : 0U;
  hit->source = field(t, "source", &spot);
  hit->said |= hit->source[0] ? KT_SAID_SOURCE : 0U;
  return status;
}

KtStatus kt_sheet_read_csv(const KtSheetFilm *film, const char *bytes, size_t size, KtSheet *sheet,
                           KtError *err) {
  Table t = {.film = film, .sheet = sheet};
  KtStatus status = kt_csv_read(sheet->arena, sheet->path, bytes, size, &t.csv, err);
  if (status) {
    return status;
  }
  bool in = kt_csv_column(&t.csv, "in") >= 0 || kt_csv_column(&t.csv, "in_s") >= 0;
  bool out = kt_csv_column(&t.csv, "out") >= 0 || kt_csv_column(&t.csv, "out_s") >= 0;
  bool at = kt_csv_column(&t.csv, "at") >= 0 || kt_csv_column(&t.csv, "at_s") >= 0;
  bool cue = kt_csv_column(&t.csv, "cue") >= 0;
  bool hits = at && !in;
  bool cues = in && out && cue;
  if (!hits && !(in && out)) {
    return kt_error_at(err, KT_ERR_FORMAT, sheet->path, 1, 1,
                       "the columns are not those of a sheet; cues have cue,in,out,title..., "
                       "silences in,out,reason, hits cue,at,label,kind...");
  }
  sheet->has_hits |= hits;
  sheet->has_cues |= cues;
  sheet->has_silences |= !hits && !cues;
  for (size_t i = 0; i < t.csv.rows.count && !status; ++i) {
    t.row = &t.csv.rows.items[i];
    status = hits ? hit_row(&t, err) : cues ? cue_row(&t, err) : silence_row(&t, false, err);
  }
  return status ? status
         : kt_arena_failed(sheet->arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory")
                                         : KT_OK;
}
