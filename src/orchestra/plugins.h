// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRA_PLUGINS_H
#define KT_ORCHESTRA_PLUGINS_H

#include "base/data.h"
#include "orchestra/orchestra.h"

typedef struct KtPortRow {
  char *port;
  float value;
} KtPortRow;

/// A line under `plugins` of a library's file: what plays an instrument instead of its samples.
typedef struct KtPluginRow {
  char *instrument, *lv2, *preset;
  uint32_t articulations;
  KtPortRow *ports;
  unsigned ports_count;
  int controller, transpose;
  float gain_db, speaks_ms;
} KtPluginRow;
extern const cyaml_schema_value_t kt_plugin_row_schema;

/// Gives the rows' instruments their plugins; an articulation without one takes the sustained one's. `file` is
/// told in KT_ERR_FORMAT: no such instrument, a plugin for other articulations than the sustained one alone.
KtStatus kt_plugins_take(const KtPluginRow *rows, unsigned count, const char *file, KtOrchestra *orchestra,
                         KtError *err);
/// A person's own plugins.yaml (kt_user_data()), where there is one: plugins as in a library's file, and effects
/// on sections.
KtStatus kt_plugins_load(KtOrchestra *orchestra, KtError *err);

#endif
