// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_ZIP_H
#define KT_BASE_ZIP_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>

/// Reads one file out of a zip archive that is held in memory, followed by a 0 that `size` does not count.
/// KT_ERR_MISSING where the archive has none of that name, KT_ERR_FORMAT where it is not an archive, is
/// damaged, or the file would be larger than `limit`. `archive` names it in messages.
KtStatus kt_zip_read(KtArena *arena, const char *archive, const char *bytes, size_t size, const char *name,
                     size_t limit, const char **content, size_t *content_size, KtError *err);

#endif
