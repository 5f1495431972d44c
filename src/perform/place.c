// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perform/player.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double spread_ms(const KtPlayer *player, float level) {
  const KtManner *manner = player->manner;
  double base = player->instrument->stem == KT_STEM_PERCUSSION ? (double)manner->timing_drums_ms
                : player->instrument->players > 2              ? (double)manner->timing_section_ms
                                                               : (double)manner->timing_solo_ms;
  return base * (1.0 + ((double)manner->timing_soft - 1.0) * (1.0 - (double)level));
}

static int by_nominal(const void *a, const void *b) {
  const KtStroke *x = a, *y = b;
  if (x->nominal != y->nominal) {
    return x->nominal < y->nominal ? -1 : 1;
  }
  return x->key != y->key ? x->key - y->key : (x->note > y->note) - (x->note < y->note);
}

static int by_on(const void *a, const void *b) {
  const KtStroke *x = a, *y = b;
  return x->on != y->on ? (x->on < y->on ? -1 : 1) : by_nominal(a, b);
}

/// A tone that swells in where another is struck leaves the attack to that one.
static bool gives_way(const KtPlayer *player, const KtStroke *stroke) {
  const KtInstrument *one = player->instrument;
  return player->part->notes.items[stroke->note].gives_way && one->stem != KT_STEM_PERCUSSION &&
         one->stem != KT_STEM_KEYS && stroke->articulation != KT_ART_PIZZICATO;
}

static bool rolls_chords(const KtInstrument *instrument) {
  return !strcmp(instrument->id, "harp") || !strcmp(instrument->id, "guitar");
}

/// Displaces strokes first..end, which are written together. They move by less than 40 % of the way
/// to their neighbours, so that nothing changes places.
static void place_group(KtPlayer *player, size_t first, size_t end, KtTick before, double *drift) {
  const KtManner *manner = player->manner;
  KtStroke *strokes = player->strokes.items;
  KtTick nominal = strokes[first].nominal;
  KtTick after = end < player->strokes.count ? strokes[end].nominal : nominal + 4 * KT_PPQ;
  bool hit = false;
  bool after_hit = false;
  for (size_t i = first; i < end; ++i) {
    hit = hit || strokes[i].hit;
    after_hit = after_hit || gives_way(player, &strokes[i]);
  }
  double keep = (double)manner->timing_drift;
  *drift = keep * *drift + sqrt(1.0 - keep * keep) * kt_rng_normal(&player->rng);
  double most = (double)manner->timing_most_ms;
  double together = fmin(most, fmax(-most, *drift * spread_ms(player, strokes[first].level)));
  bool roll = rolls_chords(player->instrument) && end - first >= 3 && !hit;
  for (size_t i = first; i < end; ++i) {
    double own = end - first > 1 ? (double)manner->chord_spread_ms * kt_rng_unit(&player->rng) : 0;
    double late = roll ? together + (double)manner->harp_roll_ms * (double)(i - first) : together + own;
    if (hit) {
      late = 0; // nobody of the chord leaves the hit
      *drift = 0;
    } else if (after_hit) {
      late = (double)manner->give_way_ms + own;
    }
    KtTick on = kt_player_later(player, nominal, late);
    KtTick earliest = nominal - (nominal - before) * 2 / 5;
    KtTick latest = nominal + (after - nominal) * 2 / 5;
    on = on < earliest ? earliest : on > latest ? latest : on;
    strokes[i].on = on < 0 ? 0 : on;
  }
}

/// What ends on a hard hit ends a breath before it, but not what is held through; what was to last until a stop
/// lasts until the stop and no longer.
static KtTick at_hits(const KtPlayer *player, KtStroke *one, KtTick off) {
  const KtScore *score = player->score;
  const KtNote *note = &player->part->notes.items[one->note];
  bool held = note->articulation != KT_ART_SHORT && note->articulation != KT_ART_SPICCATO && note->articulation != KT_ART_PIZZICATO;
  for (size_t i = 0; i < score->hits.count; ++i) {
    KtTick hit = score->hits.items[i].tick, written = note->start + note->duration;
    KtTick breath = kt_player_later(player, hit, -(double)player->manner->hit_breath_ms);
    KtTick over = kt_player_later(player, hit, (double)player->manner->hit_breath_ms);
    if (score->hits.items[i].struck > 0 && one->on < hit && off > breath && off <= over) {
      KtTick least = one->on + (hit - one->on) / 2;
      return breath > least ? breath : least;
    }
    bool to_the_stop = off > hit || (held && llabs(written - hit) <= KT_PPQ / 8);
    if (score->hits.items[i].stops && one->on < hit && to_the_stop) {
      one->stops = true;
      return hit;
    }
  }
  return off;
}

/// Ends follow their beginnings; no key is struck while it is down; nothing outlasts the cue.
static void settle_ends(KtPlayer *player) {
  KtStroke *strokes = player->strokes.items;
  KtTick last[128];
  for (int k = 0; k < 128; ++k) {
    last[k] = -1; // index of the next stroke of this key, going backwards
  }
  for (size_t i = player->strokes.count; i-- > 0;) {
    KtStroke *one = &strokes[i];
    KtTick off = one->written_off + (one->on - one->nominal) / 2;
    KtTick end = player->score->end;
    off = at_hits(player, one, off > end ? end : off);
    if (last[one->key] >= 0) {
      KtTick again = strokes[last[one->key]].on;
      KtTick lift = kt_player_later(player, again, -(double)player->manner->repeated_gap_ms);
      KtTick least = one->on + (again - one->on) / 2;
      off = off > lift ? (lift > least ? lift : least) : off;
    }
    one->off = off > one->on ? off : one->on + 1;
    last[one->key] = (KtTick)i;
  }
}

void kt_player_place(KtPlayer *player) {
  if (!player->strokes.count) {
    return;
  }
  qsort(player->strokes.items, player->strokes.count, sizeof(KtStroke), by_nominal);
  KtStroke *strokes = player->strokes.items;
  size_t kept = 0;
  for (size_t i = 0; i < player->strokes.count; ++i) { // the same key twice at once is one stroke
    if (kept && strokes[kept - 1].nominal == strokes[i].nominal &&
        strokes[kept - 1].key == strokes[i].key) {
      strokes[kept - 1].hit = strokes[kept - 1].hit || strokes[i].hit;
      continue;
    }
    strokes[kept++] = strokes[i];
  }
  player->strokes.count = kept;
  double drift = 0;
  KtTick before = 0;
  for (size_t i = 0; i < kept;) {
    size_t end = i + 1;
    while (end < kept && strokes[end].nominal == strokes[i].nominal) {
      ++end;
    }
    KtTick nominal = strokes[i].nominal;
    place_group(player, i, end, before, &drift);
    before = nominal;
    i = end;
  }
  qsort(strokes, kept, sizeof(*strokes), by_on);
  settle_ends(player);
}
