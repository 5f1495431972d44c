// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// measure_library DATA LIBRARY: plays every preset of data/libraries/LIBRARY.yaml and writes into
// the file how much gain brings it to its place in the orchestra (gain_db), how late its attack
// is felt (speaks_ms) and, where its samples do not brighten by themselves, how bright it is (tone_hz). kinothek library check prints the same without writing.
#include "base/file.h"
#include "render/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void cut_key(char *line, const char *key) {
  char *at = strstr(line, key);
  if (at) {
    char *end = at + strlen(key);
    end += strcspn(end, ",}");
    memmove(at, end, strlen(end) + 1);
  }
}

/// The voice that a line of the file describes; NULL where none was played.
static const KtVoice *voice_of(const KtVoices *voices, const char *line) {
  char id[64];
  int bank = 0, program = 0;
  const char *text = strstr(line, "bank: ");
  if (sscanf(line, "- {instrument: %63[^,]", id) != 1 || !text ||
      sscanf(text, "bank: %d, program: %d", &bank, &program) != 2) {
    return NULL;
  }
  text = strstr(line, "controller: ");
  int controller = text ? atoi(text + 12) : 0;
  text = strstr(line, "attack_s: ");
  double attack_s = text ? atof(text + 10) : 0;
  text = strstr(line, "release_s: ");
  double release_s = text ? atof(text + 11) : 0;
  for (size_t i = 0; i < voices->items.count; ++i) {
    const KtVoice *one = &voices->items.items[i];
    if (one->present && !strcmp(one->instrument->id, id) && one->preset->bank == bank &&
        one->preset->program == program && one->preset->dynamics_controller == controller &&
        fabs((double)one->preset->attack_s - attack_s) < 1e-4 &&
        fabs((double)one->preset->release_s - release_s) < 1e-4) {
      return one;
    }
  }
  return NULL;
}

static void rewrite(const KtVoices *voices, char *line, FILE *out) {
  const KtVoice *voice = voice_of(voices, line);
  if (!voice) {
    fprintf(out, "%s\n", line);
    return;
  }
  cut_key(line, ", gain_db: ");
  cut_key(line, ", speaks_ms: ");
  cut_key(line, ", tone_hz: ");
  line[strcspn(line, "}")] = '\0';
  double gain = (double)voice->preset->gain_db + voice->place_lufs - voice->lufs;
  fprintf(out, "%s, gain_db: %.1f, speaks_ms: %.0f", line, fmin(24.0, fmax(-24.0, gain)), voice->felt_ms);
  if (voice->tone_hz > 0) {
    fprintf(out, ", tone_hz: %.0f", voice->tone_hz);
  }
  fputs("}\n", out);
}

/// Levels are measured behind the filter that the tone asks for.
static void take_tones(KtOrchestra *all, const KtVoices *voices) {
  for (size_t i = 0; i < voices->items.count; ++i) {
    const KtVoice *voice = &voices->items.items[i];
    KtInstrument *one = &all->instruments[voice->instrument - all->instruments];
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      if (voice->articulations >> a & 1U) {
        one->presets[a].tone_hz = (float)round(voice->tone_hz);
        one->presets[a].brightness = voice->tone_hz > 0 ? &all->ensemble.brightness : NULL;
      }
    }
  }
}

/// As in a film, no key stands out of the line.
static KtStatus take_levels(const KtContext *ctx, KtOrchestra *all, KtError *err) {
  char path[] = "/tmp/kt-levels-XXXXXX";
  int file = mkstemp(path);
  if (file < 0) {
    return kt_error_set(err, KT_ERR_IO, "no file can be made in /tmp");
  }
  close(file);
  KtStatus status = kt_attacks_measure(ctx, all, path, err);
  status = status ? status : kt_attacks_load(all, path, err);
  unlink(path);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: measure_library DATA LIBRARY\n");
    return 2;
  }
  KtContext ctx = {.data_dir = argv[1], .threads = 1, .seed = 1};
  KtOrchestra *all = NULL;
  KtVoices voices;
  KtError err = {0};
  KtStatus failed = kt_orchestra_load(&ctx, argv[2], &all, &err);
  for (int pass = 0; pass < 2 && !failed; ++pass) {
    failed = kt_voices_measure(&ctx, all, all->arena, &voices, &err);
    take_tones(all, &voices);
    failed = failed || pass ? failed : take_levels(&ctx, all, &err);
  }
  if (failed) {
    fprintf(stderr, "%s\n", err.message);
    kt_orchestra_free(all);
    return 1;
  }
  const char *path = kt_arena_format(all->arena, "%s/libraries/%s.yaml", argv[1], argv[2]);
  FILE *in = fopen(path, "r");
  KtAtomicFile file;
  if (!in || kt_atomic_open(&file, path, &err)) {
    fprintf(stderr, "%s: cannot be rewritten\n", path);
    return 1;
  }
  char line[512];
  while (fgets(line, sizeof(line), in)) {
    line[strcspn(line, "\n")] = '\0';
    rewrite(&voices, line, file.stream);
  }
  fclose(in);
  KtStatus status = kt_atomic_commit(&file, &err);
  kt_orchestra_free(all);
  return status ? 1 : 0;
}
