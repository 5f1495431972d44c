// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// CMX3600 edit decision lists ("CMX 3600 EDL file format", CMX Corporation), as Avid, Resolve,
// Premiere and their like write them: spaces or tabs, comments with or without a star.
#include "film/edit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_LINE = 1024, MOST_WORDS = 24, MOST_NAME = 256 };

typedef struct Word {
  char text[64];
  int column;
} Word;

typedef struct Reader {
  KtEdit *edit;
  KtTimecode record; ///< of the record, start_frames 0
  bool any_rate;     ///< only to see whether the list is right
  bool record_fixed; ///< an event was read: a later FCM speaks of sources
  int line;
  char text[MOST_LINE];
  size_t clip;  ///< index + 1 of the event that comments speak of, 0 none
  bool mixes;   ///< it comes in by a transition
  int outgoing; ///< number of the event whose outgoing side was the line before, -1
  int outgoing_line;
  bool outgoing_black;
  KtFilmTime last, days; ///< of the record, for lists that pass midnight
  KtFilmTime event_at;   ///< where the event before starts
  int uneven, uneven_line, speeds, gaps_in_rate;
} Reader;

static KtStatus wrong(const Reader *reader, int column, KtError *err, const char *what,
                      const char *found) {
  return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line, column, "%s%s%.60s%s",
                     what, found ? ": \"" : "", found ? found : "", found ? "\"" : "");
}

static size_t split(const char *text, Word words[MOST_WORDS]) {
  size_t count = 0;
  for (const char *p = text; count < MOST_WORDS;) {
    p += strspn(p, " \t");
    size_t length = strcspn(p, " \t");
    if (!length) {
      break;
    }
    snprintf(words[count].text, sizeof(words[count].text), "%.*s", (int)length, p);
    words[count++].column = (int)(p - text) + 1;
    p += length;
  }
  return count;
}

static bool looks_like_timecode(const char *text) {
  return isdigit((unsigned char)text[0]) && isdigit((unsigned char)text[1]) &&
         strchr(":;.", text[2]) && text[2] && strpbrk(text + 3, ":;.");
}

/// A record timecode, on days that follow each other.
static KtStatus record_time(Reader *reader, const Word *word, KtFilmTime *time, KtError *err) {
  char text[64];
  snprintf(text, sizeof(text), "%s", word->text);
  for (char *c = text, *last = strrchr(text, ':'); last && *c; ++c) {
    *c = *c == ';' && c < last ? ':' : *c;
  }
  int64_t frames = 0;
  KtError why = {0};
  if (kt_timecode_parse(&reader->record, text, &frames, &why)) {
    kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line, word->column, "%s",
                why.message);
    return KT_ERR_FORMAT;
  }
  *time = kt_frame_time(reader->record.rate, frames);
  return KT_OK;
}

static KtFilmTime day(const Reader *reader) {
  return kt_frame_time(reader->record.rate,
                       reader->record.drop
                           ? (int64_t)(reader->record.rate.num / 1000) * 86400 -
                                 (int64_t)(reader->record.rate.num / 15000) * 9 * 144
                           : (int64_t)((reader->record.rate.num + reader->record.rate.den / 2) /
                                       reader->record.rate.den) *
                                 86400);
}

typedef struct Event {
  int number;
  char reel[64], channel[16];
  char type; ///< C, D, W, K (over), B (background of a key)
  int frames;
  const Word *times;
} Event;

/// The words between number and times: reel, channel, kind of edit, its length.
static bool read_kind(const Word *words, size_t count, Event *event) {
  size_t at = count; // one past what is not yet understood
  if (at > 3 && isdigit((unsigned char)words[at - 1].text[0])) {
    event->frames = atoi(words[--at].text);
  }
  if (at > 3 && words[at - 2].text[0] == 'K' && !words[at - 2].text[1] &&
      strchr("BO", words[at - 1].text[0])) {
    event->type = words[at - 1].text[0] == 'B' ? 'B' : 'K';
    at -= 2;
  } else if (at > 2) {
    const char *kind = words[--at].text;
    bool known = !strcmp(kind, "C") || !strcmp(kind, "D") || *kind == 'W' || *kind == 'K';
    event->type = !known ? '\0' : !strcmp(kind, "KB") ? 'B' : *kind;
  }
  if (at < 2 || !event->type) {
    return false;
  }
  snprintf(event->channel, sizeof(event->channel), "%.15s", words[--at].text);
  if (at >= 2) {
    snprintf(event->reel, sizeof(event->reel), "%s", words[1].text);
  }
  return strchr("ABVN", event->channel[0]) != NULL;
}

static KtStatus read_event(Reader *reader, Event *event, const Word *words, size_t count,
                           KtError *err) {
  size_t times = 0;
  while (times < count && times < 4 && looks_like_timecode(words[count - 1 - times].text)) {
    ++times;
  }
  if (times < 4) {
    return wrong(reader, words[count - 1].column, err,
                 "an event ends with four timecodes (source in, out, record in, out)",
                 words[count - 1].text);
  }
  *event = (Event){.number = atoi(words[0].text), .times = &words[count - 4]};
  if (!read_kind(words, count - 4, event)) {
    return wrong(reader, words[count > 5 ? 1 : 0].column, err,
                 "an event is number, reel, channel (V, A, B), edit (C, D 024, W001 024, K) and "
                 "four timecodes",
                 reader->text);
  }
  return KT_OK;
}

/// Where the source begins, and whether it runs at its own speed.
static void read_source(Reader *reader, const Event *event, KtEditClip *clip, KtFilmTime length) {
  KtTimecode source = {.rate = reader->record.rate, .drop = reader->record.drop};
  int64_t in = 0, out = 0;
  if (kt_timecode_parse(&source, event->times[0].text, &in, NULL) ||
      kt_timecode_parse(&source, event->times[1].text, &out, NULL)) {
    ++reader->gaps_in_rate;
    return;
  }
  clip->source = kt_frame_time(source.rate, in);
  clip->even = kt_frame_time(source.rate, out - in) == length;
  if (!clip->even && !clip->blank && !reader->uneven++) {
    reader->uneven_line = reader->line;
  }
}

static KtStatus check_transition(Reader *reader, const Event *event, const Word *number,
                                 KtError *err) {
  if (reader->outgoing >= 0 && reader->outgoing != event->number) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line, number->column,
                       "the %s of event %03d has no outgoing picture: the one in line %d is "
                       "numbered %03d; give both lines one number",
                       event->type == 'W' ? "wipe" : "dissolve", event->number,
                       reader->outgoing_line, reader->outgoing);
  }
  return KT_OK;
}

static KtStatus add_picture(Reader *reader, const Event *event, KtFilmTime in, KtFilmTime out,
                            const Word *number, KtError *err) {
  bool mixes = event->type == 'D' || event->type == 'W';
  KtStatus status = mixes ? check_transition(reader, event, number, err) : KT_OK;
  bool from_black = mixes && reader->outgoing >= 0 && reader->outgoing_black;
  bool black =
      !strcmp(event->reel, "BL") || !strcmp(event->reel, "BLK") || !strcmp(event->reel, "BLACK");
  reader->outgoing = -1;
  if (status) {
    return status;
  }
  if (in == out && !mixes) { // the outgoing side of the transition that follows
    reader->outgoing = event->number;
    reader->outgoing_line = reader->line;
    reader->outgoing_black = black;
    return KT_OK;
  }
  const char *digit = strchr(event->channel, 'V');
  int layer = digit && isdigit((unsigned char)digit[1]) ? digit[1] - '1' : 0;
  KtEditClip *clip = kt_edit_clip(reader->edit, layer < 0 ? 0 : layer, in, out, NULL);
  if (!clip) {
    return KT_OK;
  }
  reader->clip = reader->edit->clips.count;
  reader->mixes = mixes;
  clip->blank = black;
  clip->reel = kt_arena_text(reader->edit->arena, event->reel);
  read_source(reader, event, clip, out - in);
  if (mixes) {
    KtFilmTime length = kt_frame_time(reader->record.rate, event->frames);
    clip->in = event->type == 'W' ? KT_TRANSITION_WIPE : KT_TRANSITION_DISSOLVE;
    clip->in = clip->in == KT_TRANSITION_DISSOLVE && (black || from_black)
                   ? KT_TRANSITION_FADE_BLACK
                   : clip->in;
    clip->in_time = length < out - in ? length : out - in;
  }
  return KT_OK;
}

static KtStatus event_line(Reader *reader, KtError *err) {
  Word words[MOST_WORDS];
  size_t count = split(reader->text, words);
  bool times = false;
  for (size_t i = 1; i < count; ++i) {
    times |= looks_like_timecode(words[i].text);
  }
  if (!times) {
    return KT_OK; // a remark that begins with a number
  }
  Event event;
  KtStatus status = read_event(reader, &event, words, count, err);
  if (status) {
    return status;
  }
  bool rated = reader->record.rate.den == 1001 && reader->record.rate.num % 30000 == 0;
  if (!reader->record_fixed && strchr(event.times[2].text, ';') && (rated || reader->any_rate)) {
    reader->record.drop = rated;
  }
  reader->record_fixed = true;
  reader->clip = 0;
  KtFilmTime in = 0, out = 0;
  status = record_time(reader, &event.times[2], &in, err);
  status = status ? status : record_time(reader, &event.times[3], &out, err);
  if (status) {
    return status;
  }
  KtFilmTime whole = day(reader);
  if (reader->last && in + reader->days + whole / 2 < reader->last) {
    reader->days += whole;
  }
  in += reader->days;
  out += reader->days;
  out += out < in && in - out > whole / 2 ? whole : 0;
  if (out < in) {
    return wrong(reader, event.times[3].column, err, "the event ends before it begins",
                 event.times[3].text);
  }
  reader->last = in;
  reader->event_at = in;
  bool picture = strchr(event.channel, 'V') || event.channel[0] == 'B';
  if (!picture || event.type == 'K') {
    reader->edit->sounds += !picture;
    reader->edit->keys += picture;
    reader->outgoing = -1;
    return KT_OK;
  }
  return add_picture(reader, &event, in, out, &words[0], err);
}

static const char *after(const char *text, const char *label) {
  size_t length = strlen(label);
  return strncasecmp(text, label, length) ? NULL : text + length + strspn(text + length, " \t");
}

static void trimmed(char *to, size_t size, const char *from, size_t length) {
  while (length && isspace((unsigned char)from[length - 1])) {
    --length;
  }
  snprintf(to, size, "%.*s", (int)(length < size ? length : size - 1), from);
}

/// "* LOC: 01:00:01:14 RED     ANIM FIX NEEDED"
static KtStatus locator(Reader *reader, const char *text, KtError *err) {
  Word word = {.column = (int)(text - reader->text) + 1};
  char colour[32] = "", name[MOST_NAME];
  int used = 0;
  if (sscanf(text, "%63s%n", word.text, &used) != 1) {
    return wrong(reader, word.column, err, "a locator is timecode, colour and text", text);
  }
  KtFilmTime at = 0;
  KtStatus status = record_time(reader, &word, &at, err);
  if (status) {
    return status;
  }
  text += used + (int)strspn(text + used, " \t");
  size_t length = strcspn(text, " \t");
  trimmed(colour, sizeof(colour), text, length);
  text += length + strspn(text + length, " \t");
  trimmed(name, sizeof(name), text, strlen(text));
  kt_edit_marker(reader->edit, at + reader->days, 0, name, "", colour);
  return KT_OK;
}

static const char *field(const char *text, const char *label, char *to, size_t size) {
  const char *at = strstr(text, label);
  *to = '\0';
  if (at) {
    at += strlen(label);
    trimmed(to, size, at, strcspn(at, "|"));
  }
  return to;
}

/// " a note |C:ResolveColorBlue |M:Name |D:1": the event before was a marker and no picture.
static void resolve_marker(Reader *reader) {
  char colour[64], name[MOST_NAME], length[32], note[MOST_NAME];
  field(reader->text, "|C:", colour, sizeof(colour));
  field(reader->text, "|M:", name, sizeof(name));
  field(reader->text, "|D:", length, sizeof(length));
  const char *start = reader->text + strspn(reader->text, " \t*");
  trimmed(note, sizeof(note), start, strcspn(start, "|"));
  long frames = strtol(length, NULL, 10);
  frames = frames > 1 && frames < 10000000 ? frames : 0; // one frame is a point
  const char *plain = !strncasecmp(colour, "ResolveColor", 12) ? colour + 12 : colour;
  kt_edit_marker(reader->edit, reader->event_at, kt_frame_time(reader->record.rate, frames), name,
                 note, plain);
  if (reader->clip && reader->clip == reader->edit->clips.count) {
    --reader->edit->clips.count;
  }
  reader->clip = 0;
}

static KtStatus set_mode(Reader *reader, const char *mode, KtError *err) {
  bool drop = !strncasecmp(mode, "DROP", 4);
  KtRate rate = reader->record.rate;
  bool can = rate.den == 1001 && rate.num % 30000 == 0;
  if (reader->record_fixed) {
    if (drop != reader->record.drop && (can || drop)) {
      kt_edit_note(reader->edit,
                   kt_arena_format(reader->edit->arena,
                                   "line %d: FCM changes within the list; taken as the source's, "
                                   "the record goes on in %s",
                                   reader->line, reader->record.drop ? "drop-frame" : "non-drop"));
    }
    return KT_OK;
  }
  if (drop && !can && !reader->any_rate) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line, 1,
                       "the list counts drop-frame timecode, which belongs to 29.97 and 59.94 "
                       "frames a second; the film runs at %.6g",
                       kt_rate_fps(rate));
  }
  reader->record.drop = drop && can;
  return KT_OK;
}

static KtStatus remark(Reader *reader, KtError *err) {
  const char *text = reader->text + strspn(reader->text, " \t");
  const char *mode = after(text, "FCM:");
  if (mode) {
    return set_mode(reader, mode, err);
  }
  if (strstr(text, "|M:") || strstr(text, "|C:")) {
    resolve_marker(reader);
    return KT_OK;
  }
  if (!strncmp(text, "M2", 2) && isspace((unsigned char)text[2])) {
    ++reader->speeds;
    if (reader->clip && reader->edit->clips.items[reader->clip - 1].even) {
      reader->edit->clips.items[reader->clip - 1].even = false;
    } else if (reader->clip && reader->uneven_line == reader->line - 1) {
      reader->uneven -= 1; // explained
      reader->uneven_line = reader->uneven ? reader->uneven_line : 0;
    }
    return KT_OK;
  }
  text += strspn(text, "* \t");
  const char *loc = after(text, "LOC:");
  if (loc) {
    return locator(reader, loc, err);
  }
  const char *from = after(text, "FROM CLIP NAME:"), *to = after(text, "TO CLIP NAME:");
  const char *name = reader->mixes ? to : from;
  if (name && reader->clip) {
    char clean[MOST_NAME];
    trimmed(clean, sizeof(clean), name, strlen(name));
    reader->edit->clips.items[reader->clip - 1].name = kt_arena_text(reader->edit->arena, clean);
  }
  return KT_OK;
}

static void sum_up(Reader *reader) {
  KtEdit *edit = reader->edit;
  if (reader->speeds) {
    kt_edit_note(edit,
                 kt_arena_format(edit->arena,
                                 "%d speed effects or freeze frames: the record's length counts",
                                 reader->speeds));
  }
  if (reader->uneven > 0) {
    kt_edit_note(edit, kt_arena_format(edit->arena,
                                       "%d events are longer or shorter than their source and have "
                                       "no speed effect (the first in line %d); the record counts",
                                       reader->uneven, reader->uneven_line));
  }
  if (reader->gaps_in_rate) {
    kt_edit_note(edit, kt_arena_format(edit->arena,
                                       "%d events have source timecodes that do not exist at %.6g "
                                       "frames a second: was the list made at another rate?",
                                       reader->gaps_in_rate, kt_rate_fps(reader->record.rate)));
  }
}

KtStatus kt_edit_read_cmx(KtEdit *edit, const char *text, const KtTimecode *timecode,
                          KtError *err) {
  Reader *reader = KT_NEW(edit->arena, Reader, 1);
  if (!reader) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *reader = (Reader){.edit = edit, .outgoing = -1, .any_rate = !timecode};
  reader->record.rate = timecode ? timecode->rate : (KtRate){100, 1};
  edit->format = KT_EDIT_CMX;
  KtStatus status = KT_OK;
  while (*text && !status) {
    size_t length = strcspn(text, "\r\n");
    snprintf(reader->text, MOST_LINE, "%.*s", (int)(length < MOST_LINE ? length : MOST_LINE - 1),
             text);
    ++reader->line;
    const char *start = reader->text + strspn(reader->text, " \t");
    bool number = isdigit((unsigned char)*start) && !strstr(start, "|M:");
    status = number ? event_line(reader, err) : *start ? remark(reader, err) : KT_OK;
    text += length;
    text += text[0] == '\r' && text[1] == '\n' ? 2 : *text != '\0';
  }
  edit->drop = reader->record.drop;
  sum_up(reader);
  return status;
}
