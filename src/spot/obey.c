// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/obey.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int by_in(const void *a, const void *b) {
  const KtPin *x = a;
  const KtPin *y = b;
  return (x->in > y->in) - (x->in < y->in);
}

static void bar(KtTimeline *t, double start_s, double end_s) {
  KtReach *reach = end_s > start_s ? kt_array_push(t->arena, &t->barred) : NULL;
  if (reach) {
    *reach = (KtReach){start_s, end_s};
  }
}

static int reach_order(const void *a, const void *b) {
  const KtReach *x = a;
  const KtReach *y = b;
  return (x->start_s > y->start_s) - (x->start_s < y->start_s);
}

/// A sheet that holds bars everything but its cues and what was given back.
static void bar_the_rest(KtTimeline *t, const KtSheet *set) {
  KT_ARRAY(KtReach) used = {0};
  for (size_t i = 0; i < t->pins.count + set->open.count; ++i) {
    KtReach *reach = kt_array_push(t->arena, &used);
    if (reach && i < t->pins.count) {
      *reach = (KtReach){kt_seconds(t->pins.items[i].in), kt_seconds(t->pins.items[i].out)};
    } else if (reach) {
      const KtSpan *open = &set->open.items[i - t->pins.count];
      *reach = (KtReach){kt_seconds(open->start), kt_seconds(open->end)};
    }
  }
  if (used.count > 1) {
    qsort(used.items, used.count, sizeof(*used.items), reach_order);
  }
  double at_s = 0;
  for (size_t i = 0; i < used.count; ++i) {
    bar(t, at_s, used.items[i].start_s);
    at_s = used.items[i].end_s > at_s ? used.items[i].end_s : at_s;
  }
  bar(t, at_s, t->duration_s);
}

void kt_obey_sheet(KtTimeline *t, const KtSheet *set, bool held) {
  if (!set) {
    return;
  }
  for (size_t i = 0; i < set->cues.count; ++i) {
    const KtSheetCue *row = &set->cues.items[i];
    KtFilmTime in = kt_timeline_snap(t, row->in);
    KtFilmTime out = kt_timeline_snap(t, row->out);
    bool stands = (row->locked || held) && out > in; // another cut of the film may have lost it
    for (size_t j = 0; j < t->pins.count && stands; ++j) {
      stands = t->pins.items[j].out <= in || t->pins.items[j].in >= out;
    }
    KtPin *pin = stands ? kt_array_push(t->arena, &t->pins) : NULL;
    if (pin) {
      *pin = (KtPin){in, out, (int)i};
    }
  }
  if (t->pins.count > 1) {
    qsort(t->pins.items, t->pins.count, sizeof(*t->pins.items), by_in);
  }
  for (size_t i = 0; i < set->silences.count && !held; ++i) {
    bar(t, kt_seconds(set->silences.items[i].in), kt_seconds(set->silences.items[i].out));
  }
  for (size_t i = 0; i < set->silences.count && held && set->open.count; ++i) {
    bar(t, kt_seconds(set->silences.items[i].in), kt_seconds(set->silences.items[i].out));
  }
  if (held) {
    bar_the_rest(t, set);
  }
}

const KtSheetCue *kt_obeyed_row(const KtTimeline *t, const KtSheet *set, KtFilmTime in,
                                KtFilmTime out) {
  for (size_t i = 0; set && i < t->pins.count; ++i) {
    if (t->pins.items[i].in == in && t->pins.items[i].out == out) {
      return &set->cues.items[t->pins.items[i].cue];
    }
  }
  return NULL;
}

static void take_about(const KtTimeline *t, const char *list, KtCue *cue) {
  KtCue found = {0};
  for (const char *at = list; *at; at += strcspn(at, ";"), at += *at == ';') {
    size_t length = strcspn(at, ";");
    for (size_t i = 0; i < t->story->subjects.count; ++i) {
      const char *name = t->story->subjects.items[i].name;
      int *index = strlen(name) == length && !strncasecmp(name, at, length)
                       ? kt_array_push(t->arena, &found.subjects)
                       : NULL;
      if (index) {
        *index = (int)i;
      }
    }
  }
  if (found.subjects.count) { // else the story has lost them
    memcpy(&cue->subjects, &found.subjects, sizeof(cue->subjects));
  }
}

void kt_obey_row(const KtTimeline *t, const KtSheetCue *row, KtCue *cue) {
  cue->locked = row->locked;
  cue->title = row->said & KT_SAID_TITLE ? kt_arena_text(t->arena, row->title) : NULL;
  cue->reason = row->said & KT_SAID_REASON ? kt_arena_text(t->arena, row->reason) : cue->reason;
  cue->function = row->said & KT_SAID_FUNCTION ? row->function : cue->function;
  cue->entry = row->said & KT_SAID_ENTRY ? row->entry : cue->entry;
  cue->exit = row->said & KT_SAID_EXIT ? row->exit : cue->exit;
  if (row->said & KT_SAID_ABOUT) {
    take_about(t, row->about, cue);
  }
}

void kt_name_cues(const KtTimeline *t, const KtSheet *set, KtSpotting *spotting) {
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    KtCue *cue = &spotting->cues.items[i];
    const KtSheetCue *row = kt_obeyed_row(t, set, cue->in, cue->out);
    cue->name = row && row->name[0] ? kt_arena_text(t->arena, row->name) : NULL;
  }
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    const char *after = NULL;
    for (size_t j = i + 1; j < spotting->cues.count && !after; ++j) {
      after = spotting->cues.items[j].name;
    }
    if (!spotting->cues.items[i].name) {
      spotting->cues.items[i].name =
          kt_cue_name_between(t->arena, i ? spotting->cues.items[i - 1].name : NULL, after,
                              kt_cue_reel(spotting->cues.items[i].in));
    }
  }
}

static bool apart(KtFilmTime a, KtFilmTime b, double least_s) {
  return kt_seconds(a > b ? a - b : b - a) >= least_s;
}

void kt_obey_hits(const KtTimeline *t, const KtSheet *set, KtSpotting *spotting) {
  for (size_t i = 0; set && i < set->hits.count; ++i) {
    const KtSheetHit *row = &set->hits.items[i];
    KtFilmTime at = kt_timeline_snap(t, row->at);
    // One that is struck out goes, and what is found on the very picture of one that is set.
    double ground_s = row->struck ? 0.2 : 1.5 / kt_rate_fps(t->rate);
    size_t kept = 0;
    int cue = -1;
    for (size_t k = 0; k < spotting->hits.count; ++k) {
      if (spotting->hits.items[k].locked || apart(spotting->hits.items[k].at, at, ground_s)) {
        spotting->hits.items[kept++] = spotting->hits.items[k];
      }
    }
    spotting->hits.count = kept;
    for (size_t k = 0; k < spotting->cues.count && !row->struck; ++k) {
      cue = spotting->cues.items[k].in < at && spotting->cues.items[k].out > at ? (int)k : cue;
    }
    KtHit *hit = cue >= 0 ? kt_array_push(t->arena, &spotting->hits) : NULL;
    if (hit) {
      *hit = (KtHit){.cue = cue,
                     .at = at,
                     .label = kt_arena_text(t->arena, row->label),
                     .kind = row->kind,
                     .weight = row->weight,
                     .tolerance_frames = row->tolerance_frames,
                     .source = kt_arena_text(t->arena, row->source),
                     .locked = true};
    }
  }
}

static void add_silence(const KtTimeline *t, KtSpotting *spotting, KtFilmTime in, KtFilmTime out,
                        const char *before, const char *after, const char *reason) {
  KtSilence *silence = out > in ? kt_array_push(t->arena, &spotting->silences) : NULL;
  if (silence) {
    *silence = (KtSilence){in, out, reason ? reason : kt_silence_reason(t, in, out, before, after),
                           reason != NULL};
  }
}

/// One gap: what a person set in it stands apart.
static void write_gap(const KtTimeline *t, const KtSheet *set, KtSpotting *spotting, KtFilmTime in,
                      KtFilmTime out, const char *before, const char *after) {
  KtFilmTime at = in;
  for (size_t i = 0; set && i < set->silences.count; ++i) {
    const KtSheetSilence *row = &set->silences.items[i];
    KtFilmTime from = kt_timeline_snap(t, row->in);
    KtFilmTime to = kt_timeline_snap(t, row->out);
    from = from < at ? at : from;
    to = to > out ? out : to;
    if (to > from) {
      add_silence(t, spotting, at, from, before, NULL, NULL);
      add_silence(t, spotting, from, to, NULL, NULL, kt_arena_text(t->arena, row->reason));
      at = to;
    }
  }
  add_silence(t, spotting, at, out, before, after, NULL);
}

void kt_write_silences(const KtTimeline *t, const KtSheet *set, KtSpotting *spotting) {
  KtFilmTime at = 0;
  for (size_t i = 0; i <= spotting->cues.count; ++i) {
    const KtCue *next = i < spotting->cues.count ? &spotting->cues.items[i] : NULL;
    write_gap(t, set, spotting, at, next ? next->in : t->film->duration,
              i ? spotting->cues.items[i - 1].title : NULL, next ? next->title : NULL);
    at = next ? next->out : at;
  }
}
