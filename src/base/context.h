// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_CONTEXT_H
#define KT_BASE_CONTEXT_H

#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef void (*KtLogFn)(void *user, const char *line);
/// `fraction` 0..1 of the named stage ("film", "render", ...).
typedef void (*KtProgressFn)(void *user, const char *stage, double fraction);

/// What every stage is handed: where data lies, how many threads, whom to tell. Owned by the caller;
/// read-only for the stages but for `cancel`, which any thread or signal handler may set.
typedef struct KtContext {
  const char *data_dir;   ///< Kinothek's data (palettes, lexicon, ...)
  const char *learned_dir; ///< a person's own learned tables, taken before those of data_dir; NULL none
  const char *cache_dir;  ///< may be deleted at any time; NULL: keep nothing
  int threads;            ///< >= 1
  uint64_t seed;
  KtLogFn log;            ///< one line a call, a warning a person should see; may be NULL
  KtProgressFn progress;  ///< may be NULL; called from one thread at a time
  void *user;
  atomic_bool *cancel;    ///< may be NULL
} KtContext;

void kt_warn(const KtContext *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
void kt_progress(const KtContext *ctx, const char *stage, double fraction);
bool kt_cancelled(const KtContext *ctx);
/// KT_ERR_CANCELLED with its message.
KtStatus kt_error_cancelled(KtError *err);

#endif
