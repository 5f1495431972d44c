// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// voices [LIBRARY]: each preset of a sample library soft, middling and loud, a line each:
// instrument bank:program  level dB and mean square-root frequency Hz at 40, 78, 115; seconds until the
// middle one has fallen by 30 dB after it was let go; its mean in dB under its RMS (DC); its largest
// step from sample to sample against the 256 round it (clicks).
#include "base/film_time.h"
#include "render/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { HELD = KT_SAMPLE_RATE, TAKE = KT_PROBE_LEAD + 3 * KT_SAMPLE_RATE };

typedef struct Sound {
  double db, hz, fall_s, dc_db, step;
} Sound;

static double power(const float *take, int from, int to) {
  double sum = 0;
  for (int i = from; i < to; ++i) {
    sum += (double)take[i] * (double)take[i];
  }
  return sum / (to - from) + 1e-15;
}

static Sound listen(const float *take) {
  Sound sound = {0};
  int from = KT_PROBE_LEAD, to = KT_PROBE_LEAD + HELD;
  double bend = 0, mean = 0, all = power(take, from, to);
  for (int i = from + 1; i < to; ++i) {
    double step = (double)take[i] - (double)take[i - 1];
    bend += step * step;
    mean += (double)take[i] / HELD;
  }
  sound.db = 10 * log10(all);
  sound.hz = KT_SAMPLE_RATE / (2 * M_PI) * sqrt(bend / HELD / all);
  sound.dc_db = 10 * log10(mean * mean / all + 1e-15);
  for (int at = from + 4800; at + 512 < TAKE; at += 256) {
    double most = 0, sum = 1e-9;
    for (int i = at - 256; i < at + 512; ++i) {
      double step = fabs((double)take[i] - (double)take[i - 1]);
      sum += step / 768;
      most = i >= at && i < at + 256 ? fmax(most, step) : most;
    }
    sound.step = power(take, at, at + 256) > 1e-7 ? fmax(sound.step, most / sum) : sound.step;
  }
  double last = power(take, to - 2400, to);
  int at = to;
  while (at + 2400 < TAKE && power(take, at, at + 2400) > last / 1000) {
    at += 480;
  }
  sound.fall_s = (double)(at - to) / KT_SAMPLE_RATE;
  return sound;
}

int main(int argc, char **argv) {
  const char *data = getenv("KINOTHEK_DATA");
  KtContext ctx = {.data_dir = data ? data : "data", .threads = 1, .seed = 1};
  KtOrchestra *all = NULL;
  KtProbe *probe = NULL;
  KtError err = {0};
  if (kt_orchestra_load(&ctx, argc > 1 ? argv[1] : NULL, &all, &err) ||
      kt_probe_open(all->library_path, &probe, &err)) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  for (int i = 0; i < all->count; ++i) {
    const KtInstrument *one = &all->instruments[i];
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      const KtPreset *preset = &one->presets[a], *usual = &one->presets[KT_ART_LONG];
      if (!one->has[a] || !kt_preset_is_sampled(preset) || preset->program < 0 ||
          (a != KT_ART_LONG && preset->bank == usual->bank && preset->program == usual->program)) {
        continue;
      }
      static const int levels[] = {40, 78, 115};
      Sound sounds[3] = {0};
      int key = (one->comfort_low + one->comfort_high) / 2 + preset->transpose;
      for (int l = 0; l < 3; ++l) {
        const float *const *take = kt_probe_play(probe, preset, key, levels[l], 1.0, TAKE);
        sounds[l] = take ? listen(take[0]) : sounds[l];
      }
      printf("%s %d:%d %.1f %.1f %.1f %.0f %.0f %.0f %.2f %.1f %.1f\n", one->id, preset->bank,
             preset->program, sounds[0].db, sounds[1].db, sounds[2].db, sounds[0].hz, sounds[1].hz,
             sounds[2].hz, sounds[1].fall_s, sounds[1].dc_db, sounds[1].step);
    }
  }
  kt_probe_close(probe);
  kt_orchestra_free(all);
  return 0;
}
