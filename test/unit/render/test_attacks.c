// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "orchestra/attacks.h"
#include "render/measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/kt-attacks-XXXXXX";

static const char *at(const char *name) {
  static char path[300];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  return path;
}

/// An orchestra of one instrument with the preset 20:48 for everything.
typedef struct One {
  KtInstrument instrument;
  KtOrchestra orchestra;
} One;

static void one_init(One *one) {
  memset(one, 0, sizeof(*one));
  one->instrument.speaks_ms = 9;
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    one->instrument.presets[a] = (KtPreset){.bank = 20, .program = 48, .speaks_ms = 30};
  }
  one->orchestra.arena = kt_arena_new();
  one->orchestra.instruments = &one->instrument;
  one->orchestra.count = 1;
}

static void a_table_is_read_between_its_dynamics(void **state) {
  (void)state;
  static const char table[] = "bank,program,controller,attack_s,decay_s,skip_ms,key,ms_32,ms_56,ms_78,ms_100,ms_120,release_ms,even_db,over\n"
                              "20,48,0,0.0000,0,0,60,80,40,20,20,20,120,-1.5,\n"
                              "20,48,0,0.0000,0,0,61,60,30,10,10,10,90,2.0,20:-4.0 40:-2.0 41:3.0 78:0.0 127:0.0\n"
                              "20,49,0,0.0000,0,0,60,200,200,200,200,200,5,0,\n";
  One one;
  one_init(&one);
  const KtPreset *preset = &one.instrument.presets[KT_ART_LONG];
  assert_float_equal(kt_attack_ms(&one.instrument, preset, 60, 64), 30, 1e-3); // not measured yet
  assert_int_equal(kt_file_write(at("table.csv"), table, sizeof(table) - 1, NULL), KT_OK);
  assert_int_equal(kt_attacks_load(&one.orchestra, at("table.csv"), NULL), KT_OK);
  static const struct {
    int key, value;
    double ms;
  } asked[] = {{60, 32, 80}, {60, 1, 80},  {60, 44, 60}, {60, 56, 40},  {60, 67, 30},
               {59, 56, 40}, {61, 56, 30}, {63, 56, 30}, {61, 120, 10}, {90, 127, 10},
               {12, 100, 20}};
  for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); ++i) {
    double ms = kt_attack_ms(&one.instrument, preset, asked[i].key, asked[i].value);
    if (ms < asked[i].ms - 1e-3 || ms > asked[i].ms + 1e-3) {
      fail_msg("key %d at %d: %.2f ms, not %.2f", asked[i].key, asked[i].value, ms, asked[i].ms);
    }
  }
  assert_float_equal(kt_release_ms(preset, 60), 120, 1e-3);
  assert_float_equal(kt_release_ms(preset, 70), 90, 1e-3);
  static const struct {
    int key, velocity;
    double db;
  } levels[] = {{60, 30, -1.5}, {60, 127, -1.5},            // as velocity says
                {61, 10, 6},    {61, 20, 6}, {61, 30, 5}, // softer samples than mezzo-forte's are lifted
                {61, 40, 4},    {61, 41, -1},               // another recording
                {61, 78, 2},    {61, 127, 2}};
  for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); ++i) {
    double db = kt_level_db(preset, levels[i].key, levels[i].velocity);
    if (db < levels[i].db - 0.2 || db > levels[i].db + 0.2) {
      fail_msg("key %d at %d: %.2f dB, not %.2f", levels[i].key, levels[i].velocity, db, levels[i].db);
    }
  }
  KtPreset swelled = *preset; // expression is its dynamics: velocity shapes the attack alone
  swelled.dynamics_controller = 11;
  assert_float_equal(kt_level_db(&swelled, 60, 78), -1.5F, 0.05F);
  assert_float_equal(kt_level_db(&swelled, 60, 39), 8.55F, 0.05F);
  swelled.dynamics_controller = 2;
  assert_float_equal(kt_level_db(&swelled, 60, 39), -1.5F, 0.05F);
  KtPreset quick = *preset;
  quick.release_s = 0.2F; // set by generator: 100 dB in that time
  assert_float_equal(kt_release_ms(&quick, 61), 12, 1e-3);
  kt_arena_free(one.orchestra.arena);
}

static void a_broken_table_names_its_line(void **state) {
  (void)state;
  static const char table[] = "bank,program,controller,attack_s,decay_s,skip_ms,key,ms_32,ms_56,ms_78,ms_100,ms_120,release_ms,even_db,over\n"
                              "20,48,0,0.0000,0,0,60,80,40,20,20,20,120,0,\n"
                              "20,48,0,0.0000,0,0,61,60,30,10,10,10,90,0,80:1.0 40:2.0\n";
  One one;
  one_init(&one);
  KtError err = {0};
  assert_int_equal(kt_file_write(at("broken.csv"), table, sizeof(table) - 1, NULL), KT_OK);
  assert_int_equal(kt_attacks_load(&one.orchestra, at("broken.csv"), &err), KT_ERR_FORMAT);
  assert_int_equal(err.line, 3);
  kt_arena_free(one.orchestra.arena);
}

/// Of the real library: what is plucked or struck speaks at once, bowed tones late.
static void what_is_struck_speaks_before_what_is_bowed(void **state) {
  (void)state;
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  KtOrchestra *all = NULL;
  if (kt_orchestra_load(&ctx, NULL, &all, NULL)) {
    skip();
  }
  KtInstrument chosen[2] = {*kt_orchestra_find(all, "violin_1"), *kt_orchestra_find(all, "timpani")};
  KtOrchestra few = *all;
  few.instruments = chosen;
  few.count = 2;
  assert_int_equal(kt_attacks_measure(&ctx, &few, at("measured.csv"), NULL), KT_OK);
  assert_int_equal(kt_attacks_load(&few, at("measured.csv"), NULL), KT_OK);
  double bowed = kt_attack_ms(&chosen[0], &chosen[0].presets[KT_ART_LONG], 76, 80);
  double plucked = kt_attack_ms(&chosen[0], &chosen[0].presets[KT_ART_PIZZICATO], 76, 80);
  double struck = kt_attack_ms(&chosen[1], &chosen[1].presets[KT_ART_LONG], 45, 80);
  if (!(bowed > 40 && bowed < 200 && plucked < 30 && struck < 30)) {
    fail_msg("bowed %.1f ms, plucked %.1f ms, struck %.1f ms", bowed, plucked, struck);
  }
  double lifted = kt_release_ms(&chosen[0].presets[KT_ART_LONG], 76);
  if (!(lifted > 10 && lifted < 400)) {
    fail_msg("a bowed tone is let go in %.1f ms", lifted);
  }
  ctx.threads = 1; // the same table on any number of threads
  assert_int_equal(kt_attacks_measure(&ctx, &few, at("again.csv"), NULL), KT_OK);
  const char *first = NULL, *again = NULL;
  size_t sizes[2];
  assert_int_equal(kt_file_read(all->arena, at("measured.csv"), 1 << 20, &first, &sizes[0], NULL), KT_OK);
  assert_int_equal(kt_file_read(all->arena, at("again.csv"), 1 << 20, &again, &sizes[1], NULL), KT_OK);
  assert_int_equal(sizes[0], sizes[1]);
  assert_memory_equal(first, again, sizes[0]);
  kt_orchestra_free(all);
}

static int folder_new(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int folder_gone(void **state) {
  (void)state;
  return kt_remove_tree(folder, NULL) ? -1 : 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_table_is_read_between_its_dynamics),
      cmocka_unit_test(a_broken_table_names_its_line),
      cmocka_unit_test(what_is_struck_speaks_before_what_is_bowed),
  };
  return cmocka_run_group_tests(tests, folder_new, folder_gone);
}
