// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which parts stand on the page, in which order, on which staves.
#include "deliver/musicxml.h"

#include <string.h>

/// What one hand reaches, semitones.
enum { HAND = 12 };

typedef struct Page {
  const KtDelivery *delivery;
  const KtBars *bars;
  KtArena *arena;
  KtPageParts *parts;
} Page;

static int instrument_rank(const KtDelivery *delivery, const KtPart *part) {
  const KtOrchestra *orchestra = delivery->orchestra;
  const KtInstrument *found = orchestra && part->instrument ? kt_orchestra_find(orchestra, part->instrument) : NULL;
  return found ? (int)(found - orchestra->instruments) : 1000; // the house's list is in score order
}

static int middle_pitch(const KtPart *part) {
  long sum = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    sum += part->notes.items[i].midi;
  }
  return part->notes.count ? (int)(sum / (long)part->notes.count) : 60;
}

static void find_compass(const KtPart *part, int *low, int *high) {
  *low = 127;
  *high = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    int midi = part->notes.items[i].midi;
    *low = midi < *low ? midi : *low;
    *high = midi > *high ? midi : *high;
  }
}

/// Clefs and staves: keyboards, harp, choir and pads on two where they go below and above middle C.
static void choose_staves(KtPagePart *page) {
  const KtInstrument *instrument = page->instrument;
  int low, high;
  find_compass(page->part, &low, &high);
  low += page->transpose;
  high += page->transpose;
  page->staves = 1;
  page->clefs[0] = instrument ? instrument->clef : middle_pitch(page->part) < 57;
  if (!page->pitched || !instrument || instrument->voices < 4) {
    if (page->clefs[0] == 1 && page->pitched && middle_pitch(page->part) + page->transpose > 62) {
      page->clefs[0] = 3;
    }
    return;
  }
  const char *family = instrument->family;
  bool one_staff = !strcmp(family, "brass") || !strcmp(family, "woodwinds") || !strcmp(family, "strings");
  bool keyboard = !strcmp(family, "keys") && instrument->voices >= 8;
  if (one_staff) {
    return;
  }
  if (keyboard || (low < 55 && high > 64)) {
    page->staves = 2;
    page->clefs[0] = 0;
    page->clefs[1] = 1;
  } else {
    page->clefs[0] = high <= 64 && low < 55;
  }
}

static void find_keys(KtPagePart *page) {
  for (int key = 0; key < 128; ++key) {
    for (size_t i = 0; i < page->part->notes.count; ++i) {
      if (page->part->notes.items[i].midi == key && page->key_count < 32) {
        page->keys[page->key_count++] = key;
        break;
      }
    }
  }
}

/// Where the hands part in a bar: one hand has all where it reaches; else the widest gap, near middle C.
static int parting(const KtPart *part, const KtBar *bar, int middle) {
  bool here[128] = {false};
  int low = 127, high = 0, sum = 0, count = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    if (n->start >= bar->start && n->start < bar->end) {
      here[n->midi] = true;
      low = n->midi < low ? n->midi : low;
      high = n->midi > high ? n->midi : high;
      sum += n->midi;
      ++count;
    }
  }
  if (!count || high - low <= HAND) {
    return count && sum < middle * count ? 128 : 0;
  }
  int best = middle, most = 0;
  for (int at = middle - 7, below = low; at <= middle + 7; ++at) {
    int above = at;
    for (int k = 0; k < at; ++k) {
      below = here[k] ? k : below;
    }
    while (above < 127 && !here[above]) {
      ++above;
    }
    int gap = 4 * (above - below) - (at > middle ? at - middle : middle - at);
    if (gap > most) {
      most = gap;
      best = at;
    }
  }
  return best;
}

/// The two hands of a part, each a part of its own.
static bool part_hands(Page *page, const KtPart *part, int middle, KtPart hands[2]) {
  hands[0] = hands[1] = *part;
  for (int h = 0; h < 2; ++h) {
    hands[h].notes.items = KT_NEW(page->arena, KtNote, part->notes.count + 1);
    hands[h].notes.count = 0;
    if (!hands[h].notes.items) {
      return false;
    }
  }
  size_t bar = page->bars->count;
  int split = middle;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    size_t b = bar < page->bars->count ? bar : 0;
    while (b + 1 < page->bars->count && n->start >= page->bars->items[b].end) {
      ++b;
    }
    split = b != bar ? parting(part, &page->bars->items[b], middle) : split;
    bar = b;
    KtPart *hand = &hands[n->midi < split];
    hand->notes.items[hand->notes.count++] = *n;
  }
  return true;
}

static KtStatus add_part(Page *page, const KtPart *part, KtError *err) {
  KtPagePart *made = kt_array_push(page->arena, page->parts);
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const KtInstrument *instrument = page->delivery->orchestra && part->instrument
                                       ? kt_orchestra_find(page->delivery->orchestra, part->instrument)
                                       : NULL;
  made->part = part;
  made->instrument = instrument;
  made->name = part->name ? part->name : instrument ? instrument->name : part->id;
  made->short_name = instrument ? instrument->short_name : made->name;
  made->transpose = instrument && instrument->pitched ? instrument->transpose : 0;
  made->pitched = !instrument || instrument->pitched;
  snprintf(made->id, sizeof(made->id), "P%zu", page->parts->count % 10000);
  choose_staves(made);
  if (!made->pitched) {
    find_keys(made);
  }
  if (made->staves < 2) {
    return kt_notate(page->bars, part, 0, 127, page->arena, &made->staff[0], err);
  }
  KtPart *hands = KT_NEW(page->arena, KtPart, 2);
  if (!hands || !part_hands(page, part, 60 - made->transpose, hands)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = kt_notate(page->bars, &hands[0], 0, 127, page->arena, &made->staff[0], err);
  return status ? status : kt_notate(page->bars, &hands[1], 0, 127, page->arena, &made->staff[1], err);
}

KtStatus kt_page_parts(const KtDelivery *delivery, const KtScore *score, const KtBars *bars, KtArena *arena,
                       KtPageParts *parts, KtError *err) {
  Page page_of = {delivery, bars, arena, parts};
  Page *page = &page_of;
  size_t count = score->parts.count;
  bool *done = KT_NEW(page->arena, bool, count + 1);
  if (!done) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  size_t playing = 0;
  for (size_t i = 0; i < count; ++i) {
    playing += score->parts.items[i].notes.count > 0;
  }
  for (size_t n = 0; n < count; ++n) {
    size_t best = count;
    for (size_t i = 0; i < count; ++i) {
      if (!done[i] && (best == count || instrument_rank(page->delivery, &score->parts.items[i]) <
                                            instrument_rank(page->delivery, &score->parts.items[best]))) {
        best = i;
      }
    }
    done[best] = true;
    if (score->parts.items[best].notes.count || !playing) {
      KtStatus status = add_part(page, &score->parts.items[best], err);
      if (status) {
        return status;
      }
    }
  }
  return KT_OK;
}
