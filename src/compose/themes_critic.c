// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_grow.h"

#include <math.h>
#include <stdlib.h>

static int pitch_of(const KtTuneDraft *draft, int i) {
  return kt_tune_pitch(draft->mode, draft->notes[i].degree, draft->notes[i].alter);
}

/// 1 between low and high, falling to 0 at `slack` outside.
static double within(double value, double low, double high, double slack) {
  double off = value < low ? low - value : value > high ? value - high : 0;
  return off >= slack ? 0 : 1 - off / slack;
}

/// One highest moment, in the second half, approached from below.
static double judge_climax(const KtTuneDraft *draft) {
  int top = -1000, times = 0, at = 0;
  for (int i = 0; i < draft->count; ++i) {
    int pitch = pitch_of(draft, i);
    if (pitch > top) {
      top = pitch;
      times = 1;
      at = i;
    } else if (pitch == top && pitch_of(draft, i - 1) != top) {
      ++times;
    }
  }
  double x = (double)draft->notes[at].start / (double)(draft->bar * KT_TUNE_BARS);
  double once = times == 1 ? 1 : times == 2 ? 0.55 : 0.25;
  once *= at + 1 == draft->count ? 0.6 : 1; // a tune that ends on its peak has nowhere to rest
  return once * (0.4 + 0.6 * within(x, 0.5, 0.85, 0.4));
}

/// Two skips in a row are a broken chord or a fault; a leap lands on the harmony or resolves.
static double broken(const KtTuneDraft *draft, int i) {
  int step = abs(draft->notes[i].degree - draft->notes[i - 1].degree);
  const KtThemeChord *chord = kt_tune_chord_at(draft, draft->notes[i].start);
  bool fits = kt_tune_in_chord(draft->mode, chord, pitch_of(draft, i));
  int next = i + 1 < draft->count ? abs(draft->notes[i + 1].degree - draft->notes[i].degree) : 0;
  if (step >= 3 && !fits && next != 1) {
    return 0.7;
  }
  if (step >= 2 && next >= 2) {
    bool all = fits && kt_tune_in_chord(draft->mode, chord, pitch_of(draft, i - 1)) &&
               kt_tune_in_chord(draft->mode, chord, pitch_of(draft, i + 1));
    return all ? 0 : 0.35;
  }
  return 0;
}

/// Leaps answered, no two large ones the same way, no interval that cannot be sung.
static double judge_leaps(const KtTuneWish *wish, const KtTuneDraft *draft) {
  double faults = 0, leaps = 0;
  for (int i = 1; i < draft->count; ++i) {
    int semitones = abs(pitch_of(draft, i) - pitch_of(draft, i - 1));
    int step = draft->notes[i].degree - draft->notes[i - 1].degree;
    if (wish->character->chromatic <= 0 && (semitones == 6 || (abs(step) == 1 && semitones == 3))) {
      faults += 1;
    }
    faults += semitones == 10 || semitones == 11 ? 0.7 : 0;
    faults += semitones > 12 ? 2 : 0;
    faults += broken(draft, i);
    if (abs(step) >= 3) {
      leaps += 1;
      if (i + 1 < draft->count) {
        int next = draft->notes[i + 1].degree - draft->notes[i].degree;
        faults += next && (next > 0) == (step > 0) ? 1 : abs(next) >= 3 ? 0.5 : 0;
      }
    }
  }
  return fmax(0, 1 - faults / 4) * within(leaps / draft->count, 0.04, 0.2, 0.2);
}

static double judge_range(const KtTuneWish *wish, const KtTuneDraft *draft) {
  int low = 1000, high = -1000;
  for (int i = 0; i < draft->count; ++i) {
    int pitch = pitch_of(draft, i);
    low = pitch < low ? pitch : low;
    high = pitch > high ? pitch : high;
  }
  for (int i = 0; i < draft->up_count; ++i) {
    int pitch = kt_tune_pitch(draft->mode, draft->notes[0].degree + draft->up[i].degree, 0);
    low = pitch < low ? pitch : low;
    high = pitch > high ? pitch : high;
  }
  int most = wish->character->range * 12 / 7 + 1;
  return within(high - low, most * 0.6, most < 16 ? most : 16, 4);
}

/// Strong notes mostly of the chord, not all; the tonic triad heard often enough to know the key, and the one tone of it
/// that the relative key's triad has not more than the one that only that has: mode is what a tune is felt by first.
static double judge_harmony(const KtTuneDraft *draft) {
  double strong = 0, fits = 0, all = 0, triad = 0, mode = 0;
  bool minor = draft->mode <= KT_MODE_DORIAN;
  int own = minor ? 0 : 4, twin = minor ? 6 : 5;
  for (int i = 0; i < draft->count; ++i) {
    const KtThemeNote *note = &draft->notes[i];
    double length = (double)note->duration;
    int class = ((note->degree % 7) + 7) % 7;
    all += length;
    triad += !note->alter && (class == 0 || class == 2 || class == 4) ? length : 0;
    mode += class == own ? length : class == twin && !note->alter ? -length : 0;
    if (kt_tune_strong(draft, note)) {
      const KtThemeChord *chord = kt_tune_chord_at(draft, note->start);
      strong += length;
      fits += kt_tune_in_chord(draft->mode, chord, pitch_of(draft, i)) ? length : 0;
    }
  }
  return 0.5 * within(fits / strong, 0.75, 0.96, 0.3) + 0.25 * within(triad / all, 0.45, 0.75, 0.3) +
         0.25 * within(mode / all, 0.1, 0.4, 0.25);
}

/// Mostly steps, a known amount of surprise (bits an interval), turning neither always nor never.
static double judge_motion(const KtTuneWish *wish, const KtTuneDraft *draft) {
  double total = 0, bits = 0, same = 0, turns = 0, size = 0;
  int before = 0;
  for (int i = 0; i < 8; ++i) {
    total += (double)wish->book->steps[i];
  }
  for (int i = 1; i < draft->count; ++i) {
    int step = draft->notes[i].degree - draft->notes[i - 1].degree,
        wide = abs(step) < 7 ? abs(step) : 7;
    bits -= log2((double)wish->book->steps[wide] / total);
    same += !step;
    size += abs(step);
    turns += step && before && (step > 0) != (before > 0);
    before = step ? step : before;
  }
  double n = draft->count - 1;
  return 0.35 * within(bits / n, 1.5, 2.2, 0.9) + 0.25 * within(same / n, 0, 0.14, 0.25) +
         0.2 * within(turns / n, 0.28, 0.5, 0.25) + 0.2 * within(size / n, 1.2, 1.9, 0.8);
}

static bool bars_equal(const KtTuneDraft *draft, int a, int b, bool pitch) {
  int count = draft->first[a + 1] - draft->first[a];
  if (draft->first[b + 1] - draft->first[b] != count) {
    return false;
  }
  for (int i = 0; i < count; ++i) {
    const KtThemeNote *x = &draft->notes[draft->first[a] + i],
                      *y = &draft->notes[draft->first[b] + i];
    if (x->start % draft->bar != y->start % draft->bar || x->duration != y->duration ||
        (pitch && x->degree != y->degree)) {
      return false;
    }
  }
  return true;
}

/// Unity and variety: rhythms come back, no bar repeats its neighbour, none comes back note for note but where the form
/// begins again, and phrases breathe.
static double judge_form(const KtTuneDraft *draft) {
  static const double again[] = {[KT_TUNE_SENTENCE] = 0, [KT_TUNE_PERIOD] = 2, [KT_TUNE_RETURN] = 1};
  double twins = 0, rhythms = 0, breath = 0, repeats = 0;
  for (int a = 0; a < KT_TUNE_BARS; ++a) {
    bool old = false, said = false;
    for (int b = 0; b < a; ++b) {
      old = old || bars_equal(draft, a, b, false);
      said = said || bars_equal(draft, a, b, true);
    }
    rhythms += !old;
    repeats += said;
    twins += a && bars_equal(draft, a, a - 1, true);
  }
  twins += 0.4 * fmax(0, repeats - again[draft->form]);
  for (int bar = 1; bar < KT_TUNE_BARS; bar += 2) {
    const KtThemeNote *last = &draft->notes[draft->first[bar + 1] - 1 - draft->ups[bar]];
    bool rest = last->start + last->duration < draft->bar * (bar + 1) && !draft->ups[bar];
    breath += (rest || last->duration * 2 >= draft->bar) ? (bar == 3 || bar == 7 ? 0.35 : 0.15) : 0;
  }
  return 0.4 * fmax(0, 1 - twins) + 0.3 * within(rhythms, 3, 5, 2) + 0.3 * fmin(1, breath);
}

/// Notes of the longest scale in one direction before `last`.
static int longest_scale(const KtTuneDraft *draft, int last) {
  int longest = 1, length = 1, before = 0;
  for (int i = 1; i < last; ++i) {
    int step = draft->notes[i].degree - draft->notes[i - 1].degree;
    bool scalar = abs(step) == 1;
    length = !scalar ? 1 : step == before ? length + 1 : 2;
    longest = length > longest ? length : longest;
    before = scalar ? step : 0;
  }
  return longest;
}

/// The idea must be somebody's, and hummed after one hearing: one leap, answered; two or three lengths, one of them at
/// least twice another; six or seven notes that are no scale (Jakubowski et al. 2017: a plain contour with one turn
/// that other tunes have not).
static double judge_idea(const KtTuneDraft *draft) {
  int last = kt_tune_idea(draft), low = 100, high = -100, leaps = 0, answered = 0, same = 0, lengths = 0;
  KtTick shortest = draft->bar, longest = 0;
  for (int i = 0; i < last; ++i) {
    const KtThemeNote *note = &draft->notes[i];
    bool old = false;
    for (int k = 0; k < i; ++k) {
      old = old || draft->notes[k].duration == note->duration;
    }
    lengths += !old;
    low = note->degree < low ? note->degree : low;
    high = note->degree > high ? note->degree : high;
    shortest = note->duration < shortest ? note->duration : shortest;
    longest = note->duration > longest ? note->duration : longest;
    int step = i ? note->degree - note[-1].degree : 1;
    int next = i + 1 < draft->count ? note[1].degree - note->degree : 0;
    leaps += abs(step) >= 3;
    answered += abs(step) >= 3 && next * step < 0 && abs(next) <= 2;
    same += !step;
  }
  return 0.25 * (leaps == 1 ? 1 : leaps == 2 ? 0.6 : 0) + 0.1 * (leaps ? (double)answered / leaps : 0) +
         0.2 * (0.5 * within(lengths, 2, 3, 2) + 0.5 * within((double)longest / (double)shortest, 2, 6, 4)) +
         0.15 * within(draft->up_count + last, 6, 7, 3) + 0.15 * within(longest_scale(draft, last), 1, 3, 2) +
         0.1 * within(high - low, 3, 7, 3) + 0.05 * (same <= 1);
}

/// The close: by step into a long tonic.
static double judge_close(const KtTuneDraft *draft) {
  int last = draft->count - 1,
      step = abs(draft->notes[last].degree - draft->notes[last - 1].degree);
  return (step == 1                ? 1
          : step == 2 || step == 3 ? 0.7
          : step == 0              ? 0.6
                                   : 0.4) *
         (draft->notes[last].degree % 7 == 0 ? 1 : 0.2);
}

double kt_tune_judge(const KtTuneWish *wish, const KtTuneDraft *draft) {
  // A tune fails by its worst side, so the parts are multiplied, each to the power of its weight.
  const double parts[][2] = {{judge_climax(draft), 0.16},       {judge_leaps(wish, draft), 0.18},
                             {judge_range(wish, draft), 0.1},   {judge_harmony(draft), 0.16},
                             {judge_motion(wish, draft), 0.14}, {judge_form(draft), 0.12},
                             {judge_idea(draft), 0.3},          {judge_close(draft), 0.06}};
  double score = 1;
  for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); ++i) {
    score *= pow(fmax(parts[i][0], 0.01), parts[i][1]);
  }
  return score;
}

enum { COMPARED = 12, HEAD = 6 };

static double edit_distance(const double *a, int m, const double *b, int n) {
  double cost[COMPARED + 1][COMPARED + 1];
  for (int i = 0; i <= m; ++i) {
    for (int k = 0; k <= n; ++k) {
      if (!i || !k) {
        cost[i][k] = i + k;
        continue;
      }
      double change = fmin(1, fabs(a[i - 1] - b[k - 1]));
      cost[i][k] = fmin(cost[i - 1][k - 1] + change, fmin(cost[i - 1][k], cost[i][k - 1]) + 1);
    }
  }
  return cost[m][n] / fmax(1, m > n ? m : n);
}

static int contour(const KtThemeNote *notes, int count, double *steps, double *lengths) {
  int n = 0;
  for (int i = 0; i + 1 < count && n < COMPARED; ++i, ++n) {
    steps[n] = (notes[i + 1].degree - notes[i].degree) / 3.0;
    lengths[n] = log2((double)notes[i].duration / KT_PPQ) / 1.5;
  }
  return n;
}

/// Of as many notes as are compared.
static double apart_in(const KtTheme *theme, const KtThemeNote *notes, int count, int most, bool other_metre) {
  double steps_a[COMPARED], steps_b[COMPARED], lengths_a[COMPARED], lengths_b[COMPARED];
  int m = contour(theme->notes.items, most < (int)theme->notes.count ? most : (int)theme->notes.count, steps_a, lengths_a);
  int n = contour(notes, most < count ? most : count, steps_b, lengths_b);
  double far =
      0.5 * edit_distance(steps_a, m, steps_b, n) + 0.4 * edit_distance(lengths_a, m, lengths_b, n);
  return fmin(1, far + (other_metre ? 0.1 : 0));
}

/// Whether two tunes begin with the same gesture: three notes.
static bool begin_alike(const KtThemeNote *a, const KtThemeNote *b) {
  for (int i = 0; i < 2; ++i) {
    if (a[i].duration != b[i].duration || a[i + 1].degree - a[i].degree != b[i + 1].degree - b[i].degree) {
      return false;
    }
  }
  return true;
}

/// A tune is told from another by its head as by its line, and before all by how it begins.
static double apart(const KtTheme *theme, const KtThemeNote *notes, int count, bool other_metre) {
  double far = fmin(apart_in(theme, notes, count, COMPARED + 1, other_metre), apart_in(theme, notes, count, HEAD, other_metre));
  bool alike = count > 2 && theme->notes.count > 2 && begin_alike(theme->notes.items, notes);
  return alike ? 0.5 * far : far;
}

double kt_tune_distance(const KtTheme *theme, const KtTuneDraft *draft) {
  bool other_metre = theme->beats != draft->beats || theme->unit != draft->unit;
  return apart(theme, draft->notes, draft->count, other_metre);
}

double kt_theme_distance(const KtTheme *a, const KtTheme *b) {
  return apart(a, b->notes.items, (int)b->notes.count, a->beats != b->beats || a->unit != b->unit);
}
