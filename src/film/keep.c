// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "film/film.h"

#include <string.h>

// A kept look: a magic with version, then fields in the machine's own order and layout, then a sum
// over all of it. A cache on the same machine, not a format for exchange.
enum { VERSION = 10, MOST_ITEMS = 1 << 28, MOST_LENGTH = 1 << 16 };
enum { SIZES = 7 };
static const uint32_t item_sizes[SIZES] = {sizeof(KtFrame),   sizeof(KtShot),       sizeof(KtMoment),
                                           sizeof(KtGesture), sizeof(KtCameraMove), sizeof(KtPacePoint), sizeof(KtAmbience)};
static const char magic[8] = {'K', 'T', 'F', 'I', 'L', 'M', 0, VERSION};

typedef struct Stream {
  FILE *out;            ///< writing
  const char *at, *end; ///< reading
  KtArena *arena;
  uint64_t sum;
  bool bad;
} Stream;

static uint64_t add_sum(uint64_t sum, const void *bytes, size_t size) { // FNV-1a, 64 bit
  const unsigned char *p = bytes;
  for (size_t i = 0; i < size; ++i) {
    sum = (sum ^ p[i]) * UINT64_C(1099511628211);
  }
  return sum;
}

static void raw(Stream *s, void *bytes, size_t size) {
  if (s->out) {
    s->bad |= size && fwrite(bytes, 1, size, s->out) != size;
  } else if (s->bad || (size_t)(s->end - s->at) < size) {
    s->bad = true;
    memset(bytes, 0, size);
    return;
  } else if (size) {
    memcpy(bytes, s->at, size);
    s->at += size;
  }
  s->sum = add_sum(s->sum, bytes, size);
}

static void text(Stream *s, const char **value) {
  uint32_t length = s->out ? (uint32_t)strlen(*value) : 0;
  raw(s, &length, sizeof(length));
  if (s->out) {
    raw(s, (void *)(uintptr_t)*value, length);
    return;
  }
  if (s->bad || length > MOST_LENGTH || (size_t)(s->end - s->at) < length) {
    s->bad = true;
    *value = "";
    return;
  }
  *value = kt_arena_text_n(s->arena, s->at, length);
  s->sum = add_sum(s->sum, s->at, length);
  s->at += length;
}

static void items(Stream *s, void **list, size_t *count, size_t *capacity, size_t size) {
  uint64_t number = *count;
  raw(s, &number, sizeof(number));
  if (!s->out) {
    if (s->bad || number > MOST_ITEMS || number * size > (uint64_t)(s->end - s->at)) {
      s->bad = true;
      *count = *capacity = 0;
      return;
    }
    *count = *capacity = (size_t)number;
    *list = number ? kt_arena_alloc_items(s->arena, (size_t)number, size) : NULL;
    if (number && !*list) {
      s->bad = true;
      *count = *capacity = 0;
      return;
    }
  }
  raw(s, *list, *count * size);
}
#define ITEMS(s, array)                                                                            \
  items((s), (void **)&(array)->items, &(array)->count, &(array)->capacity, sizeof(*(array)->items))
#define VALUE(s, value) raw((s), &(value), sizeof(value))

static void texts(Stream *s, KtFilm *film) {
  uint64_t count = film->warnings.count;
  raw(s, &count, sizeof(count));
  for (uint64_t i = 0; i < count && !s->bad; ++i) {
    const char **warning =
        s->out ? &film->warnings.items[i] : kt_array_push(film->arena, &film->warnings);
    if (!warning) {
      s->bad = true;
      return;
    }
    text(s, warning);
  }
}

/// Both ways with one list of fields, so that they cannot differ.
static void fields(Stream *s, KtFilm *film) {
  text(s, &film->path);
  text(s, &film->title);
  text(s, &film->speech_method);
  VALUE(s, film->rate);
  VALUE(s, film->variable_rate);
  VALUE(s, film->timecode.rate);
  VALUE(s, film->timecode.drop);
  VALUE(s, film->timecode.start_frames);
  VALUE(s, film->timecode_said);
  VALUE(s, film->picture_start);
  VALUE(s, film->duration);
  VALUE(s, film->width);
  VALUE(s, film->height);
  VALUE(s, film->video_stream);
  VALUE(s, film->audio_stream);
  VALUE(s, film->audio_rate);
  VALUE(s, film->audio_channels);
  VALUE(s, film->audio_bits);
  VALUE(s, film->preview);
  VALUE(s, film->truncated);
  ITEMS(s, &film->frames);
  ITEMS(s, &film->shots);
  ITEMS(s, &film->speech);
  ITEMS(s, &film->music);
  VALUE(s, film->music_share);
  ITEMS(s, &film->moments);
  ITEMS(s, &film->gestures);
  ITEMS(s, &film->camera);
  ITEMS(s, &film->pace);
  ITEMS(s, &film->loudness);
  ITEMS(s, &film->silence);
  ITEMS(s, &film->ambience);
  VALUE(s, film->integrated_lufs);
  VALUE(s, film->dialogue_lufs);
  VALUE(s, film->true_peak_dbtp);
  ITEMS(s, &film->titles);
  texts(s, film);
}

KtStatus kt_film_save(const KtFilm *film, const char *path, KtError *err) {
  KtAtomicFile file;
  KtStatus status = kt_atomic_open(&file, path, err);
  if (status) {
    return status;
  }
  KtFilm copy = *film; // the fields are walked both ways; writing changes none of them
  Stream s = {.out = file.stream, .sum = UINT64_C(14695981039346656037)};
  char head[sizeof(magic)];
  memcpy(head, magic, sizeof(magic));
  raw(&s, head, sizeof(head));
  uint32_t sizes[SIZES];
  memcpy(sizes, item_sizes, sizeof(sizes));
  raw(&s, sizes, sizeof(sizes));
  fields(&s, &copy);
  uint64_t sum = s.sum;
  raw(&s, &sum, sizeof(sum));
  return kt_atomic_commit(&file, err);
}

KtStatus kt_film_load(const char *path, KtFilm **film, KtError *err) {
  *film = NULL;
  KtArena *arena = kt_arena_new(), *bytes_arena = kt_arena_new();
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status =
      arena && bytes_arena ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    status = kt_file_read(bytes_arena, path, (size_t)1 << 31, &bytes, &size, err);
  }
  KtFilm *kept = status ? NULL : KT_NEW(arena, KtFilm, 1);
  if (kept) {
    kept->arena = arena;
    Stream s = {
        .at = bytes, .end = bytes + size, .arena = arena, .sum = UINT64_C(14695981039346656037)};
    char head[sizeof(magic)];
    uint32_t sizes[SIZES];
    raw(&s, head, sizeof(head));
    raw(&s, sizes, sizeof(sizes));
    s.bad |= memcmp(head, magic, sizeof(magic)) != 0 ||
             memcmp(sizes, item_sizes, sizeof(sizes)) != 0;
    if (!s.bad) {
      fields(&s, kept);
    }
    uint64_t sum = s.sum, written = 0;
    raw(&s, &written, sizeof(written));
    if (s.bad || sum != written || s.at != s.end || !kept->frames.count || !kept->shots.count) {
      status =
          kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                      "is not a kept look at a film of this version; the film is looked at again");
    }
  }
  kt_arena_free(bytes_arena);
  if (status || !kept) {
    kt_arena_free(arena);
    return status ? status : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *film = kept;
  return KT_OK;
}
