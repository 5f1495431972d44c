// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a finished theme is judged by, whoever wrote it.
#include "compose/themes_choose.h"

#include <math.h>
#include <stdlib.h>

enum { TENTH = 16, OCTAVE = 12 };

/// How much each degree of the scale belongs to its key, tonic first (after Krumhansl & Kessler 1982).
static const double MAJOR[OCTAVE] = {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88};
static const double MINOR[OCTAVE] = {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17};

/// 1 between low and high, falling to 0 at `slack` outside.
static double within(double value, double low, double high, double slack) {
  double off = value < low ? low - value : value > high ? value - high : 0;
  return off >= slack ? 0 : 1 - off / slack;
}

static double judge_contour(const KtTheme *theme) {
  double turns = 0, size = 0, before = 0;
  size_t count = theme->notes.count;
  for (size_t i = 1; i < count; ++i) {
    int step = theme->notes.items[i].degree - theme->notes.items[i - 1].degree;
    turns += step && before * step < 0;
    size += abs(step);
    before = step ? step : before;
  }
  double n = (double)count - 1;
  return 0.5 * within(turns / n, 0, 0.5, 0.4) + 0.5 * within(size / n, 0.7, 2.0, 1.5);
}

static double judge_voice(const KtTheme *theme) {
  int low = 127, high = 0;
  double faults = 0;
  for (size_t i = 0; i < theme->notes.count; ++i) {
    int pitch = kt_theme_pitch(theme, &theme->notes.items[i]);
    low = pitch < low ? pitch : low;
    high = pitch > high ? pitch : high;
    int leap = i ? abs(pitch - kt_theme_pitch(theme, &theme->notes.items[i - 1])) : 0;
    faults += leap > OCTAVE ? 2 : leap == 6 || leap == 10 || leap == 11 ? 0.7 : 0;
  }
  return within(high - low, 0, TENTH, 12) * fmax(0, 1 - faults / 4);
}

/// Correlation of what is heard with a key's profile.
static double profile(const double heard[OCTAVE], int tonic, bool minor) {
  const double *own = minor ? MINOR : MAJOR;
  double mean_own = 0, mean_heard = 0, both = 0, a = 0, b = 0;
  for (int i = 0; i < OCTAVE; ++i) {
    mean_own += own[i] / OCTAVE;
    mean_heard += heard[i] / OCTAVE;
  }
  for (int i = 0; i < OCTAVE; ++i) {
    double x = own[i] - mean_own, y = heard[(tonic + i) % OCTAVE] - mean_heard;
    both += x * y;
    a += x * x;
    b += y * y;
  }
  return a > 0 && b > 0 ? both / sqrt(a * b) : 0;
}

/// Without chords: is its own tonic the likeliest of the twelve? The margin to the next one counts.
static double judge_alone(const KtTheme *theme) {
  double heard[OCTAVE] = {0};
  for (size_t i = 0; i < theme->notes.count; ++i) {
    heard[kt_theme_pitch(theme, &theme->notes.items[i]) % OCTAVE] += (double)theme->notes.items[i].duration;
  }
  bool minor = theme->key.mode <= KT_MODE_DORIAN;
  int tonic = kt_spelling_class(theme->key.tonic);
  double own = profile(heard, tonic, minor), other = -1;
  for (int i = 1; i < OCTAVE; ++i) {
    other = fmax(other, profile(heard, (tonic + i) % OCTAVE, minor));
  }
  return within(own - other, 0.1, 2, 0.5) * fmin(1, fmax(0, own / 0.7));
}

/// Notes a second as a listener feels them: one is calm, four are lively.
static double liveliness(const KtTheme *theme) {
  double seconds = (double)theme->ticks / KT_PPQ * 60 / theme->bpm;
  return fmin(1, fmax(-1, log2((double)theme->notes.count / fmax(seconds, 0.1) / 2)));
}

static double judge_place(const KtTuneBook *book, const KtTheme *theme, const KtEmotion *feeling) {
  double valence = 0, colour = 1, strongest = 0.25;
  for (unsigned m = 0; m < book->modes_count; ++m) {
    if (book->modes[m].mode != theme->key.mode) {
      continue;
    }
    valence = fmin(1, fmax(-1, (double)book->modes[m].valence));
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      if ((double)feeling->colours[c] > strongest) {
        strongest = (double)feeling->colours[c];
        colour = 0.5;
        for (unsigned i = 0; i < book->modes[m].colours_count; ++i) {
          colour = book->modes[m].colours[i] == (KtColour)c ? 1 : colour;
        }
      }
    }
  }
  double v = valence - (double)feeling->valence, a = liveliness(theme) - (double)feeling->arousal;
  return 0.45 * exp(-v * v / 0.7) + 0.4 * exp(-a * a / 0.7) + 0.15 * colour;
}

void kt_tune_mark_all(const KtTuneBook *book, const KtDesk *desk, KtThemes *themes) {
  for (size_t i = 0; i < themes->items.count; ++i) {
    KtTheme *theme = &themes->items.items[i];
    double nearest = 1;
    for (size_t k = 0; k < themes->items.count; ++k) {
      nearest = k == i ? nearest : fmin(nearest, kt_theme_distance(theme, &themes->items.items[k]));
    }
    KtEmotion feeling = kt_tune_feeling(book, desk, &desk->story->subjects.items[theme->subject]);
    theme->marks = (KtThemeMarks){.distinct = (float)nearest,
                                  .contour = (float)judge_contour(theme),
                                  .singable = (float)judge_voice(theme),
                                  .alone = (float)judge_alone(theme),
                                  .fits = (float)judge_place(book, theme, &feeling)};
    const KtThemeMarks *m = &theme->marks;
    theme->score = theme->score < 0 ? (m->contour + m->singable + m->alone + m->fits) / 4 : theme->score;
  }
}
