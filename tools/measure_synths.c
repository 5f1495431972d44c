// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// measure_synths DATA FOLDER: plays every sound of DATA/synths.yaml at three dynamics and pitches to
// FOLDER/SOUND-KEY-LEVEL.wav, and prints the lines of that file with the gain that brings each to its
// place in the orchestra at mezzo-forte (as measure_library does for samples) and when its attack is
// heard. A gain that stands in the file counts: 0.0 added means that it is right.
#include "base/audio_file.h"
#include "base/film_time.h"
#include "orchestra/orchestra.h"
#include "render/synth.h"

#include <ebur128.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAD = 375, HELD = 1125, MOST = 20 * KT_SAMPLE_RATE }; // half a second, one and a half: blocks
static const double woodwind_lufs = -27.0, db_per_weight_decade = 8;

typedef struct Take {
  float stereo[2 * MOST], mono[MOST];
  int64_t frames;
} Take;

static int play(const KtContext *ctx, const KtInstrument *one, int key, int velocity, int controller,
                const char *path, Take *take) {
  KtSeatEvent events[] = {
      {.block = 0, .kind = KT_EVENT_CONTROL, .key = 2, .value = (uint8_t)controller},
      {.block = LEAD, .kind = KT_EVENT_NOTE_ON, .key = (uint8_t)key, .value = (uint8_t)velocity},
      {.block = LEAD + HELD, .kind = KT_EVENT_NOTE_OFF, .key = (uint8_t)key}};
  KtSeat seat = {.instrument = one, .cue = "measure", .slots = 1};
  seat.used[0] = true;
  seat.presets[0] = one->presets[0];
  seat.events.items = events;
  seat.events.count = 3;
  KtError err = {0};
  KtAudioReader *reader = NULL;
  size_t got = 0;
  if (kt_synth_play(ctx, &seat, path, &take->frames, &err) || kt_audio_reader_open(path, &reader, &err) ||
      kt_audio_read(reader, take->stereo, MOST, &got, &err)) {
    fprintf(stderr, "%s: %s\n", one->id, err.message);
    kt_audio_reader_close(reader);
    return 1;
  }
  kt_audio_reader_close(reader);
  take->frames = (int64_t)got;
  for (size_t i = 0; i < got; ++i) {
    take->mono[i] = 0.5F * (take->stereo[2 * i] + take->stereo[2 * i + 1]);
  }
  return 0;
}

static double loudest_lufs(const Take *take) {
  ebur128_state *state = ebur128_init(2, KT_SAMPLE_RATE, EBUR128_MODE_M);
  double most = -120;
  for (int64_t at = 0; state && at + 1200 <= take->frames; at += 1200) {
    double now = -120;
    ebur128_add_frames_float(state, take->stereo + 2 * at, 1200);
    ebur128_loudness_momentary(state, &now);
    most = now > most ? now : most;
  }
  ebur128_destroy(&state);
  return most;
}

/// When the attack is felt: the note's energy, in windows of 10 ms, comes within 10 dB of the most it
/// reaches in a quarter of a second (the measure of render/probe.c).
static double attack_ms(const Take *take) {
  enum { MS = KT_SAMPLE_RATE / 1000, REACH = 250, WINDOW = 10 };
  double energy[REACH] = {0}, top = 0;
  for (int m = 0; m < REACH; ++m) {
    for (int i = 0; i < WINDOW * MS; ++i) {
      double now = (double)take->mono[LEAD * KT_BLOCK + (m - WINDOW / 2) * MS + i];
      energy[m] += now * now;
    }
    top = fmax(top, energy[m]);
  }
  for (int m = 0; m < REACH; ++m) {
    if (energy[m] >= 0.1 * top) {
      return m;
    }
  }
  return 0;
}

static int measure(const KtContext *ctx, const KtInstrument *one, const char *folder, Take *take) {
  static const struct {
    const char *name;
    int velocity, controller;
  } levels[] = {{"pp", 32, 32}, {"mf", 78, 74}, {"ff", 115, 115}};
  double lufs[3] = {0}, late = 0;
  for (int l = 0; l < 3; ++l) {
    for (int k = 1; k <= 3; ++k) {
      int key = one->comfort_low + (one->comfort_high - one->comfort_low) * k / 4;
      char path[500];
      snprintf(path, sizeof(path), "%s/%s-%d-%s.wav", folder, one->id, key, levels[l].name);
      if (play(ctx, one, key, levels[l].velocity, levels[l].controller, path, take)) {
        return 1;
      }
      lufs[l] += loudest_lufs(take) / 3;
      late += l == 1 ? attack_ms(take) / 3 : 0;
    }
  }
  const KtPreset *preset = &one->presets[0];
  double target = woodwind_lufs + db_per_weight_decade * log10((double)one->weight);
  printf("- {instrument: %s, csound: %s", one->id, preset->csound);
  if (preset->dynamics_controller) {
    printf(", controller: %d", preset->dynamics_controller);
  }
  printf(", gain_db: %.1f, speaks_ms: %.0f}  # added %.1f; pp %.1f mf %.1f ff %.1f\n",
         (double)preset->gain_db + target - lufs[1], strcmp(one->id, "riser") ? late : 0, // its goal is its end
         target - lufs[1],
         lufs[0], lufs[1], lufs[2]);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure_synths DATA FOLDER\n");
    return 2;
  }
  KtContext ctx = {.data_dir = argv[1], .threads = 1, .seed = 1};
  KtOrchestra *all = NULL;
  KtError err = {0};
  Take *take = calloc(1, sizeof(*take));
  int failed = !take;
  if (kt_orchestra_load(&ctx, NULL, &all, &err)) {
    fprintf(stderr, "%s\n", err.message);
    failed = 1;
  }
  for (int i = 0; !failed && i < all->count; ++i) {
    failed = kt_synth_of(&all->instruments[i]) && measure(&ctx, &all->instruments[i], argv[2], take);
  }
  kt_orchestra_free(all);
  free(take);
  return failed;
}
