// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/desks.h"

#include "base/film_time.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

int64_t kt_blocks_of_ms(double ms) {
  return llround(ms * KT_SAMPLE_RATE / 1000 / KT_BLOCK);
}

static KtRng desk_rng(const char *what, int desk, int64_t on, int key) {
  return kt_rng((uint64_t)on * 1024 + (uint64_t)key * 8 + (uint64_t)desk, what);
}

static int by_slot_on(const void *a, const void *b) {
  const KtSeatNote *x = a, *y = b;
  int p = x->channel / KT_ART_COUNT, q = y->channel / KT_ART_COUNT;
  if (p != q) {
    return p - q;
  }
  if (x->on != y->on) {
    return x->on < y->on ? -1 : 1;
  }
  return x->key != y->key ? x->key - y->key : (int)x->channel - (int)y->channel;
}

/// Held tones share the players; struck and plucked ones are double stops.
static bool is_held(const KtSeatNote *note) {
  int art = note->channel % KT_ART_COUNT;
  return art != KT_ART_SHORT && art != KT_ART_SPICCATO && art != KT_ART_MARCATO && art != KT_ART_PIZZICATO;
}

static void divide(const KtEnsemble *ensemble, int desks, const KtSeatNote *notes, size_t count, size_t at,
                   int64_t end, KtSeatNote *one) {
  enum { REACH = 64 }; // notes looked at on either side
  const int64_t together = kt_blocks_of_ms((double)ensemble->together_ms);
  int sounding = 1, above = 0;
  for (size_t i = at > REACH ? at - REACH : 0; i < count && i < at + REACH; ++i) {
    const KtSeatNote *other = &notes[i];
    int64_t off = other->off < 0 ? end : other->off;
    bool chord = i != at && other->channel / KT_ART_COUNT == one->channel / KT_ART_COUNT &&
                 other->key != one->key && other->on <= one->on + together && off > one->on + together &&
                 other->into != one->on;
    sounding += chord;
    above += chord && other->key > one->key;
  }
  int mine = 0;
  one->desks = 0;
  for (int d = 0; d < desks; ++d) {
    if (sounding <= desks ? d % sounding == above : d == above % desks) {
      one->desks = (uint8_t)(one->desks | 1U << d);
      ++mine;
    }
  }
  double share = is_held(one) ? pow(sounding, (double)ensemble->divisi) : 1;
  one->less_cb = (int16_t)lround(100 * log10(share * (mine ? mine : 1)));
}

void kt_desks_divide(const KtEnsemble *ensemble, int desks, KtSeatNote *notes, size_t count, int64_t end) {
  if (count) {
    qsort(notes, count, sizeof(*notes), by_slot_on);
  }
  for (size_t i = 0; i < count; ++i) {
    if (desks > 1) {
      divide(ensemble, desks, notes, count, i, end, &notes[i]);
    } else {
      notes[i].desks = 1;
      notes[i].less_cb = 0;
    }
  }
}

int64_t kt_desk_late(const KtEnsemble *ensemble, int desks, int desk, int64_t on, int key, bool hit) {
  if (desks < 2 || hit) {
    return 0;
  }
  double mean = 0;
  for (int d = 0; d < desks; ++d) {
    mean += (double)ensemble->desks[d].late_ms / desks;
  }
  KtRng rng = desk_rng("late", desk, on, key);
  double own = (double)ensemble->own_ms * fmax(-2, fmin(2, kt_rng_normal(&rng)));
  return kt_blocks_of_ms((double)ensemble->desks[desk].late_ms - mean + own);
}

int kt_desk_tenths(const KtEnsemble *ensemble, int desks, int desk, int64_t on, int key) {
  if (desks < 2) {
    return 0;
  }
  double mean = 0;
  for (int d = 0; d < desks; ++d) {
    mean += (double)ensemble->desks[d].cents / desks;
  }
  KtRng rng = desk_rng("cents", desk, on, key);
  double own = (double)ensemble->own_cents * kt_rng_normal(&rng);
  return (int)lround(10 * ((double)ensemble->desks[desk].cents - mean + own));
}

int64_t kt_desk_bow(const KtEnsemble *ensemble, int desk, int64_t at, int velocity) {
  double soft = (double)ensemble->bow_soft_s, loud = (double)ensemble->bow_loud_s;
  if (soft <= 0 || loud <= 0) {
    return 0;
  }
  KtRng rng = desk_rng("bow", desk, at, velocity);
  double seconds = soft + (loud - soft) * velocity / 127.0;
  seconds *= 1 + (double)ensemble->bow_spread * (2 * kt_rng_unit(&rng) - 1);
  return kt_blocks_of_ms(1000 * seconds);
}
