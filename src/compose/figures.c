// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Figures: patterns of data/figures.yaml over the chord that sounds, in the shapes of data/variants.yaml.
#include "compose/figures.h"
#include "compose/sketch.h"

#include <math.h>
#include <stdlib.h>

enum { TONES_MAX = 16 };
/// Below this, MIDI, a pulse has its chord's bass in octaves and nothing else.
enum { DEEP = 48 };

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
  return layer == KT_ROLE_PULSE    ? KT_PART_PULSE
         : layer == KT_ROLE_COLOUR ? KT_PART_COLOUR
         : layer == KT_ROLE_BASS   ? KT_PART_BASS
                                   : KT_PART_FIGURE;
}

static const KtFigure *figure_of(const KtCueSection *s, KtRole layer) {
  return layer == KT_ROLE_PULSE    ? s->pulse
         : layer == KT_ROLE_COLOUR ? s->colour
         : layer == KT_ROLE_BASS   ? s->bass
                                   : s->figure;
}

/// Whether a bass that goes on from a pitch to its next chord runs in fifths or octaves with the highest inner voice.
static bool runs_on(const KtSketch *sketch, int index, int pitch) {
  return index + 1 < (int)sketch->chords.count &&
         kt_parallel_motion(sketch->voices[index][0], sketch->voices[index + 1][0], pitch, sketch->bass[index + 1]);
}

/// A bass has three tones: its own, the chord's fifth below it (above where that is too deep), its octave. A chord
/// comes in on its own bass, whatever the figure has there.
static int bass_tones(const KtSketch *sketch, int index, int *out) {
  enum { DEEPEST = 29, HIGHEST = 60 };
  const KtChord *chord = &sketch->chords.items[index];
  const KtPart *bass = &sketch->parts[KT_PART_BASS];
  int own = sketch->bass[index], fifth = own - 5 >= DEEPEST ? own - 5 : own + 7;
  bool comes_in = !bass->notes.count || bass->notes.items[bass->notes.count - 1].start < chord->start;
  out[0] = own;
  out[1] = !comes_in && kt_in_chord(chord, fifth) && !runs_on(sketch, index, fifth) ? fifth : own;
  out[2] = !comes_in && own + 12 <= HIGHEST && !runs_on(sketch, index, own + 12) ? own + 12 : own;
  return own > 0 ? 3 : 0;
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

/// Who plays a layer's figure.
typedef struct Player {
  KtSketch *sketch;
  const KtFigure *figure;
  KtRole layer;
  KtFigureRow plain, row; ///< as written for bars of so many steps, and as it is played now
  const KtFigureVariant *variant;
  int steps;              ///< of a bar
  int offset;             ///< step of the row at which the bar begins
  int stays, like;        ///< bars the shape has stayed; bars alike in a row
  float energy;           ///< when it was taken up
  bool second;            ///< another has the same, in the place of a pulse
} Player;

/// The tones a figure may take in a chord.
static int reach(const Player *player, const KtCueBar *bar, int index, int *out) {
  const KtSketch *sketch = player->sketch;
  const KtChord *chord = &sketch->chords.items[index];
  if (player->layer == KT_ROLE_BASS) {
    return bass_tones(sketch, index, out);
  }
  const KtCueSection *s = &sketch->sections.items[bar->section];
  bool pulse = player->layer == KT_ROLE_PULSE; // a heartbeat stays where hearts are
  int lift = sketch->lore.habits->octave + (pulse ? 0 : (int)lroundf(sketch->lore.emotion->lift * s->emotion.valence));
  int low = player->figure->low + lift;
  return tones_in(chord, low, player->figure->high + lift, pulse && low < DEEP, out);
}

static KtArticulation manner(const Player *player, const KtCueBar *bar) {
  KtArticulation art = player->figure->articulation;
  const KtEmotion *e = &player->sketch->sections.items[bar->section].emotion;
  bool sings = e->arousal < player->sketch->lore.emotion->long_below && player->layer != KT_ROLE_COLOUR;
  return sings && (art == KT_ART_SHORT || art == KT_ART_MARCATO) ? KT_ART_TENUTO : art;
}

/// The step that sounds at a place of the row: what is held over a bar line is the one before it.
static const KtFigureStep *step_at(const Player *player, int number, bool *held) {
  const KtFigureRow *row = &player->row;
  int at = (player->offset + number) % row->count;
  *held = row->steps[at].count < 0;
  for (int back = 0; number == 0 && row->steps[at].count < 0 && back < row->count; ++back) {
    at = (at + row->count - 1) % row->count;
  }
  return &row->steps[at];
}

static KtTick length_of(const Player *player, const KtCueBar *bar, int number, KtTick unit) {
  const KtFigureRow *row = &player->row;
  KtTick start = bar->start + number * unit, length = unit;
  for (int next = number + 1; row->steps[(player->offset + next) % row->count].count < 0 && bar->start + next * unit < bar->end; ++next) {
    length += unit;
  }
  return start + length > bar->end ? bar->end - start : length;
}

static void play_step(const Player *player, const KtCueBar *bar, int number, KtTick unit) {
  KtSketch *sketch = player->sketch;
  bool held;
  const KtFigureStep *step = step_at(player, number, &held);
  KtTick start = bar->start + number * unit;
  if (step->count <= 0 || (held && number) || start >= bar->end) {
    return;
  }
  KtTick length = length_of(player, bar, number, unit);
  int index;
  const KtChord *chord = kt_sketch_chord(sketch, start, &index);
  int tones[TONES_MAX], count = reach(player, bar, index, tones);
  KtArticulation art = manner(player, bar);
  KtCuePart part = player->second ? KT_PART_PULSE : part_of(player->layer);
  for (int i = 0; i < step->count && count; ++i) {
    int tone = step->tones[i] > 0 ? step->tones[i] : 0;
    int pitch = tones[tone < count ? tone : count - 1 - (tone - count) % count];
    pitch = step->bass && !i && sketch->bass[index] > 0 ? sketch->bass[index] : pitch;
    pitch = step->neighbour ? neighbour_of(chord->key, pitch, step->neighbour) : pitch;
    bool field = player->row.onsets == 1 && player->layer != KT_ROLE_PULSE && length == bar->end - bar->start;
    if ((field || held) && tie(sketch, part, start, length, pitch)) {
      continue;
    }
    KtNote *note = kt_sketch_note(sketch, part, start, length, pitch, art);
    if (note) {
      note->accent = step->accent ? 0.4F : number ? -0.1F : 0.05F;
    }
  }
}

static void play_bar(const Player *player, const KtCueBar *bar, bool cut_short) {
  KtTick unit = KT_PPQ / (KtTick)player->figure->per_beat;
  KtTick end = cut_short ? bar->start + (bar->end - bar->start) * 5 / 8 : bar->end;
  for (int number = 0; bar->start + number * unit < end; ++number) {
    play_step(player, bar, number, unit);
  }
}

/// A figure as it is written, for bars of a length.
static void take(Player *player, const KtFigure *figure, int steps) {
  bool fresh = figure != player->figure;
  player->figure = figure;
  player->steps = steps;
  kt_figure_row(figure->pattern, &player->plain);
  kt_figure_fit(&player->plain, steps, figure->across);
  player->offset = 0;
  if (fresh) {
    player->variant = &player->sketch->lore.variants->variants[0];
    player->stays = player->like = 0;
  }
  kt_figure_vary(&player->plain, player->variant, steps, &player->row);
}

/// Only where its beats are can be heard of a pulse that lies deep.
static bool only_rhythm(const Player *player) {
  return player->layer == KT_ROLE_PULSE && player->figure->low < DEEP;
}

/// Another shape than the one just heard: one that can be told from it, or is another only by its register.
static void vary(Player *player, const KtCueBar *bar, KtRng *rng) {
  const KtVariantLore *lore = player->sketch->lore.variants;
  float weights[32], trend = kt_clamp(4 * (bar->energy - player->energy), -1, 1);
  bool told[32];
  KtFigureRow rows[2];
  for (unsigned i = 0; i < lore->variants_count; ++i) {
    const KtFigureVariant *v = &lore->variants[i];
    kt_figure_vary(&player->plain, v, player->steps, &rows[0]);
    told[i] = kt_figure_differs(&rows[0], &player->row, player->steps, only_rhythm(player));
    bool bare = 3 * rows[0].onsets < player->plain.onsets || !rows[0].onsets;
    // what all stand on stays: a bass changes its rhythm alone
    bool tones = v->invert || v->reverse || v->rotate || v->raise || v->neighbour || v->leap;
    bool may = v != player->variant && !bare && !(tones && player->layer == KT_ROLE_BASS) &&
               (told[i] || (v->raise && player->like < 2 * lore->least));
    weights[i] = may ? v->weight * fmaxf(0.1F, 1 + v->lean * trend) : 0;
  }
  float sum = 0;
  for (unsigned i = 0; i < lore->variants_count; ++i) {
    sum += weights[i];
  }
  if (sum <= 0) {
    return; // nothing can be changed of it
  }
  size_t taken = kt_rng_pick(rng, weights, lore->variants_count);
  player->variant = &lore->variants[taken];
  player->energy = bar->energy;
  player->stays = 0;
  player->like = told[taken] ? 0 : player->like;
  kt_figure_vary(&player->plain, player->variant, player->steps, &player->row);
}

/// Whether a shape has been heard long enough.
static bool worn(const Player *player, bool joint) {
  const KtVariantLore *lore = player->sketch->lore.variants;
  float repeat = player->sketch->lore.habits->repeat > 0 ? player->sketch->lore.habits->repeat : 1;
  int most = player->layer == KT_ROLE_COLOUR ? lore->colour : lore->most;
  bool long_since = (float)player->stays >= repeat * (float)(joint ? lore->least : most);
  return long_since || (float)player->like >= repeat * (float)lore->row;
}

/// A process goes on through a phrase, over its bar lines: the cell grows by a step every two bars and shrinks again, or a
/// second player, who has the same, falls a step further behind every two bars.
static void play_process(Player *player, const KtCuePhrase *p, const KtFigure *figure) {
  enum { LEAST = 3, BARS = 2 };
  KtSketch *sketch = player->sketch;
  bool phase = figure->process == KT_PROCESS_PHASE && !kt_sketch_layer(p, KT_ROLE_PULSE);
  player->figure = figure;
  kt_figure_row(figure->pattern, &player->plain);
  player->row = player->plain;
  int most = player->plain.count, turn = most > LEAST ? most - LEAST : 0, passed = 0;
  for (int b = 0; b < p->bars && most; ++b) {
    const KtCueBar *bar = &sketch->bars.items[p->first + b];
    int group = b / BARS, far = turn ? group % (2 * turn) : 0;
    passed = b % BARS ? passed : 0;
    player->row.count = figure->process == KT_PROCESS_ADDITIVE ? most - turn + (far <= turn ? far : 2 * turn - far) : most;
    player->offset = passed % player->row.count;
    if (bar->words <= 0.5F) {
      play_bar(player, bar, false);
      player->offset = (passed + most - group % most) % most;
      player->second = phase;
      if (phase) {
        play_bar(player, bar, false);
      }
      player->second = false;
    }
    passed += (int)((bar->end - bar->start) * (KtTick)figure->per_beat / KT_PPQ);
  }
  player->figure = NULL; // whoever comes next begins anew
}

static void play_phrase(Player *player, const KtCuePhrase *p, const KtFigure *figure, KtRng *rng) {
  KtSketch *sketch = player->sketch;
  for (int b = 0; b < p->bars; ++b) {
    const KtCueBar *bar = &sketch->bars.items[p->first + b];
    int steps = (int)((bar->end - bar->start) * (KtTick)figure->per_beat / KT_PPQ);
    if (figure != player->figure || steps != player->steps) {
      take(player, figure, steps);
      player->energy = bar->energy;
    }
    if (worn(player, b == 0)) {
      vary(player, bar, rng);
    }
    bool last = b + 1 == p->bars && b > 1;
    bool rests = last && kt_rng_unit(rng) < 0.2 + 0.4 * (double)sketch->lore.habits->rest;
    if (bar->words > 0.5F && player->layer != KT_ROLE_COLOUR && figure->per_beat > 2) {
      continue; // nothing busy under words
    }
    if (player->row.count) {
      play_bar(player, bar, rests && player->row.onsets > 1);
      player->offset = (player->offset + steps) % player->row.count;
    }
    ++player->stays;
    player->like = rests ? 0 : player->like + 1;
  }
}

static void play_layer(KtSketch *sketch, KtRole layer, const char *name) {
  KtRng rng = kt_sketch_rng(sketch, name);
  Player *player = KT_NEW(sketch->arena, Player, 1);
  for (size_t i = 0; player && i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    const KtCueSection *s = &sketch->sections.items[p->section];
    const KtFigure *figure = figure_of(s, layer);
    player->sketch = sketch;
    player->layer = layer;
    if (!figure || !kt_sketch_layer(p, layer) || (layer == KT_ROLE_BASS && !kt_sketch_bass_moves(sketch, p))) {
      player->like = 0;
      continue;
    }
    player->offset = 0;
    if (figure->process != KT_PROCESS_NONE) {
      play_process(player, p, figure);
    } else {
      play_phrase(player, p, figure, &rng);
    }
  }
}

void kt_sketch_figures(KtSketch *sketch) {
  play_layer(sketch, KT_ROLE_BASS, "bass figure");
  play_layer(sketch, KT_ROLE_FIGURE, "figure");
  play_layer(sketch, KT_ROLE_PULSE, "pulse");
  play_layer(sketch, KT_ROLE_COLOUR, "colour");
}
