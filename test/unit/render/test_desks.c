// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/attacks.h"
#include "render/desks.h"
#include "render/soundfont.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/// Three desks and slurs, in round numbers: 75 blocks are 100 ms.
static KtEnsemble ensemble(void) {
  return (KtEnsemble){.desks = {{.late_ms = -5}, {.cents = 5, .late_ms = 6}, {.cents = -6, .late_ms = 2}},
                      .desk_count = 3,
                      .own_cents = 1.5F,
                      .own_ms = 5,
                      .together_ms = 35,
                      .divisi = 1,
                      .slur_fade_ms = 64,
                      .slur_lead_ms = 320,
                      .bow_soft_s = 8,
                      .bow_loud_s = 3,
                      .bow_spread = 0.25F,
                      .bow_lead_ms = 64};
}

static KtSeatNote note(int64_t on, int64_t off, int key, int art) {
  return (KtSeatNote){.on = on, .off = off, .into = -1, .channel = (uint8_t)art, .key = (uint8_t)key};
}

static int players(const KtSeatNote *one) {
  return (one->desks & 1) + (one->desks >> 1 & 1) + (one->desks >> 2 & 1);
}

static void one_tone_is_everybodys(void **state) {
  (void)state;
  KtEnsemble all = ensemble();
  KtSeatNote notes[] = {note(0, 100, 60, KT_ART_LONG), note(200, 300, 62, KT_ART_LONG)};
  kt_desks_divide(&all, 3, notes, 2, 400);
  for (int i = 0; i < 2; ++i) {
    assert_int_equal(notes[i].desks, 7);
    assert_int_equal(notes[i].less_cb, 48); // three of them are 4.8 dB over one
  }
  kt_desks_divide(&all, 1, notes, 2, 400);
  assert_int_equal(notes[0].desks, 1);
  assert_int_equal(notes[0].less_cb, 0);
}

static void chords_divide_the_players(void **state) {
  (void)state;
  KtEnsemble all = ensemble();
  for (int tones = 2; tones <= 5; ++tones) {
    KtSeatNote notes[5];
    for (int i = 0; i < tones; ++i) {
      notes[i] = note(100 + i, 1000, 60 + 4 * i, KT_ART_LONG); // rolled a little: still one chord
    }
    kt_desks_divide(&all, 3, notes, (size_t)tones, 1000);
    double power = 0;
    unsigned used = 0;
    for (int i = 0; i < tones; ++i) {
      assert_true(players(&notes[i]) >= 1);
      power += players(&notes[i]) * pow(10, -notes[i].less_cb / 100.0);
      used |= notes[i].desks;
      if (tones <= 3) {
        for (int k = 0; k < i; ++k) {
          assert_int_equal(notes[i].desks & notes[k].desks, 0); // nobody plays two
        }
      }
    }
    assert_int_equal(used, 7); // and nobody rests
    assert_true(fabs(10 * log10(power)) < 0.15); // as loud as one tone of all
  }
}

static void what_is_struck_or_follows_is_not_divided(void **state) {
  (void)state;
  KtEnsemble all = ensemble();
  KtSeatNote struck[] = {note(100, 150, 60, KT_ART_MARCATO), note(100, 150, 67, KT_ART_MARCATO)};
  kt_desks_divide(&all, 3, struck, 2, 1000);
  for (int i = 0; i < 2; ++i) { // each as loud as alone
    assert_int_equal(struck[i].less_cb, lround(100 * log10(players(&struck[i]))));
  }
  KtSeatNote line[] = {note(100, 320, 60, KT_ART_LEGATO), note(300, 500, 62, KT_ART_LEGATO)};
  line[0].into = 300; // a slur overlaps, and is one line
  kt_desks_divide(&all, 3, line, 2, 1000);
  assert_int_equal(line[1].desks, 7);
  all.divisi = 0;
  KtSeatNote chord[] = {note(100, 500, 60, KT_ART_LONG), note(100, 500, 67, KT_ART_LONG)};
  kt_desks_divide(&all, 2, chord, 2, 1000);
  assert_int_equal(chord[0].less_cb, 0);
}

static void desks_lie_apart_but_the_section_does_not_drag(void **state) {
  (void)state;
  KtEnsemble all = ensemble();
  double late = 0, tenths = 0, apart = 0;
  enum { TONES = 400 };
  for (int i = 0; i < TONES; ++i) {
    int64_t on[3];
    for (int d = 0; d < 3; ++d) {
      on[d] = kt_desk_late(&all, 3, d, 1000 + 75 * i, 60 + i % 12, false);
      assert_int_equal(on[d], kt_desk_late(&all, 3, d, 1000 + 75 * i, 60 + i % 12, false));
      assert_true(llabs(on[d]) < kt_blocks_of_ms(25));
      assert_int_equal(kt_desk_late(&all, 3, d, 1000 + 75 * i, 60, true), 0); // all on the hit
      late += (double)on[d] / (3 * TONES);
      tenths += (double)kt_desk_tenths(&all, 3, d, 1000 + 75 * i, 60) / (3 * TONES);
    }
    apart += (double)(llabs(on[0] - on[1]) + llabs(on[1] - on[2])) / (2 * TONES);
  }
  assert_true(fabs(late) < (double)kt_blocks_of_ms(1));
  assert_true(fabs(tenths) < 3);
  assert_true(apart > (double)kt_blocks_of_ms(5));
  assert_int_equal(kt_desk_late(&all, 1, 0, 1000, 60, false), 0);
  assert_int_equal(kt_desk_tenths(&all, 1, 0, 1000, 60), 0);
}

static void loud_bows_are_shorter(void **state) {
  (void)state;
  KtEnsemble all = ensemble();
  double soft = 0, loud = 0;
  for (int i = 0; i < 100; ++i) {
    int64_t a = kt_desk_bow(&all, i % 3, 1000 * i, 20), b = kt_desk_bow(&all, i % 3, 1000 * i, 120);
    assert_true(a >= kt_blocks_of_ms(2000) && a <= kt_blocks_of_ms(10000));
    soft += (double)a;
    loud += (double)b;
  }
  assert_true(soft > 1.6 * loud);
  all.bow_soft_s = 0;
  assert_int_equal(kt_desk_bow(&all, 0, 0, 64), 0);
}

static void soft_is_darker_up_to_open(void **state) {
  (void)state;
  KtBrightness bright = {.soft_octaves = -0.3F, .loud_octaves = 2.9F, .curve = 1, .key_share = 0.5F};
  KtPreset preset = {.tone_hz = 523.25F, .tone_key = 60, .brightness = &bright};
  double last = 0;
  for (int value = 0; value <= 127; value += 8) {
    double cents = kt_filter_cents(&preset, 60, value);
    assert_true(cents > last || cents == 6500); // never under a fourth above the key itself
    last = cents;
  }
  assert_true(fabs(kt_filter_cents(&preset, 60, 127) - (7200 + 1200 * 2.9)) < 2); // 523 Hz is key 72
  assert_true(fabs(kt_filter_cents(&preset, 72, 127) - kt_filter_cents(&preset, 60, 127) - 600) < 1);
  preset.tone_hz = 0;
  assert_true(kt_filter_cents(&preset, 60, 10) >= KT_OPEN_CENTS);
  preset.tone_hz = 500;
  preset.brightness = NULL;
  assert_true(kt_filter_cents(&preset, 60, 10) >= KT_OPEN_CENTS);
}

/// A tone one second in, by two desks, of which the second plays a sample that speaks 40 ms later and is 3 dB too soft.
static void gathered(bool hit, int64_t on[2], int less_cb[2]) {
  KtArena *arena = kt_arena_new();
  KtAttacks attacks = {.first_key = 60, .count = 3, .ms = {{20, 20, 20, 20, 20}, {30, 30, 30, 30, 30}, {60, 60, 60, 60, 60}}};
  attacks.levels[2].even_db = 3;
  KtEnsemble all = {.desks = {{0}, {.shift = 2}}, .desk_count = 2, .together_ms = 35};
  KtInstrument one = {.id = "violin_1", .name = "Violins", .family = "strings", .desks = 2};
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    one.presets[a] = (KtPreset){.attacks = &attacks};
  }
  KtScore score = {.arena = arena, .name = "1m01", .end = 8 * KT_PPQ};
  *kt_array_push(arena, &score.tempo.points) = (KtTempoPoint){0, 0};
  *kt_array_push(arena, &score.tempo.points) = (KtTempoPoint){8 * KT_PPQ, kt_film_time(4)};
  KtPerformance cue = {.arena = arena, .score = &score};
  KtTrack *track = kt_array_push(arena, &cue.tracks);
  *track = (KtTrack){.instrument = &one};
  *kt_array_push(arena, &track->events) =
      (KtEvent){.tick = 2 * KT_PPQ, .kind = KT_EVENT_NOTE_ON, .key = 60, .value = 80, .articulation = KT_ART_LONG, .hit = hit};
  *kt_array_push(arena, &track->events) =
      (KtEvent){.tick = 4 * KT_PPQ, .kind = KT_EVENT_NOTE_OFF, .key = 60, .articulation = KT_ART_LONG};
  KtSeat seat;
  assert_int_equal(kt_seat_gather(arena, &cue, &one, &all, "x", &seat, NULL), KT_OK);
  for (size_t i = 0; i < seat.events.count; ++i) {
    if (seat.events.items[i].kind == KT_EVENT_NOTE_ON) {
      on[seat.events.items[i].desk] = seat.events.items[i].block - kt_blocks_of_ms(1000);
      less_cb[seat.events.items[i].desk] = seat.events.items[i].less_cb;
    }
  }
  kt_arena_free(arena);
}

static void a_desk_plays_its_own_sample_in_time_and_level(void **state) {
  (void)state;
  int64_t on[2] = {0, 0};
  int less_cb[2] = {0, 0};
  gathered(false, on, less_cb);
  assert_true(llabs(on[0] + kt_blocks_of_ms(20)) <= 1);
  assert_true(llabs(on[1] + kt_blocks_of_ms(60)) <= 1);
  assert_int_equal(less_cb[0] - less_cb[1], 30);
  gathered(true, on, less_cb);
  assert_int_equal(on[0], on[1]); // nobody runs ahead
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_tone_is_everybodys),
      cmocka_unit_test(chords_divide_the_players),
      cmocka_unit_test(what_is_struck_or_follows_is_not_divided),
      cmocka_unit_test(desks_lie_apart_but_the_section_does_not_drag),
      cmocka_unit_test(loud_bows_are_shorter),
      cmocka_unit_test(a_desk_plays_its_own_sample_in_time_and_level),
      cmocka_unit_test(soft_is_darker_up_to_open),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
