// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/common.h"

static KtStatus deliver_cues(const KtDelivery *delivery, KtError *err) {
  KtStatus status = KT_OK;
  for (size_t i = 0; !status && i < delivery->spotting->cues.count; ++i) {
    if (kt_delivery_wants(delivery, i)) {
      status = kt_cancelled(delivery->ctx) ? kt_error_cancelled(err) : kt_deliver_midi(delivery, i, err);
      status = status ? status : kt_deliver_musicxml(delivery, i, err);
    }
  }
  return status;
}

KtStatus kt_deliver(const KtDelivery *delivery, KtError *err) {
  KtStatus status = kt_make_dirs(delivery->folder, err);
  if (!status) {
    status = kt_deliver_tables(delivery, err);
  }
  if (!status) {
    status = kt_deliver_cue_sheet(delivery, err);
  }
  if (!status) {
    status = kt_deliver_themes(delivery, err);
  }
  if (!status) {
    status = deliver_cues(delivery, err);
  }
  if (!status) {
    status = kt_deliver_audio(delivery, err);
  }
  if (!status) {
    KtArena *arena = kt_arena_new();
    status = arena ? kt_deliver_film(delivery, NULL, arena, err)
                   : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    kt_arena_free(arena);
  }
  if (!status) {
    status = kt_deliver_report(delivery, err);
  }
  if (!status) {
    kt_progress(delivery->ctx, "deliver", 1);
  }
  return status;
}
