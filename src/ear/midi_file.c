// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/midi_file.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum { TRACKS_MOST = 512, CHANNELS = 16, KEYS = 128, PERCUSSION = 9, NOTES_MOST = 1000000 };
static const size_t FILE_MOST = 16U << 20;
static const double PLAIN_BPM = 120;
static const KtTick LONGEST = (KtTick)KT_PPQ * 100000;

typedef struct Reader {
  KtReadScore *out;
  KtArena *scratch;
  const char *name;
  KtError *err;
  const uint8_t *bytes;
  size_t at, end; ///< of the chunk being read
  long division;
  size_t note_count;
  KtTempoMarks marks;
  // of the track being read
  KtTick time; ///< in the file's ticks
  const char *track_name;
  int part[CHANNELS];               ///< index into the parts, -1 none yet
  KtTick sounding[CHANNELS][KEYS];  ///< since when, -1 not
} Reader;

static KtStatus broken(const Reader *reader, const char *what) {
  return kt_error_at(reader->err, KT_ERR_FORMAT, reader->name, 0, 0, "byte %zu: %s", reader->at, what);
}

static KtTick ours(const Reader *reader, KtTick time) {
  return (time * KT_PPQ + reader->division / 2) / reader->division;
}

static bool take(Reader *reader, size_t count, unsigned long *value) {
  if (reader->end - reader->at < count) {
    return false;
  }
  *value = 0;
  for (size_t i = 0; i < count; ++i) {
    *value = *value << 8 | reader->bytes[reader->at++];
  }
  return true;
}

/// A variable-length quantity: four bytes at most.
static bool take_length(Reader *reader, unsigned long *value) {
  *value = 0;
  for (int i = 0; i < 4; ++i) {
    unsigned long byte = 0;
    if (!take(reader, 1, &byte)) {
      return false;
    }
    *value = *value << 7 | (byte & 0x7f);
    if (!(byte & 0x80)) {
      return true;
    }
  }
  return false;
}

static KtPart *part_of(Reader *reader, int channel) {
  KtScore *score = &reader->out->score;
  if (reader->part[channel] < 0) {
    KtPart *part = kt_array_push(reader->out->arena, &score->parts);
    if (!part) {
      return NULL;
    }
    const char *id = kt_arena_format(reader->out->arena, "%zu", score->parts.count);
    *part = (KtPart){.id = id, .high = 127,
                     .role = channel == PERCUSSION ? KT_ROLE_PERCUSSION : KT_ROLE_HARMONY};
    reader->part[channel] = (int)score->parts.count - 1;
  }
  return &score->parts.items[reader->part[channel]];
}

static KtStatus note_off(Reader *reader, int channel, int key) {
  KtTick since = reader->sounding[channel][key];
  reader->sounding[channel][key] = -1;
  if (since < 0) {
    return KT_OK;
  }
  if (++reader->note_count > NOTES_MOST) {
    return broken(reader, "more notes than can be read");
  }
  KtPart *part = part_of(reader, channel);
  KtNote *note = part ? kt_array_push(reader->out->arena, &part->notes) : NULL;
  if (!note) {
    return kt_error_set(reader->err, KT_ERR_MEMORY, "out of memory");
  }
  KtTick start = ours(reader, since), stop = ours(reader, reader->time);
  *note = (KtNote){.start = start, .duration = stop > start ? stop - start : 1, .midi = (int8_t)key,
                   .statement = -1, .spelling = kt_key_spell((KtKey){0, KT_MODE_IONIAN}, key)};
  KtTick *last = &reader->out->score.end;
  *last = stop > *last ? stop : *last;
  return KT_OK;
}

static void take_metre(Reader *reader, const uint8_t *data) {
  if (data[0] < 1 || data[0] > 32 || data[1] > 4) {
    return; // no metre that music has
  }
  KtMetre *metre = kt_array_push(reader->out->arena, &reader->out->score.metres);
  if (metre) {
    *metre = (KtMetre){ours(reader, reader->time), data[0], 1 << data[1]};
  }
}

static void take_key(Reader *reader, const uint8_t *data) {
  int fifths = (int8_t)data[0];
  if (fifths < -7 || fifths > 7 || data[1] > 1) {
    return;
  }
  KtKeyChange *key = kt_array_push(reader->out->arena, &reader->out->score.keys);
  if (key) {
    *key = (KtKeyChange){ours(reader, reader->time),
                         {(KtSpelling)(fifths + (data[1] ? 3 : 0)), data[1] ? KT_MODE_AEOLIAN : KT_MODE_IONIAN}};
  }
}

static void take_tempo(Reader *reader, const uint8_t *data) {
  long micros = (long)data[0] << 16 | (long)data[1] << 8 | data[2];
  KtTempoMark *mark = micros > 0 ? kt_array_push(reader->scratch, &reader->marks) : NULL;
  if (mark) {
    *mark = (KtTempoMark){ours(reader, reader->time), 60e6 / (double)micros};
  }
}

/// FF: what is not played. `*over` at the end of the track.
static KtStatus read_meta(Reader *reader, bool *over) {
  unsigned long type = 0, length = 0;
  if (!take(reader, 1, &type) || !take_length(reader, &length) || reader->end - reader->at < length) {
    return broken(reader, "a track breaks off in the middle of an event");
  }
  const uint8_t *data = reader->bytes + reader->at;
  if (type == 0x03 && !reader->track_name[0]) {
    reader->track_name = kt_arena_text_n(reader->out->arena, (const char *)data, length < 200 ? length : 200);
  } else if (type == 0x51 && length == 3) {
    take_tempo(reader, data);
  } else if (type == 0x58 && length >= 2) {
    take_metre(reader, data);
  } else if (type == 0x59 && length == 2) {
    take_key(reader, data);
  }
  *over = type == 0x2f;
  reader->at += length;
  return KT_OK;
}

static KtStatus read_channel(Reader *reader, unsigned long status) {
  int channel = (int)(status & 15), kind = (int)(status >> 4);
  unsigned long first = 0, second = 0;
  bool two = kind != 0xc && kind != 0xd;
  if (!take(reader, 1, &first) || (two && !take(reader, 1, &second)) || first > 127 || second > 127) {
    return broken(reader, "an event is not as MIDI has it");
  }
  if (kind == 8 || (kind == 9 && !second)) {
    return note_off(reader, channel, (int)first);
  }
  if (kind == 9) {
    KtStatus ended = note_off(reader, channel, (int)first); // struck again while it sounds
    reader->sounding[channel][first] = reader->time;
    return ended;
  }
  return KT_OK;
}

static KtStatus read_event(Reader *reader, unsigned long *running, bool *over) {
  unsigned long wait = 0, status = 0, length = 0;
  if (!take_length(reader, &wait) || reader->at >= reader->end) {
    return broken(reader, "a track breaks off in the middle of an event");
  }
  reader->time += (KtTick)wait;
  if (ours(reader, reader->time) > LONGEST) {
    return broken(reader, "this is longer than any music");
  }
  status = reader->bytes[reader->at];
  if (status < 0x80) {
    if (!*running) {
      return broken(reader, "an event is not as MIDI has it");
    }
    return read_channel(reader, *running);
  }
  ++reader->at;
  if (status < 0xf0) {
    *running = status;
    return read_channel(reader, status);
  }
  *running = 0;
  if (status == 0xff) {
    return read_meta(reader, over);
  }
  if ((status != 0xf0 && status != 0xf7) || !take_length(reader, &length) || reader->end - reader->at < length) {
    return broken(reader, "an event is not as MIDI has it");
  }
  reader->at += length; // system exclusive
  return KT_OK;
}

static int by_start(const void *a, const void *b) {
  const KtNote *x = a, *y = b;
  return x->start != y->start ? (x->start < y->start ? -1 : 1) : x->midi - y->midi;
}

static KtStatus read_track(Reader *reader) {
  reader->time = 0;
  reader->track_name = "";
  for (int c = 0; c < CHANNELS; ++c) {
    reader->part[c] = -1;
    for (int k = 0; k < KEYS; ++k) {
      reader->sounding[c][k] = -1;
    }
  }
  unsigned long running = 0;
  bool over = false;
  KtStatus status = KT_OK;
  while (!status && !over && reader->at < reader->end) {
    status = read_event(reader, &running, &over);
  }
  for (int c = 0; c < CHANNELS; ++c) {
    for (int k = 0; k < KEYS && !status; ++k) {
      status = note_off(reader, c, k); // never let go: until the track ends
    }
    if (!status && reader->part[c] >= 0) {
      KtPart *part = &reader->out->score.parts.items[reader->part[c]];
      part->name = reader->track_name;
      qsort(part->notes.items, part->notes.count, sizeof(KtNote), by_start);
    }
  }
  return status;
}

static int metre_by_tick(const void *a, const void *b) {
  const KtMetre *x = a, *y = b;
  return (x->tick > y->tick) - (x->tick < y->tick);
}

/// Metres from the beginning on, one a place; a change inside a bar begins a bar.
static void draw_bars(KtReadScore *out) {
  KtMetres *metres = &out->score.metres;
  if (metres->count) {
    qsort(metres->items, metres->count, sizeof(KtMetre), metre_by_tick);
  }
  if (!metres->count || metres->items[0].tick > 0) {
    KtMetre *plain = kt_array_push(out->arena, metres);
    if (!plain) {
      return;
    }
    memmove(metres->items + 1, metres->items, (metres->count - 1) * sizeof(KtMetre));
    metres->items[0] = (KtMetre){0, 4, 4};
  }
  size_t kept = 0;
  for (size_t i = 0; i < metres->count; ++i) {
    kept -= kept && metres->items[kept - 1].tick == metres->items[i].tick;
    metres->items[kept++] = metres->items[i];
  }
  metres->count = kept;
  KtTick at = 0;
  for (size_t m = 0; at < out->score.end;) {
    KtTick *bar = kt_array_push(out->arena, &out->bars);
    if (!bar) {
      return;
    }
    *bar = at;
    at += kt_metre_bar_ticks(metres->items[m]);
    if (m + 1 < metres->count && at >= metres->items[m + 1].tick) {
      at = metres->items[++m].tick;
    }
  }
}

static KtStatus read_header(Reader *reader, unsigned long *tracks) {
  unsigned long length = 0, format = 0, division = 0;
  if (reader->end < 14 || memcmp(reader->bytes, "MThd", 4) != 0) {
    return broken(reader, "is not a MIDI file");
  }
  reader->at = 4;
  if (!take(reader, 4, &length) || !take(reader, 2, &format) || !take(reader, 2, tracks) ||
      !take(reader, 2, &division) || length < 6 || length - 6 > reader->end - reader->at) {
    return broken(reader, "the file breaks off in its header");
  }
  reader->at += length - 6;
  if (format > 1) {
    return kt_error_at(reader->err, KT_ERR_UNSUPPORTED, reader->name, 0, 0,
                       "holds several pieces (format %lu); save it as format 0 or 1", format);
  }
  if (division & 0x8000 || !division) {
    return kt_error_at(reader->err, KT_ERR_UNSUPPORTED, reader->name, 0, 0,
                       "counts frames instead of beats; save it with ticks per quarter note");
  }
  reader->division = (long)division;
  return KT_OK;
}

static KtStatus read_file(Reader *reader, size_t size) {
  unsigned long tracks = 0;
  reader->end = size;
  KtStatus status = read_header(reader, &tracks);
  for (int count = 0; !status && size - reader->at >= 8;) {
    const uint8_t *id = reader->bytes + reader->at;
    unsigned long length = 0;
    reader->at += 4;
    reader->end = size;
    (void)take(reader, 4, &length);
    bool track = !memcmp(id, "MTrk", 4);
    if (track && length > size - reader->at) {
      return broken(reader, "a track is shorter than it says");
    }
    reader->end = length > size - reader->at ? size : reader->at + length;
    size_t next = reader->end;
    if (track && ++count > TRACKS_MOST) {
      return broken(reader, "more tracks than can be read");
    }
    status = track ? read_track(reader) : KT_OK; // others' chunks are passed over
    reader->at = next;
  }
  if (!status && !reader->out->score.end) {
    return kt_error_at(reader->err, KT_ERR_FORMAT, reader->name, 0, 0, "holds no notes");
  }
  if (!status) {
    kt_read_score_tempo(reader->out, &reader->marks, PLAIN_BPM);
    draw_bars(reader->out);
  }
  bool failed = kt_arena_failed(reader->out->arena) || kt_arena_failed(reader->scratch);
  return !status && failed ? kt_error_set(reader->err, KT_ERR_MEMORY, "out of memory") : status;
}

KtStatus kt_midi_parse(const char *name, const char *bytes, size_t size, KtReadScore **score, KtError *err) {
  *score = NULL;
  KtArena *arena = kt_arena_new(), *scratch = kt_arena_new();
  KtReadScore *out = arena ? KT_NEW(arena, KtReadScore, 1) : NULL;
  Reader *reader = scratch ? KT_NEW(scratch, Reader, 1) : NULL;
  KtStatus status = out && reader ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    *out = (KtReadScore){.arena = arena, .score = {.arena = arena}, .title = ""};
    *reader = (Reader){.out = out, .scratch = scratch, .name = name, .err = err, .bytes = (const uint8_t *)bytes,
                       .track_name = ""};
    status = read_file(reader, size);
  }
  kt_arena_free(scratch);
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *score = out;
  return KT_OK;
}

KtStatus kt_midi_read(const char *path, KtReadScore **score, KtError *err) {
  return kt_read_score_file(path, FILE_MOST, kt_midi_parse, score, err);
}
