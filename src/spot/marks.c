// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/marks.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { NOTHING = 4, MOST_TOLD = 3 };

/// Whether `word` stands in `text` by itself, capitals or not.
static const char *find_word(const char *text, const char *word) {
  size_t length = strlen(word);
  for (const char *at = text; *at; ++at) {
    bool starts = at == text || !isalnum((unsigned char)at[-1]);
    if (starts && !strncasecmp(at, word, length) && !isalpha((unsigned char)at[length])) {
      return at;
    }
  }
  return NULL;
}

double kt_marker_means(const KtSpotRules *rules, const KtMarker *marker, KtHitKind *kind) {
  for (unsigned i = 0; i < rules->markers_count; ++i) {
    const KtMarkerRule *rule = &rules->markers[i];
    const char *words = *marker->name ? marker->name : marker->note;
    bool fits = rule->word ? find_word(words, rule->word) != NULL
                           : rule->colour && !*words && !strcasecmp(rule->colour, marker->colour);
    if (fits) {
      *kind = rule->kind == NOTHING ? KT_HIT_SOFT : (KtHitKind)rule->kind;
      return rule->kind == NOTHING ? 0 : (double)rule->weight;
    }
  }
  return 0;
}

const char *kt_marker_label(KtArena *arena, const KtMarker *marker) {
  const char *name = *marker->name ? marker->name : marker->note;
  const char *colon = strchr(name, ':');
  const char *rest = colon ? colon + 1 + strspn(colon + 1, " \t") : "";
  if (!*name) {
    return kt_arena_format(arena, "a %s marker", marker->colour);
  }
  return *rest ? kt_arena_text(arena, rest) : kt_arena_format(arena, "marked: %s", name);
}

double kt_marked_near(const KtTimeline *t, double at_s) {
  double most = 0, reach = (double)t->rules->need.marker_s;
  for (size_t i = 0; i < t->film->markers.count; ++i) {
    const KtMarker *marker = &t->film->markers.items[i];
    double away = fabs(kt_seconds(marker->at) - at_s);
    KtHitKind kind = KT_HIT_SOFT;
    if (away < reach && kt_marker_means(t->rules, marker, &kind) > 0) {
      most = fmax(most, 1 - away / reach);
    }
  }
  return most;
}

void kt_warn_unmet_markers(const KtContext *ctx, const KtTimeline *t, const KtSpotting *spotting) {
  int unmet = 0;
  for (size_t i = 0; i < t->film->markers.count; ++i) {
    const KtMarker *marker = &t->film->markers.items[i];
    KtHitKind kind = KT_HIT_SOFT;
    bool met = kt_marker_means(t->rules, marker, &kind) <= 0;
    for (size_t c = 0; c < spotting->cues.count && !met; ++c) {
      met = marker->at >= spotting->cues.items[c].in && marker->at < spotting->cues.items[c].out;
    }
    if (!met && ++unmet <= MOST_TOLD) {
      char at[KT_TIMECODE_SIZE];
      kt_timecode_print(&t->film->timecode, marker->at, at);
      kt_warn(ctx, "marker \"%.60s\" at %s lies where there is no music; it is not met",
              marker->name, at);
    }
  }
  if (unmet > MOST_TOLD) {
    kt_warn(ctx, "%d more markers lie where there is no music", unmet - MOST_TOLD);
  }
}
