// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_PLUGIN_WORLD_H
#define KT_BASE_PLUGIN_WORLD_H

#include "base/error.h"

#if KT_LV2
#include <lilv/lilv.h>
#include <lv2/options/options.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

enum { KT_URIDS = 512, KT_JOB_BYTES = 1 << 16 };

/// The descriptions of the plugins on this machine, one of them, and what a host offers it: numbers for
/// URIs, options (rate, block length), and work done at once, between runs, as time stands still offline.
typedef struct KtPluginWorld {
  LilvWorld *lilv;
  const LilvPlugin *plugin;
  LilvInstance *instance; // once started
  LilvNode *input, *control, *audio, *atom, *midi, *reports_latency;
  char *uris[KT_URIDS];
  uint32_t uri_count;
  LV2_URID midi_urid, sequence_urid, chunk_urid, float_urid;
  float rate;
  int32_t frames, atom_bytes;
  LV2_URID_Map map;
  LV2_URID_Unmap unmap;
  LV2_Worker_Schedule schedule;
  LV2_Options_Option options[6];
  LV2_Feature offered[7];
  const LV2_Feature *features[8];
  size_t job_bytes;       // used of `jobs`: a size, then so many bytes, again and again
  char *jobs;
} KtPluginWorld;

/// KT_ERR_MISSING where there is no such plugin, KT_ERR_UNSUPPORTED where it requires what is not offered.
KtStatus kt_plugin_world_open(const char *uri, int rate, int frames, KtPluginWorld **world, KtError *err);
void kt_plugin_world_close(KtPluginWorld *world);
void kt_plugin_world_started(KtPluginWorld *world, LilvInstance *instance);
/// A preset's state into the instance, its control ports through `set`. KT_ERR_MISSING where there is none.
KtStatus kt_plugin_world_preset(KtPluginWorld *world, const char *preset, LilvInstance *instance,
                                LilvSetPortValueFunc set, void *user, KtError *err);
/// Does what the plugin has asked for during its run and hands it the answers.
void kt_plugin_world_work(KtPluginWorld *world);
#endif

#endif
