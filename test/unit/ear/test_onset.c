// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/onset.h"

#include "base/audio_file.h"
#include "base/rng.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RATE = 48000, LENGTH = 2 * RATE, MEANT = RATE };

typedef struct Sound {
  float samples[LENGTH];
} Sound;

static char path[] = "/tmp/kt-onset-XXXXXX";

/// A tone with harmonics from `start` on, its attack linear over `attack_ms`, decaying if asked.
static void add_tone(Sound *sound, int start, int end, double hz, double attack_ms, double level,
                     double decay_per_s) {
  for (int i = start; i < end; ++i) {
    double t = (double)(i - start) / RATE, value = 0;
    for (int k = 1; k <= 6; ++k) {
      value += sin(2 * M_PI * hz * k * t + k) / k;
    }
    double rise = attack_ms > 0 ? fmin(1.0, t * 1000 / attack_ms) : 1.0;
    sound->samples[i] += (float)(level * rise * exp(-decay_per_s * t) * value);
  }
}

static void keep(const Sound *sound) {
  KtAudioWriter *writer = NULL;
  assert_int_equal(kt_audio_writer_open(path, 1, 32, NULL, &writer, NULL), KT_OK);
  assert_int_equal(kt_audio_write(writer, sound->samples, LENGTH, NULL), KT_OK);
  assert_int_equal(kt_audio_writer_close(writer, NULL), KT_OK);
}

static void attack_is_placed(void **state) {
  (void)state;
  static const struct {
    const char *what;
    int offset_ms;          // of the physical start
    double attack_ms, decay, hz;
    double low, high;       // where it may be felt, ms from MEANT
    double bed;             // level of a sustained tone under it
  } cases[] = {
      {"pluck on time", 0, 0, 8, 220, -2, 3, 0},
      {"pluck early", -30, 0, 8, 440, -32, -27, 0},
      {"pluck late", 55, 0, 8, 110, 53, 59, 0},
      {"slow string", 0, 90, 0, 330, 10, 60, 0},
      {"pluck in a texture", 12, 0, 8, 660, 9, 16, 0.1},
      {"low drum", 5, 0, 12, 60, 2, 11, 0},
  };
  static Sound sound;
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    memset(&sound, 0, sizeof(sound));
    add_tone(&sound, 0, LENGTH, 196, 50, cases[i].bed, 0);
    add_tone(&sound, MEANT + cases[i].offset_ms * RATE / 1000, LENGTH, cases[i].hz,
             cases[i].attack_ms, 0.2, cases[i].decay);
    keep(&sound);
    double error = 1e9;
    bool found = false;
    assert_int_equal(kt_heard_onset(path, MEANT, &error, &found, NULL), KT_OK);
    if (!found || error < cases[i].low || error > cases[i].high) {
      fail_msg("%s: found %d at %.2f ms", cases[i].what, found, error);
    }
  }
}

/// Low tones close together quiver in one band; that is not where the attack begins.
static void beating_is_no_attack(void **state) {
  (void)state;
  static Sound sound;
  for (int offset = -15; offset <= 15; offset += 5) {
    memset(&sound, 0, sizeof(sound));
    for (int v = 0; v < 3; ++v) {
      add_tone(&sound, 0, LENGTH, 82.3 + 13.7 * v * (v + 1), 50, 0.04, 0);
    }
    double error = 0;
    bool found = false;
    add_tone(&sound, MEANT + offset * 48, LENGTH, 220, 12, 0.2, 3);
    keep(&sound);
    assert_int_equal(kt_heard_onset(path, MEANT, &error, &found, NULL), KT_OK);
    if (!found || error - offset < -4 || error - offset > 14) {
      fail_msg("attack at %d among beats: found %d at %.2f", offset, found, error);
    }
  }
}

/// Moments taken by chance in music must seldom pass for hits.
static void chance_hits_nothing(void **state) {
  (void)state;
  static Sound sound;
  KtRng rng = kt_rng(1, "chance");
  memset(&sound, 0, sizeof(sound));
  for (int v = 0; v < 6; ++v) { // slow moving parts
    for (int at = kt_rng_int(&rng, 0, RATE / 2); at < LENGTH; at += RATE / 2) {
      add_tone(&sound, at, at + RATE / 2 < LENGTH ? at + RATE / 2 : LENGTH,
               kt_rng_int(&rng, 80, 700), 60, 0.05, 1);
    }
  }
  keep(&sound);
  int near_by = 0;
  for (int i = 0; i < 60; ++i) {
    double error = 0;
    bool found = false;
    int64_t at = kt_rng_int(&rng, RATE / 2, 3 * RATE / 2);
    assert_int_equal(kt_heard_onset(path, at, &error, &found, NULL), KT_OK);
    near_by += found && fabs(error) <= 20;
  }
  assert_true(near_by <= 15); // a note begins every 83 ms: half of all moments lie near one
}

static void the_stronger_of_two_wins(void **state) {
  (void)state;
  static Sound sound;
  memset(&sound, 0, sizeof(sound));
  add_tone(&sound, MEANT - 60 * 48, LENGTH, 300, 0, 0.02, 10);
  add_tone(&sound, MEANT + 25 * 48, LENGTH, 400, 0, 0.3, 10);
  keep(&sound);
  double error = 1e9;
  bool found = false;
  assert_int_equal(kt_heard_onset(path, MEANT, &error, &found, NULL), KT_OK);
  assert_true(found);
  assert_true(fabs(error - 25) < 3);
}

static void nothing_is_found_where_nothing_begins(void **state) {
  (void)state;
  static Sound sound;
  double error = 7;
  bool found = true;
  memset(&sound, 0, sizeof(sound));
  keep(&sound);
  assert_int_equal(kt_heard_onset(path, MEANT, &error, &found, NULL), KT_OK);
  assert_false(found);
  add_tone(&sound, 0, LENGTH, 220, 200, 0.3, 0);
  keep(&sound);
  assert_int_equal(kt_heard_onset(path, MEANT, &error, &found, NULL), KT_OK);
  assert_false(found);
  KtRng rng = kt_rng(1, "noise");
  for (int i = 0; i < LENGTH; ++i) {
    sound.samples[i] = (float)(0.1 * kt_rng_normal(&rng));
  }
  keep(&sound);
  assert_int_equal(kt_heard_onset(path, MEANT, &error, &found, NULL), KT_OK);
  assert_false(found);
  assert_int_equal(kt_heard_stop(path, MEANT, &error, &found, NULL), KT_OK);
  assert_false(found);
  assert_true(error == 7);
  assert_int_equal(kt_heard_onset("/nowhere/x.wav", 0, &error, &found, NULL), KT_ERR_MISSING);
}

static void a_stop_is_placed(void **state) {
  (void)state;
  static Sound sound;
  for (int offset = -60; offset <= 60; offset += 40) {
    memset(&sound, 0, sizeof(sound));
    int end = MEANT + offset * 48;
    add_tone(&sound, 0, end, 220, 50, 0.3, 0);
    for (int i = end; i < LENGTH; ++i) { // a room that takes 1.5 s for 60 dB, 8 dB under the sound
      sound.samples[i] = (float)(0.12 * sin(i * 0.03) * pow(10, -3.0 * (i - end) / 1.5 / RATE));
    }
    keep(&sound);
    double error = 1e9;
    bool found = false;
    assert_int_equal(kt_heard_stop(path, MEANT, &error, &found, NULL), KT_OK);
    assert_true(found);
    if (fabs(error - offset) > 12) {
      fail_msg("stop at %d found at %.1f", offset, error);
    }
  }
}

int main(void) {
  int fd = mkstemp(path);
  close(fd);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(attack_is_placed),
      cmocka_unit_test(beating_is_no_attack),
      cmocka_unit_test(chance_hits_nothing),
      cmocka_unit_test(the_stronger_of_two_wins),
      cmocka_unit_test(nothing_is_found_where_nothing_begins),
      cmocka_unit_test(a_stop_is_placed),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  return failed;
}
