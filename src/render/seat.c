// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/seat.h"

#include "orchestra/attacks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Rises when the same events give another sound.
static const int render_version = 3;

typedef struct Note {
  int64_t on, off;      // blocks; off -1 while it sounds
  uint8_t channel, key, velocity;
} Note;

typedef struct Gather {
  KtArena *arena;
  const KtPerformance *performance;
  KtSeat *seat;
  KT_ARRAY(Note) notes;
  int64_t last;         // block of the last event
} Gather;

static int64_t to_block(int64_t sample) {
  return sample <= 0 ? 0 : (sample + KT_BLOCK / 2) / KT_BLOCK;
}

static int64_t tick_sample(const Gather *gather, KtTick tick) {
  return kt_film_time_sample(kt_tempo_time(&gather->performance->score->tempo, tick));
}

/// The articulation whose preset plays this one: itself, else the sustained one, else any.
static int playable(const KtInstrument *instrument, int articulation) {
  int wanted = articulation < KT_ART_COUNT ? articulation : KT_ART_LONG;
  for (int i = -2; i < KT_ART_COUNT; ++i) {
    int candidate = i == -2 ? wanted : i == -1 ? KT_ART_LONG : i;
    const KtPreset *preset = &instrument->presets[candidate];
    if (preset->bank >= 0 && preset->program >= 0) {
      return candidate;
    }
  }
  return -1;
}

static void find_presets(const KtTrack *track, KtSeat *seat) {
  for (size_t i = 0; i < track->events.count; ++i) {
    const KtEvent *event = &track->events.items[i];
    int art = event->articulation < KT_ART_COUNT ? event->articulation : KT_ART_LONG;
    if (event->kind == KT_EVENT_NOTE_ON && event->value > 0 && !seat->used[art]) {
      int from = playable(seat->instrument, art);
      if (from >= 0) {
        seat->used[art] = true;
        seat->presets[art] = seat->instrument->presets[from];
      }
    }
  }
}

/// Where a note or controller must stand to be felt at `sample`. What has no key is taken at
/// mezzo-forte in the middle of the compass.
static int64_t early(const KtSeat *seat, int articulation, int key, int value, int64_t sample) {
  const KtPreset *preset = &seat->presets[articulation];
  double ms = kt_attack_ms(seat->instrument, preset, key, value);
  return to_block(sample - llround(ms * KT_SAMPLE_RATE / 1000));
}

static int middle_key(const KtSeat *seat, int articulation) {
  const KtInstrument *one = seat->instrument;
  return (one->comfort_low + one->comfort_high) / 2 + seat->presets[articulation].transpose;
}

static bool push(Gather *gather, int64_t block, KtEventKind kind, int channel, int key, int value) {
  KtSeatEvent *event = kt_array_push(gather->arena, &gather->seat->events);
  if (event) {
    *event = (KtSeatEvent){.block = block,
                           .kind = (uint8_t)kind,
                           .channel = (uint8_t)channel,
                           .key = (uint8_t)key,
                           .value = (uint8_t)value,
                           .order = (uint32_t)gather->seat->events.count};
  }
  return event != NULL;
}

/// A controller goes to every articulation of the track, as early as the notes it shapes.
static void add_control(Gather *gather, int slot, const KtEvent *event) {
  int64_t sample = tick_sample(gather, event->tick);
  for (int art = 0; art < KT_ART_COUNT; ++art) {
    if (gather->seat->used[art]) {
      int64_t block = early(gather->seat, art, middle_key(gather->seat, art), 78, sample);
      push(gather, block, KT_EVENT_CONTROL, slot * KT_ART_COUNT + art, event->key,
           event->value & 127);
    }
  }
}

/// The sounding note that a note-off means: the articulation it names, else any on that key.
static Note *sounding(Gather *gather, int slot, int art, int key) {
  Note *any = NULL;
  for (size_t i = gather->notes.count; i-- > 0;) {
    Note *note = &gather->notes.items[i];
    if (note->off < 0 && note->key == key && note->channel / KT_ART_COUNT == slot) {
      if (note->channel % KT_ART_COUNT == art) {
        return note;
      }
      any = note;
    }
  }
  return any;
}

static void add_note_on(Gather *gather, int slot, int art, int key, const KtEvent *event) {
  int64_t sample = tick_sample(gather, event->tick);
  Note *same = sounding(gather, slot, art, key);
  if (same && same->channel % KT_ART_COUNT == art) {
    same->off = to_block(sample);
  }
  Note *note = kt_array_push(gather->arena, &gather->notes);
  if (note) {
    *note = (Note){.on = early(gather->seat, art, key, event->value & 127, sample),
                   .off = -1,
                   .channel = (uint8_t)(slot * KT_ART_COUNT + art),
                   .key = (uint8_t)key,
                   .velocity = event->value & 127};
  }
}

static void add_track(Gather *gather, const KtTrack *track, int slot) {
  KtSeat *seat = gather->seat;
  for (size_t i = 0; i < track->events.count; ++i) {
    const KtEvent *event = &track->events.items[i];
    int art = event->articulation < KT_ART_COUNT ? event->articulation : KT_ART_LONG;
    int64_t block = to_block(tick_sample(gather, event->tick));
    gather->last = block > gather->last ? block : gather->last;
    if (event->kind == KT_EVENT_CONTROL) {
      add_control(gather, slot, event);
      continue;
    }
    int key = event->key + (seat->used[art] ? seat->presets[art].transpose : 0);
    key = key < 0 ? 0 : key > 127 ? 127 : key;
    if (event->kind == KT_EVENT_NOTE_ON && event->value > 0) {
      if (seat->used[art]) {
        add_note_on(gather, slot, art, key, event);
      }
    } else {
      Note *note = sounding(gather, slot, art, key);
      if (note) {
        note->off = block;
      }
    }
  }
}

static int by_channel_key_on(const void *a, const void *b) {
  const Note *x = a, *y = b;
  if (x->channel != y->channel) {
    return x->channel < y->channel ? -1 : 1;
  }
  if (x->key != y->key) {
    return x->key < y->key ? -1 : 1;
  }
  return x->on != y->on ? (x->on < y->on ? -1 : 1) : (int)x->velocity - (int)y->velocity;
}

/// Attacks brought forward must not be cut off by the end of the note before on the same key.
static void place_notes(Gather *gather) {
  Note *notes = gather->notes.items;
  size_t count = gather->notes.count;
  if (count) {
    qsort(notes, count, sizeof(*notes), by_channel_key_on);
  }
  for (size_t i = 0; i < count; ++i) {
    Note *note = &notes[i];
    const Note *next = i + 1 < count && notes[i + 1].channel == note->channel &&
                               notes[i + 1].key == note->key
                           ? &notes[i + 1]
                           : NULL;
    int64_t off = note->off < 0 ? gather->last : note->off;
    off = off <= note->on ? note->on + 1 : off;
    if (next && next->on <= note->on) {
      continue; // two at once on one key are one
    }
    off = next && next->on < off ? next->on : off;
    push(gather, note->on, KT_EVENT_NOTE_ON, note->channel, note->key, note->velocity);
    push(gather, off, KT_EVENT_NOTE_OFF, note->channel, note->key, 0);
  }
}

static int by_time(const void *a, const void *b) {
  const KtSeatEvent *x = a, *y = b;
  if (x->block != y->block) {
    return x->block < y->block ? -1 : 1;
  }
  if (x->kind != y->kind) {
    return (int)x->kind - (int)y->kind;
  }
  return x->order < y->order ? -1 : 1;
}

static KtStatus make_key(KtSeat *seat, const char *library, KtError *err) {
  KtHasher *hasher = kt_hasher_new();
  if (!hasher) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_hasher_add_int(hasher, render_version);
  kt_hasher_add_text(hasher, library);
  for (int art = 0; art < KT_ART_COUNT; ++art) {
    const KtPreset *preset = &seat->presets[art];
    kt_hasher_add_int(hasher, seat->used[art]);
    if (seat->used[art]) {
      kt_hasher_add_int(hasher, preset->bank);
      kt_hasher_add_int(hasher, preset->program);
      kt_hasher_add_double(hasher, (double)preset->gain_db);
      kt_hasher_add_double(hasher, (double)preset->attack_s);
      kt_hasher_add_double(hasher, (double)preset->release_s);
    }
  }
  for (size_t i = 0; i < seat->events.count; ++i) {
    const KtSeatEvent *event = &seat->events.items[i];
    kt_hasher_add_int(hasher, event->block);
    const uint8_t bytes[] = {event->kind, event->channel, event->key, event->value};
    kt_hasher_add(hasher, bytes, sizeof(bytes));
  }
  seat->key = kt_hasher_finish(hasher);
  return KT_OK;
}

KtStatus kt_seat_gather(KtArena *arena, const KtPerformance *performance,
                        const KtInstrument *instrument, const char *library, KtSeat *seat,
                        KtError *err) {
  *seat = (KtSeat){.instrument = instrument, .cue = performance->score->name};
  Gather gather = {.arena = arena, .performance = performance, .seat = seat};
  bool plays = false;
  for (size_t i = 0; i < performance->tracks.count; ++i) {
    const KtTrack *track = &performance->tracks.items[i];
    if (track->instrument == instrument) {
      plays = plays || track->events.count;
      find_presets(track, seat);
      ++seat->slots;
    }
  }
  if (seat->slots > KT_SEAT_TRACKS) {
    return kt_error_set(err, KT_ERR_UNSUPPORTED, "%s: %d parts play %s; at most %d can", seat->cue,
                        seat->slots, instrument->name, KT_SEAT_TRACKS);
  }
  if (plays && playable(instrument, KT_ART_LONG) < 0) {
    return kt_error_set(err, KT_ERR_MISSING,
                        "%s: the sample library has no sound for %s; choose another palette",
                        seat->cue, instrument->name);
  }
  int slot = 0;
  for (size_t i = 0; i < performance->tracks.count; ++i) {
    if (performance->tracks.items[i].instrument == instrument) {
      add_track(&gather, &performance->tracks.items[i], slot++);
    }
  }
  place_notes(&gather);
  if (seat->events.count) {
    qsort(seat->events.items, seat->events.count, sizeof(KtSeatEvent), by_time);
  }
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory")
                                : make_key(seat, library, err);
}
