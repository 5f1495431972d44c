// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/norms.h"

#include "base/data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Where nothing could be counted.
static const double NOTHING = (double)NAN;

static const char *const NAMES[KT_STAT_COUNT] = {
    "lead_step", "lead_repeat", "lead_leap",    "lead_range", "lead_short", "lead_variety", "lead_rest", "parts",
    "parts_most", "parts_change", "pitches",    "doubling",   "low_gap",    "high_gap",     "span",      "classes",
    "change",    "attacks",     "part_attacks", "repeated_bars", "run",     "run_long"};

const char *kt_statistic_name(KtStatistic statistic) {
  return NAMES[statistic];
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(double *values, size_t count, double at) {
  if (!count) {
    return NOTHING;
  }
  qsort(values, count, sizeof(*values), by_value);
  return values[(size_t)lround((double)(count - 1) * at)];
}

static void count_line(KtArena *scratch, const KtNote *lead, size_t count, KtTick from, KtTick to, double *values) {
  double steps = 0, repeats = 0, leaps = 0, pairs = 0, brief = 0, notes = 0, sung = 0;
  double lengths[64] = {0};
  double *pitches = KT_NEW(scratch, double, count + 1);
  for (size_t i = 0; pitches && i < count; ++i) {
    const KtNote *n = &lead[i];
    if (n->start < from || n->start >= to) {
      continue;
    }
    const KtNote *before = i ? n - 1 : NULL;
    if (before && before->start >= from && n->start - before->start - before->duration <= 2 * KT_PPQ) {
      int by = abs(n->midi - before->midi);
      steps += by == 1 || by == 2;
      repeats += by == 0;
      leaps += by >= 5;
      ++pairs;
    }
    pitches[(size_t)notes] = n->midi;
    brief += n->duration <= KT_PPQ / 2 + 10;
    int length = (int)lround(8 * log2((double)n->duration / KT_PPQ)) / 2 + 32;
    lengths[length < 0 ? 0 : length > 63 ? 63 : length] += 1;
    sung += (double)(n->start + n->duration < to ? n->duration : to - n->start);
    ++notes;
  }
  for (int s = KT_STAT_LEAD_STEP; s <= KT_STAT_LEAD_VARIETY; ++s) {
    values[s] = NOTHING;
  }
  values[KT_STAT_LEAD_REST] = fmax(0, 1 - sung / (double)(to - from));
  if (notes < 8 || pairs < 6) {
    return; // too little of a line to say anything of it
  }
  values[KT_STAT_LEAD_STEP] = steps / pairs;
  values[KT_STAT_LEAD_REPEAT] = repeats / pairs;
  values[KT_STAT_LEAD_LEAP] = leaps / pairs;
  values[KT_STAT_LEAD_SHORT] = brief / notes;
  values[KT_STAT_LEAD_VARIETY] = 0;
  for (int i = 0; i < 64; ++i) {
    values[KT_STAT_LEAD_VARIETY] -= lengths[i] > 0 ? lengths[i] / notes * log2(lengths[i] / notes) : 0;
  }
  double high = quantile(pitches, (size_t)notes, 0.95);
  values[KT_STAT_LEAD_RANGE] = high - quantile(pitches, (size_t)notes, 0.05);
}

/// Sums over the beats of a stretch.
typedef struct Beats {
  double *parts, *pitches, *low, *high, *span;
  size_t count, low_count, high_count, span_count;
  double doubled, sounding, change, changes, part_change;
} Beats;

static void count_beat(const KtScore *score, KtTick at, size_t *place, Beats *beats, unsigned *names_before,
                       double *parts_before) {
  bool on[128] = {false};
  unsigned names = 0;
  double parts = 0, pitches = 0, distinct = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    bool sounds = false;
    while (place[p] < part->notes.count && part->notes.items[place[p]].start + 16 * KT_PPQ < at) {
      ++place[p];
    }
    for (size_t i = place[p]; i < part->notes.count && part->notes.items[i].start <= at; ++i) {
      const KtNote *n = &part->notes.items[i];
      if (n->start + n->duration > at) {
        sounds = true;
        on[(int)n->midi] = on[(int)n->midi] || part->role != KT_ROLE_PERCUSSION;
      }
    }
    parts += sounds;
  }
  int last = -1, lowest = -1;
  for (int k = 0; k < 128; ++k) {
    if (!on[k]) {
      continue;
    }
    if (last >= 60) {
      beats->high[beats->high_count++] = k - last;
    }
    if (last >= 0 && last == lowest) {
      beats->low[beats->low_count++] = k - last;
    }
    lowest = lowest < 0 ? k : lowest;
    last = k;
    ++pitches;
    distinct += !(names >> (k % 12) & 1U);
    names |= 1U << (k % 12);
  }
  if (pitches > 1) {
    beats->span[beats->span_count++] = last - lowest;
  }
  if (parts > 0) {
    beats->parts[beats->count] = parts;
    beats->pitches[beats->count++] = pitches;
  }
  beats->doubled += pitches - distinct;
  beats->sounding += pitches;
  if (*names_before && names) {
    beats->change += 1 - (double)__builtin_popcount(names & *names_before) / (double)__builtin_popcount(names | *names_before);
    beats->part_change += fabs(parts - *parts_before);
    ++beats->changes;
  }
  *names_before = names;
  *parts_before = parts;
}

static void count_beats(KtArena *scratch, const KtScore *score, KtTick from, KtTick to, double *values) {
  size_t most = (size_t)((to - from) / KT_PPQ) + 2;
  Beats b = {KT_NEW(scratch, double, most), KT_NEW(scratch, double, most), KT_NEW(scratch, double, most),
             KT_NEW(scratch, double, most * 70), KT_NEW(scratch, double, most), 0, 0, 0, 0, 0, 0, 0, 0, 0};
  size_t *place = KT_NEW(scratch, size_t, score->parts.count + 1);
  if (kt_arena_failed(scratch)) {
    return;
  }
  unsigned names = 0;
  double parts = 0;
  for (KtTick at = from + KT_PPQ / 8; at < to; at += KT_PPQ) {
    count_beat(score, at, place, &b, &names, &parts);
  }
  values[KT_STAT_PARTS_MOST] = quantile(b.parts, b.count, 0.9);
  values[KT_STAT_PARTS] = quantile(b.parts, b.count, 0.5);
  values[KT_STAT_PARTS_CHANGE] = b.changes > 0 ? b.part_change / b.changes : NOTHING;
  values[KT_STAT_PITCHES] = quantile(b.pitches, b.count, 0.5);
  values[KT_STAT_DOUBLING] = b.sounding > 0 ? b.doubled / b.sounding : NOTHING;
  values[KT_STAT_LOW_GAP] = quantile(b.low, b.low_count, 0.5);
  values[KT_STAT_HIGH_GAP] = quantile(b.high, b.high_count, 0.5);
  values[KT_STAT_SPAN] = quantile(b.span, b.span_count, 0.5);
  values[KT_STAT_CHANGE] = b.changes > 0 ? b.change / b.changes : NOTHING;
}

/// What a bar holds, as a number; bars that hold the same have the same.
typedef struct BarSum {
  uint64_t hash;
  unsigned names;
} BarSum;

static void count_attacks(KtArena *scratch, const KtScore *score, KtTick from, KtTick to, double *values) {
  const KtTick bar = 4 * KT_PPQ, grid = KT_PPQ / 12;
  size_t bars = (size_t)((to - from) / bar), moments = (size_t)((to - from) / grid) + 2, runs = 0, total = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    total += score->parts.items[p].notes.count;
  }
  BarSum *sums = KT_NEW(scratch, BarSum, bars + 1);
  bool *begins = KT_NEW(scratch, bool, moments);
  double *run = KT_NEW(scratch, double, total + 1), played = 0, notes = 0, attacks = 0, same = 0, names = 0;
  for (size_t p = 0; run && begins && sums && p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    double began = -1, ends = -1;
    for (size_t i = 0; i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      if (n->start < from || n->start >= to) {
        continue;
      }
      double start = kt_seconds(kt_tempo_time(&score->tempo, n->start));
      double end = kt_seconds(kt_tempo_time(&score->tempo, n->start + n->duration));
      if (began >= 0 && start > ends + 0.25) {
        run[runs++] = ends - began;
        played += ends - began;
        began = start;
      }
      began = began < 0 ? start : began;
      ends = fmax(ends, end);
      begins[(size_t)((n->start - from + grid / 2) / grid)] = true;
      ++notes;
      size_t at = (size_t)((n->start - from) / bar);
      if (at < bars && part->role != KT_ROLE_PERCUSSION) {
        uint64_t what = (uint64_t)(((n->start - from) % bar + grid / 2) / grid) * 131 + (uint64_t)n->midi + (uint64_t)p * 1000003;
        sums[at].hash += (what + 1) * UINT64_C(0x9E3779B97F4A7C15);
        sums[at].names |= 1U << (n->midi % 12);
      }
    }
    if (began >= 0) {
      run[runs++] = ends - began;
      played += ends - began;
    }
  }
  for (size_t i = 0; begins && i < moments; ++i) {
    attacks += begins[i];
  }
  for (size_t i = 0; sums && i < bars; ++i) {
    same += i && sums[i].hash && sums[i].hash == sums[i - 1].hash;
    names += __builtin_popcount(sums[i].names);
  }
  values[KT_STAT_ATTACKS] = attacks / ((double)(to - from) / KT_PPQ);
  values[KT_STAT_PART_ATTACKS] = played > 0 ? notes / played : NOTHING;
  values[KT_STAT_REPEATED_BARS] = bars > 3 ? same / (double)(bars - 1) : NOTHING;
  values[KT_STAT_CLASSES] = bars ? names / (double)bars : NOTHING;
  values[KT_STAT_RUN_LONG] = run ? quantile(run, runs, 0.9) : NOTHING;
  values[KT_STAT_RUN] = run ? quantile(run, runs, 0.5) : NOTHING;
}

void kt_statistics(KtArena *scratch, const KtScore *score, const KtNote *lead, size_t lead_count, KtTick from,
                   KtTick to, double values[KT_STAT_COUNT]) {
  for (int s = 0; s < KT_STAT_COUNT; ++s) {
    values[s] = NOTHING;
  }
  if (to > from) {
    count_line(scratch, lead, lead_count, from, to, values);
    count_beats(scratch, score, from, to, values);
    count_attacks(scratch, score, from, to, values);
  }
}

static int by_start(const void *a, const void *b) {
  const KtNote *x = a, *y = b;
  return x->start != y->start ? (x->start < y->start ? -1 : 1) : y->midi - x->midi;
}

/// Whether it is said of each note who leads: an orchestrated score, in which an instrument now leads, now doubles.
static bool leads_by_note(const KtScore *score) {
  for (size_t p = 0; p < score->parts.count; ++p) {
    for (size_t i = 0; i < score->parts.items[p].notes.count; ++i) {
      if (score->parts.items[p].notes.items[i].leads) {
        return true;
      }
    }
  }
  return false;
}

const KtNote *kt_leading_line(KtArena *arena, const KtScore *score, size_t *count) {
  KT_ARRAY(KtNote) line = {0};
  bool by_note = leads_by_note(score);
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    size_t before = line.count;
    for (size_t i = 0; (by_note || part->role == KT_ROLE_LEAD) && i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      if (by_note && !n->leads) {
        continue;
      }
      bool free = true; // nobody leads within a beat of it
      for (size_t k = 0; k < before && free; ++k) {
        const KtNote *m = &line.items[k];
        free = n->start >= m->start + m->duration + KT_PPQ || n->start + n->duration + KT_PPQ <= m->start;
      }
      KtNote *kept = free ? kt_array_push(arena, &line) : NULL;
      if (kept) {
        *kept = *n;
      }
    }
  }
  if (line.count) {
    qsort(line.items, line.count, sizeof(KtNote), by_start);
  }
  size_t kept = 0;
  for (size_t i = 0; i < line.count; ++i) { // of a chord the highest
    if (!kept || line.items[i].start > line.items[kept - 1].start) {
      line.items[kept++] = line.items[i];
    }
  }
  *count = kept;
  return line.items;
}

/// Ranges that a palette names as its own, in place of the learned ones.
struct KtOwnNorms {
  char *palette;
  char **ignored; ///< statistics not held against anything
  unsigned ignored_count;
  KtNormRange *ranges;
  unsigned ranges_count;
};

enum { PTR = CYAML_FLAG_POINTER };
static const cyaml_schema_field_t RANGE_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtNormRange, id, 1, 32), CYAML_FIELD_FLOAT("low", 0, KtNormRange, low),
    CYAML_FIELD_FLOAT("middle", CYAML_FLAG_OPTIONAL, KtNormRange, middle),
    CYAML_FIELD_FLOAT("high", 0, KtNormRange, high), CYAML_FIELD_END};
static const cyaml_schema_value_t RANGE = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtNormRange, RANGE_FIELDS)};
static const cyaml_schema_field_t WINDOW_FIELDS[] = {
    CYAML_FIELD_FLOAT("seconds", 0, KtNormWindow, seconds), CYAML_FIELD_INT("windows", 0, KtNormWindow, windows),
    CYAML_FIELD_SEQUENCE("ranges", PTR, KtNormWindow, ranges, &RANGE, 1, KT_STAT_COUNT), CYAML_FIELD_END};
static const cyaml_schema_value_t WINDOW = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtNormWindow, WINDOW_FIELDS)};
static const cyaml_schema_value_t WINDOWS = {CYAML_VALUE_SEQUENCE(PTR, KtNormWindow, &WINDOW, 1, 32)};
static const cyaml_schema_value_t TEXT = {CYAML_VALUE_STRING(PTR, char *, 1, 32)};
static const cyaml_schema_field_t OWN_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("palette", PTR, struct KtOwnNorms, palette, 1, 32),
    CYAML_FIELD_SEQUENCE("ignored", PTR, struct KtOwnNorms, ignored, &TEXT, 0, KT_STAT_COUNT),
    CYAML_FIELD_SEQUENCE("ranges", PTR, struct KtOwnNorms, ranges, &RANGE, 0, KT_STAT_COUNT), CYAML_FIELD_END};
static const cyaml_schema_value_t OWN = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct KtOwnNorms, OWN_FIELDS)};
static const cyaml_schema_value_t OWNS = {CYAML_VALUE_SEQUENCE(PTR, struct KtOwnNorms, &OWN, 0, 64)};

KtStatus kt_norms_load(const KtContext *ctx, KtNorms *norms, KtError *err) {
  *norms = (KtNorms){0};
  KtStatus status = kt_data_load(ctx, "learned/windows.yaml", &WINDOWS, (void **)&norms->windows, &norms->windows_count, err);
  if (!status) {
    status = kt_data_load(ctx, "learned/palettes.yaml", &OWNS, (void **)&norms->own, &norms->own_count, err);
  }
  if (status) {
    kt_norms_free(norms);
  }
  return status;
}

void kt_norms_free(KtNorms *norms) {
  kt_data_free(&WINDOWS, norms->windows, norms->windows_count);
  kt_data_free(&OWNS, norms->own, norms->own_count);
  *norms = (KtNorms){0};
}

static const KtNormRange *find(const KtNormRange *ranges, unsigned count, const char *id) {
  for (unsigned i = 0; i < count; ++i) {
    if (!strcmp(ranges[i].id, id)) {
      return &ranges[i];
    }
  }
  return NULL;
}

/// The range a palette names as its own; `ignored` where it is not held against anything.
static const KtNormRange *own_range(const KtNorms *norms, const char *palette, const char *id, bool *ignored) {
  *ignored = false;
  for (unsigned i = 0; palette && i < norms->own_count; ++i) {
    const struct KtOwnNorms *own = &norms->own[i];
    for (unsigned k = 0; !strcmp(own->palette, palette) && k < own->ignored_count; ++k) {
      *ignored = *ignored || !strcmp(own->ignored[k], id);
    }
    const KtNormRange *range = strcmp(own->palette, palette) ? NULL : find(own->ranges, own->ranges_count, id);
    if (range) {
      return range;
    }
  }
  return NULL;
}

static float between(float a, float b, double where) {
  return a + (b - a) * (float)where;
}

/// Between two lengths that were counted, in proportion to the logarithm of the length.
static bool learned_range(const KtNorms *norms, double seconds, const char *id, KtNormRange *out) {
  const KtNormRange *below = NULL, *above = NULL;
  double low = 0, high = 0;
  for (unsigned i = 0; i < norms->windows_count; ++i) {
    const KtNormWindow *w = &norms->windows[i];
    const KtNormRange *range = find(w->ranges, w->ranges_count, id);
    if (range && (double)w->seconds <= seconds && (!below || (double)w->seconds > low)) {
      below = range;
      low = (double)w->seconds;
    }
    if (range && (double)w->seconds >= seconds && (!above || (double)w->seconds < high)) {
      above = range;
      high = (double)w->seconds;
    }
  }
  if (!below && !above) {
    return false;
  }
  below = below ? below : above;
  above = above ? above : below;
  double where = below != above && high > low ? log(seconds / low) / log(high / low) : 0;
  *out = (KtNormRange){below->id, between(below->low, above->low, where), between(below->middle, above->middle, where),
                       between(below->high, above->high, where)};
  return true;
}

bool kt_norm(const KtNorms *norms, const char *palette, double seconds, KtStatistic statistic, KtNormRange *out) {
  bool ignored = false;
  const KtNormRange *own = own_range(norms, palette, NAMES[statistic], &ignored);
  if (own && !ignored) {
    *out = *own;
  }
  return !ignored && (own || learned_range(norms, seconds, NAMES[statistic], out));
}
