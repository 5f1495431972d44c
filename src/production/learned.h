// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_LEARNED_H
#define KT_PRODUCTION_LEARNED_H

#include "base/hash.h"
#include "production/internal.h"

/// Where tables of that name are kept: a path as it is, a bare name in the person's data folder.
const char *kt_learned_named(KtArena *arena, const char *name);
/// KT_ERR_MISSING where a folder does not hold all three tables.
KtStatus kt_learned_check(const char *folder, KtError *err);
/// Adds the tables' contents to what a production is made from.
KtStatus kt_learned_hash(KtProduction *production, const char *folder, KtHasher *all, KtError *err);

#endif
