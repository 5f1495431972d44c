// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Theme statements find their bars; what is left becomes phrases of our own.
#include "compose/melody.h"

#include <math.h>

/// From this liking to roam on a tune is given to a third octave too.
static const float FAR_ROAM = 0.3F;

/// One statement at a time: each is to be heard.
static bool taken(const KtSketch *sketch, int first, int bars) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtPlaced *p = &sketch->placed.items[i];
    if (first < p->bar + p->bars && p->bar < first + bars) {
      return true;
    }
  }
  return false;
}

static int bars_for(const KtSketch *sketch, int first, KtTick ticks) {
  KtTick start = sketch->bars.items[first].start;
  int bars = 0;
  while (first + bars < (int)sketch->bars.count && sketch->bars.items[first + bars].start < start + ticks) {
    ++bars;
  }
  return bars > 0 ? bars : 1;
}

/// Ticks free from a bar to the end of its section or the next statement.
static KtTick room(const KtSketch *sketch, int bar) {
  const KtCueSection *s = &sketch->sections.items[sketch->bars.items[bar].section];
  int last = s->first + s->bars;
  int end = bar;
  while (end < last && !taken(sketch, end, 1)) {
    ++end;
  }
  KtTick to = end > bar ? sketch->bars.items[end - 1].end : sketch->bars.items[bar].start;
  to = to < sketch->sound_end ? to : sketch->sound_end;
  return to - sketch->bars.items[bar].start;
}

static int choose_bar(const KtSketch *sketch, const KtPlannedStatement *plan, KtTick want,
                      KtTick least) {
  const KtTheme *theme = &sketch->themes->items.items[plan->theme];
  double wish = kt_seconds(plan->at - sketch->cue->in);
  KtTick decent = kt_statement_decent(theme, plan->transform);
  int best = -1;
  double least_cost = HUGE_VAL;
  for (int b = 0; b < (int)sketch->bars.count; ++b) {
    const KtCueBar *bar = &sketch->bars.items[b];
    KtTick free = room(sketch, b);
    if (free < KT_PPQ || bar->upbeat) {
      continue;
    }
    double off = fabs(kt_seconds(kt_tempo_time(&sketch->score->tempo, bar->start)) - wish);
    const KtCueSection *s = &sketch->sections.items[bar->section];
    double cost = off / 3.0 + (bar->joint ? 0 : 0.5) + (s->first == b ? 0 : 0.3) +
                  (free < least ? 4.0 : 0) + (free < decent ? (plan->recognisable ? 3.0 : 1.5) : 0) + (free < want ? (plan->whole ? 4.0 : 0.8) : 0) +
                  (kt_sketch_carries(sketch, theme, bar->start, least) ? 0 : 3.0) +
                  (plan->recognisable ? 1.5 * (double)bar->words : 0);
    if (cost < least_cost) {
      least_cost = cost;
      best = b;
    }
  }
  return best;
}

static KtCuePart part_for(KtRole role) {
  return role == KT_ROLE_COUNTER ? KT_PART_COUNTER : role == KT_ROLE_BASS ? KT_PART_BASS : KT_PART_LEAD;
}

/// Registers are an eleventh wider than a tune: wherever its octaves lie it fits, and no note of it is folded.
static void registers(const KtCueSection *s, KtCuePart part, bool words, int *low, int *high) {
  if (part == KT_PART_BASS) {
    *low = 31;
    *high = 60;
  } else if (part == KT_PART_COUNTER) {
    *low = words ? 69 : 48;
    *high = words ? 97 : 77;
  } else {
    *low = words ? 67 : s->lead_middle - 12;
    *high = words ? 96 : s->lead_middle + 17;
  }
}

/// Every other statement in the lead is given to another octave: the tune goes from hand to hand.
static int octave_away(const KtSketch *sketch, const KtCueSection *s) {
  int before = 0;
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    before += sketch->placed.items[i].part == KT_PART_LEAD;
  }
  int away = s->lead_middle > 66 ? -12 : 12;
  bool far = before % 4 == 2 && sketch->lore.habits->roam > FAR_ROAM;
  return far ? -away : before % 2 == 0 ? 0 : away;
}

static KtStatus place(KtSketch *sketch, const KtPlannedStatement *plan, KtError *err) {
  if (plan->theme < 0 || (size_t)plan->theme >= sketch->themes->items.count) {
    return KT_OK;
  }
  const KtTheme *theme = &sketch->themes->items.items[plan->theme];
  KtCuePart part = part_for(plan->role);
  KtTick least = 0, want = kt_statement_ticks(theme, plan->transform, &least);
  int bar = choose_bar(sketch, plan, want, least);
  if (bar < 0 || !theme->notes.count) {
    return KT_OK; // no room left: the plan asked for more than the cue holds
  }
  KtCueSection *s = &sketch->sections.items[sketch->bars.items[bar].section];
  s->key.mode = plan->mode;
  KtStatementRequest request = {.theme = theme,
                                .transform = plan->transform,
                                .key = s->key,
                                .start = sketch->bars.items[bar].start,
                                .available = room(sketch, bar),
                                .valence = kt_clamp(s->emotion.valence + 0.5F * plan->lean, -1, 1),
                                .recolour = plan->lean != 0,
                                .tension = s->emotion.tension,
                                .metres = &sketch->score->metres};
  if (plan->other >= 0 && (size_t)plan->other < sketch->themes->items.count && plan->other != plan->theme) {
    request.other = &sketch->themes->items.items[plan->other];
  }
  registers(s, part, sketch->bars.items[bar].words > 0.25F, &request.low, &request.high);
  if (part == KT_PART_LEAD && sketch->bars.items[bar].words <= 0.25F) {
    int away = octave_away(sketch, s);
    request.low += away;
    request.high += away;
  }
  KtPlaced placed = {.plan = plan, .part = part, .bar = bar};
  KtStatus status = kt_statement_realise(sketch->arena, &request, &placed.notes, err);
  if (status || !placed.notes.notes.count) {
    return status;
  }
  placed.bars = bars_for(sketch, bar, placed.notes.record.end - request.start);
  KtPlaced *kept = kt_array_push(sketch->arena, &sketch->placed);
  if (kept) {
    *kept = placed;
  }
  return KT_OK;
}

static int statement_at(const KtSketch *sketch, int bar) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    if (sketch->placed.items[i].bar == bar) {
      return (int)i;
    }
  }
  return -1;
}

static int phrase_bars(const KtSketch *sketch, int first, int last, KtRng *rng) {
  if (sketch->bars.items[first].upbeat) {
    return 1;
  }
  int free = first;
  while (free < last && statement_at(sketch, free) < 0) {
    ++free;
  }
  int n = free - first;
  const KtMelodyLore *lore = sketch->lore.melody;
  if (n <= 2 || (n <= 5 && kt_rng_unit(rng) < (double)lore->whole)) {
    return n;
  }
  float weights[KT_PHRASE_BARS];
  for (int i = 0; i < KT_PHRASE_BARS; ++i) {
    int bars = i + 1, left = n - bars;
    bool joint = left > 0 && sketch->bars.items[first + bars].joint;
    weights[i] = left < 0 || (left == 1 && bars < 3) ? 0 : lore->bars[i] * (joint ? lore->joint_bars : 1.0F);
  }
  float sum = 0;
  for (int i = 0; i < KT_PHRASE_BARS; ++i) {
    sum += weights[i];
  }
  return sum > 0 ? 1 + (int)kt_rng_pick(rng, weights, KT_PHRASE_BARS) : n < 8 ? n : 4;
}

static int layers_at(const KtSketch *sketch, const KtCuePhrase *p) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  float energy = 0, words = 0;
  for (int b = p->first; b < p->first + p->bars; ++b) {
    energy += sketch->bars.items[b].energy / (float)p->bars;
    words += sketch->bars.items[b].words / (float)p->bars;
  }
  float n = kt_curve(lore->layers, lore->layers_count, energy) * sketch->lore.habits->layers;
  int layers = (int)(n + 0.5F);
  if (words > 0.2F && layers > (int)lore->words_layers) {
    layers = (int)lore->words_layers;
  }
  layers = layers > sketch->layers_max ? sketch->layers_max : layers;
  return layers < 1 ? 1 : layers;
}

/// Whether the section has something for a role to play, and the words leave it room.
static bool has_part(const KtCueSection *s, KtRole role, float words, const KtHabits *habits) {
  switch (role) {
  case KT_ROLE_FIGURE:
    return s->figure && words <= 0.4F;
  case KT_ROLE_PULSE:
    return s->pulse != NULL;
  case KT_ROLE_COLOUR:
    return s->colour != NULL;
  case KT_ROLE_COUNTER:
    return words <= 0.2F;
  case KT_ROLE_PERCUSSION:
    return habits->percussion > 0;
  default:
    return true;
  }
}

/// What a phrase has to do with tunes.
typedef struct Tune {
  bool stated;     ///< a theme is planned here
  bool free;       ///< none is, and nobody speaks over it: a tune may sing
  bool closes;     ///< it has the section's last word
  bool bare;       ///< the texture would be hollow without it
  bool in_texture; ///< the texture has a tune at all
} Tune;

static Tune tune_of(const KtSketch *sketch, const KtCuePhrase *p) {
  const KtCueSection *s = &sketch->sections.items[p->section];
  const KtTexture *t = s->texture;
  Tune tune = {.stated = p->statement >= 0 && sketch->placed.items[p->statement].part == KT_PART_LEAD};
  bool sung = p->first > s->first && kt_sketch_layer(p - 1, KT_ROLE_LEAD);
  tune.free = !tune.stated && sketch->bars.items[p->first].words < 0.3F;
  tune.closes = tune.free && !sung && kt_sketch_closes(sketch, s);
  tune.bare = tune.closes || (t->layers[0] == KT_ROLE_LEAD && p->first == s->first);
  for (unsigned i = 0; i < t->layers_count; ++i) {
    tune.in_texture = tune.in_texture || t->layers[i] == KT_ROLE_LEAD;
  }
  return tune;
}

static void sing(KtCuePhrase *p, float *due) {
  p->layers |= 1U << KT_ROLE_LEAD;
  p->lead = true;
  *due -= 1.0F;
}

/// The texture's layers in their order; where the music is stirred, what moves comes before what is held.
static unsigned order_layers(const KtSketch *sketch, const KtCueSection *s, KtRole order[KT_ROLE_COUNT]) {
  const KtTexture *t = s->texture;
  bool stirred = s->emotion.arousal > sketch->lore.melody->stirred;
  unsigned count = 0;
  for (int pass = 0; pass < 3; ++pass) {
    for (unsigned i = 0; i < t->layers_count; ++i) {
      KtRole role = t->layers[i];
      bool moves = role == KT_ROLE_FIGURE || role == KT_ROLE_PULSE, tune = role == KT_ROLE_LEAD && !i;
      int place = !stirred || tune ? 0 : moves ? 1 : 2;
      if (place == pass) {
        order[count++] = role;
      }
    }
  }
  return count;
}

/// The texture's layers, as long as there is room.
static void fill_layers(const KtSketch *sketch, KtCuePhrase *p, const Tune *tune, int left, float *due) {
  const KtCueSection *s = &sketch->sections.items[p->section];
  KtRole order[KT_ROLE_COUNT];
  unsigned count = order_layers(sketch, s, order);
  for (unsigned i = 0; i < count && left > 0; ++i) {
    KtRole role = order[i];
    if (role == KT_ROLE_LEAD && p->lead) {
      continue;
    }
    if (role == KT_ROLE_LEAD) {
      // a texture that begins with its tune is hollow without it: it rests for a phrase at most
      float wait = s->texture->layers[0] == KT_ROLE_LEAD ? -0.1F : 0.5F;
      if (!tune->free || !(tune->bare || *due >= wait)) {
        continue;
      }
      p->lead = true;
      *due -= 1.0F;
    }
    if (has_part(s, role, sketch->bars.items[p->first].words, sketch->lore.habits)) {
      p->layers |= 1U << role;
      --left;
    }
  }
}

/// Nothing enters inside a line: what was silent waits, a planned theme excepted.
static void wait_for_words(const KtSketch *sketch, KtCuePhrase *p, bool stated) {
  bool entered = p > sketch->phrases.items && !sketch->bars.items[p[-1].first].upbeat;
  if (entered && sketch->bars.items[p->first].spoken) {
    p->layers &= p[-1].layers | 1U << KT_ROLE_HARMONY | 1U << KT_ROLE_BASS | (stated ? 1U << KT_ROLE_LEAD : 0);
    p->lead = p->lead && kt_sketch_layer(p, KT_ROLE_LEAD);
  }
}

/// Which layers sound in a phrase: the texture's in its order, as many as the energy allows.
static void set_layers(KtSketch *sketch, KtCuePhrase *p, float *due) {
  const KtCueSection *s = &sketch->sections.items[p->section];
  const KtHabits *habits = sketch->lore.habits;
  Tune tune = tune_of(sketch, p);
  *due += tune.stated ? habits->lead - 1.0F : habits->lead;
  p->lead = false;
  int left = layers_at(sketch, p);
  if (tune.stated) { // with a theme, what the plan allows
    int most = 2 + (int)(sketch->placed.items[p->statement].plan->energy * 6.0F);
    left = (left > 1 && left > most ? most : left) - 1;
    p->layers |= 1U << KT_ROLE_LEAD;
  }
  // a tune that is due goes before other layers, and the last word is the tune's, whatever else sounds
  if (tune.closes || (tune.in_texture && tune.free && *due >= 0.5F)) {
    left = left > 1 ? left - 1 : 1;
    sing(p, due);
  }
  fill_layers(sketch, p, &tune, left, due);
  if (tune.stated && left >= 0 && !(p->layers & ~(1U << KT_ROLE_LEAD)) &&
      sketch->placed.items[p->statement].plan->energy > 0.2F) {
    p->layers |= 1U << KT_ROLE_HARMONY;
  }
  wait_for_words(sketch, p, tune.stated);
  if (!p->layers) {
    p->layers = 1U << (s->texture->layers[0] == KT_ROLE_LEAD ? KT_ROLE_HARMONY : s->texture->layers[0]);
  }
}

static void make_phrases(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "phrases");
  float due = sketch->cue->entry == KT_ENTRY_SNEAK_IN ? -0.3F : 0.2F;
  for (size_t i = 0; i < sketch->sections.count; ++i) {
    const KtCueSection *s = &sketch->sections.items[i];
    for (int first = s->first; first < s->first + s->bars;) {
      KtCuePhrase *p = kt_array_push(sketch->arena, &sketch->phrases);
      if (!p) {
        return;
      }
      p->section = (int)i;
      p->first = first;
      p->statement = statement_at(sketch, first);
      p->bars = p->statement >= 0 ? sketch->placed.items[p->statement].bars
                                  : phrase_bars(sketch, first, s->first + s->bars, &rng);
      int most = s->first + s->bars - first;
      p->bars = p->bars > most ? most : p->bars;
      p->start = sketch->bars.items[first].start;
      first += p->bars;
      p->end = sketch->bars.items[first - 1].end;
      bool last = first == (int)sketch->bars.count;
      bool end = first == s->first + s->bars;
      p->closed = last ? sketch->cue->exit != KT_EXIT_SEGUE
                       : end ? s->emotion.tension < 0.45F && kt_rng_unit(&rng) < 0.6
                             : kt_rng_unit(&rng) < 0.2;
      for (int b = p->first; b < first; ++b) {
        sketch->bars.items[b].phrase = (int)sketch->phrases.count - 1;
      }
      if (!sketch->bars.items[p->first].upbeat) { // what leads in is written once there is something to lead to
        set_layers(sketch, p, &due);
      }
    }
  }
}

KtStatus kt_sketch_place(KtSketch *sketch, KtError *err) {
  KtStatus status = KT_OK;
  for (size_t i = 0; i < sketch->plan->statements.count && !status; ++i) {
    status = place(sketch, &sketch->plan->statements.items[i], err);
  }
  if (!status) {
    make_phrases(sketch);
    for (size_t i = 0; i < sketch->sections.count; ++i) {
      const KtCueSection *s = &sketch->sections.items[i];
      KtKeyChange *change = NULL;
      if (!i || s->key.tonic != s[-1].key.tonic || s->key.mode != s[-1].key.mode) {
        change = kt_array_push(sketch->score->arena, &sketch->score->keys);
      }
      if (change) {
        *change = (KtKeyChange){s->start, s->key};
      }
    }
  }
  return status;
}
