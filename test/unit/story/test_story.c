// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film_by_hand.h"

#include "base/file.h"
#include "story/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static float quiet(double s) {
  (void)s;
  return 0.02F;
}
static float grey(double s) {
  (void)s;
  return 0.5F;
}

static const char script[] =
    "Title: The Well\n\nEXT. VILLAGE WELL - DAY\n\nANNA MARSH draws water. A warm morning; "
    "children laugh.\n\n"
    "ANNA\nThe bucket is heavier than it was yesterday.\n\nTOM\nThen let me carry the rope for "
    "you.\n\n"
    "ANNA\nYou always say that and then you vanish.\n\n"
    "INT. CELLAR - NIGHT\n\nIn the dark, Tom falls. He screams. Blood on the stone.\n\n"
    "TOM\nSomebody help me, the ladder is broken!\n\nTOM (CONT'D)\nPlease, I can hear the water "
    "rising!\n\n"
    "EXT. VILLAGE WELL - LATER\n\nAnna weeps over his grave.\n\n"
    "ANNA\nI never told him how much I loved him.\n\nPRIEST\nHe knew it all along, my child.\n\n"
    "She smiles. The calm morning sun warms the quiet meadow.\n";

static const char *write_script(char path[64], const char *text) {
  snprintf(path, 64, "/tmp/kinothek_story_%d.fountain", (int)getpid());
  kt_file_write(path, text, strlen(text), NULL);
  return path;
}

static KtStory *read_story(const KtFilm *film, const char *text) {
  char path[64];
  KtContext ctx = test_context();
  KtStory *story = NULL;
  KtError err = {0};
  KtStatus status = film ? kt_story_read(&ctx, film, write_script(path, text), "en", &story, &err)
                         : kt_story_read_script(&ctx, write_script(path, text), "en", &story, &err);
  unlink(path);
  if (status) {
    fail_msg("%s", err.message);
  }
  return story;
}

static const KtTurn *turn_of(const KtStory *story, KtTurnKind kind) {
  for (size_t i = 0; i < story->turns.count; ++i) {
    if (story->turns.items[i].kind == kind) {
      return &story->turns.items[i];
    }
  }
  return NULL;
}

static void test_script_alone(void **state) {
  (void)state;
  KtStory *story = read_story(NULL, script);
  assert_string_equal(story->title, "The Well");
  assert_int_equal(story->scenes.count, 3);
  assert_string_equal(story->scenes.items[1].place, "CELLAR");
  assert_string_equal(story->scenes.items[1].time_of_day, "NIGHT");
  assert_true(story->scenes.items[1].interior);
  assert_false(story->scenes.items[0].interior);
  assert_int_equal(story->characters.count, 3);
  assert_string_equal(story->characters.items[0].name, "Anna");
  assert_int_equal(story->lines.count, 7);
  assert_true(story->alignment < 0);
  assert_true(story->scenes.items[1].emotion.valence <
              story->scenes.items[0].emotion.valence - 0.3F);
  assert_true(story->scenes.items[1].emotion.tension >
              story->scenes.items[0].emotion.tension + 0.2F);
  assert_int_equal(story->scenes.items[2].characters.count, 2);
  const KtTurn *meeting = turn_of(story, KT_TURN_MEETING);
  assert_non_null(meeting);
  assert_int_equal(meeting->scene, 0);
  const KtTurn *loss = turn_of(story, KT_TURN_LOSS);
  assert_non_null(loss);
  assert_string_equal(loss->label, "Anna weeps over his grave");
  assert_true(story->subjects.count >= 2);
  assert_string_equal(story->subjects.items[0].name, "Anna");
  assert_string_equal(story->subjects.items[0].rhythm, "/x");
  kt_story_free(story);
}

/// The film leaves out one line and swaps two others; the rest is spoken as written.
static KtFilm *film_of_script(void) {
  KtFilm *film = film_by_hand(120, 10, quiet, grey);
  add_caption(film, 12, 15, "The bucket is heavier");
  add_caption(film, 15, 17, "than it was yesterday.");
  add_caption(film, 22, 25, "You always say that, and then you vanish.");
  add_caption(film, 28, 31, "Then let me carry the rope for you.");
  add_caption(film, 55, 58, "Somebody help me! The ladder is broken.");
  add_caption(film, 92, 96, "I never told him how much I loved him.");
  add_caption(film, 100, 103, "He knew it, all along my child.");
  return film;
}

static void test_alignment(void **state) {
  (void)state;
  KtFilm *film = film_of_script();
  KtStory *story = read_story(film, script);
  assert_true(story->alignment > 0.75F && story->alignment < 1);
  const KtLine *lines = story->lines.items;
  assert_true(fabs(kt_seconds(lines[0].start) - 12) < 0.2 &&
              fabs(kt_seconds(lines[0].end) - 17) < 0.2);
  assert_true(fabs(kt_seconds(lines[1].start) - 28) < 0.3); // swapped
  assert_true(fabs(kt_seconds(lines[2].start) - 22) < 0.3);
  assert_true(fabs(kt_seconds(lines[3].start) - 55) < 0.3);
  assert_true(lines[4].confidence < 0.5F); // left out: between its neighbours
  assert_true(lines[4].start >= lines[3].end && lines[4].end <= lines[5].start);
  assert_true(fabs(kt_seconds(lines[6].start) - 100) < 0.3);
  assert_int_equal(story->warnings.count, 0);
  // scenes begin on cuts between their lines
  assert_true(story->scenes.items[1].start % kt_film_time(10) == 0);
  assert_true(story->scenes.items[1].start >= kt_film_time(31) &&
              story->scenes.items[1].start <= kt_film_time(55));
  assert_true(story->scenes.items[2].start >= kt_film_time(58) &&
              story->scenes.items[2].start <= kt_film_time(92));
  assert_int_equal(story->scenes.items[0].end, story->scenes.items[1].start);
  assert_int_equal(story->scenes.items[2].end, film->duration);
  kt_story_free(story);
  kt_film_free(film);
}

static void test_script_of_another_film(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(60, 10, quiet, grey);
  add_caption(film, 5, 9, "Captain, the reactor will not hold for another hour.");
  add_caption(film, 12, 16, "Then I want every engineer on deck four at once.");
  add_caption(film, 20, 24, "It was the right thing to do, and you know it.");
  add_caption(film, 30, 34, "Set a course for the station and do not look behind.");
  KtStory *story = read_story(film, script);
  assert_true(story->alignment < 0.15F);
  assert_int_equal(story->warnings.count, 1);
  assert_non_null(strstr(story->warnings.items[0], "does not belong"));
  for (size_t i = 0; i + 1 < story->lines.count; ++i) {
    assert_true(story->lines.items[i].start <= story->lines.items[i + 1].start);
    assert_true(story->lines.items[i].end <= film->duration);
  }
  kt_story_free(story);
  kt_film_free(film);
}

static void test_speech_without_words(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(120, 10, quiet, grey);
  static const double spans[][2] = {{12, 15}, {18, 21}, {25, 28},  {55, 58},
                                    {60, 62}, {92, 95}, {100, 103}};
  for (size_t i = 0; i < 7; ++i) {
    KtSpan *span = kt_array_push(film->arena, &film->speech);
    *span = (KtSpan){kt_film_time(spans[i][0]), kt_film_time(spans[i][1])};
  }
  KtStory *story = read_story(film, script);
  assert_true(story->alignment < 0);
  for (size_t i = 0; i < 7; ++i) {
    if (fabs(kt_seconds(story->lines.items[i].start) - spans[i][0]) > 1) {
      fail_msg("line %zu at %.1f, spoken at %.1f", i, kt_seconds(story->lines.items[i].start),
               spans[i][0]);
    }
  }
  kt_story_free(story);
  kt_film_free(film);
}

static void test_broken_script(void **state) {
  (void)state;
  char path[64];
  KtContext ctx = test_context();
  KtStory *story = NULL;
  KtError err = {0};
  assert_int_equal(kt_story_read_script(&ctx, write_script(path, "INT. A\n\n\xC3\xA9 \xC3("), "en",
                                        &story, &err),
                   KT_ERR_FORMAT);
  assert_int_equal(err.line, 3);
  assert_int_equal(err.column, 3);
  assert_null(story);
  unlink(path);
  assert_int_equal(kt_story_read_script(&ctx, path, "en", &story, &err), KT_ERR_MISSING);
  assert_int_equal(kt_story_read_script(&ctx, NULL, "en", &story, &err), KT_ERR_ARGUMENT);
}

static void test_name_rhythms(void **state) {
  (void)state;
  static const char *const rows[][2] = {{"Barbra", "/x"},         {"Ben", "/"},
                                        {"Maria", "x/x"},         {"Amanda", "x/x"},
                                        {"Jonathan", "/xx"},      {"Isabella", "/x/x"},
                                        {"Nicolette", "/x/"},     {"Brick Braddock", "//x"},
                                        {"James", "/"},           {"Alice", "/x"},
                                        {"the farmhouse", "x/x"}, {"Maya", "/x"}};
  KtContext ctx = test_context();
  KtStoryRules *rules = NULL;
  assert_int_equal(kt_story_rules_load(&ctx, &rules, NULL), KT_OK);
  KtArena *arena = kt_arena_new();
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    assert_string_equal(kt_name_rhythm(arena, rules, rows[i][0]), rows[i][1]);
  }
  assert_int_equal(kt_name_count("Ben, and BEN's bench. A benefit for ben.", "Ben"), 2);
  kt_arena_free(arena);
  kt_story_rules_free(rules);
}

/// The talkie's script against its real captions.
static void test_farmhouse(void **state) {
  (void)state;
  const char *films = getenv("KINOTHEK_FILMS");
  if (!films) {
    skip();
    return;
  }
  char path[600];
  KtFilm *film = film_by_hand(125.4, 6, quiet, grey);
  snprintf(path, sizeof(path), "%s/subtitles/talkie_farmhouse_24fps.srt", films);
  assert_int_equal(kt_captions_read(film, path, NULL), KT_OK);
  snprintf(path, sizeof(path), "%s/screenplays/farmhouse.fountain", films);
  KtContext ctx = test_context();
  KtStory *story = NULL;
  assert_int_equal(kt_story_read(&ctx, film, path, "en", &story, NULL), KT_OK);
  assert_true(story->alignment > 0.95F);
  assert_int_equal(story->characters.count, 2);
  static const double starts[] = {14, 27, 36.3, 46, 74, 92, 103};
  assert_int_equal(story->lines.count, 7);
  for (size_t i = 0; i < 7; ++i) {
    assert_true(fabs(kt_seconds(story->lines.items[i].start) - starts[i]) < 0.3);
  }
  assert_true(story->scenes.items[2].start >= kt_film_time(55.5) &&
              story->scenes.items[3].start <= kt_film_time(74));
  kt_story_free(story);
  kt_film_free(film);
}

/// The film has left the middle scene out.
static void test_a_scene_that_was_cut(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(60, 5, quiet, grey);
  add_caption(film, 4, 8, "The glass is falling, there is a storm behind the islands.");
  add_caption(film, 40, 44, "I saw the lamp from far away and rowed home.");
  KtStory *story = read_story(film, "INT. TOWER\n\nMARTEN\nThe glass is falling, there is a storm behind the "
                                    "islands.\n\nINT. CELLAR\n\nIDA\nWhere did you hide the oil and the matches?\n\n"
                                    "EXT. BEACH\n\nJON\nI saw the lamp from far away and rowed home.\n");
  assert_int_equal(story->scenes.count, 3);
  assert_int_equal(story->scenes.items[1].start, story->scenes.items[1].end);
  assert_true(story->scenes.items[1].confidence <= 0);
  assert_true(story->scenes.items[2].start <= kt_film_time(40) && story->scenes.items[2].end == film->duration);
  bool said = false;
  for (size_t i = 0; i < story->warnings.count; ++i) {
    said |= strstr(story->warnings.items[i], "INT. CELLAR") != NULL;
  }
  assert_true(said);
  kt_story_free(story);
  kt_film_free(film);
}

static const char silent_script[] =
    "EXT. FIELD - DAY\n\nTwo children run over the meadow. They throw a kite into the wind and it "
    "climbs.\n\n"
    "INT. BARN - NIGHT\n\nThey hide under the straw. They wait a long while. A torch flames up, "
    "bright over the beams.\n\n"
    "FADE OUT.\n\n"
    "EXT. FIELD - NIGHT\n\nThe kite lies broken on the ground.\n\n"
    "EXT. FIELD - DAY\n\nThe children mend the kite. It climbs again.\n";

static void light_shot(KtFilm *film, size_t shot, float brightness, float warmth) {
  film->shots.items[shot].brightness = brightness;
  film->shots.items[shot].warmth = warmth;
}

/// Nobody speaks: words on paper, time of day, the fade and the returning place tell all the same.
static void test_scenes_without_lines(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(60, 5, quiet, grey);
  for (size_t i = 0; i < film->shots.count; ++i) {
    bool day = i < 3 || i >= 9;
    light_shot(film, i, day ? 0.7F : 0.2F, day ? 0.3F : -0.2F);
  }
  light_shot(film, 5, 0.35F, 0.6F); // 25 s: the torch
  film->shots.items[7].transition = KT_TRANSITION_FADE_BLACK;
  KtStory *story = read_story(film, silent_script);
  assert_int_equal(story->scenes.count, 4);
  assert_int_equal(story->scenes.items[1].start, kt_film_time(15));
  assert_int_equal(story->scenes.items[2].start, kt_film_time(35));
  assert_int_equal(story->scenes.items[3].start, kt_film_time(45));
  // the torch burns where the picture is warm
  KtEmotion dark = kt_story_at(story, kt_film_time(20));
  KtEmotion torch = kt_story_at(story, kt_film_time(27));
  assert_true(torch.arousal > dark.arousal);
  kt_story_free(story);
  kt_film_free(film);
}

/// A scene that nothing but its fade betrays, against its length on paper.
static void test_a_fade_outweighs_the_paper(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(60, 5, quiet, grey);
  film->shots.items[4].transition = KT_TRANSITION_FADE_BLACK;
  KtStory *story = read_story(film, "INT. ROOM\n\nA man sits at a table and reads a letter.\n\n"
                                    "FADE OUT.\n\nINT. HALL\n\nA man stands at a door and reads a "
                                    "letter.\n");
  assert_int_equal(story->scenes.items[1].start, kt_film_time(20));
  kt_story_free(story);
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_script_alone),
                                     cmocka_unit_test(test_alignment),
                                     cmocka_unit_test(test_script_of_another_film),
                                     cmocka_unit_test(test_speech_without_words),
                                     cmocka_unit_test(test_broken_script),
                                     cmocka_unit_test(test_name_rhythms),
                                     cmocka_unit_test(test_scenes_without_lines),
                                     cmocka_unit_test(test_a_fade_outweighs_the_paper),
                                     cmocka_unit_test(test_a_scene_that_was_cut),
                                     cmocka_unit_test(test_farmhouse)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
