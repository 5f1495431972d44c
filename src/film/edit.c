// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/edit.h"

#include "base/file.h"
#include "base/xml_read.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MOST_BYTES = 64 * 1024 * 1024 };

KtEditClip *kt_edit_clip(KtEdit *edit, int layer, KtFilmTime start, KtFilmTime end,
                         const char *name) {
  if (end <= start || edit->clips.count >= KT_EDIT_MOST) {
    return NULL;
  }
  KtEditClip *clip = kt_array_push(edit->arena, &edit->clips);
  if (clip) {
    *clip = (KtEditClip){.layer = layer,
                         .start = start,
                         .end = end,
                         .in = KT_TRANSITION_CUT,
                         .out = KT_TRANSITION_CUT,
                         .name = name ? kt_arena_text(edit->arena, name) : "",
                         .reel = ""};
  }
  return clip;
}

void kt_edit_transition(KtEdit *edit, int layer, KtFilmTime start, KtFilmTime end,
                        KtTransition kind) {
  KtEditClip *in = NULL, *out = NULL;
  for (size_t i = 0; i < edit->clips.count; ++i) {
    KtEditClip *clip = &edit->clips.items[i];
    if (clip->layer == layer && clip->start >= start && clip->start <= end &&
        (!in || clip->start < in->start)) {
      in = clip;
    }
    if (clip->layer == layer && clip->end >= start && clip->end <= end && clip != in &&
        (!out || clip->end > out->end)) {
      out = clip;
    }
  }
  bool from_nothing = !out || out->blank || (in && out->end < in->start);
  if (in) {
    in->source -= in->start - start;
    in->start = start;
    in->in = from_nothing && kind == KT_TRANSITION_DISSOLVE ? KT_TRANSITION_FADE_BLACK : kind;
    in->in_time = end - start;
  }
  if (out && (!in || out->end < in->start)) { // gives way to what lies beneath, or to nothing
    out->out = kind;
    out->out_time = end - start;
    out->end = start > out->start ? start : out->end;
  }
}

KtMarker *kt_edit_marker(KtEdit *edit, KtFilmTime at, KtFilmTime duration, const char *name,
                         const char *note, const char *colour) {
  KtMarker *marker =
      edit->markers.count < KT_EDIT_MOST ? kt_array_push(edit->arena, &edit->markers) : NULL;
  if (!marker) {
    return NULL;
  }
  char *lower = (char *)(uintptr_t)kt_arena_format(edit->arena, "%s", colour ? colour : "");
  for (char *c = lower; *c; ++c) {
    *c = (char)tolower((unsigned char)*c);
  }
  *marker = (KtMarker){.at = at,
                       .duration = duration > 0 ? duration : 0,
                       .name = kt_arena_text(edit->arena, name ? name : ""),
                       .note = kt_arena_text(edit->arena, note ? note : ""),
                       .colour = lower};
  return marker;
}

void kt_edit_note(KtEdit *edit, const char *line) {
  const char **note = edit->notes.count < 8 ? kt_array_push(edit->arena, &edit->notes) : NULL;
  if (note) {
    *note = line;
  }
}

static bool has_word(const char *text, const char *word) {
  size_t length = strlen(word);
  for (; *text; ++text) {
    if (!strncasecmp(text, word, length)) {
      return true;
    }
  }
  return false;
}

KtTransition kt_edit_transition_kind(const char *name) {
  static const struct {
    const char *word;
    KtTransition kind;
  } words[] = {{"white", KT_TRANSITION_FADE_WHITE},
               {"black", KT_TRANSITION_FADE_BLACK},
               {"fade to colo", KT_TRANSITION_FADE_COLOUR},
               {"dip", KT_TRANSITION_FADE_COLOUR},
               {"fade in", KT_TRANSITION_FADE_BLACK},
               {"fade out", KT_TRANSITION_FADE_BLACK},
               {"wipe", KT_TRANSITION_WIPE},
               {"slide", KT_TRANSITION_WIPE},
               {"push", KT_TRANSITION_WIPE},
               {"iris", KT_TRANSITION_WIPE},
               {"clock", KT_TRANSITION_WIPE},
               {"barn door", KT_TRANSITION_WIPE},
               {"page", KT_TRANSITION_WIPE},
               {"spin", KT_TRANSITION_WIPE}};
  for (size_t i = 0; i < sizeof(words) / sizeof(*words); ++i) {
    if (has_word(name, words[i].word)) {
      return words[i].kind;
    }
  }
  return KT_TRANSITION_DISSOLVE;
}

KtRate kt_edit_rate(double fps) {
  if (!isfinite(fps) || fps < 1 || fps > 1000) {
    return (KtRate){0, 1};
  }
  double whole = round(fps);
  if (fabs(fps - whole) < 1e-4) {
    return (KtRate){(int)whole, 1};
  }
  double next = ceil(fps);
  if (fabs(fps - next * 1000 / 1001) < 0.006) { // 23.98, 29.97, 59.94
    return (KtRate){(int)next * 1000, 1001};
  }
  return (KtRate){(int)lround(fps * 1000), 1000};
}

bool kt_edit_flicks(double seconds, KtFilmTime *time) {
  if (!isfinite(seconds) || fabs(seconds) > 30.0 * 86400) {
    return false;
  }
  *time = kt_film_time(seconds);
  return true;
}

bool kt_edit_fraction(int64_t num, int64_t den, KtFilmTime *time) {
  if (den <= 0 || fabs((double)num / (double)den) > 30.0 * 86400) {
    return false;
  }
  __int128 flicks = (__int128)num * KT_FLICKS_PER_SECOND;
  *time = (KtFilmTime)((flicks + (flicks < 0 ? -den / 2 : den / 2)) / den);
  return true;
}

/// UTF-16 with a mark, as Premiere writes tables, becomes UTF-8; what is no UTF-8 is taken for
/// Latin-1.
static const char *to_utf8(KtArena *arena, const char *bytes, size_t *size) {
  const unsigned char *p = (const unsigned char *)bytes;
  bool little = *size >= 2 && p[0] == 0xff && p[1] == 0xfe;
  bool big = *size >= 2 && p[0] == 0xfe && p[1] == 0xff;
  utf8proc_int32_t code = 0;
  utf8proc_ssize_t step = 1;
  for (size_t i = 0; !little && !big && i < *size && step > 0; i += step > 0 ? (size_t)step : 0) {
    step = utf8proc_iterate(p + i, (utf8proc_ssize_t)(*size - i), &code);
  }
  if (!little && !big && step > 0) {
    return bytes;
  }
  utf8proc_uint8_t *text = kt_arena_alloc(arena, *size * 2 + 4);
  size_t n = 0;
  for (size_t i = little || big ? 2 : 0; text && i < *size;) {
    if (!little && !big) {
      code = p[i++];
    } else if (i + 1 < *size) {
      code = p[i + (little ? 1 : 0)] << 8 | p[i + (little ? 0 : 1)];
      i += 2;
      if (code >= 0xd800 && code < 0xe000) { // names of clips seldom reach beyond the basic plane
        code = 0xfffd;
      }
    } else {
      break;
    }
    n += (size_t)utf8proc_encode_char(code, text + n);
  }
  *size = n;
  return text ? (const char *)text : "";
}

static const char *skip_space(const char *text) {
  return text + strspn(text, " \t\r\n");
}

/// The first line that says something.
static bool starts_line(const char *text, const char *word) {
  return !strncasecmp(skip_space(text), word, strlen(word));
}

static bool is_cmx(const char *text) {
  for (const char *line = text; line && *line; line = strchr(line, '\n')) {
    line = skip_space(line);
    unsigned number = 0;
    char a[64], b[64], c[64];
    if (starts_line(line, "TITLE:") || starts_line(line, "FCM:")) {
      return true;
    }
    size_t length = strcspn(line, "\n");
    if (length < 400 && sscanf(line, "%6u%*[ \t]%63s %63s %63s", &number, a, b, c) == 4 &&
        strchr("ABVN", b[0]) && strchr("CDWK", c[0])) {
      return true;
    }
    if (*line && !isdigit((unsigned char)*line) && *line != '*') {
      return false;
    }
  }
  return false;
}

static KtStatus read_text(KtEdit *edit, const char *text, size_t size, const KtTimecode *timecode,
                          KtError *err) {
  const char *start = skip_space(text);
  if (*start == '<') {
    return kt_edit_read_xml(edit, text, size, err);
  }
  if (*start == '{') {
    return kt_edit_read_otio(edit, text, size, err);
  }
  if (starts_line(start, "Heading")) {
    return kt_edit_read_ale(edit, text, err);
  }
  return is_cmx(start) ? kt_edit_read_cmx(edit, text, timecode, err)
                       : kt_edit_read_table(edit, text, timecode, err);
}

KtStatus kt_edit_read_xml(KtEdit *edit, const char *text, size_t size, KtError *err) {
  const KtXmlNode *root = NULL;
  const char *start = skip_space(text);
  KtStatus status =
      kt_xml_parse(edit->arena, edit->path, start, size - (size_t)(start - text), &root, err);
  if (status) {
    return status;
  }
  if (!strcmp(root->name, "xmeml")) {
    return kt_edit_read_fcp7(edit, root, err);
  }
  if (!strcmp(root->name, "fcpxml")) {
    return kt_edit_read_fcpx(edit, root, err);
  }
  return kt_error_at(err, KT_ERR_FORMAT, edit->path, root->line, 1,
                     "<%.40s> is no edit list; export Final Cut 7 XML (xmeml) or FCPXML",
                     root->name);
}

KtStatus kt_edit_read(KtArena *arena, const char *path, const KtTimecode *timecode, KtEdit **result,
                      KtError *err) {
  *result = NULL;
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(arena, path, MOST_BYTES, &bytes, &size, err);
  if (status) {
    return status;
  }
  bytes = to_utf8(arena, bytes, &size);
  if (size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
    bytes += 3;
    size -= 3;
  }
  if (memchr(bytes, '\0', size) || !*skip_space(bytes)) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                       "is no edit list; give CMX3600 EDL, OpenTimelineIO, Final Cut XML, ALE, or "
                       "markers as CSV or tab text");
  }
  KtEdit *edit = KT_NEW(arena, KtEdit, 1);
  if (!edit) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  edit->arena = arena;
  edit->path = path;
  status = read_text(edit, bytes, size, timecode, err);
  if (!status && edit->clips.count >= KT_EDIT_MOST) {
    status = kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                         "holds more than %d pieces of picture; give the list of one film",
                         KT_EDIT_MOST - 1);
  }
  if (!status) {
    status = kt_edit_flatten(edit, err);
  }
  if (!status && kt_arena_failed(arena)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *result = status ? NULL : edit;
  return status;
}

KtStatus kt_edit_check(const char *path, KtError *err) {
  KtArena *arena = path ? kt_arena_new() : NULL;
  if (!arena) {
    return path ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
  }
  KtEdit *edit = NULL;
  KtStatus status = kt_edit_read(arena, path, NULL, &edit, err);
  kt_arena_free(arena);
  return status;
}
