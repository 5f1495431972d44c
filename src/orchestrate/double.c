// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Crowd {
  size_t span;
  float energy; ///< of the scoring: the span's, more where it blooms
  int players; ///< parts that sound
  int most;
} Crowd;

static bool plays_already(const KtScoring *scoring, size_t s, const KtInstrument *instrument) {
  for (size_t p = 0; p < scoring->sketch->parts.count; ++p) {
    const KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s, p)];
    for (int i = 0; i < seats->count; ++i) {
      if (seats->seats[i].instrument == instrument) {
        return true;
      }
    }
  }
  return false;
}

static int steps_allow(const KtDoublingStep *steps, unsigned count, float energy) {
  int allowed = 0;
  for (unsigned i = 0; i < count; ++i) {
    allowed = energy >= steps[i].energy && steps[i].count > allowed ? steps[i].count : allowed;
  }
  return allowed;
}

static int doublings_of(const KtScoring *scoring, KtRole role, float energy) {
  const __typeof__(scoring->habits->doublings) *steps = &scoring->habits->doublings;
  switch (role) {
  case KT_ROLE_LEAD:
    return steps_allow(steps->lead, steps->lead_count, energy);
  case KT_ROLE_BASS:
    return steps_allow(steps->bass, steps->bass_count, energy);
  case KT_ROLE_HARMONY:
    return steps_allow(steps->harmony, steps->harmony_count, energy);
  case KT_ROLE_FIGURE:
    return steps_allow(steps->figure, steps->figure_count, energy);
  default:
    return 0;
  }
}

static double share_in_comfort(const KtLine *line, const KtInstrument *one, int shift) {
  int low = line->low + shift, high = line->high + shift;
  if (low < one->low || high > one->high) {
    return -1;
  }
  double strain = fmax(0, one->comfort_low - low) + fmax(0, high - one->comfort_high);
  return fmax(0.0, 1.0 - strain / 12.0);
}

/// Octaves a doubling may take: the lead in octaves for brilliance, the bass an octave down for
/// depth, inner voices where they are.
static double octave_price(const KtScoring *scoring, size_t s, KtRole role, const KtSeats *seats,
                           const KtLine *line, int shift) {
  int against = shift - seats->seats[0].shift;
  bool bright = scoring->spans.items[s].energy >= scoring->habits->octave_energy;
  bool has_octave = false;
  for (int i = 1; i < seats->count; ++i) {
    has_octave = has_octave || seats->seats[i].shift != seats->seats[0].shift;
  }
  switch (role) {
  case KT_ROLE_BASS:
    if (against == 12) { // celli over the basses, as long as it stays a bass
      bool room = line->high + shift <= 57 && (seats->count == 1 || scoring->habits->bass_octave > 0);
      return room ? -0.2 - (double)scoring->habits->bass_octave : 9;
    }
    return against == -12 ? (has_octave ? 0.4 : -0.6) : against == 0 ? 0 : 9;
  case KT_ROLE_LEAD:
    return against == 0 ? (bright && !has_octave ? 0.5 : 0) : bright ? (has_octave ? 0.3 : 0) : 1.0;
  case KT_ROLE_HARMONY:
    return against == 0 ? 0 : against == 12 && bright ? 0.5 : 9;
  default:
    return against == 0 ? 0 : 0.5;
  }
}

/// Nobody doubles what is quicker than they can be but for so much of it.
static const double HURRY_MOST = 0.1;

static bool can_take(const KtScoring *scoring, size_t s, const KtLine *line,
                     const KtInstrument *one) {
  return one && one->pitched && strcmp(one->id, "timpani") && line->polyphony <= one->voices &&
         !plays_already(scoring, s, one) && kt_line_hurry(one, line) <= HURRY_MOST;
}

static double doubling_price(KtScoring *scoring, size_t s, size_t p, const KtInstrument *one,
                             int rank, int shift) {
  const KtSpan *span = &scoring->spans.items[s];
  size_t at = kt_scoring_at(scoring, s, p);
  const KtSeats *seats = &scoring->seats[at];
  const KtLine *line = &scoring->lines[at];
  double fit = share_in_comfort(line, one, shift);
  if (fit < 0) {
    return HUGE_VAL;
  }
  double cost = 1.2 * (1.0 - fit) + 0.08 * rank;
  KtRole role = scoring->sketch->parts.items[p].role;
  cost += kt_learned_doubling_price(scoring, seats->seats[0].instrument->id, one->id, abs(shift - seats->seats[0].shift) / 12);
  cost += octave_price(scoring, s, role, seats, line, shift);
  cost += kt_spend_price(scoring->habits, scoring->palette, one->id, span->energy, span->tension,
                         line->longest_s < KT_BRIEF_S ? 1.0F : fmaxf(line->brief, line->asks[KT_ART_SHORT]));
  double wanted = -0.5 + 2.5 * (double)span->energy, weight = log2(kt_weight_at(one, line->level));
  cost += (double)scoring->habits->price.heavy * 2.0 * fmax(0.0, weight - wanted);
  cost += (double)scoring->habits->price.light * fmax(0.0, wanted - weight);
  // in a tutti another colour tells more than more of the same; a soft bass is one colour
  bool one_colour = role == KT_ROLE_BASS && span->energy < 0.6F;
  for (int i = 0; i < seats->count; ++i) {
    bool same = !strcmp(seats->seats[i].instrument->family, one->family);
    cost += one_colour ? (same ? 0 : 1.6 * (1.0 - (double)span->energy)) : same ? 0.25 : 0;
  }
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    cost += one->has[a] ? 0 : 0.8 * (double)line->asks[a];
  }
  if (one->breath_s > 0 && one->players == 1 && line->longest_s > (double)one->breath_s) {
    cost += 1.0;
  }
  // the same doubling as just before in the same section
  const KtSeats *before = s ? &scoring->seats[kt_scoring_at(scoring, s - 1, p)] : NULL;
  for (int i = 1; before && i < before->count; ++i) {
    if (before->seats[i].instrument == one && before->seats[i].shift == shift) {
      cost -= 0.5;
    }
  }
  return cost + (double)scoring->habits->price.chance * kt_rng_unit(&scoring->rng);
}

static bool add_best(KtScoring *scoring, size_t s, size_t p) {
  static const int octaves[] = {0, -12, 12};
  KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s, p)];
  const KtLine *line = &scoring->lines[kt_scoring_at(scoring, s, p)];
  const KtSeatRole *role = &scoring->palette->roles[scoring->sketch->parts.items[p].role];
  KtSeat best = {0};
  double least = 2.2; // dearer than this is worse than none
  for (int i = 0; i < role->count; ++i) {
    const KtInstrument *one = kt_orchestra_find(scoring->orchestra, role->instruments[i]);
    if (!can_take(scoring, s, line, one)) {
      continue;
    }
    for (int k = 0; k < 3; ++k) {
      int shift = seats->seats[0].shift + octaves[k];
      double cost = doubling_price(scoring, s, p, one, i, shift);
      if (cost < least) {
        least = cost;
        best = (KtSeat){one, shift, -0.03F};
      }
    }
  }
  if (!best.instrument || seats->count >= KT_SEATS_MOST) {
    return false;
  }
  seats->seats[seats->count++] = best;
  return true;
}

static void double_span(KtScoring *scoring, Crowd *crowd) {
  static const KtRole order[] = {KT_ROLE_BASS, KT_ROLE_LEAD, KT_ROLE_HARMONY, KT_ROLE_FIGURE};
  const KtScore *sketch = scoring->sketch;
  for (int round = 1; round < KT_SEATS_MOST; ++round) {
    for (size_t o = 0; o < sizeof(order) / sizeof(*order); ++o) {
      for (size_t p = 0; p < sketch->parts.count; ++p) {
        KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, crowd->span, p)];
        KtRole role = sketch->parts.items[p].role;
        int allowed = doublings_of(scoring, role, crowd->energy);
        if (role == order[o] && seats->count == round && round <= allowed &&
            crowd->players < crowd->most && add_best(scoring, crowd->span, p)) {
          ++crowd->players;
        }
      }
    }
  }
}

static double weight_of(const KtScoring *scoring, size_t at) {
  double sum = 0;
  for (int i = 0; i < scoring->seats[at].count; ++i) {
    sum += kt_weight_at(scoring->seats[at].seats[i].instrument, scoring->lines[at].level);
  }
  return sum;
}

/// The lead tells through: where what accompanies outweighs it, both give way to that.
static void balance(KtScoring *scoring, size_t s) {
  const KtScore *sketch = scoring->sketch;
  double lead = 0, rest = 0;
  for (size_t p = 0; p < sketch->parts.count; ++p) {
    double weight = weight_of(scoring, kt_scoring_at(scoring, s, p));
    if (sketch->parts.items[p].role == KT_ROLE_LEAD) {
      lead += weight;
    } else {
      rest += weight;
    }
  }
  double over = lead > 0 && rest > 0 ? log2(rest / (1.5 * lead)) : 0;
  float give = (float)fmin(0.12, fmax(0.0, 0.04 * over));
  for (size_t p = 0; p < sketch->parts.count; ++p) {
    size_t at = kt_scoring_at(scoring, s, p);
    for (int i = 0; i < scoring->seats[at].count; ++i) {
      KtSeat *seat = &scoring->seats[at].seats[i];
      if (sketch->parts.items[p].role == KT_ROLE_LEAD) {
        seat->trim += 0.75F * give;
        continue;
      }
      double heavy = log2(kt_weight_at(seat->instrument, scoring->lines[at].level));
      seat->trim -= give + (float)fmax(0.0, 0.025 * (heavy - 1.0));
    }
  }
}

/// Whether a span belongs to the cue's highest third: there the orchestra opens, however soft it is.
static bool blooms(const KtScoring *scoring, size_t s) {
  size_t higher = 0;
  for (size_t i = 0; i < scoring->spans.count; ++i) {
    float by = scoring->spans.items[i].energy - scoring->spans.items[s].energy;
    higher += by > 0 || (by >= 0 && i > s); // of equals the later
  }
  return 3 * higher < scoring->spans.count + 1;
}

void kt_scoring_double(KtScoring *scoring) {
  for (size_t s = 0; scoring->seats && s < scoring->spans.count; ++s) {
    float energy = scoring->spans.items[s].energy + (blooms(scoring, s) ? scoring->habits->bloom : 0);
    energy = fminf(1, energy);
    // a palette of four layers is half a palette of six: chamber music has no tutti
    float rise = scoring->habits->players_rise *
                 fmaxf(0.1F, (float)(scoring->palette->layers_max - 2) / 4.0F);
    Crowd crowd = {.span = s,
                   .energy = energy,
                   .most = (int)(scoring->habits->players_floor + rise * energy * energy)};
    for (size_t p = 0; p < scoring->sketch->parts.count; ++p) {
      crowd.players += scoring->seats[kt_scoring_at(scoring, s, p)].count;
    }
    double_span(scoring, &crowd);
    balance(scoring, s);
  }
}
