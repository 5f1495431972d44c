// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <math.h>
#include <string.h>

/// Octaves a role may be moved by; the first is where it stands.
static int octaves_of(KtRole role, const int **octaves) {
  static const int all[] = {0, -12, 12, -24, 24};
  static const int percussion[] = {0, -12, 12, -24, 24, -36, 36};
  bool free_octave = role == KT_ROLE_PERCUSSION || role == KT_ROLE_COLOUR;
  *octaves = free_octave ? percussion : all;
  return free_octave ? 7 : 5;
}

/// Share of a line's notes that lie in low..high after a shift.
static double share_inside(const KtScoring *scoring, size_t s, int p, int shift, int low,
                           int high) {
  const KtSpan *span = &scoring->spans.items[s];
  const KtPart *part = &scoring->sketch->parts.items[p];
  int in = 0, all = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->start >= span->start && note->start < span->end) {
      ++all;
      in += note->midi + shift >= low && note->midi + shift <= high;
    }
  }
  return all ? (double)in / all : 1.0;
}

double kt_line_hurry(const KtInstrument *instrument, const KtLine *line) {
  int step = (int)((double)instrument->quickest_s / KT_HURRY_S + 0.5) - 1;
  return step < 0 ? 0 : (double)line->hurried[step < KT_HURRIES ? step : KT_HURRIES - 1];
}

double kt_line_fit(const KtScoring *scoring, size_t span, const KtLine *line, KtRole role,
                   const KtInstrument *instrument, int *shift) {
  const KtPrices *price = &scoring->habits->price;
  const int *octaves;
  int count = octaves_of(role, &octaves);
  double least = HUGE_VAL;
  double octave = (double)price->octave * (role == KT_ROLE_HARMONY ? 2.0 : 1.0);
  octave *= role == KT_ROLE_PERCUSSION || role == KT_ROLE_COLOUR ? 0.3 : 1.0;
  for (int i = 0; i < count; ++i) {
    int k = octaves[i];
    double outside = 1.0 - share_inside(scoring, span, line->part, k, instrument->low,
                                        instrument->high);
    double strain = 1.0 - share_inside(scoring, span, line->part, k, instrument->comfort_low,
                                       instrument->comfort_high);
    // a theme is never bent: all of it fits or it goes elsewhere
    double cost = (double)price->outside * outside * (line->statement >= 0 ? 4.0 : 1.0) +
                  (double)price->discomfort * strain * (1.5 - (double)line->level) +
                  octave * fabs(k / 12.0);
    if (cost < least) {
      least = cost;
      *shift = k;
    }
  }
  return least + (double)price->hurry * kt_line_hurry(instrument, line);
}

static double seconds_led(const KtScoring *scoring, size_t span, const KtInstrument *instrument) {
  double led = 0, back = 0;
  size_t parts = scoring->sketch->parts.count;
  for (size_t s = span; s-- > 0 && back < (double)scoring->habits->tired_s;) {
    back += scoring->spans.items[s].seconds;
    for (size_t p = 0; p < parts; ++p) {
      const KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s, p)];
      if (scoring->sketch->parts.items[p].role == KT_ROLE_LEAD && seats->count &&
          seats->seats[0].instrument == instrument) {
        led += scoring->spans.items[s].seconds;
      }
    }
  }
  return fmin(1.0, led / (double)scoring->habits->tired_s);
}

double kt_weight_at(const KtInstrument *instrument, float level) {
  double loud = fmin(1.0, fmax(0.0, ((double)level - 0.3) / 0.4));
  return pow((double)instrument->weight, loud);
}

static double breath_price(const KtInstrument *instrument, const KtLine *line) {
  if (instrument->breath_s <= 0 || instrument->players > 1) {
    return 0; // a section breathes in turn
  }
  return fmin(2.0, fmax(0.0, line->longest_s / (double)instrument->breath_s - 1.0));
}

static double cannot_play(const KtInstrument *instrument, const KtLine *line) {
  double share = 0;
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    share += instrument->has[a] ? 0 : (double)line->asks[a];
  }
  if (line->polyphony > instrument->voices) {
    share += 0.5 * (line->polyphony - instrument->voices);
  }
  return share;
}

/// What it costs that `instrument` carries a line; HUGE_VAL never happens, so that an answer exists.
static double line_price(KtScoring *scoring, size_t s, size_t p, const KtInstrument *instrument,
                         int rank, int ranks, int *shift) {
  const KtPrices *price = &scoring->habits->price;
  const KtSpan *span = &scoring->spans.items[s];
  const KtLine *line = &scoring->lines[kt_scoring_at(scoring, s, p)];
  KtRole role = scoring->sketch->parts.items[p].role;
  bool leads = role == KT_ROLE_LEAD || role == KT_ROLE_COUNTER || role == KT_ROLE_COLOUR;
  double cost = kt_line_fit(scoring, s, line, role, instrument, shift);
  cost += (double)price->preference * rank / ranks;
  cost += (double)price->colour * (leads ? 1.0 : 0.35) *
          fabs((double)(instrument->brightness - span->light));
  double wanted = -0.5 + 2.5 * (double)span->energy;
  double weight = log2(kt_weight_at(instrument, line->level));
  cost += (double)price->heavy * fmax(0.0, weight - wanted);
  cost += (double)price->light * fmax(0.0, wanted - weight) * (leads ? 2.0 : 0.5);
  if (role == KT_ROLE_LEAD) {
    // tired of what one has heard; less where few can relieve each other, and not at the climax
    double relief = fmin(1.0, (ranks - 1) / 6.0) * (1.0 - 0.8 * (double)span->energy);
    cost += (double)price->tired * relief * seconds_led(scoring, s, instrument);
    if (instrument->players > 2 && span->energy < 0.3F) {
      cost += (double)price->crowd * (1.0 - (double)span->energy / 0.3);
    }
  }
  cost += kt_spend_price(scoring->habits, scoring->palette, instrument->id, span->energy, span->tension,
                         line->longest_s < KT_BRIEF_S ? 1.0F : fmaxf(line->brief, line->asks[KT_ART_SHORT]));
  cost += (double)price->cannot * cannot_play(instrument, line);
  cost += (double)price->late * (double)line->hits *
          (double)instrument->presets[KT_ART_MARCATO].speaks_ms / 100.0;
  cost += (double)price->breathless * breath_price(instrument, line);
  if (!strcmp(instrument->id, "harp")) {
    cost += (double)price->pedals * fmax(0, line->pedals - 1);
  }
  cost += (double)price->chance * kt_rng_unit(&scoring->rng);
  return cost;
}

/// Who carried this part in the span before; NULL where nobody did.
static const KtInstrument *carrier_before(const KtScoring *scoring, size_t s, size_t p) {
  if (!s) {
    return NULL;
  }
  const KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s - 1, p)];
  return seats->count ? seats->seats[0].instrument : NULL;
}

static double stay_price(const KtScoring *scoring, size_t s, size_t p,
                         const KtInstrument *instrument) {
  const KtLine *line = &scoring->lines[kt_scoring_at(scoring, s, p)];
  const KtInstrument *before = carrier_before(scoring, s, p);
  if (!before || before == instrument) {
    return 0;
  }
  double stay = (double)scoring->habits->price.stay;
  if (line->carried) {
    return 10 * stay; // a theme stays where it began
  }
  bool same = scoring->spans.items[s].section >= 0 &&
              scoring->spans.items[s].section == scoring->spans.items[s - 1].section;
  if (scoring->sketch->parts.items[p].role == KT_ROLE_LEAD) {
    return 0;
  }
  return same ? stay : 0.1 * stay;
}

typedef struct Slot {
  const KtInstrument *instrument;
  int voice; ///< 0 its first voice
} Slot;

typedef struct Table {
  size_t span;
  int *rows; ///< sketch parts with something pitched to play
  int row_count;
  Slot *slots;
  int slot_count;
  double *cost;
  double *tint;     ///< what the picture's colours add to it
  int *shift;
  int *chosen;
} Table;

static void add_slots(const KtScoring *scoring, Table *table, const KtInstrument *instrument) {
  if (!instrument || !instrument->pitched) {
    return;
  }
  for (int i = 0; i < table->slot_count; ++i) {
    if (table->slots[i].instrument == instrument) {
      return;
    }
  }
  (void)scoring;
  for (int v = 0; v < instrument->voices; ++v) {
    table->slots[table->slot_count++] = (Slot){instrument, v};
  }
}

static int rank_in(const KtSeatRole *role, const char *id) {
  for (int i = 0; i < role->count; ++i) {
    if (!strcmp(role->instruments[i], id)) {
      return i;
    }
  }
  return -1;
}

/// Whose colour is heard.
static bool leads_or_holds(KtRole role) {
  return role != KT_ROLE_PERCUSSION && role != KT_ROLE_PULSE;
}

static void price_row(KtScoring *scoring, Table *table, int row) {
  size_t p = (size_t)table->rows[row];
  const KtPart *part = &scoring->sketch->parts.items[p];
  const KtSeatRole *role = &scoring->palette->roles[part->role];
  bool timpani = part->role == KT_ROLE_PERCUSSION;
  double usual = 0;
  int usual_shift = 0;
  for (int c = 0; c < table->slot_count; ++c) {
    const KtInstrument *one = table->slots[c].instrument;
    int voice = table->slots[c].voice;
    size_t at = (size_t)row * (size_t)table->slot_count + (size_t)c;
    if (!voice) {
      int rank = rank_in(role, one->id);
      usual = line_price(scoring, table->span, p, one, rank < 0 ? role->count : rank, role->count,
                         &usual_shift);
      usual += rank < 0 ? 4.0 : 0.0; // somebody the palette has, but not for this role
      usual += timpani != !strcmp(one->id, "timpani") ? 50.0 : 0.0;
      usual += stay_price(scoring, table->span, p, one);
    }
    double divided = !strcmp(one->family, "strings") ? 1.0 : !strcmp(one->family, "keys") ? 0.03 : 0.3;
    table->cost[at] = usual + divided * (double)scoring->habits->price.divided * voice +
                      (voice && part->role == KT_ROLE_LEAD && strcmp(one->family, "keys") ? 0.6 : 0.0);
    table->shift[at] = usual_shift;
    table->tint[at] = leads_or_holds(part->role) ? kt_scoring_tint(scoring, &scoring->spans.items[table->span], one) : 0;
  }
}

/// Harmony sounds as one body where it comes from one family: a second look with that in the price.
static void blend_harmony(KtScoring *scoring, Table *table) {
  static const char *const families[] = {"strings", "woodwinds", "brass", "keys", "choir", "synth"};
  int votes[6] = {0}, best = 0;
  for (int r = 0; r < table->row_count; ++r) {
    if (scoring->sketch->parts.items[table->rows[r]].role != KT_ROLE_HARMONY) {
      continue;
    }
    for (int f = 0; f < 6; ++f) {
      votes[f] += !strcmp(table->slots[table->chosen[r]].instrument->family, families[f]);
      best = votes[f] > votes[best] ? f : best;
    }
  }
  for (int r = 0; r < table->row_count; ++r) {
    if (scoring->sketch->parts.items[table->rows[r]].role != KT_ROLE_HARMONY) {
      continue;
    }
    for (int c = 0; c < table->slot_count; ++c) {
      if (strcmp(table->slots[c].instrument->family, families[best])) {
        table->cost[(size_t)r * (size_t)table->slot_count + (size_t)c] +=
            (double)scoring->habits->price.blend;
      }
    }
  }
  kt_assign_least(scoring->scratch, table->cost, table->row_count, table->slot_count,
                  table->chosen);
}

/// The least price, with what the colours of the picture say; who would play without them is told.
static void choose_players(KtScoring *scoring, Table *table) {
  const KtSpan *span = &scoring->spans.items[table->span];
  size_t cells = (size_t)table->row_count * (size_t)table->slot_count;
  bool tinted = fabsf(span->look.brightness) + fabsf(span->look.warmth) + fabsf(span->look.saturation) > 1e-3F;
  const KtInstrument **plain = tinted ? KT_NEW(scoring->scratch, const KtInstrument *, (size_t)table->row_count) : NULL;
  const KtInstrument **now = tinted ? KT_NEW(scoring->scratch, const KtInstrument *, (size_t)table->row_count) : NULL;
  kt_assign_least(scoring->scratch, table->cost, table->row_count, table->slot_count, table->chosen);
  for (int r = 0; plain && now && r < table->row_count; ++r) {
    plain[r] = table->slots[table->chosen[r]].instrument;
  }
  for (size_t i = 0; tinted && i < cells; ++i) {
    table->cost[i] += table->tint[i];
  }
  if (tinted) {
    kt_assign_least(scoring->scratch, table->cost, table->row_count, table->slot_count, table->chosen);
  }
  for (int r = 0; plain && now && r < table->row_count; ++r) {
    now[r] = table->slots[table->chosen[r]].instrument;
  }
  blend_harmony(scoring, table);
  if (plain && now) {
    kt_scoring_tell_tints(scoring, span, table->rows, table->row_count, plain, now);
  }
}

static void assign_span(KtScoring *scoring, size_t s) {
  size_t parts = scoring->sketch->parts.count;
  Table table = {.span = s};
  table.rows = KT_NEW(scoring->scratch, int, parts);
  table.slots = KT_NEW(scoring->scratch, Slot, (size_t)scoring->orchestra->count * 12);
  if (!table.rows || !table.slots) {
    return;
  }
  for (size_t p = 0; p < parts; ++p) {
    const KtPart *part = &scoring->sketch->parts.items[p];
    if (scoring->lines[kt_scoring_at(scoring, s, p)].count && !kt_part_unpitched(part)) {
      table.rows[table.row_count++] = (int)p;
    }
  }
  for (int r = 0; r < KT_ROLE_COUNT; ++r) {
    for (int i = 0; i < scoring->palette->roles[r].count; ++i) {
      add_slots(scoring, &table,
                kt_orchestra_find(scoring->orchestra, scoring->palette->roles[r].instruments[i]));
    }
  }
  for (int i = 0; table.slot_count < table.row_count && i < scoring->orchestra->count; ++i) {
    add_slots(scoring, &table, &scoring->orchestra->instruments[i]); // a sketch beyond the palette
  }
  size_t cells = (size_t)table.row_count * (size_t)table.slot_count;
  table.cost = KT_NEW(scoring->scratch, double, cells);
  table.tint = KT_NEW(scoring->scratch, double, cells);
  table.shift = KT_NEW(scoring->scratch, int, cells);
  table.chosen = KT_NEW(scoring->scratch, int, (size_t)table.row_count);
  if (!table.cost || !table.tint || !table.shift || !table.chosen || !table.row_count) {
    return;
  }
  for (int r = 0; r < table.row_count; ++r) {
    price_row(scoring, &table, r);
  }
  choose_players(scoring, &table);
  for (int r = 0; r < table.row_count; ++r) {
    KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s, (size_t)table.rows[r])];
    int c = table.chosen[r];
    seats->seats[0] =
        (KtSeat){table.slots[c].instrument,
                 table.shift[(size_t)r * (size_t)table.slot_count + (size_t)c], 0};
    seats->count = 1;
  }
}

void kt_scoring_assign(KtScoring *scoring) {
  for (size_t s = 0; scoring->seats && s < scoring->spans.count; ++s) {
    assign_span(scoring, s);
  }
}
