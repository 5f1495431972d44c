// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/seat.h"

#include "orchestra/attacks.h"
#include "render/desks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Rises when the same events give another sound.
static const int render_version = 7;

typedef struct Gather {
  KtArena *arena;
  const KtPerformance *performance;
  KtSeat *seat;
  KtSeatNotes notes;
  int64_t last;         // block of the last event
} Gather;

/// Desks, slurs and lanes are made of samples.
static bool is_sampled(const KtSeat *seat) {
  return kt_preset_is_sampled(&seat->instrument->presets[KT_ART_LONG]);
}

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

/// What is struck or plucked carries a hard hit (data/strokes.yaml); who speaks more slowly does not run into it
/// by more than this, or the blow would begin as a smear.
static const double before_hit_ms = 20;

static int64_t early_at_hit(const Gather *gather, int articulation, int key, const KtEvent *event, int64_t sample) {
  const KtScore *score = gather->performance->score;
  int64_t on = early(gather->seat, articulation, key, event->value & 127, sample);
  int64_t least = to_block(sample - llround(before_hit_ms * KT_SAMPLE_RATE / 1000));
  for (size_t i = 0; event->hit && i < score->hits.count; ++i) {
    if (score->hits.items[i].struck > 0 && score->hits.items[i].tick == event->tick) {
      return on < least ? least : on;
    }
  }
  return on;
}

static int middle_key(const KtSeat *seat, int articulation) {
  const KtInstrument *one = seat->instrument;
  return (one->comfort_low + one->comfort_high) / 2 + seat->presets[articulation].transpose;
}

static KtSeatEvent *push(Gather *gather, int64_t block, KtEventKind kind, int channel, int key, int value) {
  KtSeatEvent *event = kt_array_push(gather->arena, &gather->seat->events);
  if (event) {
    *event = (KtSeatEvent){.block = block < 0 ? 0 : block,
                           .kind = (uint8_t)kind,
                           .channel = (uint8_t)channel,
                           .key = (uint8_t)key,
                           .value = (uint8_t)value,
                           .order = (uint32_t)gather->seat->events.count};
  }
  return event;
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
static KtSeatNote *sounding(Gather *gather, int slot, int art, int key) {
  KtSeatNote *any = NULL;
  for (size_t i = gather->notes.count; i-- > 0;) {
    KtSeatNote *note = &gather->notes.items[i];
    if (note->off < 0 && note->key == key && note->channel / KT_ART_COUNT == slot) {
      if (note->channel % KT_ART_COUNT == art) {
        return note;
      }
      any = note;
    }
  }
  return any;
}

/// The tone that a slurred one goes on from: the last begun of those that sound in its part.
static KtSeatNote *gives_way(Gather *gather, int slot, int key) {
  KtSeatNote *found = NULL;
  for (size_t i = gather->notes.count; i-- > 0 && i + 16 > gather->notes.count;) {
    KtSeatNote *note = &gather->notes.items[i];
    if (note->off < 0 && note->into < 0 && note->key != key && note->channel / KT_ART_COUNT == slot &&
        (!found || note->on > found->on)) {
      found = note;
    }
  }
  return found;
}

static void add_note_on(Gather *gather, int slot, int art, int key, const KtEvent *event) {
  int64_t sample = tick_sample(gather, event->tick);
  KtSeatNote *same = sounding(gather, slot, art, key);
  if (same && same->channel % KT_ART_COUNT == art) {
    same->off = to_block(sample);
  }
  const KtEnsemble *ensemble = gather->seat->ensemble;
  KtSeatNote *before = event->slurred && ensemble->slur_fade_ms > 0 && is_sampled(gather->seat)
                           ? gives_way(gather, slot, key)
                           : NULL;
  int64_t on = early_at_hit(gather, art, key, event, sample);
  if (before) { // there is no attack to wait for
    on = to_block(sample);
    before->into = on;
    before->into_key = (uint8_t)key;
  }
  KtSeatNote *note = kt_array_push(gather->arena, &gather->notes);
  if (note) {
    *note = (KtSeatNote){.on = on,
                         .off = -1,
                         .into = -1,
                         .channel = (uint8_t)(slot * KT_ART_COUNT + art),
                         .key = (uint8_t)key,
                         .velocity = event->value & 127,
                         .slurred = before != NULL,
                         .hit = event->hit};
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
      KtSeatNote *note = sounding(gather, slot, art, key);
      if (note) { // at a stop a hand is lifted early, so that silence is heard there
        double ms = event->hit && seat->used[art] ? kt_release_ms(&seat->presets[art], key) : 0;
        int64_t lifted = block - kt_blocks_of_ms(ms), least = note->on + (block - note->on) / 2;
        note->off = lifted > least ? lifted : least;
      }
    }
  }
}

static int by_channel_key_on(const void *a, const void *b) {
  const KtSeatNote *x = a, *y = b;
  if (x->channel != y->channel) {
    return x->channel < y->channel ? -1 : 1;
  }
  if (x->key != y->key) {
    return x->key < y->key ? -1 : 1;
  }
  return x->on != y->on ? (x->on < y->on ? -1 : 1) : (int)x->velocity - (int)y->velocity;
}

/// A desk's hand while it plays the notes of one key: where the last tone on each lane ends.
typedef struct Hand {
  int desk, lane;
  int64_t free[2]; // blocks
} Hand;

/// A tone begins: a slurred one has run unheard for a while when it comes in at `block`.
static void begin(Gather *gather, const KtSeatNote *note, Hand *hand, int64_t block, bool slurred, double lead_ms) {
  const KtSeat *seat = gather->seat;
  hand->lane = seat->lanes > 1 ? 1 - hand->lane : 0;
  int64_t lead = slurred ? kt_blocks_of_ms(lead_ms) : 0, room = block - hand->free[hand->lane];
  lead = lead > room ? room : lead;
  lead = lead < 0 ? 0 : lead > block ? block : lead;
  KtSeatEvent *on = push(gather, block - lead, KT_EVENT_NOTE_ON, note->channel, note->key, note->velocity);
  if (on) {
    on->desk = (uint8_t)hand->desk;
    on->lane = (uint8_t)hand->lane;
    on->slurred = slurred;
    on->lead = (uint16_t)lead;
    const KtPreset *preset = &seat->presets[note->channel % KT_ART_COUNT];
    int sample = note->key + (seat->desks > 1 ? seat->ensemble->desks[hand->desk].shift : 0);
    on->less_cb = (int16_t)(note->less_cb - lround(10 * kt_level_db(preset, sample, note->velocity)));
    on->tenths = (int16_t)kt_desk_tenths(seat->ensemble, seat->desks, hand->desk, block, note->key);
  }
}

static void end(Gather *gather, const KtSeatNote *note, Hand *hand, int64_t block, bool slurred) {
  const KtSeat *seat = gather->seat;
  KtSeatEvent *off = push(gather, block, KT_EVENT_NOTE_OFF, note->channel, note->key, 0);
  if (off) {
    off->desk = (uint8_t)hand->desk;
    off->lane = (uint8_t)hand->lane;
    off->slurred = slurred;
  }
  hand->free[hand->lane] = block + (slurred ? kt_blocks_of_ms((double)seat->ensemble->slur_fade_ms) : 0);
}

static bool is_bowed(const KtSeat *seat, int art) {
  const char *family = seat->instrument->family;
  return family && !strcmp(family, "strings") && seat->ensemble->slur_fade_ms > 0 &&
         (art == KT_ART_LONG || art == KT_ART_LEGATO || art == KT_ART_TENUTO || art == KT_ART_SFORZATO);
}

/// A desk that plays a neighbouring key's sample begins by so many blocks earlier as that one speaks later; not on a hit,
/// where nobody runs ahead.
static int64_t speaks_later(const KtSeat *seat, const KtSeatNote *note, int desk) {
  static const double most_ms = 40;
  int shift = seat->desks > 1 ? seat->ensemble->desks[desk].shift : 0;
  const KtPreset *preset = &seat->presets[note->channel % KT_ART_COUNT];
  if (!shift || note->slurred || note->channel % KT_ART_COUNT == KT_ART_PIZZICATO) {
    return 0;
  }
  double ms = kt_attack_ms(seat->instrument, preset, note->key + shift, note->velocity) -
              kt_attack_ms(seat->instrument, preset, note->key, note->velocity);
  ms = fmax(-most_ms, fmin(most_ms, ms)); // samples that swell are felt early or late, not all of them begin so
  return note->hit && ms > 0 ? 0 : kt_blocks_of_ms(ms);
}

/// One desk's playing of a note, bows retaken where it is longer than one. `next` is where the key is
/// struck again, -1 never.
static void play_desk(Gather *gather, const KtSeatNote *note, Hand *hand, int64_t next) {
  const KtSeat *seat = gather->seat;
  const KtEnsemble *ensemble = seat->ensemble;
  const int64_t half = kt_blocks_of_ms(0.5 * (double)ensemble->slur_fade_ms);
  int64_t late = kt_desk_late(ensemble, seat->desks, hand->desk, note->on, note->key, note->hit);
  int64_t on = note->on + late - (note->slurred ? half : 0) - speaks_later(seat, note, hand->desk);
  int64_t off = (note->off < 0 ? gather->last : note->off) + late;
  bool into = note->into >= 0;
  if (into) { // the old tone goes while the new one comes
    off = note->into - half +
          kt_desk_late(ensemble, seat->desks, hand->desk, note->into, note->into_key, false);
  }
  into = into && (next < 0 || off <= next);
  off = next >= 0 && next < off ? next : off;
  on = on < 0 ? 0 : on;
  off = off <= on ? on + 1 : off;
  float lead_ms = seat->presets[note->channel % KT_ART_COUNT].lead_ms;
  begin(gather, note, hand, on, note->slurred, (double)(lead_ms > 0 ? lead_ms : ensemble->slur_lead_ms));
  int64_t bow = is_bowed(seat, note->channel % KT_ART_COUNT)
                    ? kt_desk_bow(ensemble, hand->desk, on, note->velocity)
                    : 0;
  for (int64_t at = on + bow; bow > 0 && at + bow / 4 < off; at += bow) {
    end(gather, note, hand, at, true);
    begin(gather, note, hand, at, true, (double)ensemble->bow_lead_ms);
    bow = kt_desk_bow(ensemble, hand->desk, at, note->velocity);
  }
  end(gather, note, hand, off, into);
}

/// The notes of one key and channel, by time, as one desk plays them.
static void play_key(Gather *gather, const KtSeatNote *notes, size_t count, int desk) {
  const KtSeat *seat = gather->seat;
  Hand hand = {.desk = desk, .lane = 1};
  for (size_t i = 0; i < count; ++i) {
    const KtSeatNote *note = &notes[i], *next = i + 1 < count ? note + 1 : NULL;
    if ((next && next->on <= note->on) || !(note->desks >> desk & 1U)) {
      continue; // two at once on one key are one
    }
    int64_t again = next ? next->on + kt_desk_late(seat->ensemble, seat->desks, desk, next->on, next->key, next->hit)
                         : -1;
    play_desk(gather, note, &hand, again);
  }
}

/// Attacks brought forward must not be cut off by the end of the note before on the same key.
static void place_notes(Gather *gather) {
  KtSeat *seat = gather->seat;
  KtSeatNote *notes = gather->notes.items;
  size_t count = gather->notes.count;
  kt_desks_divide(seat->ensemble, seat->desks, notes, count, gather->last);
  if (count) {
    qsort(notes, count, sizeof(*notes), by_channel_key_on);
  }
  for (size_t first = 0, past = 0; first < count; first = past) {
    while (past < count && notes[past].channel == notes[first].channel && notes[past].key == notes[first].key) {
      ++past;
    }
    for (int d = 0; d < seat->desks; ++d) {
      play_key(gather, notes + first, past - first, d);
    }
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
  kt_hasher_add_int(hasher, seat->desks * 2 + seat->lanes);
  kt_hasher_add(hasher, seat->ensemble, sizeof(*seat->ensemble));
  for (int art = 0; art < KT_ART_COUNT; ++art) {
    const KtPreset *preset = &seat->presets[art];
    kt_hasher_add_int(hasher, seat->used[art]);
    if (seat->used[art]) {
      kt_hasher_add_int(hasher, preset->bank);
      kt_hasher_add_int(hasher, preset->program);
      kt_hasher_add_double(hasher, (double)preset->gain_db);
      kt_hasher_add_double(hasher, (double)preset->attack_s);
      kt_hasher_add_double(hasher, (double)preset->release_s);
      kt_hasher_add_double(hasher, (double)preset->decay_s);
      kt_hasher_add_double(hasher, (double)preset->skip_ms);
      kt_hasher_add_double(hasher, preset->brightness ? (double)preset->tone_hz : 0);
      kt_hasher_add_int(hasher, preset->tone_key);
    }
  }
  for (size_t i = 0; i < seat->events.count; ++i) {
    const KtSeatEvent *event = &seat->events.items[i];
    kt_hasher_add_int(hasher, event->block);
    const uint8_t bytes[] = {event->kind, event->channel, event->key,
                             event->value, event->desk, event->lane, event->slurred};
    kt_hasher_add(hasher, bytes, sizeof(bytes));
    kt_hasher_add_int(hasher, event->lead);
    kt_hasher_add_int(hasher, event->less_cb);
    kt_hasher_add_int(hasher, event->tenths);
  }
  seat->key = kt_hasher_finish(hasher);
  return KT_OK;
}

/// As many as the ensemble has and the sampler's channels hold; a synthesiser is one.
static int desks_of(const KtSeat *seat) {
  int desks = seat->instrument->desks < seat->ensemble->desk_count ? seat->instrument->desks
                                                                   : seat->ensemble->desk_count;
  int room = KT_SEAT_TRACKS / (seat->slots ? seat->slots : 1);
  desks = desks > room ? room : desks;
  return desks < 1 || !is_sampled(seat) ? 1 : desks;
}

KtStatus kt_seat_gather(KtArena *arena, const KtPerformance *performance,
                        const KtInstrument *instrument, const KtEnsemble *ensemble,
                        const char *library, KtSeat *seat, KtError *err) {
  *seat = (KtSeat){.instrument = instrument, .cue = performance->score->name, .ensemble = ensemble};
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
  seat->desks = desks_of(seat);
  seat->lanes = is_sampled(seat) && 2 * seat->desks * seat->slots <= KT_SEAT_TRACKS ? 2 : 1;
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
