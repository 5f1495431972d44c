// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Renders sixteen busy parts, the strings by desks, with kt_render() and plays them in a hall with kt_mix(), stems
// and mix written; and renders them dry with FluidSynth's own program, at the same rate, interpolation and polyphony and with the same notes, those of every desk included. The program
// gets one file a port of sixteen channels; its times are added. Prints the ratio of the medians:
// bench_render [SECONDS [RUNS]]
#include "base/file.h"
#include "base/rng.h"
#include "mix/mix.h"
#include "orchestra/orchestra.h"
#include "orchestra/instruments.h"
#include "render/render.h"
#include "render/seat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PARTS = 16, DRUMS = 9, TICKS_PER_S = 2 * KT_PPQ, POLYPHONY = 512, PORTS = 2 };

typedef struct Part {
  int bank, program, low, high;
  double notes_per_s, length_s;
  int desks;
} Part;

static const Part parts[PARTS] = {
    {0, 73, 67, 91, 4, 0.25, 1},  {0, 68, 60, 84, 2, 0.5, 1},  {0, 71, 55, 84, 4, 0.25, 1},
    {0, 70, 40, 67, 2, 0.5, 1},   {0, 60, 48, 72, 2, 1.0, 1},  {0, 56, 60, 82, 2, 0.4, 1},
    {0, 57, 45, 68, 1, 0.9, 1},   {0, 58, 30, 52, 1, 0.9, 1},  {0, 46, 48, 88, 8, 0.6, 1},
    {128, 48, 36, 50, 4, 0.2, 1}, {0, 47, 40, 55, 2, 0.5, 1},  {20, 48, 60, 91, 8, 0.3, 3},
    {25, 48, 57, 84, 8, 0.3, 2},  {30, 48, 50, 76, 4, 0.6, 2}, {40, 48, 38, 67, 4, 0.6, 2},
    {50, 48, 28, 50, 2, 0.9, 1}};

typedef struct Bench {
  KtArena *arena;
  KtInstrument instruments[PARTS];
  KtOrchestra orchestra;
  KtPerformance performance;
  KtScore score;
  double seconds;
} Bench;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_tick(const void *a, const void *b) {
  const KtEvent *x = a, *y = b;
  return x->tick != y->tick ? (x->tick < y->tick ? -1 : 1) : (int)x->kind - (int)y->kind;
}

static void add_part(Bench *bench, int index) {
  const Part *part = &parts[index];
  KtInstrument *instrument = &bench->instruments[index];
  instrument->id = kt_arena_format(bench->arena, "part_%d", index);
  instrument->name = instrument->id;
  instrument->stem = (KtSectionId)(index % KT_STEM_COUNT);
  instrument->position = (float)index / (PARTS / 2) - 1;
  instrument->depth_m = 3 + (float)(index % 4) * 2;
  instrument->desks = part->desks;
  for (int art = 0; art < KT_ART_COUNT; ++art) {
    instrument->presets[art] = (KtPreset){.bank = part->bank, .program = part->program};
  }
  KtTrack *track = kt_array_push(bench->arena, &bench->performance.tracks);
  track->instrument = instrument;
  KtRng rng = kt_rng(1, instrument->id);
  for (double t = 0; t < bench->seconds; t += 1 / part->notes_per_s) {
    for (int voice = 0; voice < 2; ++voice) {
      int key = kt_rng_int(&rng, part->low, part->high);
      int velocity = kt_rng_int(&rng, 60, 110);
      for (int on = 1; on >= 0; --on) {
        KtEvent *event = kt_array_push(bench->arena, &track->events);
        *event = (KtEvent){.tick = (KtTick)lround((t + (on ? 0 : part->length_s)) * TICKS_PER_S),
                           .kind = on ? KT_EVENT_NOTE_ON : KT_EVENT_NOTE_OFF,
                           .key = (uint8_t)key,
                           .value = (uint8_t)(on ? velocity : 0)};
      }
    }
  }
  qsort(track->events.items, track->events.count, sizeof(KtEvent), by_tick);
}

static void put_long(FILE *file, unsigned value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    fputc((int)(value >> shift & 255), file);
  }
}

static void put_variable(FILE *file, unsigned value) {
  for (int shift = 21; shift > 0; shift -= 7) {
    if (value >> shift) {
      fputc((int)((value >> shift & 127) | 128), file);
    }
  }
  fputc((int)(value & 127), file);
}

/// The notes of one desk on a channel, as the sampler is told them.
static void put_track(FILE *file, const KtSeat *seat, const Part *part, int desk, int channel) {
  long start = ftell(file);
  fputs("MTrk", file);
  put_long(file, 0);
  // mma bank select: 128 times controller 0 plus controller 32; channel 10 is percussion by itself
  int bank = part->bank == 128 ? 0 : part->bank;
  const int head[] = {0, 0xb0 | channel, 0, 0, 0, 0xb0 | channel, 32, bank, 0, 0xc0 | channel, part->program};
  for (size_t i = 0; i < sizeof(head) / sizeof(*head); ++i) {
    fputc(head[i], file);
  }
  unsigned last = 0;
  for (size_t i = 0; i < seat->events.count; ++i) {
    const KtSeatEvent *event = &seat->events.items[i];
    if (event->desk == desk && event->kind != KT_EVENT_CONTROL) {
      unsigned tick = (unsigned)llround((double)event->block * KT_BLOCK / KT_SAMPLE_RATE * TICKS_PER_S);
      put_variable(file, tick - last);
      last = tick;
      fputc((event->kind == KT_EVENT_NOTE_ON ? 0x90 : 0x80) | channel, file);
      fputc(event->key, file);
      fputc(event->value, file);
    }
  }
  static const char end[] = {0, (char)0xff, 0x2f, 0};
  fwrite(end, 1, sizeof(end), file);
  long stop = ftell(file);
  fseek(file, start + 4, SEEK_SET);
  put_long(file, (unsigned)(stop - start - 8));
  fseek(file, stop, SEEK_SET);
}

/// First desks on port 0, the others on port 1; returns how many notes there are.
static size_t write_midi(const Bench *bench, const char *path, int port) {
  FILE *file = fopen(path, "wb");
  if (!file) {
    exit(1);
  }
  int tracks = port ? 0 : PARTS, channel = 0;
  for (int i = 0; i < PARTS; ++i) {
    tracks += port ? parts[i].desks - 1 : 0;
  }
  fputs("MThd", file);
  put_long(file, 6);
  const int head[] = {0, 1, 0, tracks, KT_PPQ >> 8, KT_PPQ & 255}; // 120 a minute by default
  for (int i = 0; i < 6; ++i) {
    fputc(head[i], file);
  }
  size_t notes = 0;
  for (int i = 0; i < PARTS; ++i) {
    KtSeat seat;
    KtError err = {0};
    if (kt_seat_gather(bench->arena, &bench->performance, &bench->instruments[i], &bench->orchestra.ensemble,
                       "bench", &seat, &err)) {
      exit(1);
    }
    for (int desk = port ? 1 : 0; desk < (port ? parts[i].desks : 1); ++desk) {
      channel = port ? channel : i;
      put_track(file, &seat, &parts[i], desk, channel++);
      channel += channel == DRUMS;
      for (size_t k = 0; k < seat.events.count; ++k) {
        notes += seat.events.items[k].desk == desk && seat.events.items[k].kind == KT_EVENT_NOTE_ON;
      }
    }
  }
  if (fclose(file)) {
    exit(1);
  }
  return notes;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, int count) {
  qsort(values, (size_t)count, sizeof(double), by_value);
  return values[count / 2];
}

/// The stems in the hall, for a film without sound that is as long as they are.
static void mix(const KtContext *ctx, const Bench *bench, const KtStems *stems, const char *folder) {
  KtArena *arena = kt_arena_new();
  KtFilm film = {.duration = kt_film_time(bench->seconds + 4), .audio_stream = -1};
  KtSpotting spotting = {0};
  KtCue *cue = kt_array_push(arena, &spotting.cues);
  *cue = (KtCue){.name = "bench", .out = kt_film_time(bench->seconds), .exit = KT_EXIT_RING_OFF};
  KtMixOptions options = {.hall = "concert_hall"};
  KtMix *made = NULL;
  KtError err = {0};
  if (kt_mix(ctx, &film, &spotting, &bench->orchestra, stems, 1, &options, folder, &made, &err)) {
    fprintf(stderr, "bench_render: %s\n", err.message);
    exit(1);
  }
  kt_mix_free(made);
  kt_arena_free(arena);
}

/// Seconds for rendering and mixing; `dry_s` for rendering alone.
static double render(const Bench *bench, int threads, const char *folder, double *dry_s) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = threads, .seed = 1};
  ctx.data_dir = ctx.data_dir ? ctx.data_dir : "data";
  KtPerformance *cue = (KtPerformance *)&bench->performance;
  KtStems *stems = NULL;
  KtError err = {0};
  double start = now();
  if (kt_render(&ctx, &bench->orchestra, &cue, 1, folder, &stems, &err)) {
    fprintf(stderr, "bench_render: %s\n", err.message);
    exit(1);
  }
  *dry_s = now() - start;
  char mixed[80];
  snprintf(mixed, sizeof(mixed), "%s/mix", folder);
  mix(&ctx, bench, stems, mixed);
  double took = now() - start;
  kt_stems_free(stems, 1);
  kt_remove_tree(folder, NULL);
  return took;
}

static double peer(const char *command) {
  double start = now();
  if (system(command)) { // NOLINT(cert-env33-c): the peer is a program
    fprintf(stderr, "bench_render: %s failed\n", command);
    exit(1);
  }
  return now() - start;
}

static void compose(Bench *bench, const char *library) {
  bench->arena = kt_arena_new();
  bench->orchestra = (KtOrchestra){.library_path = library,
                                   .instruments = bench->instruments,
                                   .count = PARTS};
  const char *data = getenv("KINOTHEK_DATA");
  KtContext ctx = {.data_dir = data ? data : "data"};
  KtError err = {0};
  if (kt_ensemble_load(&ctx, &bench->orchestra, &err)) {
    fprintf(stderr, "bench_render: %s\n", err.message);
    exit(1);
  }
  for (int i = 0; i < 2; ++i) {
    KtTempoPoint *point = kt_array_push(bench->arena, &bench->score.tempo.points);
    *point = (KtTempoPoint){.tick = (KtTick)i * TICKS_PER_S, .time = kt_film_time(i)};
  }
  bench->score.name = "bench";
  bench->performance.score = &bench->score;
  for (int i = 0; i < PARTS; ++i) {
    add_part(bench, i);
  }
}

int main(int argc, char **argv) {
  static const char library[] = "/usr/share/sounds/sf2/MuseScore_General_Full.sf2";
  static Bench bench;
  enum { MOST = 99 };
  double ours[MOST], alone[MOST], theirs[MOST], dry[MOST], dry_alone[MOST];
  bench.seconds = argc > 1 ? atof(argv[1]) : 60;
  int runs = argc > 2 ? atoi(argv[2]) : 5;
  runs = runs < 1 ? 1 : runs > MOST ? MOST : runs;
  char folder[] = "/tmp/kt-bench-XXXXXX", wav[64], commands[PORTS][512];
  if (!mkdtemp(folder)) {
    return 1;
  }
  compose(&bench, library);
  snprintf(wav, sizeof(wav), "%s/bench.wav", folder);
  size_t notes = 0;
  for (int port = 0; port < PORTS; ++port) {
    char midi[64];
    snprintf(midi, sizeof(midi), "%s/bench-%d.mid", folder, port);
    notes += write_midi(&bench, midi, port);
    snprintf(commands[port], sizeof(commands[port]),
             "fluidsynth -q -ni -R 0 -C 0 -r 48000 -o synth.polyphony=%d -o synth.midi-bank-select=mma "
             "-T wav -O float -F %s %s %s >/dev/null 2>&1",
             POLYPHONY, wav, library, midi);
  }
  int threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
  char stems[64];
  snprintf(stems, sizeof(stems), "%s/stems", folder);
  for (int i = 0; i < runs; ++i) {
    theirs[i] = peer(commands[0]) + peer(commands[1]);
    ours[i] = render(&bench, threads, stems, &dry[i]);
    alone[i] = render(&bench, 1, stems, &dry_alone[i]);
  }
  double o = median(ours, runs), a = median(alone, runs), t = median(theirs, runs);
  printf("%d parts, %zu notes of all desks, %.0f s of music, median of %d\n", PARTS, notes, bench.seconds, runs);
  printf("fluidsynth program, dry            %7.2f s  %6.1f x real time\n", t, bench.seconds / t);
  printf("kinothek, hall, stems, mix, 1 thread  %5.2f s  %6.1f x real time  %5.2f x the program (%.2f s of it dry)\n",
         a, bench.seconds / a, t / a, median(dry_alone, runs));
  printf("the same, %d threads                %7.2f s  %6.1f x real time  %5.2f x the program (%.2f s of it dry)\n",
         threads, o, bench.seconds / o, t / o, median(dry, runs));
  kt_remove_tree(folder, NULL);
  kt_arena_free(bench.arena);
  return t / o >= 1.4 ? 0 : 1;
}
