// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "render/envelope.h"
#include "render/measure.h"
#include "render/soundfont.h"

#include <fluidsynth.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { CHUNK = 64 };

/// A synth's voices remember what they played, so that a preset is measured on a new one; the
/// library is held by a keeper that never plays.
struct KtProbe {
  fluid_settings_t *settings;
  fluid_synth_t *keeper, *synth;
  fluid_sfont_t *sfont;
  int library;
  bool seated; // a preset is chosen
  int length; // of the last take
  const float *take[2];
  float left[KT_PROBE_MOST], right[KT_PROBE_MOST], mono[KT_PROBE_MOST];
};

static void stand_up(KtProbe *probe) {
  if (probe->synth) {
    kt_soundfont_lock();
    fluid_synth_remove_sfont(probe->synth, probe->sfont); // or it would be freed with it
    delete_fluid_synth(probe->synth);
    kt_soundfont_unlock();
    probe->synth = NULL;
    probe->seated = false;
  }
}

void kt_probe_close(KtProbe *probe) {
  if (probe) {
    stand_up(probe);
    if (probe->keeper) {
      kt_soundfont_lock();
      delete_fluid_synth(probe->keeper);
      kt_soundfont_unlock();
    }
    if (probe->settings) {
      delete_fluid_settings(probe->settings);
    }
    free(probe);
  }
}

KtStatus kt_probe_open(const char *library_path, KtProbe **probe, KtError *err) {
  KtStatus checked = kt_soundfont_check(library_path, err);
  if (checked) {
    return checked;
  }
  // The first synth of a process sets up the player's own tables, which threads may not do together.
  static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&first);
  for (int level = 0; level < LAST_LOG_LEVEL; ++level) {
    fluid_set_log_function(level, NULL, NULL);
  }
  KtProbe *made = calloc(1, sizeof(*made));
  if (made && (made->settings = new_fluid_settings()) != NULL) {
    fluid_settings_setnum(made->settings, "synth.sample-rate", KT_SAMPLE_RATE);
    fluid_settings_setnum(made->settings, "synth.gain", 1.0);
    fluid_settings_setint(made->settings, "synth.reverb.active", 0);
    fluid_settings_setint(made->settings, "synth.chorus.active", 0);
    fluid_settings_setint(made->settings, "synth.dynamic-sample-loading", 1);
    fluid_settings_setint(made->settings, "synth.lock-memory", 0);
    made->keeper = new_fluid_synth(made->settings);
  }
  pthread_mutex_unlock(&first);
  if (!made || !made->keeper) {
    kt_probe_close(made);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (fluid_synth_sfload(made->keeper, library_path, 0) == FLUID_FAILED) {
    kt_probe_close(made);
    KtStatus status = kt_file_exists(library_path) ? KT_ERR_FORMAT : KT_ERR_MISSING;
    return kt_error_at(err, status, library_path, 0, 0, "cannot be opened as a sample library");
  }
  made->sfont = fluid_synth_get_sfont(made->keeper, 0);
  KtStatus status = kt_probe_begin(made, err);
  if (status) {
    kt_probe_close(made);
    return status;
  }
  *probe = made;
  return KT_OK;
}

KtStatus kt_probe_begin(KtProbe *probe, KtError *err) {
  stand_up(probe);
  kt_soundfont_lock();
  if (kt_soundfont_room(KT_PLAYER_BYTES, err)) {
    kt_soundfont_unlock();
    return KT_ERR_MEMORY;
  }
  probe->synth = new_fluid_synth(probe->settings);
  probe->library = probe->synth ? fluid_synth_add_sfont(probe->synth, probe->sfont) : FLUID_FAILED;
  kt_soundfont_unlock();
  if (probe->library == FLUID_FAILED) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return KT_OK;
}

/// Attack and release as the performance sets them by generator, for all notes of the channel: as
/// offsets to what the preset has they would not be absolute, so the voices are told one by one.
static void shape(KtProbe *probe, const KtPreset *preset, int key, int value) {
  fluid_voice_t *voices[64];
  double own = KT_OPEN_CENTS;
  fluid_synth_get_voicelist(probe->synth, voices, 64, -1);
  for (int i = 0; i < 64 && voices[i]; ++i) {
    own = fmin(own, (double)fluid_voice_gen_get(voices[i], GEN_FILTERFC));
  }
  for (int i = 0; i < 64 && voices[i]; ++i) {
    kt_shape_voice(voices[i], preset);
  }
  // Last: what voices are told waits for the next call of the synth, or the first block would be played without it.
  fluid_synth_set_gen(probe->synth, 0, GEN_FILTERFC, (float)fmin(0, kt_filter_cents(preset, key, value) - own));
}

/// Nothing of the note before: its release, which may take seconds, is made short. The preset stays
/// where it is chosen already, so that its samples are not read anew for every note.
static bool sit_down(KtProbe *probe, const KtPreset *preset) {
  enum { MOST = KT_SAMPLE_RATE / CHUNK };
  fluid_voice_t *voices[64];
  fluid_synth_get_voicelist(probe->synth, voices, 64, -1);
  for (int i = 0; i < 64 && voices[i]; ++i) {
    fluid_voice_gen_set(voices[i], GEN_VOLENVRELEASE, -12000);
    fluid_voice_update_param(voices[i], GEN_VOLENVRELEASE);
  }
  fluid_synth_all_sounds_off(probe->synth, 0);
  for (int i = 0; i < MOST && fluid_synth_get_active_voice_count(probe->synth) > 0; ++i) {
    fluid_synth_write_float(probe->synth, CHUNK, probe->left, 0, 1, probe->right, 0, 1);
  }
  fluid_synth_cc(probe->synth, 0, 121, 0);
  int library = 0, bank = -1, program = -1;
  fluid_synth_get_program(probe->synth, 0, &library, &bank, &program);
  if (probe->seated && bank == preset->bank && program == preset->program) {
    return true;
  }
  kt_soundfont_lock();
  probe->seated = !fluid_synth_program_select(probe->synth, 0, probe->library, preset->bank, preset->program);
  kt_soundfont_unlock();
  return probe->seated;
}

const float *const *kt_probe_play(KtProbe *probe, const KtPreset *preset, int key, int level,
                                  double seconds, int length) {
  return kt_probe_play_at(probe, preset, key, level, level, seconds, length);
}

const float *const *kt_probe_play_at(KtProbe *probe, const KtPreset *preset, int key, int velocity,
                                     int controller, double seconds, int length) {
  length = length > KT_PROBE_MOST ? KT_PROBE_MOST : length / CHUNK * CHUNK;
  if (!sit_down(probe, preset)) {
    return NULL;
  }
  fluid_synth_cc(probe->synth, 0, 11, 127);
  if (preset->dynamics_controller) {
    fluid_synth_cc(probe->synth, 0, preset->dynamics_controller, controller);
  }
  int off = (KT_PROBE_LEAD + (int)(seconds * KT_SAMPLE_RATE)) / CHUNK * CHUNK;
  for (int at = 0; at < length; at += CHUNK) {
    if (at == KT_PROBE_LEAD / CHUNK * CHUNK) {
      fluid_synth_noteon(probe->synth, 0, key, velocity);
      shape(probe, preset, key, preset->dynamics_controller ? controller : velocity);
    }
    if (at == off) {
      fluid_synth_noteoff(probe->synth, 0, key);
    }
    fluid_synth_write_float(probe->synth, CHUNK, probe->left, at, 1, probe->right, at, 1);
  }
  for (int i = 0; i < length; ++i) {
    probe->mono[i] = 0.5F * (probe->left[i] + probe->right[i]);
  }
  probe->length = length;
  probe->take[0] = probe->left;
  probe->take[1] = probe->right;
  return probe->take;
}

/// A note alone needs no search for where it begins: its energy, in windows of 10 ms a millisecond
/// apart, comes within 10 dB of the most it reaches while an attack may last.
double kt_probe_attack_ms(const KtProbe *probe) {
  enum { MS = KT_SAMPLE_RATE / 1000, WINDOW_MS = 10, ATTACK_MS = 250, COUNT = ATTACK_MS + WINDOW_MS };
  double energy[COUNT], low = 0, before = 0, top = 0;
  const double pass = 1.0 - exp(-2.0 * M_PI * 50.0 / KT_SAMPLE_RATE);
  int from = KT_PROBE_LEAD - WINDOW_MS * MS / 2;
  if (probe->length < from + (COUNT + WINDOW_MS) * MS) {
    return -1;
  }
  double part[COUNT + WINDOW_MS] = {0};
  for (int i = 0; i < (COUNT + WINDOW_MS) * MS; ++i) {
    double now = (double)probe->mono[from + i]; // below 50 Hz little is heard of an attack
    low += pass * (now - low);
    before = now - low;
    part[i / MS] += before * before;
  }
  for (int m = 0; m < COUNT; ++m) {
    energy[m] = 0;
    for (int k = 0; k < WINDOW_MS; ++k) {
      energy[m] += part[m + k];
    }
    top = fmax(top, energy[m]);
  }
  double threshold = 0.1 * top, last = 0;
  for (int m = 0; m < COUNT && top > 1e-9; ++m) {
    if (energy[m] >= threshold) {
      double share = energy[m] > last ? (threshold - last) / (energy[m] - last) : 0;
      return m ? m - 1 + share : -1; // what sounds before the note is not the note
    }
    last = energy[m];
  }
  return -1;
}

double kt_probe_release_ms(const KtProbe *probe, double seconds) {
  enum { MS = KT_SAMPLE_RATE / 1000, WINDOW = 10 * MS, BEFORE = 50 * MS, MOST_MS = 400 };
  int off = (KT_PROBE_LEAD + (int)(seconds * KT_SAMPLE_RATE)) / CHUNK * CHUNK;
  if (probe->length < off + MOST_MS * MS + WINDOW) {
    return -1;
  }
  double was = 0;
  for (int i = off - BEFORE; i < off; ++i) {
    was += (double)probe->mono[i] * (double)probe->mono[i] * WINDOW / BEFORE;
  }
  for (int m = 0; m < MOST_MS; ++m) {
    double now = 0;
    for (int i = 0; i < WINDOW; ++i) {
      double sample = (double)probe->mono[off + m * MS - WINDOW / 2 + i];
      now += sample * sample;
    }
    if (now <= 0.25 * was) {
      return was > 1e-12 ? m : -1;
    }
  }
  return was > 1e-12 ? MOST_MS : -1;
}
