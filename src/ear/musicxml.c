// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/musicxml.h"

#include "base/file.h"
#include "base/xml_read.h"
#include "base/zip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MOST = 200, TIES_MOST = 32 };
static const size_t FILE_MOST = 64U << 20;
static const double PLAIN_BPM = 100;

/// A note that a tie holds open.
typedef struct Held {
  size_t note;
  int midi;
  KtTick end;
} Held;

typedef struct Reader {
  KtReadScore *out;
  KtArena *scratch;
  const char *name;
  KtError *err;
  KtTempoMarks marks;
  // of the part being read
  KtPart *part;
  long divisions;
  int transpose;
  KtTick at, before, bar, furthest; ///< where we stand; start of the last note; of the bar; end of what was read of it
  Held held[TIES_MOST];
  int held_count;
} Reader;

static KtStatus wrong(const Reader *reader, const KtXmlNode *node, const char *what) {
  return kt_error_at(reader->err, KT_ERR_FORMAT, reader->name, node->line, 0, "%s", what);
}

static const char *text(const Reader *reader, const KtXmlNode *node, const char *name) {
  const KtXmlNode *child = kt_xml_child(node, name);
  return child ? kt_xml_inside(reader->scratch, child) : "";
}

static long number(const Reader *reader, const KtXmlNode *node, const char *name, long otherwise) {
  const char *inside = text(reader, node, name);
  char *end = NULL;
  long value = strtol(inside, &end, 10);
  return end == inside || value < -1000000 || value > 1000000 ? otherwise : value;
}

static KtTick ticks(const Reader *reader, const KtXmlNode *node) {
  double length = strtod(text(reader, node, "duration"), NULL);
  double quarters = length / (double)reader->divisions;
  return quarters > 0 && quarters < 4000 ? (KtTick)llround(quarters * KT_PPQ) : 0;
}

/// The first part's, as it sounds where that part is not transposed.
static void read_key(Reader *reader, const KtXmlNode *node) {
  const KtXmlNode *key = kt_xml_child(node, "key");
  long fifths = key ? number(reader, key, "fifths", 100) : 100;
  KtKeyChange *slot = fifths >= -7 && fifths <= 7 && !reader->transpose && reader->out->score.parts.count == 1
                          ? kt_array_push(reader->out->arena, &reader->out->score.keys) : NULL;
  if (slot) {
    bool minor = !strcmp(text(reader, key, "mode"), "minor");
    *slot = (KtKeyChange){reader->bar, {(KtSpelling)(fifths + (minor ? 3 : 0)), minor ? KT_MODE_AEOLIAN : KT_MODE_IONIAN}};
  }
}

static KtStatus read_attributes(Reader *reader, const KtXmlNode *node) {
  long divisions = number(reader, node, "divisions", reader->divisions);
  if (divisions < 1) {
    return wrong(reader, node, "divisions must be 1 or more");
  }
  reader->divisions = divisions;
  const KtXmlNode *transpose = kt_xml_child(node, "transpose");
  if (transpose) {
    long by = number(reader, transpose, "chromatic", 0) + 12 * number(reader, transpose, "octave-change", 0);
    reader->transpose = by >= -48 && by <= 48 ? (int)by : 0;
  }
  read_key(reader, node);
  const KtXmlNode *time = kt_xml_child(node, "time");
  KtMetres *metres = &reader->out->score.metres;
  if (time && reader->out->score.parts.count == 1) {
    long beats = number(reader, time, "beats", 4), unit = number(reader, time, "beat-type", 4);
    bool sane = beats > 0 && beats <= 32 && unit > 0 && unit <= 32 && !(unit & (unit - 1));
    KtMetre metre = {reader->bar, sane ? (int)beats : 4, sane ? (int)unit : 4};
    if (metres->count && metres->items[metres->count - 1].tick == metre.tick) {
      metres->items[metres->count - 1] = metre;
    } else {
      KtMetre *slot = kt_array_push(reader->out->arena, metres);
      if (slot) {
        *slot = metre;
      }
    }
  }
  return KT_OK;
}

static int pitch_of(const Reader *reader, const KtXmlNode *pitch) {
  static const char letters[] = "C D EF G A B";
  const char *step = text(reader, pitch, "step");
  const char *found = *step && *step != ' ' ? strchr(letters, *step) : NULL;
  long octave = number(reader, pitch, "octave", -10);
  double alter = strtod(text(reader, pitch, "alter"), NULL);
  if (!found || octave < 0 || octave > 9 || !(fabs(alter) <= 3)) {
    return -1;
  }
  int midi = 12 * ((int)octave + 1) + (int)(found - letters) + (int)lround(alter) + reader->transpose;
  return midi >= 0 && midi <= 127 ? midi : -1;
}

static bool tied(const KtXmlNode *note, const char *type) {
  for (const KtXmlNode *tie = kt_xml_child(note, "tie"); tie; tie = kt_xml_sibling(tie, "tie")) {
    const char *is = kt_xml_attribute(tie, "type");
    if (is && !strcmp(is, type)) {
      return true;
    }
  }
  return false;
}

static void keep_note(Reader *reader, const KtXmlNode *node, KtTick start, KtTick length, int midi) {
  int open = -1;
  for (int i = 0; i < reader->held_count; ++i) {
    open = reader->held[i].midi == midi && llabs(reader->held[i].end - start) <= 2 ? i : open;
  }
  size_t index = reader->part->notes.count;
  if (open >= 0 && tied(node, "stop")) {
    index = reader->held[open].note;
    KtNote *before = &reader->part->notes.items[index];
    before->duration = start + length - before->start;
    reader->held[open] = reader->held[--reader->held_count];
  } else {
    KtNote *note = kt_array_push(reader->out->arena, &reader->part->notes);
    if (note) {
      *note = (KtNote){.start = start, .duration = length, .midi = (int8_t)midi, .statement = -1};
      note->spelling = kt_key_spell((KtKey){0, KT_MODE_IONIAN}, midi);
    }
  }
  if (tied(node, "start")) {
    if (reader->held_count == TIES_MOST) {
      reader->held[0] = reader->held[--reader->held_count]; // forgotten: it was never closed
    }
    reader->held[reader->held_count++] = (Held){index, midi, start + length};
  }
}

static void read_note(Reader *reader, const KtXmlNode *node) {
  if (kt_xml_child(node, "grace") || kt_xml_child(node, "cue")) {
    return;
  }
  KtTick length = ticks(reader, node);
  bool chord = kt_xml_child(node, "chord") != NULL;
  KtTick start = chord ? reader->before : reader->at;
  const KtXmlNode *pitch = kt_xml_child(node, "pitch"), *struck = kt_xml_child(node, "unpitched");
  int midi = pitch ? pitch_of(reader, pitch) : struck ? 38 : -1;
  if (midi >= 0 && length > 0) {
    reader->part->role = struck ? KT_ROLE_PERCUSSION : reader->part->role;
    keep_note(reader, node, start, length, midi);
  }
  if (!chord) {
    reader->before = reader->at;
    reader->at += length;
  }
  reader->furthest = reader->at > reader->furthest ? reader->at : reader->furthest;
}

static void read_tempo(Reader *reader, const KtXmlNode *node) {
  const KtXmlNode *sound = !strcmp(node->name, "sound") ? node : kt_xml_child(node, "sound");
  const char *tempo = sound ? kt_xml_attribute(sound, "tempo") : NULL;
  double bpm = tempo ? strtod(tempo, NULL) : 0;
  if (bpm >= 10 && bpm <= 600) {
    KtTempoMark *mark = kt_array_push(reader->scratch, &reader->marks);
    if (mark) {
      *mark = (KtTempoMark){reader->at, bpm};
    }
  }
}

static KtStatus read_measure(Reader *reader, const KtXmlNode *measure) {
  KtStatus status = KT_OK;
  reader->bar = reader->furthest = reader->before = reader->at;
  for (const KtXmlNode *n = kt_xml_child(measure, NULL); n && !status; n = kt_xml_sibling(n, NULL)) {
    if (!strcmp(n->name, "note")) {
      read_note(reader, n);
    } else if (!strcmp(n->name, "attributes")) {
      status = read_attributes(reader, n);
    } else if (!strcmp(n->name, "backup")) {
      reader->at -= ticks(reader, n);
      reader->at = reader->at < reader->bar ? reader->bar : reader->at;
    } else if (!strcmp(n->name, "forward")) {
      reader->at += ticks(reader, n);
      reader->furthest = reader->at > reader->furthest ? reader->at : reader->furthest;
    } else if (!strcmp(n->name, "direction") || !strcmp(n->name, "sound")) {
      read_tempo(reader, n);
    }
  }
  reader->at = reader->furthest;
  return status;
}

static const char *part_name(const Reader *reader, const KtXmlNode *root, const char *id) {
  const KtXmlNode *list = kt_xml_child(root, "part-list");
  for (const KtXmlNode *p = kt_xml_child(list, "score-part"); p; p = kt_xml_sibling(p, "score-part")) {
    const char *own = kt_xml_attribute(p, "id");
    if (own && id && !strcmp(own, id)) {
      return kt_arena_text(reader->out->arena, text(reader, p, "part-name"));
    }
  }
  return "";
}

static int by_start(const void *a, const void *b) {
  const KtNote *x = a, *y = b;
  return x->start != y->start ? (x->start < y->start ? -1 : 1) : x->midi - y->midi;
}

static KtStatus read_part(Reader *reader, const KtXmlNode *root, const KtXmlNode *node) {
  KtScore *score = &reader->out->score;
  if (score->parts.count == PARTS_MOST) {
    return wrong(reader, node, "more parts than can be read (200)");
  }
  KtPart *part = kt_array_push(reader->out->arena, &score->parts);
  if (!part) {
    return kt_error_set(reader->err, KT_ERR_MEMORY, "out of memory");
  }
  const char *id = kt_xml_attribute(node, "id");
  *part = (KtPart){.id = kt_arena_text(reader->out->arena, id ? id : ""), .name = part_name(reader, root, id),
                   .role = KT_ROLE_HARMONY, .high = 127};
  reader->part = part;
  reader->divisions = 1;
  reader->transpose = 0;
  reader->at = reader->furthest = 0;
  reader->held_count = 0;
  KtStatus status = KT_OK;
  for (const KtXmlNode *m = kt_xml_child(node, "measure"); m && !status; m = kt_xml_sibling(m, "measure")) {
    KtTick *bar = score->parts.count == 1 ? kt_array_push(reader->out->arena, &reader->out->bars) : NULL;
    if (bar) {
      *bar = reader->at;
    }
    status = read_measure(reader, m);
  }
  if (part->notes.count) {
    qsort(part->notes.items, part->notes.count, sizeof(KtNote), by_start);
  }
  score->end = reader->at > score->end ? reader->at : score->end;
  return status;
}

static KtStatus read_root(Reader *reader, const KtXmlNode *root) {
  if (!strcmp(root->name, "score-timewise")) {
    return kt_error_at(reader->err, KT_ERR_UNSUPPORTED, reader->name, root->line, 0,
                       "is ordered by time (score-timewise); export it ordered by part");
  }
  if (strcmp(root->name, "score-partwise") != 0) {
    return wrong(reader, root, "is not MusicXML; export the score as MusicXML");
  }
  KtStatus status = KT_OK;
  for (const KtXmlNode *p = kt_xml_child(root, "part"); p && !status; p = kt_xml_sibling(p, "part")) {
    status = read_part(reader, root, p);
  }
  KtReadScore *out = reader->out;
  if (!status && !out->score.end) {
    status = wrong(reader, root, "holds no music");
  }
  if (!status && (!out->score.metres.count || out->score.metres.items[0].tick > 0)) {
    out->score.metres.count = 0;
    KtMetre *plain = kt_array_push(out->arena, &out->score.metres);
    if (plain) {
      *plain = (KtMetre){0, 4, 4};
    }
  }
  const KtXmlNode *work = kt_xml_child(root, "work");
  out->title = kt_arena_text(out->arena, work ? text(reader, work, "work-title") : "");
  kt_read_score_tempo(reader->out, &reader->marks, PLAIN_BPM);
  bool failed = kt_arena_failed(out->arena) || kt_arena_failed(reader->scratch);
  return !status && failed ? kt_error_set(reader->err, KT_ERR_MEMORY, "out of memory") : status;
}

/// The score inside a compressed file, as its container names it.
static KtStatus unpack(Reader *reader, const char **bytes, size_t *size) {
  const char *container = NULL;
  size_t length = 0;
  const KtXmlNode *root = NULL;
  KtStatus status = kt_zip_read(reader->scratch, reader->name, *bytes, *size, "META-INF/container.xml", 1U << 20,
                                &container, &length, reader->err);
  if (!status) {
    status = kt_xml_parse(reader->scratch, reader->name, container, length, &root, reader->err);
  }
  if (status) {
    return status;
  }
  const KtXmlNode *file = kt_xml_child(kt_xml_child(root, "rootfiles"), "rootfile");
  const char *path = file ? kt_xml_attribute(file, "full-path") : NULL;
  if (!path) {
    return wrong(reader, root, "names no score inside; export the file again");
  }
  return kt_zip_read(reader->scratch, reader->name, *bytes, *size, path, FILE_MOST, bytes, size, reader->err);
}

KtStatus kt_musicxml_parse(const char *name, const char *bytes, size_t size, KtReadScore **score, KtError *err) {
  *score = NULL;
  KtArena *arena = kt_arena_new(), *scratch = kt_arena_new();
  KtReadScore *out = arena ? KT_NEW(arena, KtReadScore, 1) : NULL;
  KtStatus status = out && scratch ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  const KtXmlNode *root = NULL;
  if (!status) {
    *out = (KtReadScore){.arena = arena, .score = {.arena = arena}, .title = ""};
    Reader reader = {.out = out, .scratch = scratch, .name = name, .err = err};
    if (size > 4 && !memcmp(bytes, "PK\3\4", 4)) {
      status = unpack(&reader, &bytes, &size);
    }
    if (!status) {
      status = kt_xml_parse(scratch, name, bytes, size, &root, err);
    }
    if (!status) {
      status = read_root(&reader, root);
    }
  }
  kt_arena_free(scratch);
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *score = out;
  return KT_OK;
}

KtStatus kt_musicxml_read(const char *path, KtReadScore **score, KtError *err) {
  return kt_read_score_file(path, FILE_MOST, kt_musicxml_parse, score, err);
}
