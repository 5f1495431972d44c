// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_JSON_H
#define KT_BASE_JSON_H

#include "base/film_time.h"

#include <jansson.h> // jansson is used through this header

/// A number with at most `decimals` places, so that reports read well and compare exactly;
/// null where it is not finite.
json_t *kt_json_number(double value, int decimals);
json_t *kt_json_seconds(KtFilmTime time); ///< six decimals
/// Set a new value (stolen); false when memory is out, noted by the caller at the end.
static inline void kt_json_set(json_t *object, const char *key, json_t *value) {
  json_object_set_new(object, key, value);
}
/// Written whole or not at all.
KtStatus kt_json_write(const json_t *value, const char *path, KtError *err);

#endif
