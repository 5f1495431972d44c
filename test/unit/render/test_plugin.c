// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/audio_file.h"
#include "base/file.h"
#include "base/plugin.h"
#include "render/render.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char synth[] = "http://drobilla.net/plugins/mda/DX10";
static const char amplifier[] = "http://lv2plug.in/plugins/eg-amp";
static char home[] = "/tmp/kt-plugin-XXXXXX";

static void write_plugins(const char *text) {
  char path[200];
  snprintf(path, sizeof(path), "%s/kinothek", home);
  assert_int_equal(kt_make_dirs(path, NULL), KT_OK);
  snprintf(path, sizeof(path), "%s/kinothek/plugins.yaml", home);
  assert_int_equal(kt_file_write(path, text, strlen(text), NULL), KT_OK);
}

static KtContext context(void) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
}

static KtStatus load(KtOrchestra **orchestra, KtError *err) {
  KtContext ctx = context();
  KtStatus status = kt_orchestra_load(&ctx, NULL, orchestra, err);
  if (status == KT_ERR_MISSING) {
    skip(); // no sample library
  }
  return status;
}

/// Three notes on a harpsichord, in `arena`.
static KtPerformance *perform(KtOrchestra *orchestra, KtArena *arena) {
  static KtScore score = {.name = "1m01"};
  KtPerformance *cue = KT_NEW(arena, KtPerformance, 1);
  *cue = (KtPerformance){.arena = arena, .score = &score};
  score.tempo.points.count = score.tempo.points.capacity = 0;
  for (int i = 0; i < 2; ++i) {
    KtTempoPoint *point = kt_array_push(arena, &score.tempo.points);
    *point = (KtTempoPoint){.tick = (KtTick)i * 2 * KT_PPQ, .time = kt_film_time(i)};
  }
  KtTrack *track = kt_array_push(arena, &cue->tracks);
  track->instrument = kt_orchestra_find(orchestra, "harpsichord");
  for (int n = 0; n < 3; ++n) {
    for (int on = 1; on >= 0; --on) {
      KtEvent *event = kt_array_push(arena, &track->events);
      *event = (KtEvent){.tick = KT_PPQ * (n + 1) + (on ? 0 : KT_PPQ / 2),
                         .kind = on ? KT_EVENT_NOTE_ON : KT_EVENT_NOTE_OFF,
                         .key = (uint8_t)(60 + 4 * n),
                         .value = on ? 90 : 0,
                         .articulation = n == 2 ? KT_ART_SHORT : KT_ART_LONG};
    }
  }
  return cue;
}

/// Its stem's samples, in `arena`.
static const float *play(KtOrchestra *orchestra, KtArena *arena, const char *folder, int64_t *frames, const char **file) {
  KtPerformance *cue = perform(orchestra, arena);
  KtContext ctx = context();
  KtStems *stems = NULL;
  KtError err = {0};
  if (kt_render(&ctx, orchestra, &cue, 1, folder, &stems, &err)) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(stems[0].items.count, 1);
  *frames = stems[0].items.items[0].frames;
  *file = kt_arena_text(arena, kt_path_name(stems[0].items.items[0].path));
  float *samples = KT_NEW(arena, float, 2 * (size_t)*frames);
  KtAudioReader *reader = NULL;
  size_t got = 0;
  assert_int_equal(kt_audio_reader_open(stems[0].items.items[0].path, &reader, NULL), KT_OK);
  assert_int_equal(kt_audio_read(reader, samples, (size_t)*frames, &got, NULL), KT_OK);
  assert_int_equal(got, *frames);
  kt_audio_reader_close(reader);
  kt_stems_free(stems, 1);
  return samples;
}

static double rms(const float *samples, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = 2 * from; i < 2 * to; ++i) {
    sum += (double)samples[i] * (double)samples[i];
  }
  return sqrt(sum / (2.0 * (double)(to - from)));
}

static const float *played(const char *plugins, KtArena *arena, int64_t *frames, const char **file) {
  write_plugins(plugins);
  KtOrchestra *orchestra = NULL;
  KtError err = {0};
  char folder[200];
  snprintf(folder, sizeof(folder), "%s/stems", home);
  if (load(&orchestra, &err)) {
    fail_msg("%s", err.message);
  }
  kt_remove_tree(folder, NULL);
  const float *samples = play(orchestra, arena, folder, frames, file);
  kt_orchestra_free(orchestra);
  return samples;
}

static void an_instrument_plays_its_notes_in_time(void **state) {
  KtArena *arena = *state;
  int64_t frames[3];
  const char *file[3];
  static const char row[] = "plugins:\n- {instrument: harpsichord, for: [long], lv2: "
                            "'http://drobilla.net/plugins/mda/DX10'";
  const char *plain = kt_arena_format(arena, "%s, gain_db: 3}\n", row);
  const char *hard = kt_arena_format(arena, "%s, gain_db: 3, ports: [{port: coarse, value: 0.9}, {port: mod_init, value: 1}]}\n", row);
  const float *a = played(plain, arena, &frames[0], &file[0]), *b = played(plain, arena, &frames[1], &file[1]);
  assert_true(rms(a, 0, 24000 - 64) < 1e-5); // nothing before the first note at half a second
  for (int n = 0; n < 3; ++n) {
    assert_true(rms(a, 24000 * (n + 1), 24000 * (n + 1) + 4800) > 1e-3);
  }
  assert_true(frames[0] > 96000 && frames[0] < 48000 * 15);
  assert_true(rms(a, frames[0] - 4800, frames[0]) < 1e-4);
  assert_int_equal(frames[0], frames[1]); // offline it is the same every time
  assert_memory_equal(a, b, 2 * sizeof(float) * (size_t)frames[0]);
  assert_string_equal(file[0], file[1]);
  const float *c = played(hard, arena, &frames[2], &file[2]);
  assert_string_not_equal(file[0], file[2]); // ports belong to the key
  double differs = 0;
  for (int64_t i = 48000; i < 120000; ++i) {
    differs += pow((double)a[i] - (double)c[i], 2);
  }
  assert_true(sqrt(differs / 72000) > 0.1 * rms(a, 24000, 60000));
}

static void an_effect_is_heard_on_its_section_alone(void **state) {
  KtArena *arena = *state;
  int64_t frames[3];
  const char *file[3];
  const float *dry = played("effects: []\n", arena, &frames[0], &file[0]);
  const float *half = played("effects:\n- {section: KEY, lv2: 'http://lv2plug.in/plugins/eg-amp', ports: [{port: gain, value: "
                             "-6.0206}]}\n", arena, &frames[1], &file[1]);
  const float *other = played("effects:\n- {section: BRS, lv2: 'http://lv2plug.in/plugins/eg-amp', ports: [{port: gain, "
                              "value: -6.0206}]}\n", arena, &frames[2], &file[2]);
  assert_string_not_equal(file[0], file[1]);
  assert_string_equal(file[0], file[2]);
  assert_memory_equal(dry, other, 2 * sizeof(float) * (size_t)frames[0]);
  for (int64_t i = 48000; i < 180000; i += 7) { // an amplifier of one channel: each side keeps its own
    assert_true(fabs((double)half[i] - 0.5 * (double)dry[i]) < 1e-5);
  }
}

static void what_is_wrong_is_said(void **state) {
  (void)state;
  static const struct {
    const char *text, *said;
    KtStatus status;
  } rows[] = {
      {"plugins:\n- {instrument: kazoo, for: [long], lv2: 'urn:x'}\n", "kazoo", KT_ERR_FORMAT},
      {"plugins:\n- {instrument: flute, for: [short], lv2: 'urn:x'}\n", "long", KT_ERR_FORMAT},
      {"effects:\n- {section: XYZ, lv2: 'urn:x'}\n", "section XYZ", KT_ERR_FORMAT},
      {"effects:\n- {section: KEY}\n", "", KT_ERR_FORMAT},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    write_plugins(rows[i].text);
    KtOrchestra *orchestra = NULL;
    KtError err = {0};
    assert_int_equal(load(&orchestra, &err), rows[i].status);
    if (!strstr(err.message, rows[i].said)) {
      fail_msg("%s: %s", rows[i].text, err.message);
    }
  }
  const KtPluginPort port = {"no_such", 1};
  const KtPluginChoice nowhere = {.uri = "urn:nowhere"}, wrong = {.uri = synth, .ports = &port, .port_count = 1},
                       unset = {.uri = synth, .preset = "urn:nowhere"};
  KtPlugin *plugin = NULL;
  KtError err = {0};
  assert_int_equal(kt_plugin_open(&nowhere, 48000, 64, &plugin, &err), KT_ERR_MISSING);
  assert_non_null(strstr(err.message, "urn:nowhere"));
  assert_int_equal(kt_plugin_open(&wrong, 48000, 64, &plugin, &err), KT_ERR_ARGUMENT);
  assert_non_null(strstr(err.message, "no_such"));
  assert_int_equal(kt_plugin_open(&unset, 48000, 64, &plugin, &err), KT_ERR_MISSING);
  assert_null(plugin);
}

static void what_comes_late_is_put_in_its_place(void **state) {
  KtArena *arena = *state;
  int64_t frames[2];
  const char *file[2];
  const float *dry = played("effects: []\n", arena, &frames[0], &file[0]);
  const float *late = played("effects:\n- {section: KEY, lv2: 'urn:kinothek:odd'}\n", arena, &frames[1], &file[1]);
  assert_true(frames[1] >= frames[0] - 2048);
  for (int64_t i = 48000; i < 180000; i += 7) {
    assert_true(fabs((double)late[i] - (double)dry[i]) < 1e-6);
  }
}

static void what_is_no_number_ends_in_one_line(void **state) {
  KtArena *arena = *state;
  write_plugins("effects:\n- {section: KEY, lv2: 'urn:kinothek:odd', ports: [{port: breaks, value: 0.75}]}\n");
  KtOrchestra *orchestra = NULL;
  assert_int_equal(load(&orchestra, NULL), KT_OK);
  KtContext ctx = context();
  KtPerformance *cue = perform(orchestra, arena);
  KtStems *stems = NULL;
  KtError err = {0};
  char folder[200];
  snprintf(folder, sizeof(folder), "%s/stems", home);
  kt_remove_tree(folder, NULL);
  assert_int_equal(kt_render(&ctx, orchestra, &cue, 1, folder, &stems, &err), KT_ERR_FORMAT);
  assert_non_null(strstr(err.message, "urn:kinothek:odd"));
  assert_non_null(strstr(err.message, "0.8 s"));
  kt_orchestra_free(orchestra);
}

static void presets_and_channels(void **state) {
  (void)state;
  const KtPluginChoice presets[] = {{.uri = synth}, {.uri = synth, .preset = "http://drobilla.net/plugins/mda/presets#DX10-jazz-e-piano"}};
  double loud[2] = {0};
  for (int p = 0; p < 2; ++p) {
    KtPlugin *plugin = NULL;
    KtError err = {0};
    if (kt_plugin_open(&presets[p], 48000, 64, &plugin, &err)) {
      fail_msg("%s", err.message);
    }
    assert_true(kt_plugin_hears_midi(plugin));
    assert_int_equal(kt_plugin_sounds_in(plugin), 0);
    assert_int_equal(kt_plugin_sounds_out(plugin), 2);
    float left[64], right[64], *const out[2] = {left, right};
    kt_plugin_midi(plugin, 0, (const uint8_t[]){0x90, 64, 110}, 3);
    for (int b = 0; b < 200; ++b) {
      kt_plugin_run(plugin, NULL, out);
      for (int i = 1; i < 64; ++i) {
        loud[p] += fabs((double)left[i] - (double)left[i - 1]);
      }
    }
    kt_plugin_close(plugin);
  }
  assert_true(loud[0] > 0.01);
  assert_true(fabs(loud[1] / loud[0] - 1) > 0.05); // the preset is heard
  KtPlugin *plugin = NULL;
  const KtPluginChoice mono = {.uri = amplifier};
  assert_int_equal(kt_plugin_open(&mono, 48000, 64, &plugin, NULL), KT_OK);
  assert_false(kt_plugin_hears_midi(plugin));
  assert_int_equal(kt_plugin_sounds_in(plugin), 1);
  assert_int_equal(kt_plugin_latency(plugin), 0);
  kt_plugin_close(plugin);
}

static int set_up(void **state) {
  *state = kt_arena_new();
  return *state && mkdtemp(home) && !setenv("XDG_DATA_HOME", home, 1) ? 0 : -1;
}

static int tear_down(void **state) {
  kt_arena_free(*state);
  return (int)kt_remove_tree(home, NULL);
}

int main(void) {
  char path[1000];
  snprintf(path, sizeof(path), "%s:/usr/lib/lv2:/usr/local/lib/lv2", getenv("ODD_LV2_PATH") ? getenv("ODD_LV2_PATH") : "");
  setenv("LV2_PATH", path, 0);
  const KtPluginChoice wanted[] = {{.uri = synth}, {.uri = amplifier}};
  for (int i = 0; i < 2; ++i) {
    KtPlugin *plugin = NULL;
    KtError err = {0};
    if (kt_plugin_open(&wanted[i], 48000, 64, &plugin, &err)) {
      printf("skipped: %s (Debian: mda-lv2, lv2-examples)\n", err.message);
      return 77;
    }
    kt_plugin_close(plugin);
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_instrument_plays_its_notes_in_time),
      cmocka_unit_test(an_effect_is_heard_on_its_section_alone),
      cmocka_unit_test(what_is_wrong_is_said),
      cmocka_unit_test(presets_and_channels),
      cmocka_unit_test(what_comes_late_is_put_in_its_place),
      cmocka_unit_test(what_is_no_number_ends_in_one_line),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
