// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_VECTORS_H
#define KT_BASE_VECTORS_H

/// Before a function of plain loops: compiled twice, for vectors of eight floats (AVX2) and as the
/// oldest machine has them, and chosen when the program starts. Every value is computed alone and no
/// product is fused with a sum (-ffp-contract=off), so both give the same bits. KT_NARROW leaves the
/// wide one out, for the test that says so.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(KT_NARROW)
#define KT_WIDE __attribute__((optimize("O3"), target_clones("avx2", "default")))
#else
#define KT_WIDE
#endif

#endif
