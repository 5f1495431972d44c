// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/compose.h"
#include "orchestrate/hearts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BARS = 12, BAR = 4 * KT_PPQ, SECTION = 4 * BAR };

/// Twenty-four seconds at 120 in three sections of eight, calm, tense and loud, in a story that says so.
typedef struct Room {
  KtContext ctx;
  KtHeartBook *book;
  KtPalette palette;
  KtStory story;
  KtSpotting spotting;
  KtDesk desk;
  KtScore score;
} Room;

static void tell(Room *room, double from_s, double to_s, float tension, float valence) {
  for (int i = (int)(2 * from_s); i < (int)(2 * to_s); ++i) {
    *kt_array_push(room->story.arena, &room->story.arc) =
        (KtArcPoint){kt_film_time(i / 2.0), {.tension = tension, .valence = valence}};
  }
}

static int enter(void **state) {
  Room *room = calloc(1, sizeof(*room));
  KtArena *arena = kt_arena_new();
  *state = room;
  room->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 1};
  room->palette = (KtPalette){.id = "horror"};
  room->story.arena = room->spotting.arena = arena;
  tell(room, 0, 8, 0.1F, 0.2F);
  tell(room, 8, 16, 0.7F, -0.4F);
  tell(room, 16, 24, 0.9F, -0.6F);
  *kt_array_push(arena, &room->spotting.cues) = (KtCue){.name = "1m01", .in = 0, .out = kt_film_time(24)};
  room->desk = (KtDesk){.ctx = &room->ctx, .story = &room->story, .spotting = &room->spotting, .palette = &room->palette};
  KtScore *score = &room->score;
  *score = (KtScore){.arena = arena, .name = "1m01", .end = BARS * BAR};
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){0, 0};
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){BARS * BAR, kt_film_time(24)};
  static const float energy[] = {0.2F, 0.3F, 0.9F};
  for (int s = 0; s < 3; ++s) {
    *kt_array_push(arena, &score->sections) =
        (KtSection){.start = s * SECTION, .end = (s + 1) * SECTION, .label = "A", .texture = "", .energy = energy[s]};
  }
  return (int)kt_hearts_load(&room->ctx, &room->book, NULL);
}

static int leave(void **state) {
  Room *room = *state;
  kt_arena_free(room->score.arena);
  kt_hearts_free(room->book);
  free(room);
  return 0;
}

/// How much of a heart the middle section has.
static float heart_of(Room *room) {
  room->score.sections.items[1].heart = 0;
  kt_hearts_feel(room->book, &room->desk, &room->score);
  return room->score.sections.items[1].heart;
}

static void dread_that_is_quiet_has_a_heart(void **state) {
  Room *room = *state;
  assert_true(heart_of(room) > 0);
  assert_true(room->score.sections.items[0].heart <= 0); // nothing to fear
  assert_true(room->score.sections.items[2].heart <= 0); // it would not be heard
}

static void a_heart_that_is_named_needs_less(void **state) {
  Room *room = *state;
  for (size_t i = 0; i < room->story.arc.count; ++i) {
    room->story.arc.items[i].emotion = (KtEmotion){.tension = 0.35F};
  }
  assert_true(heart_of(room) <= 0);
  KtScene *scene = kt_array_push(room->story.arena, &room->story.scenes);
  *scene = (KtScene){.heading = "", .start = kt_film_time(8), .end = kt_film_time(16),
                     .action = "She wears her heartfelt smile."};
  assert_true(heart_of(room) <= 0); // another word
  scene->action = "She listens. Her HEART pounds.";
  assert_true(heart_of(room) > 0.3F);
  assert_true(room->score.sections.items[0].heart <= 0);
  scene->action = "Silence.";
  assert_true(heart_of(room) <= 0);
  *kt_array_push(room->story.arena, &room->story.lines) =
      (KtLine){.text = "I can hear my own pulse.", .start = kt_film_time(10), .end = kt_film_time(12)};
  assert_true(heart_of(room) > 0.3F);
}

static void a_palette_without_a_row_has_none(void **state) {
  Room *room = *state;
  room->palette.id = "fairy";
  assert_true(heart_of(room) <= 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(dread_that_is_quiet_has_a_heart, enter, leave),
      cmocka_unit_test_setup_teardown(a_heart_that_is_named_needs_less, enter, leave),
      cmocka_unit_test_setup_teardown(a_palette_without_a_row_has_none, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
