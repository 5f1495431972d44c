// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/mix.h"

#include "base/audio_file.h"
#include "base/file.h"
#include "base/rng.h"
#include "mix/loudness.h"
#include "mix/room.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SECONDS = 30, FRAMES = SECONDS * 48000 + 123 };

// The film's sound, in place of the film room's: words over a quiet air, one to six channels.
struct KtFilmSound {
  int channels;
  int64_t at;
  KtRng rng;
};
static int film_channels = 2;
static const double words[][2] = {{8, 11}, {14, 16.5}};

KtStatus kt_film_sound_open(const KtFilm *film, const char *audio_file, KtFilmSound **sound,
                            KtError *err) {
  (void)film, (void)audio_file, (void)err;
  *sound = calloc(1, sizeof(**sound));
  (*sound)->channels = film_channels;
  (*sound)->rng = kt_rng(1, "film sound");
  return KT_OK;
}

int kt_film_sound_channels(const KtFilmSound *sound) {
  return sound->channels;
}

KtStatus kt_film_sound_read(KtFilmSound *sound, float *samples, size_t count, size_t *got,
                            KtError *err) {
  (void)err;
  for (*got = 0; *got < count && sound->at < FRAMES; ++*got, ++sound->at) {
    double t = (double)sound->at / 48000, level = 0.002;
    for (int w = 0; w < 2; ++w) {
      level = t >= words[w][0] && t < words[w][1] ? 0.06 : level;
    }
    for (int c = 0; c < sound->channels; ++c) {
      samples[*got * (size_t)sound->channels + (size_t)c] =
          (float)(level * (3.4 * (kt_rng_unit(&sound->rng) - 0.5)));
    }
  }
  return KT_OK;
}

void kt_film_sound_close(KtFilmSound *sound) {
  free(sound);
}

typedef struct Stage {
  KtArena *arena;
  KtFilm film;
  KtSpotting spotting;
  KtInstrument instruments[3];
  KtOrchestra orchestra;
  KtStems stems[2];
  KtContext ctx;
  char folder[64];
} Stage;

static const char *in(Stage *stage, const char *name) {
  return kt_path_join(stage->arena, stage->folder, name);
}

/// A dry stem of plucked notes; the horn's stands beside zero, as some samples do.
static void add_stem(Stage *stage, int cue, int instrument, double seconds) {
  KtStems *stems = &stage->stems[cue];
  KtDryStem *stem = kt_array_push(stage->arena, &stems->items);
  const KtInstrument *who = &stage->instruments[instrument];
  *stem = (KtDryStem){.stem = who->stem, .instrument = who->id,
                      .frames = (int64_t)(seconds * 48000)};
  stem->path = in(stage, kt_arena_format(stage->arena, "dry-%d-%d.wav", cue, instrument));
  stems->frames = stem->frames > stems->frames ? stem->frames : stems->frames;
  KtAudioWriter *writer = NULL;
  float *samples = KT_NEW(stage->arena, float, 2 * (size_t)stem->frames);
  for (int64_t i = 0; i < stem->frames; ++i) {
    double t = (double)(i % 24000) / 48000, hz = 110 * pow(2, instrument + (double)(i / 24000 % 5) / 5);
    for (int c = 0; c < 2; ++c) {
      samples[2 * i + c] = (float)(0.1 * (1 + cue) * exp(-3 * t) *
                                   (sin(2 * M_PI * hz * t) + 0.5 * sin(2 * M_PI * 7 * hz * t + c)));
      samples[2 * i + c] += instrument == 2 ? 0.02F : 0;
    }
  }
  assert_int_equal(kt_audio_writer_open(stem->path, 2, 32, NULL, &writer, NULL), KT_OK);
  assert_int_equal(kt_audio_write(writer, samples, (size_t)stem->frames, NULL), KT_OK);
  assert_int_equal(kt_audio_writer_close(writer, NULL), KT_OK);
}

static void add_cue(Stage *stage, const char *name, double from, double to, KtEntry entry,
                    KtExit leave) {
  KtCue *cue = kt_array_push(stage->arena, &stage->spotting.cues);
  *cue = (KtCue){.name = name, .in = kt_film_time(from), .out = kt_film_time(to), .entry = entry,
                 .exit = leave};
}

static int set_up(void **state) {
  static Stage stage;
  stage = (Stage){.arena = kt_arena_new(), .folder = "/tmp/kt-mix-XXXXXX"};
  if (!mkdtemp(stage.folder)) {
    return -1;
  }
  stage.ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  stage.film.duration = kt_sample_film_time(FRAMES);
  stage.film.audio_stream = 1;
  for (int w = 0; w < 2; ++w) {
    KtSpan *span = kt_array_push(stage.arena, &stage.film.speech);
    *span = (KtSpan){kt_film_time(words[w][0]), kt_film_time(words[w][1])};
  }
  static const KtInstrument players[] = {
      {.id = "violin_1", .stem = KT_STEM_STRINGS_HIGH, .position = -0.6F, .depth_m = 2, .players = 14},
      {.id = "cello", .stem = KT_STEM_STRINGS_LOW, .position = 0.5F, .depth_m = 3, .players = 8},
      {.id = "horn", .stem = KT_STEM_BRASS, .position = -0.4F, .depth_m = 8, .players = 4}};
  memcpy(stage.instruments, players, sizeof(players));
  stage.orchestra = (KtOrchestra){.instruments = stage.instruments, .count = 3};
  add_cue(&stage, "1m01", 2, 18, KT_ENTRY_SNEAK_IN, KT_EXIT_RING_OFF);
  add_cue(&stage, "1m02", 24, 29, KT_ENTRY_ON_CUT, KT_EXIT_RING_OFF);
  stage.stems[0].cue = "1m01";
  stage.stems[1].cue = "1m02";
  for (int i = 0; i < 3; ++i) {
    add_stem(&stage, 0, i, 15.5);
  }
  add_stem(&stage, 1, 0, 4.5);
  *state = &stage;
  return 0;
}

static int tear_down(void **state) {
  Stage *stage = *state;
  KtStatus status = kt_remove_tree(stage->folder, NULL);
  kt_arena_free(stage->arena);
  return (int)status;
}

static KtMix *mix(Stage *stage, const char *loudness, const char *film_sound, const char *name) {
  KtMixOptions options = {.loudness = loudness, .hall = "scoring_stage", .film_sound = film_sound};
  KtMix *made = NULL;
  KtError err = {0};
  if (kt_mix(&stage->ctx, &stage->film, &stage->spotting, &stage->orchestra, stage->stems, 2,
             &options, in(stage, name), &made, &err)) {
    fail_msg("%s", err.message);
  }
  return made;
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

static float *read_all(Stage *stage, const char *path, int channels, int64_t frames) {
  KtAudioReader *reader = NULL;
  size_t got = 0;
  assert_int_equal(kt_audio_reader_open(path, &reader, NULL), KT_OK);
  assert_int_equal(kt_audio_reader_channels(reader), channels);
  assert_int_equal(kt_audio_reader_frames(reader), frames);
  float *samples = KT_NEW(stage->arena, float, (size_t)frames * (size_t)channels);
  assert_int_equal(kt_audio_read(reader, samples, (size_t)frames, &got, NULL), KT_OK);
  kt_audio_reader_close(reader);
  return samples;
}

static float *film_sound(Stage *stage, int channels) {
  KtFilmSound *sound = NULL;
  size_t got = 0;
  film_channels = channels;
  kt_film_sound_open(&stage->film, NULL, &sound, NULL);
  float *samples = KT_NEW(stage->arena, float, (size_t)FRAMES * (size_t)channels);
  kt_film_sound_read(sound, samples, FRAMES, &got, NULL);
  kt_film_sound_close(sound);
  return samples;
}

static KtMeter meter_of(const float *samples, int channels, int64_t frames) {
  KtMeter meter;
  assert_int_equal(kt_meter_init(&meter, channels, true, false, NULL), KT_OK);
  assert_int_equal(kt_meter_add(&meter, samples, (size_t)frames, NULL), KT_OK);
  return meter;
}

static double lufs_of(const float *samples, int channels, int64_t frames) {
  KtMeter meter = meter_of(samples, channels, frames);
  double lufs = kt_hops_lufs(&meter.hops);
  kt_meter_clear(&meter);
  return lufs;
}

static void the_film_is_untouched(void **state) {
  Stage *stage = *state;
  for (int channels = 1; channels <= 6; channels += channels == 1 ? 1 : 4) {
    float *film = film_sound(stage, channels);
    KtMix *made = mix(stage, NULL, "keep", "plain");
    int out = channels < 2 ? 2 : channels;
    assert_int_equal(made->mix_channels, out);
    assert_int_equal(made->frames, FRAMES);
    float *whole = read_all(stage, made->mix_path, out, FRAMES);
    int wide = channels == 6 ? 6 : 2;
    assert_int_equal(made->music_channels, wide);
    float *music = read_all(stage, made->music_path, wide, FRAMES);
    double worst = 0;
    for (int64_t i = 0; i < FRAMES; ++i) {
      for (int c = 0; c < out; ++c) {
        double own = channels == 1 ? (double)film[i] * M_SQRT1_2 : (double)film[i * channels + c];
        double score = c < wide ? (double)music[i * wide + c] : 0;
        worst = fmax(worst, fabs((double)whole[i * out + c] - score - own));
      }
    }
    assert_true(worst < 1e-7);
    assert_true(made->gain_db == 0);
    assert_true(made->true_peak_dbtp <= fmax(made->film_peak_dbtp, -1) + 0.05);
    if (channels == 1) { // in both channels, and as loud as it was
      for (int64_t i = 0; i < FRAMES; ++i) {
        whole[2 * i] -= music[2 * i];
        whole[2 * i + 1] -= music[2 * i + 1];
      }
      assert_true(fabs(lufs_of(whole, 2, FRAMES) - lufs_of(film, 1, FRAMES)) < 0.02);
    }
    kt_mix_free(made);
  }
  film_channels = 2;
}

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
      off = fmax(off, fabs((double)music[2 * cue->start_sample + i] - (double)whole[i]));
      top = fmax(top, fabs((double)whole[i]));
    }
    assert_true(top > 0.01);
    assert_true(worst < top * pow(10, -90 / 20.0));
    assert_true(off < 1e-7); // nothing came near the ceiling here
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
    assert_int_equal(kt_room_open(&hall, &stage->orchestra, &stage->stems[1], false, 1, &room, NULL), KT_OK);
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

static void words_stand_out(void **state) {
  Stage *stage = *state;
  KtMix *made = mix(stage, NULL, "keep", "words");
  KtMeter film = meter_of(film_sound(stage, 2), 2, FRAMES);
  KtMeter music = meter_of(read_all(stage, made->music_path, 2, FRAMES), 2, FRAMES);
  for (int w = 0; w < 2; ++w) {
    // Line with line, and with a second of music on either side.
    int64_t from = (int64_t)(words[w][0] * 10), to = (int64_t)(words[w][1] * 10);
    double speech = kt_lufs(kt_hops_mean(&film.hops, from, to));
    assert_true(speech - kt_lufs(kt_hops_mean(&music.hops, from, to)) >= 10);
    assert_true(speech - kt_lufs(kt_hops_mean(&music.hops, from, to)) < 28);
    assert_true(kt_lufs(kt_hops_mean(&film.hops, from - 14, from + 16)) -
                    kt_lufs(kt_hops_mean(&music.hops, from - 14, from + 16)) >= 10);
  }
  assert_true(made->speech_margin_lu >= 10);
  assert_true(made->cues[0].duck_db > 3);
  assert_true(made->cues[1].duck_db == 0);
  // Between and after, it lifts again.
  assert_true(kt_hops_mean(&music.hops, 50, 60) > 2 * kt_hops_mean(&music.hops, 90, 100));
  kt_meter_clear(&film);
  kt_meter_clear(&music);
  kt_mix_free(made);
}

static void a_film_without_words_leaves_the_music_alone(void **state) {
  Stage *stage = *state;
  size_t lines = stage->film.speech.count;
  stage->film.speech.count = 0;
  KtMix *made = mix(stage, NULL, "keep", "wordless");
  stage->film.speech.count = lines;
  assert_true(made->cues[0].duck_db == 0);
  assert_true(made->speech_margin_lu == HUGE_VAL);
  kt_mix_free(made);
}

static void specs_are_met(void **state) {
  Stage *stage = *state;
  static const struct {
    const char *id;
    double lufs, peak;
    bool dialogue;
  } specs[] = {{"ebu", -23, -1, false}, {"atsc", -24, -2, false}, {"netflix", -27, -2, true},
               {"web", -14, -1, false}};
  for (size_t s = 0; s < 4; ++s) {
    KtMix *made = mix(stage, specs[s].id, "keep", "spec");
    float *whole = read_all(stage, made->mix_path, 2, FRAMES);
    KtMeter meter = meter_of(whole, 2, FRAMES);
    if (!specs[s].dialogue) {
      assert_true(fabs(kt_hops_lufs(&meter.hops) - specs[s].lufs) < 0.3);
      assert_true(fabs(made->integrated_lufs - specs[s].lufs) < 0.3);
    } else {
      assert_true(fabs(made->dialogue_lufs - specs[s].lufs) < 0.3);
    }
    assert_true(kt_meter_peak_dbtp(&meter) <= specs[s].peak);
    assert_true(made->true_peak_dbtp <= specs[s].peak);
    if (made->limiter_max_reduction_db == 0) {
      float *film = film_sound(stage, 2), *music = read_all(stage, made->music_path, 2, FRAMES);
      double gain = pow(10, made->gain_db / 20), worst = 0;
      for (int64_t i = 0; i < 2 * FRAMES; ++i) {
        worst = fmax(worst, fabs((double)whole[i] - (double)music[i] - gain * (double)film[i]));
      }
      assert_true(worst < 1e-6);
    }
    kt_meter_clear(&meter);
    kt_mix_free(made);
  }
  KtMixOptions options = {.loudness = "loud"};
  KtMix *none = NULL;
  KtError err = {0};
  assert_int_equal(kt_mix(&stage->ctx, &stage->film, &stage->spotting, &stage->orchestra,
                          stage->stems, 2, &options, in(stage, "no"), &none, &err),
                   KT_ERR_ARGUMENT);
  assert_non_null(strstr(err.message, "netflix"));
}

static void without_film_sound_the_score_is_the_mix(void **state) {
  Stage *stage = *state;
  KtMix *made = mix(stage, NULL, "drop", "drop");
  float *whole = read_all(stage, made->mix_path, 2, FRAMES);
  float *music = read_all(stage, made->music_path, 2, FRAMES);
  assert_memory_equal(whole, music, 2 * FRAMES * sizeof(float));
  assert_true(fabs(made->music_lufs + 23) < 0.7);
  assert_true(made->cues[0].duck_db == 0);
  assert_true(made->speech_margin_lu == HUGE_VAL);
  kt_mix_free(made);
}

/// Cues beside each other on two threads, the stems of each on eight.
static void threads_change_nothing(void **state) {
  enum { FILES = 3 };
  Stage *stage = *state;
  static const int threads[] = {1, 2, 8};
  static const char *const folders[] = {"one", "two", "eight"};
  const char *bytes[3][FILES];
  size_t sizes[3][FILES];
  for (int t = 0; t < 3; ++t) {
    stage->ctx.threads = threads[t];
    KtMix *made = mix(stage, NULL, "keep", folders[t]);
    int stem = 0;
    while (!made->cues[0].stem_paths[stem]) {
      ++stem;
    }
    const char *paths[FILES] = {made->mix_path, made->cues[0].path, made->cues[0].stem_paths[stem]};
    for (int f = 0; f < FILES; ++f) {
      assert_int_equal(kt_file_read(stage->arena, paths[f], 1U << 28, &bytes[t][f], &sizes[t][f], NULL), KT_OK);
    }
    kt_mix_free(made);
  }
  stage->ctx.threads = 2;
  for (int t = 1; t < 3; ++t) {
    for (int f = 0; f < FILES; ++f) {
      assert_int_equal(sizes[0][f], sizes[t][f]);
      assert_memory_equal(bytes[0][f], bytes[t][f], sizes[0][f]);
    }
  }
}

static void stop_later(void *user, const char *stage, double fraction) {
  (void)stage;
  if (fraction > 0.7) {
    atomic_store((atomic_bool *)user, true);
  }
}

static void cancelling_leaves_nothing_half_done(void **state) {
  Stage *stage = *state;
  atomic_bool stop = false;
  KtContext ctx = stage->ctx;
  ctx.cancel = &stop;
  ctx.progress = stop_later;
  ctx.user = &stop;
  KtMixOptions options = {.hall = "chamber"};
  KtMix *made = NULL;
  KtError err = {0};
  assert_int_equal(kt_mix(&ctx, &stage->film, &stage->spotting, &stage->orchestra, stage->stems, 2,
                          &options, in(stage, "stopped"), &made, &err),
                   KT_ERR_CANCELLED);
  assert_null(made);
  DIR *dir = opendir(in(stage, "stopped"));
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    assert_true(strncmp(entry->d_name, ".kt-", 4) != 0);
    assert_string_not_equal(entry->d_name, "mix.wav");
    assert_string_not_equal(entry->d_name, "music.wav");
  }
  closedir(dir);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_film_is_untouched),
      cmocka_unit_test(surrounds_carry_the_hall_alone),
      cmocka_unit_test(a_world_has_its_hall),
      cmocka_unit_test(stems_add_up_and_lie_in_place),
      cmocka_unit_test(the_fewer_play_the_nearer_to_the_middle),
      cmocka_unit_test(each_section_sends_to_the_hall_what_it_is_told),
      cmocka_unit_test(words_stand_out),
      cmocka_unit_test(a_film_without_words_leaves_the_music_alone),
      cmocka_unit_test(specs_are_met),
      cmocka_unit_test(without_film_sound_the_score_is_the_mix),
      cmocka_unit_test(threads_change_nothing),
      cmocka_unit_test(cancelling_leaves_nothing_half_done),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
