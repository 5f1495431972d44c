// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The upbeat a cue may begin with: what is first heard on the downbeat is led into by step.
#include "compose/sketch.h"

enum { TONES_MOST = 4 };
static const double TONE_LEAST_S = 0.24; ///< quicker tones are a flourish

static const KtNote *on_downbeat(const KtPart *part, KtTick downbeat) {
  const KtNote *best = NULL;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    if (n->start >= downbeat && n->start < downbeat + KT_PPQ / 2 && (!best || n->midi > best->midi)) {
      best = n;
    }
  }
  return best;
}

/// The scale below a tone, nearest first; for a bass the fifth of its chord alone.
static int lead_in(const KtSketch *sketch, KtCuePart part, int goal, KtTick downbeat, int tones[TONES_MOST], int most) {
  KtKey key = sketch->sections.items[0].key;
  int count = 0;
  if (part == KT_PART_BASS) {
    tones[count++] = goal - 5 >= 28 ? goal - 5 : goal + 7;
    return count;
  }
  bool rises = sketch->bars.items[1].energy >= 0.3F || sketch->bars.items[1].turn > 0.6F;
  for (int p = goal + (rises ? -1 : 1); count < most && p > goal - 9 && p < goal + 9; p += rises ? -1 : 1) {
    if (kt_in_key(key, p) || kt_in_chord(kt_sketch_chord(sketch, downbeat, NULL), p)) {
      tones[count++] = p;
    }
  }
  return count;
}

/// From the cue's in to the downbeat: even tones, the first as long as is left over.
static void write(KtSketch *sketch, KtCuePart part, const int *tones, int count, KtTick downbeat, KtTick tone) {
  KtTick at = downbeat;
  for (int i = 0; i < count; ++i) {
    KtTick start = i + 1 == count ? 0 : at - tone;
    kt_sketch_note(sketch, part, start, at - start, tones[i], i || part == KT_PART_BASS ? KT_ART_LONG : KT_ART_LEGATO);
    at = start;
  }
}

void kt_sketch_upbeat(KtSketch *sketch) {
  static const KtCuePart order[] = {KT_PART_LEAD, KT_PART_COUNTER, KT_PART_HARMONY_1, KT_PART_HARMONY_2, KT_PART_BASS};
  KtTick downbeat = kt_metres_upbeat(&sketch->score->metres);
  if (downbeat <= 0 || sketch->bars.count < 2 || !sketch->sections.count) {
    return;
  }
  for (int part = 0; part < KT_CUE_PARTS; ++part) {
    kt_sketch_clear(sketch, (KtCuePart)part, 0, downbeat);
  }
  KtTick tone = kt_sketch_beat(sketch, 0) / 2;
  double second = kt_seconds(kt_tempo_time(&sketch->score->tempo, tone));
  tone = second < TONE_LEAST_S ? 2 * tone : tone;
  int most = (int)((downbeat + tone - 1) / tone);
  most = most > TONES_MOST ? TONES_MOST : most;
  bool written = false;
  for (size_t i = 0; i < sizeof(order) / sizeof(*order) && !written; ++i) {
    const KtNote *goal = on_downbeat(&sketch->parts[order[i]], downbeat);
    int tones[TONES_MOST];
    int count = goal ? lead_in(sketch, order[i], goal->midi, downbeat, tones, most) : 0;
    write(sketch, order[i], tones, count, downbeat, tone);
    written = count > 0;
  }
  if (!written) { // nothing stands on the downbeat: the fifth of its chord waits for it
    int index;
    kt_sketch_chord(sketch, downbeat, &index);
    int fifth = sketch->bass[index] + 7;
    write(sketch, KT_PART_BASS, &fifth, 1, downbeat, downbeat);
  }
}
