// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tension is steered, not hoped for: what the written notes measure (spiral array, loudness, density) is
// held against the arc span by span; tones of the accompaniment move by a step or so into dissonance or
// out of it, then the dynamics give what is left.
#include "compose/harmony.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ALTERED_MOST = 8, FARTHEST = 4 };
/// Harmony's share of all that is measured (ear/tension.c).
static const double HARMONY_FULL = 0.62;

typedef struct Span {
  KtTick start, end;
  double seconds;
  KtKey key;
  float meant;   ///< intended tension
  float valence; ///< intended
  double wanted; ///< total to be measured
  double width, strain; ///< of harmony, wanted
  KtHeard heard;
  KtTones tones;
} Span;

typedef struct Steering {
  KtSketch *sketch;
  float usual; ///< mean intended tension of the cue
  double swing; ///< how much more than the arc harmony swings
  KT_ARRAY(Span) spans;
} Steering;

static void listen(Steering *st, Span *span) {
  span->tones = (KtTones){{0}};
  span->heard = kt_heard_between(st->sketch->parts, KT_CUE_PARTS, span->start, span->end, span->seconds, span->key,
                                 &span->tones);
}

static void add_span(Steering *st, KtTick start, KtTick end) {
  KtSketch *sketch = st->sketch;
  Span *span = kt_array_push(sketch->arena, &st->spans);
  if (!span) {
    return;
  }
  KtFilmTime from = kt_tempo_time(&sketch->score->tempo, start), to = kt_tempo_time(&sketch->score->tempo, end);
  *span = (Span){.start = start, .end = end, .seconds = fmax(0.05, kt_seconds(to - from)),
                 .key = kt_sketch_chord(sketch, start, NULL)->key};
  KtEmotion felt = kt_story_mean(sketch->desk->story, sketch->cue->in + from, sketch->cue->in + to);
  span->meant = felt.tension;
  span->valence = felt.valence;
  listen(st, span);
}

/// Bars, cut where the chord changes.
static void make_spans(Steering *st) {
  KtSketch *sketch = st->sketch;
  for (size_t b = 0; b < sketch->bars.count; ++b) {
    KtTick at = sketch->bars.items[b].start, end = sketch->bars.items[b].end;
    end = end < sketch->sound_end ? end : sketch->sound_end;
    while (at < end) {
      const KtChord *chord = kt_sketch_chord(sketch, at, NULL);
      KtTick to = chord->start + chord->duration;
      to = to > at && to < end ? to : end;
      add_span(st, at, to);
      at = to;
    }
  }
}

/// Where a span's tension stands among the others', -0.5 lowest to 0.5.
static double standing(const Steering *st, const Span *span) {
  double below = 0, length = 0;
  for (size_t i = 0; i < st->spans.count; ++i) {
    const Span *s = &st->spans.items[i];
    below += s->meant < span->meant ? s->seconds : s->meant > span->meant ? 0 : s->seconds / 2;
    length += s->seconds;
  }
  return below / length - 0.5;
}

/// What each span is to measure: around the cue's own loudness and density, and harmony as tense as the
/// cue is among all music; from there as far as the arc is from its mean.
static void set_wanted(Steering *st) {
  const KtEmotionLore *lore = st->sketch->lore.emotion;
  const KtHarmonyLore *harmony = st->sketch->lore.harmony;
  double whole = 0, width = 0, strain = 0, meant = 0, length = 0;
  float low = 1, high = 0;
  for (size_t i = 0; i < st->spans.count; ++i) {
    const Span *s = &st->spans.items[i];
    whole += kt_tension_of(&s->heard) * s->seconds;
    width += s->heard.width * s->seconds;
    strain += s->heard.strain * s->seconds;
    meant += (double)s->meant * s->seconds;
    length += s->seconds;
    low = fminf(low, s->meant);
    high = fmaxf(high, s->meant);
  }
  st->usual = (float)(meant / length);
  double swing = st->swing = kt_harmony_contrast(&harmony->wish, high - low);
  double ideal = (double)kt_curve(lore->harmony_tension, lore->harmony_tension_count, (float)(meant / length));
  bool moves = high - low > harmony->wish.flat;
  double more = (double)(moves ? harmony->bend.ideal : harmony->bend.ideal_flat) * (ideal / HARMONY_FULL - (0.55 * width + 0.45 * strain) / length);
  for (size_t i = 0; i < st->spans.count && length > 0; ++i) {
    Span *s = &st->spans.items[i];
    // mostly by how tense it is, a little by its place in the order, so that a slow ebb is heard too
    double off = (double)lore->tension_slope *
                 (0.75 * ((double)s->meant - meant / length) + 0.35 * (double)(high - low) * standing(st, s));
    s->width = fmin(1, fmax(0.3, width / length + more + swing * off));
    // where the arc is flat the key is not left for tension's sake
    s->strain = fmin(1, fmax(0.05, strain / length + (moves ? more : fmin(more, 0)) + swing * off));
    if (!moves) { // what stands out is smoothed; a plain chord is not roughened to be as the others
      s->width = fmin(s->width, s->heard.width);
      s->strain = fmin(s->strain, s->heard.strain);
    }
    s->wanted = whole / length + HARMONY_FULL * more + off;
  }
}

/// A tone of one part that may move: all its notes of that pitch inside the span.
typedef struct Move {
  KtCuePart part;
  int from, to;
} Move;

static bool movable(const KtSketch *sketch, KtCuePart part, const KtNote *note, const Span *span) {
  return note->statement < 0 && !note->hit && !kt_sketch_drawn(sketch, part, note->start) && note->start < span->end && note->start + note->duration > span->start;
}

/// Whether a tone would rub the tune: beside it always, an octave away only where it is calm.
static bool lead_clash(const KtSketch *sketch, const Span *span, int pitch) {
  const KtPart *lead = &sketch->parts[KT_PART_LEAD];
  for (size_t i = 0; i < lead->notes.count; ++i) {
    const KtNote *n = &lead->notes.items[i];
    int off = abs(n->midi - pitch);
    if (n->start < span->end && n->start + n->duration > span->start && (off <= 2 || (span->meant < sketch->lore.harmony->bend.rubs_from && (off % 12 == 1 || off % 12 == 11)))) {
      return true;
    }
  }
  return false;
}

/// How far harmony would be off what is wanted with a tone moved.
static double tried(const Steering *st, const Span *span, const Move *move) {
  const KtSketch *sketch = st->sketch;
  const KtPart *part = &sketch->parts[move->part];
  KtTones tones = span->tones;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    if (n->midi != move->from || !movable(sketch, move->part, n, span)) {
      continue;
    }
    KtTick start = n->start > span->start ? n->start : span->start;
    KtTick end = n->start + n->duration < span->end ? n->start + n->duration : span->end;
    double weight = (double)(end - start) * (0.2 + (double)kt_part_level(part, start));
    tones.weight[n->midi % 12] -= weight;
    tones.weight[move->to % 12] += weight;
  }
  for (int i = 0; i < 12; ++i) {
    tones.weight[i] = tones.weight[i] < 1e-6 ? 0 : tones.weight[i];
  }
  return kt_harmony_off(&tones, span->key, span->width, span->strain);
}

/// Notes that reach over the span's ends are cut there; what lies inside moves.
static void apply(Steering *st, const Span *span, const Move *move) {
  KtSketch *sketch = st->sketch;
  KtPart *part = &sketch->parts[move->part];
  size_t count = part->notes.count;
  for (size_t i = 0; i < count; ++i) {
    KtNote note = part->notes.items[i];
    if (note.midi != move->from || !movable(sketch, move->part, &note, span)) {
      continue;
    }
    KtTick end = note.start + note.duration;
    KtNote inside = note;
    inside.start = note.start > span->start ? note.start : span->start;
    inside.duration = (end < span->end ? end : span->end) - inside.start;
    inside.midi = (int8_t)move->to;
    inside.spelling = kt_score_spell(sketch->score, inside.start, move->to);
    if (note.start < span->start) {
      part->notes.items[i].duration = span->start - note.start;
      part->notes.items[i].breath_after = false;
      inside.articulation = note.articulation == KT_ART_TREMOLO ? KT_ART_TREMOLO : KT_ART_LEGATO;
      KtNote *cut = kt_array_push(sketch->score->arena, &part->notes);
      if (cut) {
        *cut = inside;
      }
    } else {
      part->notes.items[i] = inside;
    }
    KtNote *rest = end > span->end ? kt_array_push(sketch->score->arena, &part->notes) : NULL;
    if (rest) {
      *rest = note;
      rest->start = span->end;
      rest->duration = end - span->end;
      rest->articulation = note.articulation == KT_ART_TREMOLO ? KT_ART_TREMOLO : KT_ART_LEGATO;
    }
  }
}

static int sounding(const KtPart *part, KtTick at) {
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    if (n->start <= at && n->start + n->duration > at) {
      return n->midi;
    }
  }
  return -1;
}

/// Whether a voice moved at one tick would run in fifths or octaves with the bass from or to another outside the span.
static bool runs(const KtSketch *sketch, const Move *move, KtTick moved, KtTick at) {
  const KtPart *own = &sketch->parts[move->part], *bass = &sketch->parts[KT_PART_BASS];
  int here = sounding(bass, moved);
  int there = sounding(own, at), bass_there = sounding(bass, at);
  return here > 0 && there > 0 && bass_there > 0 && kt_parallel_motion(there, move->to, bass_there, here);
}

static bool parallel(const KtSketch *sketch, const Span *span, const Move *move) {
  if (move->part < KT_PART_HARMONY_1 || move->part > KT_PART_HARMONY_4) {
    return false;
  }
  int index;
  const KtChord *chord = kt_sketch_chord(sketch, span->start, &index);
  bool first = index == 0, last = index + 1 == (int)sketch->chords.count;
  return runs(sketch, move, span->start, span->start - 1) || runs(sketch, move, span->end - 1, span->end) ||
         (!first && runs(sketch, move, chord->start, chord[-1].start)) ||
         (!last && runs(sketch, move, chord->start, chord[1].start));
}

/// Whether a tone may go there: open enough below, not through another voice of the accompaniment.
static bool allowed(const KtSketch *sketch, const Span *span, const Move *move) {
  if (move->to < 43 || lead_clash(sketch, span, move->to) || parallel(sketch, span, move)) {
    return false;
  }
  for (int p = KT_PART_HARMONY_1; p <= KT_PART_BASS; ++p) {
    const KtPart *other = &sketch->parts[p];
    for (size_t i = 0; i < other->notes.count; ++i) {
      const KtNote *n = &other->notes.items[i];
      if (n->start >= span->end || n->start + n->duration <= span->start || (p == (int)move->part && n->midi == move->from)) {
        continue;
      }
      int low = n->midi < move->to ? n->midi : move->to, high = n->midi < move->to ? move->to : n->midi;
      bool crossed = (n->midi > move->from) != (n->midi > move->to);
      if (crossed || !kt_open_enough(low, high) || n->midi == move->to) {
        return false;
      }
    }
  }
  return true;
}

/// Whether a tone foreign to the chord may come in: a little tension takes it from the key, much from anywhere.
static bool bites(const Steering *st, const Span *span, int pitch) {
  const KtEmotionLore *lore = st->sketch->lore.emotion;
  float from = kt_in_key(span->key, pitch) ? lore->foreign_from : lore->bite_from;
  float here = span->meant + 0.6F * (span->meant - st->usual); // in a calm cue a little is much
  return here >= from;
}

/// Whether a note is held to where it is by what a seventh or a leading tone wants: it is one, or it resolves one.
/// Where it is very tense they may be left.
static bool tends(const KtSketch *sketch, KtCuePart part, const KtNote *note, const Span *span) {
  int index;
  const KtChord *chord = kt_sketch_chord(sketch, note->start > span->start ? note->start : span->start, &index);
  if (part > KT_PART_BASS || span->meant >= sketch->lore.harmony->bend.hanging_from) {
    return false;
  }
  int before = index ? sounding(&sketch->parts[part], chord->start - 1) : -1;
  int wants = before > 0 ? kt_tendency(chord - 1, before) : 0;
  return kt_tendency(chord, note->midi) || (wants && kt_resolves(wants, before, note->midi));
}

/// The one move that brings harmony nearest to what it should be; false where none is worth it.
static bool best_move(const Steering *st, const Span *span, Move *best) {
  const KtSketch *sketch = st->sketch;
  const KtBendLore *bend = &sketch->lore.harmony->bend;
  const KtChord *chord = kt_sketch_chord(sketch, span->start, NULL);
  double least = kt_harmony_off(&span->tones, span->key, span->width, span->strain) - (double)bend->worth;
  bool up = span->width > span->heard.width || span->strain > span->heard.strain, found = false;
  for (int p = KT_PART_COUNTER; p <= KT_PART_COLOUR; ++p) {
    const KtPart *part = &sketch->parts[p];
    bool seen[128] = {false};
    for (size_t i = 0; p != KT_PART_BASS && i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      if (!movable(sketch, (KtCuePart)p, n, span) || seen[n->midi] || tends(sketch, (KtCuePart)p, n, span)) {
        continue;
      }
      seen[n->midi] = true;
      for (int by = -FARTHEST; by <= FARTHEST; ++by) {
        Move move = {(KtCuePart)p, n->midi, n->midi + by};
        if (!by || (!kt_in_chord(chord, move.to) && (!up || !bites(st, span, move.to))) ||
            !allowed(sketch, span, &move)) {
          continue;
        }
        double lost = (double)(kt_mode_worth(span->key, n->midi, span->valence) - kt_mode_worth(span->key, move.to, span->valence));
        double cost = (double)bend->mode * lost / (st->swing * st->swing) + tried(st, span, &move) + 0.004 * abs(by) + (p >= KT_PART_FIGURE ? 0.006 : 0);
        if (cost < least) {
          least = cost;
          *best = move;
          found = true;
        }
      }
    }
  }
  return found;
}

static void bend(Steering *st) {
  bool rings = st->sketch->cue->exit == KT_EXIT_RING_OFF; // then the last chord stands as it was meant
  for (size_t i = 0; i + (rings ? 1 : 0) < st->spans.count; ++i) {
    Span *span = &st->spans.items[i];
    for (int times = 0; times < ALTERED_MOST; ++times) {
      Move move = {KT_PART_BASS, 0, 0};
      if (!best_move(st, span, &move)) {
        break;
      }
      apply(st, span, &move);
      listen(st, span);
    }
  }
}

/// What the spans around a tick still lack, as a share of their loudness.
static double lack_at(const Steering *st, KtTick tick, double reach) {
  double lack = 0, weight = 0;
  for (size_t i = 0; i < st->spans.count; ++i) {
    const Span *s = &st->spans.items[i];
    double middle = (double)(s->start + s->end) / 2;
    double near = exp(-pow(((double)tick - middle) / reach, 2)) * s->seconds;
    lack += near * (s->wanted - kt_tension_of(&s->heard)) / fmax(0.05, 0.14 * s->heard.level * (1 - s->heard.level));
    weight += near;
  }
  return weight > 0 ? lack / weight : 0;
}

/// How far dynamics go up or down at a tick. What the whole cue lacks is not made up: how loud it is,
/// the moment decides.
static float yield_at(const Steering *st, KtTick tick, double whole) {
  float share = (float)(lack_at(st, tick, 4.0 * KT_PPQ) - whole);
  float yield = st->sketch->lore.harmony->bend.yield;
  share = share > 0 && kt_sketch_bar(st->sketch, tick)->words > 0.2F ? 0 : share;
  return kt_clamp(share, -yield, yield);
}

static void lean(const Steering *st) {
  const KtHabits *habits = st->sketch->lore.habits;
  double whole = lack_at(st, 0, 1e9);
  for (int p = 0; p < KT_CUE_PARTS; ++p) {
    KtPart *part = &st->sketch->parts[p];
    for (size_t i = 0; part->notes.count && i < part->dynamics.count; ++i) {
      KtDynamic *d = &part->dynamics.items[i];
      d->level = kt_clamp(d->level * (1.0F + yield_at(st, d->tick, whole)), 0, habits->level_max + 0.05F);
    }
  }
}

void kt_sketch_steer(KtSketch *sketch) {
  Steering st = {.sketch = sketch};
  for (int p = 0; p < KT_CUE_PARTS; ++p) {
    KtPart *part = &sketch->parts[p];
    part->role = kt_cue_part_role((KtCuePart)p);
    for (size_t i = 0; i < part->notes.count; ++i) {
      KtNote *n = &part->notes.items[i];
      n->spelling = kt_score_spell(sketch->score, n->start, n->midi);
    }
  }
  make_spans(&st);
  set_wanted(&st);
  bend(&st);
  lean(&st);
}
