// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int setup(void **state) {
  (void)state;
  strcpy(folder, "/tmp/kinothek-base-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  return kt_remove_tree(folder, NULL) ? -1 : 0;
}

static void arena_gives_zeroed_aligned_memory(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  size_t total = 0;
  for (size_t size = 1; size < 3000000; size = size * 3 + 1) {
    unsigned char *memory = kt_arena_alloc(arena, size);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
    for (size_t i = 0; i < size; i += size / 50 + 1) {
      assert_int_equal(memory[i], 0);
    }
    memset(memory, 0xA5, size);
    total += size;
  }
  assert_true(kt_arena_used(arena) >= total);
  assert_false(kt_arena_failed(arena));
  assert_null(kt_arena_alloc(arena, SIZE_MAX - 4));
  assert_null(kt_arena_alloc_items(arena, SIZE_MAX / 4, 8));
  assert_true(kt_arena_failed(arena)); // for good
  kt_arena_free(arena);
  kt_arena_free(NULL);
}

static void arrays_grow_and_keep(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KT_ARRAY(int) numbers = {0};
  for (int i = 0; i < 10000; ++i) {
    int *item = kt_array_push(arena, &numbers);
    assert_int_equal(*item, 0);
    *item = i * 7;
  }
  for (int i = 0; i < 10000; ++i) {
    assert_int_equal(numbers.items[i], i * 7);
  }
  assert_string_equal(kt_arena_format(arena, "%s-%03d", "1m", 7), "1m-007");
  assert_string_equal(kt_arena_text_n(arena, "kinothek", 4), "kino");
  assert_string_equal(kt_arena_text(arena, NULL), "");
  kt_arena_free(arena);
}

static void a_file_is_written_whole_or_not(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  const char *path = kt_path_join(arena, folder, "a.txt"), *bytes = NULL;
  size_t size = 0;
  assert_int_equal(kt_file_write(path, "first", 5, NULL), KT_OK);
  KtAtomicFile file;
  assert_int_equal(kt_atomic_open(&file, path, NULL), KT_OK);
  fputs("half", file.stream);
  kt_atomic_abort(&file);
  assert_int_equal(kt_file_read(arena, path, 100, &bytes, &size, NULL), KT_OK);
  assert_int_equal(size, 5);
  assert_string_equal(bytes, "first");
  assert_false(kt_file_exists(file.temporary));
  assert_int_equal(kt_atomic_open(&file, path, NULL), KT_OK);
  fputs("second", file.stream);
  assert_int_equal(kt_atomic_commit(&file, NULL), KT_OK);
  assert_int_equal(kt_file_read(arena, path, 100, &bytes, &size, NULL), KT_OK);
  assert_string_equal(bytes, "second");
  assert_false(kt_file_exists(file.temporary));
  kt_arena_free(arena);
}

static void what_cannot_be_read_or_written(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  const char *bytes = NULL;
  size_t size = 0;
  KtError err = {0};
  const char *path = kt_path_join(arena, folder, "b.txt");
  assert_int_equal(kt_file_read(arena, path, 100, &bytes, &size, &err), KT_ERR_MISSING);
  assert_string_equal(err.file, path);
  assert_int_equal(kt_file_read(arena, folder, 100, &bytes, &size, NULL), KT_ERR_FORMAT);
  assert_int_equal(kt_file_write(path, "0123456789", 10, NULL), KT_OK);
  assert_int_equal(kt_file_read(arena, path, 9, &bytes, &size, NULL), KT_ERR_FORMAT);
  const char *deep = kt_path_join(arena, folder, "none/c.txt");
  assert_int_not_equal(kt_file_write(deep, "x", 1, NULL), KT_OK);
  assert_int_equal(kt_make_dirs(kt_path_join(arena, folder, "x/y/z"), NULL), KT_OK);
  assert_true(kt_dir_exists(kt_path_join(arena, folder, "x/y/z")));
  assert_int_not_equal(kt_make_dirs(kt_path_join(arena, path, "d"), NULL), KT_OK);
  kt_arena_free(arena);
}

static void paths_and_stamps(void **state) {
  (void)state;
  assert_string_equal(kt_path_name("/a/b.c/film.tar.mp4"), "film.tar.mp4");
  assert_string_equal(kt_path_extension("/a/b.c/film.tar.mp4"), ".mp4");
  assert_string_equal(kt_path_extension("/a/b.c/film"), "");
  assert_string_equal(kt_path_extension(".hidden"), "");
  assert_int_equal(kt_path_stem("film.tar.mp4"), 8);
  KtArena *arena = kt_arena_new();
  const char *path = kt_path_join(arena, folder, "s.txt");
  assert_string_equal(kt_path_join(arena, "a/", "b"), "a/b");
  KtFileStamp one, two;
  assert_int_equal(kt_file_write(path, "12345", 5, NULL), KT_OK);
  assert_int_equal(kt_file_stamp(path, &one, NULL), KT_OK);
  assert_int_equal(one.size, 5);
  assert_int_equal(kt_file_write(path, "54321", 5, NULL), KT_OK);
  assert_int_equal(kt_file_stamp(path, &two, NULL), KT_OK);
  assert_true(one.mtime_ns != two.mtime_ns || one.inode != two.inode);
  kt_arena_free(arena);
}

static void hashes_are_sha_256(void **state) {
  (void)state;
  KtHasher *hasher = kt_hasher_new();
  kt_hasher_add(hasher, "abc", 3); // FIPS 180-4, example
  assert_string_equal(kt_hasher_finish(hasher).hex,
                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  KtArena *arena = kt_arena_new();
  const char *path = kt_path_join(arena, folder, "h.txt");
  assert_int_equal(kt_file_write(path, "abc", 3, NULL), KT_OK);
  KtHash hash;
  assert_int_equal(kt_hash_file(path, &hash, NULL), KT_OK);
  assert_string_equal(hash.hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert_int_equal(kt_hash_file(folder, &hash, NULL) == KT_OK, 0);
  kt_arena_free(arena);
  KtHasher *a = kt_hasher_new(), *b = kt_hasher_new();
  kt_hasher_add_text(a, "a");
  kt_hasher_add_text(a, "b");
  kt_hasher_add_text(b, "ab");
  kt_hasher_add_text(b, "");
  assert_string_not_equal(kt_hasher_finish(a).hex, kt_hasher_finish(b).hex);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arena_gives_zeroed_aligned_memory),
      cmocka_unit_test(arrays_grow_and_keep),
      cmocka_unit_test(a_file_is_written_whole_or_not),
      cmocka_unit_test(what_cannot_be_read_or_written),
      cmocka_unit_test(paths_and_stamps),
      cmocka_unit_test(hashes_are_sha_256),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
