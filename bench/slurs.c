// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// slurs [LIBRARY]: every instrument that plays legato goes from one tone to the next, at mezzo-forte, over a
// whole tone, a fourth and an octave: detached, and slurred. A line each: by how much the level dips between them (dB
// under the softer side, 45 to 100 ms away; 0 where it does not), and by how much the first tenth of a second of the
// second stands over what is before it and after, each detached and slurred, worst of the three. Last the number of instruments whose slur dips by 3 dB or more.
#include "base/audio_file.h"
#include "base/file.h"
#include "production/internal.h"
#include "render/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = KT_SAMPLE_RATE, SECOND = 2 * KT_PPQ, HOP = RATE / 200, LENGTH = 4 * RATE, HOPS = LENGTH / HOP };

typedef struct Joint {
  double dip_db, bump_db;
} Joint;

typedef struct Bench {
  KtContext ctx;
  KtOrchestra *all;
  char folder[32];
} Bench;

static void add(KtArena *arena, KtTrack *track, KtEventKind kind, double at_s, int key, bool slurred) {
  KtEvent *event = kt_array_push(arena, &track->events);
  *event = (KtEvent){.tick = (KtTick)llround(at_s * SECOND),
                     .kind = (uint8_t)kind,
                     .key = (uint8_t)key,
                     .value = (uint8_t)(kind == KT_EVENT_NOTE_OFF ? 0 : 78),
                     .articulation = KT_ART_LEGATO,
                     .slurred = slurred};
}

/// Level in windows of 40 ms every 5, dB.
static void levels(const char *path, double *db) {
  static float samples[2 * LENGTH];
  KtAudioReader *reader = NULL;
  size_t got = 0;
  if (kt_audio_reader_open(path, &reader, NULL) || kt_audio_read(reader, samples, LENGTH, &got, NULL)) {
    exit(1);
  }
  kt_audio_reader_close(reader);
  for (int h = 0; h < HOPS; ++h) {
    double sum = 1e-12;
    for (int i = h * HOP - RATE / 50; i < h * HOP + RATE / 50; ++i) {
      double l = i >= 0 && i < (int)got ? (double)samples[2 * i] : 0;
      double r = i >= 0 && i < (int)got ? (double)samples[2 * i + 1] : 0;
      sum += l * l + r * r;
    }
    db[h] = 10 * log10(sum);
  }
}

static double mean(const double *db, int from, int to) {
  double sum = 0;
  for (int h = from; h < to; ++h) {
    sum += db[h] / (to - from);
  }
  return sum;
}

static Joint join(const Bench *bench, const KtInstrument *one, int step, bool slurred) {
  KtArena *arena = kt_arena_new();
  KtScore score = {.name = "slur"};
  KtPerformance performance = {.arena = arena, .score = &score}, *cue = &performance;
  for (int i = 0; i < 2; ++i) {
    KtTempoPoint *point = kt_array_push(arena, &score.tempo.points);
    *point = (KtTempoPoint){.tick = (KtTick)i * SECOND, .time = kt_film_time(i)};
  }
  KtTrack *track = kt_array_push(arena, &performance.tracks);
  track->instrument = one;
  int key = (one->comfort_low + one->comfort_high) / 2 - step / 2;
  add(arena, track, KT_EVENT_NOTE_ON, 0.5, key, false);
  add(arena, track, KT_EVENT_NOTE_ON, 2, key + step, slurred);
  add(arena, track, KT_EVENT_NOTE_OFF, slurred ? 2.045 : 1.92, key, false);
  add(arena, track, KT_EVENT_NOTE_OFF, 3.5, key + step, false);
  if (!slurred) {
    KtEvent swapped = track->events.items[1];
    track->events.items[1] = track->events.items[2];
    track->events.items[2] = swapped;
  }
  KtStems *stems = NULL;
  KtError err = {0};
  double db[HOPS];
  if (kt_render(&bench->ctx, bench->all, &cue, 1, bench->folder, &stems, &err)) {
    fprintf(stderr, "%s\n", err.message);
    exit(1);
  }
  levels(stems->items.items[0].path, db);
  kt_stems_free(stems, 1);
  kt_remove_tree(bench->folder, NULL);
  kt_arena_free(arena);
  // the change is at hop 400; samples swell on their own, so it is held against what is next to it
  double before = mean(db, 382, 391), after = mean(db, 409, 420), later = mean(db, 420, 440), least = 200, most = -200;
  for (int h = 385; h < 415; ++h) {
    least = fmin(least, db[h]);
  }
  for (int h = 400; h < 420; ++h) {
    most = fmax(most, db[h]);
  }
  return (Joint){fmax(0, fmin(before, after) - least), fmax(0, most - fmax(before, later))};
}

int main(int argc, char **argv) {
  const char *data = getenv("KINOTHEK_DATA");
  Bench bench = {.ctx = {.data_dir = data ? data : "data", .threads = 1, .seed = 1}, .folder = "/tmp/kt-slurs-XXXXXX"};
  KtError err = {0};
  KtHash library = {""};
  int torn = 0, count = 0;
  if (kt_orchestra_load(&bench.ctx, argc > 1 ? argv[1] : NULL, &bench.all, &err) ||
      kt_hash_file(bench.all->library_path, &library, &err) ||
      kt_know_attacks(&bench.ctx, "/tmp", bench.all, &library, &err) || !mkdtemp(bench.folder)) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  printf("%-14s %17s %17s\n%-14s %8s %8s %8s %8s\n", "", "dip, dB", "beginning, dB", "", "detached", "slurred",
         "detached", "slurred");
  for (int i = 0; i < bench.all->count; ++i) {
    const KtInstrument *one = &bench.all->instruments[i];
    if (!one->has[KT_ART_LEGATO] || !kt_preset_is_sampled(&one->presets[KT_ART_LEGATO]) || one->stem == KT_STEM_KEYS ||
        one->stem == KT_STEM_PERCUSSION) {
      continue;
    }
    static const int steps[] = {2, 5, 12};
    Joint worst[2] = {{0, 0}, {0, 0}};
    for (int s = 0; s < 3; ++s) {
      for (int slurred = 0; slurred < 2; ++slurred) {
        Joint joint = join(&bench, one, steps[s], slurred);
        worst[slurred].dip_db = fmax(worst[slurred].dip_db, joint.dip_db);
        worst[slurred].bump_db = fmax(worst[slurred].bump_db, joint.bump_db);
      }
    }
    ++count;
    torn += worst[1].dip_db >= 3;
    printf("%-14s %8.1f %8.1f %8.1f %8.1f\n", one->id, worst[0].dip_db, worst[1].dip_db, worst[0].bump_db,
           worst[1].bump_db);
  }
  printf("%d of %d slurs dip by 3 dB or more\n", torn, count);
  kt_orchestra_free(bench.all);
  return torn > 0;
}
