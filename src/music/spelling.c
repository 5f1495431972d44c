// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and chords as players like to read them: of two names for the same sound the one with fewer accidentals,
// nearer to what was read before.
#include "music/score.h"

#include <math.h>
#include <stdlib.h>

/// A full circle of fifths: another name for the same sound.
enum { CIRCLE = 12, SIGNATURE_MOST = 7, NAMES = 3 };

/// What a key signature costs a reader: its accidentals, twice as much as the distance to the one before.
static int signature_cost(int fifths) {
  return 2 * abs(fifths) + (abs(fifths) == SIGNATURE_MOST ? 4 : 0);
}

/// Names every key anew, the least cost over the whole cue (Viterbi over flat, given and sharp names).
static void name_keys(KtScore *score) {
  size_t count = score->keys.count;
  if (!count) {
    return;
  }
  int(*cost)[NAMES] = kt_arena_alloc_items(score->arena, count, sizeof(*cost));
  int8_t(*from)[NAMES] = kt_arena_alloc_items(score->arena, count, sizeof(*from));
  if (!cost || !from) {
    return;
  }
  static const int unwritable = 10000;
  for (size_t i = 0; i < count; ++i) {
    int given = kt_key_fifths(score->keys.items[i].key);
    for (int n = 0; n < NAMES; ++n) {
      int fifths = given + (n - 1) * CIRCLE;
      cost[i][n] = abs(fifths) > SIGNATURE_MOST ? unwritable : signature_cost(fifths);
      from[i][n] = 1;
      int best = i ? 2 * unwritable : 0;
      for (int b = 0; i && b < NAMES; ++b) {
        int before = kt_key_fifths(score->keys.items[i - 1].key) + (b - 1) * CIRCLE;
        int total = cost[i - 1][b] + abs(fifths - before);
        from[i][n] = total < best ? (int8_t)b : from[i][n];
        best = total < best ? total : best;
      }
      cost[i][n] += best;
    }
  }
  int name = 1;
  for (int n = 0; n < NAMES; ++n) {
    name = cost[count - 1][n] < cost[count - 1][name] ? n : name;
  }
  for (size_t i = count; i-- > 0;) {
    KtKey *key = &score->keys.items[i].key;
    key->tonic = (KtSpelling)(key->tonic + (name - 1) * CIRCLE);
    name = from[i][name];
  }
}

/// Fifths from a chord's root to a tone of it, thirds written as thirds.
static int tone_fifths(KtChordQuality quality, int interval) {
  static const int fifths[CIRCLE] = {0, 7, 2, -3, 4, -1, -6, 1, 8, 3, -2, 5};
  return interval == 9 && quality == KT_CHORD_DIM7 ? -9 : fifths[interval];
}

/// How strange a chord looks in a key under one of its names: how far it lies from the key's seven letters, and half
/// an accidental for each it needs.
static float strangeness(KtChordQuality quality, int root, KtKey key) {
  int classes[6], count = kt_chord_classes(quality, classes);
  float sum = 0, accidentals = 0;
  for (int i = 0; i < count; ++i) {
    int tone = root + tone_fifths(quality, classes[i] % CIRCLE);
    sum += (float)tone;
    accidentals += (float)abs(kt_spelling_alter((KtSpelling)tone));
  }
  float middle = (float)(kt_key_fifths(key) + 2);
  return fabsf((count ? sum / (float)count : (float)root) - middle) + 0.5F * accidentals;
}

static void name_chord(KtChord *chord, KtKey key) {
  int given = chord->root, best = given;
  for (int root = given - CIRCLE; root <= given + CIRCLE; root += CIRCLE) {
    best = strangeness(chord->quality, root, key) < strangeness(chord->quality, best, key) ? root : best;
  }
  chord->root = (KtSpelling)best;
  chord->bass = (KtSpelling)(chord->bass + best - given);
  while (kt_key_fifths(chord->key) - kt_key_fifths(key) > CIRCLE / 2) {
    chord->key.tonic = (KtSpelling)(chord->key.tonic - CIRCLE);
  }
  while (kt_key_fifths(chord->key) - kt_key_fifths(key) < -CIRCLE / 2) {
    chord->key.tonic = (KtSpelling)(chord->key.tonic + CIRCLE);
  }
}

void kt_score_name_keys(KtScore *score) {
  name_keys(score);
  for (size_t i = 0; i < score->chords.count && score->keys.count; ++i) {
    name_chord(&score->chords.items[i], kt_score_key(score, score->chords.items[i].start));
  }
}

/// No double sharps or flats: parts are read at sight.
static KtSpelling plain(int spelling) {
  enum { F_FLAT = -8, B_SHARP = 12 };
  while (spelling < F_FLAT) {
    spelling += CIRCLE;
  }
  while (spelling > B_SHARP) {
    spelling -= CIRCLE;
  }
  return (KtSpelling)spelling;
}

KtSpelling kt_score_spell(const KtScore *score, KtTick tick, int midi) {
  for (size_t i = 0; i < score->chords.count; ++i) {
    const KtChord *chord = &score->chords.items[i];
    if (tick < chord->start || tick >= chord->start + chord->duration) {
      continue;
    }
    int classes[6], count = kt_chord_classes(chord->quality, classes);
    for (int c = 0; c < count; ++c) {
      int interval = classes[c] % CIRCLE;
      if ((kt_spelling_class(chord->root) + interval) % CIRCLE == midi % CIRCLE) {
        return plain(chord->root + tone_fifths(chord->quality, interval));
      }
    }
    return plain(kt_key_spell(chord->key, midi));
  }
  return plain(kt_key_spell(kt_score_key(score, tick), midi));
}
