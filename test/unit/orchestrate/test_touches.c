// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HIT = 16 * KT_PPQ };

typedef struct Room {
  KtContext ctx;
  KtOrchestra *orchestra;
  KtPalette palette;
  KtScoring scoring;
  KtHandbook *book;
  KtScore score;
} Room;

static KtPart *add_part(KtScore *score, const char *id, KtRole role, float level) {
  KtPart *part = kt_array_push(score->arena, &score->parts);
  *part = (KtPart){.id = id, .instrument = id, .name = id, .role = role, .low = 0, .high = 127};
  *kt_array_push(score->arena, &part->dynamics) = (KtDynamic){0, level};
  return part;
}

static KtNote *add(KtScore *score, KtPart *part, KtTick start, KtTick duration, int midi, KtArticulation how) {
  KtNote *note = kt_array_push(score->arena, &part->notes);
  *note = (KtNote){.start = start, .duration = duration, .statement = -1, .midi = (int8_t)midi,
                   .articulation = (uint8_t)how};
  return note;
}

static void strike(KtNote *note) {
  note->hit = true;
  note->accent = 0.9F;
}

typedef enum Leads { ALL, HARPS, TRILLS } Leads;

/// One leads into the hit, the first that can: harps and trills are heard by themselves.
static void touch(Room *room, Leads leads) {
  static const char *harp[] = {"harp"}, *oboe[] = {"oboe", "violin_2"};
  if (leads == ALL) {
    kt_scoring_touches(&room->scoring, &room->score);
  } else if (leads == HARPS) {
    kt_scoring_runs(&room->scoring, &room->score,
                    &(KtRunRow){.palette = "epic", .instruments = (char **)harp, .instruments_count = 1, .players = 1, .tones = 15,
                                .accent = 0.5F, .energy = 1, .tone_s = 0.05F, .spacing_s = 20, .from = 0.3F, .under = 0.1F});
  } else {
    kt_scoring_trills(&room->scoring, &room->score,
                      &(KtTrillRow){.palette = "epic", .instruments = (char **)oboe, .instruments_count = 2, .players = 2, .accent = 0.5F,
                                    .least_s = 0.7F, .most_s = 2.4F, .growth = 0.2F, .spacing_s = 20});
  }
}

/// Four bars of C major at 120, a hard hit on the fifth: violas repeat short tones, a flute holds, horns and
/// basses strike.
static int furnish(void **state, Leads leads) {
  Room *room = calloc(1, sizeof(*room));
  *state = room;
  room->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 1};
  KtArena *arena = kt_arena_new();
  KtStatus status = kt_orchestra_load(&room->ctx, NULL, &room->orchestra, NULL);
  room->palette = (KtPalette){.id = "epic"};
  KtScore *score = &room->score;
  *score = (KtScore){.arena = arena, .name = "1m01", .end = 32 * KT_PPQ};
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){0, 0};
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){32 * KT_PPQ, kt_film_time(16)};
  *kt_array_push(arena, &score->metres) = (KtMetre){0, 4, 4};
  *kt_array_push(arena, &score->keys) = (KtKeyChange){0, {0, KT_MODE_IONIAN}};
  *kt_array_push(arena, &score->chords) = (KtChord){.duration = 32 * KT_PPQ, .key = {0, KT_MODE_IONIAN}};
  *kt_array_push(arena, &score->hits) = (KtScoreHit){.tick = HIT, .met = true, .struck = 0.9F};
  KtPart *flute = add_part(score, "flute", KT_ROLE_HARMONY, 0.7F);
  add(score, flute, 8 * KT_PPQ, 8 * KT_PPQ, 76, KT_ART_LONG);
  KtPart *horn = add_part(score, "horn", KT_ROLE_HARMONY, 0.7F);
  strike(add(score, horn, HIT, KT_PPQ, 52, KT_ART_MARCATO));
  strike(add(score, horn, HIT, KT_PPQ, 60, KT_ART_MARCATO));
  KtPart *viola = add_part(score, "viola", KT_ROLE_FIGURE, 0.5F);
  for (int i = 0; i < 8; ++i) {
    add(score, viola, i * KT_PPQ / 4, KT_PPQ / 4, 60, KT_ART_SHORT);
  }
  for (int i = 0; i < 4; ++i) { // too slow to bounce
    add(score, viola, (4 + i) * KT_PPQ, KT_PPQ / 2, 60, KT_ART_SHORT);
  }
  KtPart *oboe = add_part(score, "oboe", KT_ROLE_HARMONY, 0.6F);
  add(score, oboe, 4 * KT_PPQ, 12 * KT_PPQ, 72, KT_ART_LONG);
  KtPart *tune = add_part(score, "violin_2", KT_ROLE_LEAD, 0.6F); // a tune does not shake
  add(score, tune, 8 * KT_PPQ, 8 * KT_PPQ, 67, KT_ART_LONG);
  KtPart *bass = add_part(score, "double_bass", KT_ROLE_BASS, 0.7F);
  strike(add(score, bass, HIT, KT_PPQ, 36, KT_ART_MARCATO));
  add(score, bass, HIT + KT_PPQ, KT_PPQ, 38, KT_ART_LONG);
  room->scoring = (KtScoring){.ctx = &room->ctx, .orchestra = room->orchestra, .palette = &room->palette, .sketch = score};
  status = status ? status : kt_handbook_load(&room->ctx, &room->book, NULL);
  room->scoring.book = room->book;
  if (!status) {
    touch(room, leads);
  }
  return status == KT_ERR_MISSING ? 0 : (int)status;
}

static int enter(void **state) {
  return furnish(state, ALL);
}

static int enter_harps(void **state) {
  return furnish(state, HARPS);
}

static int enter_trills(void **state) {
  return furnish(state, TRILLS);
}

static int leave(void **state) {
  Room *room = *state;
  kt_arena_free(room->score.arena);
  kt_handbook_free(room->book);
  kt_orchestra_free(room->orchestra);
  free(room);
  return 0;
}

static const KtPart *part_of(const Room *room, const char *id) {
  if (!room->orchestra) {
    skip();
  }
  for (size_t p = 0; p < room->score.parts.count; ++p) {
    if (!strcmp(room->score.parts.items[p].id, id)) {
      return &room->score.parts.items[p];
    }
  }
  fail_msg("%s does not play", id);
  return NULL;
}

static void quick_short_tones_bounce(void **state) {
  const KtPart *viola = part_of(*state, "viola");
  for (size_t i = 0; i < viola->notes.count; ++i) {
    assert_int_equal(viola->notes.items[i].articulation, i < 8 ? KT_ART_SPICCATO : KT_ART_SHORT);
  }
}

static void who_strikes_and_is_free_shrinks_and_grows(void **state) {
  const KtPart *horn = part_of(*state, "horn"), *bass = part_of(*state, "double_bass");
  for (size_t i = 0; i < horn->notes.count; ++i) {
    assert_int_equal(horn->notes.items[i].articulation, KT_ART_SFORZATO);
    assert_true(horn->notes.items[i].hit);
    assert_true(horn->notes.items[i].duration > 3 * KT_PPQ);
  }
  assert_int_equal(bass->notes.items[0].articulation, KT_ART_MARCATO); // it has another tone to play
  assert_int_equal(bass->notes.items[0].duration, KT_PPQ);
}

static void a_run_climbs_in_the_key_into_the_hit(void **state) {
  const KtPart *flute = part_of(*state, "flute");
  const KtNote *held = &flute->notes.items[0], *before = NULL;
  static const char in_c[] = {0, 2, 4, 5, 7, 9, 11};
  int tones = 0;
  for (size_t i = 1; i < flute->notes.count; ++i) {
    const KtNote *note = &flute->notes.items[i];
    assert_non_null(memchr(in_c, note->midi % 12, sizeof(in_c)));
    assert_true(note->start >= held->start + held->duration);
    if (before) {
      assert_int_equal(before->start + before->duration, note->start);
      assert_true(note->midi > before->midi);
    }
    tones += note->start < HIT;
    before = note;
  }
  assert_in_range(tones, 4, 16);
  assert_true(held->breath_after);
  assert_int_equal(before->start, HIT);
  assert_true(before->hit);
  assert_int_equal(before->midi % 12, 0); // the chord's root
  assert_true(kt_part_level(flute, HIT - 1) > kt_part_level(flute, HIT - KT_PPQ) - 1e-6F);
}

static void what_is_held_into_the_hit_shakes_and_grows(void **state) {
  const KtPart *oboe = part_of(*state, "oboe"), *tune = part_of(*state, "violin_2");
  assert_int_equal(oboe->notes.count, 2);
  const KtNote *held = &oboe->notes.items[0], *shaken = &oboe->notes.items[1];
  assert_int_equal(held->articulation, KT_ART_LONG);
  assert_int_equal(shaken->articulation, KT_ART_TRILL);
  assert_int_equal(held->start + held->duration, shaken->start); // bound, and on a beat
  assert_int_equal(shaken->start % KT_PPQ, 0);
  assert_int_equal(shaken->start + shaken->duration, HIT);
  assert_in_range(shaken->duration, 2 * KT_PPQ, 5 * KT_PPQ);
  assert_true(kt_part_level(oboe, HIT - 2) > kt_part_level(oboe, shaken->start) + 0.1F);
  assert_int_equal(tune->notes.items[0].articulation, KT_ART_LONG);
}

static void a_harp_sweeps_into_the_hit(void **state) {
  const KtPart *harp = part_of(*state, "harp");
  int tones = 0;
  for (size_t i = 1; i < harp->notes.count; ++i) {
    assert_true(harp->notes.items[i].midi > harp->notes.items[i - 1].midi);
    tones += harp->notes.items[i].start < HIT;
  }
  assert_in_range(tones, 11, 16);
}

static void one_leads_into_a_hit(void **state) {
  const Room *room = *state;
  const KtPart *oboe = part_of(room, "oboe");
  assert_int_equal(oboe->notes.count, 1);
  for (size_t p = 0; p < room->score.parts.count; ++p) {
    assert_string_not_equal(room->score.parts.items[p].id, "harp");
  }
  assert_true(room->score.hits.items[0].led);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(quick_short_tones_bounce, enter, leave),
      cmocka_unit_test_setup_teardown(who_strikes_and_is_free_shrinks_and_grows, enter, leave),
      cmocka_unit_test_setup_teardown(a_run_climbs_in_the_key_into_the_hit, enter, leave),
      cmocka_unit_test_setup_teardown(what_is_held_into_the_hit_shakes_and_grows, enter_trills, leave),
      cmocka_unit_test_setup_teardown(a_harp_sweeps_into_the_hit, enter_harps, leave),
      cmocka_unit_test_setup_teardown(one_leads_into_a_hit, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
