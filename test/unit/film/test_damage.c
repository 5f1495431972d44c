// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Films as they come off broken disks and lines: a look that goes as far as it goes and says from
// where pictures are missing, or one line of error.
#include "synth.h"

#define WHOLE                                                                                      \
  "-f lavfi -i testsrc2=s=192x108:r=25:d=6 -f lavfi -i sine=f=300:d=6:r=48000 "                    \
  "-fflags +bitexact -c:v mpeg4 -q:v 4 -g 12 -c:a mp2 -b:a 128k"

static unsigned char *read_whole(const char *ending, size_t *size) {
  char name[16], path[256];
  snprintf(name, sizeof(name), "whole.%s", ending);
  make(name, WHOLE);
  path_of(path, name);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  unsigned char *bytes = calloc(1, 1 << 21);
  *size = fread(bytes, 1, 1 << 21, file);
  assert_int_equal(fclose(file), 0);
  return bytes;
}

static KtStatus look_at_bytes(const char *ending, const unsigned char *bytes, size_t size,
                              KtFilm **film, KtError *err) {
  char name[16], path[256];
  snprintf(name, sizeof(name), "hurt.%s", ending);
  path_of(path, name);
  assert_int_equal(kt_file_write(path, (const char *)bytes, size, NULL), KT_OK);
  return try_look(name, (KtFilmOptions){0}, film, err);
}

static bool told(const KtFilm *film, const char *words) {
  for (size_t i = 0; i < film->warnings.count; ++i) {
    const char *at = strstr(film->warnings.items[i], words);
    if (at && strstr(film->warnings.items[i], "00:00:0")) {
      return true;
    }
  }
  return false;
}

static void assert_refused(KtStatus status, const KtError *err) {
  assert_int_not_equal(status, KT_OK);
  assert_true(err->message[0] && !strchr(err->message, '\n'));
}

static const char *const endings[] = {"mkv", "ts", "avi", "mp4"};

static void what_is_cut_off_is_told(void **state) {
  (void)state;
  for (int i = 0; i < 4; ++i) {
    size_t size = 0;
    unsigned char *bytes = read_whole(endings[i], &size);
    KtFilm *film = NULL;
    KtError err;
    size = size * 6 / 10 / 188 * 188 + 77;
    KtStatus status = look_at_bytes(endings[i], bytes, size, &film, &err);
    if (i == 3) { // its index lay at its end
      assert_refused(status, &err);
    } else {
      assert_int_equal(status, KT_OK);
      assert_true(film->truncated && told(film, "breaks off"));
      assert_in_range(film->frames.count, 80, 100);
      kt_film_free(film);
    }
    status = look_at_bytes(endings[i], bytes, 200, &film, &err);
    assert_refused(status, &err);
    free(bytes);
  }
}

static void holes_and_flipped_bits_are_told(void **state) {
  (void)state;
  for (int i = 0; i < 4; ++i) {
    size_t size = 0;
    unsigned char *bytes = read_whole(endings[i], &size), *hurt = malloc(size);
    KtFilm *film = NULL;
    KtError err;
    memcpy(hurt, bytes, size);
    memset(hurt + size * 4 / 10, 0, size / 20);
    assert_int_equal(look_at_bytes(endings[i], hurt, size, &film, &err), KT_OK);
    assert_true(film->frames.count > 130);
    assert_false(film->truncated);
    assert_true(told(film, "damaged"));
    kt_film_free(film);
    memcpy(hurt, bytes, size);
    uint32_t chance = 1;
    for (int k = 0; k < 60; ++k) {
      chance = chance * 1664525U + 1013904223U;
      hurt[size / 4 + (chance >> 8) % (size / 2)] ^= (unsigned char)(1U << (chance >> 5 & 7));
    }
    assert_int_equal(look_at_bytes(endings[i], hurt, size, &film, &err), KT_OK);
    assert_true(film->frames.count > 130);
    assert_true(told(film, "damaged"));
    kt_film_free(film);
    free(hurt);
    free(bytes);
  }
}

/// A header that promises more than there is: read to the end, or refused where the index is not
/// found behind it.
static void a_wrong_size_is_survived(void **state) {
  (void)state;
  for (int i = 2; i < 4; ++i) {
    size_t size = 0, at = 4;
    unsigned char *bytes = read_whole(endings[i], &size);
    KtFilm *film = NULL;
    KtError err;
    for (size_t k = 4; i == 3 && k + 4 < size && at == 4; ++k) {
      at = memcmp(bytes + k, "mdat", 4) ? at : k - 4;
    }
    memcpy(bytes + at, i == 2 ? "\xff\xff\xff\x7f" : "\x7f\xff\xff\xff", 4);
    KtStatus status = look_at_bytes(endings[i], bytes, size, &film, &err);
    if (i == 3) {
      assert_refused(status, &err);
    } else {
      assert_int_equal(status, KT_OK);
      assert_int_equal(film->frames.count, 150);
      kt_film_free(film);
    }
    free(bytes);
  }
}

static void no_pictures_are_refused(void **state) {
  (void)state;
  KtFilm *film = NULL;
  KtError err;
  make("song.mkv", "-f lavfi -i sine=d=1 -c:a mp2");
  assert_refused(try_look("song.mkv", (KtFilmOptions){0}, &film, &err), &err);
  make("whole.avi", WHOLE);
  make("none.avi", "-i whole.avi -c copy -bsf:v noise=drop=1");
  assert_refused(try_look("none.avi", (KtFilmOptions){0}, &film, &err), &err);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(what_is_cut_off_is_told),
      RUN(holes_and_flipped_bits_are_told),
      RUN(a_wrong_size_is_survived),
      RUN(no_pictures_are_refused),
  };
  return cmocka_run_group_tests_name("film damage", tests, NULL, NULL);
}
