// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/tones.h"

#include "render/desks.h"
#include "render/envelope.h"
#include "render/soundfont.h"

#include <math.h>
#include <string.h>

static const float silent_cb = 1440; // the most there is
static const double damp_ms = 16;    // a string that is plucked again, under the finger

/// Modulation, breath, volume, expression and the pedals. Place in the room belongs to the mix, and
/// a bank change would unseat the preset.
static bool is_played(int controller) {
  static const uint8_t played[] = {1, 2, 7, 11, 64, 66, 67};
  return memchr(played, controller, sizeof(played)) != NULL;
}

static int synth_channel(const KtSeat *seat, const KtSeatEvent *event, int desk, int lane) {
  return ((desk * seat->slots * seat->lanes) + lane * seat->slots) * KT_ART_COUNT + event->channel;
}

static void add(fluid_voice_t *voice, int generator, double amount) {
  fluid_voice_gen_incr(voice, generator, (float)amount);
  fluid_voice_update_param(voice, generator);
}

static void set(fluid_voice_t *voice, int generator, double value) {
  fluid_voice_gen_set(voice, generator, (float)value);
  fluid_voice_update_param(voice, generator);
}

static double timecents(double seconds) {
  return 1200 * log2(seconds);
}

/// The voices of the last note begun on a key, to the front of the list. Older ones may ring on there.
static int newest(KtTones *tones, int channel, int key) {
  int count = 0;
  unsigned id = 0;
  fluid_synth_get_voicelist(tones->synth, tones->voices, KT_VOICES, -1);
  for (int i = 0; i < KT_VOICES && tones->voices[i]; ++i) {
    fluid_voice_t *voice = tones->voices[i];
    if (!fluid_voice_is_on(voice) || fluid_voice_get_channel(voice) != channel ||
        fluid_voice_get_key(voice) != key) {
      continue;
    }
    unsigned its = fluid_voice_get_id(voice);
    count = count && its == id ? count : its > id || !count ? 0 : count;
    if (!count || its == id) {
      tones->voices[count++] = voice;
      id = its;
    }
  }
  return count;
}

/// A tone struck again is not the same tone: bow and breath differ by a few cents and a little of the
/// top. In turn, so that no two in a row are alike; the first is the sample as it is.
/// Where a filter stands over the tone already, a third of that is heard as much.
static void vary(fluid_voice_t *voice, int again, bool filtered) {
  static const struct {
    float cents, cutoff_cents;
  } turns[] = {{0, 0}, {2.5F, -300}, {-2, -120}, {1, -500}, {-3, -220}};
  int turn = again % (int)(sizeof(turns) / sizeof(*turns));
  if (turn) {
    add(voice, GEN_FINETUNE, (double)turns[turn].cents);
    add(voice, GEN_FILTERFC, (double)turns[turn].cutoff_cents * (filtered ? 0.35 : 1));
  }
}

/// How this desk's tone differs from the section's.
static void seat_at_desk(fluid_voice_t *voice, const KtSeat *seat, const KtSeatEvent *event) {
  const KtSectionDesk *desk = &seat->ensemble->desks[event->desk];
  add(voice, GEN_COARSETUNE, -desk->shift);
  add(voice, GEN_FINETUNE, event->tenths / 10.0);
  add(voice, GEN_PAN, 5 * (double)desk->place);
  int art = event->channel % KT_ART_COUNT;
  if (desk->vibrato_cents > 0 && (art == KT_ART_LONG || art == KT_ART_LEGATO || art == KT_ART_TENUTO || art == KT_ART_SFORZATO)) {
    set(voice, GEN_VIBLFOFREQ, 1200 * log2((double)desk->vibrato_hz / 8.176));
    set(voice, GEN_VIBLFODELAY, timecents(0.25));
    add(voice, GEN_VIBLFOTOPITCH, (double)desk->vibrato_cents);
  }
}

static void fade(KtTones *tones, fluid_voice_t *voice, int64_t from, double ms, bool in) {
  int64_t length = kt_blocks_of_ms(ms);
  for (int i = 0; i < tones->fade_count; ++i) { // one that is still coming in goes from where it is meant to be
    KtFade *other = &tones->fades[i];
    if (other->voice == voice && other->id == fluid_voice_get_id(voice)) {
      *other = (KtFade){voice, other->id, from, length, in, other->less_cb};
      return;
    }
  }
  if (tones->fade_count < KT_FADES) {
    tones->fades[tones->fade_count++] = (KtFade){voice, fluid_voice_get_id(voice), from, length, in,
                                                 fluid_voice_gen_get(voice, GEN_ATTENUATION)};
  }
}

/// The channel's filter, by its last key and dynamics.
static void darken(KtTones *tones, const KtPreset *preset, int channel) {
  int key = tones->channels[channel].key, value = tones->channels[channel].value;
  double cents = kt_filter_cents(preset, key, value) - (double)tones->channels[channel].filter_cents;
  fluid_synth_set_gen(tones->synth, channel, GEN_FILTERFC, (float)fmin(0, cents));
}

static void begin(KtTones *tones, const KtSeatEvent *event, int channel, int key) {
  const KtSeat *seat = tones->seat;
  const KtPreset *preset = &seat->presets[event->channel % KT_ART_COUNT];
  uint8_t *again = &tones->again[synth_channel(seat, event, event->desk, 0) % KT_CHANNELS][key & 127];
  const double slur_ms = (double)seat->ensemble->slur_fade_ms;
  int count = newest(tones, channel, key);
  if (count && preset->brightness) {
    float own = KT_OPEN_CENTS;
    for (int i = 0; i < count; ++i) {
      own = fminf(own, fluid_voice_gen_get(tones->voices[i], GEN_FILTERFC));
    }
    tones->channels[channel].filter_cents = own;
    tones->channels[channel].key = key;
    if (preset->dynamics_controller) {
      darken(tones, preset, channel);
    }
  }
  for (int i = 0; i < count; ++i) {
    fluid_voice_t *voice = tones->voices[i];
    if (preset->brightness && !preset->dynamics_controller) {
      double cents = kt_filter_cents(preset, key, event->value);
      add(voice, GEN_FILTERFC, fmin(0, cents - (double)tones->channels[channel].filter_cents));
    }
    vary(voice, *again, preset->brightness != NULL);
    add(voice, GEN_ATTENUATION, event->less_cb);
    if (seat->desks > 1) {
      seat_at_desk(voice, seat, event);
    }
    kt_shape_voice(voice, preset);
    if (event->slurred) {
      fade(tones, voice, event->block + event->lead, slur_ms, true);
      set(voice, GEN_ATTENUATION, (double)silent_cb);
    }
  }
  *again = (uint8_t)(*again + 1);
}

static void tell_control(KtTones *tones, const KtSeatEvent *event) {
  const KtSeat *seat = tones->seat;
  const KtPreset *preset = &seat->presets[event->channel % KT_ART_COUNT];
  for (int d = 0; d < seat->desks * seat->lanes && is_played(event->key); ++d) {
    int channel = synth_channel(seat, event, d / seat->lanes, d % seat->lanes);
    fluid_synth_cc(tones->synth, channel, event->key, event->value);
    if (preset->brightness && preset->dynamics_controller && event->key == preset->dynamics_controller) {
      tones->channels[channel].value = event->value;
      darken(tones, preset, channel);
    }
  }
}

/// What gives way keeps its level under the fade, and is over when that is.
static void let_go(KtTones *tones, const KtSeatEvent *event, int channel, int key) {
  int count = newest(tones, channel, key);
  for (int i = 0; i < count; ++i) {
    fade(tones, tones->voices[i], event->block, (double)tones->seat->ensemble->slur_fade_ms, false);
    set(tones->voices[i], GEN_VOLENVRELEASE, timecents(20));
  }
}

/// What is struck again is one string, one bar: its last tone ends where the new one begins. Two of them that ring on
/// together lift or cancel each other as chance has it. Cymbals and drums gather.
static bool is_one_string(const KtSeat *seat, int art) {
  const KtInstrument *one = seat->instrument;
  bool struck = one->stem == KT_STEM_KEYS || one->stem == KT_STEM_PERCUSSION;
  return (struck && one->pitched) || art == KT_ART_PIZZICATO;
}

static void damp(KtTones *tones, const KtSeatEvent *event, int key) {
  fluid_synth_get_voicelist(tones->synth, tones->voices, KT_VOICES, -1);
  for (int lane = 0; lane < tones->seat->lanes; ++lane) {
    int channel = synth_channel(tones->seat, event, event->desk, lane);
    for (int i = 0; i < KT_VOICES && tones->voices[i]; ++i) {
      fluid_voice_t *voice = tones->voices[i];
      if (fluid_voice_is_playing(voice) && fluid_voice_get_channel(voice) == channel && fluid_voice_get_key(voice) == key) {
        fade(tones, voice, event->block, damp_ms, false);
      }
    }
  }
}

void kt_tones_tell(KtTones *tones, const KtSeatEvent *event) {
  const KtSeat *seat = tones->seat;
  if (event->kind == KT_EVENT_CONTROL) {
    tell_control(tones, event);
    return;
  }
  int channel = synth_channel(seat, event, event->desk, event->lane);
  int key = event->key + (seat->desks > 1 ? seat->ensemble->desks[event->desk].shift : 0);
  key = key < 0 ? 0 : key > 127 ? 127 : key;
  if (event->kind == KT_EVENT_NOTE_OFF) {
    if (event->slurred) {
      let_go(tones, event, channel, key);
    }
    fluid_synth_noteoff(tones->synth, channel, key);
    return;
  }
  if (is_one_string(seat, event->channel % KT_ART_COUNT)) {
    damp(tones, event, key);
  }
  if (!fluid_synth_noteon(tones->synth, channel, key, event->value)) {
    begin(tones, event, channel, key);
  }
}

void kt_tones_start(KtTones *tones, fluid_synth_t *synth, const KtSeat *seat) {
  memset(tones->again, 0, sizeof(tones->again));
  tones->fade_count = 0;
  for (int c = 0; c < KT_CHANNELS; ++c) {
    tones->channels[c].filter_cents = KT_OPEN_CENTS;
    tones->channels[c].key = 60;
  }
  tones->synth = synth;
  tones->seat = seat;
  for (int art = 0; art < KT_ART_COUNT; ++art) { // until the player says otherwise
    int dynamics = seat->presets[art].dynamics_controller;
    for (int slot = 0; slot < seat->slots && seat->used[art] && dynamics; ++slot) {
      tell_control(tones, &(KtSeatEvent){.kind = KT_EVENT_CONTROL,
                                         .channel = (uint8_t)(slot * KT_ART_COUNT + art),
                                         .key = (uint8_t)dynamics,
                                         .value = 100});
    }
  }
}

int kt_tones_step(KtTones *tones, int64_t block, int most) {
  int kept = 0;
  for (int i = 0; i < tones->fade_count; ++i) {
    KtFade *one = &tones->fades[i];
    if (!fluid_voice_is_playing(one->voice) || fluid_voice_get_id(one->voice) != one->id) {
      continue;
    }
    int64_t gone = block - one->from;
    if (gone < 0) {
      most = -gone < most ? (int)-gone : most;
      tones->fades[kept++] = *one;
      continue;
    }
    // sine and cosine: together they have the power of one
    double way = gone + 1 >= one->length ? 1 : (double)(gone + 1) / (double)one->length;
    double gain = one->in ? sin(M_PI / 2 * way) : cos(M_PI / 2 * way);
    double cb = (double)one->less_cb + (gain > 1e-6 ? -200 * log10(gain) : (double)silent_cb);
    set(one->voice, GEN_ATTENUATION, fmin((double)silent_cb, cb));
    if (way < 1) {
      most = 1;
      tones->fades[kept++] = *one;
    } else if (!one->in) {
      set(one->voice, GEN_VOLENVRELEASE, -12000);
    }
  }
  tones->fade_count = kept;
  return most;
}
