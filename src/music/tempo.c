// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "music/tempo.h"

#include <math.h>
#include <stdbool.h>

/// Index of the segment that holds `value` (last point at or before it, never the very last one).
static size_t segment(const KtTempoMap *map, int64_t value, bool by_time) {
  size_t low = 0, high = map->points.count - 2;
  while (low < high) {
    size_t mid = (low + high + 1) / 2;
    const KtTempoPoint *point = &map->points.items[mid];
    if ((by_time ? point->time : point->tick) <= value) {
      low = mid;
    } else {
      high = mid - 1;
    }
  }
  return low;
}

static int64_t scale(int64_t value, int64_t num, int64_t den) { // rounded to the nearest
  __int128 wide = (__int128)value * num * 2 + den;
  __int128 whole = (__int128)den * 2;
  __int128 q = wide / whole;
  return (int64_t)(wide % whole < 0 ? q - 1 : q);
}

KtFilmTime kt_tempo_time(const KtTempoMap *map, KtTick tick) {
  const KtTempoPoint *a = &map->points.items[segment(map, tick, false)];
  return a[0].time + scale(tick - a[0].tick, a[1].time - a[0].time, a[1].tick - a[0].tick);
}

KtTick kt_tempo_tick(const KtTempoMap *map, KtFilmTime time) {
  const KtTempoPoint *a = &map->points.items[segment(map, time, true)];
  return a[0].tick + scale(time - a[0].time, a[1].tick - a[0].tick, a[1].time - a[0].time);
}

double kt_tempo_bpm(const KtTempoMap *map, KtTick tick) {
  const KtTempoPoint *a = &map->points.items[segment(map, tick, false)];
  double quarters = (double)(a[1].tick - a[0].tick) / KT_PPQ;
  return quarters * 60.0 / kt_seconds(a[1].time - a[0].time);
}

const KtTickSpan *kt_tempo_held(const KtTempoMap *map, KtTick tick) {
  for (size_t i = 0; i < map->holds.count; ++i) {
    if (tick >= map->holds.items[i].start && tick < map->holds.items[i].end) {
      return &map->holds.items[i];
    }
  }
  return NULL;
}

const KtTickSpan *kt_tempo_free(const KtTempoMap *map, KtTick tick) {
  for (size_t i = 0; i < map->free.count; ++i) {
    if (tick >= map->free.items[i].start && tick < map->free.items[i].end) {
      return &map->free.items[i];
    }
  }
  return NULL;
}

KtTick kt_metre_bar_ticks(KtMetre metre) {
  return (KtTick)KT_PPQ * 4 * metre.beats / metre.unit;
}

bool kt_metre_compound(KtMetre metre) {
  return metre.unit >= 8 && metre.beats % 3 == 0 && metre.beats > 3;
}

KtTick kt_metre_beat_ticks(KtMetre metre) {
  return (KtTick)4 * KT_PPQ / metre.unit * (kt_metre_compound(metre) ? 3 : 1);
}

KtMetre kt_metres_at(const KtMetres *metres, KtTick tick) {
  size_t i = 0;
  while (i + 1 < metres->count && metres->items[i + 1].tick <= tick) {
    ++i;
  }
  return metres->items[i];
}

KtTick kt_metres_upbeat(const KtMetres *metres) {
  KtMetre first = metres->items[0];
  return first.tick < 0 ? first.tick + kt_metre_bar_ticks(first) : 0;
}

KtTick kt_metres_bar_end(const KtMetres *metres, KtTick tick) {
  KtMetre metre = kt_metres_at(metres, tick);
  KtTick length = kt_metre_bar_ticks(metre), in = tick - metre.tick;
  KtTick whole = in >= 0 ? in / length : -((-in + length - 1) / length);
  return metre.tick + (whole + 1) * length;
}

void kt_metres_position(const KtMetres *metres, KtTick tick, int *bar, double *beat) {
  KtTick bars = metres->items[0].tick < 0 ? 0 : 1;
  size_t i = 0;
  for (; i + 1 < metres->count && metres->items[i + 1].tick <= tick; ++i) {
    bars += (metres->items[i + 1].tick - metres->items[i].tick) /
            kt_metre_bar_ticks(metres->items[i]);
  }
  KtMetre metre = metres->items[i];
  KtTick length = kt_metre_bar_ticks(metre);
  KtTick in = tick - metre.tick;
  KtTick whole = in >= 0 ? in / length : -((-in + length - 1) / length);
  *bar = (int)(bars + whole);
  double beats = (double)(in - whole * length) * metre.unit / (4.0 * KT_PPQ);
  *beat = 1.0 + round(beats * 8.0) / 8.0;
}

KtTick kt_metres_bar_start(const KtMetres *metres, int bar) {
  KtTick left = metres->items[0].tick < 0 ? bar : bar - 1;
  for (size_t i = 0;; ++i) {
    KtTick length = kt_metre_bar_ticks(metres->items[i]);
    bool last = i + 1 >= metres->count;
    KtTick bars = last ? 0 : (metres->items[i + 1].tick - metres->items[i].tick) / length;
    if (last || left < bars) {
      return metres->items[i].tick + left * length;
    }
    left -= bars;
  }
}

/// Ticks a second of a bar, without what is held; 0 where nothing of it has a tempo.
static double bar_rate(const KtTempoMap *map, KtTick from, KtTick to) {
  for (size_t i = 0; i < map->free.count; ++i) {
    if (map->free.items[i].start < to && map->free.items[i].end > from) {
      return 0;
    }
  }
  for (size_t i = 0; i < map->holds.count; ++i) {
    const KtTickSpan *hold = &map->holds.items[i];
    to = hold->start < to && hold->end > from ? hold->start : to;
  }
  return to > from ? (double)(to - from) / kt_seconds(kt_tempo_time(map, to) - kt_tempo_time(map, from)) : 0;
}

double kt_tempo_change_most(const KtTempoMap *map, const KtMetres *metres, KtTick end) {
  double most = 0, before = 0;
  for (KtTick bar = kt_metres_upbeat(metres); bar < end;) {
    KtTick next = kt_metres_bar_end(metres, bar);
    if (next > end) {
      break; // what is left of a bar has no tempo of its own
    }
    double rate = bar_rate(map, bar, next);
    if (before > 0 && rate > 0) {
      most = fmax(most, fabs(rate / before - 1));
    }
    before = rate;
    bar = next;
  }
  return most;
}
