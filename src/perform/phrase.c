// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perform/player.h"

#include <math.h>

double kt_player_seconds(const KtPlayer *player, KtTick tick) {
  return kt_seconds(kt_tempo_time(&player->score->tempo, tick));
}

KtTick kt_player_later(const KtPlayer *player, KtTick tick, double milliseconds) {
  KtFilmTime at = kt_tempo_time(&player->score->tempo, tick);
  return kt_tempo_tick(&player->score->tempo, at + kt_film_time(milliseconds / 1000.0));
}

static bool phrase_ends(const KtPlayer *player, size_t i) {
  const KtNote *note = &player->part->notes.items[i], *next = note + 1;
  if (note->breath_after) {
    return true;
  }
  double gap = kt_player_seconds(player, next->start) -
               kt_player_seconds(player, note->start + note->duration);
  return gap > 0.25;
}

void kt_player_phrase(KtPlayer *player) {
  const KtPart *part = player->part;
  player->phrase_of = KT_NEW(player->scratch, size_t, part->notes.count);
  size_t first = 0;
  double pitch = 0;
  KtTick stop = 0;
  for (size_t i = 0; player->phrase_of && i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    pitch += note->midi;
    stop = note->start + note->duration > stop ? note->start + note->duration : stop;
    player->phrase_of[i] = player->phrases.count;
    if (i + 1 < part->notes.count &&
        (part->notes.items[i + 1].start == note->start || !phrase_ends(player, i))) {
      continue;
    }
    KtPhrase *phrase = kt_array_push(player->scratch, &player->phrases);
    if (!phrase) {
      return;
    }
    *phrase = (KtPhrase){.first = first,
                         .end = i + 1,
                         .start = part->notes.items[first].start,
                         .stop = stop,
                         .mean_pitch = pitch / (double)(i + 1 - first)};
    phrase->seconds =
        kt_player_seconds(player, phrase->stop) - kt_player_seconds(player, phrase->start);
    first = i + 1;
    pitch = 0;
    stop = 0;
  }
}

/// A parabola over the phrase, 1 at its top and -1 at its farther end (Todd 1992).
static double arch_at(const KtPlayer *player, const KtPhrase *phrase, KtTick tick) {
  double length = (double)(phrase->stop - phrase->start);
  double x = length > 0 ? (double)(tick - phrase->start) / length : 0;
  double top = (double)player->manner->arch_top;
  x = fmin(1.0, fmax(0.0, x));
  double from_top = x < top ? (top - x) / top : (x - top) / (1 - top);
  return 1.0 - 2.0 * from_top * from_top;
}

static double arch_depth(const KtPlayer *player, const KtPhrase *phrase) {
  double least = (double)player->manner->arch_least_s;
  if (phrase->seconds < least || player->part->role == KT_ROLE_PERCUSSION) {
    return 0;
  }
  bool sings = player->part->role == KT_ROLE_LEAD || player->part->role == KT_ROLE_COUNTER;
  double grown = fmin(1.0, phrase->seconds / (2.5 * least));
  return (double)player->manner->arch * grown * (sings ? 1.0 : 0.6);
}

static float clamp_level(double level) {
  return (float)fmin(1.0, fmax(0.04, level));
}

double kt_player_gesture(const KtPlayer *player, double level) {
  return fmin(1.0, level / (double)player->manner->gesture_full);
}

float kt_player_level(const KtPlayer *player, size_t note, KtTick tick) {
  const KtManner *manner = player->manner;
  const KtNote *one = &player->part->notes.items[note];
  const KtPhrase *phrase = &player->phrases.items[player->phrase_of[note]];
  double level = (double)kt_part_level(player->part, tick);
  double shaped = arch_depth(player, phrase) * arch_at(player, phrase, tick);
  if (player->instrument->pitched) {
    shaped += (double)manner->high_loud * (one->midi - phrase->mean_pitch);
  }
  double length = kt_player_seconds(player, one->start + one->duration) -
                  kt_player_seconds(player, one->start);
  if (length >= (double)manner->swell_least_s && !one->hit) { // a struck tone does not swell
    double x = (double)(tick - one->start) / (double)one->duration;
    x = fmin(1.0, fmax(0.0, x));
    shaped += (double)manner->swell * (sin(3.14159265358979 * x) - 0.5);
  }
  return clamp_level(level + shaped * kt_player_gesture(player, level));
}

static double metre_accent(const KtPlayer *player, const KtNote *note) {
  int bar;
  double beat;
  kt_metres_position(&player->score->metres, note->start, &bar, &beat);
  KtMetre metre = kt_metres_at(&player->score->metres, note->start);
  double weight = (double)player->manner->metre;
  if (fabs(beat - 1.0) < 0.05) {
    return weight;
  }
  if (metre.beats == 4 && fabs(beat - 3.0) < 0.05) {
    return 0.5 * weight;
  }
  return fabs(beat - round(beat)) > 0.05 ? -0.5 * weight : 0;
}

float kt_player_accent(const KtPlayer *player, size_t note) {
  const KtManner *manner = player->manner;
  const KtNote *one = &player->part->notes.items[note];
  double accent = (double)one->accent * (double)manner->accent + metre_accent(player, one);
  if (one->articulation == KT_ART_MARCATO || one->articulation == KT_ART_SFORZATO) {
    accent += (double)manner->marcato_accent * (double)manner->accent;
  }
  size_t same = 0; // up-bow and down-bow, tongue and tongue: no two repeated tones alike
  while (same < note && player->part->notes.items[note - same - 1].midi == one->midi && same < 8) {
    ++same;
  }
  if (same) {
    accent += same % 2 ? -(double)manner->repeat : (double)manner->repeat * 0.4;
  }
  return (float)accent;
}
