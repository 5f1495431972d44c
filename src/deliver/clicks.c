// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The click track of a cue: sound and MIDI.
#include "deliver/clicks.h"

#include "base/audio_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLICK_SAMPLES = 1200, BLOCK = 4800, CLICK_NOTE = 37, DOWNBEAT_NOTE = 76, DRUMS = 9 };

static bool add(KtArena *arena, KtClicks *clicks, KtFilmTime at, KtTick tick, bool downbeat) {
  KtClick *click = kt_array_push(arena, clicks);
  if (click) {
    *click = (KtClick){at, tick, downbeat};
  }
  return click;
}

/// Where time is free the click is silent; it comes back for the last beats before the tempo does.
static bool unheard(const KtScore *score, KtTick tick) {
  const KtTickSpan *free = kt_tempo_free(&score->tempo, tick);
  if (!free || tick == free->start) {
    return false;
  }
  KtMetre metre = kt_metres_at(&score->metres, tick);
  KtTick warning = KT_WARNING_CLICKS * (kt_metre_bar_ticks(metre) / metre.beats);
  return free->end >= score->end || tick < free->end - warning;
}

KtStatus kt_clicks_of(const KtScore *score, KtFilmTime length, KtArena *arena, KtClicks *clicks,
                      KtError *err) {
  *clicks = (KtClicks){0};
  KtMetre first = kt_metres_at(&score->metres, 0);
  KtTick beat = kt_metre_bar_ticks(first) / first.beats;
  KtTick line = first.tick < 0 ? first.tick : 0; // of the bar that an upbeat is the rest of
  for (KtTick tick = line - KT_FREE_BARS * first.beats * beat; tick < 0; tick += beat) {
    add(arena, clicks, kt_tempo_time(&score->tempo, tick), tick, (tick - line) % (first.beats * beat) == 0);
  }
  for (KtTick bar = 0; bar < score->end;) {
    KtMetre metre = kt_metres_at(&score->metres, bar);
    KtTick end = kt_metres_bar_end(&score->metres, bar);
    beat = kt_metre_bar_ticks(metre) / metre.beats;
    line = end - metre.beats * beat;
    for (KtTick tick = bar; tick < end && tick < score->end; tick += beat) {
      KtFilmTime at = kt_tempo_time(&score->tempo, tick);
      if (at < length && !unheard(score, tick)) {
        add(arena, clicks, at, tick, tick == line);
      }
    }
    bar = end;
  }
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

/// A short high tone, higher and louder on the downbeat, that has died away after 25 ms.
static void strike(float *samples, int64_t count, int64_t from, bool downbeat) {
  const double turn = 6.283185307179586;
  double tone_hz = downbeat ? 2000 : 1400;
  double level = downbeat ? 0.5 : 0.3;
  for (int64_t i = 0; i < CLICK_SAMPLES; ++i) {
    int64_t at = from + i;
    double fade = exp(-(double)i / 240) * (1 - (double)i / CLICK_SAMPLES);
    if (at >= 0 && at < count) {
      samples[at] += (float)(level * fade * sin(turn * tone_hz * (double)i / KT_SAMPLE_RATE));
    }
  }
}

static KtStatus write_sound(const KtDelivery *delivery, size_t cue, const KtClicks *clicks,
                            KtArena *arena, KtError *err) {
  const KtCue *spotted = &delivery->spotting->cues.items[cue];
  KtFilmTime before = clicks->items[0].at; // negative
  int64_t start = kt_film_time_sample(before);
  int64_t count = kt_film_time_sample(spotted->out - spotted->in) - start;
  float *samples = KT_NEW(arena, float, (size_t)count);
  if (!samples) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < clicks->count; ++i) {
    strike(samples, count, kt_film_time_sample(clicks->items[i].at) - start,
           clicks->items[i].downbeat);
  }
  const KtTimecode *tc = &delivery->film->timecode;
  const int64_t day = INT64_C(86400) * KT_SAMPLE_RATE;
  __int128 scaled = (__int128)tc->start_frames * tc->rate.den * KT_SAMPLE_RATE;
  int64_t reference = (int64_t)((scaled + tc->rate.num / 2) / tc->rate.num) +
                      kt_film_time_sample(spotted->in) + start;
  char date[16];
  char time[16];
  char path[KT_PATH_SIZE];
  kt_date_text(delivery->origination, date, time);
  KtBroadcast broadcast = {
      .description = kt_arena_format(arena, "%s click, two bars free", spotted->name),
      .originator = "Kinothek", .date = date, .time = time,
      .time_reference = (uint64_t)((reference % day + day) % day),
      .loudness_value = 0x7fff, .loudness_range = 0x7fff, .max_true_peak = 0x7fff,
      .max_momentary = 0x7fff, .max_short_term = 0x7fff};
  KtAudioWriter *writer = NULL;
  KtStatus status = kt_delivery_path(delivery, path, err, "cues/%s/%s.click.wav", spotted->name,
                                     spotted->name);
  status = status ? status : kt_audio_writer_open(path, 1, 24, &broadcast, &writer, err);
  for (int64_t at = 0; at < count && !status; at += BLOCK) {
    status = kt_audio_write(writer, samples + at, (size_t)(count - at < BLOCK ? count - at : BLOCK),
                            err);
  }
  if (status) {
    kt_audio_writer_abort(writer);
    return status;
  }
  return kt_audio_writer_close(writer, err);
}

static void put_big(FILE *out, uint32_t value, int bytes) {
  while (bytes-- > 0) {
    fputc((int)(value >> (8 * bytes) & 0xff), out);
  }
}

static void put_delta(FILE *out, int64_t ticks) {
  uint64_t value = ticks > 0 ? (uint64_t)ticks : 0;
  int groups = 1;
  for (uint64_t v = value >> 7; v; v >>= 7) {
    ++groups;
  }
  while (groups-- > 0) {
    fputc((int)((value >> (7 * groups) & 0x7f) | (groups ? 0x80U : 0U)), out);
  }
}

/// Tempo of each beat, aimed at where the next click is, so that rounding never adds up.
static void tempo_track(FILE *out, const KtClicks *clicks, KtMetre metre, const KtScore *score) {
  int power = 0;
  for (int unit = metre.unit; unit > 1; unit /= 2) {
    ++power;
  }
  KtTick at = clicks->items[0].tick;
  double now_us = (double)clicks->items[0].at / KT_FLICKS_PER_SECOND * 1e6;
  for (size_t i = 0; i < clicks->count; ++i) {
    const KtClick *click = &clicks->items[i];
    KtMetre here = click->tick < 0 ? metre : kt_metres_at(&score->metres, click->tick);
    if (i == 0 || (click->downbeat && (here.beats != metre.beats || here.unit != metre.unit))) {
      for (power = 0; 1 << power < here.unit; ++power) {
      }
      put_delta(out, click->tick - at);
      at = click->tick;
      fwrite("\xff\x58\x04", 1, 3, out);
      fputc(here.beats, out);
      fputc(power, out);
      fwrite("\x18\x08", 1, 2, out);
      metre = here;
    }
    if (i + 1 < clicks->count) {
      double next_us = (double)clicks->items[i + 1].at / KT_FLICKS_PER_SECOND * 1e6;
      double quarters = (double)(clicks->items[i + 1].tick - click->tick) / KT_PPQ;
      uint32_t us = (uint32_t)lround((next_us - now_us) / quarters);
      now_us += us * quarters;
      put_delta(out, click->tick - at);
      at = click->tick;
      fwrite("\xff\x51\x03", 1, 3, out);
      put_big(out, us, 3);
    }
  }
  fwrite("\x00\xff\x2f\x00", 1, 4, out);
}

static void click_track(FILE *out, const KtClicks *clicks) {
  KtTick at = clicks->items[0].tick;
  fwrite("\x00\xff\x03\x05" "Click", 1, 9, out);
  for (size_t i = 0; i < clicks->count; ++i) {
    int note = clicks->items[i].downbeat ? DOWNBEAT_NOTE : CLICK_NOTE;
    put_delta(out, clicks->items[i].tick - at);
    fputc(0x90 | DRUMS, out);
    fputc(note, out);
    fputc(clicks->items[i].downbeat ? 120 : 90, out);
    put_delta(out, KT_PPQ / 16);
    fputc(0x80 | DRUMS, out);
    fputc(note, out);
    fputc(64, out);
    at = clicks->items[i].tick + KT_PPQ / 16;
  }
  fwrite("\x00\xff\x2f\x00", 1, 4, out);
}

static KtStatus write_midi(const KtDelivery *delivery, size_t cue, const KtClicks *clicks,
                           KtError *err) {
  const KtScore *score = kt_delivery_score(delivery, cue);
  KtAtomicFile file = {0};
  KtStatus status = kt_delivery_open_cue(delivery, cue, "click.mid", &file, err);
  if (status) {
    return status;
  }
  fputs("MThd", file.stream);
  put_big(file.stream, 6, 4);
  put_big(file.stream, 1, 2);
  put_big(file.stream, 2, 2);
  put_big(file.stream, KT_PPQ, 2);
  for (int track = 0; track < 2 && !status; ++track) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (!out) {
      status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
      break;
    }
    if (track) {
      click_track(out, clicks);
    } else {
      tempo_track(out, clicks, kt_metres_at(&score->metres, 0), score);
    }
    fclose(out);
    fputs("MTrk", file.stream);
    put_big(file.stream, (uint32_t)size, 4);
    fwrite(bytes, 1, size, file.stream);
    free(bytes);
  }
  if (status) {
    kt_atomic_abort(&file);
    return status;
  }
  return kt_atomic_commit(&file, err);
}

KtStatus kt_deliver_clicks(const KtDelivery *delivery, KtError *err) {
  KtStatus status = KT_OK;
  for (size_t i = 0; i < delivery->spotting->cues.count && !status; ++i) {
    const KtScore *score = kt_delivery_score(delivery, i);
    const KtCue *cue = &delivery->spotting->cues.items[i];
    if (!score || !kt_delivery_wants(delivery, i) || !score->metres.count) {
      continue;
    }
    KtArena *arena = kt_arena_new();
    KtClicks clicks;
    status = arena ? kt_clicks_of(score, cue->out - cue->in, arena, &clicks, err)
                   : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    status = status ? status : write_midi(delivery, i, &clicks, err);
    status = status ? status : write_sound(delivery, i, &clicks, arena, err);
    kt_arena_free(arena);
  }
  return status;
}
