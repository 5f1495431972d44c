// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/lexicon.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static KtLexicon *lexicon;

static int setup(void **state) {
  (void)state;
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 1};
  return kt_lexicon_load(&ctx, "en-GB", &lexicon, NULL);
}

static int teardown(void **state) {
  (void)state;
  kt_lexicon_free(lexicon);
  return 0;
}

static KtEmotion feel(const char *text) {
  float known = 0;
  return kt_lexicon_feel(lexicon, text, &known);
}

static void test_valence_order(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      // the first is the gladder
      {"She is happy.", "She is sad."},
      {"I'm not afraid.", "I am afraid."},
      {"I don't love you.", "I hate you."},
      {"I love you.", "I don't love you."},
      {"very happy", "slightly happy"},
      {"It was terrible, but now it is wonderful.", "It was wonderful, but now it is terrible."},
      {"I have never been so happy.", "I have never been happy."},
      {"The puppies played in the meadow.", "The puppies died in the mud."},
      {"painless", "painful"},
      {"He was lucky.", "He was unlucky."},
      {"They fell in love.", "They fell."},
      {"The wedding", "The funeral"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    if (feel(rows[i][0]).valence <= feel(rows[i][1]).valence) {
      fail_msg("\"%s\" should be gladder than \"%s\"", rows[i][0], rows[i][1]);
    }
  }
  assert_true(feel("She is happy.").valence > 0.4F);
  assert_true(feel("She weeps over the grave.").valence < -0.4F);
  assert_true(feel("I'm not afraid.").valence > 0);
}

static void test_arousal_and_tension(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      // the first stirs more, and is tenser
      {"He runs screaming from the monster.", "He sleeps by the fireplace."},
      {"It's not safe here.", "It is safe here."},
      {"DON'T MOVE!", "Don't move."},
      {"The killer bursts in with a knife.", "The baby sleeps in her arms."},
      {"What was that?", "That was that."},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    if (feel(rows[i][0]).tension <= feel(rows[i][1]).tension) {
      fail_msg("\"%s\" should be tenser than \"%s\"", rows[i][0], rows[i][1]);
    }
  }
  assert_true(feel(rows[0][0]).arousal > 0.4F);
  assert_true(feel(rows[0][1]).arousal < -0.2F);
  assert_true(feel(rows[2][0]).arousal > feel(rows[2][1]).arousal);
}

static void test_colours(void **state) {
  (void)state;
  // an idiom ends at a comma: she is out of breath, not dead
  assert_true(feel("She stops, breathing hard.").colours[KT_COLOUR_LOSS] < 0.2F);
  assert_true(feel("She stops breathing.").colours[KT_COLOUR_LOSS] > 0.4F);
  static const struct {
    const char *text;
    KtColour colour;
  } rows[] = {{"They kiss.", KT_COLOUR_ROMANCE},
              {"He is dead.", KT_COLOUR_LOSS},
              {"A ghostly secret.", KT_COLOUR_MYSTERY},
              {"The king, crowned in triumph.", KT_COLOUR_GRANDEUR},
              {"They giggle at the silly clown.", KT_COLOUR_COMEDY},
              {"She gazes in awe at the magic.", KT_COLOUR_WONDER},
              {"The monster stalks her.", KT_COLOUR_MENACE},
              {"She hugs him tenderly.", KT_COLOUR_INTIMACY}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtEmotion e = feel(rows[i].text);
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      if (e.colours[c] > e.colours[rows[i].colour]) {
        fail_msg("\"%s\" is %s before %s", rows[i].text, kt_colour_name((KtColour)c),
                 kt_colour_name(rows[i].colour));
      }
    }
  }
}

static void test_inflections(void **state) {
  (void)state;
  static const char *const rows[][2] = {{"weeping", "weep"},
                                        {"wept", "weep"},
                                        {"terrified", "terrified"},
                                        {"happily", "happy"},
                                        {"happiness", "happy"},
                                        {"cried", "cry"},
                                        {"running", "run"},
                                        {"ran", "run"},
                                        {"murders", "murder"},
                                        {"wolves", "wolf"},
                                        {"loveliest", "lovely"},
                                        {"screamed", "scream"},
                                        {"panicked", "panic"},
                                        {"strangled", "strangle"},
                                        {"dying", "die"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    float sign = 0;
    float plain = 0;
    const KtWordEntry *form = kt_lexicon_find(lexicon, rows[i][0], &sign);
    const KtWordEntry *lemma = kt_lexicon_find(lexicon, rows[i][1], &plain);
    if (!form || !lemma || form->feeling->valence * lemma->feeling->valence < 0 || sign < 0) {
      fail_msg("%s is not found as %s", rows[i][0], rows[i][1]);
    }
  }
}

static void test_size_and_known(void **state) {
  (void)state;
  assert_true(lexicon->words >= 8000);
  float known = -1;
  kt_lexicon_feel(lexicon, "", &known);
  assert_true(known == 0);
  kt_lexicon_feel(lexicon, "happy xyzzyplugh", &known);
  assert_true(known == 0.5F);
  KtEmotion nothing = feel("Zxqv blorp.");
  assert_true(nothing.valence == 0 && nothing.arousal == 0);
}

/// Words that stand alone are graded each for itself, things of the house too.
static void test_words_alone(void **state) {
  (void)state;
  static const char *const rising[] = {"torture", "funeral", "mud",   "table",
                                       "window",  "garden",  "smile", "love"};
  for (size_t i = 1; i < sizeof(rising) / sizeof(*rising); ++i) {
    if (feel(rising[i]).valence <= feel(rising[i - 1]).valence) {
      fail_msg("%s should feel better than %s", rising[i], rising[i - 1]);
    }
  }
  static const char *const stirring[] = {"pillow", "table", "boat", "argue", "explosion"};
  for (size_t i = 1; i < sizeof(stirring) / sizeof(*stirring); ++i) {
    if (feel(stirring[i]).arousal <= feel(stirring[i - 1]).arousal) {
      fail_msg("%s should stir more than %s", stirring[i], stirring[i - 1]);
    }
  }
  assert_true(feel("grief").arousal < feel("rage").arousal - 0.4F);
  // a room full of things is no mood
  KtEmotion room = feel("The table stands by the window with a plate and a chair.");
  assert_true(fabsf(room.valence) < 0.35F && fabsf(room.arousal) < 0.45F);
}

static void test_grammar(void **state) {
  (void)state;
  assert_true(feel("help").valence > 0.1F);
  assert_true(feel("HELP!").valence < -0.2F && feel("HELP!").tension > 0.5F);
  assert_true(feel("never afraid").valence > 0 && feel("It isn\xE2\x80\x99t bad.").valence > 0);
  assert_true(feel("very happy").valence > feel("happy").valence);
  assert_true(feel("barely happy").valence < feel("happy").valence);
  assert_true(feel("hated").valence < -0.3F); // no hat
  assert_true(feel("hoping").valence > feel("hopping").valence);
  assert_true(feel("kick the bucket").colours[KT_COLOUR_LOSS] > 0.5F);
  assert_true(feel("over the moon").valence > 0.5F);
  assert_true(feel("heart-broken").valence < 0 || feel("broken-hearted").valence < 0);
  assert_true(feel("Unhappy").valence < -0.2F && feel("knives").tension > 0.3F);
}

static void test_every_value_in_range(void **state) {
  (void)state;
  char text[4096] = "";
  for (int i = 0; i < 60; ++i) {
    strcat(text, "TERROR! murder! scream! wonderful love kiss ");
  }
  KtEmotion e = feel(text);
  assert_true(e.valence >= -1 && e.valence <= 1 && e.arousal <= 1 && e.tension >= 0 &&
              e.tension <= 1);
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    assert_true(e.colours[c] >= 0 && e.colours[c] <= 1);
  }
}

static void test_languages(void **state) {
  (void)state;
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1};
  KtLexicon *none = NULL;
  KtError err = {0};
  assert_int_equal(kt_lexicon_load(&ctx, "tlh", &none, &err), KT_ERR_MISSING);
  assert_int_equal(kt_lexicon_load(&ctx, "../en", &none, &err), KT_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_valence_order),  cmocka_unit_test(test_arousal_and_tension),
      cmocka_unit_test(test_colours),        cmocka_unit_test(test_inflections),
      cmocka_unit_test(test_size_and_known), cmocka_unit_test(test_every_value_in_range),
      cmocka_unit_test(test_words_alone),    cmocka_unit_test(test_grammar),
      cmocka_unit_test(test_languages)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
