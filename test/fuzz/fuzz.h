// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_TEST_FUZZ_H
#define KT_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/// A reader that must survive any bytes: libFuzzer's entry, and the driver's.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// The bytes as a file of this process's own, for readers that take a path; the same path each time.
const char *fuzz_file(const uint8_t *data, size_t size);

#endif
