// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_PLUGIN_H
#define KT_BASE_PLUGIN_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

/// A control port of a plugin and what it is set to.
typedef struct KtPluginPort {
  const char *symbol;
  float value;
} KtPluginPort;

/// An LV2 plugin as a person names it. Texts are borrowed.
typedef struct KtPluginChoice {
  const char *uri;
  const char *preset;         ///< URI of one of its presets; NULL its defaults
  const KtPluginPort *ports;  ///< set after the preset
  int port_count;
} KtPluginChoice;

/// A plugin running offline, one object, one thread; different objects may run on different threads.
/// Always there to be called: without LV2 built in, opening says so.
typedef struct KtPlugin KtPlugin;

enum { KT_PLUGIN_SOUNDS = 2 }; ///< audio ports used each way: left and right

/// Open at `rate` Hz for runs of exactly `frames` audio frames. KT_ERR_UNSUPPORTED where LV2 is not built
/// in, or the plugin asks for what is not offered here; KT_ERR_MISSING where there is no such plugin
/// or preset on this machine (LV2_PATH); KT_ERR_ARGUMENT names a port it has not got; KT_ERR_MEMORY.
KtStatus kt_plugin_open(const KtPluginChoice *choice, int rate, int frames, KtPlugin **plugin, KtError *err);
void kt_plugin_close(KtPlugin *plugin);

int kt_plugin_sounds_in(const KtPlugin *plugin);  ///< audio inputs, 0 an instrument
int kt_plugin_sounds_out(const KtPlugin *plugin); ///< audio outputs, at least 1
bool kt_plugin_hears_midi(const KtPlugin *plugin);
int kt_plugin_latency(const KtPlugin *plugin);    ///< audio frames, after the first run; 0 where it says none

/// A MIDI message of at most 3 bytes for the next run, `frame` from its beginning; in order. More than the
/// run has room for (some hundreds) are left out.
void kt_plugin_midi(KtPlugin *plugin, int frame, const uint8_t *bytes, int count);
/// Next run. `in` is two channels (NULL: silence), `out` two that are written; a plugin with one of either gets
/// their mean, or gives both the same.
void kt_plugin_run(KtPlugin *plugin, const float *const in[KT_PLUGIN_SOUNDS], float *const out[KT_PLUGIN_SOUNDS]);

/// What tells one plugin as chosen from another, for keys: URI, preset, ports, and the stamp of its code.
/// As kt_plugin_open() for what is not there.
KtStatus kt_plugin_identity(const KtPluginChoice *choice, KtArena *arena, const char **text, KtError *err);

#endif
