// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Under a line the writing stands still: what moves where voices are is held from the bar's first tone, inner voices keep
// the tone they have until the chord leaves it, a tune of our own waits. Themes and hits stay, and so does the bass.
#include "compose/sketch.h"

/// Where the voices of the film are, MIDI.
enum { VOICES_LOW = 53, VOICES_HIGH = 86 };
/// Pauses shorter than this, seconds, do not end a line; before a line the writing has calmed for so long.
static const double PAUSE_S = 1.2, BEFORE_S = 0.25;
/// An inner tone that lasts so long under a line may move.
static const double SLOW_S = 1.6;

/// The line that a tick stands under; false where nobody speaks.
static bool line_at(const KtSketch *sketch, KtTick tick, KtTickSpan *line) {
  const KtFilm *film = sketch->desk->film;
  KtFilmTime at = sketch->cue->in + kt_tempo_time(&sketch->score->tempo, tick);
  KtFilmTime pause = kt_film_time(PAUSE_S), before = kt_film_time(BEFORE_S), from = 0, to = 0;
  bool any = false;
  for (size_t i = 0; film && i < film->speech.count; ++i) {
    const KtSpan *s = &film->speech.items[i];
    if (!any || s->start > to + pause) {
      if (any && at >= from - before && at < to) {
        break;
      }
      from = s->start;
    }
    any = true;
    to = s->end;
  }
  bool inside = any && at >= from - before && at < to;
  if (inside) {
    *line = (KtTickSpan){kt_tempo_tick(&sketch->score->tempo, from - sketch->cue->in),
                         kt_tempo_tick(&sketch->score->tempo, to - sketch->cue->in)};
  }
  return inside;
}

static bool stays(const KtSketch *sketch, KtCuePart part, const KtNote *n) {
  return n->statement >= 0 || n->hit || n->midi < VOICES_LOW || n->midi > VOICES_HIGH || kt_sketch_drawn(sketch, part, n->start);
}

/// Figures, pulses, counter-lines: from each bar the first tone, held.
static void hold_bars(KtSketch *sketch, KtCuePart part) {
  KtPart *p = &sketch->parts[part];
  size_t kept = 0;
  const KtCueBar *held = NULL;
  for (size_t i = 0; i < p->notes.count; ++i) {
    KtNote n = p->notes.items[i];
    KtTickSpan line;
    if (!stays(sketch, part, &n) && line_at(sketch, n.start, &line)) {
      const KtCueBar *bar = kt_sketch_bar(sketch, n.start);
      if (bar == held) {
        continue;
      }
      held = bar;
      KtTick end = kt_sketch_chord(sketch, n.start, NULL)->start + kt_sketch_chord(sketch, n.start, NULL)->duration;
      end = end < bar->end ? end : bar->end;
      n.duration = end > n.start + n.duration ? end - n.start : n.duration;
      n.accent = n.accent > 0 ? 0 : n.accent;
      n.articulation = n.articulation == KT_ART_TREMOLO ? KT_ART_TREMOLO : KT_ART_LONG;
    }
    p->notes.items[kept++] = n;
  }
  p->notes.count = kept;
}

/// An inner voice keeps its tone as long as the chord has it.
static void hold_voice(KtSketch *sketch, KtCuePart part) {
  KtPart *p = &sketch->parts[part];
  KtTick slow_least = 0;
  size_t kept = 0;
  for (size_t i = 0; i < p->notes.count; ++i) {
    KtNote n = p->notes.items[i];
    KtNote *before = kept ? &p->notes.items[kept - 1] : NULL;
    KtTickSpan line;
    KtTick gap = before ? n.start - before->start - before->duration : 0;
    slow_least = kt_sketch_seconds(sketch, n.start + n.duration, SLOW_S);
    bool near = before && gap >= 0 && gap <= kt_sketch_beat(sketch, n.start);
    bool fits = near && (before->midi == n.midi || (n.duration < slow_least && kt_in_chord(kt_sketch_chord(sketch, n.start, NULL), before->midi)));
    if (fits && !before->hit && !stays(sketch, part, &n) && line_at(sketch, n.start, &line)) {
      before->duration = n.start + n.duration - before->start;
      continue;
    }
    p->notes.items[kept++] = n;
  }
  p->notes.count = kept;
}

/// A tune of our own does not begin, nor go on, where somebody speaks.
static void wait_for_line(KtSketch *sketch, KtCuePart part) {
  KtPart *p = &sketch->parts[part];
  size_t kept = 0;
  for (size_t i = 0; i < p->notes.count; ++i) {
    KtNote n = p->notes.items[i];
    KtTickSpan line;
    if (stays(sketch, part, &n) || !line_at(sketch, n.start, &line)) {
      p->notes.items[kept++] = n;
    }
  }
  p->notes.count = kept;
}

void kt_sketch_under_words(KtSketch *sketch) {
  wait_for_line(sketch, KT_PART_LEAD);
  for (KtCuePart part = KT_PART_HARMONY_1; part <= KT_PART_HARMONY_4; ++part) {
    hold_voice(sketch, part);
  }
  static const KtCuePart moving[] = {KT_PART_COUNTER, KT_PART_FIGURE, KT_PART_PULSE, KT_PART_COLOUR};
  for (int i = 0; i < 4; ++i) {
    hold_bars(sketch, moving[i]);
  }
}
