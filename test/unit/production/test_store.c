// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Place {
  char folder[64];
  char path[96];
  KtArena *arena;
} Place;

static int enter(void **state) {
  Place *place = calloc(1, sizeof(*place));
  strcpy(place->folder, "/tmp/kinothek-store-XXXXXX");
  if (!mkdtemp(place->folder)) {
    return 1;
  }
  snprintf(place->path, sizeof(place->path), "%s/production.db", place->folder);
  place->arena = kt_arena_new();
  *state = place;
  return 0;
}

static int leave(void **state) {
  Place *place = *state;
  kt_arena_free(place->arena);
  kt_remove_tree(place->folder, NULL);
  free(place);
  return 0;
}

static void settings_outlive_the_store(void **state) {
  Place *place = *state;
  KtStore *store = NULL;
  assert_int_equal(kt_store_open(place->path, &store, NULL), KT_OK);
  assert_int_equal(kt_store_set(store, "film", "a.mp4", NULL), KT_OK);
  assert_int_equal(kt_store_set(store, "film", "b's \"film\".mp4", NULL), KT_OK);
  assert_int_equal(kt_store_set(store, "seed", "1", NULL), KT_OK);
  assert_int_equal(kt_store_set(store, "seed", NULL, NULL), KT_OK);
  kt_store_close(store);
  assert_int_equal(kt_store_open(place->path, &store, NULL), KT_OK);
  assert_string_equal(kt_store_get(store, place->arena, "film"), "b's \"film\".mp4");
  assert_null(kt_store_get(store, place->arena, "seed"));
  kt_store_close(store);
}

static void a_rollback_takes_all_back(void **state) {
  Place *place = *state;
  KtStore *store = NULL;
  assert_int_equal(kt_store_open(place->path, &store, NULL), KT_OK);
  kt_store_set(store, "a", "1", NULL);
  assert_int_equal(kt_store_begin(store, NULL), KT_OK);
  kt_store_set(store, "a", "2", NULL);
  kt_store_set(store, "b", "2", NULL);
  kt_store_rollback(store);
  assert_string_equal(kt_store_get(store, place->arena, "a"), "1");
  assert_null(kt_store_get(store, place->arena, "b"));
  kt_store_close(store);
}

static void files_are_kept_by_kind(void **state) {
  Place *place = *state;
  KtStore *store = NULL;
  assert_int_equal(kt_store_open(place->path, &store, NULL), KT_OK);
  KtStoredFile one = {"one.csv", {10, 20, UINT64_C(0xffffffffffffffff)}, {"ab"}};
  KtStoredFile two = {"two.csv", {30, 40, 50}, {""}};
  assert_int_equal(kt_store_put_file(store, "out", &two, NULL), KT_OK);
  assert_int_equal(kt_store_put_file(store, "out", &one, NULL), KT_OK);
  assert_int_equal(kt_store_put_file(store, "next", &one, NULL), KT_OK);
  KtStoredFile found;
  assert_true(kt_store_find_file(store, place->arena, "out", "one.csv", &found));
  assert_int_equal(found.stamp.size, 10);
  assert_true(found.stamp.inode == UINT64_C(0xffffffffffffffff));
  assert_string_equal(found.hash.hex, "ab");
  assert_false(kt_store_find_file(store, place->arena, "out", "three.csv", &found));
  KtStoredFile *files;
  size_t count;
  assert_int_equal(kt_store_drop_kind(store, "next", NULL), KT_OK);
  assert_int_equal(kt_store_list_files(store, place->arena, "out", &files, &count, NULL), KT_OK);
  assert_int_equal(count, 2);
  assert_string_equal(files[0].path, "one.csv");
  assert_int_equal(kt_store_list_files(store, place->arena, "next", &files, &count, NULL), KT_OK);
  assert_int_equal(count, 0);
  kt_store_close(store);
}

static void others_files_are_refused(void **state) {
  Place *place = *state;
  KtStore *store = NULL;
  KtError err = {0};
  assert_int_equal(kt_file_write(place->path, "somebody's own text, long enough", 32, NULL), KT_OK);
  assert_int_equal(kt_store_open(place->path, &store, &err), KT_ERR_FORMAT);
  assert_string_equal(err.file, place->path);
  assert_true(strlen(err.message) > 0);
}

static void versions_replace_by_key(void **state) {
  Place *place = *state;
  KtStore *store = NULL;
  assert_int_equal(kt_store_open(place->path, &store, NULL), KT_OK);
  kt_store_add_version(store, "k1", "{}", NULL);
  kt_store_add_version(store, "k1", "{\"a\":1}", NULL);
  kt_store_add_version(store, "k2", "{}", NULL);
  assert_int_equal(kt_store_version_count(store), 2);
  kt_store_close(store);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(settings_outlive_the_store, enter, leave),
      cmocka_unit_test_setup_teardown(a_rollback_takes_all_back, enter, leave),
      cmocka_unit_test_setup_teardown(files_are_kept_by_kind, enter, leave),
      cmocka_unit_test_setup_teardown(others_files_are_refused, enter, leave),
      cmocka_unit_test_setup_teardown(versions_replace_by_key, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
