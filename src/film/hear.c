// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/speech.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONG = 32768 }; // items after which what was written leaves memory

bool kt_series_push(KtSeries *series, float value) {
  if (series->count == series->capacity) {
    size_t capacity = series->capacity ? series->capacity * 2 : 1024;
    float *larger = realloc(series->items, capacity * sizeof(float));
    if (!larger) {
      return false;
    }
    series->items = larger;
    series->capacity = capacity;
  }
  series->items[series->count++] = value;
  return true;
}

/// Words are mostly in the middle speaker; the deep effects channel says nothing.
static void mono_gains(KtHear *hear, const AVChannelLayout *layout) {
  float sum = 0;
  for (int c = 0; c < hear->channels; ++c) {
    int channel = (int)av_channel_layout_channel_from_index(layout, (unsigned)c);
    bool deep = channel == AV_CHAN_LOW_FREQUENCY || channel == AV_CHAN_LOW_FREQUENCY_2;
    bool side = hear->channels > 2 && channel != AV_CHAN_FRONT_LEFT &&
                channel != AV_CHAN_FRONT_RIGHT && channel != AV_CHAN_FRONT_CENTER;
    hear->mono_gain[c] = deep ? 0.0F : side ? 0.25F : channel == AV_CHAN_FRONT_CENTER ? 1.0F : 0.5F;
    sum += hear->mono_gain[c];
  }
  for (int c = 0; c < hear->channels && sum > 0; ++c) {
    hear->mono_gain[c] /= sum;
  }
}

static void hann(float *window, int size) {
  for (int i = 0; i < size; ++i) {
    window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / size));
  }
}

KtStatus kt_hear_init(KtHear *hear, const AVChannelLayout *layout, KtSileroWeights *weights,
                      KtError *err) {
  memset(hear, 0, sizeof(*hear));
  kt_listen_init(&hear->listen, weights);
  hear->channels = layout->nb_channels < 64 ? layout->nb_channels : 64;
  kt_loudness_init(&hear->loudness, layout);
  mono_gains(hear, layout);
  hann(hear->voice_window, KT_VOICE_WINDOW);
  hann(hear->music_window, KT_MUSIC_WINDOW);
  KtStatus status = kt_fft_init(&hear->voice_fft, KT_VOICE_WINDOW, err);
  if (!status) {
    status = kt_fft_init(&hear->lag_fft, KT_VOICE_WINDOW, err);
  }
  return status ? status : kt_fft_init(&hear->music_fft, KT_MUSIC_WINDOW, err);
}

void kt_hear_clear(KtHear *hear) {
  kt_loudness_clear(&hear->loudness);
  kt_listen_clear(&hear->listen);
  kt_mapped_clear(&hear->envelope_room);
  kt_mapped_clear(&hear->sharp_room);
  kt_mapped_clear(&hear->voice_room);
  free(hear->continuity.items);
  kt_fft_clear(&hear->voice_fft);
  kt_fft_clear(&hear->lag_fft);
  kt_fft_clear(&hear->music_fft);
  memset(hear, 0, sizeof(*hear));
}

/// As kt_series_push(), for what is long.
static bool push_long(KtSeries *series, KtMapped *room, float value) {
  if (series->count == series->capacity) {
    size_t capacity = series->capacity ? series->capacity * 2 : LONG;
    if (!kt_mapped_grow(room, capacity * sizeof(float))) {
      return false;
    }
    series->items = room->items;
    series->capacity = capacity;
  }
  if (series->count % LONG == 0) {
    kt_mapped_rest(room);
  }
  series->items[series->count++] = value;
  return true;
}

static bool envelope(KtHear *hear, float x) {
  float edge = x - hear->last;
  hear->last = x;
  hear->envelope_sum += (double)x * (double)x;
  hear->sharp_sum += (double)edge * (double)edge;
  if (++hear->envelope_filled < KT_ENVELOPE_STEP) {
    return true;
  }
  bool ok = push_long(&hear->envelope, &hear->envelope_room, (float)(hear->envelope_sum / KT_ENVELOPE_STEP)) &&
            push_long(&hear->sharp, &hear->sharp_room, (float)(hear->sharp_sum / KT_ENVELOPE_STEP));
  hear->envelope_sum = hear->sharp_sum = 0;
  hear->envelope_filled = 0;
  return ok;
}

/// One full step of 10 ms lies in `block`.
static bool step(KtHear *hear) {
  for (int i = 0; i < KT_STEP; ++i) {
    if (!envelope(hear, hear->block[i])) {
      return false;
    }
  }
  memmove(hear->ring, hear->ring + KT_STEP, (KT_MUSIC_WINDOW - KT_STEP) * sizeof(float));
  memcpy(hear->ring + KT_MUSIC_WINDOW - KT_STEP, hear->block, KT_STEP * sizeof(float));
  hear->heard += KT_STEP;
  hear->filled = 0;
  if (hear->voice_count == hear->voice_capacity) {
    size_t capacity = hear->voice_capacity ? hear->voice_capacity * 2 : LONG;
    if (!kt_mapped_grow(&hear->voice_room, capacity * sizeof(KtVoice))) {
      return false;
    }
    hear->voices = hear->voice_room.items;
    hear->voice_capacity = capacity;
  }
  if (hear->voice_count % LONG == 0) {
    kt_mapped_rest(&hear->voice_room);
  }
  kt_voice_step(hear);
  if (!kt_listen_step(&hear->listen, hear->block)) {
    return false;
  }
  if (hear->heard % KT_MUSIC_STEP == 0) {
    kt_music_step(hear);
  }
  return true;
}

KtStatus kt_hear_add(KtHear *hear, const float *samples, size_t frames, KtError *err) {
  kt_loudness_add(&hear->loudness, samples, frames);
  bool ok = !hear->loudness.failed;
  size_t channels = (size_t)hear->channels;
  for (size_t i = 0; i < frames && ok; ++i) {
    float mono = 0;
    for (size_t c = 0; c < channels; ++c) {
      mono += samples[i * channels + c] * hear->mono_gain[c];
    }
    hear->block[hear->filled++] = mono;
    ok = hear->filled < KT_STEP || step(hear);
  }
  return ok ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

/// The beginning of a word is sudden too, but no event: inside speech only what stands far out
/// stays.
static void spare_words(KtFilm *film) {
  size_t kept = 0;
  for (size_t i = 0; i < film->moments.count; ++i) {
    KtMoment moment = film->moments.items[i];
    KtFilmTime near = kt_film_time(0.12);
    if (moment.kind == KT_MOMENT_TRANSIENT &&
        kt_film_speech_at(film, moment.at - near / 4, moment.at + near)) {
      moment.strength *= 0.5F;
      if (moment.strength < 0.3F) {
        continue;
      }
    }
    film->moments.items[kept++] = moment;
  }
  film->moments.count = kept;
}

KtStatus kt_hear_finish(KtHear *hear, KtFilm *film, KtError *err) {
  bool ok = true;
  if (hear->filled) { // the last, broken step, with silence after it
    memset(hear->block + hear->filled, 0, (size_t)(KT_STEP - hear->filled) * sizeof(float));
    ok = step(hear);
  }
  ok = kt_listen_finish(&hear->listen) && ok;
  kt_loudness_finish(&hear->loudness, film);
  kt_onsets_find(hear, film);
  kt_music_find(hear, film);
  kt_speech_find(hear, film);
  spare_words(film);
  ok = kt_ambience_find(hear, film) && ok;
  kt_loudness_dialogue(film, &hear->loudness.powers);
  ok = ok && !hear->loudness.failed && !kt_arena_failed(film->arena);
  return ok ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}
