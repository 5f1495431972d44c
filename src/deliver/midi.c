// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// 1m01.mid: Standard MIDI File, type 1 (RP-001, 1996), 960 ticks a quarter. The performance as it
// is; what only our samples need (attack compensation) is not in it.
#include "deliver/common.h"

#include "base/xml.h"

#include <stdlib.h>
#include <string.h>

enum {
  META_TEXT = 0x01,
  META_TRACK_NAME = 0x03,
  META_INSTRUMENT = 0x04,
  META_MARKER = 0x06,
  META_PORT = 0x21,
  META_END = 0x2f,
  META_TEMPO = 0x51,
  META_METRE = 0x58,
  META_KEY = 0x59,
  DRUM_CHANNEL = 9,
  TEMPO_STEP_QUARTERS = 64, ///< rounding a tempo costs at most half a microsecond a quarter
};

/// One track's bytes as they grow, and the tick of the last event.
typedef struct Bytes {
  uint8_t *items;
  size_t count, capacity;
  KtTick at;
  bool failed;
} Bytes;

static void put_byte(Bytes *bytes, unsigned value) {
  if (bytes->count == bytes->capacity) {
    size_t capacity = bytes->capacity ? bytes->capacity * 2 : 1024;
    uint8_t *items = realloc(bytes->items, capacity);
    if (!items) {
      bytes->failed = true;
      return;
    }
    bytes->items = items;
    bytes->capacity = capacity;
  }
  bytes->items[bytes->count++] = (uint8_t)value;
}

static void put_variable(Bytes *bytes, uint64_t value) {
  unsigned groups = 1;
  for (uint64_t v = value >> 7; v; v >>= 7) {
    ++groups;
  }
  while (groups-- > 0) {
    put_byte(bytes, (unsigned)(value >> (7 * groups) & 0x7f) | (groups ? 0x80U : 0U));
  }
}

static void put_delta(Bytes *bytes, KtTick tick) {
  KtTick delta = tick > bytes->at ? tick - bytes->at : 0;
  put_variable(bytes, (uint64_t)delta);
  bytes->at += delta;
}

static void put_meta(Bytes *bytes, KtTick tick, unsigned type, const void *data, size_t size) {
  put_delta(bytes, tick);
  put_byte(bytes, 0xff);
  put_byte(bytes, type);
  put_variable(bytes, size);
  for (size_t i = 0; i < size; ++i) {
    put_byte(bytes, ((const uint8_t *)data)[i]);
  }
}

static void put_text(Bytes *bytes, KtTick tick, unsigned type, const char *text) {
  put_meta(bytes, tick, type, text, strlen(text));
}

/// What stands in the tempo track, to be put in order of time.
typedef struct Mark {
  KtTick tick;
  size_t order;
  unsigned type;
  uint8_t data[4];
  size_t size;
  const char *text;
} Mark;

typedef KT_ARRAY(Mark) Marks;

static void add_mark(KtArena *arena, Marks *marks, KtTick tick, unsigned type, const uint8_t *data,
                     size_t size, const char *text) {
  Mark *mark = kt_array_push(arena, marks);
  if (mark) {
    *mark = (Mark){.tick = tick, .order = marks->count, .type = type, .size = size, .text = text};
    if (size) { // a mark of text alone has no data
      memcpy(mark->data, data, size);
    }
  }
}

static int compare_marks(const void *a, const void *b) {
  const Mark *x = a, *y = b;
  if (x->tick != y->tick) {
    return x->tick < y->tick ? -1 : 1;
  }
  return x->order < y->order ? -1 : 1;
}

/// Whole microseconds a quarter from `from` to `to`, aimed at where the map says `to` is from where
/// the file is by now (`now`, thousandths of a microsecond), so that rounding never adds up.
static void tempo_event(KtArena *arena, Marks *marks, const KtTempoMap *map, KtTick from, KtTick to,
                        __int128 *now_ticks_us) {
  __int128 target = (__int128)kt_tempo_time(map, to) * 1000000 * KT_PPQ;
  __int128 aim = target / KT_FLICKS_PER_SECOND; // microseconds times ticks a quarter
  __int128 span = to - from;
  __int128 us = (aim - *now_ticks_us + span / 2) / span;
  us = us < 1 ? 1 : us > 0xffffff ? 0xffffff : us;
  *now_ticks_us += us * span;
  unsigned value = (unsigned)us;
  uint8_t data[3] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8 & 0xff), (uint8_t)(value & 0xff)};
  add_mark(arena, marks, from, META_TEMPO, data, 3, NULL);
}

static void tempo_marks(KtArena *arena, Marks *marks, const KtScore *score) {
  const KtTempoMap *map = &score->tempo;
  __int128 now = 0;
  KtTick at = 0;
  for (size_t i = 1; i <= map->points.count; ++i) {
    bool last = i == map->points.count;
    KtTick end = last ? score->end : map->points.items[i].tick;
    end = last && end <= at ? at + (marks->count ? 0 : KT_PPQ) : end;
    while (at < end) {
      KtTick to = end - at > TEMPO_STEP_QUARTERS * KT_PPQ ? at + TEMPO_STEP_QUARTERS * KT_PPQ : end;
      tempo_event(arena, marks, map, at, to, &now);
      at = to;
    }
  }
}

static void metre_and_key_marks(KtArena *arena, Marks *marks, const KtScore *score) {
  for (size_t i = 0; i < score->metres.count; ++i) {
    const KtMetre *metre = &score->metres.items[i];
    uint8_t power = 0;
    for (int unit = metre->unit; unit > 1; unit /= 2) {
      ++power;
    }
    bool compound = metre->unit == 8 && metre->beats % 3 == 0;
    uint8_t click = (uint8_t)(compound ? 36 : 96 / metre->unit); // MIDI clocks, 24 a quarter
    uint8_t data[4] = {(uint8_t)metre->beats, power, click, 8};
    KtTick upbeat = i ? 0 : kt_metres_upbeat(&score->metres);
    if (upbeat > 0) { // a bar of its own here: a file has no bar that began before it
      uint8_t rest[4] = {(uint8_t)(upbeat * metre->unit / (4 * KT_PPQ)), power, click, 8};
      add_mark(arena, marks, 0, META_METRE, rest, 4, NULL);
    }
    add_mark(arena, marks, metre->tick < 0 ? upbeat : metre->tick, META_METRE, data, 4, NULL);
  }
  for (size_t i = 0; i < score->keys.count; ++i) {
    KtKey key = score->keys.items[i].key;
    uint8_t data[2] = {(uint8_t)(int8_t)kt_key_fifths(key), key.mode <= KT_MODE_DORIAN};
    add_mark(arena, marks, score->keys.items[i].tick, META_KEY, data, 2, NULL);
  }
}

static void text_marks(const KtDelivery *delivery, size_t cue_index, KtArena *arena, Marks *marks) {
  const KtScore *score = delivery->scores[cue_index];
  const KtCue *cue = &delivery->spotting->cues.items[cue_index];
  char timecode[KT_TIMECODE_SIZE];
  kt_timecode_print(&delivery->film->timecode, cue->in, timecode);
  add_mark(arena, marks, 0, META_MARKER, NULL, 0, kt_arena_format(arena, "Start %s", timecode));
  for (size_t i = 0; i < score->sections.count; ++i) {
    const KtSection *section = &score->sections.items[i];
    add_mark(arena, marks, section->start, META_MARKER, NULL, 0,
             kt_arena_format(arena, "Rehearsal %s", section->label ? section->label : ""));
  }
  for (size_t i = 0; i < score->tempo.holds.count; ++i) {
    add_mark(arena, marks, score->tempo.holds.items[i].start, META_MARKER, NULL, 0, "Fermata");
  }
  for (size_t i = 0; i < score->tempo.free.count; ++i) {
    const KtTickSpan *span = &score->tempo.free.items[i];
    add_mark(arena, marks, span->start, META_MARKER, NULL, 0, "Freely");
    if (span->end < score->end) {
      add_mark(arena, marks, span->end, META_MARKER, NULL, 0, "A tempo");
    }
  }
  for (size_t i = 0; i < score->hits.count; ++i) {
    const KtScoreHit *at = &score->hits.items[i];
    if (at->hit < 0 || (size_t)at->hit >= delivery->spotting->hits.count) {
      continue;
    }
    const KtHit *hit = &delivery->spotting->hits.items[at->hit];
    kt_timecode_print(&delivery->film->timecode, hit->at, timecode);
    add_mark(arena, marks, at->tick, META_MARKER, NULL, 0,
             kt_arena_format(arena, "Hit %s (%s) %s", hit->label, kt_hit_name(hit->kind), timecode));
  }
}

static void tempo_track(const KtDelivery *delivery, size_t cue_index, KtArena *arena, Bytes *bytes) {
  const KtScore *score = delivery->scores[cue_index];
  const KtCue *cue = &delivery->spotting->cues.items[cue_index];
  Marks marks = {0};
  put_text(bytes, 0, META_TRACK_NAME, kt_text_valid(arena, kt_arena_format(arena, "%s %s", cue->name,
                                                                           cue->title ? cue->title : "")));
  put_text(bytes, 0, META_TEXT, kt_text_valid(arena, delivery->film->title));
  tempo_marks(arena, &marks, score);
  metre_and_key_marks(arena, &marks, score);
  text_marks(delivery, cue_index, arena, &marks);
  if (marks.count) {
    qsort(marks.items, marks.count, sizeof(*marks.items), compare_marks);
  }
  for (size_t i = 0; i < marks.count; ++i) {
    const Mark *mark = &marks.items[i];
    if (mark->text) {
      put_text(bytes, mark->tick, mark->type, kt_text_valid(arena, mark->text));
    } else {
      put_meta(bytes, mark->tick, mark->type, mark->data, mark->size);
    }
  }
  put_meta(bytes, score->end, META_END, NULL, 0);
}

/// Where a track's events go: ports beyond the first where sixteen channels do not suffice.
typedef struct Seat {
  unsigned port, channel;
} Seat;

static const KtPreset *preset_of(const KtInstrument *instrument, unsigned articulation) {
  if (!instrument) {
    return NULL;
  }
  const KtPreset *preset = &instrument->presets[articulation < KT_ART_COUNT ? articulation : 0];
  return preset->program >= 0 ? preset : &instrument->presets[KT_ART_LONG];
}

/// Kits play on channel 10 of their port, a port each, since a kit's controllers are its own;
/// everything else on the channels beside it.
static void choose_seats(const KtPerformance *performance, Seat *seats, bool *many_ports) {
  unsigned kits = 0, others = 0;
  *many_ports = false;
  for (size_t i = 0; i < performance->tracks.count; ++i) {
    const KtPreset *preset = preset_of(performance->tracks.items[i].instrument, KT_ART_LONG);
    if (preset && preset->bank >= 128) {
      seats[i] = (Seat){kits++, DRUM_CHANNEL};
    } else {
      unsigned channel = others % 15;
      seats[i] = (Seat){others++ / 15, channel + (channel >= DRUM_CHANNEL)};
    }
    *many_ports |= seats[i].port > 0;
  }
}

static void put_program(Bytes *bytes, KtTick tick, unsigned channel, const KtPreset *preset) {
  if (!preset || preset->program < 0) {
    return;
  }
  if (channel != DRUM_CHANNEL) {
    put_delta(bytes, tick);
    put_byte(bytes, 0xb0 | channel);
    put_byte(bytes, 0);
    put_byte(bytes, (unsigned)preset->bank & 0x7f);
    put_delta(bytes, tick);
    put_byte(bytes, 0xb0 | channel);
    put_byte(bytes, 32);
    put_byte(bytes, 0);
  }
  put_delta(bytes, tick);
  put_byte(bytes, 0xc0 | channel);
  put_byte(bytes, (unsigned)preset->program & 0x7f);
}

static bool same_sound(const KtPreset *a, const KtPreset *b) {
  return a == b || (a && b && a->bank == b->bank && a->program == b->program);
}

static void put_event(Bytes *bytes, const KtEvent *event, unsigned channel) {
  KtTick tick = event->tick > 0 ? event->tick : 0;
  put_delta(bytes, tick);
  unsigned value = event->value & 0x7fU;
  switch ((KtEventKind)event->kind) {
  case KT_EVENT_CONTROL:
    put_byte(bytes, 0xb0 | channel);
    break;
  case KT_EVENT_NOTE_OFF:
    put_byte(bytes, 0x80 | channel);
    value = 64;
    break;
  case KT_EVENT_NOTE_ON:
    put_byte(bytes, 0x90 | channel);
    value = value ? value : 1;
    break;
  }
  put_byte(bytes, event->key & 0x7fU);
  put_byte(bytes, value);
}

static void performer_track(const KtPerformance *performance, size_t index, const KtScore *score,
                            Seat seat, bool many_ports, KtArena *arena, Bytes *bytes) {
  const KtTrack *track = &performance->tracks.items[index];
  put_text(bytes, 0, META_TRACK_NAME, kt_text_valid(arena, kt_track_name(performance, index, arena)));
  if (many_ports) {
    uint8_t port = (uint8_t)seat.port;
    put_meta(bytes, 0, META_PORT, &port, 1);
  }
  if (track->instrument) {
    put_text(bytes, 0, META_INSTRUMENT, kt_text_valid(arena, track->instrument->name));
  }
  const KtPreset *sounding = preset_of(track->instrument, KT_ART_LONG);
  put_program(bytes, 0, seat.channel, sounding);
  for (size_t i = 0; i < track->events.count; ++i) {
    const KtEvent *event = &track->events.items[i];
    if (event->kind == KT_EVENT_NOTE_ON) {
      const KtPreset *wanted = preset_of(track->instrument, event->articulation);
      if (!same_sound(wanted, sounding)) {
        put_program(bytes, event->tick > 0 ? event->tick : 0, seat.channel, wanted);
        sounding = wanted;
      }
    }
    put_event(bytes, event, seat.channel);
  }
  put_meta(bytes, score->end > bytes->at ? score->end : bytes->at, META_END, NULL, 0);
}

static void put_big(FILE *out, uint32_t value, int bytes) {
  while (bytes-- > 0) {
    fputc((int)(value >> (8 * bytes) & 0xff), out);
  }
}

static void write_track(FILE *out, const Bytes *bytes) {
  fputs("MTrk", out);
  put_big(out, (uint32_t)bytes->count, 4);
  fwrite(bytes->items, 1, bytes->count, out);
}

static KtStatus write_file(const KtDelivery *delivery, size_t cue, FILE *out, KtArena *arena,
                           KtError *err) {
  const KtPerformance *performance = delivery->performances[cue];
  Seat *seats = KT_NEW(arena, Seat, performance->tracks.count + 1);
  if (!seats) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  bool many_ports = false, failed = false;
  choose_seats(performance, seats, &many_ports);
  fputs("MThd", out);
  put_big(out, 6, 4);
  put_big(out, 1, 2);
  put_big(out, (uint32_t)performance->tracks.count + 1, 2);
  put_big(out, KT_PPQ, 2);
  for (size_t i = 0; i <= performance->tracks.count; ++i) {
    Bytes bytes = {0};
    if (i == 0) {
      tempo_track(delivery, cue, arena, &bytes);
    } else {
      performer_track(performance, i - 1, delivery->scores[cue], seats[i - 1], many_ports, arena,
                      &bytes);
    }
    write_track(out, &bytes);
    failed |= bytes.failed;
    free(bytes.items);
  }
  return failed || kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

KtStatus kt_deliver_midi(const KtDelivery *delivery, size_t cue, KtError *err) {
  if (!kt_delivery_score(delivery, cue) || !delivery->performances || !delivery->performances[cue]) {
    return KT_OK; // a cue that is not composed has no notes to write
  }
  KtAtomicFile file = {0};
  KtStatus status = kt_delivery_open_cue(delivery, cue, "mid", &file, err);
  if (status) {
    return status;
  }
  KtArena *arena = kt_arena_new();
  status = arena ? write_file(delivery, cue, file.stream, arena, err)
                 : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  kt_arena_free(arena);
  if (status) {
    kt_atomic_abort(&file);
    return status;
  }
  return kt_atomic_commit(&file, err);
}
