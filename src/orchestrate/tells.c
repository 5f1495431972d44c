// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What gives a machine away, each a number: loops, phrases of one length, all on the beat, one chord a bar, roots in the
// bass, tunes of chord tones, no rests, everybody always, the middle register all the time, like textures side by side, ends that stop.
#include "orchestrate/marks.h"

#include "ear/norms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A bar that comes again within so many seconds is a loop's.
static const double LOOP_S = 60;
/// The middle register: C3 to C5.
enum { MIDDLE_LOW = 48, MIDDLE_HIGH = 72 };

static double unit(double x) {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

/// What a bar holds, as it stands and whatever key it stands in; 0 where nothing begins.
typedef struct BarSum {
  KtTick start;
  uint64_t hash;
} BarSum;

static uint64_t stir(uint64_t sum, uint64_t what) {
  return sum + (what + 1) * UINT64_C(0x9E3779B97F4A7C15) % UINT64_C(0xFFFFFFFFFFFFFFC5);
}

/// Sums of the bars of all that sounds; intervals from each part's first tone in the bar, so that a transposed bar is like.
static size_t sum_bars(KtArena *scratch, const KtScore *score, BarSum **out) {
  size_t count = 0, most = (size_t)(score->end / KT_PPQ) + 2;
  BarSum *sums = KT_NEW(scratch, BarSum, most);
  size_t *place = KT_NEW(scratch, size_t, score->parts.count + 1);
  for (KtTick at = 0; sums && place && at < score->end && count < most; ++count) {
    KtTick end = kt_metres_bar_end(&score->metres, at);
    sums[count].start = at;
    for (size_t p = 0; p < score->parts.count; ++p) {
      const KtPart *part = &score->parts.items[p];
      int first = -1;
      for (; place[p] < part->notes.count && part->notes.items[place[p]].start < end; ++place[p]) {
        const KtNote *n = &part->notes.items[place[p]];
        first = first < 0 ? n->midi : first;
        uint64_t when = (uint64_t)((n->start - at + KT_PPQ / 24) / (KT_PPQ / 12));
        sums[count].hash = stir(sums[count].hash, (when * 256 + (uint64_t)(128 + n->midi - first)) * 64 + p);
      }
    }
    at = end;
  }
  *out = sums;
  return sums && place ? count : 0;
}

double kt_mark_loops(KtArena *scratch, const KtScore *score) {
  BarSum *sums = NULL;
  size_t count = sum_bars(scratch, score, &sums), again = 0, all = 0, row = 0, longest = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!sums[i].hash) {
      continue;
    }
    bool known = false;
    double now = kt_seconds(kt_tempo_time(&score->tempo, sums[i].start));
    for (size_t k = i; k-- > 0 && !known;) {
      double ago = now - kt_seconds(kt_tempo_time(&score->tempo, sums[k].start));
      known = ago <= LOOP_S && sums[k].hash == sums[i].hash;
    }
    again += known;
    ++all;
    row = known ? row + 1 : 0;
    longest = row > longest ? row : longest;
  }
  // four bars in a row that were heard within the minute are the end of it
  return all ? unit(1 - 2 * (double)again / (double)all - 0.25 * (double)longest) : 1;
}

static int by_length(const void *a, const void *b) {
  KtTick x = *(const KtTick *)a, y = *(const KtTick *)b;
  return (x > y) - (x < y);
}

/// Lengths between the breaths of the leading line: the share of the commonest.
double kt_mark_phrases(KtArena *scratch, const KtNote *lead, size_t count) {
  KtTick *lengths = KT_NEW(scratch, KtTick, count + 1), from = count ? lead[0].start : 0;
  size_t phrases = 0, most = 0, row = 0;
  for (size_t i = 0; lengths && i < count; ++i) {
    KtTick end = lead[i].start + lead[i].duration;
    bool last = i + 1 == count;
    if (last || lead[i].breath_after || lead[i + 1].start - end >= KT_PPQ / 2) {
      lengths[phrases++] = (end - from + KT_PPQ / 2) / KT_PPQ;
      from = last ? end : lead[i + 1].start;
    }
  }
  if (phrases < 4) {
    return 1;
  }
  qsort(lengths, phrases, sizeof(*lengths), by_length);
  for (size_t i = 0; i < phrases; ++i) {
    row = i && lengths[i] == lengths[i - 1] ? row + 1 : 1;
    most = row > most ? row : most;
  }
  return unit(1.5 - 1.5 * (double)most / (double)phrases);
}

/// Whether a tick stands on a beat of its bar.
static bool on_beat(const KtScore *score, KtTick at) {
  KtMetre metre = kt_metres_at(&score->metres, at);
  KtTick beat = kt_metre_beat_ticks(metre), off = (at - metre.tick) % beat;
  off = off < 0 ? off + beat : off;
  return off < KT_PPQ / 24 || beat - off < KT_PPQ / 24;
}

double kt_mark_offbeats(const KtScore *score) {
  double off = 0, all = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    for (size_t i = 0; i < part->notes.count; ++i) {
      off += !on_beat(score, part->notes.items[i].start);
      ++all;
    }
  }
  return all > 0 ? unit(off / all / 0.12) : 1; // an eighth of all notes between the beats is enough
}

double kt_mark_chord_pace(const KtScore *score) {
  double row = 0, longest = 0;
  for (size_t i = 0; i < score->chords.count; ++i) {
    const KtChord *c = &score->chords.items[i];
    bool bar = i > 0 && c->duration == c[-1].duration;
    double seconds = kt_seconds(kt_tempo_time(&score->tempo, c->start + c->duration) - kt_tempo_time(&score->tempo, c->start));
    row = bar ? row + seconds : seconds;
    longest = fmax(longest, row);
  }
  return unit(1.5 - longest / 60); // half a minute at one pace is a habit, a minute and a half a machine
}

double kt_mark_bass(const KtScore *score) {
  double roots = 0;
  for (size_t i = 0; i < score->chords.count; ++i) {
    const KtChord *c = &score->chords.items[i];
    roots += kt_spelling_class(c->root) == kt_spelling_class(c->bass);
  }
  return score->chords.count > 3 ? unit((1 - roots / (double)score->chords.count) / 0.15) : 1;
}

static const KtChord *chord_at(const KtScore *score, KtTick at) {
  for (size_t i = score->chords.count; i-- > 0;) {
    if (score->chords.items[i].start <= at) {
      return &score->chords.items[i];
    }
  }
  return NULL;
}

double kt_mark_tune(const KtScore *score, const KtNote *lead, size_t count) {
  double inside = 0, all = 0;
  for (size_t i = 0; i < count; ++i) {
    const KtChord *c = chord_at(score, lead[i].start);
    int classes[6], tones = c ? kt_chord_classes(c->quality, classes) : 0;
    bool in = false;
    for (int t = 0; t < tones; ++t) {
      in = in || (kt_spelling_class(c->root) + classes[t]) % 12 == lead[i].midi % 12;
    }
    inside += in;
    ++all;
  }
  return all >= 8 ? unit((1 - inside / all) / 0.15) : 1;
}

/// Parts that sound at a tick.
static int parts_at(const KtScore *score, KtTick at) {
  int count = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    bool on = false;
    for (size_t i = 0; i < part->notes.count && part->notes.items[i].start <= at && !on; ++i) {
      on = part->notes.items[i].start + part->notes.items[i].duration > at;
    }
    count += on;
  }
  return count;
}

static int by_count(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

double kt_mark_layers(KtArena *scratch, const KtScore *score) {
  size_t most = (size_t)(score->end / KT_PPQ) + 1, count = 0;
  int *parts = KT_NEW(scratch, int, most);
  for (KtTick at = KT_PPQ / 8; parts && at < score->end && count < most; at += KT_PPQ) {
    parts[count++] = parts_at(score, at);
  }
  if (count < 16) {
    return 1;
  }
  qsort(parts, count, sizeof(*parts), by_count);
  double low = parts[count / 10], high = parts[count - 1 - count / 10];
  return high > 1 ? unit((high - low) / high / 0.4) : 1; // two of five come and go
}

double kt_mark_rests(const KtScore *score, const KtNote *lead, size_t count) {
  double sung = 0;
  for (size_t i = 0; i < count; ++i) {
    sung += (double)lead[i].duration;
  }
  return count < 8 || score->end < 32 * KT_PPQ ? 1 : unit((1 - sung / (double)score->end) / 0.05);
}

double kt_mark_register(const KtScore *score) {
  double middle = 0, all = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    for (size_t i = 0; part->role != KT_ROLE_PERCUSSION && i < part->notes.count; ++i) {
      middle += part->notes.items[i].midi >= MIDDLE_LOW && part->notes.items[i].midi < MIDDLE_HIGH;
      ++all;
    }
  }
  return all > 0 ? unit((1 - middle / all) / 0.25) : 1;
}

double kt_mark_textures(const KtScore *score) {
  double same = 0;
  for (size_t i = 1; i < score->sections.count; ++i) {
    const char *a = score->sections.items[i - 1].texture, *b = score->sections.items[i].texture;
    same += a && b && *a && !strcmp(a, b);
  }
  return score->sections.count > 1 ? unit(1 - 2 * same / (double)(score->sections.count - 1)) : 1;
}

double kt_mark_ending(const KtScore *score) {
  double longest = 0;
  KtTick last = 0;
  for (int pass = 0; pass < 2; ++pass) {
    for (size_t p = 0; p < score->parts.count; ++p) {
      const KtPart *part = &score->parts.items[p];
      for (size_t i = 0; i < part->notes.count; ++i) {
        const KtNote *n = &part->notes.items[i];
        KtTick end = n->start + n->duration;
        last = pass ? last : end > last ? end : last;
        bool final = pass && end > last - KT_PPQ;
        double seconds = final ? kt_seconds(kt_tempo_time(&score->tempo, end) - kt_tempo_time(&score->tempo, n->start)) : 0;
        longest = fmax(longest, seconds);
      }
    }
  }
  return unit(longest / 1.2); // something rings on
}
