// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/spot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static KtContext context(void) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
}

static KtFilm *film_of(const char *films, const char *name, const char *subtitles) {
  char path[600], text[600];
  snprintf(path, sizeof(path), "%s/films/%s", films, name);
  snprintf(text, sizeof(text), "%s/subtitles/%s", films, subtitles);
  KtContext ctx = context();
  KtFilmOptions options = {.path = path, .subtitles = text, .video_stream = -1};
  KtFilm *film = NULL;
  assert_int_equal(kt_film_look(&ctx, &options, &film, NULL), KT_OK);
  return film;
}

static KtSpotting *spot(const KtFilm *film, const char *script, const KtStyle *style, KtStory **story) {
  KtContext ctx = context();
  KtSpotting *spotting = NULL;
  assert_int_equal(kt_story_read(&ctx, film, script, "en", story, NULL), KT_OK);
  assert_int_equal(kt_spot(&ctx, film, *story, NULL, style, false, &spotting, NULL), KT_OK);
  return spotting;
}

/// No cue enters inside speech that is heard, or within a second before it; every reason names somebody
/// or something of its moment.
static void no_entrance_on_words(void **state) {
  (void)state;
  static const KtStyle styles[] = {{0.3F, 0.6F, 10, 180, 60, 2, 0.5F}, {0.5F, 0.85F, 5, 150, 50, 8, 0.4F}};
  const char *films = getenv("KINOTHEK_FILMS");
  if (!films) {
    skip();
  }
  char script[600];
  snprintf(script, sizeof(script), "%s/screenplays/farmhouse.fountain", films);
  KtFilm *film = film_of(films, "talkie_farmhouse_24fps.mkv", "talkie_farmhouse_24fps.srt");
  assert_true(film->speech.count > 5);
  for (size_t k = 0; k < 2; ++k) {
    KtStory *story = NULL;
    KtSpotting *spotting = spot(film, script, &styles[k], &story);
    assert_true(spotting->cues.count >= 2);
    for (size_t i = 0; i < spotting->cues.count; ++i) {
      double in_s = kt_seconds(spotting->cues.items[i].in);
      for (size_t j = 0; j < film->speech.count; ++j) {
        double start_s = kt_seconds(film->speech.items[j].start), end_s = kt_seconds(film->speech.items[j].end);
        if (in_s > start_s - 1 && in_s < end_s) {
          fail_msg("style %zu: cue %zu enters at %.2f, speech %.2f to %.2f", k, i, in_s, start_s, end_s);
        }
      }
      assert_null(strstr(spotting->cues.items[i].reason, "movement breaks out"));
    }
    kt_spotting_free(spotting);
    kt_story_free(story);
  }
  kt_film_free(film);
}

/// Six seconds of words from end to end stay without music.
static void no_music_in_words_from_end_to_end(void **state) {
  (void)state;
  static const KtStyle chamber = {0.15F, 0.35F, 10, 150, 60, 1, 0.7F};
  const char *films = getenv("KINOTHEK_FILMS");
  if (!films) {
    skip();
  }
  KtFilm *film = film_of(films, "his_girl_friday_6s_30fps.mp4", "his_girl_friday_6s.vtt");
  KtStory *story = NULL;
  KtSpotting *spotting = spot(film, NULL, &chamber, &story);
  assert_int_equal(spotting->cues.count, 0);
  assert_non_null(strstr(spotting->silences.items[0].reason, "words from end to end"));
  kt_spotting_free(spotting);
  kt_story_free(story);
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_entrance_on_words),
                                     cmocka_unit_test(no_music_in_words_from_end_to_end)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
