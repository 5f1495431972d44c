// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/plugin_world.h"

#if KT_LV2
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/midi/midi.h>
#include <lv2/parameters/parameters.h>
#include <stdlib.h>
#include <string.h>

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char *uri) {
  KtPluginWorld *world = handle;
  for (uint32_t i = 0; i < world->uri_count; ++i) {
    if (!strcmp(world->uris[i], uri)) {
      return i + 1;
    }
  }
  char *copy = world->uri_count < KT_URIDS ? strdup(uri) : NULL;
  if (!copy) {
    return 0;
  }
  world->uris[world->uri_count++] = copy;
  return world->uri_count;
}

static const char *unmap_uri(LV2_URID_Unmap_Handle handle, LV2_URID urid) {
  const KtPluginWorld *world = handle;
  return urid > 0 && urid <= world->uri_count ? world->uris[urid - 1] : NULL;
}

static LV2_Worker_Status schedule(LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data) {
  KtPluginWorld *world = handle;
  if (world->job_bytes + sizeof(size) + size > KT_JOB_BYTES) {
    return LV2_WORKER_ERR_NO_SPACE;
  }
  memcpy(world->jobs + world->job_bytes, &size, sizeof(size));
  if (size) {
    memcpy(world->jobs + world->job_bytes + sizeof(size), data, size);
  }
  world->job_bytes += sizeof(size) + size;
  return LV2_WORKER_SUCCESS;
}

static const LV2_Worker_Interface *worker_of(const KtPluginWorld *world) {
  return world->instance ? lilv_instance_get_extension_data(world->instance, LV2_WORKER__interface) : NULL;
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t size, const void *data) {
  const KtPluginWorld *world = handle;
  const LV2_Worker_Interface *worker = worker_of(world);
  return worker && worker->work_response
             ? worker->work_response(lilv_instance_get_handle(world->instance), size, data)
             : LV2_WORKER_SUCCESS;
}

void kt_plugin_world_work(KtPluginWorld *world) {
  const LV2_Worker_Interface *worker = world->job_bytes ? worker_of(world) : NULL;
  for (size_t at = 0; worker && at < world->job_bytes;) {
    uint32_t size = 0;
    memcpy(&size, world->jobs + at, sizeof(size));
    worker->work(lilv_instance_get_handle(world->instance), respond, world, size, world->jobs + at + sizeof(size));
    at += sizeof(size) + size;
  }
  if (worker && worker->end_run) {
    worker->end_run(lilv_instance_get_handle(world->instance));
  }
  world->job_bytes = 0;
}

static void offer(KtPluginWorld *world) {
  world->map = (LV2_URID_Map){world, map_uri};
  world->unmap = (LV2_URID_Unmap){world, unmap_uri};
  world->schedule = (LV2_Worker_Schedule){world, schedule};
  world->midi_urid = map_uri(world, LV2_MIDI__MidiEvent);
  world->sequence_urid = map_uri(world, LV2_ATOM__Sequence);
  world->chunk_urid = map_uri(world, LV2_ATOM__Chunk);
  world->float_urid = map_uri(world, LV2_ATOM__Float);
  LV2_URID whole = map_uri(world, LV2_ATOM__Int);
  world->atom_bytes = 1 << 16;
  const struct {
    const char *uri;
    const void *value;
    LV2_URID type;
  } rows[] = {{LV2_PARAMETERS__sampleRate, &world->rate, world->float_urid},
              {LV2_BUF_SIZE__minBlockLength, &world->frames, whole},
              {LV2_BUF_SIZE__maxBlockLength, &world->frames, whole},
              {LV2_BUF_SIZE__nominalBlockLength, &world->frames, whole},
              {LV2_BUF_SIZE__sequenceSize, &world->atom_bytes, whole}};
  for (int i = 0; i < 5; ++i) {
    world->options[i] = (LV2_Options_Option){LV2_OPTIONS_INSTANCE, 0, map_uri(world, rows[i].uri), sizeof(float),
                                             rows[i].type, rows[i].value};
  }
  const LV2_Feature offered[] = {{LV2_URID__map, &world->map},
                                 {LV2_URID__unmap, &world->unmap},
                                 {LV2_WORKER__schedule, &world->schedule},
                                 {LV2_OPTIONS__options, world->options},
                                 {LV2_BUF_SIZE__boundedBlockLength, NULL},
                                 {LV2_BUF_SIZE__fixedBlockLength, NULL},
                                 {LV2_BUF_SIZE__powerOf2BlockLength, NULL}};
  memcpy(world->offered, offered, sizeof(offered));
  for (size_t i = 0; i < sizeof(offered) / sizeof(*offered); ++i) {
    world->features[i] = &world->offered[i];
  }
}

static KtStatus check_features(const KtPluginWorld *world, KtError *err) {
  LilvNodes *required = lilv_plugin_get_required_features(world->plugin);
  KtStatus status = KT_OK;
  LILV_FOREACH(nodes, i, required) {
    const char *uri = lilv_node_as_uri(lilv_nodes_get(required, i));
    bool there = false;
    for (int f = 0; world->features[f]; ++f) {
      there = there || !strcmp(world->features[f]->URI, uri);
    }
    if (!there) {
      status = kt_error_set(err, KT_ERR_UNSUPPORTED, "the plugin %s requires %s, which is not offered",
                            lilv_node_as_uri(lilv_plugin_get_uri(world->plugin)), uri);
    }
  }
  lilv_nodes_free(required);
  return status;
}

/// A URI by its scheme; of anything else lilv complains on standard error by itself.
static LilvNode *uri_node(const KtPluginWorld *world, const char *text) {
  size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  return scheme > 0 && text[scheme] == ':' ? lilv_new_uri(world->lilv, text) : NULL;
}

static KtStatus find_plugin(KtPluginWorld *world, const char *uri, KtError *err) {
  LilvNode *name = uri_node(world, uri);
  if (name) {
    lilv_world_load_all(world->lilv);
    world->plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world->lilv), name);
    lilv_node_free(name);
  }
  if (!world->plugin) {
    return kt_error_set(err, KT_ERR_MISSING, "there is no LV2 plugin %s on this machine: install it, or name another in plugins.yaml (lv2ls lists those there are)", uri);
  }
  return check_features(world, err);
}

KtStatus kt_plugin_world_open(const char *uri, int rate, int frames, KtPluginWorld **world, KtError *err) {
  KtPluginWorld *made = calloc(1, sizeof(*made));
  *world = made;
  if (!made || !(made->lilv = lilv_world_new()) || !(made->jobs = malloc(KT_JOB_BYTES))) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  made->rate = (float)rate;
  made->frames = frames;
  made->input = lilv_new_uri(made->lilv, LILV_URI_INPUT_PORT);
  made->control = lilv_new_uri(made->lilv, LILV_URI_CONTROL_PORT);
  made->audio = lilv_new_uri(made->lilv, LILV_URI_AUDIO_PORT);
  made->atom = lilv_new_uri(made->lilv, LILV_URI_ATOM_PORT);
  made->midi = lilv_new_uri(made->lilv, LILV_URI_MIDI_EVENT);
  made->reports_latency = lilv_new_uri(made->lilv, LV2_CORE__reportsLatency);
  offer(made);
  return find_plugin(made, uri, err);
}

void kt_plugin_world_started(KtPluginWorld *world, LilvInstance *instance) {
  world->instance = instance;
}

KtStatus kt_plugin_world_preset(KtPluginWorld *world, const char *preset, LilvInstance *instance,
                                LilvSetPortValueFunc set, void *user, KtError *err) {
  LilvNode *name = uri_node(world, preset);
  LilvState *state = NULL;
  if (name) {
    lilv_world_load_resource(world->lilv, name);
    state = lilv_state_new_from_world(world->lilv, &world->map, name);
    lilv_node_free(name);
  }
  if (!state) {
    return kt_error_set(err, KT_ERR_MISSING, "the plugin %s has no preset %s",
                        lilv_node_as_uri(lilv_plugin_get_uri(world->plugin)), preset);
  }
  lilv_state_restore(state, instance, set, user, 0, world->features);
  lilv_state_free(state);
  kt_plugin_world_work(world);
  return KT_OK;
}

void kt_plugin_world_close(KtPluginWorld *world) {
  if (!world) {
    return;
  }
  LilvNode *const nodes[] = {world->input, world->control, world->audio, world->atom, world->midi,
                             world->reports_latency};
  for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); ++i) {
    lilv_node_free(nodes[i]);
  }
  for (uint32_t i = 0; i < world->uri_count; ++i) {
    free(world->uris[i]);
  }
  if (world->lilv) {
    lilv_world_free(world->lilv);
  }
  free(world->jobs);
  free(world);
}
#else
typedef int KtNoPlugins; // a file is not empty
#endif
