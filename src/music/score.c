// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "music/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kt_score_free(KtScore *score) {
  if (score) {
    kt_arena_free(score->arena); // the score itself lives in its arena
  }
}

const char *kt_transform_name(KtTransform transform) {
  static const char *const names[KT_TRANSFORM_COUNT] = {
      "plain",     "fragment",     "augmentation", "diminution", "sequence",
      "inversion", "mode",         "reharmonised", "truncated",  "contrapuntal"};
  return transform < KT_TRANSFORM_COUNT ? names[transform] : "";
}

static const struct {
  const char *name;
  int count;
  int classes[6];
} QUALITIES[KT_CHORD_COUNT] = {
    [KT_CHORD_MAJOR] = {"", 3, {0, 4, 7}},
    [KT_CHORD_MINOR] = {"m", 3, {0, 3, 7}},
    [KT_CHORD_DIMINISHED] = {"dim", 3, {0, 3, 6}},
    [KT_CHORD_AUGMENTED] = {"aug", 3, {0, 4, 8}},
    [KT_CHORD_SUS2] = {"sus2", 3, {0, 2, 7}},
    [KT_CHORD_SUS4] = {"sus4", 3, {0, 5, 7}},
    [KT_CHORD_MAJOR7] = {"maj7", 4, {0, 4, 7, 11}},
    [KT_CHORD_MINOR7] = {"m7", 4, {0, 3, 7, 10}},
    [KT_CHORD_DOMINANT7] = {"7", 4, {0, 4, 7, 10}},
    [KT_CHORD_HALF_DIM7] = {"m7b5", 4, {0, 3, 6, 10}},
    [KT_CHORD_DIM7] = {"dim7", 4, {0, 3, 6, 9}},
    [KT_CHORD_ADD9] = {"add9", 4, {0, 4, 7, 14}},
    [KT_CHORD_MINOR_ADD9] = {"madd9", 4, {0, 3, 7, 14}},
    [KT_CHORD_FIFTH] = {"5", 2, {0, 7}},
    [KT_CHORD_QUARTAL] = {"quart", 3, {0, 5, 10}},
    [KT_CHORD_CLUSTER] = {"clust", 4, {0, 1, 2, 3}},
    [KT_CHORD_MINOR_MAJOR7] = {"mM7", 4, {0, 3, 7, 11}},
    [KT_CHORD_MINOR6] = {"m6", 4, {0, 3, 7, 9}},
    [KT_CHORD_DOMINANT7_FLAT9] = {"7b9", 5, {0, 4, 7, 10, 13}},
    [KT_CHORD_DOMINANT7_SHARP11] = {"7#11", 5, {0, 4, 7, 10, 18}},
    [KT_CHORD_MAJOR7_SHARP11] = {"maj7#11", 5, {0, 4, 7, 11, 18}},
};

int kt_chord_classes(KtChordQuality quality, int classes[6]) {
  if (quality >= KT_CHORD_COUNT) {
    return 0;
  }
  memcpy(classes, QUALITIES[quality].classes, sizeof(QUALITIES[quality].classes));
  return QUALITIES[quality].count;
}

void kt_chord_name(const KtChord *chord, char name[16]) {
  char root[4], bass[4];
  kt_spelling_name(chord->root, root);
  kt_spelling_name(chord->bass, bass);
  bool slash = chord->bass != chord->root;
  snprintf(name, 16, "%s%s%s%s", root, QUALITIES[chord->quality].name, slash ? "/" : "",
           slash ? bass : "");
}

float kt_part_level(const KtPart *part, KtTick tick) {
  size_t count = part->dynamics.count;
  if (!count) {
    return 0.5F;
  }
  const KtDynamic *points = part->dynamics.items;
  if (tick <= points[0].tick) {
    return points[0].level;
  }
  for (size_t i = 1; i < count; ++i) {
    if (tick < points[i].tick) {
      float span = (float)(points[i].tick - points[i - 1].tick);
      float at = (float)(tick - points[i - 1].tick) / span;
      return points[i - 1].level + at * (points[i].level - points[i - 1].level);
    }
  }
  return points[count - 1].level;
}

static int by_start(const void *a, const void *b) {
  const KtNote *x = a, *y = b;
  if (x->start != y->start) {
    return x->start < y->start ? -1 : 1;
  }
  if (x->midi != y->midi) {
    return x->midi - y->midi;
  }
  return (x->duration > y->duration) - (x->duration < y->duration);
}

static int by_tick(const void *a, const void *b) {
  const KtDynamic *x = a, *y = b;
  return (x->tick > y->tick) - (x->tick < y->tick);
}

KtKey kt_score_key(const KtScore *score, KtTick tick) {
  KtKey key = {0, KT_MODE_IONIAN};
  for (size_t i = 0; i < score->keys.count; ++i) {
    if (i == 0 || score->keys.items[i].tick <= tick) {
      key = score->keys.items[i].key;
    }
  }
  return key;
}

static KtStatus finish_part(KtScore *score, KtPart *part, KtError *err) {
  if (part->notes.count) {
    qsort(part->notes.items, part->notes.count, sizeof(KtNote), by_start);
  }
  if (part->dynamics.count) {
    qsort(part->dynamics.items, part->dynamics.count, sizeof(KtDynamic), by_tick);
  }
  size_t kept = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote note = part->notes.items[i];
    if (note.start < 0 || note.duration <= 0 || note.start >= score->end) {
      return kt_error_set(err, KT_ERR_FORMAT, "%s: a note of part %s at tick %lld lies outside the cue",
                          score->name, part->id, (long long)note.start);
    }
    if (note.midi < 0 || (part->high > 0 && (note.midi < part->low || note.midi > part->high))) {
      return kt_error_set(err, KT_ERR_FORMAT, "%s: pitch %d of part %s at tick %lld lies outside %d..%d",
                          score->name, note.midi, part->id, (long long)note.start, part->low,
                          part->high);
    }
    note.spelling = kt_score_spell(score, note.start, note.midi);
    KtNote *before = kept ? &part->notes.items[kept - 1] : NULL;
    if (before && before->start == note.start && before->midi == note.midi) {
      before->duration = note.duration > before->duration ? note.duration : before->duration;
      before->hit = before->hit || note.hit;
      continue; // a unison inside one part is one note
    }
    part->notes.items[kept++] = note;
  }
  part->notes.count = kept;
  return KT_OK;
}

KtStatus kt_score_finish(KtScore *score, KtError *err) {
  if (kt_arena_failed(score->arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while composing %s", score->name);
  }
  if (score->tempo.points.count < 2 || !score->metres.count || score->end <= 0) {
    return kt_error_set(err, KT_ERR_FORMAT, "%s has no bars", score->name);
  }
  kt_score_name_keys(score);
  KtStatus status = KT_OK;
  for (size_t i = 0; i < score->parts.count && !status; ++i) {
    status = finish_part(score, &score->parts.items[i], err);
  }
  return status;
}

float kt_score_loudest(const KtScore *score, KtTick tick) {
  float most = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    float level = kt_part_level(part, tick);
    for (size_t i = 0; level > most && i < part->notes.count; ++i) {
      const KtNote *note = &part->notes.items[i];
      if (note->start <= tick && note->start + note->duration > tick) {
        most = level;
      }
    }
  }
  return most;
}
