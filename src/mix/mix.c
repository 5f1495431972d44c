// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/mix.h"

#include "base/file.h"
#include "base/pool.h"
#include "mix/cue.h"
#include "mix/master.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/// A mix in the making.
typedef struct Mixing {
  KtMixDesk desk;       // in the film's hall
  KtHall *halls;        // the film's first, then those of cues in a world of their own
  const char **hall_names;
  size_t hall_count;
  const KtFilm *film;
  const KtSpotting *spotting;
  const KtStems *stems;
  size_t stem_count;
  const KtMixOptions *options;
  const KtLoudnessSpec *spec;
  KtMeter film_meter;
  KtWords words;
  KtSaid said;
  KtSaidTap film_tap;
  bool has_film_sound;
  KtMix *mix;
  KtCueSound *sounds; // by cue
  const KtStems **of; // by cue; NULL: no music
  double *gains_db;   // by cue
  pthread_mutex_t mutex;
  size_t done;
  double progress_from, progress_to;
} Mixing;

/// The desk at which a cue is mixed: in its own world's hall, if it has one.
static KtMixDesk desk_for(const Mixing *mixing, size_t cue) {
  KtMixDesk desk = mixing->desk;
  const char *name = mixing->options->cue_halls ? mixing->options->cue_halls[cue] : NULL;
  for (size_t h = 0; name && h < mixing->hall_count; ++h) {
    desk.hall = !strcmp(mixing->hall_names[h], name) ? &mixing->halls[h] : desk.hall;
  }
  return desk;
}

static void hear_words(KtWords *words, KtBandMeter *bands, const float *block, size_t frames,
                       int channels, int64_t *hop) {
  float energy[KT_BANDS];
  for (size_t at = 0; words->piece_count && at < frames;) {
    at += kt_band_meter_take(bands, block + at * (size_t)channels, frames - at, channels);
    if (kt_band_meter_hop(bands, energy)) {
      kt_words_hop(words, (*hop)++, energy);
    }
  }
}

/// The film's own sound from end to end, for its loudness and its words.
static KtStatus hear_film(Mixing *mixing, KtError *err) {
  KtBed bed;
  KtStatus status = kt_bed_open(mixing->film, mixing->options->film_sound, &bed, err);
  if (status) {
    return status;
  }
  status = kt_meter_init(&mixing->film_meter, bed.channels, true, false, err);
  KtBandMeter bands = {0};
  int64_t hop = 0;
  if (!status) {
    status = kt_band_meter_init(&bands, err);
  }
  float *block = malloc((size_t)KT_BED_BLOCK * KT_BED_CHANNELS * sizeof(float));
  if (!status && !block) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  int64_t left = bed.sound ? mixing->mix->frames : 0;
  mixing->film_tap = kt_said_tap(&mixing->said, 0, left);
  while (!status && left > 0) {
    size_t now = left < KT_BED_BLOCK ? (size_t)left : KT_BED_BLOCK;
    status = kt_cancelled(mixing->desk.ctx) ? kt_error_cancelled(err)
                                            : kt_bed_read(&bed, block, now, err);
    if (!status) {
      hear_words(&mixing->words, &bands, block, now, bed.channels, &hop);
      status = kt_said_take(&mixing->film_tap, block, now, bed.channels, err);
    }
    if (!status) {
      status = kt_meter_add(&mixing->film_meter, block, now, err);
    }
    left -= (int64_t)now;
  }
  mixing->mix->film_peak_dbtp = kt_meter_peak_dbtp(&mixing->film_meter);
  free(block);
  kt_band_meter_clear(&bands);
  kt_bed_close(&bed);
  return status;
}

static void step_done(Mixing *mixing) {
  pthread_mutex_lock(&mixing->mutex);
  double part = (double)++mixing->done / (double)(mixing->mix->count + 2);
  kt_progress(mixing->desk.ctx, "mix",
              mixing->progress_from + part * (mixing->progress_to - mixing->progress_from));
  pthread_mutex_unlock(&mixing->mutex);
}

/// The film's own sound, and after it the cues.
static KtStatus listen_one(void *user, size_t task, int worker, KtError *err) {
  (void)worker;
  Mixing *mixing = user;
  if (!task) {
    KtStatus heard = hear_film(mixing, err);
    step_done(mixing);
    return heard;
  }
  KtStatus status = KT_OK;
  size_t index = task - 1;
  if (mixing->of[index]) {
    KtMixDesk desk = desk_for(mixing, index);
    status = kt_cue_listen(&desk, mixing->of[index], &mixing->spotting->cues.items[index],
                           mixing->mix->frames, &mixing->sounds[index], err);
  }
  step_done(mixing);
  return status;
}

static KtDuckCue cue_to_duck(const Mixing *mixing, size_t index) {
  const KtCueSound *sound = &mixing->sounds[index];
  KtDuckCue cue = {.start_sample = sound->shape.start_sample,
                   .frames = sound->shape.frames,
                   .plain = &sound->plain,
                   .bands = (const float (*)[KT_BANDS])sound->bands,
                   .film = &mixing->film_tap,
                   .music = &sound->tap,
                   .gain_db = mixing->gains_db[index],
                   .before_sample = INT64_MIN,
                   .after_sample = INT64_MAX};
  for (size_t c = 0; c < mixing->mix->count; ++c) {
    const KtCueShape *other = &mixing->sounds[c].shape;
    if (c < index && other->frames && other->start_sample + other->frames > cue.before_sample) {
      cue.before_sample = other->start_sample + other->frames;
    } else if (c > index && other->frames && other->start_sample < cue.after_sample) {
      cue.after_sample = other->start_sample;
    }
  }
  return cue;
}

static KtStatus write_one(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  Mixing *mixing = user;
  const KtCueSound *sound = &mixing->sounds[index];
  KtCueMix *cue = &mixing->mix->cues[index];
  cue->start_sample = kt_film_time_sample(mixing->spotting->cues.items[index].in);
  cue->integrated_lufs = -HUGE_VAL;
  KtStatus status = KT_OK;
  if (mixing->of[index] && sound->shape.frames > 0) {
    KtDuck duck;
    KtDuckCue heard = cue_to_duck(mixing, index);
    status = kt_duck_plan(mixing->desk.settings, &mixing->words, &heard, &duck, err);
    if (!status) {
      KtMixDesk desk = desk_for(mixing, index);
      status = kt_cue_write(&desk, mixing->of[index], sound, heard.gain_db, &duck, cue, err);
      kt_duck_clear(&duck);
    }
  } else {
    cue->path = NULL;
    memset(cue->stem_paths, 0, sizeof(cue->stem_paths));
  }
  step_done(mixing);
  return status;
}

/// Which stems belong to which cue, by name, and where their mix will lie.
static void tie_stems(Mixing *mixing, const char *folder) {
  for (size_t s = 0; s < mixing->stem_count; ++s) {
    const KtStems *stems = &mixing->stems[s];
    for (size_t c = 0; stems->cue && stems->items.count && c < mixing->mix->count; ++c) {
      if (!strcmp(stems->cue, mixing->spotting->cues.items[c].name)) {
        mixing->of[c] = stems;
        kt_cue_name_files(stems, folder, mixing->mix->arena, &mixing->mix->cues[c]);
      }
    }
  }
}

/// Gated loudness of the whole score, each cue with its gain.
static double score_lufs(const Mixing *mixing) {
  KtGate gate = {0};
  for (size_t c = 0; c < mixing->mix->count; ++c) {
    const KtHops *hops = &mixing->sounds[c].plain;
    kt_gate_add(&gate, hops, 0, (int64_t)hops->count, pow(10.0, mixing->gains_db[c] / 10.0));
  }
  double lufs = kt_gate_lufs(&gate);
  kt_gate_clear(&gate);
  return lufs;
}

/// Where the score's loudness is to lie.
static double anchor_lufs(const Mixing *mixing) {
  const KtMixSettings *settings = mixing->desk.settings;
  if (!mixing->has_film_sound) {
    return (double)settings->silent_lufs;
  }
  double dialogue = kt_dialogue_lufs(mixing->film, &mixing->film_meter.hops);
  double whole = kt_hops_lufs(&mixing->film_meter.hops);
  whole = isfinite(whole) ? whole : (double)settings->silent_lufs;
  if (!isfinite(dialogue)) {
    return whole;
  }
  int64_t end = (int64_t)mixing->film_meter.hops.count;
  double said = kt_words_share(&mixing->words, 0, end) / fmax(1e-3, (double)settings->anchor_share);
  double lean = fmin(1, said), under = dialogue - (double)settings->anchor_under_dialogue_lu;
  return whole + lean * (under - whole);
}

/// One gain for the whole score, and for each cue a step towards what its arousal asks for.
static void set_gains(Mixing *mixing) {
  const KtMixSettings *settings = mixing->desk.settings;
  double score = score_lufs(mixing), arousal = 0;
  size_t heard = 0;
  for (size_t c = 0; c < mixing->mix->count; ++c) {
    if (mixing->of[c]) {
      arousal += (double)mixing->spotting->cues.items[c].emotion.arousal;
      ++heard;
    }
  }
  arousal = heard ? arousal / (double)heard : 0;
  for (size_t c = 0; c < mixing->mix->count; ++c) {
    double own = mixing->of[c] ? kt_hops_lufs(&mixing->sounds[c].plain) : -HUGE_VAL;
    double lean = (double)mixing->spotting->cues.items[c].emotion.arousal - arousal;
    if (isfinite(own) && isfinite(score)) {
      double step = 0.5 * (score + (double)settings->swing_lu * lean - own);
      double most = (double)settings->cue_correction_db;
      mixing->gains_db[c] = step > most ? most : step < -most ? -most : step;
    }
  }
  score = score_lufs(mixing);
  double whole = isfinite(score) ? anchor_lufs(mixing) - score : 0;
  for (size_t c = 0; c < mixing->mix->count; ++c) {
    mixing->gains_db[c] += whole;
  }
}

static KtStatus mix_cues(Mixing *mixing, KtError *err) {
  int threads = mixing->desk.ctx->threads;
  size_t count = mixing->mix->count;
  size_t heard = 0;
  for (size_t c = 0; c < count; ++c) {
    heard += mixing->of[c] ? 1 : 0;
  }
  // Cues beside each other, and where there are fewer of them than threads the stems of each.
  mixing->desk.threads = heard && heard < (size_t)threads ? threads / (int)heard : 1;
  pthread_mutex_init(&mixing->mutex, NULL);
  mixing->progress_from = 0;
  mixing->progress_to = 0.3;
  KtStatus status = kt_parallel(threads, count + 1, listen_one, mixing, err);
  if (!status) {
    set_gains(mixing);
    mixing->done = 0;
    mixing->progress_from = 0.3;
    mixing->progress_to = 0.6;
    status = kt_parallel(threads, count, write_one, mixing, err);
  }
  pthread_mutex_destroy(&mixing->mutex);
  return status;
}

static KtStatus mix_all(Mixing *mixing, const char *folder, KtError *err) {
  KtMix *mix = mixing->mix;
  mix->count = mixing->spotting->cues.count;
  mix->cues = KT_NEW(mix->arena, KtCueMix, mix->count + 1);
  mixing->sounds = KT_NEW(mix->arena, KtCueSound, mix->count + 1);
  mixing->of = KT_NEW(mix->arena, const KtStems *, mix->count + 1);
  mixing->gains_db = KT_NEW(mix->arena, double, mix->count + 1);
  mix->frames = kt_film_time_sample(mixing->film->duration);
  mix->music_path = kt_path_join(mix->arena, folder, "music.wav");
  mix->mix_path = kt_path_join(mix->arena, folder, "mix.wav");
  if (kt_arena_failed(mix->arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  tie_stems(mixing, folder);
  size_t lines = mixing->has_film_sound ? mixing->film->speech.count : 0; // else what was said is not heard
  KtStatus status = kt_words_init(&mixing->words, mixing->film->speech.items, lines, err);
  mixing->words.film = &mixing->film_meter.hops;
  mixing->said.file = -1;
  if (!status) {
    status = kt_said_open(folder, &mixing->words, &mixing->said, err);
    mixing->desk.said = mixing->words.piece_count ? &mixing->said : NULL;
  }
  if (!status) {
    status = mix_cues(mixing, err);
  }
  if (!status) {
    KtMaster master = {.ctx = mixing->desk.ctx,
                       .settings = mixing->desk.settings,
                       .film = mixing->film,
                       .spec = mixing->spec,
                       .film_sound = mixing->options->film_sound,
                       .words = &mixing->words,
                       .score_lufs = score_lufs(mixing),
                       .folder = folder};
    status = kt_master(&master, mix, err);
  }
  for (size_t c = 0; c < mix->count; ++c) {
    kt_cue_sound_clear(&mixing->sounds[c]);
  }
  kt_said_close(&mixing->said);
  kt_words_clear(&mixing->words);
  kt_meter_clear(&mixing->film_meter);
  return status;
}

/// How many channels the mix has: those of the film's sound, two at least.
static KtStatus count_channels(Mixing *mixing, KtError *err) {
  KtBed bed;
  KtStatus status = kt_bed_open(mixing->film, mixing->options->film_sound, &bed, err);
  if (!status) {
    mixing->mix->mix_channels = bed.channels;
    mixing->mix->music_channels = kt_hall_channels(bed.channels);
    mixing->has_film_sound = bed.sound != NULL;
    kt_bed_close(&bed);
  }
  return status;
}

/// Every hall some cue sounds in, each once; the film's own is the first.
static KtStatus build_halls(Mixing *mixing, const KtHallDesigns *designs, const KtMixSettings *settings, KtError *err) {
  const char *const *wanted = mixing->options->cue_halls;
  size_t most = (wanted ? mixing->stem_count : 0) + 1;
  KtArena *arena = mixing->mix->arena;
  mixing->halls = KT_NEW(arena, KtHall, most);
  mixing->hall_names = KT_NEW(arena, const char *, most);
  KtStatus status = mixing->halls && mixing->hall_names ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  for (size_t i = 0; !status && i < most; ++i) {
    const char *name = i && wanted[i - 1] ? wanted[i - 1] : mixing->options->hall;
    bool there = false;
    for (size_t h = 0; h < mixing->hall_count; ++h) {
      there = there || !strcmp(mixing->hall_names[h], name);
    }
    const KtHallDesign *design = NULL;
    if (!there) {
      status = kt_hall_design(designs, name, &design, err);
      status = status ? status : kt_hall_init(&mixing->halls[mixing->hall_count], design, settings, mixing->mix->music_channels, err);
      mixing->hall_names[mixing->hall_count] = name;
      mixing->hall_count += status ? 0 : 1;
    }
  }
  return status;
}

KtStatus kt_mix(const KtContext *ctx, const KtFilm *film, const KtSpotting *spotting,
                const KtOrchestra *orchestra, const KtStems *stems, size_t count,
                const KtMixOptions *options, const char *folder, KtMix **mix, KtError *err) {
  KtMixSettings *settings = NULL;
  KtHallDesigns designs = {0};
  Mixing mixing = {
      .film = film, .spotting = spotting, .stems = stems, .stem_count = count, .options = options};
  KtStatus status = kt_mix_settings_load(ctx, &settings, err);
  if (!status) {
    status = kt_mix_spec(settings, options->loudness, &mixing.spec, err);
  }
  if (!status) {
    status = kt_hall_designs_load(ctx, &designs, err);
  }
  if (!status) {
    status = kt_make_dirs(folder, err);
  }
  KtArena *arena = kt_arena_new();
  mixing.mix = arena ? KT_NEW(arena, KtMix, 1) : NULL;
  if (!status && !mixing.mix) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (!status) {
    status = count_channels(&mixing, err);
  }
  if (!status) {
    mixing.mix->arena = arena;
    status = build_halls(&mixing, &designs, settings, err);
  }
  if (!status) {
    mixing.desk = (KtMixDesk){.ctx = ctx,
                              .settings = settings,
                              .hall = mixing.halls,
                              .orchestra = orchestra,
                              .speech = mixing.has_film_sound && film->speech.count > 0,
                              .threads = 1};
    status = mix_all(&mixing, folder, err);
  }
  for (size_t h = 0; h < mixing.hall_count; ++h) {
    kt_hall_clear(&mixing.halls[h]);
  }
  kt_hall_designs_free(&designs);
  kt_mix_settings_free(settings);
  if (status) {
    kt_arena_free(arena);
  } else {
    *mix = mixing.mix;
  }
  return status;
}

void kt_mix_free(KtMix *mix) {
  if (mix) {
    kt_arena_free(mix->arena);
  }
}
