// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "synth.h"

// Real films lie outside the project; KINOTHEK_FILMS names the folder, else these are skipped.
static char films[400];

static int find_films(void **state) {
  (void)state;
  const char *place = getenv("KINOTHEK_FILMS");
  char probe[512];
  films[0] = '\0';
  for (int i = 0; place && i < 2; ++i) { // the data folder, or the films in it
    snprintf(films, sizeof(films), "%s%s", place, i ? "" : "/films");
    snprintf(probe, sizeof(probe), "%s/chaplin_one_shot_25fps.mp4", films);
    if (kt_file_exists(probe)) {
      return 0;
    }
    films[0] = '\0';
  }
  return 0;
}

static KtFilm *look_at(const char *name, KtFilmOptions options) {
  char path[512];
  if (!films[0]) {
    skip();
  }
  snprintf(path, sizeof(path), "%s/%s", films, name);
  return look_with(path, options);
}

static void the_cuts_are_found(void **state) {
  (void)state;
  static const struct {
    const char *file;
    double start_s; ///< of the picture in the container
    double cuts_s[5];
    int count;
  } rows[] = {
      {"popeye_sinbad_a_24fps_silent.mkv", 0, {23.625, 27.542, 41.417}, 3},
      {"popeye_sinbad_b_24fps_silent.mkv", 0, {12.375, 27.375, 40.083}, 3}, // 45.250 is a trap
      {"nasa_two_streams_2997fps.mp4", 0, {5.005, 8.008}, 2},
      {"big_buck_bunny_first30s_24fps.webm", 0.003, {11.795, 15.670, 22.961}, 3},
      {"chaplin_one_shot_25fps.mp4", 0, {0}, 0},
      {"his_girl_friday_6s_30fps.mp4", 0, {0}, 0},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtFilm *film = look_at(rows[i].file, (KtFilmOptions){.drop_sound = true});
    assert_int_equal(film->shots.count, rows[i].count + 1);
    for (int k = 0; k < rows[i].count; ++k) {
      double at_s = kt_seconds(film->shots.items[k + 1].start + film->picture_start);
      assert_true(fabs(at_s - rows[i].cuts_s[k]) < 0.002);
    }
    kt_film_free(film);
  }
}

static void the_dissolve_is_named(void **state) {
  (void)state;
  KtFilm *film = look_at("nasa_two_streams_2997fps.mp4", (KtFilmOptions){0});
  assert_int_equal(film->width, 480);
  const KtShot *shot = &film->shots.items[1];
  assert_int_equal(shot->transition, KT_TRANSITION_DISSOLVE);
  double middle_s = kt_seconds(
      kt_frame_time(film->rate, (shot->transition_start_frame + shot->transition_end_frame) / 2));
  assert_true(fabs(middle_s - 5.5) < 0.2);
  assert_int_equal(film->shots.items[2].transition, KT_TRANSITION_CUT);
  kt_film_free(film);
}

/// Share of the marked words found, and of what is found that is words; unsure parts do not count.
static void against_marks(const KtFilm *film, double *recall, double *precision) {
  char path[512], label[16], line[256];
  enum { STEPS = 12600 };
  static unsigned char marks[STEPS], found[STEPS];
  memset(marks, 0, sizeof(marks));
  memset(found, 0, sizeof(found));
  snprintf(path, sizeof(path), "%s/talkie_farmhouse_24fps.speech10ms.csv", films);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  while (fgets(line, sizeof(line), file)) {
    double start, end;
    if (sscanf(line, "%lf,%lf,%15[a-z]", &start, &end, label) == 3) {
      for (int i = (int)lround(start * 100); i < (int)lround(end * 100) && i < STEPS; ++i) {
        marks[i] = strcmp(label, "speech") ? 2 : 1;
      }
    }
  }
  fclose(file);
  for (size_t s = 0; s < film->speech.count; ++s) {
    const KtSpan *span = &film->speech.items[s];
    int to = (int)lround(kt_seconds(span->end + film->picture_start) * 100);
    for (int i = (int)lround(kt_seconds(span->start + film->picture_start) * 100); i < to; ++i) {
      found[i] = 1;
    }
  }
  double words = 0, hits = 0, said = 0;
  for (int i = 0; i < STEPS; ++i) {
    words += marks[i] == 1;
    hits += marks[i] == 1 && found[i];
    said += marks[i] != 2 && found[i];
  }
  *recall = hits / words;
  *precision = said > 0 ? hits / said : 0;
}

static void words_are_found(void **state) {
  (void)state;
  KtFilm *film = look_at("talkie_farmhouse_24fps.mkv", (KtFilmOptions){0});
  double recall = 0, precision = 0;
  against_marks(film, &recall, &precision);
  assert_true(recall > 0.95);
  assert_true(precision > 0.95);
  assert_true(film->music_share < 0.05F);
  assert_true(llabs(film->picture_start - kt_film_time(0.021)) < kt_film_time(0.0005));
  assert_true(kt_seconds(film->duration) > 125.2);
  kt_film_free(film);
}

static void a_score_is_music_and_no_words(void **state) {
  (void)state;
  KtFilm *film = look_at("big_buck_bunny_first30s_24fps.webm", (KtFilmOptions){0});
  assert_int_equal(film->speech.count, 0);
  assert_true(film->music_share > 0.9F);
  kt_film_free(film);
  film = look_at("chaplin_one_shot_25fps.mp4", (KtFilmOptions){0});
  assert_int_equal(film->speech.count, 0);
  assert_true(film->music_share > 0.9F);
  kt_film_free(film);
}

static bool scene_begins(const KtFilm *film, double at_s) {
  for (size_t i = 1; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    if (shot->scene != shot[-1].scene && fabs(kt_seconds(shot->start) - at_s) < 0.1) {
      return true;
    }
  }
  return false;
}

static bool scene_lasts(const KtFilm *film, double from_s, double to_s) {
  int from = kt_film_shot_at(film, kt_film_time(from_s)), to = kt_film_shot_at(film, kt_film_time(to_s));
  return film->shots.items[from].scene == film->shots.items[to].scene;
}

static void scenes_are_what_a_viewer_would_name(void **state) {
  (void)state;
  KtFilm *film = look_at("big_buck_bunny_320x184_30fps.mp4", (KtFilmOptions){0});
  assert_true(scene_begins(film, 4.467));   // the title is over, morning
  assert_true(scene_begins(film, 60.533));  // awake, out under the sky
  assert_true(scene_begins(film, 246.5));   // from the meadow into the wood, traps
  assert_true(scene_begins(film, 304.6));   // the three on the meadow, after black
  assert_true(scene_begins(film, 466.1));   // it is over: evening, after black
  assert_true(scene_begins(film, 494.8));   // credits
  assert_true(scene_begins(film, 618.8));   // and what comes after them
  assert_true(scene_lasts(film, 29, 59));   // before the burrow
  assert_true(scene_lasts(film, 132, 226)); // nuts are thrown
  assert_true(scene_lasts(film, 248, 285)); // sharpening sticks
  assert_true(scene_lasts(film, 395, 465)); // the flight through the trees
  kt_film_free(film);
  film = look_at("talkie_farmhouse_24fps.mkv", (KtFilmOptions){0});
  assert_true(scene_begins(film, 60)); // another place of the island
  assert_true(scene_lasts(film, 62, 99)); // among the lions
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {RUN(the_cuts_are_found), RUN(the_dissolve_is_named),
                                     RUN(words_are_found), RUN(a_score_is_music_and_no_words),
                                     RUN(scenes_are_what_a_viewer_would_name)};
  return cmocka_run_group_tests(tests, find_films, NULL);
}
