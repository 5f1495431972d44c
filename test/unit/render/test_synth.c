// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/audio_file.h"
#include "base/file.h"
#include "render/render.h"
#include "render/synth.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/kt-synth-XXXXXX";

typedef struct Bench {
  KtContext ctx;
  KtArena *arena;
  KtOrchestra *orchestra;
} Bench;

static int set_up(void **state) {
  static Bench bench;
  KtError err = {0};
  bench = (Bench){.ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1}, .arena = kt_arena_new()};
  bench.ctx.threads = 2;
  *state = &bench;
  if (kt_orchestra_load(&bench.ctx, NULL, &bench.orchestra, &err)) {
    fail_msg("%s", err.message);
  }
  return !mkdtemp(folder);
}

static int tear_down(void **state) {
  Bench *bench = *state;
  kt_orchestra_free(bench->orchestra);
  kt_arena_free(bench->arena);
  return kt_remove_tree(folder, NULL) != KT_OK;
}

/// One note, from half a second to two, at mezzo-forte, of each instrument.
static KtPerformance *cue(const Bench *bench, const char *const *ids, int count, int key) {
  KtScore *score = KT_NEW(bench->arena, KtScore, 1);
  KtPerformance *made = KT_NEW(bench->arena, KtPerformance, 1);
  score->name = "1m01";
  for (int i = 0; i < 2; ++i) {
    KtTempoPoint *point = kt_array_push(bench->arena, &score->tempo.points);
    *point = (KtTempoPoint){.tick = (KtTick)i * 2 * KT_PPQ, .time = kt_film_time(i)};
  }
  made->score = score;
  for (int i = 0; i < count; ++i) {
    KtTrack *track = kt_array_push(bench->arena, &made->tracks);
    track->instrument = kt_orchestra_find(bench->orchestra, ids[i]);
    assert_non_null(track->instrument);
    track->name = track->instrument->name;
    const KtEvent events[] = {{.tick = 0, .kind = KT_EVENT_CONTROL, .key = 2, .value = 74},
                              {.tick = KT_PPQ, .kind = KT_EVENT_NOTE_ON, .key = (uint8_t)key, .value = 78},
                              {.tick = 4 * KT_PPQ, .kind = KT_EVENT_NOTE_OFF, .key = (uint8_t)key}};
    for (int e = 0; e < 3; ++e) {
      *(KtEvent *)kt_array_push(bench->arena, &track->events) = events[e];
    }
  }
  return made;
}

static const char *const every[] = {"synth_pad", "synth_dark", "synth_glass", "synth_bass", "synth_pulse",
                                    "synth_bell", "braam", "riser", "sub_drone", "heartbeat", "metal",
                                    "breath_pad"};
enum { EVERY = sizeof(every) / sizeof(every[0]) };

static KtStems *render(Bench *bench, KtPerformance *one, const char *name) {
  KtStems *stems = NULL;
  KtError err = {0};
  const char *path = kt_path_join(bench->arena, folder, name);
  if (kt_render(&bench->ctx, bench->orchestra, &one, 1, path, &stems, &err)) {
    fail_msg("%s", err.message);
  }
  return stems;
}

static float *samples_of(const Bench *bench, const KtDryStem *stem) {
  KtAudioReader *reader = NULL;
  size_t got = 0;
  float *samples = KT_NEW(bench->arena, float, 2 * (size_t)stem->frames);
  assert_int_equal(kt_audio_reader_open(stem->path, &reader, NULL), KT_OK);
  assert_int_equal(kt_audio_read(reader, samples, (size_t)stem->frames, &got, NULL), KT_OK);
  assert_int_equal(got, stem->frames);
  kt_audio_reader_close(reader);
  return samples;
}

static void the_same_bytes_on_any_number_of_threads(void **state) {
  Bench *bench = *state;
  const char *bytes[3][EVERY] = {{NULL}};
  size_t sizes[3][EVERY] = {{0}};
  static const int threads[] = {1, 4, 4};
  static const char *const names[] = {"one", "four", "again"};
  for (int run = 0; run < 3; ++run) {
    bench->ctx.threads = threads[run];
    KtStems *stems = render(bench, cue(bench, every, EVERY, 48), names[run]);
    assert_int_equal(stems->items.count, EVERY);
    for (size_t i = 0; i < EVERY; ++i) {
      assert_int_equal(kt_file_read(bench->arena, stems->items.items[i].path, 1U << 28, &bytes[run][i],
                                    &sizes[run][i], NULL), KT_OK);
      assert_int_equal(sizes[run][i], sizes[0][i]);
      assert_memory_equal(bytes[run][i], bytes[0][i], sizes[0][i]);
    }
    kt_stems_free(stems, 1);
  }
}

/// Share of a second's energy, in the middle of the note, near a pitch (Goertzel over 5 Hz steps).
static double strength(const float *samples, double hz) {
  double re = 0, im = 0;
  for (int i = 0; i < KT_SAMPLE_RATE; ++i) {
    double window = 0.5 - 0.5 * cos(2 * M_PI * i / KT_SAMPLE_RATE);
    double now = (double)(samples[2 * (i + 36000)] + samples[2 * (i + 36000) + 1]) * window;
    re += now * cos(2 * M_PI * hz * i / KT_SAMPLE_RATE);
    im += now * sin(2 * M_PI * hz * i / KT_SAMPLE_RATE);
  }
  return re * re + im * im;
}

static void tuned_clean_and_silent_outside_its_note(void **state) {
  Bench *bench = *state;
  static const char *const tuned[] = {"synth_pad", "synth_dark", "synth_glass", "synth_bell", "metal", "breath_pad"};
  KtStems *stems = render(bench, cue(bench, tuned, 6, 60), "tuned");
  for (size_t s = 0; s < stems->items.count; ++s) {
    const KtDryStem *stem = &stems->items.items[s];
    const float *samples = samples_of(bench, stem);
    double right = strength(samples, 261.63), off = 0, sum = 0;
    for (int semitone = -1; semitone <= 1; semitone += 2) {
      off = fmax(off, strength(samples, 261.63 * pow(2, semitone / 12.0)));
    }
    if (right < 20 * off) {
      fail_msg("%s is out of tune", stem->instrument);
    }
    for (int64_t i = 0; i < stem->frames; ++i) {
      assert_true(isfinite(samples[2 * i]));
      sum += (double)samples[2 * i];
      if (i < 18000) { // half a second less the longest attack
        assert_true(fabsf(samples[2 * i]) < 1e-4F);
      }
    }
    assert_true(fabs(sum / (double)stem->frames) < 1e-5);
    assert_true(fabsf(samples[2 * stem->frames - 1]) < 1e-5F);
  }
  kt_stems_free(stems, 1);
}

static const char *data_with(const Bench *bench, const char *name, const char *text) {
  const char *data = kt_path_join(bench->arena, folder, "data");
  const char *sounds = kt_path_join(bench->arena, data, "csound");
  assert_int_equal(kt_make_dirs(sounds, NULL), KT_OK);
  const char *real = kt_arena_format(bench->arena, "%s/csound/common.orc", bench->ctx.data_dir), *bytes = NULL;
  size_t size = 0;
  assert_int_equal(kt_file_read(bench->arena, real, 1U << 20, &bytes, &size, NULL), KT_OK);
  const char *paths[] = {kt_path_join(bench->arena, sounds, "common.orc"), kt_path_join(bench->arena, sounds, name)};
  const char *texts[] = {bytes, text};
  for (int i = 0; i < 2; ++i) {
    FILE *file = fopen(paths[i], "w");
    assert_non_null(file);
    fputs(texts[i], file);
    fclose(file);
  }
  return data;
}

static void a_changed_orchestra_file_is_another_sound(void **state) {
  Bench *bench = *state;
  const char *first = NULL, *second = NULL;
  KtContext ctx = bench->ctx;
  ctx.data_dir = data_with(bench, "pad.orc", "instr 1\nendin\n");
  assert_int_equal(kt_synth_identity(&ctx, bench->arena, "pad", &first, NULL), KT_OK);
  data_with(bench, "pad.orc", "instr 1\n;\nendin\n");
  assert_int_equal(kt_synth_identity(&ctx, bench->arena, "pad", &second, NULL), KT_OK);
  assert_string_not_equal(first, second);
  assert_int_equal(kt_synth_identity(&ctx, bench->arena, "nothing", &second, NULL), KT_ERR_MISSING);
}

static void a_faulty_orchestra_file_is_refused_by_name(void **state) {
  Bench *bench = *state;
  KtContext before = bench->ctx;
  static const char *const faulty[] = {"instr 1\n  a1 oscili\nendin\n", "instr 1\n", "\xff\xfe", "sr = 44100\n"};
  for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); ++i) {
    static const char *const pad[] = {"synth_pad"};
    KtPerformance *one = cue(bench, pad, 1, 60);
    KtStems *stems = NULL;
    KtError err = {0};
    bench->ctx.data_dir = data_with(bench, "pad.orc", faulty[i]);
    KtStatus status = kt_render(&bench->ctx, bench->orchestra, &one, 1,
                                kt_path_join(bench->arena, folder, "faulty"), &stems, &err);
    bench->ctx = before;
    if (status) {
      assert_int_equal(status, KT_ERR_FORMAT);
      assert_non_null(strstr(err.file, "pad.orc"));
      assert_null(strchr(err.message, '\n'));
    } else { // nothing to play is silence
      kt_stems_free(stems, 1);
    }
  }
}

int main(void) {
  if (!KT_CSOUND) {
    return 77;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_bytes_on_any_number_of_threads),
      cmocka_unit_test(tuned_clean_and_silent_outside_its_note),
      cmocka_unit_test(a_changed_orchestra_file_is_another_sound),
      cmocka_unit_test(a_faulty_orchestra_file_is_refused_by_name),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
