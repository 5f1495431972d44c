// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perform/player.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double trill_overlap_ms = 20; // the finger is down before the other is up

static float stroke_level(KtPlayer *player, size_t note, KtTick tick, float accent) {
  double line = (double)kt_player_level(player, note, tick);
  double own = (double)accent + (double)player->manner->spread * kt_rng_normal(&player->rng);
  double level = line + own * kt_player_gesture(player, line);
  return (float)fmin(1.0, fmax(0.04, level));
}

/// What is struck or plucked carries a hit through the tones that are held there.
static bool speaks_at_once(const KtInstrument *instrument) {
  return instrument->stem == KT_STEM_PERCUSSION || instrument->stem == KT_STEM_KEYS;
}

/// Whether a note is bound to one that ends where it begins.
static bool is_slurred(const KtPlayer *player, size_t note) {
  const KtPart *part = player->part;
  const KtNote *one = &part->notes.items[note];
  if (one->articulation != KT_ART_LEGATO || one->hit || speaks_at_once(player->instrument) ||
      player->manner->legato_overlap_ms <= 0) {
    return false;
  }
  for (size_t i = note; i-- > 0 && i + 12 > note;) {
    const KtNote *before = &part->notes.items[i];
    KtTick end = before->start + before->duration;
    if (before->start < one->start && llabs(end - one->start) <= 1 && !before->breath_after &&
        before->midi != one->midi) {
      return true;
    }
  }
  return false;
}

static void push(KtPlayer *player, size_t note, KtTick on, KtTick off, uint8_t key, bool first,
                 float accent) {
  const KtNote *one = &player->part->notes.items[note];
  uint8_t articulation = one->articulation;
  double seconds = kt_player_seconds(player, off) - kt_player_seconds(player, on);
  bool quick = seconds < (double)player->manner->slow_least_s || one->accent >= player->manner->accent_quick;
  if (articulation == KT_ART_LONG && quick && player->instrument->has[KT_ART_TENUTO]) {
    articulation = KT_ART_TENUTO; // the quicker of the sustained attacks
  }
  KtStroke *stroke = kt_array_push(player->scratch, &player->strokes);
  if (stroke) {
    *stroke = (KtStroke){.nominal = on,
                         .on = on,
                         .off = off,
                         .written_off = off,
                         .note = note,
                         .key = key,
                         .articulation = articulation,
                         .hit = one->hit && first,
                         .slurred = first && is_slurred(player, note)};
    stroke->level = stroke_level(player, note, on, accent);
    if (stroke->hit && speaks_at_once(player->instrument)) {
      float over = fminf(1.0F, kt_score_loudest(player->score, on) + player->manner->hit_over);
      stroke->level = fmaxf(stroke->level, fmaxf(over, player->manner->hit_least));
    }
  }
}

static double roll_rate(const KtPlayer *player) {
  const KtRollRates *hz = &player->manner->roll_hz;
  const struct {
    const char *id;
    float hz;
  } rates[] = {{"timpani", hz->timpani},       {"snare_drum", hz->snare_drum},
               {"bass_drum", hz->bass_drum},   {"suspended_cymbal", hz->suspended_cymbal},
               {"triangle", hz->triangle},     {"taiko", hz->taiko},
               {"xylophone", hz->xylophone},   {"marimba", hz->marimba}};
  for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
    if (!strcmp(rates[i].id, player->instrument->id) && rates[i].hz > 0) {
      return (double)rates[i].hz;
    }
  }
  return (double)hz->other;
}

/// Two hands in turn, never quite even.
static void roll(KtPlayer *player, size_t note) {
  const KtNote *one = &player->part->notes.items[note];
  double start = kt_player_seconds(player, one->start);
  double seconds = kt_player_seconds(player, one->start + one->duration) - start;
  double rate = roll_rate(player);
  int count = (int)fmax(1.0, floor(seconds * rate));
  for (int i = 0; i < count; ++i) {
    double wobble = i ? 0.09 * kt_rng_normal(&player->rng) : 0;
    double at = seconds * ((double)i + wobble) / count;
    KtTick on = kt_player_later(player, one->start, 1000.0 * fmax(0.0, at));
    KtTick off = kt_player_later(player, on, 900.0 / rate);
    float hand = i ? (i % 2 ? -0.05F : -0.02F) : kt_player_accent(player, note);
    push(player, note, on, off, (uint8_t)one->midi, i == 0, hand);
  }
}

/// Semitones from a pitch to the next above it in the key.
static int neighbour(const KtPlayer *player, const KtNote *note) {
  KtKey key = {0, KT_MODE_IONIAN};
  const KtScore *score = player->score;
  for (size_t i = 0; i < score->keys.count && score->keys.items[i].tick <= note->start; ++i) {
    key = score->keys.items[i].key;
  }
  for (int d = 0; d < 7; ++d) {
    int class = (kt_spelling_class(key.tonic) + kt_mode_degree(key.mode, d)) % 12;
    if (class == (note->midi + 1) % 12) {
      return 1;
    }
  }
  return 2;
}

static void trill(KtPlayer *player, size_t note) {
  const KtNote *one = &player->part->notes.items[note];
  int upper = one->midi + neighbour(player, one);
  if (upper > player->instrument->high) {
    upper = one->midi - 1;
  }
  double start = kt_player_seconds(player, one->start);
  double seconds = kt_player_seconds(player, one->start + one->duration) - start;
  int count = (int)fmax(1.0, floor(seconds * (double)player->manner->trill_hz));
  count |= 1; // it ends on the note itself
  for (int i = 0; i < count; ++i) {
    KtTick on = one->start + one->duration * i / count;
    KtTick off = one->start + one->duration * (i + 1) / count;
    if (i + 1 < count) {
      off = kt_player_later(player, off, trill_overlap_ms);
    }
    push(player, note, on, off > on ? off : on + 1, (uint8_t)(i % 2 ? upper : one->midi), i == 0,
         i ? -0.02F : kt_player_accent(player, note));
    if (i && player->strokes.count && player->manner->legato_overlap_ms > 0) {
      player->strokes.items[player->strokes.count - 1].slurred = !speaks_at_once(player->instrument);
    }
  }
}

static bool struck(const KtInstrument *instrument) {
  return instrument->stem == KT_STEM_PERCUSSION;
}

/// How long a note sounds of what is written.
static KtTick sounding(const KtPlayer *player, size_t note) {
  const KtManner *manner = player->manner;
  const KtNote *one = &player->part->notes.items[note];
  double seconds = kt_player_seconds(player, one->start + one->duration) -
                   kt_player_seconds(player, one->start);
  double sound = seconds * (double)manner->detached;
  switch (one->articulation) {
  case KT_ART_SHORT:
    sound = fmax((double)manner->short_least_s,
                 fmin(seconds * (double)manner->short_, (double)manner->short_most_s));
    break;
  case KT_ART_SPICCATO:
    sound = fmin(seconds * (double)manner->spiccato, (double)manner->spiccato_most_s);
    break;
  case KT_ART_MARCATO:
    sound = seconds > 1.2 ? seconds * (double)manner->detached : seconds * (double)manner->marcato;
    break;
  case KT_ART_TENUTO:
    sound = seconds * (double)manner->tenuto;
    break;
  case KT_ART_PIZZICATO:
  case KT_ART_LEGATO:
  case KT_ART_TREMOLO:
    sound = seconds;
    break;
  default:
    sound = seconds - fmin(0.08, seconds * (1.0 - (double)manner->detached));
  }
  return kt_player_later(player, one->start, 1000.0 * fmin(sound, fmax(seconds, 0.03)));
}

/// A slur: a note rings into the next one that is bound to it.
static KtTick bound(const KtPlayer *player, size_t note, KtTick off) {
  const KtPart *part = player->part;
  const KtNote *one = &part->notes.items[note];
  KtTick end = one->start + one->duration;
  for (size_t i = note + 1; i < part->notes.count && part->notes.items[i].start <= end + 1; ++i) {
    const KtNote *next = &part->notes.items[i];
    if (next->articulation == KT_ART_LEGATO && next->start >= end - 1 && !one->breath_after &&
        next->midi != one->midi) {
      return kt_player_later(player, next->start, (double)player->manner->legato_overlap_ms);
    }
  }
  return off;
}

void kt_player_strike(KtPlayer *player) {
  for (size_t i = 0; i < player->part->notes.count; ++i) {
    const KtNote *note = &player->part->notes.items[i];
    if (note->articulation == KT_ART_TREMOLO && struck(player->instrument)) {
      roll(player, i);
    } else if (note->articulation == KT_ART_TRILL) {
      trill(player, i);
    } else {
      push(player, i, note->start, bound(player, i, sounding(player, i)), (uint8_t)note->midi, true,
           kt_player_accent(player, i));
    }
  }
}
