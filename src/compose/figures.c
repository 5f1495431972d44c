// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Figures: patterns of data/figures.yaml over the chord that sounds, varied every two to four bars.
#include "compose/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 48, TONES_MAX = 16 };

typedef struct FigureStep {
  int8_t tones[4];
  int8_t count;      ///< 0 rest, -1 hold
  int8_t neighbour;  ///< 1 above, -1 below, 0 the tone itself
  bool accent;
} FigureStep;

typedef struct FigureRow {
  FigureStep steps[STEPS_MAX];
  int count, onsets, rests;
  bool monotone; ///< always the same tone: raised it stays what it was
} FigureRow;

typedef enum Variation { PLAIN, TURNED, THINNED, ACCENTED, RAISED, ADDED, VARIATIONS } Variation;

static void parse(const char *text, FigureRow *row) {
  row->monotone = true;
  for (const char *at = text; *at && row->count < STEPS_MAX;) {
    size_t length = strcspn(at, " ");
    if (length && *at != '|') {
      FigureStep step = {.count = 0};
      step.count = *at == '-' ? -1 : 0;
      for (size_t i = 0; i < length; ++i) {
        if (at[i] >= '0' && at[i] <= '9' && step.count >= 0 && step.count < 4) {
          row->monotone = row->monotone && at[i] == '0';
          step.tones[step.count++] = (int8_t)(at[i] - '0');
        }
        step.neighbour = at[i] == 'n' ? 1 : at[i] == 'm' ? -1 : step.neighbour;
        step.accent = step.accent || at[i] == '!';
      }
      row->onsets += step.count > 0;
      row->rests += step.count == 0;
      row->steps[row->count++] = step;
    }
    at += length;
    at += *at == ' ';
  }
}

/// Tones of a chord in a register; deep down only its bass in octaves, for anything else is mud.
static int tones_in(const KtChord *chord, int low, int high, bool deep, int *out) {
  int count = 0;
  for (int p = low; p <= high && count < TONES_MAX; ++p) {
    if (deep ? p % 12 == kt_spelling_class(chord->bass) : kt_in_chord(chord, p)) {
      out[count++] = p;
    }
  }
  return count;
}

static int neighbour_of(KtKey key, int pitch, int way) {
  for (int p = pitch + way; abs(p - pitch) <= 2; p += way) {
    if (kt_in_key(key, p)) {
      return p;
    }
  }
  return pitch + way;
}

static KtCuePart part_of(KtRole layer) {
  return layer == KT_ROLE_PULSE ? KT_PART_PULSE : layer == KT_ROLE_COLOUR ? KT_PART_COLOUR : KT_PART_FIGURE;
}

/// A field of one tone is held over the bar line, not struck anew in each bar.
static bool tie(KtSketch *sketch, KtCuePart part, KtTick start, KtTick length, int pitch) {
  KtPart *p = &sketch->parts[part];
  KtNote *before = p->notes.count ? &p->notes.items[p->notes.count - 1] : NULL;
  KtTick end = start + length < sketch->sound_end ? start + length : sketch->sound_end;
  if (before && before->midi == pitch && before->start + before->duration == start && end > start &&
      end - before->start < 24 * KT_PPQ) {
    before->duration = end - before->start;
    return true;
  }
  return false;
}

typedef struct Player {
  KtSketch *sketch;
  const KtFigure *figure;
  FigureRow row;
  KtCuePart part;
  Variation variation;
  int thin, raise;
} Player;

static void play_step(Player *player, const KtCueBar *bar, int number, KtTick unit) {
  KtSketch *sketch = player->sketch;
  const FigureRow *row = &player->row;
  int at = number % row->count;
  int source = player->variation == TURNED ? row->count - 1 - at : at;
  FigureStep step = row->steps[row->steps[source].count < 0 || row->steps[at].count < 0 ? at : source];
  KtTick start = bar->start + number * unit;
  if (player->variation == ADDED && step.count == 0 && at % 3 == 2 && row->count > 4) {
    step = (FigureStep){.tones = {1}, .count = 1};
  }
  bool thinned = player->variation == THINNED && at && at % 4 == player->thin;
  if (step.count <= 0 || thinned || start >= bar->end) {
    return;
  }
  KtTick length = unit;
  for (int next = number + 1; row->steps[next % row->count].count < 0 && bar->start + next * unit < bar->end; ++next) {
    length += unit;
  }
  length = start + length > bar->end ? bar->end - start : length;
  const KtChord *chord = kt_sketch_chord(sketch, start, NULL);
  int tones[TONES_MAX];
  const KtCueSection *s = &sketch->sections.items[bar->section];
  const KtEmotionLore *lore = sketch->lore.emotion;
  bool deep = player->figure->layer == KT_ROLE_PULSE; // a heartbeat stays where hearts are
  int lift = sketch->lore.habits->octave + (deep ? 0 : (int)lroundf(lore->lift * s->emotion.valence));
  KtArticulation art = player->figure->articulation;
  bool sings = s->emotion.arousal < lore->long_below && player->figure->layer != KT_ROLE_COLOUR;
  art = sings && (art == KT_ART_SHORT || art == KT_ART_MARCATO) ? KT_ART_TENUTO : art;
  int low = player->figure->low + lift;
  int count = tones_in(chord, low, player->figure->high + lift,
                       player->figure->layer == KT_ROLE_PULSE && low < 48, tones);
  for (int i = 0; i < step.count && count; ++i) {
    int index = step.tones[i] + (player->variation == RAISED ? player->raise : 0);
    int pitch = tones[index < count ? index : count - 1 - (index - count) % count];
    pitch = step.neighbour ? neighbour_of(chord->key, pitch, step.neighbour) : pitch;
    bool field = row->onsets == 1 && player->figure->layer != KT_ROLE_PULSE && length == bar->end - bar->start;
    if (field && tie(sketch, player->part, start, length, pitch)) {
      continue;
    }
    KtNote *note = kt_sketch_note(sketch, player->part, start, length, pitch, art);
    if (note) {
      bool accent = player->variation == ACCENTED ? number % 3 == 0 : step.accent;
      note->accent = accent ? 0.4F : number ? -0.1F : 0.05F;
    }
  }
}

static void play_bar(Player *player, const KtCueBar *bar, bool cut_short) {
  KtTick unit = KT_PPQ / (KtTick)player->figure->per_beat;
  KtTick end = cut_short ? bar->start + (bar->end - bar->start) * 5 / 8 : bar->end;
  for (int number = 0; bar->start + number * unit < end; ++number) {
    play_step(player, bar, number, unit);
  }
}

/// Another way to play it than the one just heard, and one that can be heard.
static void vary(Player *player, KtRng *rng) {
  Variation was = player->variation;
  for (int tries = 0; tries < 8 && player->variation == was; ++tries) {
    player->variation = (Variation)kt_rng_int(rng, 0, VARIATIONS - 1);
    bool heard = player->variation == ADDED ? player->row.rests > 1
                 : player->row.monotone ? player->variation == THINNED || player->variation == PLAIN
                 : player->variation == TURNED || player->variation == THINNED ? player->row.onsets > 2
                                                                               : true;
    player->variation = heard ? player->variation : was;
  }
  player->thin = kt_rng_int(rng, 1, 3);
  player->raise = kt_rng_int(rng, 1, 2);
}

static void play_layer(KtSketch *sketch, KtRole layer, const char *name) {
  KtRng rng = kt_sketch_rng(sketch, name);
  int since = 0, until = 2;
  Player player = {.sketch = sketch, .part = part_of(layer)};
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    const KtCueSection *s = &sketch->sections.items[p->section];
    const KtFigure *figure = layer == KT_ROLE_PULSE ? s->pulse : layer == KT_ROLE_COLOUR ? s->colour : s->figure;
    if (!figure || !kt_sketch_layer(p, layer)) {
      continue;
    }
    if (figure != player.figure) {
      player.figure = figure;
      player.row = (FigureRow){.count = 0};
      parse(figure->pattern, &player.row);
      player.variation = PLAIN;
      since = 0;
    }
    for (int b = 0; b < p->bars && player.row.count; ++b, ++since) {
      if (since >= until) {
        since = 0;
        until = layer == KT_ROLE_COLOUR ? kt_rng_int(&rng, 1, 2) : kt_rng_int(&rng, 2, 4);
        vary(&player, &rng);
      }
      const KtCueBar *bar = &sketch->bars.items[p->first + b];
      bool last = b + 1 == p->bars && b > 1;
      bool rests = last && kt_rng_unit(&rng) < 0.2 + 0.4 * (double)sketch->lore.habits->rest;
      if (bar->words > 0.5F && layer != KT_ROLE_COLOUR && figure->per_beat > 2) {
        continue; // nothing busy under words
      }
      play_bar(&player, bar, rests && player.row.onsets > 1);
    }
  }
}

void kt_sketch_figures(KtSketch *sketch) {
  play_layer(sketch, KT_ROLE_FIGURE, "figure");
  play_layer(sketch, KT_ROLE_PULSE, "pulse");
  play_layer(sketch, KT_ROLE_COLOUR, "colour");
}
