// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Form: where a cue is cut, and what each section is made of.
#include "compose/beyond.h"
#include "compose/form.h"
#include "compose/harmony.h"

#include <math.h>
#include <stdlib.h>

enum { SECTION_BARS_MAX = 24 };
/// A cue's intended tension that ranges so far moves.
static const float MOVES = 0.2F;
/// A bass of less energy stands or walks.
static const float BASS_MOVES_ENERGY = 0.22F;
/// Where figures of the light side, and of the dark one, are at home.
static const float LIGHT_FROM = -0.1F, DARK_TO = 0.15F;
/// Below this tension a key is left for a near one only.
static const float NEAR_KEY_TENSION = 0.45F;

static double length_cost(int bars, double seconds) {
  static const double by_bars[] = {9, 1.6, 0.4, 0.7, 0.0, 0.5, 0.4, 0.6, 0.0};
  double cost = bars <= 8 ? by_bars[bars] : bars % 4 == 0 ? 0.2 : 0.7;
  double off = log(seconds / 15.0); // a section of a quarter minute, give or take
  return cost + 0.7 * off * off;
}

static double wish_near(const KtSketch *sketch, int bar) {
  const KtCueBar *b = &sketch->bars.items[bar];
  for (size_t i = 0; i < sketch->plan->statements.count; ++i) {
    KtTick wish = kt_tempo_tick(&sketch->score->tempo,
                                sketch->plan->statements.items[i].at - sketch->cue->in);
    if (llabs(wish - b->start) <= (b->end - b->start) / 2) {
      return 1.0;
    }
  }
  return 0;
}

/// A statement is not cut in two; where its bars took another metre a section begins and ends with them.
static double theme_worth(const KtSketch *sketch, int bar) {
  KtTick start = sketch->bars.items[bar].start;
  for (size_t i = 0; i < sketch->rebarred.count; ++i) {
    const KtRebarred *r = &sketch->rebarred.items[i];
    if (start == r->start || start == r->end) {
      return 8;
    }
    if (start > r->start && start < r->end) {
      return -3;
    }
  }
  for (size_t i = 0; i < sketch->plan->statements.count; ++i) {
    const KtPlannedStatement *p = &sketch->plan->statements.items[i];
    KtTick wish = kt_tempo_tick(&sketch->score->tempo, p->at - sketch->cue->in), from = 0;
    for (size_t b = 0; b < sketch->bars.count; ++b) {
      KtTick at = sketch->bars.items[b].start;
      from = llabs(at - wish) < llabs(from - wish) ? at : from;
    }
    const KtTheme *theme = &sketch->themes->items.items[p->theme];
    KtTick decent = p->whole ? theme->ticks : kt_statement_decent(theme, p->transform);
    if (p->recognisable && start > from && start < from + decent) {
      return p->whole ? -4 : -2;
    }
  }
  return 0;
}

/// What cutting before a bar is worth: a turn, a joint of the fit, a change of feeling, a statement due.
static double cut_worth(const KtSketch *sketch, int bar) {
  const KtCueBar *b = &sketch->bars.items[bar], *a = b - 1;
  double change = (double)(fabsf(a->emotion.valence - b->emotion.valence) +
                           fabsf(a->emotion.arousal - b->emotion.arousal) +
                           fabsf(a->emotion.tension - b->emotion.tension));
  double words = (a->words > 0.3F) != (b->words > 0.3F) ? 0.5 : 0;
  return 2.2 * (double)b->turn + (b->joint ? 0.6 : 0) + 1.5 * fmin(change, 1.0) + words +
         0.9 * wish_near(sketch, bar) + theme_worth(sketch, bar);
}

/// The best cuts: least cost over all ways to group the bars.
static int *best_cuts(KtSketch *sketch) {
  int n = (int)sketch->bars.count;
  double *best = KT_NEW(sketch->arena, double, (size_t)n + 1);
  int *from = KT_NEW(sketch->arena, int, (size_t)n + 1);
  if (!best || !from) {
    return NULL;
  }
  for (int end = 1; end <= n; ++end) {
    best[end] = HUGE_VAL;
    double seconds = 0;
    for (int start = end - 1; start >= 0 && end - start <= SECTION_BARS_MAX; --start) {
      seconds += sketch->bars.items[start].seconds;
      double cost = best[start] + length_cost(end - start, seconds) -
                    (start > 0 ? cut_worth(sketch, start) - 1.0 : 0);
      if (cost < best[end]) {
        best[end] = cost;
        from[end] = start;
      }
    }
  }
  return from;
}

static void measure(KtSketch *sketch, KtCueSection *section) {
  const KtCueBar *bars = &sketch->bars.items[section->first];
  section->start = bars[0].start;
  section->end = bars[section->bars - 1].end;
  KtFilmTime from = kt_tempo_time(&sketch->score->tempo, section->start) + sketch->cue->in;
  KtFilmTime to = kt_tempo_time(&sketch->score->tempo, section->end) + sketch->cue->in;
  section->emotion = kt_story_mean(sketch->desk->story, from, to);
  section->shade = kt_sketch_shade(sketch, from, to, &section->look);
  float energy = 0, words = 0;
  for (int i = 0; i < section->bars; ++i) {
    energy += bars[i].energy;
    words += bars[i].words;
  }
  section->energy = energy / (float)section->bars;
  section->bare = section->energy;
  for (size_t i = 0; i < sketch->plan->statements.count; ++i) {
    const KtPlannedStatement *p = &sketch->plan->statements.items[i];
    if (p->at >= from && p->at < to && p->recognisable) {
      section->bare = p->energy; // a theme is to be heard as nakedly as the plan wants it
      section->stated = true;
    }
  }
  section->words = words / (float)section->bars;
}

/// 1 inside a range, falling off within a quarter outside it.
static float inside(float x, float low, float high) {
  float out = x < low ? low - x : x > high ? x - high : 0;
  return fmaxf(0.02F, 1.0F - 4.0F * out);
}

static const KtTexture *choose_texture(const KtSketch *sketch, const KtCueSection *s,
                                       const KtCueSection *before, KtRng *rng) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  const KtHabits *habits = sketch->lore.habits;
  const KtTexture *best = &lore->textures[0];
  float most = -1;
  for (unsigned i = 0; i < lore->textures_count; ++i) {
    const KtTexture *t = &lore->textures[i];
    float worth = t->weight * kt_leaning(habits->textures, habits->textures_count, t->id, 1.0F) *
                  inside(s->energy, t->energy_min, t->energy_max) *
                  inside(s->emotion.tension, t->tension_min, t->tension_max);
    worth *= 1.0F - s->words * (1.0F - t->words);
    worth *= inside(s->bare, t->energy_min - 0.1F, t->energy_max) * 0.6F + 0.4F;
    if (before && before->texture == t) {
      continue; // never two neighbours alike
    }
    bool sings = false, moves = false;
    for (unsigned l = 0; l < t->layers_count; ++l) {
      sings = sings || t->layers[l] == KT_ROLE_LEAD;
      moves = moves || (l < 2 && t->layers[l] == KT_ROLE_FIGURE);
    }
    worth *= moves ? 1.0F + habits->motion : 1.0F;
    bool sung = s->stated || kt_sketch_closes(sketch, s);
    worth *= sung && !sings ? 0.25F : 1.0F;
    for (const KtCueSection *was = sketch->sections.items; before && was < before; ++was) {
      if (was->texture == t) { // what a cue has had it has less need of, unless a part of it returns
        worth *= s->letter >= 0 ? kt_form_worth(sketch, s, was) : 0.6F;
      }
    }
    worth *= 0.7F + 0.6F * (float)kt_rng_unit(rng);
    if (worth > most) {
      most = worth;
      best = t;
    }
  }
  return best;
}

static const KtIdiom *choose_idiom(const KtSketch *sketch, const KtCueSection *s,
                                   const KtCueSection *before, KtRng *rng) {
  const KtHarmonyLore *lore = sketch->lore.harmony;
  const KtHabits *habits = sketch->lore.habits;
  const KtIdiom *best = &lore->idioms[0];
  float most = -1;
  for (unsigned i = 0; i < lore->idioms_count; ++i) {
    const KtIdiom *idiom = &lore->idioms[i];
    float worth = idiom->weight *
                  kt_leaning(habits->idioms, habits->idioms_count, idiom->id, 1.0F) *
                  inside(s->emotion.tension, idiom->tension_min, idiom->tension_max) *
                  inside(s->emotion.valence, idiom->valence_min, idiom->valence_max);
    worth *= idiom->pedal && s->texture->bass == KT_BASS_PEDAL ? 1.8F : 1.0F;
    worth *= before && before->idiom == idiom ? 1.15F : 1.0F; // a world is not left at each joint
    worth *= 0.75F + 0.5F * (float)kt_rng_unit(rng);
    if (worth > most) {
      most = worth;
      best = idiom;
    }
  }
  return best;
}

static KtMode choose_mode(const KtSketch *sketch, const KtCueSection *s, float shade) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  float place = kt_curve(lore->mode, lore->mode_count, s->emotion.valence) -
                lore->tension_darkens * fmaxf(0, s->emotion.tension - 0.35F);
  place = 0.6F * place + 0.4F * (float)sketch->plan->key.mode;
  place += sketch->lore.beyond->mode * shade;
  int mode = (int)lroundf(kt_clamp(place, (float)KT_MODE_PHRYGIAN, (float)KT_MODE_LYDIAN));
  return (KtMode)mode;
}

static KtSpelling readable(int tonic, KtMode mode) {
  KtKey key = {(KtSpelling)tonic, mode};
  int fifths = kt_key_fifths(key);
  return (KtSpelling)(fifths > 6 ? tonic - 12 : fifths < -6 ? tonic + 12 : tonic);
}

/// A strong turn may lift the music into another key: where it is tense a third away, where it is calm
/// to the next fifth, upwards as it brightens. Where the arc moves, calm is at home and only tension is away.
/// The last section comes home.
static KtKey choose_key(const KtSketch *sketch, const KtCueSection *s, const KtCueSection *before,
                        bool last, KtRng *rng) {
  KtMode mode = choose_mode(sketch, s, s->shade);
  int tonic = before ? before->key.tonic : sketch->plan->key.tonic;
  bool turn = before && sketch->bars.items[s->first].turn >= 0.6F;
  double chance = kt_rng_unit(rng);
  float usual = kt_story_mean(sketch->desk->story, sketch->cue->in, sketch->cue->out).tension;
  if (s->keyed) {
    tonic = sketch->plan->key.tonic + s->fifths;
  } else if (last || (kt_harmony_range(sketch) >= MOVES && s->emotion.tension < usual)) {
    tonic = sketch->plan->key.tonic;
  } else if (turn && chance < 0.45 && s->emotion.tension < NEAR_KEY_TENSION) {
    tonic += s->emotion.valence >= before->emotion.valence ? 1 : -1;
  } else if (turn && chance < 0.45) {
    static const int thirds[] = {3, -3, 4, -4}; // on the line of fifths
    tonic += thirds[kt_rng_int(rng, 0, 3)];
  }
  return (KtKey){readable(tonic, mode), mode};
}

static float figure_worth(const KtSketch *sketch, const KtCueSection *s, const KtFigure *f,
                          KtRole layer) {
  const KtHabits *habits = sketch->lore.habits;
  double bpm = kt_tempo_bpm(&sketch->score->tempo, s->start);
  KtMetre metre = kt_metres_at(&sketch->score->metres, s->start);
  if (f->layer != layer || (f->beats && f->beats != (unsigned)metre.beats) ||
      (f->bpm_min > 0 && bpm < (double)f->bpm_min) || (f->bpm_max > 0 && bpm > (double)f->bpm_max)) {
    return 0;
  }
  const KtEmotionLore *lore = sketch->lore.emotion;
  float wanted = kt_curve(lore->notes_s, lore->notes_s_count, s->emotion.arousal);
  wanted *= habits->speed > 0 ? habits->speed : 1.0F;
  float speed = (float)(bpm / 60.0) * (float)f->per_beat;
  float off = logf(speed / wanted) / 0.69F; // octaves too fast or slow
  bool lifted = f->articulation == KT_ART_SHORT || f->articulation == KT_ART_MARCATO;
  // calm is legato: a lifted figure chatters under a song
  float manner = layer == KT_ROLE_FIGURE && lifted && s->emotion.arousal < lore->short_from ? 0.35F : 1.0F;
  float valence = s->emotion.valence;
  manner *= f->feeling == KT_FEELING_LIGHT  ? inside(valence, LIGHT_FROM, 1)
            : f->feeling == KT_FEELING_DARK ? inside(valence, -1, DARK_TO)
                                            : 1.0F;
  return manner * f->weight * kt_leaning(habits->figures, habits->figures_count, f->id, habits->elsewhere) *
         inside(s->energy, f->energy_min, f->energy_max) *
         inside(s->emotion.tension, f->tension_min, f->tension_max) * expf(-0.5F * off * off);
}

static const KtFigure *figure_of(const KtCueSection *s, KtRole layer) {
  return layer == KT_ROLE_PULSE    ? s->pulse
         : layer == KT_ROLE_COLOUR ? s->colour
         : layer == KT_ROLE_BASS   ? s->bass
                                   : s->figure;
}

static const KtFigure *choose_figure(const KtSketch *sketch, const KtCueSection *s, KtRole layer, KtRng *rng) {
  const KtFigure *best = NULL;
  float most = 0;
  const KtFigure *last = s > sketch->sections.items ? figure_of(s - 1, layer) : NULL;
  for (unsigned i = 0; i < sketch->lore.figures_count; ++i) {
    const KtFigure *f = &sketch->lore.figures[i];
    float worth = figure_worth(sketch, s, f, layer) * (0.6F + 0.8F * (float)kt_rng_unit(rng));
    worth *= f == last && s->letter < 0 ? 0.3F : 1.0F;
    for (const KtCueSection *was = sketch->sections.items; was < s; ++was) {
      worth *= figure_of(was, layer) == f ? kt_form_worth(sketch, s, was) : 1.0F;
    }
    if (worth > most) {
      most = worth;
      best = f;
    }
  }
  return best;
}

static KtJoin choose_join(const KtSketch *sketch, const KtCueSection *s, const KtCueSection *next,
                          KtRng *rng) {
  float turn = sketch->bars.items[next->first].turn;
  float words = sketch->bars.items[next->first].words;
  float rise = next->energy - s->energy;
  double chance = kt_rng_unit(rng);
  if (turn >= 0.6F && rise > -0.05F) {
    return chance < 0.3 + 0.4 * (double)sketch->lore.habits->rest ? KT_JOIN_DROP_OUT : KT_JOIN_SWELL;
  }
  if (rise > 0.1F) {
    return KT_JOIN_SWELL;
  }
  float breath = sketch->lore.form->breath + 0.4F * sketch->lore.habits->rest;
  if (s->letter != next->letter && words < 0.1F && kt_rng_unit(rng) < (double)breath) {
    return KT_JOIN_DROP_OUT; // before another part all breathe
  }
  if (words > 0.2F || rise < -0.1F) {
    return chance < 0.6 ? KT_JOIN_COMMON : KT_JOIN_PEDAL;
  }
  return chance < 0.4 ? KT_JOIN_PICKUP : chance < 0.65 ? KT_JOIN_COMMON
         : chance < 0.8 ? KT_JOIN_PEDAL : KT_JOIN_PLAIN;
}

static void dress(KtSketch *sketch, size_t index, KtRng *rng) {
  KtCueSection *s = &sketch->sections.items[index];
  const KtCueSection *before = index ? s - 1 : NULL;
  const KtEmotionLore *lore = sketch->lore.emotion;
  bool last = index + 1 == sketch->sections.count;
  s->texture = choose_texture(sketch, s, before, rng);
  s->idiom = choose_idiom(sketch, s, before, rng);
  s->key = choose_key(sketch, s, before, last, rng);
  float fear = kt_fear(lore, &s->emotion), anger = kt_anger(lore, &s->emotion);
  s->lead_middle = (int)lroundf(kt_curve(lore->lead_register, lore->lead_register_count, s->emotion.valence) +
                                fear * lore->fear.lead + anger * lore->anger.lead) + sketch->lore.habits->octave;
  int shift = (int)lroundf(sketch->lore.beyond->register_ * s->shade);
  s->lead_middle += shift + s->away;
  if (s->words > 0.25F) {
    s->lead_middle = 79; // above the voices of the film
  }
  float width = kt_curve(lore->spread, lore->spread_count, s->emotion.arousal);
  float top = fear * lore->fear.top + anger * lore->anger.top + sketch->lore.habits->wide;
  s->harmony_top = (int)kt_clamp(50.0F + width + lore->lift * s->emotion.valence + top, 60, 82) +
                   sketch->lore.habits->octave + shift;
  kt_sketch_tell_shade(sketch, s, choose_mode(sketch, s, 0));
  s->figure = choose_figure(sketch, s, KT_ROLE_FIGURE, rng);
  s->pulse = choose_figure(sketch, s, KT_ROLE_PULSE, rng);
  s->colour = choose_figure(sketch, s, KT_ROLE_COLOUR, rng);
  bool moves = kt_rng_unit(rng) < (double)sketch->lore.habits->bass;
  s->bass = choose_figure(sketch, s, KT_ROLE_BASS, rng);
  s->bass = moves && s->energy > BASS_MOVES_ENERGY ? s->bass : NULL;
}

static void record(KtSketch *sketch) {
  KtScore *score = sketch->score;
  for (size_t i = 0; i < sketch->sections.count; ++i) {
    const KtCueSection *s = &sketch->sections.items[i];
    KtSection *out = kt_array_push(score->arena, &score->sections);
    if (!out) {
      return;
    }
    *out = (KtSection){.start = s->start,
                       .end = s->end,
                       .label = kt_arena_format(score->arena, "%c", (int)('A' + i % 26)),
                       .texture = kt_arena_text(score->arena, s->texture->id),
                       .energy = s->energy,
                       .tension = s->emotion.tension,
                       .light = sketch->lore.beyond->orchestra * s->shade,
                       .look = s->look};
  }
}

KtStatus kt_sketch_sections(KtSketch *sketch, KtError *err) {
  int *from = best_cuts(sketch);
  if (!from) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  int *ends = KT_NEW(sketch->arena, int, sketch->bars.count + 1);
  int count = 0;
  for (int end = (int)sketch->bars.count; ends && end > 0; end = from[end]) {
    ends[count++] = end;
  }
  for (int i = count - 1, first = 0; i >= 0; --i) {
    KtCueSection *s = kt_array_push(sketch->arena, &sketch->sections);
    if (!s) {
      return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    }
    s->first = first;
    s->bars = ends[i] - first;
    first = ends[i];
    measure(sketch, s);
  }
  kt_sketch_form(sketch);
  KtRng rng = kt_sketch_rng(sketch, "sections");
  for (size_t i = 0; i < sketch->sections.count; ++i) {
    dress(sketch, i, &rng);
    for (int b = 0; b < sketch->sections.items[i].bars; ++b) {
      sketch->bars.items[sketch->sections.items[i].first + b].section = (int)i;
    }
  }
  for (size_t i = 0; i + 1 < sketch->sections.count; ++i) {
    KtCueSection *s = &sketch->sections.items[i];
    s->join = choose_join(sketch, s, s + 1, &rng);
  }
  record(sketch);
  return KT_OK;
}
