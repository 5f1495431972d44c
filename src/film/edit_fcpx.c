// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// FCPXML (Apple, "FCPXML Reference"): a project's spine with what is attached to it, compound
// clips, rational times.
#include "film/edit.h"

#include "base/xml_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reader {
  KtEdit *edit;
  const KtXmlNode *resources;
  int visits;
} Reader;

/// A stretch of the record in which local time `local` is record time `start`.
typedef struct Window {
  KtFilmTime start, end, local;
  int layer, step; ///< how far apart the lanes are
} Window;

static bool is(const KtXmlNode *node, const char *name) {
  return !strcmp(node->name, name);
}

static bool read_fraction(const char *text, int64_t *num, int64_t *den) {
  char *end = NULL;
  errno = 0;
  *num = strtoll(text, &end, 10);
  *den = 1;
  if (end == text || errno) {
    return false;
  }
  if (*end == '/') {
    const char *at = end + 1;
    *den = strtoll(at, &end, 10);
    if (end == at || errno || *den <= 0) {
      return false;
    }
  }
  return !strcmp(end, "s");
}

/// An attribute such as "1001/24000s"; `otherwise` where there is none.
static KtStatus read_time(const Reader *reader, const KtXmlNode *node, const char *name,
                          KtFilmTime otherwise, KtFilmTime *time, KtError *err) {
  const char *text = kt_xml_attribute(node, name);
  int64_t num = 0, den = 1;
  double seconds = 0;
  char *end = NULL;
  *time = otherwise;
  if (!text || (read_fraction(text, &num, &den) && kt_edit_fraction(num, den, time))) {
    return KT_OK;
  }
  seconds = strtod(text, &end);
  if (end != text && !strcmp(end, "s") && kt_edit_flicks(seconds, time)) {
    return KT_OK;
  }
  return kt_error_at(
      err, KT_ERR_FORMAT, reader->edit->path, node->line, 1,
      "%s=\"%.40s\" of <%s> is no time; a fraction of a second such as 1001/24000s was expected",
      name, text, node->name);
}

static const KtXmlNode *resource(const Reader *reader, const char *kind, const char *id) {
  for (const KtXmlNode *r = kt_xml_child(reader->resources, kind); r && id;
       r = kt_xml_sibling(r, kind)) {
    const char *its = kt_xml_attribute(r, "id");
    if (its && !strcmp(its, id)) {
      return r;
    }
  }
  return NULL;
}

static bool is_text(const KtXmlNode *node, const char *name, const char *value) {
  const char *text = kt_xml_attribute(node, name);
  return text && !strcmp(text, value);
}

static bool holds_picture(const KtXmlNode *clip, int depth) {
  for (const KtXmlNode *c = kt_xml_child(clip, NULL); c; c = kt_xml_sibling(c, NULL)) {
    bool attached = kt_xml_attribute(c, "lane") != NULL;
    if (!attached &&
        (is(c, "video") || is(c, "ref-clip") || is(c, "title") || is(c, "asset-clip") ||
         (depth < 8 && (is(c, "clip") || is(c, "spine") || is(c, "sync-clip")) &&
          holds_picture(c, depth + 1)))) {
      return true;
    }
  }
  return false;
}

static bool has_picture(const Reader *reader, const KtXmlNode *item) {
  if (is(item, "audio") || is_text(item, "srcEnable", "audio")) {
    return false;
  }
  if (is(item, "asset-clip")) {
    const KtXmlNode *asset = resource(reader, "asset", kt_xml_attribute(item, "ref"));
    return !asset || is_text(asset, "hasVideo", "1");
  }
  return is(item, "clip") || is(item, "sync-clip") ? holds_picture(item, 0) : true;
}

static KtStatus add_markers(const Reader *reader, const KtXmlNode *item, const Window *part,
                            KtError *err) {
  for (const KtXmlNode *m = kt_xml_child(item, NULL); m; m = kt_xml_sibling(m, NULL)) {
    KtFilmTime start = 0, length = 0;
    if (!is(m, "marker") && !is(m, "chapter-marker")) {
      continue;
    }
    KtStatus status = read_time(reader, m, "start", 0, &start, err);
    status = status ? status : read_time(reader, m, "duration", 0, &length, err);
    if (status) {
      return status;
    }
    KtFilmTime at = part->start + start - part->local;
    bool point = length <= KT_FLICKS_PER_SECOND / 10; // a frame is written where no length is meant
    if (at >= part->start && at < part->end) {
      kt_edit_marker(reader->edit, at, point ? 0 : length, kt_xml_attribute(m, "value"),
                     kt_xml_attribute(m, "note"), is(m, "chapter-marker") ? "orange" : "");
    }
  }
  return KT_OK;
}

static KtStatus read_spine(Reader *reader, const KtXmlNode *spine, const Window *window, int depth,
                           KtError *err);
static KtStatus read_item(Reader *reader, const KtXmlNode *item, KtFilmTime start,
                          const Window *window, int depth, KtError *err);

/// What hangs on a clip: above it, beneath it, longer than it if need be.
static KtStatus read_attached(Reader *reader, const KtXmlNode *item, const Window *part,
                              const Window *window, int depth, KtError *err) {
  KtStatus status = KT_OK;
  for (const KtXmlNode *c = kt_xml_child(item, NULL); c && !status; c = kt_xml_sibling(c, NULL)) {
    const char *lane = kt_xml_attribute(c, "lane");
    KtFilmTime offset = 0;
    if (!lane || depth > KT_EDIT_DEEP) {
      continue;
    }
    status = read_time(reader, c, "offset", part->local, &offset, err);
    long height = strtol(lane, NULL, 10);
    height = height > 1000 ? 1000 : height < -1000 ? -1000 : height;
    Window over = *window;
    over.layer = part->layer + (int)height * window->step;
    KtFilmTime start = part->start + offset - part->local;
    if (!status && is(c, "spine")) {
      over.local = start > window->start ? 0 : window->start - start;
      over.start = start > window->start ? start : window->start;
      status = over.start < over.end ? read_spine(reader, c, &over, depth + 1, err) : KT_OK;
    } else if (!status) {
      status = read_item(reader, c, start, &over, depth + 1, err);
    }
  }
  return status;
}

/// A compound clip's own cuts.
static KtStatus read_compound(Reader *reader, const KtXmlNode *item, const Window *part, int depth,
                              bool *done, KtError *err) {
  const KtXmlNode *media =
      is(item, "ref-clip") ? resource(reader, "media", kt_xml_attribute(item, "ref")) : NULL;
  const KtXmlNode *sequence = kt_xml_child(media, "sequence");
  const KtXmlNode *spine = kt_xml_child(sequence, "spine");
  *done = spine && depth < KT_EDIT_DEEP / 2 && reader->visits > 0;
  if (!*done) {
    return KT_OK;
  }
  Window inner = *part;
  inner.step = 1;
  return read_spine(reader, spine, &inner, depth + 4, err);
}

static bool is_timed(const KtXmlNode *item) {
  static const char *const names[] = {"clip",  "asset-clip", "ref-clip", "sync-clip", "mc-clip",
                                      "video", "audio",      "title",    "gap",       "caption"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    if (is(item, names[i])) {
      return true;
    }
  }
  return false;
}

static KtStatus item_length(const Reader *reader, const KtXmlNode *item, KtFilmTime *length,
                            KtError *err) {
  const KtXmlNode *asset = resource(reader, "asset", kt_xml_attribute(item, "ref"));
  KtFilmTime whole = 0;
  KtStatus status = asset ? read_time(reader, asset, "duration", 0, &whole, err) : KT_OK;
  return status ? status : read_time(reader, item, "duration", whole, length, err);
}

static KtStatus add_clip(Reader *reader, const KtXmlNode *item, const Window *part,
                         const Window *window, int depth, KtError *err) {
  bool done = false;
  if (!has_picture(reader, item)) {
    ++reader->edit->sounds;
    return KT_OK;
  }
  if (is(item, "caption") || (is(item, "title") && kt_xml_attribute(item, "lane"))) {
    ++reader->edit->keys;
    return KT_OK;
  }
  (void)window;
  KtStatus status = read_compound(reader, item, part, depth, &done, err);
  if (status || done) {
    return status;
  }
  KtEditClip *clip = kt_edit_clip(reader->edit, part->layer, part->start, part->end,
                                  kt_xml_attribute(item, "name"));
  if (clip) {
    clip->source = part->local;
    clip->even = !kt_xml_child(item, "timeMap") && !is(item, "title");
  }
  return KT_OK;
}

static KtStatus read_item(Reader *reader, const KtXmlNode *item, KtFilmTime start,
                          const Window *window, int depth, KtError *err) {
  if (is(item, "audition")) { // the first is the one that plays
    item = kt_xml_child(item, NULL);
  }
  if (!item || !is_timed(item) || is_text(item, "enabled", "0") || reader->visits-- <= 0) {
    return KT_OK;
  }
  KtFilmTime length = 0, local = 0;
  KtStatus status = item_length(reader, item, &length, err);
  status = status ? status : read_time(reader, item, "start", 0, &local, err);
  if (status) {
    return status;
  }
  Window part = {start, start + length, local, window->layer, window->step};
  if (part.start < window->start) {
    part.local += window->start - part.start;
    part.start = window->start;
  }
  part.end = part.end > window->end ? window->end : part.end;
  if (part.end > part.start) {
    status = add_markers(reader, item, &part, err);
    if (!status && !is(item, "gap")) {
      status = add_clip(reader, item, &part, window, depth, err);
    }
  }
  return status ? status : read_attached(reader, item, &part, window, depth, err);
}

static KtStatus read_transitions(Reader *reader, const KtXmlNode *spine, const Window *window,
                                 KtError *err) {
  KtStatus status = KT_OK;
  for (const KtXmlNode *t = kt_xml_child(spine, "transition"); t && !status;
       t = kt_xml_sibling(t, "transition")) {
    KtFilmTime offset = 0, length = 0;
    status = read_time(reader, t, "offset", 0, &offset, err);
    status = status ? status : read_time(reader, t, "duration", 0, &length, err);
    KtFilmTime from = window->start + offset - window->local, to = from + length;
    from = from < window->start ? window->start : from;
    to = to > window->end ? window->end : to;
    const char *name = kt_xml_attribute(t, "name");
    if (!status && to > from) {
      kt_edit_transition(reader->edit, window->layer, from, to,
                         kt_edit_transition_kind(name ? name : ""));
    }
  }
  return status;
}

static KtStatus read_spine(Reader *reader, const KtXmlNode *spine, const Window *window, int depth,
                           KtError *err) {
  KtStatus status = KT_OK;
  KtFilmTime at = window->local;
  for (const KtXmlNode *i = kt_xml_child(spine, NULL); i && !status && depth < KT_EDIT_DEEP;
       i = kt_xml_sibling(i, NULL)) {
    KtFilmTime offset = 0, length = 0;
    const KtXmlNode *timed = is(i, "audition") ? kt_xml_child(i, NULL) : i;
    if (!timed || !is_timed(timed)) {
      continue;
    }
    status = read_time(reader, timed, "offset", at, &offset, err);
    status = status ? status : item_length(reader, timed, &length, err);
    status = status
                 ? status
                 : read_item(reader, i, window->start + offset - window->local, window, depth, err);
    at = offset + length;
  }
  return status ? status : read_transitions(reader, spine, window, err);
}

static const KtXmlNode *find(const KtXmlNode *node, const char *name, int depth, int *count) {
  const KtXmlNode *found = NULL;
  for (const KtXmlNode *c = kt_xml_child(node, NULL); c; c = kt_xml_sibling(c, NULL)) {
    const KtXmlNode *one = is(c, name)                        ? c
                           : depth < 6 && !is(c, "resources") ? find(c, name, depth + 1, count)
                                                              : NULL;
    *count += one == c;
    found = found ? found : one;
  }
  return found;
}

static KtRate read_rate(const Reader *reader, const KtXmlNode *sequence) {
  const KtXmlNode *format = resource(reader, "format", kt_xml_attribute(sequence, "format"));
  const char *text = kt_xml_attribute(format, "frameDuration");
  int64_t num = 0, den = 0;
  return text && read_fraction(text, &num, &den) && num > 0
             ? kt_edit_rate((double)den / (double)num)
             : (KtRate){0, 1};
}

KtStatus kt_edit_read_fcpx(KtEdit *edit, const KtXmlNode *root, KtError *err) {
  Reader reader = {.edit = edit, .resources = kt_xml_child(root, "resources"), .visits = 200000};
  edit->format = KT_EDIT_FCPX;
  int projects = 0, ignored = 0;
  const KtXmlNode *project = find(root, "project", 0, &projects);
  const KtXmlNode *sequence =
      project ? kt_xml_child(project, "sequence") : find(root, "sequence", 0, &ignored);
  if (!sequence) {
    int clips = 0;
    find(root, "asset-clip", 0, &clips);
    find(root, "ref-clip", 0, &clips);
    find(root, "clip", 0, &clips);
    edit->named = clips;
    return clips ? KT_OK
                 : kt_error_at(err, KT_ERR_FORMAT, edit->path, root->line, 1,
                               "holds neither a project nor clips");
  }
  if (projects > 1) {
    const char *name = kt_xml_attribute(project, "name");
    kt_edit_note(edit, kt_arena_format(edit->arena, "holds %d projects; the first, %.60s, is taken",
                                       projects, name ? name : ""));
  }
  edit->rate = read_rate(&reader, sequence);
  edit->drop = is_text(sequence, "tcFormat", "DF") && edit->rate.den == 1001;
  edit->start_said = kt_xml_attribute(sequence, "tcStart") != NULL;
  KtStatus status = read_time(&reader, sequence, "tcStart", 0, &edit->start, err);
  KtFilmTime length = 0;
  status = status ? status
                  : read_time(&reader, sequence, "duration",
                              INT64_C(2) * 86400 * KT_FLICKS_PER_SECOND, &length, err);
  Window whole = {edit->start, edit->start + length, edit->start, 0, KT_EDIT_NEST};
  const KtXmlNode *spine = kt_xml_child(sequence, "spine");
  status = status || !spine ? status : read_spine(&reader, spine, &whole, 0, err);
  if (!status && reader.visits <= 0) {
    status =
        kt_error_at(err, KT_ERR_FORMAT, edit->path, 0, 0, "is too large for the list of one film");
  }
  return status;
}
