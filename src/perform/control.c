// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perform/player.h"

#include <math.h>
#include <string.h>

enum { CC_EXPRESSION = 11, CC_PEDAL = 64 };

static void control(KtArena *arena, KtTrack *track, KtTick tick, int number, int value) {
  KtEvent *event = kt_array_push(arena, &track->events);
  if (event) {
    *event = (KtEvent){.tick = tick,
                       .kind = KT_EVENT_CONTROL,
                       .key = (uint8_t)number,
                       .value = (uint8_t)(value < 0 ? 0 : value > 127 ? 127 : value)};
  }
}

/// The controller that the part's sustained presets follow; 0: velocity alone.
static int dynamics_controller(const KtPlayer *player) {
  for (size_t i = 0; i < player->strokes.count; ++i) {
    int number =
        player->instrument->presets[player->strokes.items[i].articulation].dynamics_controller;
    if (number) {
      return number;
    }
  }
  return 0;
}

/// Sforzato-piano: over the line at the stroke, under it at once, and back on it by the tone's end.
static double sforzato_at(const KtPlayer *player, const KtStroke *stroke, double since, double line) {
  const KtManner *manner = player->manner;
  double hold = (double)manner->sforzato_hold_ms / 1000, fall = (double)manner->sforzato_fall_ms / 1000;
  double length = kt_player_seconds(player, stroke->off) - kt_player_seconds(player, stroke->on);
  double struck = fmin(1.0, line + (double)manner->sforzato_over);
  double low = line * fmax(0.1, 1.0 - (double)manner->sforzato_under);
  if (since < hold + fall) {
    double way = fmax(0.0, since - hold) / fmax(fall, 1e-3);
    return struck + (low - struck) * (0.5 - 0.5 * cos(3.14159265358979 * way));
  }
  double grown = fmin(1.0, (since - hold - fall) / fmax(1e-3, length - hold - fall));
  return low + (line - low) * pow(grown, (double)manner->sforzato_growth);
}

/// An accent on a sample that speaks slowly lasts until it is heard.
static double accent_fall_s(const KtPlayer *player, const KtStroke *stroke) {
  double speaks_s = (double)player->instrument->presets[stroke->articulation].speaks_ms / 1000;
  return (double)player->manner->accent_fall_s + (double)player->manner->accent_slow * speaks_s;
}

/// Level to controller: what the line asks at a tick, with the accent of the stroke dying away.
static int value_at(const KtPlayer *player, const KtStroke *stroke, KtTick tick) {
  const KtManner *manner = player->manner;
  double since = kt_player_seconds(player, tick) - kt_player_seconds(player, stroke->on);
  double accent = (double)kt_player_accent(player, stroke->note) *
                  exp(-fmax(0.0, since) / accent_fall_s(player, stroke));
  double level = (double)kt_player_level(player, stroke->note, tick);
  level = stroke->articulation == KT_ART_SFORZATO ? sforzato_at(player, stroke, since, level) : level;
  level += accent * kt_player_gesture(player, level);
  level = fmin(1.0, fmax(0.04, level));
  return (int)lround(127.0 * pow(level, (double)manner->curve_controller));
}

/// Loudness through each run of sounding strokes, a value every control_ms where it has changed.
static void dynamics(const KtPlayer *player, KtArena *arena, KtTrack *track, int number) {
  const KtStrokes *strokes = &player->strokes;
  const int most = player->manner->control_most;
  int now = -1;
  KtTick done = -1;  // no value up to this tick any more
  KtTick reach = -1; // until when something sounds
  for (size_t i = 0; i < strokes->count; ++i) {
    const KtStroke *one = &strokes->items[i];
    KtTick next = i + 1 < strokes->count ? strokes->items[i + 1].on : player->score->end;
    bool fresh = one->on > reach; // after silence the new level is simply there
    reach = one->off > reach ? one->off : reach;
    KtTick until = reach < next ? reach : next;
    double step_ms = (double)player->manner->control_ms;
    step_ms = one->articulation == KT_ART_SFORZATO ? step_ms / 3 : step_ms; // it falls fast, but in small steps
    for (KtTick tick = one->on; tick < until || tick == one->on; tick = kt_player_later(player, tick, step_ms)) {
      if (tick <= done) {
        continue;
      }
      int value = value_at(player, one, tick);
      if (!fresh || tick > one->on) {
        value = value > now + most ? now + most : value < now - most ? now - most : value;
      }
      if (value != now) {
        control(arena, track, tick, number, value);
        now = value;
      }
      done = tick;
    }
  }
}

/// Plucked and struck tones need none; sustained ones that follow velocity take their swell here.
static void expression(const KtPlayer *player, KtArena *arena, KtTrack *track) {
  control(arena, track, 0, CC_EXPRESSION, 127);
  const KtStrokes *strokes = &player->strokes;
  int now = 127;
  for (size_t i = 0; i < strokes->count; ++i) {
    const KtStroke *one = &strokes->items[i];
    const KtPhrase *phrase = &player->phrases.items[player->phrase_of[one->note]];
    bool last = one->note + 1 == phrase->end;
    double length = kt_player_seconds(player, one->off) - kt_player_seconds(player, one->on);
    if (now != 127) {
      control(arena, track, one->on, CC_EXPRESSION, 127);
      now = 127;
    }
    bool alone = (!i || strokes->items[i - 1].off <= one->on) &&
                 (i + 1 == strokes->count || strokes->items[i + 1].on >= one->off);
    if (!last || !alone || length < 0.7) {
      continue;
    }
    // the end of a phrase is let go, not cut: a last fifth of a second that sinks
    static const int sink[] = {118, 108, 96, 82, 66, 48};
    for (int k = 0; k < 6; ++k) {
      KtTick tick = kt_player_later(player, one->off, -210.0 + 35.0 * k);
      if (tick > one->on) {
        control(arena, track, tick, CC_EXPRESSION, sink[k]);
        now = sink[k];
      }
    }
  }
}

static bool has_pedal(const KtPlayer *player) {
  for (unsigned i = 0; i < player->manner->pedal_count; ++i) {
    if (!strcmp(player->manner->pedal[i], player->instrument->id)) {
      return true;
    }
  }
  return false;
}

/// Whether a stroke that wants to ring starts in from..to, and when the last one there starts.
static bool rings(const KtPlayer *player, KtTick from, KtTick to, KtTick *last) {
  bool any = false;
  for (size_t i = 0; i < player->strokes.count; ++i) {
    const KtStroke *one = &player->strokes.items[i];
    if (one->nominal >= from && one->nominal < to && one->articulation != KT_ART_SHORT &&
        one->articulation != KT_ART_MARCATO) {
      any = true;
      *last = one->off > *last ? one->off : *last;
    }
  }
  return any;
}

/// The pedal does not carry over a hit that the part itself ends on: that is a stop.
static KtTick not_over_a_stop(const KtPlayer *player, KtTick last, KtTick let_go) {
  const KtScore *score = player->score;
  for (size_t i = 0; i < score->hits.count; ++i) {
    KtTick tick = score->hits.items[i].tick;
    if (score->hits.items[i].stops && tick >= last - KT_PPQ / 4 && tick < let_go + KT_PPQ / 4) {
      return kt_player_later(player, tick, -(double)player->manner->stop_pedal_ms);
    }
    if (tick >= last - KT_PPQ / 4 && tick < let_go) {
      return tick > last ? tick : last;
    }
  }
  return let_go;
}

/// Down after each change of harmony, up at the next, and not left down in a silence.
static void pedal(const KtPlayer *player, KtArena *arena, KtTrack *track) {
  const KtScore *score = player->score;
  bool down = false;
  for (size_t i = 0; i < score->chords.count; ++i) {
    const KtChord *chord = &score->chords.items[i];
    KtTick end = i + 1 < score->chords.count ? score->chords.items[i + 1].start : score->end;
    KtTick last = chord->start;
    bool wanted = rings(player, chord->start, end, &last);
    if (down) {
      control(arena, track, chord->start, CC_PEDAL, 0);
      down = false;
    }
    KtTick at = kt_player_later(player, chord->start, (double)player->manner->pedal_after_ms);
    KtTick let_go = kt_player_later(player, last, 1000.0 * (double)player->manner->pedal_hold_s);
    let_go = not_over_a_stop(player, last, let_go);
    if (!wanted || at >= end || at >= let_go) {
      continue;
    }
    control(arena, track, at, CC_PEDAL, 127);
    down = true;
    if (let_go < end || i + 1 == score->chords.count) {
      control(arena, track, let_go < end ? let_go : end, CC_PEDAL, 0);
      down = false;
    }
  }
}

void kt_player_control(const KtPlayer *player, KtArena *arena, KtTrack *track) {
  int number = dynamics_controller(player);
  if (number) {
    dynamics(player, arena, track, number);
  }
  bool sustains = player->instrument->stem != KT_STEM_PERCUSSION &&
                  player->instrument->stem != KT_STEM_KEYS;
  if (number != CC_EXPRESSION && (sustains || number)) {
    expression(player, arena, track);
  }
  if (has_pedal(player)) {
    pedal(player, arena, track);
  }
}
