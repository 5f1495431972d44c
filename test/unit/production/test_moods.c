// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/free_cue.h"
#include "production/moods.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

typedef struct Known {
  KtMoods *moods;
  KtLexicon *lexicon;
} Known;

static KtContext context(void) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 1};
}

static int load(void **state) {
  Known *known = calloc(1, sizeof(*known));
  KtContext ctx = context();
  KtError err = {0};
  *state = known;
  return kt_moods_load(&ctx, &known->moods, &err) || kt_lexicon_load(&ctx, "en", &known->lexicon, &err);
}

static int clear(void **state) {
  Known *known = *state;
  kt_moods_free(known->moods);
  kt_lexicon_free(known->lexicon);
  free(known);
  return 0;
}

static KtEmotion felt(const Known *known, const char *phrase) {
  KtEmotion e = {0};
  if (!kt_moods_feel(known->moods, known->lexicon, phrase, &e)) {
    fail_msg("\"%s\" is not known", phrase);
  }
  return e;
}

/// Degrees, denials and signs belong to the word beside them; what is no word is not known.
static void words_are_weighed(void **state) {
  KtEmotion plain = felt(*state, "sad"), cried = felt(*state, "sad!!!"), very = felt(*state, "very sad");
  KtEmotion little = felt(*state, "a little sad"), denied = felt(*state, "not happy"), happy = felt(*state, "happy");
  assert_true(fabsf(cried.valence - plain.valence) < 1e-6F && fabsf(cried.arousal - plain.arousal) < 1e-6F);
  assert_true(very.valence < plain.valence && very.arousal < plain.arousal);
  assert_true(little.valence > plain.valence && little.valence < 0 && little.arousal < 0);
  assert_true(denied.valence < -0.2F && denied.arousal < 0.1F * happy.arousal);
  KtEmotion mixed = felt(*state, "funeral march"); // one word of mood, one of a scene
  assert_true(mixed.valence < -0.5F && mixed.arousal < 0.2F);
  const Known *known = *state;
  KtEmotion none;
  static const char *const unknown[] = {"", " ", "xyzzy", "!!!", "\xF0\x9F\x99\x82", "not", "very"};
  for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); ++i) {
    assert_false(kt_moods_feel(known->moods, known->lexicon, unknown[i], &none));
  }
}

/// Where the feelings of the literature lie: signs of valence and arousal.
static void feelings_lie_in_their_corner(void **state) {
  static const struct {
    const char *word;
    int valence, arousal;
  } corners[] = {{"happy", 1, 1},    {"Joyful", 1, 1},   {"tender", 1, -1},  {"peaceful", 1, -1}, {"sad", -1, -1},
                 {"lonely", -1, -1}, {"angry", -1, 1},   {"fearful", -1, 1}, {"heroic", 1, 1},    {"battle", -1, 1}};
  for (size_t i = 0; i < sizeof(corners) / sizeof(corners[0]); ++i) {
    KtEmotion e = felt(*state, corners[i].word);
    assert_true(e.valence * (float)corners[i].valence > 0.2F);
    assert_true(e.arousal * (float)corners[i].arousal > 0.2F);
  }
  KtEmotion none = felt(*state, "neutral");
  assert_true(fabsf(none.valence) < 0.1F && fabsf(none.arousal) < 0.1F);
}

static void a_phrase_is_the_mean_of_its_words(void **state) {
  KtEmotion dark = felt(*state, "dark"), lonely = felt(*state, "lonely"), both = felt(*state, "dark and lonely music");
  assert_float_equal(both.valence, (dark.valence + lonely.valence) / 2, 1e-5);
  assert_float_equal(both.tension, (dark.tension + lonely.tension) / 2, 1e-5);
  assert_float_equal(both.colours[KT_COLOUR_MENACE], dark.colours[KT_COLOUR_MENACE], 1e-5);
}

static void other_words_are_felt_as_of_a_scene(void **state) {
  assert_true(felt(*state, "not happy").valence < felt(*state, "happy").valence);
  assert_true(felt(*state, "funeral march").valence < 0);
  KtEmotion e;
  const Known *known = *state;
  assert_false(kt_moods_feel(known->moods, known->lexicon, "xyzzyq", &e));
}

/// Inflected, hyphened, with a slip of the pen, in the language of scores: it is the same word. Another word is another.
static void near_words_are_understood(void **state) {
  static const char *const same[][2] = {{"melancoly", "melancholy"}, {"playfull", "playful"}, {"misterious", "mysterious"},
                                        {"tense-sad", "tense sad"},  {"bitter-sweet", "bittersweet"}, {"mesto", "sad"},
                                        {"traurig", "sad"},          {"Hauntingly", "haunting"}};
  for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); ++i) {
    KtEmotion a = felt(*state, same[i][0]), b = felt(*state, same[i][1]);
    assert_float_equal(a.valence, b.valence, 1e-5);
    assert_float_equal(a.arousal, b.arousal, 1e-5);
  }
  assert_true(felt(*state, "morning").valence > felt(*state, "mourning").valence + 0.5F);
  assert_true(felt(*state, "not very happy").valence > felt(*state, "not happy").valence); // less is denied
  assert_true(felt(*state, "grotesque circus").tension > 0.2F);
}

static void an_unknown_word_is_found(void **state) {
  const Known *known = *state;
  const char *word = NULL, *near = NULL;
  const char *phrase = "a sad xyzzyq waltz";
  assert_int_equal(kt_moods_unknown(known->moods, known->lexicon, phrase, &word), 6);
  assert_ptr_equal(word, phrase + 6);
  assert_int_equal(kt_moods_unknown(known->moods, known->lexicon, "sad music for the rain", &word), 0);
  assert_int_equal(kt_moods_nearest(known->moods, "trumphent", 9, &near), 10);
  assert_memory_equal(near, "triumphant", 10);
  assert_int_equal(kt_moods_nearest(known->moods, "xyzzyq", 6, &near), 0);
}

static void an_unknown_mood_is_named(void **state) {
  (void)state;
  static const char *const wrong[] = {"sad, xyzzyq", "xyzzyq", "sad > xyzzyq", "happy; xyzzyq, tender"};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i) {
    KtFreeCue cue = {wrong[i], 30, "test"};
    KtContext ctx = context();
    KtStory *story = NULL;
    KtError err = {0};
    assert_int_equal(kt_free_story(&ctx, &cue, "en", &story, &err), KT_ERR_ARGUMENT);
    assert_null(story);
    assert_non_null(strstr(err.message, "xyzzyq"));
  }
  KtFreeCue empty = {" , ", 30, "test"};
  KtContext ctx = context();
  KtStory *story = NULL;
  KtError err = {0};
  assert_int_equal(kt_free_story(&ctx, &empty, "en", &story, &err), KT_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(feelings_lie_in_their_corner),
      cmocka_unit_test(words_are_weighed),
      cmocka_unit_test(a_phrase_is_the_mean_of_its_words),
      cmocka_unit_test(other_words_are_felt_as_of_a_scene),
      cmocka_unit_test(near_words_are_understood),
      cmocka_unit_test(an_unknown_word_is_found),
      cmocka_unit_test(an_unknown_mood_is_named),
  };
  return cmocka_run_group_tests(tests, load, clear);
}
