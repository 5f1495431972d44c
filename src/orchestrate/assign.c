// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <math.h>

void kt_assign_least(KtArena *scratch, const double *cost, int rows, int columns, int *chosen) {
  size_t wide = (size_t)columns + 1;
  double *row_price = KT_NEW(scratch, double, (size_t)rows + 1);
  double *column_price = KT_NEW(scratch, double, wide);
  double *slack = KT_NEW(scratch, double, wide);
  int *owner = KT_NEW(scratch, int, wide); // row of each column, 1-based; 0 free
  int *way = KT_NEW(scratch, int, wide);
  bool *used = KT_NEW(scratch, bool, wide);
  if (!row_price || !column_price || !slack || !owner || !way || !used) {
    return;
  }
  for (int row = 1; row <= rows; ++row) {
    owner[0] = row;
    int at = 0;
    for (int c = 0; c <= columns; ++c) {
      slack[c] = HUGE_VAL;
      used[c] = false;
    }
    do {
      used[at] = true;
      int next = 0;
      double least = HUGE_VAL;
      for (int c = 1; c <= columns; ++c) {
        if (used[c]) {
          continue;
        }
        double price = cost[(size_t)(owner[at] - 1) * (size_t)columns + (size_t)(c - 1)] -
                       row_price[owner[at]] - column_price[c];
        if (price < slack[c]) {
          slack[c] = price;
          way[c] = at;
        }
        if (slack[c] < least) {
          least = slack[c];
          next = c;
        }
      }
      for (int c = 0; c <= columns; ++c) {
        if (used[c]) {
          row_price[owner[c]] += least;
          column_price[c] -= least;
        } else {
          slack[c] -= least;
        }
      }
      at = next;
    } while (owner[at]);
    for (; at; at = way[at]) {
      owner[at] = owner[way[at]];
    }
  }
  for (int c = 1; c <= columns; ++c) {
    if (owner[c]) {
      chosen[owner[c] - 1] = c - 1;
    }
  }
}
