// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/choose.h"

#include <math.h>
#include <stdlib.h>

enum { LEVELS = KT_SHARE_LEVELS };

bool kt_ends_film(const KtTimeline *t, const KtPlace *place) {
  return place->marks & KT_MARK_TITLE_IN &&
         (place->at_s > 0.85 * t->duration_s || place->at_s > t->credits_s - 2);
}

double kt_cue_worth(const KtTimeline *t, const KtLimits *limits, const KtPlace *in,
                    const KtPlace *out, unsigned lifted) {
  const struct KtRuleLength *rule = &t->rules->length;
  double length = out->at_s - in->at_s;
  if (t->pins.count && kt_timeline_pinned(t, in->at, out->at)) {
    return 0; // it is there in any case
  }
  if ((t->pins.count || t->barred.count) && kt_timeline_barred(t, in->at, out->at)) {
    return -HUGE_VAL;
  }
  bool lengths = !(lifted & KT_RULE_LENGTH);
  if ((!in->may_in && !(lifted & KT_RULE_WORDS)) || length < (double)rule->shortest_s ||
      (lengths && length > limits->cue_max_s) ||
      (!(lifted & KT_RULE_SOURCE) && kt_timeline_source(t, in->at_s, out->at_s))) {
    return -HUGE_VAL;
  }
  double price = (double)rule->cue;
  bool end_title = kt_ends_film(t, in) && out->marks & KT_MARK_FILM_END;
  if (end_title && length < limits->cue_typical_s) {
    price = length < (double)rule->sting_min_s ? HUGE_VAL : price / 2; // as long as the lettering
  } else if (length < limits->cue_min_s && lengths) {
    bool turn = in->turn >= 0 && in->strength >= rule->sting_weight &&
                (kt_turn_reveals(t->story->turns.items[in->turn].kind) ||
                 t->story->turns.items[in->turn].kind == KT_TURN_LOSS);
    if (!turn || length < (double)rule->sting_min_s || length > (double)rule->sting_max_s) {
      return -HUGE_VAL;
    }
    price += (double)rule->sting;
  } else {
    double stray = log(length / limits->cue_typical_s);
    double lack = 1 - length / (double)rule->music_min_s;
    price += (double)rule->typical * stray * stray + (double)rule->short_cost * fmax(0, lack);
  }
  if (t->heard) { // a cue is about one thing; where nothing else sounds, music goes on all the same
    price += (double)rule->mixed * length * kt_timeline_mixed(t, in->at_s, out->at_s);
  }
  // The less music is wanted, the more it matters that it stands at the peaks of the story.
  double scale = (double)t->rules->need.peaks / (0.5 + limits->wanted_share);
  return scale * kt_timeline_need(t, in->at_s, out->at_s) + in->in + out->out - price;
}

/// Price of a second of silence beyond a long one: where much music is wanted, a hole is felt.
static double long_price(const KtTimeline *t, const KtLimits *limits) {
  return (double)t->rules->gap.long_cost * limits->wanted_share * limits->wanted_share;
}

double kt_gap_price(const KtTimeline *t, const KtLimits *limits, double gap_s, unsigned lifted) {
  const struct KtRuleGap *rule = &t->rules->gap;
  if (gap_s < (double)rule->breath_s && !(lifted & KT_RULE_BREATH)) {
    return HUGE_VAL;
  }
  double lack = 1 - gap_s / (double)rule->short_s;
  double beyond = fmax(0, gap_s - (double)rule->long_s);
  return (lack > 0 ? (double)rule->short_cost * lack : 0) + long_price(t, limits) * beyond;
}

double kt_share_price(const KtTimeline *t, double share, double wanted) {
  double away = fabs(share - wanted);
  double beyond = fmax(0, away - (double)t->rules->share.aim);
  return t->duration_s * (2 * away * away + 60 * beyond);
}

double kt_edge_price(const KtTimeline *t, const KtLimits *limits, double start_s, double end_s,
                         double free_s) {
  const struct KtRuleGap *rule = &t->rules->gap;
  if (!t->heard) {
    return (double)rule->mute *
           fmin(end_s - start_s, (double)rule->long_s); // a hole, not a silence
  }
  double unspoken = (end_s - start_s) * (1 - kt_timeline_words(t, start_s, end_s));
  return (double)rule->edge * 2.2 * limits->wanted_share * limits->wanted_share *
         fmax(0, unspoken - free_s);
}

double kt_end_price(const KtTimeline *t, const KtLimits *limits, double left_s) {
  bool unended = t->duration_s - left_s > (double)t->rules->gap.end_s;
  return kt_edge_price(t, limits, left_s, t->duration_s, (double)t->rules->gap.close_s) +
         (unended ? (double)t->rules->gap.end : 0);
}

/// Best values by place and music used: silent there, having left; about to enter there.
typedef struct Table {
  size_t places;
  float *left, *ready;
  int *left_from, *ready_from; ///< place entered; place left, -1 none yet
} Table;
/// The best of the places far behind, by music used.
typedef struct Far {
  float value[LEVELS + 1];
  int from[LEVELS + 1];
  size_t count; ///< places seen
  size_t floor; ///< the last pinned cue's end: nothing before it is left from any more
} Far;
#define AT(i, level) ((i) * (LEVELS + 1) + (size_t)(level))

static bool table_make(KtArena *arena, size_t places, Table *table) {
  size_t cells = places * (LEVELS + 1);
  *table = (Table){.places = places,
                   .left = KT_NEW(arena, float, cells),
                   .ready = KT_NEW(arena, float, cells),
                   .left_from = KT_NEW(arena, int, cells),
                   .ready_from = KT_NEW(arena, int, cells)};
  if (!table->left || !table->ready || !table->left_from || !table->ready_from) {
    return false;
  }
  for (size_t i = 0; i < cells; ++i) {
    table->left[i] = table->ready[i] = -HUGE_VALF;
    table->left_from[i] = table->ready_from[i] = -1;
  }
  return true;
}

int kt_share_level(const KtTimeline *t, double at_s) {
  return (int)lround(at_s / t->duration_s * LEVELS);
}

bool kt_may_segue(const KtPlace *place) {
  const unsigned one_set = KT_MARK_PIN_IN | KT_MARK_PIN_OUT;
  unsigned set = place->marks & one_set;
  return set ? set == one_set
             : place->marks &
                   (KT_MARK_SCENE | KT_MARK_TURN | KT_MARK_TITLE_IN | KT_MARK_TITLE_OUT);
}

static void come_from(Table *table, size_t i, size_t j, float price) {
  for (size_t level = 0; level <= LEVELS; ++level) {
    float value = table->left[AT(j, level)] - price;
    if (value > table->ready[AT(i, level)]) {
      table->ready[AT(i, level)] = value;
      table->ready_from[AT(i, level)] = (int)j;
    }
  }
}

static void far_clear(Far *far) {
  for (int level = 0; level <= LEVELS; ++level) {
    far->value[level] = -HUGE_VALF;
    far->from[level] = -1;
  }
}

/// No gap may reach over a cue that a person set.
static void pass_pins(const KtTimeline *t, const KtPlace *list, size_t i, Far *far) {
  for (size_t p = 0; p < t->pins.count; ++p) {
    if (t->pins.items[p].out == list[i].at) {
      far_clear(far);
      far->floor = i;
      far->count = far->count > i ? far->count : i;
    }
  }
}

/// Between two cues that a person set there is as much breath as they gave.
static bool both_set(const KtPlace *list, size_t j, size_t i) {
  return list[j].marks & KT_MARK_PIN_OUT && list[i].marks & KT_MARK_PIN_IN;
}

/// Values of being about to enter at `i`: nothing played yet, a segue, a short gap, a long one.
/// Beyond a long gap the price is linear, so that the best of all far places is kept running:
/// `far` holds their values plus the price of the time before them.
static void get_ready(const KtTimeline *t, const KtPlaces *places, const KtLimits *limits,
                      Table *table, size_t i, unsigned lifted, Far *far) {
  const KtPlace *list = places->list.items;
  double near_s = fmax((double)t->rules->gap.short_s, (double)t->rules->gap.long_s);
  double slope = long_price(t, limits);
  for (; far->count < i && list[i].at_s - list[far->count].at_s >= near_s; ++far->count) {
    float head = (float)(slope * list[far->count].at_s);
    for (size_t level = 0; level <= LEVELS; ++level) {
      if (table->left[AT(far->count, level)] + head > far->value[level]) {
        far->value[level] = table->left[AT(far->count, level)] + head;
        far->from[level] = (int)far->count;
      }
    }
  }
  pass_pins(t, list, i, far);
  float fall = (float)(slope * (list[i].at_s - (double)t->rules->gap.long_s));
  if (!far->floor) {
    table->ready[AT(i, 0)] = (float)-kt_edge_price(t, limits, 0, list[i].at_s, t->rules->gap.open_s);
  }
  for (size_t level = 0; level <= LEVELS; ++level) {
    if (far->value[level] - fall > table->ready[AT(i, level)]) {
      table->ready[AT(i, level)] = far->value[level] - fall;
      table->ready_from[AT(i, level)] = far->from[level];
    }
  }
  for (size_t j = far->count; j < i; ++j) {
    unsigned breath = both_set(list, j, i) ? KT_RULE_BREATH : 0U;
    double price = kt_gap_price(t, limits, list[i].at_s - list[j].at_s, lifted | breath);
    if (isfinite(price)) {
      come_from(table, i, j, (float)price);
    }
  }
  if (kt_may_segue(&list[i])) {
    come_from(table, i, i, kt_ends_film(t, &list[i]) ? 0 : t->rules->gap.segue);
  }
}

static void enter(const KtTimeline *t, const KtPlaces *places, const KtLimits *limits, Table *table,
                  size_t i, unsigned lifted) {
  const KtPlace *list = places->list.items;
  for (size_t out = i + 1; out < places->list.count; ++out) {
    if (list[out].at_s - list[i].at_s > limits->cue_max_s && !(lifted & KT_RULE_LENGTH) &&
        !(list[i].marks & KT_MARK_PIN)) {
      break;
    }
    double worth = kt_cue_worth(t, limits, &list[i], &list[out], lifted);
    int used = kt_share_level(t, list[out].at_s) - kt_share_level(t, list[i].at_s);
    if (!isfinite(worth)) {
      continue;
    }
    for (int level = 0; level + used <= LEVELS; ++level) {
      float value = table->ready[AT(i, level)] + (float)worth;
      if (value > table->left[AT(out, level + used)]) {
        table->left[AT(out, level + used)] = value;
        table->left_from[AT(out, level + used)] = (int)i;
      }
    }
  }
}

/// Walk back from the best end; cues come out last first, then are turned round.
static void trace(const KtTimeline *t, const KtPlaces *places, const Table *table, int place,
                  int level, KtChosen *chosen) {
  while (place >= 0) {
    int in = table->left_from[AT((size_t)place, level)];
    if (in < 0) {
      break;
    }
    KtChosenCue *cue = kt_array_push(t->arena, &chosen->cues);
    if (!cue) {
      return;
    }
    *cue = (KtChosenCue){(size_t)in, (size_t)place};
    level -= kt_share_level(t, places->list.items[place].at_s) - kt_share_level(t, places->list.items[in].at_s);
    place = table->ready_from[AT((size_t)in, level)];
  }
  size_t count = chosen->cues.count;
  for (size_t i = 0; i < count / 2; ++i) {
    KtChosenCue swap = chosen->cues.items[i];
    chosen->cues.items[i] = chosen->cues.items[count - 1 - i];
    chosen->cues.items[count - 1 - i] = swap;
  }
  double used = 0;
  for (size_t i = 0; i < count; ++i) {
    used += places->list.items[chosen->cues.items[i].out].at_s -
            places->list.items[chosen->cues.items[i].in].at_s;
  }
  chosen->share = used / t->duration_s;
}

KtStatus kt_choose(const KtTimeline *t, const KtPlaces *places, const KtLimits *limits,
                   unsigned lifted, KtChosen *chosen, KtError *err) {
  *chosen = (KtChosen){0};
  size_t count = places->list.count;
  KtArena *scratch = kt_arena_new();
  Table table = {0};
  Far far = {.count = 0};
  if (!scratch || !table_make(scratch, count, &table)) {
    kt_arena_free(scratch);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  far_clear(&far);
  for (size_t i = 0; i < count; ++i) {
    get_ready(t, places, limits, &table, i, lifted, &far);
    enter(t, places, limits, &table, i, lifted);
  }
  int best_place = -1;
  int best_level = 0;
  chosen->value = t->pins.count ? -HUGE_VAL : -kt_share_price(t, 0, limits->wanted_share);
  for (size_t i = far.floor; i < count; ++i) {
    double tail = kt_end_price(t, limits, places->list.items[i].at_s);
    for (int level = 0; level <= LEVELS; ++level) {
      double value = (double)table.left[AT(i, level)] - tail -
                     kt_share_price(t, (double)level / LEVELS, limits->wanted_share);
      if (value > chosen->value) {
        chosen->value = value;
        best_place = (int)i;
        best_level = level;
      }
    }
  }
  trace(t, places, &table, best_place, best_level, chosen);
  kt_arena_free(scratch);
  return kt_arena_failed(t->arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
