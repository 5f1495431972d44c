// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/context.h"

#include <stdarg.h>
#include <stdio.h>

void kt_warn(const KtContext *ctx, const char *format, ...) {
  if (!ctx->log) {
    return;
  }
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof(line), format, args);
  va_end(args);
  kt_one_line(line);
  ctx->log(ctx->user, line);
}

void kt_progress(const KtContext *ctx, const char *stage, double fraction) {
  if (ctx->progress) {
    ctx->progress(ctx->user, stage, fraction < 0 ? 0 : fraction > 1 ? 1 : fraction);
  }
}

bool kt_cancelled(const KtContext *ctx) {
  return ctx->cancel && atomic_load(ctx->cancel);
}

KtStatus kt_error_cancelled(KtError *err) {
  return kt_error_set(err, KT_ERR_CANCELLED,
                      "stopped as asked; run the same command again to go on from here");
}
