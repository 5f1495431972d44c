// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Broadcast Wave (EBU Tech 3285 v2) with iXML (1.61): the mix, the score alone, cues and stems. 24 bits,
// 32-bit floating point where a sound goes over full scale.
#include "deliver/common.h"

#include "base/audio_file.h"
#include "base/pool.h"
#include "base/xml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FRAMES = 16384, BEXT_UNKNOWN = 0x7fff };

/// One file to write: where from, where to, what it is.
typedef struct Job {
  const char *from;
  const char *to;
  const char *scene;       ///< cue name, or "music", "mix"
  const char *note;        ///< what it is, in words
  int64_t start_sample;    ///< in the film
  double lufs, range_lu, peak_dbtp; ///< NAN where not measured
} Job;

struct KtAudioJobs {
  const KtDelivery *delivery;
  KT_ARRAY(Job) items;
};
typedef struct KtAudioJobs Jobs;

/// Samples since midnight of the film's first picture: what its start timecode is in real time.
static int64_t midnight_samples(const KtTimecode *timecode) {
  KtRate rate = timecode->rate;
  __int128 scaled = (__int128)timecode->start_frames * rate.den * KT_SAMPLE_RATE;
  return (int64_t)((scaled + rate.num / 2) / rate.num);
}

static int hundredths(double value) {
  return isfinite(value) && fabs(value) < 300 ? (int)lround(value * 100) : BEXT_UNKNOWN;
}

static char *ixml_text(const KtDelivery *delivery, const Job *job, int channels, int bits,
                       uint64_t reference) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out) {
    return NULL;
  }
  KtRate rate = delivery->film->timecode.rate;
  char fraction[32], number[32];
  snprintf(fraction, sizeof(fraction), "%d/%d", rate.num, rate.den);
  fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
  KtXml xml = {.stream = out};
  kt_xml_start(&xml, "BWFXML", "");
  kt_xml_text(&xml, "IXML_VERSION", "", "1.61");
  kt_xml_text(&xml, "PROJECT", "", delivery->film->title);
  kt_xml_text(&xml, "SCENE", "", job->scene);
  kt_xml_text(&xml, "TAKE", "", "1");
  kt_xml_text(&xml, "NOTE", "", job->note);
  kt_xml_start(&xml, "SPEED", "");
  kt_xml_text(&xml, "MASTER_SPEED", "", fraction);
  kt_xml_text(&xml, "CURRENT_SPEED", "", fraction);
  kt_xml_text(&xml, "TIMECODE_RATE", "", fraction);
  kt_xml_text(&xml, "TIMECODE_FLAG", "", delivery->film->timecode.drop ? "DF" : "NDF");
  kt_xml_int(&xml, "FILE_SAMPLE_RATE", KT_SAMPLE_RATE);
  kt_xml_int(&xml, "AUDIO_BIT_DEPTH", bits);
  kt_xml_int(&xml, "DIGITIZER_SAMPLE_RATE", KT_SAMPLE_RATE);
  kt_xml_int(&xml, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", (long long)(reference >> 32));
  kt_xml_int(&xml, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", (long long)(reference & 0xffffffffU));
  kt_xml_int(&xml, "TIMESTAMP_SAMPLE_RATE", KT_SAMPLE_RATE);
  kt_xml_end(&xml);
  kt_xml_start(&xml, "TRACK_LIST", "");
  kt_xml_int(&xml, "TRACK_COUNT", channels);
  static const char *const STEREO[] = {"L", "R"};
  static const char *const SURROUND[] = {"L", "R", "C", "LFE", "Ls", "Rs"};
  for (int c = 0; c < channels; ++c) {
    snprintf(number, sizeof(number), "%d", c + 1);
    kt_xml_start(&xml, "TRACK", "");
    kt_xml_text(&xml, "CHANNEL_INDEX", "", number);
    kt_xml_text(&xml, "INTERLEAVE_INDEX", "", number);
    kt_xml_text(&xml, "NAME", "", channels == 2 ? STEREO[c] : channels == 6 ? SURROUND[c] : number);
    kt_xml_end(&xml);
  }
  kt_xml_end(&xml);
  kt_xml_end(&xml);
  if (fclose(out)) {
    free(text);
    return NULL;
  }
  return text;
}

static KtStatus copy_samples(const KtDelivery *delivery, KtAudioReader *reader, KtAudioWriter *writer,
                             int channels, KtError *err) {
  float *block = malloc((size_t)BLOCK_FRAMES * (size_t)channels * sizeof(*block));
  KtStatus status = block ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  for (size_t got = 1; !status && got > 0;) {
    if (kt_cancelled(delivery->ctx)) {
      status = kt_error_cancelled(err);
      break;
    }
    status = kt_audio_read(reader, block, BLOCK_FRAMES, &got, err);
    if (!status && got) {
      status = kt_audio_write(writer, block, got, err);
    }
  }
  free(block);
  return status;
}

KtStatus kt_audio_job_run(const KtAudioJobs *jobs, size_t index, KtError *err) {
  const KtDelivery *delivery = jobs->delivery;
  const Job *job = &jobs->items.items[index];
  KtAudioReader *reader = NULL;
  KtAudioWriter *writer = NULL;
  KtStatus status = kt_audio_reader_open(job->from, &reader, err);
  if (status) {
    return status;
  }
  int channels = kt_audio_reader_channels(reader);
  // What goes over full scale, for the film itself does, is kept whole: as floating point.
  int bits = kt_audio_reader_peak(reader) >= 1 ? 32 : 24;
  int64_t at = midnight_samples(&delivery->film->timecode) + job->start_sample;
  uint64_t reference = at > 0 ? (uint64_t)at : 0;
  char date[16], time[16];
  kt_date_text(delivery->origination, date, time);
  char *ixml = ixml_text(delivery, job, channels, bits, reference);
  KtBroadcast broadcast = {
      .description = job->note,
      .originator = delivery->program,
      .date = date,
      .time = time,
      .time_reference = reference,
      .loudness_value = hundredths(job->lufs),
      .loudness_range = hundredths(job->range_lu),
      .max_true_peak = hundredths(job->peak_dbtp),
      .max_momentary = BEXT_UNKNOWN,
      .max_short_term = BEXT_UNKNOWN,
      .ixml = ixml,
  };
  status = ixml ? kt_audio_writer_open(job->to, channels, bits, &broadcast, &writer, err)
                : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    status = copy_samples(delivery, reader, writer, channels, err);
    if (status) {
      kt_audio_writer_abort(writer);
    } else {
      status = kt_audio_writer_close(writer, err);
    }
  }
  free(ixml);
  kt_audio_reader_close(reader);
  return status;
}

static void add_job(KtArena *arena, Jobs *jobs, const Job *job) {
  Job *made = kt_array_push(arena, &jobs->items);
  if (made) {
    *made = *job;
    made->to = kt_arena_text(arena, job->to);
    made->note = kt_text_valid(arena, job->note);
  }
}

static KtStatus add_cue(const KtDelivery *delivery, size_t index, KtArena *arena, Jobs *jobs,
                        KtError *err) {
  const KtCueMix *mix = kt_delivery_cue_mix(delivery, index);
  const KtCue *cue = &delivery->spotting->cues.items[index];
  if (!mix || !kt_delivery_wants(delivery, index)) {
    return KT_OK;
  }
  char path[KT_PATH_SIZE];
  KtStatus status = kt_delivery_path(delivery, path, err, "cues/%s/stems", cue->name);
  if (!status) {
    status = kt_make_dirs(path, err);
  }
  if (!status) {
    status = kt_delivery_path(delivery, path, err, "cues/%s/%s.wav", cue->name, cue->name);
  }
  if (status) {
    return status;
  }
  Job job = {.from = mix->path, .to = path, .scene = cue->name, .start_sample = mix->start_sample,
             .note = kt_arena_format(arena, "%s %s", cue->name, cue->title ? cue->title : ""),
             .lufs = mix->integrated_lufs, .range_lu = NAN, .peak_dbtp = NAN};
  add_job(arena, jobs, &job);
  job.lufs = NAN;
  for (int s = 0; s < KT_STEM_COUNT && !status; ++s) {
    status = kt_delivery_path(delivery, path, err, "cues/%s/stems/%s_%s.wav", cue->name, cue->name,
                              kt_stem_code((KtSectionId)s));
    if (!status && mix->stem_paths[s]) {
      job.from = mix->stem_paths[s];
      job.note = kt_arena_format(arena, "%s %s", cue->name, kt_stem_name((KtSectionId)s));
      add_job(arena, jobs, &job);
    } else if (!status) {
      remove(path); // a stem that an earlier score had and this one has not
    }
  }
  return status;
}

static KtStatus add_films(const KtDelivery *delivery, KtArena *arena, Jobs *jobs, KtError *err) {
  const KtMix *mix = delivery->mix;
  char path[KT_PATH_SIZE];
  KtStatus status = kt_delivery_path(delivery, path, err, "%s.music.wav", delivery->name);
  if (!status && mix->music_path) {
    Job job = {.from = mix->music_path, .to = path, .scene = "music", .note = "Score alone",
               .lufs = mix->music_lufs, .range_lu = NAN, .peak_dbtp = NAN};
    add_job(arena, jobs, &job);
  }
  if (!status) {
    status = kt_delivery_path(delivery, path, err, "%s.mix.wav", delivery->name);
  }
  if (!status && mix->mix_path) {
    Job job = {.from = mix->mix_path, .to = path, .scene = "mix", .note = "Film sound and score",
               .lufs = mix->integrated_lufs, .range_lu = mix->loudness_range_lu,
               .peak_dbtp = mix->true_peak_dbtp};
    add_job(arena, jobs, &job);
  }
  return status;
}

KtStatus kt_audio_jobs(const KtDelivery *delivery, KtArena *arena, KtAudioJobs **made, KtError *err) {
  Jobs *jobs = KT_NEW(arena, Jobs, 1);
  if (!jobs) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  jobs->delivery = delivery;
  KtStatus status = delivery->mix ? add_films(delivery, arena, jobs, err) : KT_OK; // longest first
  for (size_t i = 0; !status && i < delivery->spotting->cues.count; ++i) {
    status = add_cue(delivery, i, arena, jobs, err);
  }
  *made = jobs;
  return !status && kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}

size_t kt_audio_job_count(const KtAudioJobs *jobs) {
  return jobs->items.count;
}

static KtStatus run(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  return kt_audio_job_run(user, index, err);
}

KtStatus kt_deliver_audio(const KtDelivery *delivery, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtAudioJobs *jobs = NULL;
  KtStatus status = arena ? kt_audio_jobs(delivery, arena, &jobs, err)
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    int threads = delivery->ctx && delivery->ctx->threads > 0 ? delivery->ctx->threads : 1;
    status = kt_parallel(threads, jobs->items.count, run, jobs, err);
  }
  kt_arena_free(arena);
  return status;
}
