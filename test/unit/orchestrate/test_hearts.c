// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"
#include "orchestrate/hearts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BARS = 12, BAR = 4 * KT_PPQ, SECTION = 4 * BAR };

/// Twelve bars at 120 in three sections; a heart is asked for in the middle one.
typedef struct Room {
  KtContext ctx;
  KtOrchestra *orchestra;
  KtHandbook *book;
  KtPalette palette;
  KtScore score;
} Room;

static int enter(void **state) {
  Room *room = calloc(1, sizeof(*room));
  KtArena *arena = kt_arena_new();
  *state = room;
  room->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 1};
  room->palette = (KtPalette){.id = "horror"};
  KtScore *score = &room->score;
  *score = (KtScore){.arena = arena, .name = "1m01", .end = BARS * BAR};
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){0, 0};
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){BARS * BAR, kt_film_time(24)};
  *kt_array_push(arena, &score->metres) = (KtMetre){0, 4, 4};
  *kt_array_push(arena, &score->keys) = (KtKeyChange){0, {0, KT_MODE_AEOLIAN}};
  *kt_array_push(arena, &score->chords) = (KtChord){.duration = BARS * BAR, .key = {0, KT_MODE_AEOLIAN}};
  for (int s = 0; s < 3; ++s) {
    *kt_array_push(arena, &score->sections) = (KtSection){
        .start = s * SECTION, .end = (s + 1) * SECTION, .label = "A", .texture = "", .energy = 0.3F, .heart = s == 1 ? 0.5F : 0};
  }
  KtStatus status = kt_orchestra_load(&room->ctx, NULL, &room->orchestra, NULL);
  status = status ? status : kt_handbook_load(&room->ctx, &room->book, NULL);
  return status == KT_ERR_MISSING ? 0 : (int)status;
}

static int leave(void **state) {
  Room *room = *state;
  kt_arena_free(room->score.arena);
  kt_handbook_free(room->book);
  kt_orchestra_free(room->orchestra);
  free(room);
  return 0;
}

static const KtPart *beats(Room *room) {
  if (!room->book) {
    skip();
  }
  KtScoring scoring = {.ctx = &room->ctx, .orchestra = room->orchestra, .palette = &room->palette, .sketch = &room->score,
                       .book = room->book};
  kt_scoring_hearts(&scoring, &room->score);
  return room->score.parts.count ? &room->score.parts.items[0] : NULL;
}

static void two_sounds_a_beat_that_grow(void **state) {
  Room *room = *state;
  const KtPart *heart = beats(room);
  assert_non_null(heart);
  assert_string_equal(heart->instrument, "heartbeat");
  KtTick beat = heart->notes.items[2].start - heart->notes.items[0].start;
  double seconds = (double)beat / KT_PPQ / 2;
  assert_true(seconds >= (double)room->book->hearts->fastest_s && seconds <= (double)room->book->hearts->slowest_s);
  for (size_t i = 0; i < heart->notes.count; ++i) {
    const KtNote *note = &heart->notes.items[i];
    assert_in_range(note->start, SECTION, 2 * SECTION - 1);
    assert_int_equal(note->start % beat != 0, i % 2); // on the beat, and the second sound behind it
    assert_int_equal(note->midi, heart->notes.items[0].midi);
  }
  assert_true(kt_part_level(heart, 2 * SECTION - 2) > kt_part_level(heart, SECTION) + 0.1F);
}

static void it_stops_where_the_blow_falls(void **state) {
  Room *room = *state;
  KtTick blow = SECTION + 3 * BAR;
  *kt_array_push(room->score.arena, &room->score.hits) = (KtScoreHit){.tick = blow, .met = true, .struck = 0.9F};
  const KtPart *heart = beats(room);
  assert_non_null(heart);
  const KtNote *last = &heart->notes.items[heart->notes.count - 1];
  assert_true(last->start < blow && last->start >= blow - BAR);
}

static void of_a_long_dread_it_is_the_end(void **state) {
  Room *room = *state;
  for (unsigned i = 0; room->book && i < room->book->hearts->palettes_count; ++i) {
    room->book->hearts->palettes[i].seconds = 5;
    room->book->hearts->palettes[i].least_s = 4;
  }
  const KtPart *heart = beats(room);
  assert_non_null(heart);
  assert_in_range(heart->notes.items[0].start, 2 * SECTION - 10 * KT_PPQ, 2 * SECTION - 8 * KT_PPQ);
  assert_true(heart->notes.items[heart->notes.count - 1].start >= 2 * SECTION - 2 * KT_PPQ);
}

static void it_does_not_beat_for_a_moment_nor_in_a_fairy_tale(void **state) {
  Room *room = *state;
  *kt_array_push(room->score.arena, &room->score.hits) = (KtScoreHit){.tick = SECTION + BAR, .met = true, .struck = 0.9F};
  assert_null(beats(room)); // two seconds
  room->score.hits.count = 0;
  room->palette.id = "fairy";
  assert_null(beats(room));
  room->palette.id = "horror";
  assert_non_null(beats(room));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(two_sounds_a_beat_that_grow, enter, leave),
      cmocka_unit_test_setup_teardown(it_stops_where_the_blow_falls, enter, leave),
      cmocka_unit_test_setup_teardown(of_a_long_dread_it_is_the_end, enter, leave),
      cmocka_unit_test_setup_teardown(it_does_not_beat_for_a_moment_nor_in_a_fairy_tale, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
