// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_POOL_H
#define KT_BASE_POOL_H

#include "base/error.h"

#include <stddef.h>

/// One piece of work; `worker` 0..threads-1 is the thread it runs on.
typedef KtStatus (*KtTask)(void *user, size_t index, int worker, KtError *err);

/// Run `task` for 0..count-1 on `threads` threads, in order of index as threads come free; returns
/// when all have ended. The first failure (lowest index) stops the handing-out and is returned.
KtStatus kt_parallel(int threads, size_t count, KtTask task, void *user, KtError *err);

#endif
