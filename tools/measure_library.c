// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// measure_library DATA LIBRARY: plays every preset of data/libraries/LIBRARY.yaml and writes into
// the file how much gain brings it to its place in the orchestra (gain_db) and how late its attack
// is felt (speaks_ms). With --table it prints levels over the dynamic range instead.
#include "base/file.h"
#include "base/film_time.h"
#include "ear/onset.h"
#include "orchestra/orchestra.h"

#include <ebur128.h>
#include <fluidsynth.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAD_IN = KT_SAMPLE_RATE / 2, LENGTH = 3 * KT_SAMPLE_RATE, CHUNK = 64 };

// Mezzo-forte as the performance plays it: level .6, data/performance.yaml's curves.
enum { MF_CONTROLLER = 74, MF_VELOCITY = 78 };
static const double woodwind_lufs = -27.0;    // one woodwind at mezzo-forte
static const double short_note_lu = -3.0;     // a quarter of a second in a window of .4
static const double db_per_weight_decade = 8; // between piano (all equal) and forte (10 a decade)

typedef struct Bench {
  fluid_settings_t *settings;
  fluid_synth_t *synth;
  float left[LEAD_IN + LENGTH], right[LEAD_IN + LENGTH], mono[LEAD_IN + LENGTH];
} Bench;

static void play(Bench *bench, const KtPreset *preset, int key, int velocity, int controller,
                 double seconds) {
  fluid_synth_system_reset(bench->synth);
  fluid_synth_program_select(bench->synth, 0, 1, preset->bank, preset->program);
  fluid_synth_cc(bench->synth, 0, 11, 127);
  if (preset->dynamics_controller) {
    fluid_synth_cc(bench->synth, 0, preset->dynamics_controller, controller);
  }
  int off = LEAD_IN + (int)(seconds * KT_SAMPLE_RATE);
  for (int at = 0; at < LEAD_IN + LENGTH; at += CHUNK) {
    if (at == LEAD_IN / CHUNK * CHUNK) {
      fluid_synth_noteon(bench->synth, 0, key, velocity);
    }
    if (at == off / CHUNK * CHUNK) {
      fluid_synth_noteoff(bench->synth, 0, key);
    }
    fluid_synth_write_float(bench->synth, CHUNK, bench->left, at, 1, bench->right, at, 1);
  }
  for (int i = 0; i < LEAD_IN + LENGTH; ++i) {
    bench->mono[i] = 0.5F * (bench->left[i] + bench->right[i]);
  }
}

/// Highest momentary loudness (ITU-R BS.1770, 400 ms).
static double loudest_lufs(const Bench *bench) {
  ebur128_state *state = ebur128_init(2, KT_SAMPLE_RATE, EBUR128_MODE_M);
  double most = -120;
  float frames[2 * 1200];
  for (int at = 0; state && at + 1200 <= LEAD_IN + LENGTH; at += 1200) {
    for (int i = 0; i < 1200; ++i) {
      frames[2 * i] = bench->left[at + i];
      frames[2 * i + 1] = bench->right[at + i];
    }
    double now = -120;
    ebur128_add_frames_float(state, frames, 1200);
    ebur128_loudness_momentary(state, &now);
    most = now > most ? now : most;
  }
  ebur128_destroy(&state);
  return most;
}

static double onset_ms(const Bench *bench) {
  double at = 0;
  int reach = KT_SAMPLE_RATE / 4;
  if (!kt_onset_in(bench->mono, LEAD_IN + LENGTH, LEAD_IN - 480, LEAD_IN + reach, &at)) {
    return -1;
  }
  return fmax(0.0, (at - LEAD_IN) * 1000.0 / KT_SAMPLE_RATE);
}

typedef struct Measured {
  double lufs, onset;
} Measured;

static Measured measure(Bench *bench, const KtInstrument *one, const KtPreset *preset, int velocity,
                        int controller, double seconds) {
  Measured sum = {0, 0};
  int heard = 0;
  for (int k = 1; k <= 3; ++k) {
    int key = one->comfort_low + (one->comfort_high - one->comfort_low) * k / 4;
    play(bench, preset, key + preset->transpose, velocity, controller, seconds);
    sum.lufs += loudest_lufs(bench) / 3;
    double late = onset_ms(bench);
    if (late >= 0) {
      sum.onset += late;
      ++heard;
    }
  }
  sum.onset = heard ? sum.onset / heard : -1;
  return sum;
}

static void table(Bench *bench, const KtOrchestra *all) {
  static const float levels[] = {0.2F, 0.35F, 0.5F, 0.6F, 0.75F, 0.9F, 1};
  for (int i = 0; i < all->count; ++i) {
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      const KtPreset *preset = &all->instruments[i].presets[a];
      bool seen = !all->instruments[i].has[a];
      for (int b = 0; b < a; ++b) {
        const KtPreset *other = &all->instruments[i].presets[b];
        seen = seen || (all->instruments[i].has[b] && other->bank == preset->bank &&
                        other->program == preset->program);
      }
      if (seen) {
        continue;
      }
      printf("%-17s %3d:%-3d", all->instruments[i].id, preset->bank, preset->program);
      for (int l = 0; l < 7; ++l) {
        Measured got = measure(bench, &all->instruments[i], preset,
                               (int)(127 * powf(levels[l], 0.95F)),
                               (int)(127 * powf(levels[l], 1.05F)), 1.5);
        printf(" %6.1f/%-3.0f", got.lufs + (double)preset->gain_db, got.onset);
      }
      printf("\n");
      fflush(stdout);
    }
  }
}

static void cut_key(char *line, const char *key) {
  char *at = strstr(line, key);
  if (at) {
    char *end = at + strlen(key);
    end += strcspn(end, ",}");
    memmove(at, end, strlen(end) + 1);
  }
}

/// One line of the file, with what was measured in it.
static void rewrite(Bench *bench, const KtOrchestra *all, char *line, FILE *out) {
  char id[64], for_[128];
  KtPreset preset = {0};
  if (sscanf(line, "- {instrument: %63[^,], for: [%127[^]]], bank: %d, program: %d", id, for_,
             &preset.bank, &preset.program) != 4 ||
      !kt_orchestra_find(all, id)) {
    fprintf(out, "%s\n", line);
    return;
  }
  const char *text = strstr(line, "controller: ");
  preset.dynamics_controller = text ? atoi(text + 12) : 0;
  text = strstr(line, "transpose: ");
  preset.transpose = text ? atoi(text + 11) : 0;
  bool is_short = !strncmp(for_, "short", 5);
  const KtInstrument *one = kt_orchestra_find(all, id);
  Measured got = measure(bench, one, &preset, MF_VELOCITY, MF_CONTROLLER, is_short ? 0.25 : 1.5);
  double target = woodwind_lufs + db_per_weight_decade * log10((double)one->weight) +
                  (is_short ? short_note_lu : 0);
  cut_key(line, ", gain_db: ");
  cut_key(line, ", speaks_ms: ");
  line[strcspn(line, "}")] = '\0';
  double gain = fmin(24.0, fmax(-24.0, target - got.lufs));
  fprintf(out, "%s, gain_db: %.1f", line, gain);
  if (got.onset >= 0) {
    fprintf(out, ", speaks_ms: %.0f", got.onset);
  }
  fprintf(out, "}\n");
}

static int measure_file(Bench *bench, const KtOrchestra *all, const char *path) {
  FILE *in = fopen(path, "r");
  char temporary[1100];
  snprintf(temporary, sizeof(temporary), "%s.new", path);
  FILE *out = in ? fopen(temporary, "w") : NULL;
  if (!in || !out) {
    perror(path);
    return 1;
  }
  char line[512];
  while (fgets(line, sizeof(line), in)) {
    line[strcspn(line, "\n")] = '\0';
    rewrite(bench, all, line, out);
  }
  fclose(in);
  return fclose(out) || rename(temporary, path) ? 1 : 0;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure_library DATA LIBRARY [--table]\n");
    return 2;
  }
  KtContext ctx = {.data_dir = argv[1], .threads = 1, .seed = 1};
  KtOrchestra *all = NULL;
  KtError err = {0};
  if (kt_orchestra_load(&ctx, argv[2], &all, &err)) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  Bench *bench = calloc(1, sizeof(*bench));
  bench->settings = new_fluid_settings();
  fluid_settings_setnum(bench->settings, "synth.sample-rate", KT_SAMPLE_RATE);
  fluid_settings_setnum(bench->settings, "synth.gain", 1.0);
  fluid_settings_setint(bench->settings, "synth.reverb.active", 0);
  fluid_settings_setint(bench->settings, "synth.chorus.active", 0);
  fluid_settings_setint(bench->settings, "synth.dynamic-sample-loading", 1);
  bench->synth = new_fluid_synth(bench->settings);
  fluid_synth_sfload(bench->synth, all->library_path, 0);
  char path[1000];
  snprintf(path, sizeof(path), "%s/libraries/%s.yaml", argv[1], argv[2]);
  int status = 0;
  if (argc > 3 && !strcmp(argv[3], "--table")) {
    table(bench, all);
  } else {
    status = measure_file(bench, all, path);
  }
  delete_fluid_synth(bench->synth);
  delete_fluid_settings(bench->settings);
  free(bench);
  kt_orchestra_free(all);
  return status;
}
