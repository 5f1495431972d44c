// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_SKETCH_H
#define TEST_SKETCH_H

#include "base/rng.h"
#include "orchestrate/orchestrate.h"

#include <stdlib.h>
#include <string.h>

enum { SKETCH_BARS = 48, BAR = 4 * KT_PPQ };

static KtContext sketch_context(void) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
}

static KtPart *sketch_part(KtScore *score, const char *id, KtRole role, int low, int high) {
  KtPart *part = kt_array_push(score->arena, &score->parts);
  *part = (KtPart){.id = id, .role = role, .low = low, .high = high};
  for (int b = 0; b <= SKETCH_BARS; b += 8) { // hairpins from pp to ff and back
    KtDynamic *point = kt_array_push(score->arena, &part->dynamics);
    *point = (KtDynamic){(KtTick)b * BAR, b % 16 ? 0.85F : 0.3F};
  }
  return part;
}

static KtNote *sketch_note(KtScore *score, KtPart *part, KtTick start, KtTick duration, int midi,
                           KtArticulation articulation) {
  KtNote *note = kt_array_push(score->arena, &part->notes);
  *note = (KtNote){.start = start,
                   .duration = duration,
                   .statement = -1,
                   .midi = (int8_t)midi,
                   .articulation = (uint8_t)articulation};
  return note;
}

static void sketch_frame(KtScore *score) {
  KtArena *arena = score->arena;
  KtTempoPoint *a = kt_array_push(arena, &score->tempo.points);
  *a = (KtTempoPoint){0, 0};
  a = kt_array_push(arena, &score->tempo.points);
  *a = (KtTempoPoint){score->end, kt_film_time(SKETCH_BARS * 2.4)}; // 100 bpm
  KtMetre *metre = kt_array_push(arena, &score->metres);
  *metre = (KtMetre){0, 4, 4};
  KtKeyChange *key = kt_array_push(arena, &score->keys);
  *key = (KtKeyChange){0, {2, KT_MODE_IONIAN}};
  for (int i = 0; i < SKETCH_BARS / 8; ++i) {
    KtSection *section = kt_array_push(arena, &score->sections);
    *section = (KtSection){.start = (KtTick)i * 8 * BAR,
                           .end = (KtTick)(i + 1) * 8 * BAR,
                           .label = "A",
                           .texture = "test",
                           .energy = (float)i / (SKETCH_BARS / 8 - 1),
                           .tension = 0.3F};
    for (int c = 0; c < 8; ++c) {
      KtChord *chord = kt_array_push(arena, &score->chords);
      *chord = (KtChord){.start = (KtTick)(i * 8 + c) * BAR,
                         .duration = BAR,
                         .root = (KtSpelling)(c % 4 + 1),
                         .bass = (KtSpelling)(c % 4 + 1),
                         .quality = KT_CHORD_MAJOR,
                         .key = {2, KT_MODE_IONIAN}};
    }
  }
}

static void sketch_lead(KtScore *score, KtRng *rng) {
  static const int scale[] = {0, 2, 4, 5, 7, 9, 11};
  KtPart *lead = sketch_part(score, "lead", KT_ROLE_LEAD, 60, 84);
  int degree = 7;
  for (int b = 0; b < SKETCH_BARS; ++b) {
    for (int q = 0; q < 4; ++q) {
      degree += kt_rng_int(rng, -2, 2);
      degree = degree < 0 ? 1 : degree > 13 ? 12 : degree;
      int midi = 62 + 12 * (degree / 7) + scale[degree % 7];
      bool rest = b % 4 == 3 && q == 3;
      KtNote *note = rest ? NULL
                          : sketch_note(score, lead, (KtTick)b * BAR + q * KT_PPQ, KT_PPQ, midi,
                                        q ? KT_ART_LEGATO : KT_ART_LONG);
      if (note) {
        note->breath_after = b % 4 == 3 && q == 2;
        note->hit = b == 24 && q == 0;
        note->statement = b >= 8 && b < 12 ? 0 : -1;
      }
    }
  }
  KtStatement *statement = kt_array_push(score->arena, &score->statements);
  *statement = (KtStatement){.part = 0, .start = 8 * BAR, .end = 12 * BAR, .notes = 15,
                             .recognisable = true};
}

static void sketch_rest(KtScore *score) {
  static const char *const names[] = {"harmony/1", "harmony/2", "harmony/3", "harmony/4"};
  static const int pitches[] = {69, 66, 62, 57};
  for (int v = 0; v < 4; ++v) {
    KtPart *part = sketch_part(score, names[v], KT_ROLE_HARMONY, 45, 76);
    for (int b = 0; b < SKETCH_BARS; b += 8) { // tones longer than any breath
      sketch_note(score, part, (KtTick)b * BAR, 8 * BAR, pitches[v] + b % 3, KT_ART_LONG);
    }
  }
  static const struct {
    const char *id;
    KtRole role;
    int low, high;
  } others[] = {{"bass", KT_ROLE_BASS, 36, 60},
                {"figure/1", KT_ROLE_FIGURE, 55, 79},
                {"colour/1", KT_ROLE_COLOUR, 72, 96},
                {"perc/timpani", KT_ROLE_PERCUSSION, 38, 57},
                {"perc/cymbal", KT_ROLE_PERCUSSION, 0, 127},
                {"perc/drum", KT_ROLE_PERCUSSION, 0, 127}};
  size_t first = score->parts.count;
  for (size_t i = 0; i < sizeof(others) / sizeof(*others); ++i) {
    sketch_part(score, others[i].id, others[i].role, others[i].low, others[i].high);
  }
  KtPart *bass = &score->parts.items[first], *figure = bass + 1, *colour = bass + 2;
  KtPart *timpani = bass + 3, *cymbal = bass + 4, *drum = bass + 5;
  for (int b = 0; b < SKETCH_BARS; ++b) {
    KtTick bar = (KtTick)b * BAR;
    sketch_note(score, bass, bar, BAR / 2, 38 + b % 5, KT_ART_LONG);
    sketch_note(score, bass, bar + BAR / 2, BAR / 2, 45, KT_ART_LEGATO);
    for (int e = 0; e < 8; ++e) {
      sketch_note(score, figure, bar + e * KT_PPQ / 2, KT_PPQ / 2, e % 2 ? 69 : 62,
                  b % 16 < 8 ? KT_ART_PIZZICATO : KT_ART_SHORT);
    }
    sketch_note(score, timpani, bar, b % 8 == 7 ? BAR : KT_PPQ, 38 + b % 7,
                b % 8 == 7 ? KT_ART_TREMOLO : KT_ART_LONG)
        ->hit = b == 24;
    if (b % 8 == 0) {
      sketch_note(score, cymbal, bar, KT_PPQ, 49, KT_ART_LONG);
      for (int k = 0; k < 4; ++k) {
        sketch_note(score, colour, bar, 2 * KT_PPQ, 74 + 4 * k, KT_ART_LONG);
      }
    }
    if (b % 8 == 7) {
      sketch_note(score, cymbal, bar, BAR, 49, KT_ART_TREMOLO);
    }
    sketch_note(score, drum, bar, KT_PPQ, 36, KT_ART_LONG)->hit = b == 24;
    sketch_note(score, drum, bar + KT_PPQ, KT_PPQ, 38, KT_ART_SHORT);
  }
  KtScoreHit *hit = kt_array_push(score->arena, &score->hits);
  *hit = (KtScoreHit){.hit = 0, .tick = 24 * BAR, .met = true, .struck = 0.9F};
  hit = kt_array_push(score->arena, &score->hits);
  *hit = (KtScoreHit){.hit = 1, .tick = 13 * BAR + KT_PPQ, .met = true, .struck = 0.5F};
  hit = kt_array_push(score->arena, &score->hits);
  *hit = (KtScoreHit){.hit = 2, .tick = 17 * BAR + KT_PPQ, .met = false};
}

/// Whether the sketch has a hard hit there that is met.
static inline bool sketch_strikes(KtTick at) {
  return at == 24 * BAR || at == 13 * BAR + KT_PPQ;
}

/// A cue of 48 bars with every kind of part, from near-silence to tutti.
static KtScore *sketch_new(void) {
  KtArena *arena = kt_arena_new();
  KtScore *score = KT_NEW(arena, KtScore, 1);
  *score = (KtScore){.arena = arena, .name = "1m01", .end = SKETCH_BARS * BAR};
  KtRng rng = kt_rng(7, "sketch");
  sketch_frame(score);
  sketch_lead(score, &rng);
  sketch_rest(score);
  return score;
}

#endif
