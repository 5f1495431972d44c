// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/render.h"

#include "base/audio_file.h"
#include "base/file.h"
#include "ear/onset.h"
#include "render/seat.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char library[] = "/usr/share/sounds/sf2/MuseScore_General_Full.sf2";
static char folder[] = "/tmp/kt-render-XXXXXX";

enum { PIANO, STRINGS, KIT, INSTRUMENTS, BPM = 120, SECOND = KT_PPQ * 2 };

/// An orchestra of three, and cues of a few notes for it.
typedef struct Band {
  KtInstrument instruments[INSTRUMENTS];
  KtOrchestra orchestra;
  KtContext ctx;
  KtArena *arena;
} Band;

static Band band_new(void) {
  Band band = {.arena = kt_arena_new(), .ctx = {.threads = 2, .seed = 1}};
  const struct {
    const char *id, *name;
    int bank, program, controller;
  } rows[] = {{"piano", "Piano", 0, 0, 0},
              {"violins", "Violins", 21, 49, 2},
              {"kit", "Percussion", 128, 48, 0}};
  for (int i = 0; i < INSTRUMENTS; ++i) {
    KtInstrument *instrument = &band.instruments[i];
    instrument->id = rows[i].id;
    instrument->name = rows[i].name;
    for (int art = 0; art < KT_ART_COUNT; ++art) {
      instrument->presets[art] = (KtPreset){.bank = rows[i].bank,
                                            .program = rows[i].program,
                                            .dynamics_controller = rows[i].controller};
    }
  }
  band.orchestra = (KtOrchestra){.library = "MuseScore_General_Full", .library_path = library,
                                 .count = INSTRUMENTS};
  return band;
}

static KtPerformance *cue_new(Band *band, const char *name) {
  KtScore *score = KT_NEW(band->arena, KtScore, 1);
  KtPerformance *performance = KT_NEW(band->arena, KtPerformance, 1);
  score->name = name;
  for (int i = 0; i < 2; ++i) {
    KtTempoPoint *point = kt_array_push(band->arena, &score->tempo.points);
    *point = (KtTempoPoint){.tick = (KtTick)i * SECOND, .time = kt_film_time(i)};
  }
  performance->score = score;
  return performance;
}

static KtTrack *add_track(Band *band, KtPerformance *performance, int instrument) {
  KtTrack *track = kt_array_push(band->arena, &performance->tracks);
  track->instrument = &band->instruments[instrument];
  track->name = track->instrument->name;
  return track;
}

static void add_event(Band *band, KtTrack *track, KtEventKind kind, double at_s, int key,
                      int value) {
  KtEvent *event = kt_array_push(band->arena, &track->events);
  *event = (KtEvent){.tick = (KtTick)llround(at_s * SECOND),
                     .kind = (uint8_t)kind,
                     .key = (uint8_t)key,
                     .value = (uint8_t)value};
}

static void add_note(Band *band, KtTrack *track, double at_s, double end_s, int key) {
  add_event(band, track, KT_EVENT_NOTE_ON, at_s, key, 100);
  add_event(band, track, KT_EVENT_NOTE_OFF, end_s, key, 0);
}

static KtPerformance *chord_cue(Band *band, const char *name, int root) {
  KtPerformance *performance = cue_new(band, name);
  for (int i = 0; i < INSTRUMENTS; ++i) {
    KtTrack *track = add_track(band, performance, i);
    add_event(band, track, KT_EVENT_CONTROL, 0, 2, 90);
    for (int n = 0; n < 6; ++n) {
      add_note(band, track, n * 0.25, n * 0.25 + 0.3, i == KIT ? 38 : root + 4 * n);
    }
  }
  return performance;
}

static void in(const char *name, char *path, size_t size) {
  snprintf(path, size, "%s/%s", folder, name);
}

static KtStems *render(Band *band, KtPerformance **cues, size_t count, const char *name) {
  char path[256];
  in(name, path, sizeof(path));
  KtStems *stems = NULL;
  KtError err = {0};
  if (kt_render(&band->ctx, &band->orchestra, cues, count, path, &stems, &err)) {
    fail_msg("%s", err.message);
  }
  return stems;
}

static const char *bytes_of(Band *band, const char *path, size_t *size) {
  const char *bytes = NULL;
  assert_int_equal(kt_file_read(band->arena, path, 1U << 28, &bytes, size, NULL), KT_OK);
  return bytes;
}

static float *samples_of(Band *band, const KtDryStem *stem) {
  KtAudioReader *reader = NULL;
  size_t got = 0;
  float *samples = KT_NEW(band->arena, float, 2 * (size_t)stem->frames);
  assert_int_equal(kt_audio_reader_open(stem->path, &reader, NULL), KT_OK);
  assert_int_equal(kt_audio_reader_channels(reader), 2);
  assert_int_equal(kt_audio_reader_rate(reader), 48000);
  assert_int_equal(kt_audio_read(reader, samples, (size_t)stem->frames, &got, NULL), KT_OK);
  assert_int_equal(got, stem->frames);
  kt_audio_reader_close(reader);
  return samples;
}

static double rms(const float *samples, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = 2 * from; i < 2 * to; ++i) {
    sum += (double)samples[i] * (double)samples[i];
  }
  return sqrt(sum / (2.0 * (double)(to - from)));
}

static void notes_sound_when_they_should(void **state) {
  Band *band = *state;
  static const float speaks[] = {0, 50};
  double heard[2] = {0};
  for (int i = 0; i < 2; ++i) {
    band->instruments[PIANO].presets[KT_ART_LONG].speaks_ms = speaks[i];
    KtPerformance *cue = cue_new(band, "1m01");
    KtTrack *track = add_track(band, cue, PIANO);
    add_note(band, track, 0.5, 1.5, 60);
    KtStems *stems = render(band, &cue, 1, "when");
    assert_int_equal(stems[0].items.count, 1);
    float *samples = samples_of(band, &stems[0].items.items[0]);
    bool found = false;
    assert_int_equal(kt_heard_onset(stems[0].items.items[0].path, 24000, &heard[i], &found, NULL),
                     KT_OK);
    assert_true(found);
    assert_true(rms(samples, 0, 24000 - 2500 - 64) == 0);
    assert_true(rms(samples, 26000, 40000) > 1e-3);
    // It dies away after its release, and the file ends there.
    assert_true(rms(samples, stems[0].frames - 64, stems[0].frames) < 1e-4);
    assert_true(stems[0].frames < 48000 * 6);
    kt_stems_free(stems, 1);
  }
  band->instruments[PIANO].presets[KT_ART_LONG].speaks_ms = 0;
  assert_true(fabs(heard[0]) < 8);
  assert_true(fabs(heard[0] - heard[1] - 50) < 1.5); // brought forward by what it needs to speak
}

static void repeated_notes_are_not_swallowed(void **state) {
  Band *band = *state;
  band->instruments[STRINGS].speaks_ms = 80;
  KtPerformance *cue = cue_new(band, "1m02");
  KtTrack *track = add_track(band, cue, STRINGS);
  for (int n = 0; n < 8; ++n) {
    add_note(band, track, 0.5 + n * 0.25, 0.5 + n * 0.25 + 0.24, 67);
  }
  KtStems *stems = render(band, &cue, 1, "repeat");
  float *samples = samples_of(band, &stems[0].items.items[0]);
  double first = rms(samples, 24000 + 2400, 24000 + 9600);
  for (int n = 1; n < 8; ++n) {
    int64_t at = 24000 + n * 12000;
    assert_true(rms(samples, at + 2400, at + 9600) > 0.5 * first);
  }
  band->instruments[STRINGS].speaks_ms = 0;
  kt_stems_free(stems, 1);
}

static void no_two_repeated_notes_are_alike(void **state) {
  Band *band = *state;
  KtPerformance *cue = cue_new(band, "1m03");
  KtTrack *track = add_track(band, cue, PIANO);
  for (int n = 0; n < 4; ++n) { // far apart and between blocks alike: only the player differs
    add_note(band, track, 4.0 * n, 4.0 * n + 0.5, 67);
  }
  KtStems *stems = render(band, &cue, 1, "alike");
  float *samples = samples_of(band, &stems[0].items.items[0]);
  for (int n = 1; n < 4; ++n) {
    const float *before = samples + (size_t)(n - 1) * 2 * 192000, *now = before + 2 * (size_t)192000;
    double differs = 0, one = rms(before, 0, 20000), other = rms(now, 0, 20000);
    for (int i = 0; i < 40000; ++i) {
      differs += pow((double)now[i] - (double)before[i], 2);
    }
    assert_true(sqrt(differs / 40000) > 0.02 * one);
    assert_true(fabs(20 * log10(other / one)) < 1); // as loud
  }
  kt_stems_free(stems, 1);
}

/// Softest 40 ms of the stem between two samples, against `level`, dB.
static double softest_db(const float *samples, int64_t from, int64_t to, double level) {
  double least = 1e9;
  for (int64_t at = from; at < to; at += 240) {
    least = fmin(least, rms(samples, at, at + 1920));
  }
  return 20 * log10(least / level);
}

static void slurs_go_on_and_desks_thicken(void **state) {
  Band *band = *state;
  KtEnsemble *ensemble = &band->orchestra.ensemble;
  *ensemble = (KtEnsemble){.desks = {{.late_ms = -5}, {.cents = 5, .late_ms = 5, .shift = 2, .place = 10}},
                           .desk_count = 2, .own_ms = 4, .together_ms = 35, .divisi = 1,
                           .slur_fade_ms = 56, .slur_lead_ms = 350};
  double dip[2], loud[2];
  band->instruments[STRINGS].presets[KT_ART_LONG].program = 48; // the quick ones
  for (int pass = 0; pass < 2; ++pass) {
    band->instruments[STRINGS].desks = 1 + pass;
    for (int slurred = 0; slurred < 2; ++slurred) {
      KtPerformance *cue = cue_new(band, "4m01");
      KtTrack *track = add_track(band, cue, STRINGS);
      add_event(band, track, KT_EVENT_CONTROL, 0, 2, 90);
      add_note(band, track, 0.5, slurred ? 2.04 : 1.9, 62);
      add_note(band, track, 2, 3.5, 67);
      track->events.items[3].slurred = slurred;
      if (slurred) { // by time: the new one begins before the old one ends
        KtEvent off = track->events.items[2];
        track->events.items[2] = track->events.items[3];
        track->events.items[3] = off;
      }
      KtStems *stems = render(band, &cue, 1, "slur");
      float *samples = samples_of(band, &stems[0].items.items[0]);
      double level = fmin(rms(samples, 88800, 91200), rms(samples, 100800, 110400)); // on either side
      dip[slurred] = softest_db(samples, 91200, 98400, level);
      loud[pass] = rms(samples, 48000, 86400);
      kt_stems_free(stems, 1);
    }
    assert_true(dip[1] > -3);
    assert_true(dip[0] < dip[1] - 1); // its own attack leaves a gap
  }
  assert_true(fabs(20 * log10(loud[1] / loud[0])) < 2); // two desks are as loud as the section was
  band->instruments[STRINGS].desks = 1;
  band->instruments[STRINGS].presets[KT_ART_LONG].program = 49;
  *ensemble = (KtEnsemble){0};
}

static void bows_are_retaken_without_a_gap(void **state) {
  Band *band = *state;
  band->orchestra.ensemble = (KtEnsemble){.desk_count = 1, .slur_fade_ms = 56, .slur_lead_ms = 350,
                                          .bow_soft_s = 2, .bow_loud_s = 2, .bow_lead_ms = 300};
  double dip[2];
  band->instruments[STRINGS].presets[KT_ART_LONG].program = 48;
  KtHash before = {""};
  for (int bowed = 0; bowed < 2; ++bowed) {
    band->instruments[STRINGS].family = bowed ? "strings" : "organs";
    KtPerformance *cue = cue_new(band, "4m02");
    KtTrack *track = add_track(band, cue, STRINGS);
    add_event(band, track, KT_EVENT_CONTROL, 0, 2, 90);
    add_note(band, track, 0.5, 8, 67);
    KtSeat seat;
    assert_int_equal(kt_seat_gather(band->arena, cue, &band->instruments[STRINGS], &band->orchestra.ensemble, "x",
                                    &seat, NULL), KT_OK);
    int begun = 0;
    for (size_t i = 0; i < seat.events.count; ++i) {
      begun += seat.events.items[i].kind == KT_EVENT_NOTE_ON;
    }
    assert_int_equal(begun, bowed ? 4 : 1); // at 2.5, 4.5 and 6.5 s
    assert_string_not_equal(seat.key.hex, before.hex);
    before = seat.key;
    KtStems *stems = render(band, &cue, 1, "bow");
    float *samples = samples_of(band, &stems[0].items.items[0]);
    dip[bowed] = softest_db(samples, 96000, 360000, rms(samples, 96000, 360000));
    kt_stems_free(stems, 1);
  }
  assert_true(dip[1] > dip[0] - 3);
  band->instruments[STRINGS].family = NULL;
  band->instruments[STRINGS].presets[KT_ART_LONG].program = 49;
  band->orchestra.ensemble = (KtEnsemble){0};
}

static void threads_and_order_change_nothing(void **state) {
  Band *band = *state;
  static const char *const names[] = {"1m01", "1m02", "1m03"};
  KtPerformance *cues[3];
  for (int i = 0; i < 3; ++i) {
    cues[i] = chord_cue(band, names[i], 55 + 3 * i);
  }
  band->ctx.threads = 1;
  KtStems *one = render(band, cues, 3, "one");
  band->ctx.threads = 2;
  KtStems *two = render(band, cues, 3, "two");
  KtStems *last = render(band, &cues[2], 1, "last"); // a fresh sampler, straight to the last
  for (int c = 0; c < 3; ++c) {
    assert_int_equal(one[c].items.count, INSTRUMENTS);
    assert_int_equal(one[c].frames, two[c].frames);
    for (size_t s = 0; s < INSTRUMENTS; ++s) {
      size_t a = 0, b = 0;
      const char *x = bytes_of(band, one[c].items.items[s].path, &a);
      const char *y = bytes_of(band, two[c].items.items[s].path, &b);
      assert_int_equal(a, b);
      assert_memory_equal(x, y, a);
      assert_true(rms(samples_of(band, &one[c].items.items[s]), 0, 48000) > 1e-4);
      if (c == 2) {
        const char *z = bytes_of(band, last[0].items.items[s].path, &b);
        assert_int_equal(a, b);
        assert_memory_equal(x, z, a);
      }
    }
  }
  kt_stems_free(one, 3);
  kt_stems_free(two, 3);
  kt_stems_free(last, 1);
}

static int64_t changed_at(const char *path) {
  struct stat st;
  return stat(path, &st) ? -1 : st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

static void what_has_not_changed_is_kept(void **state) {
  Band *band = *state;
  KtPerformance *cue = chord_cue(band, "2m01", 50);
  KtStems *first = render(band, &cue, 1, "kept");
  KtStems *again = render(band, &cue, 1, "kept");
  int64_t when[INSTRUMENTS];
  for (size_t s = 0; s < INSTRUMENTS; ++s) {
    assert_string_equal(first[0].items.items[s].path, again[0].items.items[s].path);
    when[s] = changed_at(first[0].items.items[s].path);
  }
  cue->tracks.items[PIANO].events.items[1].value = 70;
  KtStems *other = render(band, &cue, 1, "kept");
  assert_string_not_equal(other[0].items.items[PIANO].path, first[0].items.items[PIANO].path);
  assert_int_equal(changed_at(first[0].items.items[PIANO].path), -1); // the old one is gone
  assert_int_equal(changed_at(other[0].items.items[STRINGS].path), when[STRINGS]);
  assert_int_equal(changed_at(other[0].items.items[KIT].path), when[KIT]);
  kt_stems_free(first, 1);
  kt_stems_free(again, 1);
  kt_stems_free(other, 1);
}

static void gain_release_and_loudness_follow(void **state) {
  Band *band = *state;
  KtPerformance *cue = chord_cue(band, "2m02", 50);
  KtStems *plain = render(band, &cue, 1, "gain");
  float *a = samples_of(band, &plain[0].items.items[STRINGS]);
  double loud = rms(a, 0, 60000);
  int64_t length = plain[0].items.items[STRINGS].frames;
  band->instruments[STRINGS].presets[KT_ART_LONG].gain_db = -6.0206F;
  KtStems *half = render(band, &cue, 1, "gain");
  double less = rms(samples_of(band, &half[0].items.items[STRINGS]), 0, 60000);
  assert_true(fabs(less / loud - 0.5) < 1e-4);
  band->instruments[STRINGS].presets[KT_ART_LONG].gain_db = 0;
  band->instruments[STRINGS].presets[KT_ART_LONG].release_s = 0.05F;
  KtStems *dry = render(band, &cue, 1, "gain");
  assert_true(dry[0].items.items[STRINGS].frames < length - 4800);
  band->instruments[STRINGS].presets[KT_ART_LONG].release_s = 0;
  cue->tracks.items[STRINGS].events.items[0].value = 40; // its dynamics controller
  KtStems *soft = render(band, &cue, 1, "gain");
  assert_true(rms(samples_of(band, &soft[0].items.items[STRINGS]), 0, 60000) < 0.6 * loud);
  kt_stems_free(plain, 1);
  kt_stems_free(half, 1);
  kt_stems_free(dry, 1);
  kt_stems_free(soft, 1);
}

static void cancelling_leaves_nothing_half_done(void **state) {
  Band *band = *state;
  atomic_bool stop = true;
  KtContext ctx = band->ctx;
  ctx.cancel = &stop;
  KtPerformance *cue = chord_cue(band, "3m01", 50);
  KtStems *stems = NULL;
  KtError err = {0};
  char path[256];
  in("cancel", path, sizeof(path));
  assert_int_equal(kt_render(&ctx, &band->orchestra, &cue, 1, path, &stems, &err),
                   KT_ERR_CANCELLED);
  assert_null(stems);
  DIR *dir = opendir(path);
  assert_non_null(dir);
  int files = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    files += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
  }
  closedir(dir);
  assert_int_equal(files, 0);
}

static void what_is_missing_is_named(void **state) {
  Band *band = *state;
  KtPerformance *cue = chord_cue(band, "3m02", 50);
  KtStems *stems = NULL;
  KtError err = {0};
  char path[256];
  in("missing", path, sizeof(path));
  KtPreset *preset = &band->instruments[PIANO].presets[KT_ART_LONG];
  preset->program = 119;
  preset->bank = 99;
  assert_int_equal(kt_render(&band->ctx, &band->orchestra, &cue, 1, path, &stems, &err),
                   KT_ERR_MISSING);
  assert_non_null(strstr(err.message, "99:119"));
  assert_non_null(strstr(err.message, "Piano"));
  preset->program = preset->bank = 0;
  KtOrchestra nowhere = band->orchestra;
  nowhere.library_path = "/nowhere/strings.sf2";
  assert_int_equal(kt_render(&band->ctx, &nowhere, &cue, 1, path, &stems, &err), KT_ERR_MISSING);
  assert_null(stems);
}

static int set_up(void **state) {
  static Band band;
  band = band_new();
  band.orchestra.instruments = band.instruments;
  *state = &band;
  return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state) {
  Band *band = *state;
  kt_arena_free(band->arena);
  return (int)kt_remove_tree(folder, NULL);
}

int main(void) {
  if (!kt_file_exists(library)) {
    printf("skipped: %s is not installed\n", library);
    return 77;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(notes_sound_when_they_should),
      cmocka_unit_test(repeated_notes_are_not_swallowed),
      cmocka_unit_test(no_two_repeated_notes_are_alike),
      cmocka_unit_test(slurs_go_on_and_desks_thicken),
      cmocka_unit_test(bows_are_retaken_without_a_gap),
      cmocka_unit_test(threads_and_order_change_nothing),
      cmocka_unit_test(what_has_not_changed_is_kept),
      cmocka_unit_test(gain_release_and_loudness_follow),
      cmocka_unit_test(cancelling_leaves_nothing_half_done),
      cmocka_unit_test(what_is_missing_is_named),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
