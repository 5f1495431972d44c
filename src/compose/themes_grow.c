// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_grow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int floor_mod(int a, int b) {
  return ((a % b) + b) % b;
}

int kt_tune_pitch(KtMode mode, int degree, int alter) {
  return kt_mode_degree(mode, degree) + alter;
}

const KtThemeChord *kt_tune_chord_at(const KtTuneDraft *draft, KtTick tick) {
  int at = 0;
  while (at + 1 < draft->chord_count && draft->chords[at + 1].start <= tick) {
    ++at;
  }
  return &draft->chords[at];
}

bool kt_tune_in_chord(KtMode mode, const KtThemeChord *chord, int pitch) {
  int classes[6];
  int count = kt_chord_classes(chord->quality, classes);
  int root = kt_tune_pitch(mode, chord->degree, chord->alter);
  for (int i = 0; i < count; ++i) {
    if (floor_mod(pitch - root - classes[i], 12) == 0) {
      return true;
    }
  }
  return false;
}

int kt_tune_alter(KtMode mode, const KtThemeChord *chord, int degree) {
  int pitch = kt_tune_pitch(mode, degree, 0);
  if (kt_tune_in_chord(mode, chord, pitch)) {
    return 0;
  }
  for (int alter = 1; alter >= -1; alter -= 2) {
    bool neighbour = kt_tune_pitch(mode, degree + alter, 0) == pitch + alter;
    if (!neighbour && kt_tune_in_chord(mode, chord, pitch + alter)) {
      return alter;
    }
  }
  return 0;
}

bool kt_tune_strong(const KtTuneDraft *draft, const KtThemeNote *note) {
  KtTick in_bar = note->start % draft->bar;
  bool half = draft->beats % 2 == 0 && draft->beats > 2 && in_bar * 2 == draft->bar;
  return !in_bar || half || note->duration * 2 >= draft->bar;
}

/// What the pitches are drawn towards.
typedef struct Shape {
  int low, high; ///< degrees
  double start, peak, peak_at, curve;
  int idea; ///< contour of the idea: 0 arch, 1 rise, 2 fall, 3 valley, 4 level
} Shape;

static double target(const Shape *shape, double x) {
  static const double turn[5][3] = {
      {0, 2, 0.5}, {-0.5, 1, 2.5}, {2, 0.5, -1}, {1.5, -1, 1}, {0, 0.5, 0}};
  double height =
      x < shape->peak_at
          ? shape->start + (shape->peak - shape->start) * pow(x / shape->peak_at, shape->curve)
          : shape->peak * (1 - (x - shape->peak_at) / (1 - shape->peak_at));
  if (x < 0.25) { // the first two bars
    double y = x / 0.25 * 2;
    const double *t = turn[shape->idea];
    height += y < 1 ? t[0] + (t[1] - t[0]) * y : t[1] + (t[2] - t[1]) * (y - 1);
  }
  return height;
}

static Shape draw_shape(const KtTuneWish *wish, KtRng *rng) {
  static const float starts[3] = {3, 1.5F, 3}; // tonic, third, fifth
  static const float ideas[5] = {3, 2, 2, 1.5F, 1};
  int range = wish->character->range;
  int start = 2 * (int)kt_rng_pick(rng, starts, 3);
  int low = start == 4 ? kt_rng_int(rng, -2, 1) : kt_rng_int(rng, -3, -1);
  Shape shape = {.low = low, .high = low + range, .start = start};
  shape.peak = shape.high - 0.3;
  shape.peak_at = 0.55 + 0.25 * kt_rng_unit(rng);
  shape.curve = 1.2 + 1.5 * kt_rng_unit(rng);
  shape.idea = (int)kt_rng_pick(rng, ideas, 5);
  return shape;
}

/// Weight of `degree` for note `i`, given the ones before it.
static double weigh(const KtTuneWish *wish, const KtTuneDraft *draft, const Shape *shape, int i,
                    int degree) {
  const KtThemeNote *note = &draft->notes[i];
  const KtThemeChord *chord = kt_tune_chord_at(draft, note->start);
  int alter = kt_tune_alter(draft->mode, chord, degree);
  bool fits = kt_tune_in_chord(draft->mode, chord, kt_tune_pitch(draft->mode, degree, alter));
  bool strong = kt_tune_strong(draft, note);
  double x = (double)note->start / (double)(draft->bar * KT_TUNE_BARS);
  double away = (degree - target(shape, x)) / 2.2;
  double weight = exp(-away * away);
  weight *= fits ? 1 : strong ? 0.25 * (double)wish->character->appoggiatura : 0.6;
  if (!i) {
    return fits ? weight : 0;
  }
  int step = degree - draft->notes[i - 1].degree, size = abs(step);
  weight *= (double)wish->book->steps[size < 7 ? size : 7];
  weight *= size > 7 ? 0 : 1;
  const KtThemeNote *before = &draft->notes[i - 1];
  const KtThemeChord *last_chord = kt_tune_chord_at(draft, before->start);
  if (kt_tune_strong(draft, before) &&
      !kt_tune_in_chord(draft->mode, last_chord,
                        kt_tune_pitch(draft->mode, before->degree, before->alter))) {
    weight *= size == 1 ? (step < 0 ? 1 : 0.4) : 0.03; // a leaning note resolves
  }
  if (i > 1) {
    int last = before->degree - draft->notes[i - 2].degree;
    bool turns = (last > 0) != (step > 0);
    if (abs(last) >= 3) {
      weight *= turns && size && size <= 2 ? 1 : size == 0 ? 0.3 : 0.08;
    }
    if (!last && !step) {
      weight *= 0.3;
    }
  }
  return weight;
}

static void choose(const KtTuneWish *wish, const Shape *shape, KtRng *rng, KtTuneDraft *draft,
                   int i) {
  float weights[24] = {0};
  double sum = 0;
  for (int d = shape->low; d <= shape->high && d - shape->low < 24; ++d) {
    weights[d - shape->low] = (float)weigh(wish, draft, shape, i, d);
    sum += (double)weights[d - shape->low];
  }
  int degree = i ? draft->notes[i - 1].degree : 0;
  if (sum > 1e-12) {
    degree = shape->low + (int)kt_rng_pick(rng, weights, 24);
  }
  draft->notes[i].degree = (int8_t)degree;
  draft->notes[i].alter =
      (int8_t)kt_tune_alter(draft->mode, kt_tune_chord_at(draft, draft->notes[i].start), degree);
}

static void refit_alters(KtTuneDraft *draft, int from, int to) {
  for (int i = from; i < to; ++i) {
    KtThemeNote *note = &draft->notes[i];
    note->alter =
        (int8_t)kt_tune_alter(draft->mode, kt_tune_chord_at(draft, note->start), note->degree);
  }
}

/// The idea: free but for its one leap, early, which the ear will know it by.
static void grow_idea(const KtTuneWish *wish, const Shape *shape, KtRng *rng, KtTuneDraft *draft) {
  float weights[16] = {0};
  unsigned leaps = wish->character->leaps_count < 16 ? wish->character->leaps_count : 16;
  for (unsigned i = 0; i < leaps; ++i) {
    weights[i] = wish->character->leaps[i].weight;
  }
  int steps = wish->character->leaps[kt_rng_pick(rng, weights, leaps)].steps;
  int last = kt_tune_idea(draft);
  static const float places[4] = {4, 2.5F, 2, 1};
  draft->leap_at = (int)kt_rng_pick(rng, places, last > 4 ? 4 : (size_t)(last - 1));
  for (int i = 0; i < last; ++i) {
    choose(wish, shape, rng, draft, i);
    if (i == draft->leap_at + 1) {
      int degree = draft->notes[i - 1].degree + steps;
      if (degree < shape->low || degree > shape->high + 1) {
        degree = draft->notes[i - 1].degree - steps;
      }
      if (degree >= shape->low - 1 && degree <= shape->high + 1) {
        draft->notes[i].degree = (int8_t)degree;
        refit_alters(draft, i, i + 1);
      }
    }
  }
}

/// How ill a bar moved by `shift` steps sits on its harmony and after what came before.
static double misfit(const KtTuneDraft *draft, const Shape *shape, int bar, int source, int shift) {
  double cost = 0;
  for (int i = draft->first[bar], k = draft->first[source]; i < draft->first[bar + 1]; ++i, ++k) {
    int degree = draft->notes[k].degree + shift;
    const KtThemeNote *note = &draft->notes[i];
    const KtThemeChord *chord = kt_tune_chord_at(draft, note->start);
    int alter = kt_tune_alter(draft->mode, chord, degree);
    bool fits = kt_tune_in_chord(draft->mode, chord, kt_tune_pitch(draft->mode, degree, alter));
    cost += fits ? 0 : kt_tune_strong(draft, note) ? 1.5 : 0.3;
    cost += degree < shape->low - 1 || degree > shape->high + 1 ? 2 : 0;
  }
  if (draft->first[bar] > 0) {
    int join = draft->notes[draft->first[source]].degree + shift -
               draft->notes[draft->first[bar] - 1].degree;
    cost += abs(join) > 4 ? 0.5 * (abs(join) - 4) : 0;
  }
  double x = (bar + 0.5) / KT_TUNE_BARS;
  double away = draft->notes[draft->first[source]].degree + shift - target(shape, x);
  return cost + 0.12 * fabs(away);
}

/// Repeat a bar at the height that suits its new harmony.
static void copy_bar(const Shape *shape, KtRng *rng, KtTuneDraft *draft, int bar, int source,
                     int wished) {
  int best = 0;
  double least = 1e9;
  for (int shift = -4; shift <= 5; ++shift) {
    double cost = misfit(draft, shape, bar, source, shift) + 0.25 * abs(shift - wished) +
                  0.6 * kt_rng_unit(rng);
    if (cost < least) {
      least = cost;
      best = shift;
    }
  }
  for (int i = draft->first[bar], k = draft->first[source]; i < draft->first[bar + 1]; ++i, ++k) {
    draft->notes[i].degree = (int8_t)(draft->notes[k].degree + best);
    draft->free[i] = false;
  }
  refit_alters(draft, draft->first[bar], draft->first[bar + 1]);
}

static void free_bar(const KtTuneWish *wish, const Shape *shape, KtRng *rng, KtTuneDraft *draft,
                     int bar) {
  for (int i = draft->first[bar]; i < draft->first[bar + 1]; ++i) {
    choose(wish, shape, rng, draft, i);
  }
}

/// The last note of a phrase: the tonic nearest by, or for an open end a note that asks.
static void close_phrase(KtTuneDraft *draft, int bar, bool closed) {
  int last = draft->first[bar + 1] - 1 - draft->ups[bar];
  if (last <= 0) {
    return;
  }
  const KtThemeChord *chord = kt_tune_chord_at(draft, draft->notes[last].start);
  int near = draft->notes[last - 1].degree, best = near, least = 100;
  for (int d = near - 4; d <= near + 4; ++d) {
    int step = floor_mod(d, 7);
    int alter = kt_tune_alter(draft->mode, chord, d);
    bool fits = kt_tune_in_chord(draft->mode, chord, kt_tune_pitch(draft->mode, d, alter));
    int cost = 2 * abs(d - near) + (d > near) + (d == near && !closed ? 1 : 0);
    if (closed ? step == 0 : fits && step != 0 && cost < least) {
      if (cost < least) {
        best = d;
        least = cost;
      }
    }
  }
  draft->notes[last].degree = (int8_t)best;
  draft->free[last] = false;
  refit_alters(draft, last, last + 1);
}

static void grow_rest(const KtTuneWish *wish, const Shape *shape, KtRng *rng, KtTuneDraft *draft) {
  switch (draft->form) {
  case KT_TUNE_SENTENCE:
    copy_bar(shape, rng, draft, 2, 0, kt_rng_unit(rng) < 0.3 ? -1 : kt_rng_int(rng, 1, 2));
    copy_bar(shape, rng, draft, 3, 1,
             draft->notes[draft->first[2]].degree - draft->notes[0].degree);
    copy_bar(shape, rng, draft, 4, 0, kt_rng_int(rng, 1, 3));
    if (draft->first[6] - draft->first[5] == draft->first[1]) {
      copy_bar(shape, rng, draft, 5, 0,
               draft->notes[draft->first[4]].degree - draft->notes[0].degree +
                   kt_rng_int(rng, -1, 2));
    } else {
      free_bar(wish, shape, rng, draft, 5);
    }
    free_bar(wish, shape, rng, draft, 6);
    break;
  case KT_TUNE_PERIOD:
    free_bar(wish, shape, rng, draft, 2);
    free_bar(wish, shape, rng, draft, 3);
    close_phrase(draft, 3, false);
    copy_bar(shape, rng, draft, 4, 0, 0);
    copy_bar(shape, rng, draft, 5, 1,
             draft->notes[draft->first[4]].degree - draft->notes[0].degree);
    free_bar(wish, shape, rng, draft, 6);
    break;
  case KT_TUNE_RETURN:
    copy_bar(shape, rng, draft, 2, 0, kt_rng_int(rng, -1, 1));
    free_bar(wish, shape, rng, draft, 3);
    close_phrase(draft, 3, false);
    free_bar(wish, shape, rng, draft, 4);
    free_bar(wish, shape, rng, draft, 5);
    copy_bar(shape, rng, draft, 6, 0, 0);
    break;
  }
  free_bar(wish, shape, rng, draft, 7);
  close_phrase(draft, 7, true);
}

/// Whether a note altered by `alter` says the opposite of the chord under it where it is heard.
static bool contradicts(const KtTuneDraft *draft, int i, int alter) {
  const KtThemeNote *note = &draft->notes[i];
  int pitch = kt_tune_pitch(draft->mode, note->degree, note->alter + alter);
  const KtThemeChord *chord = kt_tune_chord_at(draft, note->start);
  return kt_tune_strong(draft, note) && (kt_tune_in_chord(draft->mode, chord, pitch - 1) ||
                                         kt_tune_in_chord(draft->mode, chord, pitch + 1));
}

/// Semitones into the next note where the mode has a tone: the clash a dark tune lives on.
static void colour_notes(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft) {
  for (int i = 1; i + 1 < draft->first[2]; ++i) {
    int to = draft->notes[i + 1].degree - draft->notes[i].degree;
    int gap = kt_tune_pitch(draft->mode, draft->notes[i + 1].degree, draft->notes[i + 1].alter) -
              kt_tune_pitch(draft->mode, draft->notes[i].degree, draft->notes[i].alter);
    if (abs(to) == 1 && abs(gap) == 2 && kt_rng_unit(rng) < (double)wish->character->chromatic) {
      int alter = gap > 0 ? 1 : -1;
      if (contradicts(draft, i, alter)) {
        continue;
      }
      draft->notes[i].alter = (int8_t)(draft->notes[i].alter + alter);
      for (int bar = 2; bar < 7; ++bar) { // wherever the idea comes back
        int k = draft->first[bar] + i;
        if (i < draft->first[1] && k + 1 < draft->first[bar + 1] && !draft->free[k]) {
          draft->notes[k].alter = (int8_t)alter;
        }
      }
      return;
    }
  }
}

static bool choose_harmony(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft) {
  float weights[128] = {0};
  unsigned count = wish->book->progressions_count < 128 ? wish->book->progressions_count : 128;
  float sum = 0;
  for (unsigned i = 0; i < count; ++i) {
    for (unsigned k = 0; k < wish->book->progressions[i].modes_count; ++k) {
      weights[i] = wish->book->progressions[i].modes[k] == draft->mode ? 1 : weights[i];
    }
    sum += weights[i];
  }
  if (!(sum > 0)) {
    return false;
  }
  const char *text = wish->book->progressions[kt_rng_pick(rng, weights, count)].chords;
  draft->chord_count = kt_tune_chords(text, draft->bar, draft->chords);
  return draft->chord_count > 0;
}

bool kt_tune_propose(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft) {
  static const float forms[3] = {3, 3, 2};
  float weights[16] = {0};
  unsigned metres = wish->character->metres_count < 16 ? wish->character->metres_count : 16;
  for (unsigned i = 0; i < metres; ++i) {
    weights[i] = wish->character->metres[i].weight;
  }
  const KtTuneMetre *metre = &wish->character->metres[kt_rng_pick(rng, weights, metres)];
  *draft = (KtTuneDraft){.form = (KtTuneForm)kt_rng_pick(rng, forms, 3),
                         .mode = wish->mode,
                         .beats = metre->beats,
                         .unit = metre->unit,
                         .bar = (KtTick)metre->beats * 4 * KT_PPQ / metre->unit};
  if (!choose_harmony(wish, rng, draft) || !kt_tune_rhythm(wish, rng, draft)) {
    return false;
  }
  Shape shape = draw_shape(wish, rng);
  grow_idea(wish, &shape, rng, draft);
  grow_rest(wish, &shape, rng, draft);
  kt_tune_pitch_upbeats(draft);
  if (wish->character->chromatic > 0) {
    colour_notes(wish, rng, draft);
  }
  draft->score = kt_tune_judge(wish, draft);
  return true;
}

void kt_tune_polish(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft) {
  for (int round = 0; round < wish->book->polish; ++round) {
    int i = kt_rng_int(rng, 0, draft->count - 1), by = kt_rng_int(rng, 1, 2);
    if (!draft->free[i] || i < draft->first[2]) { // the idea and what repeats it stay
      continue;
    }
    KtThemeNote kept = draft->notes[i];
    by = kt_rng_unit(rng) < 0.5 ? -by : by;
    draft->notes[i].degree = (int8_t)(kept.degree + by);
    refit_alters(draft, i, i + 1);
    double score = kt_tune_judge(wish, draft);
    if (score > draft->score) {
      draft->score = score;
    } else {
      draft->notes[i] = kept;
    }
  }
}
