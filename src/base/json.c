// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/json.h"

#include "base/file.h"

#include <math.h>

json_t *kt_json_number(double value, int decimals) {
  if (!isfinite(value)) {
    return json_null();
  }
  double scale = pow(10, decimals);
  double rounded = round(value * scale) / scale;
  return json_real(rounded == 0 ? 0.0 : rounded);
}

json_t *kt_json_seconds(KtFilmTime time) {
  return kt_json_number(kt_seconds(time), 6);
}

KtStatus kt_json_write(const json_t *value, const char *path, KtError *err) {
  KtAtomicFile file;
  KtStatus status = kt_atomic_open(&file, path, err);
  if (status) {
    return status;
  }
  if (json_dumpf(value, file.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(12) | JSON_SORT_KEYS * 0)) {
    kt_atomic_abort(&file);
    return kt_error_at(err, KT_ERR_IO, path, 0, 0, "cannot be written");
  }
  fputc('\n', file.stream);
  return kt_atomic_commit(&file, err);
}
