// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_DATA_H
#define KT_BASE_DATA_H

#include "base/arena.h"
#include "base/context.h"

#include <cyaml/cyaml.h> // rooms describe their data files with libcyaml's schema macros

/// Load a YAML file by schema. `name` is under the data folder ("palettes/epic.yaml") or, with a
/// slash in front or `ctx` NULL, a path; "learned/NAME" is sought in ctx->learned_dir first. Errors carry file, line and column where the reader knows
/// them. The value is freed with kt_data_free().
KtStatus kt_data_load(const KtContext *ctx, const char *name, const cyaml_schema_value_t *schema,
                      void **value, unsigned *count, KtError *err);
/// The folder of a person's own data, which is read beside Kinothek's: $XDG_DATA_HOME/kinothek, else
/// ~/.local/share/kinothek; NULL where there is no home. It need not be there.
const char *kt_user_data(KtArena *arena);
void kt_data_free(const cyaml_schema_value_t *schema, void *value, unsigned count);

#endif
