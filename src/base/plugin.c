// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/plugin.h"

#include "base/file.h"

#include <string.h>

#if KT_LV2
#include "base/plugin_world.h"

#include <lv2/atom/atom.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { ATOM_ROOM = 1 << 16 }; // bytes of messages a run, each way

typedef struct Port {
  float value;          // control
  float *sound;         // audio and control voltage
  LV2_Atom_Sequence *messages;
  bool is_input, is_control, is_midi, is_latency;
} Port;

struct KtPlugin {
  KtPluginWorld *world;
  LilvInstance *instance;
  Port *ports;
  uint32_t port_count;
  int frames;
  uint32_t in[KT_PLUGIN_SOUNDS], out[KT_PLUGIN_SOUNDS];
  int in_count, out_count, midi, latency; // indexes of ports, -1 none
};

/// Readers of plugins' descriptions and their loading are not for two threads at once.
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

static KtStatus make_port(KtPlugin *plugin, uint32_t index, float initial, KtError *err) {
  KtPluginWorld *world = plugin->world;
  const LilvPort *one = lilv_plugin_get_port_by_index(world->plugin, index);
  Port *port = &plugin->ports[index];
  port->is_input = lilv_port_is_a(world->plugin, one, world->input);
  port->is_control = lilv_port_is_a(world->plugin, one, world->control);
  bool atom = lilv_port_is_a(world->plugin, one, world->atom);
  bool audio = lilv_port_is_a(world->plugin, one, world->audio);
  if (port->is_control) {
    port->value = isfinite(initial) ? initial : 0;
    port->is_latency = lilv_port_has_property(world->plugin, one, world->reports_latency);
  } else if (atom) {
    port->messages = calloc(1, ATOM_ROOM);
    port->is_midi = port->is_input && lilv_port_supports_event(world->plugin, one, world->midi);
    plugin->midi = port->is_midi && plugin->midi < 0 ? (int)index : plugin->midi;
  } else {
    port->sound = calloc((size_t)plugin->frames, sizeof(float)); // audio, control voltage, whatever is next
  }
  if (!port->is_control && !port->messages && !port->sound) {
    return no_memory(err);
  }
  if (audio && port->is_input && plugin->in_count < KT_PLUGIN_SOUNDS) {
    plugin->in[plugin->in_count++] = index;
  } else if (audio && !port->is_input && plugin->out_count < KT_PLUGIN_SOUNDS) {
    plugin->out[plugin->out_count++] = index;
  }
  plugin->latency = port->is_latency && !port->is_input ? (int)index : plugin->latency;
  return KT_OK;
}

static KtStatus make_ports(KtPlugin *plugin, KtError *err) {
  const LilvPlugin *type = plugin->world->plugin;
  plugin->port_count = lilv_plugin_get_num_ports(type);
  plugin->ports = calloc(plugin->port_count + 1, sizeof(*plugin->ports));
  float *initial = calloc(plugin->port_count + 1, sizeof(*initial));
  KtStatus status = plugin->ports && initial ? KT_OK : no_memory(err);
  if (!status) {
    lilv_plugin_get_port_ranges_float(type, NULL, NULL, initial);
  }
  for (uint32_t i = 0; i < plugin->port_count && !status; ++i) {
    status = make_port(plugin, i, initial[i], err);
  }
  free(initial);
  if (!status && !plugin->out_count) {
    status = kt_error_set(err, KT_ERR_UNSUPPORTED, "the plugin %s has no sound output",
                          lilv_node_as_uri(lilv_plugin_get_uri(type)));
  }
  return status;
}

static int port_of(const KtPlugin *plugin, const char *symbol) {
  for (uint32_t i = 0; i < plugin->port_count; ++i) {
    const LilvPort *port = lilv_plugin_get_port_by_index(plugin->world->plugin, i);
    if (!strcmp(lilv_node_as_string(lilv_port_get_symbol(plugin->world->plugin, port)), symbol)) {
      return (int)i;
    }
  }
  return -1;
}

static void set_value(const char *symbol, void *user, const void *value, uint32_t size, uint32_t type) {
  KtPlugin *plugin = user;
  int index = port_of(plugin, symbol);
  if (index >= 0 && plugin->ports[index].is_control && size == sizeof(float) && type == plugin->world->float_urid) {
    memcpy(&plugin->ports[index].value, value, sizeof(float));
  }
}

static KtStatus set_ports(KtPlugin *plugin, const KtPluginChoice *choice, KtError *err) {
  for (int i = 0; i < choice->port_count; ++i) {
    int index = port_of(plugin, choice->ports[i].symbol);
    if (index < 0 || !plugin->ports[index].is_control || !plugin->ports[index].is_input) {
      return kt_error_set(err, KT_ERR_ARGUMENT, "the plugin %s has no control port %s", choice->uri,
                          choice->ports[i].symbol);
    }
    plugin->ports[index].value = choice->ports[i].value;
  }
  return KT_OK;
}

static void connect(KtPlugin *plugin) {
  for (uint32_t i = 0; i < plugin->port_count; ++i) {
    Port *port = &plugin->ports[i];
    void *to = port->is_control ? (void *)&port->value
               : port->messages ? (void *)port->messages
                                : (void *)port->sound;
    lilv_instance_connect_port(plugin->instance, i, to);
  }
}

static void empty(KtPlugin *plugin, Port *port) {
  const KtPluginWorld *world = plugin->world;
  port->messages->atom.type = port->is_input ? world->sequence_urid : world->chunk_urid;
  port->messages->atom.size = port->is_input ? sizeof(LV2_Atom_Sequence_Body) : ATOM_ROOM - sizeof(LV2_Atom);
  port->messages->body.unit = 0;
  port->messages->body.pad = 0;
}

static KtStatus open_plugin(KtPlugin *plugin, const KtPluginChoice *choice, int rate, KtError *err) {
  KtStatus status = kt_plugin_world_open(choice->uri, rate, plugin->frames, &plugin->world, err);
  status = status ? status : make_ports(plugin, err);
  if (status) {
    return status;
  }
  plugin->instance = lilv_plugin_instantiate(plugin->world->plugin, rate, plugin->world->features);
  if (!plugin->instance) {
    return kt_error_set(err, KT_ERR_UNSUPPORTED, "the plugin %s does not start", choice->uri);
  }
  kt_plugin_world_started(plugin->world, plugin->instance);
  connect(plugin);
  if (choice->preset) {
    status = kt_plugin_world_preset(plugin->world, choice->preset, plugin->instance, set_value, plugin, err);
  }
  status = status ? status : set_ports(plugin, choice, err);
  if (!status) {
    for (uint32_t i = 0; i < plugin->port_count; ++i) {
      if (plugin->ports[i].messages) {
        empty(plugin, &plugin->ports[i]);
      }
    }
    lilv_instance_activate(plugin->instance);
  }
  return status;
}

KtStatus kt_plugin_open(const KtPluginChoice *choice, int rate, int frames, KtPlugin **plugin, KtError *err) {
  KtPlugin *made = calloc(1, sizeof(*made));
  *plugin = NULL;
  if (!made) {
    return no_memory(err);
  }
  made->frames = frames;
  made->midi = made->latency = -1;
  pthread_mutex_lock(&guard);
  KtStatus status = open_plugin(made, choice, rate, err);
  pthread_mutex_unlock(&guard);
  if (status) {
    kt_plugin_close(made);
  } else {
    *plugin = made;
  }
  return status;
}

void kt_plugin_close(KtPlugin *plugin) {
  if (!plugin) {
    return;
  }
  pthread_mutex_lock(&guard);
  if (plugin->instance) {
    lilv_instance_deactivate(plugin->instance);
    lilv_instance_free(plugin->instance);
  }
  kt_plugin_world_close(plugin->world);
  pthread_mutex_unlock(&guard);
  for (uint32_t i = 0; plugin->ports && i < plugin->port_count; ++i) {
    free(plugin->ports[i].sound);
    free(plugin->ports[i].messages);
  }
  free(plugin->ports);
  free(plugin);
}

int kt_plugin_sounds_in(const KtPlugin *plugin) {
  return plugin->in_count;
}

int kt_plugin_sounds_out(const KtPlugin *plugin) {
  return plugin->out_count;
}

bool kt_plugin_hears_midi(const KtPlugin *plugin) {
  return plugin->midi >= 0;
}

int kt_plugin_latency(const KtPlugin *plugin) {
  double frames = plugin->latency < 0 ? 0 : (double)plugin->ports[plugin->latency].value;
  return frames > 0 && frames < 1e6 ? (int)lround(frames) : 0;
}

void kt_plugin_midi(KtPlugin *plugin, int frame, const uint8_t *bytes, int count) {
  if (plugin->midi < 0 || count < 1 || count > 3) {
    return;
  }
  LV2_Atom_Sequence *to = plugin->ports[plugin->midi].messages;
  size_t used = sizeof(LV2_Atom) + to->atom.size, step = sizeof(LV2_Atom_Event) + 8;
  if (used + step > ATOM_ROOM) {
    return;
  }
  LV2_Atom_Event *event = (LV2_Atom_Event *)(void *)((char *)to + used);
  memset(event, 0, step);
  event->time.frames = frame;
  event->body = (LV2_Atom){(uint32_t)count, plugin->world->midi_urid};
  memcpy(event + 1, bytes, (size_t)count);
  to->atom.size += (uint32_t)step;
}

void kt_plugin_run(KtPlugin *plugin, const float *const in[KT_PLUGIN_SOUNDS], float *const out[KT_PLUGIN_SOUNDS]) {
  size_t size = (size_t)plugin->frames * sizeof(float);
  for (int c = 0; c < plugin->in_count; ++c) {
    float *to = plugin->ports[plugin->in[c]].sound;
    for (int i = 0; i < plugin->frames; ++i) {
      to[i] = !in ? 0 : plugin->in_count == 1 ? 0.5F * (in[0][i] + in[1][i]) : in[c][i];
    }
  }
  lilv_instance_run(plugin->instance, (uint32_t)plugin->frames);
  kt_plugin_world_work(plugin->world);
  for (uint32_t i = 0; i < plugin->port_count; ++i) {
    if (plugin->ports[i].messages) {
      empty(plugin, &plugin->ports[i]);
    }
  }
  for (int c = 0; c < KT_PLUGIN_SOUNDS; ++c) {
    memcpy(out[c], plugin->ports[plugin->out[c < plugin->out_count ? c : 0]].sound, size);
  }
}

KtStatus kt_plugin_identity(const KtPluginChoice *choice, KtArena *arena, const char **text, KtError *err) {
  KtPluginWorld *world = NULL;
  KtFileStamp stamp = {0};
  pthread_mutex_lock(&guard);
  KtStatus status = kt_plugin_world_open(choice->uri, 48000, 64, &world, err);
  if (!status) {
    char *code = lilv_file_uri_parse(lilv_node_as_uri(lilv_plugin_get_library_uri(world->plugin)), NULL);
    status = kt_file_stamp(code ? code : "", &stamp, err);
    lilv_free(code);
  }
  kt_plugin_world_close(world);
  pthread_mutex_unlock(&guard);
  if (status) {
    return status;
  }
  *text = kt_arena_format(arena, "lv2 %s %s %lld %lld", choice->uri, choice->preset ? choice->preset : "",
                          (long long)stamp.size, (long long)stamp.mtime_ns);
  for (int i = 0; i < choice->port_count; ++i) {
    *text = kt_arena_format(arena, "%s %s=%.9g", *text ? *text : "", choice->ports[i].symbol,
                            (double)choice->ports[i].value);
  }
  return *text ? KT_OK : no_memory(err);
}

#else

static KtStatus not_built_in(const KtPluginChoice *choice, KtError *err) {
  return kt_error_set(err, KT_ERR_UNSUPPORTED, "%s needs LV2, which is not built in", choice->uri);
}

KtStatus kt_plugin_open(const KtPluginChoice *choice, int rate, int frames, KtPlugin **plugin, KtError *err) {
  (void)rate;
  (void)frames;
  *plugin = NULL;
  return not_built_in(choice, err);
}

KtStatus kt_plugin_identity(const KtPluginChoice *choice, KtArena *arena, const char **text, KtError *err) {
  (void)arena;
  *text = "";
  return not_built_in(choice, err);
}

void kt_plugin_close(KtPlugin *plugin) {
  (void)plugin;
}

int kt_plugin_sounds_in(const KtPlugin *plugin) {
  (void)plugin;
  return 0;
}

int kt_plugin_sounds_out(const KtPlugin *plugin) {
  (void)plugin;
  return 0;
}

bool kt_plugin_hears_midi(const KtPlugin *plugin) {
  (void)plugin;
  return false;
}

int kt_plugin_latency(const KtPlugin *plugin) {
  (void)plugin;
  return 0;
}

void kt_plugin_midi(KtPlugin *plugin, int frame, const uint8_t *bytes, int count) {
  (void)plugin;
  (void)frame;
  (void)bytes;
  (void)count;
}

void kt_plugin_run(KtPlugin *plugin, const float *const in[KT_PLUGIN_SOUNDS], float *const out[KT_PLUGIN_SOUNDS]) {
  (void)plugin;
  (void)in;
  (void)out;
}

#endif
