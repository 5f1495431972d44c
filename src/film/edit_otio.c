// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// OpenTimelineIO's JSON (ASWF, "OpenTimelineIO Serialized Data"): any schema version, timelines,
// stacks and tracks inside each other, gaps, transitions, markers.
#include "film/edit.h"

#include "base/json.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

typedef struct Reader {
  KtEdit *edit;
  int visits; ///< left, so that no file takes for ever
  int unknown;
} Reader;

/// A stretch of the record that a piece of the tree may fill: local time `local` is record time
/// `start`.
typedef struct Window {
  KtFilmTime start, end, local;
  int layer;
} Window;

static bool is_schema(const json_t *object, const char *name) {
  const char *schema = json_string_value(json_object_get(object, "OTIO_SCHEMA"));
  size_t length = strlen(name);
  return schema && !strncmp(schema, name, length) && (schema[length] == '.' || !schema[length]);
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static bool read_time(Reader *reader, const json_t *time, KtFilmTime *flicks) {
  double value = json_number_value(json_object_get(time, "value"));
  KtRate rate = kt_edit_rate(json_number_value(json_object_get(time, "rate")));
  double fps = json_number_value(json_object_get(time, "rate"));
  if (!json_is_object(time) || !(fps > 0) || !isfinite(value)) {
    return false;
  }
  if (rate.num && value == floor(value) && fabs(value) < 1e9) {
    if (!reader->edit->rate.num && rate.num / rate.den >= 10 && rate.num / rate.den <= 120) {
      reader->edit->rate = rate;
    }
    *flicks = kt_frame_time(rate, (int64_t)value);
    return llabs(*flicks) < INT64_C(30) * 86400 * KT_FLICKS_PER_SECOND;
  }
  return kt_edit_flicks(value / fps, flicks);
}

static bool read_range(Reader *reader, const json_t *range, KtFilmTime *start, KtFilmTime *length) {
  return json_is_object(range) && read_time(reader, json_object_get(range, "start_time"), start) &&
         read_time(reader, json_object_get(range, "duration"), length) && *length >= 0;
}

static const json_t *media_of(const json_t *clip) {
  const json_t *one = json_object_get(clip, "media_reference");
  if (json_is_object(one)) {
    return one;
  }
  const char *key = text_of(clip, "active_media_reference_key");
  return json_object_get(json_object_get(clip, "media_references"), *key ? key : "DEFAULT_MEDIA");
}

static KtFilmTime length_of(Reader *reader, const json_t *item, int depth);

static KtFilmTime own_length(Reader *reader, const json_t *item, int depth) {
  KtFilmTime start = 0, length = 0, sum = 0;
  size_t i;
  json_t *child;
  bool stack = is_schema(item, "Stack");
  if (!stack && !is_schema(item, "Track") && !is_schema(item, "Sequence")) {
    return read_range(reader, json_object_get(media_of(item), "available_range"), &start, &length)
               ? length
               : 0;
  }
  json_array_foreach(json_object_get(item, "children"), i, child) {
    KtFilmTime one = depth < KT_EDIT_DEEP ? length_of(reader, child, depth + 1) : 0;
    sum = stack ? (one > sum ? one : sum) : sum + one;
    sum = sum > INT64_C(30) * 86400 * KT_FLICKS_PER_SECOND ? 0 : sum;
  }
  return sum;
}

static KtFilmTime length_of(Reader *reader, const json_t *item, int depth) {
  KtFilmTime start = 0, length = 0;
  if (reader->visits-- <= 0 || is_schema(item, "Transition")) {
    return 0;
  }
  return read_range(reader, json_object_get(item, "source_range"), &start, &length)
             ? length
             : own_length(reader, item, depth);
}

static void add_markers(Reader *reader, const json_t *item, const Window *window) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(item, "markers"), i, one) {
    KtFilmTime at = 0, length = 0;
    const json_t *colour = json_object_get(one, "color");
    if (!read_range(reader, json_object_get(one, "marked_range"), &at, &length)) {
      continue;
    }
    bool locator = json_object_get(json_object_get(one, "metadata"), "cmx_3600") != NULL;
    at += locator ? 0 : window->start - window->local; // a list's locator is in record time
    if (at >= window->start && at < window->end) {
      kt_edit_marker(reader->edit, at, length, text_of(one, "name"), text_of(one, "comment"),
                     json_is_object(colour) ? text_of(colour, "name") : text_of(one, "color"));
    }
  }
}

static void add_clip(Reader *reader, const json_t *item, const Window *window) {
  const json_t *media = media_of(item);
  const json_t *metadata = json_object_get(item, "metadata");
  const char *alpha = text_of(json_object_get(metadata, "fcp_xml"), "alphatype");
  if (window->layer && (!strcasecmp(alpha, "straight") || !strcasecmp(alpha, "premultiplied"))) {
    ++reader->edit->keys; // lettering: what lies beneath is seen
    return;
  }
  const char *reel = text_of(json_object_get(metadata, "cmx_3600"), "reel");
  const char *kind = text_of(media, "generator_kind");
  KtEditClip *clip =
      kt_edit_clip(reader->edit, window->layer, window->start, window->end, text_of(item, "name"));
  if (clip) {
    clip->reel = kt_arena_text(reader->edit->arena, *reel ? reel : text_of(media, "name"));
    clip->blank = !strcasecmp(kind, "black");
    clip->source = window->local;
    clip->even =
        !json_array_size(json_object_get(item, "effects")) && *text_of(media, "target_url");
  }
}

static void walk(Reader *reader, const json_t *item, const Window *window, int depth);

static void add_transition(Reader *reader, const json_t *item, KtFilmTime at,
                           const Window *window) {
  KtFilmTime before = 0, later = 0;
  read_time(reader, json_object_get(item, "in_offset"), &before);
  read_time(reader, json_object_get(item, "out_offset"), &later);
  if (before < 0 || later < 0 || before + later <= 0) {
    return;
  }
  char name[160];
  snprintf(name, sizeof(name), "%.70s %.70s", text_of(item, "name"),
           text_of(item, "transition_type"));
  KtFilmTime start = at - before > window->start ? at - before : window->start;
  KtFilmTime end = at + later < window->end ? at + later : window->end;
  if (end > start) {
    kt_edit_transition(reader->edit, window->layer, start, end, kt_edit_transition_kind(name));
  }
}

/// A child that lies at `local` of its parent: what of it the parent's window shows.
static bool inside(const Window *window, KtFilmTime local, KtFilmTime length, KtFilmTime source,
                   Window *child) {
  KtFilmTime start = window->start + (local - window->local);
  KtFilmTime end = start + length;
  *child = (Window){start, end, source, window->layer};
  if (start < window->start) {
    child->local += window->start - start;
    child->start = window->start;
  }
  child->end = end > window->end ? window->end : end;
  return child->end > child->start;
}

static void walk_track(Reader *reader, const json_t *track, const Window *shown, int depth) {
  size_t i;
  json_t *child;
  Window moved = *shown;
  const Window *window = &moved;
  if (shown->local + (shown->end - shown->start) <= 0) {
    // what shows nothing is meant to place the track: how lists read from EDLs say their start
    moved.end = shown->start - shown->local + own_length(reader, track, depth);
  }
  for (int pass = 0; pass < 2; ++pass) { // transitions when both their sides are there
    KtFilmTime at = 0;
    json_array_foreach(json_object_get(track, "children"), i, child) {
      KtFilmTime source = 0, ignored = 0;
      Window part;
      if (is_schema(child, "Transition")) {
        if (pass) {
          add_transition(reader, child, window->start + at - window->local, window);
        }
        continue;
      }
      KtFilmTime length = length_of(reader, child, depth);
      read_range(reader, json_object_get(child, "source_range"), &source, &ignored);
      if (!pass && inside(window, at, length, source, &part)) {
        walk(reader, child, &part, depth + 1);
      }
      at += length;
      if (at > INT64_C(30) * 86400 * KT_FLICKS_PER_SECOND || reader->visits <= 0) {
        return;
      }
    }
  }
}

static void walk_stack(Reader *reader, const json_t *stack, const Window *window, int depth) {
  size_t i;
  json_t *child;
  int layer = window->layer;
  json_array_foreach(json_object_get(stack, "children"), i, child) {
    KtFilmTime source = 0, ignored = 0;
    Window part;
    bool sound = !strcasecmp(text_of(child, "kind"), "Audio");
    KtFilmTime length = length_of(reader, child, depth);
    read_range(reader, json_object_get(child, "source_range"), &source, &ignored);
    if (sound) {
      reader->edit->sounds += (int)json_array_size(json_object_get(child, "children"));
    } else if (inside(window, 0, length, source, &part)) {
      part.layer = layer;
      layer += depth ? 1 : KT_EDIT_NEST;
      walk(reader, child, &part, depth + 1);
    }
  }
}

/// Inside it cuts do not lie where its parts say.
static bool bends_time(const json_t *item) {
  size_t i;
  json_t *effect;
  bool bends = false;
  json_array_foreach(json_object_get(item, "effects"), i, effect) {
    bends |= is_schema(effect, "LinearTimeWarp") || is_schema(effect, "FreezeFrame") ||
             is_schema(effect, "TimeEffect");
  }
  return bends;
}

static void walk(Reader *reader, const json_t *item, const Window *window, int depth) {
  const json_t *enabled = json_object_get(item, "enabled");
  if (reader->visits-- <= 0 || depth > KT_EDIT_DEEP) {
    return;
  }
  add_markers(reader, item, window);
  if (json_is_false(enabled) || is_schema(item, "Gap")) {
    return;
  }
  if (is_schema(item, "Clip") || bends_time(item)) {
    add_clip(reader, item, window);
  } else if (is_schema(item, "Stack")) {
    walk_stack(reader, item, window, depth);
  } else if (is_schema(item, "Track") || is_schema(item, "Sequence")) {
    walk_track(reader, item, window, depth);
  } else {
    ++reader->unknown;
  }
}

/// jansson takes strict JSON; OpenTimelineIO also writes numbers that are none.
static void blank_non_numbers(char *text, size_t size) {
  static const char *const words[] = {"-Infinity", "Infinity", "-Inf", "Inf", "NaN"};
  bool quoted = false;
  for (size_t i = 0; i < size; ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
    } else if (quoted && text[i] == '\\') {
      ++i;
    } else if (!quoted && strchr("-IN", text[i]) && text[i]) {
      for (size_t w = 0; w < sizeof(words) / sizeof(*words); ++w) {
        size_t length = strlen(words[w]);
        if (i + length <= size && !strncmp(text + i, words[w], length)) {
          memset(text + i, ' ', length);
          text[i] = '0';
          break;
        }
      }
    }
  }
}

static const json_t *find_timeline(const json_t *root, int depth, int *others) {
  const json_t *found = NULL;
  size_t i;
  json_t *child;
  if (is_schema(root, "Timeline") || is_schema(root, "Stack") || is_schema(root, "Track") ||
      is_schema(root, "Sequence") || is_schema(root, "Clip")) {
    return root;
  }
  json_array_foreach(json_object_get(root, "children"), i, child) {
    const json_t *one = depth < 8 ? find_timeline(child, depth + 1, others) : NULL;
    *others += one && found;
    found = found ? found : one;
  }
  return found;
}

static KtStatus read_root(Reader *reader, const json_t *root, KtError *err) {
  KtEdit *edit = reader->edit;
  int others = 0;
  const json_t *timeline = find_timeline(root, 0, &others);
  if (!timeline) {
    return kt_error_at(err, KT_ERR_FORMAT, edit->path, 1, 1, "holds no OpenTimelineIO timeline");
  }
  if (others) {
    kt_edit_note(
        edit, kt_arena_format(edit->arena, "holds %d timelines; the first is taken", others + 1));
  }
  const json_t *top =
      is_schema(timeline, "Timeline") ? json_object_get(timeline, "tracks") : timeline;
  KtFilmTime start = 0, ignored = 0;
  edit->start_said =
      read_time(reader, json_object_get(timeline, "global_start_time"), &edit->start);
  KtFilmTime length = length_of(reader, top, 0);
  read_range(reader, json_object_get(top, "source_range"), &start, &ignored);
  Window whole = {edit->start, edit->start + length, start, 0};
  walk(reader, top, &whole, 0);
  if (reader->visits <= 0) {
    return kt_error_at(err, KT_ERR_FORMAT, edit->path, 0, 0,
                       "is too large for the list of one film");
  }
  if (reader->unknown) {
    kt_edit_note(edit, kt_arena_format(edit->arena, "%d things of an unknown kind are left out",
                                       reader->unknown));
  }
  return KT_OK;
}

KtStatus kt_edit_read_otio(KtEdit *edit, const char *text, size_t size, KtError *err) {
  edit->format = KT_EDIT_OTIO;
  char *copy = kt_arena_alloc(edit->arena, size + 1);
  if (!copy) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  memcpy(copy, text, size);
  blank_non_numbers(copy, size);
  json_error_t why;
  json_t *root = json_loadb(copy, size, JSON_DECODE_INT_AS_REAL, &why);
  if (!root) {
    return kt_error_at(err, KT_ERR_FORMAT, edit->path, why.line > 0 ? why.line : 1,
                       why.column > 0 ? why.column : 1, "is not JSON: %.100s", why.text);
  }
  Reader reader = {.edit = edit, .visits = 1000000};
  KtStatus status = read_root(&reader, root, err);
  json_decref(root);
  return status;
}
