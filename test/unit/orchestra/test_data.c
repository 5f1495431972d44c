// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "orchestra/orchestra.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static KtContext context(void) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
}

/// NULL (and the test skipped) where no sample library is installed.
static KtOrchestra *orchestra(const char *library) {
  KtContext ctx = context();
  KtOrchestra *made = NULL;
  KtError err = {0};
  KtStatus status = kt_orchestra_load(&ctx, library, &made, &err);
  if (status == KT_ERR_MISSING) {
    assert_non_null(strstr(err.message, "apt-get install"));
    skip();
  }
  if (status) {
    fail_msg("%s", err.message);
  }
  return made;
}

static void every_instrument_is_whole(void **state) {
  (void)state;
  KtOrchestra *all = orchestra(NULL);
  assert_true(all->count >= 45);
  for (int i = 0; i < all->count; ++i) {
    const KtInstrument *one = &all->instruments[i];
    if (one->low > one->comfort_low || one->comfort_high > one->high || one->voices < 1 ||
        one->position < -1 || one->position > 1 || one->brightness < 0 || one->brightness > 1) {
      fail_msg("%s", one->id);
    }
    if (!one->has[KT_ART_LONG] || one->presets[KT_ART_LONG].program < 0) {
      fail_msg("%s has no sound", one->id);
    }
    assert_true(one->pitched || one->key_count > 0);
  }
  const KtInstrument *violin = kt_orchestra_find(all, "violin_1");
  assert_int_equal(violin->low, 55);
  assert_int_equal(violin->high, 105);
  assert_true(violin->has[KT_ART_PIZZICATO]);
  assert_int_equal(kt_orchestra_find(all, "tuba")->low, 26);
  assert_int_equal(kt_orchestra_find(all, "oboe")->low, 58);
  assert_false(kt_orchestra_find(all, "flute")->has[KT_ART_PIZZICATO]);
  assert_null(kt_orchestra_find(all, "kazoo"));
  kt_orchestra_free(all);
}

typedef struct Found {
  const KtOrchestra *all;
  uint8_t seen[129][128];
} Found;

/// Presets of an SF2/SF3 from its "phdr" list (SoundFont 2.04 specification, 7.2).
static void read_presets(const char *path, Found *found) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  fseek(file, -(8L << 20), SEEK_END);
  size_t size = 8U << 20;
  unsigned char *bytes = malloc(size);
  assert_non_null(bytes);
  size = fread(bytes, 1, size, file);
  fclose(file);
  unsigned char *head = memmem(bytes, size, "phdr", 4);
  assert_non_null(head);
  size_t length = head[4] | (size_t)head[5] << 8 | (size_t)head[6] << 16;
  for (size_t at = 8; at + 38 < 8 + length; at += 38) {
    int program = head[at + 20] | head[at + 21] << 8;
    int bank = head[at + 22] | head[at + 23] << 8;
    if (bank <= 128 && program < 128) {
      found->seen[bank][program] = 1;
    }
  }
  free(bytes);
}

static void presets_are_in(const char *library) {
  KtOrchestra *all = orchestra(library);
  Found *found = calloc(1, sizeof(*found));
  read_presets(all->library_path, found);
  for (int i = 0; i < all->count; ++i) {
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      const KtPreset *preset = &all->instruments[i].presets[a];
      if (all->instruments[i].has[a] && !found->seen[preset->bank][preset->program]) {
        fail_msg("%s: %d:%d is not in %s", all->instruments[i].id, preset->bank, preset->program,
                 all->library_path);
      }
    }
  }
  free(found);
  kt_orchestra_free(all);
}

static void presets_are_in_the_default_library(void **state) {
  (void)state;
  presets_are_in(NULL);
}

static void presets_are_in_fluidr3(void **state) {
  (void)state;
  presets_are_in("fluidr3");
}

static void a_library_that_is_not_there(void **state) {
  (void)state;
  KtContext ctx = context();
  KtOrchestra *made = NULL;
  KtError err = {0};
  assert_int_equal(kt_orchestra_load(&ctx, "kazoos", &made, &err), KT_ERR_ARGUMENT);
  assert_non_null(strstr(err.message, "musescore_general"));
  assert_null(made);
  assert_int_equal(kt_orchestra_load(&ctx, "/nowhere/kazoos.sf2", &made, &err), KT_ERR_MISSING);
}

static void palettes_name_instruments(void **state) {
  (void)state;
  static const char *const ids[] = {"epic",   "chamber", "piano",  "minimal", "pulse",
                                    "hybrid", "horror",  "comedy", "fairy",   "silent"};
  KtContext ctx = context();
  KtOrchestra *all = orchestra(NULL);
  KtArena *arena = kt_arena_new();
  for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); ++i) {
    KtPalette palette;
    KtError err = {0};
    if (kt_palette_load(&ctx, arena, ids[i], &palette, &err)) {
      fail_msg("%s: %s", ids[i], err.message);
    }
    assert_string_equal(palette.id, ids[i]);
    for (int r = 0; r < KT_ROLE_COUNT; ++r) {
      assert_true(palette.roles[r].count > 0);
      assert_int_equal(palette.roles[r].role, r);
      for (int k = 0; k < palette.roles[r].count; ++k) {
        if (!kt_orchestra_find(all, palette.roles[r].instruments[k])) {
          fail_msg("%s: no instrument %s", ids[i], palette.roles[r].instruments[k]);
        }
      }
    }
  }
  kt_arena_free(arena);
  kt_orchestra_free(all);
}

static void an_unknown_palette_lists_those_there_are(void **state) {
  (void)state;
  KtContext ctx = context();
  KtArena *arena = kt_arena_new();
  KtPalette palette;
  KtError err = {0};
  assert_int_equal(kt_palette_load(&ctx, arena, "polka", &palette, &err), KT_ERR_ARGUMENT);
  assert_non_null(strstr(err.message, "polka"));
  assert_non_null(strstr(err.message, "chamber, comedy, epic"));
  assert_int_equal(kt_palette_load(&ctx, arena, "../instruments", &palette, &err), KT_ERR_ARGUMENT);
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_instrument_is_whole),
      cmocka_unit_test(presets_are_in_the_default_library),
      cmocka_unit_test(presets_are_in_fluidr3),
      cmocka_unit_test(a_library_that_is_not_there),
      cmocka_unit_test(palettes_name_instruments),
      cmocka_unit_test(an_unknown_palette_lists_those_there_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
