// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Dynamics as arcs with goals: phrase by phrase a rise and a fall around what the moment asks, hairpins
// into swells and joints, an entry out of nothing, an end.
#include "compose/beyond.h"
#include "compose/sketch.h"

#include <math.h>

/// A theme's head in an entry out of nothing sounds at least at this share of the level to come.
static const float HEAD_SHARE = 0.7F;
/// What accompanies it begins at this share: softly, but it is there.
static const float STEALS_SHARE = 0.3F;

/// A part above or below the whole: in a piano by less than in a forte, or it would not be heard.
static float placed(float whole, float offset) {
  return offset > 0 ? whole + offset : whole + offset * fminf(1.0F, whole / 0.45F);
}

static float offset_of(KtCuePart part) {
  static const float offsets[KT_CUE_PARTS] = {
      [KT_PART_LEAD] = 0.09F,       [KT_PART_COUNTER] = -0.02F,   [KT_PART_HARMONY_1] = -0.08F,
      [KT_PART_HARMONY_2] = -0.09F, [KT_PART_HARMONY_3] = -0.09F, [KT_PART_HARMONY_4] = -0.08F,
      [KT_PART_BASS] = -0.04F,      [KT_PART_FIGURE] = -0.1F,     [KT_PART_PULSE] = -0.08F,
      [KT_PART_COLOUR] = -0.12F,    [KT_PART_TIMPANI] = -0.02F,   [KT_PART_CYMBAL] = -0.04F,
      [KT_PART_DRUM] = -0.02F};
  return offsets[part];
}

/// What the moment asks of the whole: arousal first, energy beside it, less under words.
static float asked(const KtSketch *sketch, KtTick tick) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  const KtHabits *habits = sketch->lore.habits;
  const KtCueBar *bar = kt_sketch_bar(sketch, tick);
  const KtCueSection *s = &sketch->sections.items[bar->section];
  float arousal = 0.5F * bar->emotion.arousal + 0.5F * s->emotion.arousal;
  float level = kt_curve(lore->level, lore->level_count, arousal) + 0.22F * (bar->energy - 0.45F);
  level += kt_fear(lore, &s->emotion) * lore->fear.level + kt_anger(lore, &s->emotion) * lore->anger.level;
  level -= s->reserve;
  float words = bar->words > 1 ? 1 : bar->words;
  level *= 1.0F - words * (1.0F - lore->words_level);
  return kt_clamp(level, habits->level_min, habits->level_max);
}

static void point(KtSketch *sketch, KtCuePart part, KtTick tick, float level) {
  KtDynamic *d = kt_array_push(sketch->score->arena, &sketch->parts[part].dynamics);
  if (d) {
    *d = (KtDynamic){tick, kt_clamp(level, 0, 1)};
  }
}

/// A summit and how it is reached.
typedef struct Summit {
  KtTick from, at, after;
  float rise;
} Summit;

static bool in_summit(const Summit *summits, int count, KtTick tick) {
  for (int i = 0; i < count; ++i) {
    if (tick >= summits[i].from && tick <= summits[i].after) {
      return true;
    }
  }
  return false;
}

static int find_summits(KtSketch *sketch, Summit *out, int most) {
  int count = 0;
  for (size_t i = 0; i < sketch->score->hits.count && count < most; ++i) {
    const KtScoreHit *at = &sketch->score->hits.items[i];
    const KtHit *hit = &sketch->desk->spotting->hits.items[at->hit];
    KtTick rise = kt_sketch_seconds(sketch, at->tick, 2.4);
    KtTick from = at->tick > rise ? at->tick - rise : 0;
    if (hit->kind == KT_HIT_SWELL && at->tick > 0 && !in_summit(out, count, from)) {
      out[count++] = (Summit){from, at->tick, at->tick + KT_PPQ, 0.1F + 0.14F * hit->weight};
    }
  }
  for (size_t i = 0; i + 1 < sketch->sections.count && count < most; ++i) {
    const KtCueSection *s = &sketch->sections.items[i];
    KtTick rise = kt_sketch_seconds(sketch, s->end, 2.6);
    KtTick from = s->end - rise > s->start ? s->end - rise : s->start;
    if (s->join == KT_JOIN_SWELL && !in_summit(out, count, from) && !in_summit(out, count, s->end)) {
      out[count++] = (Summit){from, s->end, s->end + KT_PPQ / 2, 0.12F};
    }
  }
  for (size_t i = 0; i < sketch->drawn.count && count < most; ++i) {
    const KtDrawn *d = &sketch->drawn.items[i];
    KtTick top = d->end - kt_sketch_beat(sketch, d->end - 1);
    if (d->grows && !in_summit(out, count, d->start) && !in_summit(out, count, top)) {
      out[count++] = (Summit){d->start, top, d->end, sketch->lore.beyond->crescendo};
    }
  }
  return count;
}

/// How far a phrase rises and falls against an ordinary one: fear is soft with outbreaks.
static float swings(const KtSketch *sketch, KtTick tick) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  const KtEmotion *e = &sketch->sections.items[kt_sketch_bar(sketch, tick)->section].emotion;
  return 1.0F + kt_fear(lore, e) * lore->fear.swings + kt_anger(lore, e) * lore->anger.swings;
}

static void arcs(KtSketch *sketch, KtCuePart part, const Summit *summits, int count, KtTick from,
                 KtTick to) {
  float offset = offset_of(part);
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    KtTick peak = p->start + (p->end - p->start) * 3 / 5, end = p->end - KT_PPQ / 4;
    float arch = part == KT_PART_LEAD || part == KT_PART_COUNTER ? 0.06F : 0.03F;
    const KtTick ticks[3] = {p->start, peak, end};
    float swing = swings(sketch, p->start);
    const float adds[3] = {-0.02F * swing, arch * swing, -0.03F * swing};
    for (int k = 0; k < 3; ++k) {
      if (ticks[k] >= from && ticks[k] <= to && !in_summit(summits, count, ticks[k])) {
        point(sketch, part, ticks[k], placed(asked(sketch, ticks[k]), offset) + adds[k]);
      }
    }
  }
  for (int i = 0; i < count; ++i) {
    const Summit *s = &summits[i];
    if (s->from < from || s->after > to) {
      continue;
    }
    bool rolled = part == KT_PART_CYMBAL || part == KT_PART_TIMPANI;
    float level = placed(asked(sketch, s->at), offset);
    point(sketch, part, s->from, rolled ? 0.12F : placed(asked(sketch, s->from), offset) - 0.03F);
    point(sketch, part, s->at, level + s->rise);
    point(sketch, part, s->after, level);
  }
}

/// Whether a theme begins while the cue still steals in: its head must be heard.
static bool states_before(const KtSketch *sketch, KtTick tick) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    if (sketch->placed.items[i].part == KT_PART_LEAD && sketch->placed.items[i].notes.record.start < tick) {
      return true;
    }
  }
  return false;
}

void kt_sketch_dynamics(KtSketch *sketch) {
  Summit summits[64];
  int count = find_summits(sketch, summits, 64);
  KtTick end = sketch->sound_end;
  double length = kt_seconds(sketch->cue->out - sketch->cue->in);
  bool sneak = sketch->cue->entry == KT_ENTRY_SNEAK_IN || sketch->cue->entry == KT_ENTRY_AFTER_LINE;
  double in_s = sketch->cue->entry == KT_ENTRY_SNEAK_IN ? 2.2 : 0.8;
  in_s = in_s > length / 4 ? length / 4 : in_s;
  KtTick entered = sneak ? kt_sketch_seconds(sketch, 0, in_s) : 0;
  KtTick leaving = end;
  if (sketch->cue->exit == KT_EXIT_FADE_UNDER) {
    leaving = end - kt_sketch_seconds(sketch, end, length > 16 ? 4.0 : length / 4);
  } else if (sketch->cue->exit == KT_EXIT_RING_OFF) {
    leaving = end - kt_sketch_seconds(sketch, end, length > 6 ? 1.8 : length / 4);
  }
  leaving = leaving < entered ? entered : leaving;
  for (int part = 0; part < KT_CUE_PARTS; ++part) {
    float offset = offset_of((KtCuePart)part);
    if (sneak) {
      bool head = part == KT_PART_LEAD && states_before(sketch, entered);
      float share = head ? HEAD_SHARE : STEALS_SHARE;
      point(sketch, (KtCuePart)part, 0, share * placed(asked(sketch, entered), head ? 0 : offset));
    }
    point(sketch, (KtCuePart)part, entered, placed(asked(sketch, entered), offset));
    arcs(sketch, (KtCuePart)part, summits, count, entered + 1, leaving - 1);
    float last = placed(asked(sketch, leaving > 0 ? leaving - 1 : 0), offset);
    if (leaving > entered) {
      point(sketch, (KtCuePart)part, leaving, last);
    }
    if (leaving < end) {
      point(sketch, (KtCuePart)part, end, sketch->cue->exit == KT_EXIT_FADE_UNDER ? 0.0F : 0.45F * last);
    }
  }
}
