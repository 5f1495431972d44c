// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Final Cut Pro 7 XML (Apple, "Final Cut Pro XML Interchange Format", version 5), as Premiere,
// Resolve and others still write it.
#include "film/edit.h"

#include "base/xml_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reader {
  KtEdit *edit;
  const KtXmlNode *root;
  int visits; ///< left
} Reader;

/// A stretch of the record filled from a sequence whose time `local` is record time `start`.
typedef struct Window {
  KtFilmTime start, end, local;
  int layer;
} Window;

static const char *value(const Reader *reader, const KtXmlNode *node, const char *name) {
  const KtXmlNode *child = kt_xml_child(node, name);
  return child && child->first ? kt_xml_inside(reader->edit->arena, child) : "";
}

static bool is_false(const char *text) {
  return !strcasecmp(text, "FALSE");
}

static KtRate read_rate(const Reader *reader, const KtXmlNode *node, KtRate otherwise) {
  const KtXmlNode *rate = kt_xml_child(node, "rate");
  int base = atoi(value(reader, rate, "timebase"));
  if (base < 1 || base > 1000) {
    return otherwise;
  }
  bool ntsc = !strcasecmp(value(reader, rate, "ntsc"), "TRUE");
  return ntsc ? (KtRate){base * 1000, 1001} : (KtRate){base, 1};
}

/// A whole number of frames ("14", "1055.0"); false where it is none, "-1" is one.
static KtStatus read_frames(const Reader *reader, const KtXmlNode *node, const char *name,
                            int64_t *frames, KtError *err) {
  const char *text = value(reader, node, name);
  char *end = NULL;
  double number = strtod(text, &end);
  if (end == text || !isfinite(number) || fabs(number) > 3e9) {
    const KtXmlNode *child = kt_xml_child(node, name);
    return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, child ? child->line : node->line, 1,
                       "<%s> of <%s> is \"%.30s\"; a number of frames was expected", name,
                       node->name, text);
  }
  *frames = llround(number);
  return KT_OK;
}

static const KtXmlNode *find_sequence(Reader *reader, const KtXmlNode *node, const char *id,
                                      int depth) {
  for (const KtXmlNode *child = kt_xml_child(node, NULL); child;
       child = kt_xml_sibling(child, NULL)) {
    if (reader->visits-- <= 0 || depth > KT_EDIT_DEEP * 2) {
      return NULL;
    }
    const char *its = kt_xml_attribute(child, "id");
    bool whole = !strcmp(child->name, "sequence") && kt_xml_child(child, "media");
    if (whole && (!id || (its && !strcmp(its, id)))) {
      return child;
    }
    const KtXmlNode *found = id || strcmp(child->name, "clipitem") != 0
                                 ? find_sequence(reader, child, id, depth + 1)
                                 : NULL;
    if (found) {
      return found;
    }
  }
  return NULL;
}

static KtStatus add_markers(const Reader *reader, const KtXmlNode *node, KtRate rate,
                            const Window *window, KtError *err) {
  for (const KtXmlNode *m = kt_xml_child(node, "marker"); m; m = kt_xml_sibling(m, "marker")) {
    int64_t in = 0, out = -1;
    KtStatus status = read_frames(reader, m, "in", &in, err);
    if (status) {
      return status;
    }
    if (*value(reader, m, "out") && read_frames(reader, m, "out", &out, err)) {
      return KT_ERR_FORMAT;
    }
    KtFilmTime at = window->start + kt_frame_time(rate, in) - window->local;
    if (at >= window->start && at < window->end) {
      kt_edit_marker(reader->edit, at, out > in ? kt_frame_time(rate, out - in) : 0,
                     value(reader, m, "name"), value(reader, m, "comment"),
                     value(reader, m, "color"));
    }
  }
  return KT_OK;
}

/// Lets what lies beneath be seen: lettering, adjustment layers, pictures with an alpha channel.
static bool is_clear(const Reader *reader, const KtXmlNode *item) {
  const char *alpha = value(reader, item, "alphatype");
  const KtXmlNode *effect = kt_xml_child(item, "effect");
  return !strcasecmp(value(reader, item, "name"), "Adjustment Layer") ||
         !strcasecmp(alpha, "straight") || !strcasecmp(alpha, "premultiplied") ||
         !strcasecmp(value(reader, effect, "effectcategory"), "Text") ||
         !strcasecmp(value(reader, effect, "effectid"), "Text");
}

static bool is_black(const Reader *reader, const KtXmlNode *item) {
  const char *name = value(reader, item, "name");
  return !strcasecmp(name, "Slug") || !strcasecmp(name, "Black Video") ||
         !strcasecmp(value(reader, kt_xml_child(item, "effect"), "effectid"), "Slug");
}

static bool changes_speed(const Reader *reader, const KtXmlNode *item) {
  for (const KtXmlNode *f = kt_xml_child(item, "filter"); f; f = kt_xml_sibling(f, "filter")) {
    if (!strcasecmp(value(reader, kt_xml_child(f, "effect"), "effectid"), "timeremap")) {
      return true;
    }
  }
  return false;
}

static KtStatus read_sequence(Reader *reader, const KtXmlNode *sequence, const Window *window,
                              int depth, KtError *err);

static KtStatus nested(Reader *reader, const KtXmlNode *item, const Window *part, int depth,
                       bool *done, KtError *err) {
  const KtXmlNode *inner = kt_xml_child(item, "sequence");
  const char *id = kt_xml_attribute(inner, "id");
  if (inner && !kt_xml_child(inner, "media")) {
    inner = id ? find_sequence(reader, reader->root, id, 0) : NULL;
  }
  *done = inner && depth < KT_EDIT_DEEP / 4 && reader->visits > 0;
  return *done ? read_sequence(reader, inner, part, depth + 1, err) : KT_OK;
}

/// Where an edge is -1, the transition beside it tells.
static KtStatus edges(const Reader *reader, const KtXmlNode *item, const KtXmlNode *before,
                      int64_t *start, int64_t *end, KtError *err) {
  KtStatus status = read_frames(reader, item, "start", start, err);
  status = status ? status : read_frames(reader, item, "end", end, err);
  const KtXmlNode *later = kt_xml_sibling(item, NULL);
  if (!status && *start < 0 && before && !strcmp(before->name, "transitionitem")) {
    status = read_frames(reader, before, "start", start, err);
  }
  if (!status && *end < 0 && later && !strcmp(later->name, "transitionitem")) {
    status = read_frames(reader, later, "end", end, err);
  }
  if (!status && (*start < 0 || *end < *start)) {
    status = kt_error_at(
        err, KT_ERR_FORMAT, reader->edit->path, item->line, 1,
        "the clip \"%.60s\" ends before it begins, or lacks the transition that gives its edge",
        value(reader, item, "name"));
  }
  return status;
}

static KtStatus read_item(Reader *reader, const KtXmlNode *item, const KtXmlNode *before,
                          KtRate rate, const Window *window, int depth, KtError *err) {
  int64_t start = 0, end = 0, in = 0;
  KtStatus status = edges(reader, item, before, &start, &end, err);
  if (!status && *value(reader, item, "in")) {
    status = read_frames(reader, item, "in", &in, err);
  }
  if (status || is_false(value(reader, item, "enabled"))) {
    return status;
  }
  KtRate own = read_rate(reader, item, rate);
  Window part = {window->start + kt_frame_time(rate, start) - window->local,
                 window->start + kt_frame_time(rate, end) - window->local, kt_frame_time(own, in),
                 window->layer};
  if (part.start < window->start) {
    part.local += window->start - part.start;
    part.start = window->start;
  }
  part.end = part.end > window->end ? window->end : part.end;
  if (part.end <= part.start) {
    return KT_OK;
  }
  status = add_markers(reader, item, own, &part, err);
  bool done = false;
  if (!status) {
    status = nested(reader, item, &part, depth, &done, err);
  }
  if (status || done) {
    return status;
  }
  if (window->layer && is_clear(reader, item)) {
    ++reader->edit->keys;
    return KT_OK;
  }
  KtEditClip *clip =
      kt_edit_clip(reader->edit, part.layer, part.start, part.end, value(reader, item, "name"));
  if (clip) {
    const KtXmlNode *timecode = kt_xml_child(kt_xml_child(item, "file"), "timecode");
    clip->reel = value(reader, kt_xml_child(timecode, "reel"), "name");
    clip->blank = is_black(reader, item);
    clip->source = part.local;
    clip->even = !changes_speed(reader, item) && !strcmp(item->name, "clipitem");
  }
  return KT_OK;
}

static KtStatus read_transition(const Reader *reader, const KtXmlNode *item, KtRate rate,
                                const Window *window, KtError *err) {
  int64_t start = 0, end = 0;
  KtStatus status = read_frames(reader, item, "start", &start, err);
  status = status ? status : read_frames(reader, item, "end", &end, err);
  KtFilmTime from = window->start + kt_frame_time(rate, start) - window->local;
  KtFilmTime to = window->start + kt_frame_time(rate, end) - window->local;
  from = from < window->start ? window->start : from;
  to = to > window->end ? window->end : to;
  if (!status && to > from) {
    kt_edit_transition(
        reader->edit, window->layer, from, to,
        kt_edit_transition_kind(value(reader, kt_xml_child(item, "effect"), "name")));
  }
  return status;
}

static KtStatus read_track(Reader *reader, const KtXmlNode *track, KtRate rate,
                           const Window *window, int depth, KtError *err) {
  KtStatus status = KT_OK;
  const KtXmlNode *before = NULL;
  for (const KtXmlNode *i = kt_xml_child(track, NULL); i && !status; i = kt_xml_sibling(i, NULL)) {
    if (!strcmp(i->name, "clipitem") || !strcmp(i->name, "generatoritem")) {
      status =
          reader->visits-- > 0 ? read_item(reader, i, before, rate, window, depth, err) : KT_OK;
    }
    before = i;
  }
  for (const KtXmlNode *i = kt_xml_child(track, "transitionitem"); i && !status;
       i = kt_xml_sibling(i, "transitionitem")) {
    status = read_transition(reader, i, rate, window, err);
  }
  return status;
}

static KtStatus read_sequence(Reader *reader, const KtXmlNode *sequence, const Window *window,
                              int depth, KtError *err) {
  KtRate rate = read_rate(reader, sequence, reader->edit->rate);
  const KtXmlNode *media = kt_xml_child(sequence, "media");
  const KtXmlNode *video = kt_xml_child(media, "video");
  Window part = *window;
  KtStatus status = add_markers(reader, sequence, rate, &part, err);
  for (const KtXmlNode *t = kt_xml_child(video, "track"); t && !status;
       t = kt_xml_sibling(t, "track")) {
    if (!is_false(value(reader, t, "enabled"))) {
      status = read_track(reader, t, rate, &part, depth, err);
    }
    part.layer += depth ? 1 : KT_EDIT_NEST;
  }
  const KtXmlNode *audio = kt_xml_child(media, "audio");
  for (const KtXmlNode *t = kt_xml_child(audio, "track"); t; t = kt_xml_sibling(t, "track")) {
    for (const KtXmlNode *i = kt_xml_child(t, "clipitem"); i; i = kt_xml_sibling(i, "clipitem")) {
      ++reader->edit->sounds;
    }
  }
  return status;
}

KtStatus kt_edit_read_fcp7(KtEdit *edit, const KtXmlNode *root, KtError *err) {
  Reader reader = {.edit = edit, .root = root, .visits = 1000000};
  edit->format = KT_EDIT_FCP7;
  const KtXmlNode *sequence = find_sequence(&reader, root, NULL, 0);
  if (!sequence) {
    return kt_error_at(err, KT_ERR_FORMAT, edit->path, root->line, 1,
                       "holds no sequence; export one from the edit");
  }
  edit->rate = read_rate(&reader, sequence, (KtRate){0, 1});
  if (!edit->rate.num) {
    return kt_error_at(err, KT_ERR_FORMAT, edit->path, sequence->line, 1,
                       "the sequence says no frame rate (<rate><timebase>)");
  }
  const KtXmlNode *timecode = kt_xml_child(sequence, "timecode");
  int64_t frame = 0;
  if (timecode && *value(&reader, timecode, "frame")) {
    KtStatus status = read_frames(&reader, timecode, "frame", &frame, err);
    if (status) {
      return status;
    }
    edit->start_said = true;
    edit->drop =
        !strcasecmp(value(&reader, timecode, "displayformat"), "DF") && edit->rate.den == 1001;
  }
  edit->start = kt_frame_time(edit->rate, frame);
  Window whole = {edit->start, edit->start + INT64_C(30) * 86400 * KT_FLICKS_PER_SECOND, 0, 0};
  KtStatus status = read_sequence(&reader, sequence, &whole, 0, err);
  if (!status && reader.visits <= 0) {
    status =
        kt_error_at(err, KT_ERR_FORMAT, edit->path, 0, 0, "is too large for the list of one film");
  }
  return status;
}
