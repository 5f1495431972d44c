// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The sheet as a person reads it: a line a cue, what belongs to it below.
#include "spot/sheet_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_MOST = 4000 };

typedef enum Block { BLOCK_NONE, BLOCK_CUE, BLOCK_SILENCE } Block;

typedef struct Reader {
  const KtSheetFilm *film;
  KtSheet *sheet;
  char line[LINE_MOST];
  char *at;
  int number;
  Block block;
} Reader;

static KtSpot here(const Reader *r) {
  return (KtSpot){r->sheet->path, r->number, (int)(r->at - r->line) + 1};
}

static KtStatus refuse(const Reader *r, KtError *err, const char *what) {
  return kt_error_at(err, KT_ERR_FORMAT, r->sheet->path, r->number, (int)(r->at - r->line) + 1, "%s",
                     what);
}

static void skip_blanks(Reader *r) {
  r->at += strspn(r->at, " \t");
}

/// Takes `word` if it comes next, as a whole word.
static bool take(Reader *r, const char *word) {
  skip_blanks(r);
  size_t length = strlen(word);
  if (strncasecmp(r->at, word, length) != 0 ||
      (r->at[length] && !isspace((unsigned char)r->at[length]) && r->at[length] != ':')) {
    return false;
  }
  r->at += length;
  return true;
}

/// The next word, up to a blank.
static const char *word(Reader *r, char text[64]) {
  skip_blanks(r);
  size_t length = strcspn(r->at, " \t");
  snprintf(text, 64, "%.*s", (int)(length < 63 ? length : 63), r->at);
  return text;
}

static const char *rest(Reader *r) {
  skip_blanks(r);
  return kt_arena_text(r->sheet->arena, r->at);
}

static KtStatus read_time(Reader *r, KtSheetTime *time, KtError *err) {
  char text[64];
  KtSpot spot = here(r);
  word(r, text);
  spot.column = (int)(r->at - r->line) + 1;
  if (!text[0]) {
    return refuse(r, err, "a time is missing here; write HH:MM:SS:FF or seconds");
  }
  KtStatus status = kt_sheet_time(r->film, &spot, text, time, err);
  r->at += status ? 0 : strlen(text);
  return status;
}

/// "IN - OUT": the dash, an arrow or "to" may stand between.
static KtStatus read_span(Reader *r, KtSheetTime *in, KtSheetTime *out, KtError *err) {
  KtStatus status = read_time(r, in, err);
  static const char *const signs[] = {"-->", "->", "-", "\xE2\x80\x93", "\xE2\x86\x92", "to"};
  for (size_t i = 0; i < sizeof(signs) / sizeof(*signs) && !status; ++i) {
    if (take(r, signs[i])) {
      break;
    }
  }
  return status ? status : read_time(r, out, err);
}

static KtStatus read_cue(Reader *r, KtError *err) {
  KtSheetCue *cue = kt_array_push(r->sheet->arena, &r->sheet->cues);
  if (!cue) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *cue = (KtSheetCue){.name = "", .line = r->number, .about = "", .people = "", .reason = ""};
  char name[64];
  word(r, name);
  cue->column = (int)(r->at - r->line) + 1;
  bool is_time = strchr(name, ':') || name[strspn(name, "0123456789.")] == '\0';
  if (!strcmp(name, "-") || !strcasecmp(name, "new")) {
    r->at += strlen(name);
  } else if (!is_time) {
    cue->name = kt_arena_text(r->sheet->arena, name);
    r->at += strlen(name);
  }
  KtStatus status = read_span(r, &cue->in_said, &cue->out_said, err);
  cue->title = status ? "" : rest(r);
  cue->said = cue->title[0] ? KT_SAID_TITLE : 0U;
  r->block = BLOCK_CUE;
  return status;
}

static KtStatus read_silence(Reader *r, bool wanted, KtError *err) {
  KtSheetSilence *silence = kt_array_push(r->sheet->arena, &r->sheet->silences);
  if (!silence) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *silence = (KtSheetSilence){.reason = "", .locked = wanted, .line = r->number};
  skip_blanks(r);
  silence->column = (int)(r->at - r->line) + 1;
  r->block = BLOCK_SILENCE;
  KtStatus status = read_span(r, &silence->in_said, &silence->out_said, err);
  skip_blanks(r);
  if (!status && *r->at) {
    silence->reason = rest(r);
  }
  return status;
}

/// A colon ends the words and begins the label.
static void hit_word(Reader *r, char text[64]) {
  word(r, text);
  text[strcspn(text, ":")] = '\0';
}

static KtStatus read_hit_words(Reader *r, KtSheetHit *hit, KtError *err) {
  KtStatus status = KT_OK;
  char text[64];
  for (bool more = true; more && !status;) {
    skip_blanks(r);
    KtSpot spot = here(r);
    hit_word(r, text);
    KtHitKind kind = KT_HIT_HARD;
    if (take(r, "within")) {
      skip_blanks(r);
      spot = here(r);
      hit_word(r, text);
      status = kt_sheet_number(&spot, "the tolerance in frames", text, 0, 100,
                               &hit->tolerance_frames, err);
      r->at += strlen(text);
      hit->said |= KT_SAID_TOLERANCE;
      (void)(take(r, "frames") || take(r, "frame"));
    } else if (take(r, "from")) {
      hit_word(r, text);
      hit->source = kt_arena_text(r->sheet->arena, text);
      r->at += strlen(text);
      hit->said |= KT_SAID_SOURCE;
    } else if (take(r, "locked")) {
      hit->locked = true;
      hit->said |= KT_SAID_LOCKED;
    } else if (!(hit->said & KT_SAID_KIND) && !kt_sheet_kind(&spot, text, &kind, NULL)) {
      hit->kind = kind;
      hit->said |= KT_SAID_KIND;
      r->at += strlen(text);
    } else if (!(hit->said & KT_SAID_WEIGHT) && text[0] && !text[strspn(text, "0123456789.-")]) {
      status = kt_sheet_number(&spot, "weight", text, 0, 1, &hit->weight, err);
      hit->said |= KT_SAID_WEIGHT;
      r->at += strlen(text);
    } else {
      more = false;
    }
  }
  return status;
}

static KtStatus read_hit(Reader *r, bool struck, KtError *err) {
  KtSheetHit *hit = kt_array_push(r->sheet->arena, &r->sheet->hits);
  if (!hit) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  bool in_cue = r->block == BLOCK_CUE && r->sheet->cues.count;
  *hit = (KtSheetHit){
      .cue = in_cue ? r->sheet->cues.items[r->sheet->cues.count - 1].name : "",
      .label = "", .source = "", .struck = struck, .locked = struck, .line = r->number};
  skip_blanks(r);
  hit->column = (int)(r->at - r->line) + 1;
  KtStatus status = read_time(r, &hit->at_said, err);
  status = status ? status : read_hit_words(r, hit, err);
  skip_blanks(r);
  char text[64];
  word(r, text);
  size_t length = strlen(text);
  if (!status && length > 1 && text[length - 1] == ':' && !(hit->said & KT_SAID_KIND)) { // "loud: the blow"
    KtSpot spot = here(r);
    text[length - 1] = '\0';
    status = kt_sheet_kind(&spot, text, &hit->kind, err);
  }
  r->at += *r->at == ':';
  hit->label = status ? "" : rest(r);
  hit->said |= hit->label[0] ? KT_SAID_LABEL : 0U;
  return status;
}

static KtStatus cue_word(Reader *r, KtSheetCue *cue, bool *known, KtError *err) {
  KtStatus status = KT_OK;
  *known = true;
  if (take(r, "function")) {
    const char *text = rest(r);
    KtSpot spot = here(r);
    cue->said |= KT_SAID_FUNCTION;
    status = kt_sheet_function(&spot, text, &cue->function, err);
  } else if (take(r, "entry")) {
    const char *text = rest(r);
    KtSpot spot = here(r);
    cue->said |= KT_SAID_ENTRY;
    status = kt_sheet_entry(&spot, text, &cue->entry, err);
  } else if (take(r, "exit")) {
    const char *text = rest(r);
    KtSpot spot = here(r);
    cue->said |= KT_SAID_EXIT;
    status = kt_sheet_exit(&spot, text, &cue->exit, err);
  } else if (take(r, "about") || take(r, "themes")) {
    skip_blanks(r);
    cue->about_line = r->number;
    cue->about_column = (int)(r->at - r->line) + 1;
    cue->about = rest(r);
    cue->said |= cue->about[0] ? KT_SAID_ABOUT | KT_SAID_THEMES : 0U;
  } else if (take(r, "locked")) {
    const char *text = rest(r);
    KtSpot spot = here(r);
    cue->said |= KT_SAID_LOCKED;
    status = kt_sheet_yes(&spot, text[0] ? text : "yes", &cue->locked, err);
  } else if (take(r, "title")) {
    cue->title = rest(r);
    cue->said |= KT_SAID_TITLE;
  } else if (take(r, "reason")) {
    cue->reason = rest(r);
    cue->said |= KT_SAID_REASON;
  } else {
    *known = false;
  }
  return status;
}

static KtStatus read_open(Reader *r, KtError *err) {
  KtSheetTime in = {0};
  KtSheetTime out = {0};
  KtStatus status = read_span(r, &in, &out, err);
  KtSpan *span = status ? NULL : kt_array_push(r->sheet->arena, &r->sheet->open);
  if (span) {
    *span = (KtSpan){in.has_seconds ? in.seconds : in.timecode,
                     out.has_seconds ? out.seconds : out.timecode};
  }
  return status;
}

static KtStatus read_line(Reader *r, KtError *err) {
  skip_blanks(r);
  if (!*r->at || *r->at == '#') {
    return KT_OK;
  }
  if (take(r, "cue")) {
    return read_cue(r, err);
  }
  if (take(r, "silence")) {
    return read_silence(r, false, err);
  }
  if (take(r, "hit")) {
    return read_hit(r, false, err);
  }
  if (take(r, "open")) {
    return read_open(r, err);
  }
  char *start = r->at;
  if (take(r, "no")) {
    if (take(r, "hit")) {
      return read_hit(r, true, err);
    }
    if (take(r, "music")) {
      return read_silence(r, true, err);
    }
    r->at = start;
  }
  bool known = false;
  KtStatus status = KT_OK;
  if (r->block == BLOCK_CUE) {
    status = cue_word(r, &r->sheet->cues.items[r->sheet->cues.count - 1], &known, err);
  } else if (r->block == BLOCK_SILENCE && take(r, "reason")) {
    r->sheet->silences.items[r->sheet->silences.count - 1].reason = rest(r);
    known = true;
  }
  if (known || status) {
    return status;
  }
  return refuse(r, err,
                "a line begins with cue, silence, no music, hit or no hit; below a cue also with "
                "title, function, entry, exit, about, reason or locked");
}

KtStatus kt_sheet_read_text(const KtSheetFilm *film, const char *bytes, size_t size, KtSheet *sheet,
                            KtError *err) {
  Reader *r = calloc(1, sizeof(*r));
  if (!r) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  r->film = film;
  r->sheet = sheet;
  sheet->has_cues = sheet->has_silences = sheet->has_hits = true;
  const char *end = bytes + size;
  const char *at = size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? bytes + 3 : bytes;
  KtStatus status = KT_OK;
  while (at < end && !status) {
    const char *stop = at;
    while (stop < end && *stop != '\n' && *stop != '\r') {
      ++stop;
    }
    ++r->number;
    size_t length = (size_t)(stop - at);
    r->at = r->line;
    if (length >= LINE_MOST || memchr(at, 0, length)) {
      status = refuse(r, err, length >= LINE_MOST ? "this line is longer than a sheet's lines are"
                                                  : "a zero byte: this is no text");
    } else {
      memcpy(r->line, at, length);
      while (length && isspace((unsigned char)r->line[length - 1])) {
        --length;
      }
      r->line[length] = '\0';
      status = read_line(r, err);
    }
    at = stop < end && *stop == '\r' && stop + 1 < end && stop[1] == '\n' ? stop + 2 : stop + 1;
  }
  free(r);
  return !status && kt_arena_failed(sheet->arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory")
                                                  : status;
}
