// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// spotting.csv, silences.csv, hits.csv.
#include "deliver/common.h"

#include "base/csv.h"

static void put_timecode(KtCsv *csv, const KtDelivery *delivery, KtFilmTime time) {
  char text[KT_TIMECODE_SIZE];
  kt_timecode_print(&delivery->film->timecode, time, text);
  kt_csv_text(csv, text);
}

static void spotting_rows(const KtDelivery *delivery, const KtHitResult *results, KtArena *arena, KtCsv *csv) {
  kt_csv_header(csv, "cue,in,out,seconds,title,function,themes,valence,arousal,tension,entry,exit,"
                     "status,in_s,out_s,reason,characters,locked,unmet");
  for (size_t i = 0; i < delivery->spotting->cues.count; ++i) {
    const KtCue *cue = &delivery->spotting->cues.items[i];
    kt_csv_text(csv, cue->name);
    put_timecode(csv, delivery, cue->in);
    put_timecode(csv, delivery, cue->out);
    kt_csv_number(csv, kt_seconds(cue->out - cue->in), 3);
    kt_csv_text(csv, cue->title);
    kt_csv_text(csv, kt_function_name(cue->function));
    kt_csv_text(csv, kt_cue_themes(delivery, i, arena));
    kt_csv_number(csv, (double)cue->emotion.valence, 3);
    kt_csv_number(csv, (double)cue->emotion.arousal, 3);
    kt_csv_number(csv, (double)cue->emotion.tension, 3);
    kt_csv_text(csv, kt_entry_name(cue->entry));
    kt_csv_text(csv, kt_exit_name(cue->exit));
    kt_csv_text(csv, kt_cue_status(delivery, i));
    kt_csv_number(csv, kt_seconds(cue->in), 6);
    kt_csv_number(csv, kt_seconds(cue->out), 6);
    kt_csv_text(csv, cue->reason);
    kt_csv_text(csv, kt_cue_characters(delivery, i, arena));
    kt_csv_text(csv, cue->locked ? "yes" : "no");
    kt_csv_text(csv, kt_cue_unmet(delivery, results, i, arena));
    kt_csv_end(csv);
  }
}

static void silence_rows(const KtDelivery *delivery, KtCsv *csv) {
  kt_csv_header(csv, "in,out,seconds,in_s,out_s,reason,locked");
  for (size_t i = 0; i < delivery->spotting->silences.count; ++i) {
    const KtSilence *silence = &delivery->spotting->silences.items[i];
    put_timecode(csv, delivery, silence->in);
    put_timecode(csv, delivery, silence->out);
    kt_csv_number(csv, kt_seconds(silence->out - silence->in), 3);
    kt_csv_number(csv, kt_seconds(silence->in), 6);
    kt_csv_number(csv, kt_seconds(silence->out), 6);
    kt_csv_text(csv, silence->reason);
    kt_csv_text(csv, silence->locked ? "yes" : "no");
    kt_csv_end(csv);
  }
}

static void hit_rows(const KtDelivery *delivery, const KtHitResult *results, KtArena *arena, KtCsv *csv) {
  kt_csv_header(csv, "cue,at,label,kind,weight,tolerance_frames,bar,beat,notated_error_ms,"
                     "heard_error_ms,at_s,source,locked,note");
  for (size_t i = 0; i < delivery->spotting->hits.count; ++i) {
    const KtHit *hit = &delivery->spotting->hits.items[i];
    const KtHitResult *result = &results[i];
    kt_csv_text(csv, delivery->spotting->cues.items[hit->cue].name);
    put_timecode(csv, delivery, hit->at);
    kt_csv_text(csv, hit->label);
    kt_csv_text(csv, kt_hit_name(hit->kind));
    kt_csv_number(csv, (double)hit->weight, 3);
    kt_csv_number(csv, (double)hit->tolerance_frames, 2);
    if (result->placed) {
      kt_csv_int(csv, result->bar);
      kt_csv_number(csv, result->beat, 3);
    } else {
      kt_csv_text(csv, "");
      kt_csv_text(csv, "");
    }
    kt_csv_number(csv, result->notated_error_ms, 3);
    kt_csv_number(csv, result->heard_error_ms, 3);
    kt_csv_number(csv, kt_seconds(hit->at), 6);
    kt_csv_text(csv, hit->source);
    kt_csv_text(csv, hit->locked ? "yes" : "no");
    const char *note = kt_hit_note(delivery, results, i, arena);
    if (note[0] && hit->locked) {
      kt_warn(delivery->ctx, "%s: the hit \"%.60s\" is %s", delivery->spotting->cues.items[hit->cue].name,
              hit->label, note);
    }
    kt_csv_text(csv, note);
    kt_csv_end(csv);
  }
}

static KtStatus open_table(const KtDelivery *delivery, const char *name, KtAtomicFile *file,
                           KtCsv *csv, KtError *err) {
  char path[KT_PATH_SIZE];
  KtStatus status = kt_delivery_path(delivery, path, err, "%s", name);
  if (!status) {
    status = kt_atomic_open(file, path, err);
  }
  *csv = (KtCsv){.stream = file->stream};
  return status;
}

KtStatus kt_deliver_tables(const KtDelivery *delivery, KtError *err) {
  KtArena *arena = kt_arena_new();
  if (!arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtHitResult *results = NULL;
  KtAtomicFile file = {0};
  KtCsv csv;
  KtStatus status = kt_hit_results(delivery, arena, &results, err);
  if (!status && !(status = open_table(delivery, "spotting.csv", &file, &csv, err))) {
    spotting_rows(delivery, results, arena, &csv);
    status = kt_atomic_commit(&file, err);
  }
  if (!status && !(status = open_table(delivery, "silences.csv", &file, &csv, err))) {
    silence_rows(delivery, &csv);
    status = kt_atomic_commit(&file, err);
  }
  if (!status && !(status = open_table(delivery, "hits.csv", &file, &csv, err))) {
    hit_rows(delivery, results, arena, &csv);
    status = kt_atomic_commit(&file, err);
  }
  kt_arena_free(arena);
  return status;
}
