// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Inner voices as notes: common tones are held, voices enter one after another, some arrive late
// (suspensions), and at some joints all breathe.
#include "compose/sketch.h"

/// A tone held so long may turn.
static const double TURN_LEAST_S = 2.6;
/// A tone common to two chords is taken anew after so long.
static const double TIED_MOST_S = 4.5;
/// From this arousal on a struck chord is struck hard; below it is leant on.
static const float HARD_FROM = 0.45F;
/// How often a voice breathes at the end of a chord, times the liking for rests.
static const double BREATHES = 1.0;

/// How often an inner voice that could turn does, before the palette's liking for it.
static const double TURNS = 0.55;
/// From this liking on the highest and the lowest of them turn too.
static const double OUTER_TURN = 0.3;

static KtNote *last_note(KtSketch *sketch, KtCuePart part) {
  KtPart *p = &sketch->parts[part];
  return p->notes.count ? &p->notes.items[p->notes.count - 1] : NULL;
}

static bool may_tie(const KtSketch *sketch, const KtNote *before, KtTick start, int pitch,
                    const KtCueSection *s) {
  if (!before || before->midi != pitch || before->start + before->duration != start) {
    return false;
  }
  bool joint = start == s->start;
  if (joint && s[-1].join != KT_JOIN_COMMON && s[-1].join != KT_JOIN_PEDAL) {
    return false;
  }
  double held = kt_seconds(kt_tempo_time(&sketch->score->tempo, start) -
                           kt_tempo_time(&sketch->score->tempo, before->start));
  return held < TIED_MOST_S;
}

/// How a bar is struck: once, early and held, or held and late. All voices strike alike.
typedef enum Blows { ONCE, EARLY, LATE, BLOWS } Blows;

/// A blow is short, and hard only in hard music: what lasts a bar, or is mild, is leant on instead.
static void strike(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end, int pitch, Blows blows, bool hard) {
  for (KtTick at = start; at < end;) {
    const KtCueBar *bar = kt_sketch_bar(sketch, at);
    KtTick beat = kt_sketch_beat(sketch, at);
    KtTick middle = blows == EARLY ? bar->start + beat : bar->end - beat;
    KtTick to = blows != ONCE && at < middle && middle - at >= beat ? middle : bar->end;
    to = to < end ? to : end;
    bool blow = hard && at == start && to - at <= 2 * beat;
    KtNote *note = kt_sketch_note(sketch, part, at, to - at, pitch, blow ? KT_ART_MARCATO : KT_ART_TENUTO);
    if (note) {
      note->accent = at == start ? 0.25F : 0;
    }
    at = to;
  }
}

/// Where an inner voice leaves a long tone for its neighbour; 0 where it does not.
static KtTick turns(const KtSketch *sketch, int voice, KtTick start, KtTick end, float words, KtRng *rng) {
  double turn = (double)sketch->lore.habits->turn;
  KtTick beat = kt_sketch_beat(sketch, start), least = kt_sketch_seconds(sketch, start, TURN_LEAST_S * (1 - 0.5 * turn));
  bool outer = (voice == 0 || voice == 3) && turn < OUTER_TURN;
  double chance = kt_rng_unit(rng);
  KtTick late = (KtTick)kt_rng_int(rng, 1, 2);
  if (outer || end - start < least || end - start < 4 * beat || words > 0.2F ||
      chance > TURNS + turn) {
    return 0;
  }
  return start + (end - start) / (2 * beat) * beat + (late - 1) * beat;
}

/// The step of the scale above or below that is not too near another tone of the chord; the tone itself where none.
static int neighbour(const KtSketch *sketch, int index, int pitch) {
  KtKey key = sketch->chords.items[index].key;
  static const int ways[] = {2, 1, -1, -2};
  for (int i = 0; i < 4; ++i) {
    int to = pitch + ways[i];
    bool free = kt_in_key(key, to) && !kt_in_chord(&sketch->chords.items[index], to);
    for (int v = 0; v < 4; ++v) {
      int other = sketch->voices[index][v];
      free = free && (other <= 0 || other == pitch || to - other > 1 || other - to > 1);
    }
    if (free) {
      return to;
    }
  }
  return pitch;
}

/// Voice by voice: chord `index` between two ticks.
static void sound_voice(KtSketch *sketch, int index, int voice, KtTick start, KtTick end,
                        const KtCuePhrase *p, Blows blows, KtInner inner, KtRng *rng) {
  const KtCueSection *s = &sketch->sections.items[p->section];
  KtCuePart part = (KtCuePart)(KT_PART_HARMONY_1 + voice);
  int pitch = sketch->voices[index][voice];
  KtTick beat = kt_sketch_beat(sketch, start);
  double chance = kt_rng_unit(rng);
  float words = kt_sketch_bar(sketch, start)->words;
  KtNote *before = last_note(sketch, part);
  if (s->texture->harmony == KT_STRUCK && words < 0.2F) {
    strike(sketch, part, start, end, pitch, blows, s->emotion.arousal >= HARD_FROM);
    return;
  }
  if (kt_sketch_inner_voice(sketch, inner, index, voice, start, end)) {
    return;
  }
  if (may_tie(sketch, before, start, pitch, s) && (s->texture->harmony != KT_CHORALE || chance < 0.4)) {
    before->duration = (end < sketch->sound_end ? end : sketch->sound_end) - before->start;
    return;
  }
  bool joined = before && before->start + before->duration == start;
  int fall = joined ? before->midi - pitch : 0;
  bool suspend = (fall == 1 || fall == 2) && end - start >= 3 * beat && chance < 0.22 && start != s->start &&
                 !before->hit && words < 0.3F && s->texture->harmony != KT_STRUCK;
  if (suspend) {
    before->duration += beat;
    start += beat;
  }
  // players breathe one by one, not all at the bar line
  KtTick breath = kt_rng_unit(rng) < BREATHES * (double)sketch->lore.habits->rest && words < 0.2F && end - start >= 3 * beat ? beat : 0;
  end -= s->texture->harmony == KT_HELD ? breath : 0;
  KtTick turn = turns(sketch, voice, start, end, words, rng);
  bool tremble = s->emotion.tension > sketch->lore.emotion->tremolo_from &&
                 s->texture->harmony == KT_HELD && voice < 2;
  bool slur = joined && before->midi != pitch && s->texture->harmony != KT_STRUCK;
  int beside = turn && !tremble ? neighbour(sketch, index, pitch) : pitch;
  if (beside != pitch) { // a slow turn inside what is held
    kt_sketch_note(sketch, part, start, turn - start, pitch, slur ? KT_ART_LEGATO : KT_ART_LONG);
    kt_sketch_note(sketch, part, turn, beat, beside, KT_ART_LEGATO);
    kt_sketch_note(sketch, part, turn + beat, end - turn - beat, pitch, KT_ART_LEGATO);
    return;
  }
  kt_sketch_note(sketch, part, start, end - start, pitch,
                 tremble ? KT_ART_TREMOLO : slur ? KT_ART_LEGATO : KT_ART_LONG);
}

static int voices_in(const KtSketch *sketch, const KtCuePhrase *p, int index) {
  int voices = 0;
  while (voices < 4 && sketch->voices[index][voices] > 0) {
    ++voices;
  }
  float words = sketch->bars.items[p->first].words;
  int most = words > 0.6F ? 2 : words > 0.3F ? 3 : 4; // room for the voices of the film
  return voices > most ? most : voices;
}

static void sound_phrase(KtSketch *sketch, const KtCuePhrase *p, bool entering, KtRng *rng) {
  const KtCueSection *s = &sketch->sections.items[p->section];
  bool stagger = entering && s->texture->harmony == KT_HELD && s->energy < 0.55F &&
                 sketch->bars.items[p->first].turn < 0.6F && kt_rng_unit(rng) < 0.6;
  KtInner inner = kt_sketch_inner(sketch, p, rng);
  bool breathe = kt_rng_unit(rng) < 0.5 * (double)sketch->lore.habits->rest;
  int index;
  kt_sketch_chord(sketch, p->start, &index);
  for (; index < (int)sketch->chords.count && sketch->chords.items[index].start < p->end; ++index) {
    const KtChord *chord = &sketch->chords.items[index];
    KtTick beat = kt_sketch_beat(sketch, chord->start);
    KtTick end = chord->start + chord->duration;
    if (end >= p->end) {
      end = p->end - (breathe && chord->duration > 2 * beat ? beat / 2 : 0);
    }
    int voices = voices_in(sketch, p, index);
    Blows blows = (Blows)kt_rng_int(rng, 0, BLOWS - 1);
    for (int v = 0; v < voices; ++v) {
      KtTick late = stagger && chord->start == p->start ? (KtTick)(voices - 1 - v) * beat : 0;
      late = late > (end - chord->start) / 2 ? 0 : late;
      sound_voice(sketch, index, v, chord->start + late, end, p, blows, inner, rng);
    }
  }
}

void kt_sketch_pads(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "pads");
  bool sounding = false;
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    bool now = kt_sketch_layer(p, KT_ROLE_HARMONY);
    if (now) {
      sound_phrase(sketch, p, !sounding, &rng);
    }
    sounding = now;
  }
}
