// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/master.h"

#include "base/audio_file.h"
#include "base/file.h"
#include "mix/glue.h"
#include "mix/limiter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = KT_BED_BLOCK, MOST = KT_BED_CHANNELS };

double kt_dialogue_lufs(const KtFilm *film, const KtHops *hops) {
  KtGate gate = {0};
  for (size_t i = 0; i < film->speech.count; ++i) {
    int64_t from = kt_film_time_sample(film->speech.items[i].start) / KT_HOP;
    int64_t to = (kt_film_time_sample(film->speech.items[i].end) + KT_HOP - 1) / KT_HOP;
    kt_gate_add(&gate, hops, from, to < from + 4 ? from + 4 : to, 1.0);
  }
  double lufs = kt_gate_lufs(&gate);
  kt_gate_clear(&gate);
  return lufs;
}

/// Samples held back until what they go with has come through the limiter.
typedef struct Late {
  float *line;
  size_t at, frames, channels;
} Late;

static void late_run(Late *late, float *samples, size_t count) {
  for (size_t i = 0; i < count && late->frames; ++i) {
    float *slot = late->line + late->at * late->channels;
    for (size_t c = 0; c < late->channels; ++c) {
      float out = slot[c];
      slot[c] = samples[i * late->channels + c];
      samples[i * late->channels + c] = out;
    }
    late->at = (late->at + 1) % late->frames;
  }
}

/// One way through the film.
typedef struct Pass {
  const KtMaster *master;
  const KtMix *mix;
  size_t channels, music_channels;
  KtBed bed;
  KtAudioReader **cues;          // open ones, by index
  KtAudioReader *sum;            // a sum made before, instead of bed and cues
  KtGlue glue;
  KtLimiter *limiter, *quick;    // the quick one for what the film's own peaks leave over
  Late late, quick_late;
  KtAudioWriter *music_file, *mix_file;
  KtMeter music_meter, mix_meter;
  double gain;                   // on all
  size_t skip;                   // audio frames of limiter delay still to be dropped
  int64_t at, written;
  double progress_from, progress_to;
  float cue[MOST * BLOCK], music[MOST * BLOCK];
  float moving[MOST * BLOCK], bed_block[MOST * BLOCK], out[MOST * BLOCK];
} Pass;

static KtStatus add_cue(Pass *pass, size_t index, size_t count, KtError *err) {
  const KtCueMix *cue = &pass->mix->cues[index];
  int64_t from = cue->start_sample, to = from + cue->frames;
  int64_t end = pass->at + (int64_t)count;
  if (!cue->path || to <= pass->at || from >= end) {
    return KT_OK;
  }
  KtStatus status = KT_OK;
  if (!pass->cues[index]) {
    status = kt_audio_reader_open(cue->path, &pass->cues[index], err);
  }
  size_t offset = from > pass->at ? (size_t)(from - pass->at) : 0, got = 0;
  if (!status) {
    status = kt_audio_read(pass->cues[index], pass->cue, count - offset, &got, err);
  }
  for (size_t i = 0; i < got * pass->music_channels; ++i) {
    pass->music[offset * pass->music_channels + i] += pass->cue[i];
  }
  if (to <= end) {
    kt_audio_reader_close(pass->cues[index]);
    pass->cues[index] = NULL;
  }
  return status;
}

/// The next block of score and film sound, or of their sum; silence beyond the end.
static KtStatus gather(Pass *pass, size_t count, KtError *err) {
  size_t channels = pass->channels;
  KtStatus status = KT_OK;
  memset(pass->music, 0, pass->music_channels * count * sizeof(float));
  memset(pass->moving, 0, channels * count * sizeof(float));
  if (pass->sum) {
    size_t got = 0;
    status = kt_audio_read(pass->sum, pass->moving, count, &got, err);
    memset(pass->moving + got * channels, 0, (count - got) * channels * sizeof(float));
    return status;
  }
  for (size_t i = 0; !status && i < pass->mix->count; ++i) {
    status = add_cue(pass, i, count, err);
  }
  kt_glue_run(&pass->glue, pass->music, count, pass->music_channels);
  return status ? status : kt_bed_read(&pass->bed, pass->bed_block, count, err);
}

/// What has passed the limiter, without its delay and not beyond the film's end.
static KtStatus put(Pass *pass, size_t count, KtError *err) {
  size_t drop = pass->skip < count ? pass->skip : count;
  pass->skip -= drop;
  int64_t left = pass->mix->frames - pass->written;
  size_t now = count - drop < (size_t)left ? count - drop : (size_t)left;
  const float *mix = pass->out + drop * pass->channels, *music = pass->music + drop * pass->music_channels;
  KtStatus status = kt_meter_add(&pass->mix_meter, mix, now, err);
  if (!status && pass->mix_file) {
    status = kt_audio_write(pass->mix_file, mix, now, err);
  }
  if (!status && pass->music_file) {
    status = kt_meter_add(&pass->music_meter, music, now, err);
    if (!status) {
      status = kt_audio_write(pass->music_file, music, now, err);
    }
  }
  pass->written += (int64_t)now;
  return status;
}

/// The score under the limiter, the film's sound as it is.
static KtStatus lay_over(Pass *pass, size_t count, KtError *err) {
  size_t channels = pass->channels, wide = pass->music_channels;
  for (size_t i = 0; i < count; ++i) {
    memcpy(pass->moving + i * channels, pass->music + i * wide, wide * sizeof(float));
  }
  KtStatus status = KT_OK;
  if (pass->limiter) {
    status = kt_limiter_run(pass->limiter, pass->bed_block, pass->moving, count, pass->out, err);
    late_run(&pass->late, pass->bed_block, count);
    memcpy(pass->moving, pass->out, count * channels * sizeof(float));
    status = status ? status : kt_limiter_run(pass->quick, pass->bed_block, pass->moving, count, pass->out, err);
    late_run(&pass->quick_late, pass->bed_block, count);
  } else {
    memcpy(pass->out, pass->moving, count * channels * sizeof(float));
  }
  for (size_t i = 0; i < count; ++i) {
    memcpy(pass->music + i * wide, pass->out + i * channels, wide * sizeof(float));
    for (size_t c = 0; c < channels; ++c) {
      pass->out[i * channels + c] += pass->bed_block[i * channels + c];
    }
  }
  return status;
}

static KtStatus limit_sum(Pass *pass, size_t count, KtError *err) {
  for (size_t i = 0; i < count * pass->channels; ++i) {
    pass->moving[i] = (float)((double)pass->moving[i] * pass->gain);
  }
  return kt_limiter_run(pass->limiter, NULL, pass->moving, count, pass->out, err);
}

static KtStatus run(Pass *pass, KtError *err) {
  KtStatus status = KT_OK;
  int64_t frames = pass->mix->frames;
  while (!status && pass->written < frames) {
    status = kt_cancelled(pass->master->ctx) ? kt_error_cancelled(err) : gather(pass, BLOCK, err);
    if (!status) {
      status = pass->sum ? limit_sum(pass, BLOCK, err) : lay_over(pass, BLOCK, err);
    }
    if (!status) {
      status = put(pass, BLOCK, err);
    }
    pass->at += BLOCK;
    double done = frames ? (double)pass->written / (double)frames : 1;
    kt_progress(pass->master->ctx, "mix",
                pass->progress_from + done * (pass->progress_to - pass->progress_from));
  }
  return status;
}

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

static KtStatus open_one(Pass *pass, const KtLimiting *how, KtLimiter **limiter, Late *late, KtError *err) {
  KtStatus status = kt_limiter_open((int)pass->channels, how, limiter, err);
  if (!status) {
    *late = (Late){.frames = kt_limiter_delay(*limiter), .channels = pass->channels};
    late->line = calloc(late->frames * pass->channels, sizeof(float));
    pass->skip += late->frames;
    status = late->line ? KT_OK : no_memory(err);
  }
  return status;
}

/// On the sum.
static KtStatus open_limiter(Pass *pass, double ceiling_dbtp, KtError *err) {
  const KtMixSettings *settings = pass->master->settings;
  KtLimiting how = {.ceiling_dbtp = ceiling_dbtp,
                    .look_ms = (double)settings->limiter_look_ms,
                    .release_ms = (double)settings->limiter_release_ms};
  return open_one(pass, &how, &pass->limiter, &pass->late, err);
}

/// On the music over a film that stays as it is: where the film alone is near the ceiling there is no room for any.
static KtStatus open_limiters(Pass *pass, double ceiling_dbtp, KtError *err) {
  const KtMixSettings *settings = pass->master->settings;
  KtLimiting how = {.ceiling_dbtp = ceiling_dbtp,
                    .look_ms = (double)settings->limiter_look_ms,
                    .release_ms = (double)settings->limiter_release_ms,
                    .bed_near_db = (double)settings->film_near_db,
                    .bed_near_most_db = (double)settings->film_near_most_db};
  KtLimiting quick = {.ceiling_dbtp = ceiling_dbtp,
                      .look_ms = (double)settings->peak_look_ms,
                      .release_ms = (double)settings->peak_release_ms};
  KtStatus status = open_one(pass, &how, &pass->limiter, &pass->late, err);
  return status ? status : open_one(pass, &quick, &pass->quick, &pass->quick_late, err);
}

static KtStatus pass_open(const KtMaster *master, const KtMix *mix, bool peak, Pass **pass,
                          KtError *err) {
  Pass *made = calloc(1, sizeof(*made));
  *pass = made;
  if (!made) {
    return no_memory(err);
  }
  made->master = master;
  made->mix = mix;
  made->gain = 1;
  made->glue = kt_glue_new(master->settings, master->score_lufs);
  made->channels = (size_t)mix->mix_channels;
  made->music_channels = (size_t)mix->music_channels;
  made->cues = calloc(mix->count + 1, sizeof(KtAudioReader *));
  KtStatus status = made->cues ? KT_OK : no_memory(err);
  if (!status) {
    status = kt_meter_init(&made->mix_meter, mix->mix_channels, peak, peak, err);
  }
  return status ? status : kt_meter_init(&made->music_meter, mix->music_channels, false, false, err);
}

static KtStatus close_file(KtAudioWriter *writer, KtStatus status, KtError *err) {
  if (status) {
    kt_audio_writer_abort(writer);
    return status;
  }
  return writer ? kt_audio_writer_close_cached(writer, err) : KT_OK;
}

/// Publishes the files, or with a `status` throws them away.
static KtStatus pass_close(Pass *pass, KtStatus status, KtError *err) {
  if (!pass) {
    return status;
  }
  status = close_file(pass->music_file, status, err);
  status = close_file(pass->mix_file, status, err);
  for (size_t i = 0; pass->cues && i < pass->mix->count; ++i) {
    kt_audio_reader_close(pass->cues[i]);
  }
  free(pass->cues);
  kt_audio_reader_close(pass->sum);
  kt_limiter_close(pass->limiter);
  kt_limiter_close(pass->quick);
  free(pass->late.line);
  free(pass->quick_late.line);
  kt_bed_close(&pass->bed);
  kt_meter_clear(&pass->mix_meter);
  kt_meter_clear(&pass->music_meter);
  free(pass);
  return status;
}

static void note_measures(const KtMaster *master, const Pass *pass, KtMix *mix) {
  mix->integrated_lufs = kt_hops_lufs(&pass->mix_meter.hops);
  mix->dialogue_lufs = kt_dialogue_lufs(master->film, &pass->mix_meter.hops);
  mix->true_peak_dbtp = kt_meter_peak_dbtp(&pass->mix_meter);
  mix->loudness_range_lu = kt_meter_range_lu(&pass->mix_meter);
  double reduction = pass->limiter ? kt_limiter_most_db(pass->limiter) : 0;
  mix->limiter_max_reduction_db = reduction;
}

static void note_music(const KtMaster *master, const Pass *pass, KtMix *mix) {
  mix->glue_max_reduction_db = kt_glue_most_db(&pass->glue);
  mix->film_peaks_s = pass->quick ? kt_limiter_half_s(pass->quick) : 0;
  mix->music_lufs = kt_hops_lufs(&pass->music_meter.hops);
  mix->speech_margin_lu = kt_words_margin(master->words, &pass->music_meter.hops, 0);
}

/// The score over the film's sound. With a spec, the bare sum for the passes to come.
static KtStatus first_pass(const KtMaster *master, KtMix *mix, const char *mix_path, double *peak,
                           KtError *err) {
  Pass *pass = NULL;
  KtStatus status = pass_open(master, mix, true, &pass, err);
  if (!status) {
    pass->progress_from = 0.6;
    pass->progress_to = master->spec ? 0.75 : 1;
    status = kt_bed_open(master->film, master->film_sound, &pass->bed, err);
  }
  if (!status && !master->spec) {
    double film_peak = pass->bed.sound ? mix->film_peak_dbtp : -HUGE_VAL;
    status = open_limiters(pass, fmax(film_peak, (double)master->settings->no_spec_peak_dbtp), err);
  }
  if (!status) {
    status = kt_audio_writer_open(mix->music_path, mix->music_channels, 32, NULL, &pass->music_file, err);
  }
  if (!status) {
    status = kt_audio_writer_open(mix_path, mix->mix_channels, 32, NULL, &pass->mix_file, err);
  }
  if (!status) {
    status = run(pass, err);
  }
  if (!status) {
    note_measures(master, pass, mix);
    note_music(master, pass, mix);
    *peak = mix->true_peak_dbtp;
  }
  return pass_close(pass, status, err);
}

/// What keeps a spec's ceiling when the sum has been coded.
static double ceiling_dbtp(const KtMaster *master) {
  return (double)(master->spec->peak_dbtp - master->settings->codec_room_db);
}

/// The sum at one gain through the limiter; written where `path` is given.
static KtStatus spec_pass(const KtMaster *master, KtMix *mix, const char *sum, const char *path,
                          KtError *err) {
  Pass *pass = NULL;
  KtStatus status = pass_open(master, mix, path != NULL, &pass, err);
  if (!status) {
    pass->progress_from = pass->progress_to = path ? 0.9 : 0.8;
    pass->gain = pow(10.0, mix->gain_db / 20.0);
    status = open_limiter(pass, ceiling_dbtp(master), err);
  }
  if (!status) {
    status = kt_audio_reader_open(sum, &pass->sum, err);
  }
  if (!status && path) {
    status = kt_audio_writer_open(path, mix->mix_channels, 32, NULL, &pass->mix_file, err);
  }
  if (!status) {
    status = run(pass, err);
  }
  if (!status) {
    note_measures(master, pass, mix);
  }
  return pass_close(pass, status, err);
}

/// The loudness a spec is about: the dialogue's where it says so and there is any.
static double measured(const KtMaster *master, const KtMix *mix) {
  bool dialogue = master->spec->dialogue && isfinite(mix->dialogue_lufs);
  return dialogue ? mix->dialogue_lufs : mix->integrated_lufs;
}

/// The score alone, times the constant gain, in its place.
static KtStatus scale_music(const KtMaster *master, KtMix *mix, KtError *err) {
  KtAudioReader *reader = NULL;
  KtAudioWriter *writer = NULL;
  size_t wide = (size_t)mix->music_channels;
  float *block = malloc(wide * BLOCK * sizeof(float));
  double gain = pow(10.0, mix->gain_db / 20.0);
  KtStatus status = block ? kt_audio_reader_open(mix->music_path, &reader, err) : no_memory(err);
  if (!status) {
    status = kt_audio_writer_open(mix->music_path, mix->music_channels, 32, NULL, &writer, err);
  }
  size_t got = 1;
  while (!status && got) {
    status = kt_cancelled(master->ctx) ? kt_error_cancelled(err)
                                       : kt_audio_read(reader, block, BLOCK, &got, err);
    for (size_t i = 0; !status && i < wide * got; ++i) {
      block[i] = (float)((double)block[i] * gain);
    }
    if (!status && got) {
      status = kt_audio_write(writer, block, got, err);
    }
  }
  kt_audio_reader_close(reader);
  free(block);
  mix->music_lufs += mix->gain_db;
  return close_file(writer, status, err);
}

static KtStatus to_spec(const KtMaster *master, KtMix *mix, const char *sum, double peak,
                        KtError *err) {
  enum { TRIES = 5 };
  double target = (double)master->spec->lufs, now = measured(master, mix);
  KtStatus status = KT_OK;
  mix->gain_db = isfinite(now) ? target - now : 0;
  // A sum that stays under the ceiling lands where it is sent; else the limiter takes some away.
  bool limits = peak + mix->gain_db > ceiling_dbtp(master) - 0.2;
  for (int i = 0; !status && limits && isfinite(now) && i < TRIES; ++i) {
    status = spec_pass(master, mix, sum, NULL, err);
    double off = status ? 0 : target - measured(master, mix);
    mix->gain_db += off;
    if (fabs(off) < 0.05) {
      break;
    }
  }
  if (!status) {
    status = spec_pass(master, mix, sum, mix->mix_path, err);
  }
  return status ? status : scale_music(master, mix, err);
}

KtStatus kt_master(const KtMaster *master, KtMix *mix, KtError *err) {
  double peak = 0;
  if (!master->spec) {
    return first_pass(master, mix, mix->mix_path, &peak, err);
  }
  const char *sum = kt_path_join(mix->arena, master->folder, "sum.wav");
  KtStatus status = first_pass(master, mix, sum, &peak, err);
  if (!status) {
    status = to_spec(master, mix, sum, peak, err);
  }
  unlink(sum);
  return status;
}
