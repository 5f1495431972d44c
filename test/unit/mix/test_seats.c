// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where players sit in the mix, and the hall they sit in.
#include "stage.h"

#include "mix/low.h"

static void surrounds_carry_the_hall_alone(void **state) {
  Stage *stage = *state;
  film_channels = 6;
  KtMix *made = mix(stage, NULL, "keep", "surround");
  film_channels = 2;
  float *music = read_all(stage, made->music_path, 6, FRAMES);
  double energy[6] = {0}, behind = 0, first[6] = {0};
  for (int64_t i = 0; i < FRAMES; ++i) {
    for (int c = 0; c < 6; ++c) {
      energy[c] += (double)music[6 * i + c] * (double)music[6 * i + c];
    }
    behind += (double)music[6 * i + 4] * (double)music[6 * i + 5];
  }
  // The second cue enters on the cut: in front at once, behind with the hall's delay.
  for (int64_t i = 24 * 48000; i < 24 * 48000 + 480; ++i) {
    for (int c = 0; c < 6; ++c) {
      first[c] += (double)music[6 * i + c] * (double)music[6 * i + c];
    }
  }
  assert_true(energy[2] == 0 && energy[3] == 0);
  assert_true(energy[4] > 0.005 * energy[0] && energy[4] < 0.5 * energy[0]);
  assert_true(fabs(10 * log10(energy[4] / energy[5])) < 2);
  assert_true(fabs(behind) < 0.3 * sqrt(energy[4] * energy[5]));
  assert_true(first[0] > 0 && first[4] < 1e-9 * first[0]);
  // Stems and cues are as wide, and still add up.
  const KtCueMix *cue = &made->cues[0];
  float *whole = read_all(stage, cue->path, 6, cue->frames);
  for (int s = 0; s < KT_STEM_COUNT; ++s) {
    float *stem = cue->stem_paths[s] ? read_all(stage, cue->stem_paths[s], 6, cue->frames) : NULL;
    for (int64_t i = 0; stem && i < 6 * cue->frames; ++i) {
      whole[i] -= stem[i];
    }
  }
  for (int64_t i = 0; i < 6 * cue->frames; ++i) {
    assert_true(fabs((double)whole[i]) < 1e-6);
  }
  kt_mix_free(made);
}

/// A cue of another world sounds in that world's hall; the others stay in the film's.
static void a_world_has_its_hall(void **state) {
  Stage *stage = *state;
  static const char *const halls[] = {"cathedral", "scoring_stage"};
  KtMix *plain = mix(stage, NULL, "keep", "one hall"), *made = NULL;
  KtMixOptions options = {.hall = "scoring_stage", .film_sound = "keep", .cue_halls = halls};
  KtError err = {0};
  if (kt_mix(&stage->ctx, &stage->film, &stage->spotting, &stage->orchestra, stage->stems, 2, &options,
             in(stage, "two halls"), &made, &err)) {
    fail_msg("%s", err.message);
  }
  assert_true(made->cues[0].frames > plain->cues[0].frames); // it rings longer
  assert_int_equal(made->cues[1].frames, plain->cues[1].frames);
  kt_mix_free(plain);
  kt_mix_free(made);
}

static void stems_add_up_and_lie_in_place(void **state) {
  Stage *stage = *state;
  KtMix *made = mix(stage, NULL, "keep", "stems");
  float *music = read_all(stage, made->music_path, 2, FRAMES);
  assert_int_equal(made->count, 2);
  for (size_t c = 0; c < 2; ++c) {
    const KtCueMix *cue = &made->cues[c];
    assert_int_equal(cue->start_sample, c ? 24 * 48000 : 2 * 48000);
    float *whole = read_all(stage, cue->path, 2, cue->frames);
    float *sum = KT_NEW(stage->arena, float, 2 * (size_t)cue->frames);
    int stems = 0;
    for (int s = 0; s < KT_STEM_COUNT; ++s) {
      if (cue->stem_paths[s]) {
        float *stem = read_all(stage, cue->stem_paths[s], 2, cue->frames);
        double offset = 0, energy = 0;
        ++stems;
        for (int64_t i = 0; i < 2 * cue->frames; ++i) {
          sum[i] += stem[i];
          offset += (double)stem[i];
          energy += (double)stem[i] * (double)stem[i];
        }
        // No stem stands beside zero.
        double samples = 2 * (double)cue->frames;
        assert_true(fabs(offset) / samples < 0.01 * sqrt(energy / samples));
      }
    }
    assert_int_equal(stems, c ? 1 : 3);
    double worst = 0, off = 0, top = 0;
    for (int64_t i = 0; i < 2 * cue->frames; ++i) {
      worst = fmax(worst, fabs((double)sum[i] - (double)whole[i]));
      double mastered = (double)music[2 * cue->start_sample + i], own = (double)whole[i];
      off = fmax(off, fabs(mastered) - fabs(own));                              // never louder,
      off = fmax(off, fabs(own) * pow(10, -made->glue_max_reduction_db / 20) - fabs(mastered)); // nor softer than is told
      top = fmax(top, fabs((double)whole[i]));
    }
    assert_true(top > 0.01);
    assert_true(worst < top * pow(10, -90 / 20.0));
    assert_true(off < 1e-7); // nothing came near the ceiling here
    assert_true(made->limiter_max_reduction_db == 0 && made->glue_max_reduction_db < 3.01);
    assert_true(fabs(lufs_of(whole, 2, cue->frames) - cue->integrated_lufs) < 0.1);
  }
  // Silence is silence: before, between when the ring has gone, and to the last frame.
  for (int64_t i = 0; i < 2 * 2 * 48000; ++i) {
    assert_true(music[i] == 0);
  }
  for (int64_t i = 2 * 21 * 48000; i < 2 * 24 * 48000; ++i) {
    assert_true(music[i] == 0);
  }
  assert_true(made->cues[1].start_sample + made->cues[1].frames <= FRAMES);
  kt_mix_free(made);
}

/// Left over right of a cue's violins, dB, in the first 4 ms: before walls and hall answer.
static double lean(Stage *stage, const KtCueMix *cue) {
  float *stem = read_all(stage, cue->stem_paths[KT_STEM_STRINGS_HIGH], 2, cue->frames);
  double energy[2] = {0};
  for (int i = 0; i < 2 * 190; ++i) {
    energy[i % 2] += (double)stem[i] * (double)stem[i];
  }
  return 10 * log10(energy[0] / energy[1]);
}

static void the_fewer_play_the_nearer_to_the_middle(void **state) {
  Stage *stage = *state;
  KtMix *made = mix(stage, NULL, "keep", "seats");
  double among_three = lean(stage, &made->cues[0]), alone = lean(stage, &made->cues[1]);
  assert_true(among_three > 1);
  assert_true(alone > 0 && alone < 0.6 * among_three);
  kt_mix_free(made);
}

static void each_section_sends_to_the_hall_what_it_is_told(void **state) {
  Stage *stage = *state;
  KtMixSettings *settings = NULL;
  assert_int_equal(kt_mix_settings_load(&stage->ctx, &settings, NULL), KT_OK);
  assert_int_equal(settings->sends_count, KT_STEM_COUNT);
  KtHallDesigns designs = {0};
  const KtHallDesign *design = NULL;
  assert_int_equal(kt_hall_designs_load(&stage->ctx, &designs, NULL), KT_OK);
  assert_int_equal(kt_hall_design(&designs, "scoring_stage", &design, NULL), KT_OK);
  double ringing[2];
  for (int more = 0; more < 2; ++more) {
    for (unsigned i = 0; i < settings->sends_count; ++i) {
      settings->sends[i].db = more ? 6 : 0;
    }
    KtHall hall;
    assert_int_equal(kt_hall_init(&hall, design, settings, 2, NULL), KT_OK);
    KtRoom *room = NULL;
    assert_int_equal(kt_room_open(&hall, &stage->orchestra, &stage->stems[1], NULL, false, 1, &room, NULL), KT_OK);
    ringing[more] = 0;
    for (int64_t at = 0; at < kt_room_frames(room); at += KT_CONVOLVER_BLOCK) {
      assert_int_equal(kt_room_read(room, NULL, NULL, NULL), KT_OK);
      for (int i = 0; at > stage->stems[1].frames + KT_TAP_MOST && i < 2 * KT_CONVOLVER_BLOCK; ++i) {
        ringing[more] += pow((double)kt_room_bus(room, 0)[i], 2);
      }
    }
    kt_room_close(room);
    kt_hall_clear(&hall);
  }
  assert_true(ringing[0] > 0 && fabs(10 * log10(ringing[1] / ringing[0]) - 6) < 0.1);
  kt_hall_designs_free(&designs);
  kt_mix_settings_free(settings);
}

/// Level of a tone of `hz` after a room, with and without thinning, in dB.
static double thinned(Stage *stage, double hz, float db) {
  enum { SECONDS_LONG = 2, COUNT = SECONDS_LONG * 48000 };
  KtArena *arena = stage->arena;
  KtStems stems = {.arena = arena, .cue = "tone", .frames = COUNT};
  KtDryStem *stem = kt_array_push(arena, &stems.items);
  *stem = (KtDryStem){.stem = KT_STEM_PERCUSSION, .instrument = "drum", .path = in(stage, "tone.wav"), .frames = COUNT};
  float *samples = KT_NEW(arena, float, 2 * COUNT);
  for (int i = 0; i < 2 * COUNT; ++i) {
    samples[i] = (float)(0.1 * sin(2 * M_PI * hz * (i / 2) / 48000));
  }
  KtAudioWriter *writer = NULL;
  assert_int_equal(kt_audio_writer_open(stem->path, 2, 32, NULL, &writer, NULL), KT_OK);
  assert_int_equal(kt_audio_write(writer, samples, COUNT, NULL), KT_OK);
  assert_int_equal(kt_audio_writer_close(writer, NULL), KT_OK);
  KtMixSettings *settings = NULL;
  assert_int_equal(kt_mix_settings_load(&stage->ctx, &settings, NULL), KT_OK);
  KtLowEnd end;
  assert_int_equal(kt_low_hear(settings, &stems, &end, NULL), KT_OK);
  double share = end.low[KT_STEM_PERCUSSION] / end.whole[KT_STEM_PERCUSSION];
  assert_true(hz < 100 ? share > 0.8 : share < 0.01); // what lies low is told from what does not
  KtHallDesigns designs;
  const KtHallDesign *design = NULL;
  KtHall hall;
  assert_int_equal(kt_hall_designs_load(&stage->ctx, &designs, NULL), KT_OK);
  assert_int_equal(kt_hall_design(&designs, "plate", &design, NULL), KT_OK);
  assert_int_equal(kt_hall_init(&hall, design, settings, 2, NULL), KT_OK);
  KtRoomThin thin = {.corner_hz = (double)settings->low_corner_hz};
  thin.db[KT_STEM_PERCUSSION] = db;
  KtRoom *room = NULL;
  assert_int_equal(kt_room_open(&hall, &stage->orchestra, &stems, &thin, false, 1, &room, NULL), KT_OK);
  double energy = 0;
  for (int64_t at = 0; at < COUNT; at += KT_CONVOLVER_BLOCK) {
    assert_int_equal(kt_room_read(room, NULL, NULL, NULL), KT_OK);
    for (int i = 0; i < 2 * KT_CONVOLVER_BLOCK; ++i) {
      energy += pow((double)kt_room_bus(room, 0)[i], 2);
    }
  }
  kt_room_close(room);
  kt_hall_clear(&hall);
  kt_hall_designs_free(&designs);
  kt_mix_settings_free(settings);
  return 10 * log10(energy);
}

static void thinning_takes_the_low_end_alone(void **state) {
  Stage *stage = *state;
  double low = thinned(stage, 50, 0) - thinned(stage, 50, 6), middle = thinned(stage, 900, 0) - thinned(stage, 900, 6);
  assert_true(low > 4.5 && low < 6);
  assert_true(fabs(middle) < 0.4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_world_has_its_hall),
      cmocka_unit_test(surrounds_carry_the_hall_alone),
      cmocka_unit_test(stems_add_up_and_lie_in_place),
      cmocka_unit_test(the_fewer_play_the_nearer_to_the_middle),
      cmocka_unit_test(thinning_takes_the_low_end_alone),
      cmocka_unit_test(each_section_sends_to_the_hall_what_it_is_told),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
