// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/marks.h"

#include "ear/recall.h"
#include "ear/tension.h"

#include <math.h>
#include <stdlib.h>

/// Difference of the fits to major and minor from which a mode is clear.
static const double CLEAR_MODE = 0.18;

/// Where the voices of the film are, MIDI: G3 to C6 (200 to 1 050 Hz and their first overtones).
enum { VOICES_LOW = 55, VOICES_HIGH = 84 };
/// So many attacks a second there, and so many tones at once, leave nothing of the words.
static const double ATTACKS_MOST = 8, TONES_MOST = 8;

/// What harmony alone counts in the mark of tension.
static const double BY_EAR = 0.9;
/// Loudness and density may go with harmony so far; what it costs that they go further.
static const double SAME = 0.1, LOCKED = 0.7;
/// How dear the shares of parallels and of hanging tendencies are.
static const double PARALLELS_WEIGH = 8, HANGING_WEIGHS = 0.4;

static double unit(double x) {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

double kt_mark_themes(KtArena *scratch, const KtThemes *themes, const KtScore *score) {
  int meant = 0, heard = 0;
  for (size_t i = 0; i < score->statements.count; ++i) {
    const KtStatement *s = &score->statements.items[i];
    if (s->recognisable && s->theme >= 0 && (size_t)s->theme < themes->items.count) {
      ++meant;
      heard += kt_heard_theme(scratch, &themes->items.items[s->theme], score, s->start, s->end, false);
    }
  }
  return meant ? (double)heard / meant : 1;
}

/// How harmony follows what is meant for who does not know its key: mean rank correlation of its three figures; less where
/// loudness or density say the same as it does.
static double by_ear(KtArena *scratch, const KtScore *score, KtFilmTime step, const float *meant, size_t count) {
  float *figures = KT_NEW(scratch, float, 5 * count), *harmony = KT_NEW(scratch, float, count);
  if (!figures || !harmony) {
    return 0;
  }
  kt_heard_figures(scratch, score, step, figures, count);
  double sum = 0, same = 0;
  for (size_t k = 0; k < 3; ++k) {
    sum += kt_rank_correlation(scratch, figures + k * count, meant, count) / 3;
  }
  for (size_t i = 0; i < count; ++i) {
    harmony[i] = figures[i] + figures[count + i] + figures[2 * count + i];
  }
  for (size_t k = 3; k < 5; ++k) {
    same += fmax(0, kt_rank_correlation(scratch, figures + k * count, harmony, count) - SAME) / 2;
  }
  return sum - LOCKED * same;
}

double kt_mark_tension(KtArena *scratch, const KtDesk *desk, const KtScore *score) {
  const KtCue *cue = &desk->spotting->cues.items[score->cue];
  KtFilmTime step = KT_FLICKS_PER_SECOND / 2;
  size_t count = (size_t)((cue->out - cue->in) / step);
  float *heard = KT_NEW(scratch, float, count + 1), *meant = KT_NEW(scratch, float, count + 1);
  if (count < 12 || !heard || !meant) {
    return 1; // too short to rise or fall
  }
  kt_heard_tension(score, step, heard, count);
  float low = 1, high = 0, least = 1, most = 0;
  for (size_t i = 0; i < count; ++i) {
    meant[i] = kt_story_at(desk->story, cue->in + (KtFilmTime)i * step).tension;
    low = fminf(low, meant[i]);
    high = fmaxf(high, meant[i]);
    bool inside = i > 4 && i + 8 < count; // beginnings and ends are thinner
    least = inside ? fminf(least, heard[i]) : least;
    most = inside ? fmaxf(most, heard[i]) : most;
  }
  if (high - low < 0.1F) {
    return unit(1.2 - (double)(most - least) / 0.35);
  }
  return unit(0.4 * kt_rank_correlation(scratch, heard, meant, count) + BY_EAR * by_ear(scratch, score, step, meant, count));
}

/// How well twelve weights fit a profile at its best transposition: correlation.
static double fits(const double profile[12], const double weights[12]) {
  double mean_p = 0, mean_w = 0, best = -1;
  for (int i = 0; i < 12; ++i) {
    mean_p += profile[i] / 12;
    mean_w += weights[i] / 12;
  }
  for (int key = 0; key < 12; ++key) {
    double pw = 0, pp = 0, ww = 0;
    for (int i = 0; i < 12; ++i) {
      double p = profile[i] - mean_p, w = weights[(i + key) % 12] - mean_w;
      pw += p * w;
      pp += p * p;
      ww += w * w;
    }
    best = fmax(best, ww > 0 ? pw / sqrt(pp * ww) : 0);
  }
  return best;
}

double kt_mark_emotion(const KtDesk *desk, const KtScore *score) {
  static const double major[12] = {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88};
  static const double minor[12] = {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17};
  double good = 0, length = 0; // profiles: Krumhansl & Kessler 1982
  for (size_t s = 0; s < score->sections.count; ++s) {
    const KtSection *section = &score->sections.items[s];
    double weights[12] = {0}, ticks = (double)(section->end - section->start);
    for (size_t p = 0; p < score->parts.count; ++p) {
      const KtPart *part = &score->parts.items[p];
      for (size_t i = 0; part->role != KT_ROLE_PERCUSSION && i < part->notes.count; ++i) {
        const KtNote *n = &part->notes.items[i];
        if (n->start >= section->start && n->start < section->end) {
          weights[n->midi % 12] += (double)(n->duration < 4 * KT_PPQ ? n->duration : 4 * KT_PPQ);
        }
      }
    }
    KtFilmTime in = desk->spotting->cues.items[score->cue].in;
    double valence = (double)kt_story_mean(desk->story, in + kt_tempo_time(&score->tempo, section->start),
                                           in + kt_tempo_time(&score->tempo, section->end)).valence;
    double light = fits(major, weights) - fits(minor, weights), wanted = fmax(-1, fmin(1, valence / 0.6)) * CLEAR_MODE;
    // beyond clear there is no clearer; a neutral moment is to be neither
    double off = wanted > 0.7 * CLEAR_MODE ? fmax(0, wanted - light) : wanted < -0.7 * CLEAR_MODE ? fmax(0, light - wanted) : fabs(light - wanted);
    good += ticks * unit(1 - off / (2 * CLEAR_MODE));
    length += ticks;
  }
  return length > 0 ? good / length : 1;
}

/// What a part has between two ticks where voices are: how many of its tones begin there, and for how many seconds they sound.
static void count_in_band(const KtScore *score, const KtPart *part, KtTick first, KtTick last, double *attacks, double *sounds) {
  for (size_t n = 0; part->role != KT_ROLE_PERCUSSION && n < part->notes.count; ++n) {
    const KtNote *note = &part->notes.items[n];
    KtTick end = note->start + note->duration;
    if (note->midi < VOICES_LOW || note->midi > VOICES_HIGH || note->start >= last || end <= first) {
      continue;
    }
    *attacks += note->start >= first;
    KtTick from = note->start > first ? note->start : first, to = end < last ? end : last;
    *sounds += kt_seconds(kt_tempo_time(&score->tempo, to) - kt_tempo_time(&score->tempo, from));
  }
}

double kt_mark_words(const KtDesk *desk, const KtScore *score) {
  const KtCue *cue = &desk->spotting->cues.items[score->cue];
  double attacks = 0, sounds = 0, spoken = 0;
  for (size_t i = 0; desk->film && i < desk->film->speech.count; ++i) {
    KtFilmTime from = desk->film->speech.items[i].start, to = desk->film->speech.items[i].end;
    from = from > cue->in ? from : cue->in;
    to = to < cue->out ? to : cue->out;
    if (to <= from) {
      continue;
    }
    spoken += kt_seconds(to - from);
    KtTick first = kt_tempo_tick(&score->tempo, from - cue->in), last = kt_tempo_tick(&score->tempo, to - cue->in);
    for (size_t p = 0; p < score->parts.count; ++p) {
      count_in_band(score, &score->parts.items[p], first, last, &attacks, &sounds);
    }
  }
  return spoken > 0 ? unit(1 - 0.6 * attacks / spoken / ATTACKS_MOST - 0.4 * sounds / spoken / TONES_MOST) : 1;
}

/// All that sounds at a tick, lowest first; returns how many.
static int sounding(const KtScore *score, KtTick at, int out[128]) {
  bool on[128] = {false};
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    for (size_t i = 0; part->role != KT_ROLE_PERCUSSION && i < part->notes.count && part->notes.items[i].start <= at; ++i) {
      const KtNote *n = &part->notes.items[i];
      on[(int)n->midi] = on[(int)n->midi] || n->start + n->duration > at;
    }
  }
  int count = 0;
  for (int k = 0; k < 128; ++k) {
    if (on[k]) {
      out[count++] = k;
    }
  }
  return count;
}

double kt_mark_crowding(const KtScore *score) {
  double muddy = 0, beats = 0;
  for (KtTick at = KT_PPQ / 8; at < score->end; at += 2 * KT_PPQ) {
    int pitches[128], count = sounding(score, at, pitches), close = 0;
    for (int i = 1; i < count; ++i) {
      int by = pitches[i] - pitches[i - 1];
      muddy += pitches[i - 1] < 45 && by < 5 ? 1 : 0;
      close += by <= 2;
    }
    muddy += close > 3;
    beats += count > 1;
  }
  return beats > 0 ? unit(1 - muddy / beats) : 1;
}

double kt_mark_voices(KtArena *scratch, const KtWritingRules *rules, const KtScore *score) {
  KtPart **parts = KT_NEW(scratch, KtPart *, score->parts.count + 1);
  size_t count = 0;
  for (size_t p = 0; parts && p < score->parts.count; ++p) {
    if (score->parts.items[p].role != KT_ROLE_PERCUSSION) {
      parts[count++] = &score->parts.items[p];
    }
  }
  KtPartWriting heard;
  if (!count || !kt_writing_hear(scratch, rules, score->palette, score, parts, count, &heard)) {
    return 1;
  }
  KtWritingFaults f = kt_writing_faults(&heard);
  const struct KtWritingUsual *usual = &rules->usual;
  double parallels = (f.parallels + (double)(usual->moves * usual->parallels)) / (f.moves + (double)usual->moves);
  double hanging = (f.unresolved + (double)(usual->tendencies * usual->unresolved)) / (f.tendencies + (double)usual->tendencies);
  return unit(1 - PARALLELS_WEIGH * parallels - HANGING_WEIGHS * hanging);
}
