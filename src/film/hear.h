// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_HEAR_H
#define KT_FILM_HEAR_H

#include "base/fft.h"
#include "base/mapped.h"
#include "film/film.h"
#include "film/silero.h"

#include <libavutil/channel_layout.h>

enum {
  KT_STEP = 480,          ///< audio frames of one step of listening: 10 ms
  KT_ENVELOPE_STEP = 120, ///< of the envelope that onsets are found in: 2.5 ms
  KT_VOICE_WINDOW = 2048,
  KT_MUSIC_WINDOW = 4096,
  KT_MUSIC_STEP = 960, ///< 20 ms
};

/// A growing array on the heap; KT_ARRAY's arena would keep each smaller copy.
typedef struct KtSeries {
  float *items;
  size_t count, capacity;
} KtSeries;
bool kt_series_push(KtSeries *series, float value);

/// Loudness by ITU-R BS.1770-4: mean squares of 100 ms, K-weighted and summed over channels, and
/// the true peak of annex 2.
typedef struct KtLoudness {
  int channels;
  double weight[64];
  double state[64][4];
  double power; ///< of the 100 ms being filled
  int filled;
  KtSeries powers; ///< one for each 100 ms
  float taps[4][16];
  float history[64][16];
  double peak; ///< linear, over all channels
  bool failed;
} KtLoudness;
void kt_loudness_init(KtLoudness *loudness, const AVChannelLayout *layout);
void kt_loudness_add(KtLoudness *loudness, const float *samples, size_t frames);
void kt_loudness_finish(KtLoudness *loudness, KtFilm *film); ///< all but dialogue
void kt_loudness_dialogue(KtFilm *film, const KtSeries *powers);
void kt_loudness_clear(KtLoudness *loudness);

/// What one 10 ms step sounds like, for finding words.
typedef struct KtVoice {
  float level_db; ///< 200..4000 Hz
  float voicing;  ///< 0..1, height of the pitch peak of the autocorrelation
  float pitch_hz; ///< 0 where none
  float tilt_db;  ///< 3..8 kHz over 200..1500 Hz: hiss of consonants
  float formants; ///< deviation in dB of smoothed spectrum, 300..3500 Hz
  float flux;     ///< change of spectral shape to the step before
} KtVoice;

/// The film's sound at 16 kHz, block by block, before a trained network (listen.c).
enum { KT_LISTEN_TAPS = 97 };
typedef struct KtListen {
  KtSileroWeights *weights; ///< NULL: nothing is done; owned
  KtSilero silero;
  float taps[KT_LISTEN_TAPS], line[KT_LISTEN_TAPS + KT_STEP];
  int early; ///< outputs still to be dropped
  float samples[KT_SILERO_BLOCK];
  int filled;
  KtSeries odds; ///< log-odds of speech, one for each 32 ms
} KtListen;
void kt_listen_init(KtListen *listen, KtSileroWeights *weights); ///< takes the weights
bool kt_listen_step(KtListen *listen, const float *mono);        ///< `KT_STEP` samples; false: no memory
bool kt_listen_finish(KtListen *listen);
void kt_listen_clear(KtListen *listen);

/// Listens to the whole film's sound in one pass.
typedef struct KtHear {
  KtLoudness loudness;
  KtListen listen;
  int channels;
  float mono_gain[64];
  float ring[KT_MUSIC_WINDOW]; ///< the last mono samples
  int64_t heard;               ///< samples
  float block[KT_STEP];
  int filled;
  float last;               ///< sample before, for the pre-emphasis
  KtSeries envelope, sharp; ///< mean squares of 2.5 ms, plain and pre-emphasised
  KtMapped envelope_room, sharp_room, voice_room; ///< where they lie
  double envelope_sum, sharp_sum;
  int envelope_filled;
  KtFft voice_fft, lag_fft, music_fft;
  float voice_window[KT_VOICE_WINDOW], music_window[KT_MUSIC_WINDOW];
  float shape[24]; ///< band shape of the step before
  KtVoice *voices;
  size_t voice_count, voice_capacity;
  uint16_t active[512]; ///< steps that each bin stood out in, this half block
  uint16_t active_before[512];
  int music_steps;
  KtSeries continuity; ///< Seyerlehner's measure, one a half block
} KtHear;
/// `weights` (taken; NULL: none) are Silero VAD's.
KtStatus kt_hear_init(KtHear *hear, const AVChannelLayout *layout, KtSileroWeights *weights,
                      KtError *err);
KtStatus kt_hear_add(KtHear *hear, const float *samples, size_t frames, KtError *err);
/// Loudness, transients, music and speech into the film; captions, where read, support speech.
KtStatus kt_hear_finish(KtHear *hear, KtFilm *film, KtError *err);
void kt_hear_clear(KtHear *hear);

void kt_voice_step(KtHear *hear); ///< voice.c: one KtVoice from the ring
/// How much each 10 ms is like words by pitch, rhythm and spectrum: log-odds, one a KtVoice. The
/// caller frees it; NULL out of memory.
float *kt_words_scores(const KtHear *hear);
void kt_music_step(KtHear *hear); ///< music_found.c
void kt_music_find(const KtHear *hear, KtFilm *film);
void kt_onsets_find(const KtHear *hear, KtFilm *film); ///< onsets.c
/// Silence and ambience, once speech and music are known (ambience.c). False: no memory.
bool kt_ambience_find(const KtHear *hear, KtFilm *film);

#endif
