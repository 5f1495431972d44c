// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_ERROR_H
#define KT_BASE_ERROR_H

#include "kinothek/status.h"

#include <stddef.h>

/// Fill `err` (may be NULL) with a status and a message; returns `status`.
KtStatus kt_error_set(KtError *err, KtStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// The same, with the file and (1-based, 0 for none) line and column it is about.
KtStatus kt_error_at(KtError *err, KtStatus status, const char *file, int line, int column,
                     const char *format, ...) __attribute__((format(printf, 6, 7)));

/// Control characters become spaces: what is told to a person is one line, whatever a file is called.
void kt_one_line(char *text);

/// Write "file:line:column: where: message" as one line without line feed into `text`.
void kt_error_print(const KtError *err, char *text, size_t size);

#endif
