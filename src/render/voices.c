// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/pool.h"
#include "ear/loudest.h"
#include "orchestra/attacks.h"
#include "render/measure.h"

#include <math.h>
#include <stdlib.h>

enum {
  MOST_THREADS = 64,
  TAKE = KT_PROBE_LEAD + 3 * KT_SAMPLE_RATE,
  MF_CONTROLLER = 74, // level .6 through data/performance.yaml's curves
  MF_VELOCITY = 78,
  NOTES = 7,
};
static const double brightens = 1.04;         // from each of three dynamics to the next
static const double woodwind_lufs = -27.0;    // one woodwind at mezzo-forte
static const double short_note_lu = -3.0;     // a quarter of a second in a window of .4
static const double marcato_lu = -1.5;        // over a staccato by itself, before its accent
static const double bounced_lu = -7.0;        // a tone of a bow that bounces, in the same window
static const double held_s = 1.5, short_s = 0.25, bounced_s = 0.08;
static const double db_per_weight_decade = 8; // between piano (all equal) and forte (10 a decade)

typedef struct Measuring {
  const KtContext *ctx;
  const KtOrchestra *orchestra;
  KtProbe *probes[MOST_THREADS];
  KtVoices *voices;
} Measuring;

static bool same(const KtPreset *a, const KtPreset *b) {
  return a->bank == b->bank && a->program == b->program && a->transpose == b->transpose &&
         a->dynamics_controller == b->dynamics_controller &&
         fabsf(a->attack_s - b->attack_s) < 1e-4F && fabsf(a->release_s - b->release_s) < 1e-4F &&
         fabsf(a->decay_s - b->decay_s) < 1e-4F && fabsf(a->skip_ms - b->skip_ms) < 1e-4F &&
         fabsf(a->gain_db - b->gain_db) < 1e-4F;
}

static void list_presets(const KtInstrument *one, KtArena *arena, KtVoices *voices) {
  size_t first = voices->items.count;
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    size_t at = first;
    while (at < voices->items.count && !same(voices->items.items[at].preset, &one->presets[a])) {
      ++at;
    }
    if (!kt_preset_is_sampled(&one->presets[a]) || (!one->has[a] && (a != KT_ART_LONG || one->presets[a].program >= 0))) {
      continue;
    }
    if (at == voices->items.count) {
      KtVoice *made = kt_array_push(arena, &voices->items);
      if (!made) {
        return;
      }
      *made = (KtVoice){.instrument = one, .preset = &one->presets[a]};
    }
    voices->items.items[at].articulations |= 1U << a;
  }
}

static bool is_short(const KtVoice *voice) {
  unsigned held = 1U << KT_ART_LONG | 1U << KT_ART_LEGATO | 1U << KT_ART_TENUTO;
  unsigned brief = 1U << KT_ART_SHORT | 1U << KT_ART_MARCATO;
  return !(voice->articulations & held) && (voice->articulations & brief);
}

static bool is_bounced(const KtVoice *voice) {
  return voice->articulations == 1U << KT_ART_SPICCATO;
}

/// Mean square-root frequency of the second after the note's beginning: the root of the power of its slope
/// over its own.
static double take_hz(const float *take) {
  double bend = 0, power = 1e-15;
  for (int i = KT_PROBE_LEAD + 1; i < KT_PROBE_LEAD + KT_SAMPLE_RATE; ++i) {
    double step = (double)take[i] - (double)take[i - 1];
    bend += step * step;
    power += (double)take[i] * (double)take[i];
  }
  return KT_SAMPLE_RATE / (2 * M_PI) * sqrt(bend / power);
}

/// Soft, middling and loud without the filter: a preset whose samples brighten by themselves needs none.
static double tone_of(KtProbe *probe, const KtVoice *voice) {
  static const int levels[] = {40, 78, 115};
  const KtInstrument *one = voice->instrument;
  KtPreset plain = *voice->preset;
  plain.brightness = NULL;
  double hz[3] = {0};
  int key = (one->comfort_low + one->comfort_high) / 2 + plain.transpose;
  for (int l = 0; l < 3; ++l) {
    const float *const *take = kt_probe_play(probe, &plain, key, levels[l], 1.0, TAKE);
    hz[l] = take ? take_hz(take[0]) : 0;
  }
  return hz[1] > brightens * hz[0] && hz[2] > brightens * hz[1] ? 0 : hz[1];
}

static void measure(KtProbe *probe, KtVoice *voice) {
  const KtInstrument *one = voice->instrument;
  const KtPreset *preset = voice->preset;
  voice->place_lufs = woodwind_lufs + db_per_weight_decade * log10((double)one->weight) +
                      (is_bounced(voice) ? bounced_lu : voice->articulations == 1U << KT_ART_MARCATO ? marcato_lu : is_short(voice) ? short_note_lu : 0);
  int felt = 0;
  for (int k = 1; k <= NOTES; ++k) {
    int key = one->comfort_low + (one->comfort_high - one->comfort_low) * k / (NOTES + 1) +
              preset->transpose;
    int value = preset->dynamics_controller ? MF_CONTROLLER : MF_VELOCITY;
    const float *const *take = kt_probe_play_at(probe, preset, key, MF_VELOCITY, MF_CONTROLLER,
                                                is_bounced(voice) ? bounced_s : is_short(voice) ? short_s : held_s, TAKE);
    double lufs = take ? kt_loudest_lufs(take[0], take[1], TAKE / 64 * 64) : -120;
    if (lufs <= -80) { // a preset that a library has not got, or nothing on this key
      return;
    }
    voice->lufs += (lufs + (double)preset->gain_db + kt_level_db(preset, key, MF_VELOCITY)) / NOTES;
    double ms = kt_probe_attack_ms(probe);
    if (ms >= 0) {
      voice->felt_ms += ms;
      voice->left_ms += ms - kt_attack_ms(one, preset, key, value);
      ++felt;
    }
  }
  voice->tone_hz = tone_of(probe, voice);
  voice->present = true;
  voice->felt_ms /= felt ? felt : 1;
  voice->left_ms /= felt ? felt : 1;
}

static KtStatus measure_one(void *user, size_t index, int worker, KtError *err) {
  Measuring *measuring = user;
  KtVoice *voice = &measuring->voices->items.items[index];
  KtProbe **probe = &measuring->probes[worker];
  if (kt_cancelled(measuring->ctx)) {
    return kt_error_cancelled(err);
  }
  if (voice->preset->program < 0) {
    return KT_OK;
  }
  KtStatus status = *probe ? kt_probe_begin(*probe, err)
                           : kt_probe_open(measuring->orchestra->library_path, probe, err);
  if (!status) {
    measure(*probe, voice);
    if (!voice->present) {
      voice->lufs = voice->felt_ms = voice->left_ms = voice->tone_hz = 0;
    }
  }
  return status;
}

KtStatus kt_voices_measure(const KtContext *ctx, const KtOrchestra *orchestra, KtArena *arena,
                           KtVoices *voices, KtError *err) {
  *voices = (KtVoices){0};
  for (int i = 0; i < orchestra->count; ++i) {
    list_presets(&orchestra->instruments[i], arena, voices);
  }
  if (kt_arena_failed(arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  Measuring measuring = {.ctx = ctx, .orchestra = orchestra, .voices = voices};
  int threads = ctx->threads > MOST_THREADS ? MOST_THREADS : ctx->threads;
  KtStatus status = kt_parallel(threads, voices->items.count, measure_one, &measuring, err);
  for (int t = 0; t < MOST_THREADS; ++t) {
    kt_probe_close(measuring.probes[t]);
  }
  return status;
}
