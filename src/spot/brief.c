// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/brief.h"

#include "base/data.h"
#include "base/file.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN_KEYS                                                                                 \
  "palette, share, restraint, loudness, tempo_min_bpm, tempo_max_bpm, seed, language, temp, "      \
  "themes, credits, off, textures, learned, worlds"

typedef struct RawTheme {
  char *subject, *file;
} RawTheme;

typedef struct RawWorld {
  char *place, *palette;
} RawWorld;

typedef struct RawCredits {
  char *composer, *publisher, *ipi;
  float *share;
} RawCredits;

/// The brief as it stands in the file: a NULL pointer is a key that is not there.
typedef struct RawBrief {
  char *palette, *loudness, *language, *textures, *learned;
  char *seed; ///< as text: the reader would take -1 for 2^64 - 1
  float *share, *restraint, *tempo_min_bpm, *tempo_max_bpm;
  bool *temp;
  RawTheme *themes;
  unsigned themes_count;
  RawWorld *worlds;
  unsigned worlds_count;
  RawCredits *credits;
  char **off;
  unsigned off_count;
} RawBrief;

#define OPTIONAL               CYAML_FLAG_OPTIONAL
#define TEXT(s, member, flags) CYAML_FIELD_STRING_PTR(#member, flags, s, member, 1, 1000)
#define NUMBER(s, member)      CYAML_FIELD_FLOAT_PTR(#member, OPTIONAL, s, member)

static const cyaml_schema_field_t theme_fields[] = {TEXT(RawTheme, subject, CYAML_FLAG_POINTER),
                                                    TEXT(RawTheme, file, CYAML_FLAG_POINTER),
                                                    CYAML_FIELD_END};
static const cyaml_schema_value_t theme_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, RawTheme, theme_fields)};
static const cyaml_schema_field_t world_fields[] = {TEXT(RawWorld, place, CYAML_FLAG_POINTER),
                                                    TEXT(RawWorld, palette, CYAML_FLAG_POINTER), CYAML_FIELD_END};
static const cyaml_schema_value_t world_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, RawWorld, world_fields)};
static const cyaml_schema_field_t credit_fields[] = {
    TEXT(RawCredits, composer, CYAML_FLAG_POINTER | OPTIONAL),
    TEXT(RawCredits, publisher, CYAML_FLAG_POINTER | OPTIONAL),
    TEXT(RawCredits, ipi, CYAML_FLAG_POINTER | OPTIONAL), NUMBER(RawCredits, share),
    CYAML_FIELD_END};
static const cyaml_schema_value_t off_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 100)};
static const cyaml_schema_field_t brief_fields[] = {
    TEXT(RawBrief, palette, CYAML_FLAG_POINTER | OPTIONAL),
    TEXT(RawBrief, loudness, CYAML_FLAG_POINTER | OPTIONAL),
    TEXT(RawBrief, language, CYAML_FLAG_POINTER | OPTIONAL),
    TEXT(RawBrief, textures, CYAML_FLAG_POINTER | OPTIONAL),
    TEXT(RawBrief, learned, CYAML_FLAG_POINTER | OPTIONAL),
    NUMBER(RawBrief, share),
    NUMBER(RawBrief, restraint),
    NUMBER(RawBrief, tempo_min_bpm),
    NUMBER(RawBrief, tempo_max_bpm),
    TEXT(RawBrief, seed, CYAML_FLAG_POINTER | OPTIONAL),
    CYAML_FIELD_BOOL_PTR("temp", OPTIONAL, RawBrief, temp),
    CYAML_FIELD_SEQUENCE("themes", CYAML_FLAG_POINTER | OPTIONAL, RawBrief, themes, &theme_schema,
                         0, 200),
    CYAML_FIELD_SEQUENCE("worlds", CYAML_FLAG_POINTER | OPTIONAL, RawBrief, worlds, &world_schema, 0, 50),
    CYAML_FIELD_MAPPING_PTR("credits", CYAML_FLAG_POINTER | OPTIONAL, RawBrief, credits,
                            credit_fields),
    CYAML_FIELD_SEQUENCE("off", CYAML_FLAG_POINTER | OPTIONAL, RawBrief, off, &off_schema, 0, 50),
    CYAML_FIELD_END};
static const cyaml_schema_value_t brief_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, RawBrief, brief_fields)};

/// What a value of a key has to be, told to whoever wrote something else.
typedef struct KeyHelp {
  const char *key, *help;
} KeyHelp;
static const KeyHelp key_help[] = {
    {"share", "a number from 0 (no music) to 1 (music throughout)"},
    {"restraint", "a number from 0 to 1"},
    {"loudness", "one of ebu, atsc, netflix, web"},
    {"tempo_min_bpm", "a number from 20 to 300"},
    {"tempo_max_bpm", "a number from 20 to 300"},
    {"seed", "a whole number from 0 on"},
    {"temp", "yes or no"},
    {"themes", "a list of {subject: NAME, file: FILE}"},
    {"worlds", "a list of {place: NAME, palette: ID}"},
    {"credits", "a mapping of composer, publisher, ipi and share (0 to 100 per cent)"},
    {"off", "a list of words, such as [silence]"},
};

/// Where a file can be told to be wrong.
typedef struct Place {
  const char *path, *text;
} Place;

static const char *skip_blank(const char *at, bool *key_may_start) {
  while (*at == ' ' || *at == '{' || *at == ',' || *at == '-' || *at == '"' || *at == '\'') {
    *key_may_start |= *at == '{' || *at == ',';
    ++at;
  }
  return at;
}

/// Line and column of the first place where `key` stands as a key; after `parent`, where given.
/// The YAML reader tells where its own complaints are, not where a value was that we refuse.
static void find_key(const char *text, const char *parent, const char *key, int *line,
                     int *column) {
  bool inside = !parent;
  int number = 0;
  *line = *column = 0;
  for (const char *start = text; *start; ++number) {
    const char *end = start + strcspn(start, "\n");
    bool may = true;
    for (const char *at = start; at < end && *at != '#'; ++at) {
      at = may ? skip_blank(at, &may) : at;
      const char *wanted = inside ? key : parent;
      size_t length = strlen(wanted);
      if (may && !strncmp(at, wanted, length) && strchr(":\"' ", at[length]) && at[length]) {
        if (inside) {
          *line = number + 1;
          *column = (int)(at - start) + 1;
          return;
        }
        inside = true;
      }
      may = *at == '{' || *at == ',' || (*at == ':' && inside && parent);
    }
    start = *end ? end + 1 : end;
  }
}

static KtStatus refuse(const Place *place, const char *parent, const char *key, const char *found,
                       KtError *err) {
  int line = 0;
  int column = 0;
  find_key(place->text, parent, key, &line, &column);
  const char *help = "";
  for (size_t i = 0; i < sizeof(key_help) / sizeof(*key_help); ++i) {
    if (!strcmp(key_help[i].key, parent ? parent : key)) {
      help = key_help[i].help;
    }
  }
  return kt_error_at(err, KT_ERR_FORMAT, place->path, line, column,
                     "%s%s%s is %s; give %s, or leave the key out", parent ? parent : "",
                     parent ? "." : "", key, found, help);
}

static KtStatus check_number(const Place *place, const char *parent, const char *key,
                             const float *value, double low, double high, KtError *err) {
  if (!value || (isfinite(*value) && (double)*value >= low && (double)*value <= high)) {
    return KT_OK;
  }
  char found[32];
  snprintf(found, sizeof(found), "%g", (double)*value);
  return refuse(place, parent, key, found, err);
}

static KtStatus check_language(const Place *place, const char *language, KtError *err) {
  size_t length = language ? strlen(language) : 2;
  bool good = length >= 2 && length <= 12;
  for (size_t i = 0; language && i < length; ++i) {
    good &= isalnum((unsigned char)language[i]) || language[i] == '-';
  }
  if (good) {
    return KT_OK;
  }
  int line = 0;
  int column = 0;
  find_key(place->text, NULL, "language", &line, &column);
  return kt_error_at(err, KT_ERR_FORMAT, place->path, line, column,
                     "language is '%s'; give a language code such as en", language);
}

static KtStatus check(const Place *place, const RawBrief *raw, KtError *err) {
  KtStatus status = check_number(place, NULL, "share", raw->share, 0, 1, err);
  status = status ? status : check_number(place, NULL, "restraint", raw->restraint, 0, 1, err);
  status = status ? status
                  : check_number(place, NULL, "tempo_min_bpm", raw->tempo_min_bpm, 20, 300, err);
  status = status ? status
                  : check_number(place, NULL, "tempo_max_bpm", raw->tempo_max_bpm, 20, 300, err);
  if (!status && raw->credits) {
    status = check_number(place, "credits", "share", raw->credits->share, 0, 100, err);
  }
  status = status ? status : check_language(place, raw->language, err);
  if (!status && raw->seed) {
    errno = 0;
    (void)strtoull(raw->seed, NULL, 10);
    if (errno || raw->seed[strspn(raw->seed, "0123456789")]) {
      return refuse(place, NULL, "seed", raw->seed, err);
    }
  }
  if (status) {
    return status;
  }
  if (raw->tempo_min_bpm && raw->tempo_max_bpm && *raw->tempo_min_bpm > *raw->tempo_max_bpm) {
    int line = 0;
    int column = 0;
    find_key(place->text, NULL, "tempo_min_bpm", &line, &column);
    return kt_error_at(err, KT_ERR_FORMAT, place->path, line, column,
                       "tempo_min_bpm is %g and tempo_max_bpm is %g; exchange them",
                       (double)*raw->tempo_min_bpm, (double)*raw->tempo_max_bpm);
  }
  static const char *const specs[] = {"ebu", "atsc", "netflix", "web"};
  bool known = !raw->loudness;
  for (size_t i = 0; i < 4 && !known; ++i) {
    known = !strcmp(raw->loudness, specs[i]);
  }
  return known ? KT_OK : refuse(place, NULL, "loudness", raw->loudness, err);
}

static void take(KtBrief *brief, const RawBrief *raw) {
  KtArena *arena = brief->arena;
#define COPY(text) ((text) ? kt_arena_text(arena, text) : NULL)
  brief->palette = COPY(raw->palette);
  brief->loudness = COPY(raw->loudness);
  brief->textures = COPY(raw->textures);
  brief->learned = COPY(raw->learned);
  brief->language = raw->language ? COPY(raw->language) : "en";
  brief->share = raw->share ? *raw->share : -1;
  brief->restraint = raw->restraint ? *raw->restraint : -1;
  brief->tempo_min_bpm = raw->tempo_min_bpm ? *raw->tempo_min_bpm : 0;
  brief->tempo_max_bpm = raw->tempo_max_bpm ? *raw->tempo_max_bpm : 0;
  brief->has_seed = raw->seed;
  brief->seed = raw->seed ? strtoull(raw->seed, NULL, 10) : 0;
  brief->temp = raw->temp ? *raw->temp : -1;
  if (raw->credits) {
    brief->composer = COPY(raw->credits->composer);
    brief->publisher = COPY(raw->credits->publisher);
    brief->ipi = COPY(raw->credits->ipi);
    brief->composer_share = raw->credits->share ? *raw->credits->share : 0;
  }
  for (unsigned i = 0; i < raw->themes_count; ++i) {
    KtBriefTheme *theme = kt_array_push(arena, &brief->themes);
    if (theme) {
      theme->subject = COPY(raw->themes[i].subject);
      theme->file = COPY(raw->themes[i].file);
    }
  }
  for (unsigned i = 0; i < raw->worlds_count; ++i) {
    KtBriefWorld *world = kt_array_push(arena, &brief->worlds);
    if (world) {
      *world = (KtBriefWorld){COPY(raw->worlds[i].place), COPY(raw->worlds[i].palette)};
    }
  }
  for (unsigned i = 0; i < raw->off_count; ++i) {
    const char **word = kt_array_push(arena, &brief->off);
    if (word) {
      *word = COPY(raw->off[i]);
    }
  }
#undef COPY
}

static bool says_nothing(const char *text) {
  for (const char *at = text; *at; at += *at != '\0') {
    at += strspn(at, " \t\r\n");
    if (*at == '#') {
      at += strcspn(at, "\n");
    } else if (*at) {
      return false;
    }
    if (!*at) {
      break;
    }
  }
  return true;
}

/// The reader's own message, with what may stand there instead.
static void explain(const char *text, KtError *err) {
  char said[256];
  snprintf(said, sizeof(said), "%.255s", err->message);
  const char *key = strstr(said, "nexpected key: ");
  if (key) {
    // The reader's place is that of the value before.
    int line = 0;
    int column = 0;
    find_key(text, NULL, key + 15, &line, &column);
    err->line = line ? line : err->line;
    err->column = line ? column : err->column;
    snprintf(err->message, sizeof(err->message),
             "unknown key '%s'; a brief may hold %s (credits: composer, publisher, ipi, share; "
             "themes: subject, file)",
             key + 15, KNOWN_KEYS);
  } else if (err->line) {
    snprintf(err->message, sizeof(err->message),
             "%s; numbers are plain (0.4), seed whole, temp yes or no, themes and off lists", said);
  }
}

static KtStatus read_brief(const char *path, KtBrief *brief, KtError *err) {
  const char *text = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(brief->arena, path, 1U << 20, &text, &size, err);
  if (status || says_nothing(text)) {
    return status;
  }
  RawBrief *raw = NULL;
  status = kt_data_load(NULL, path, &brief_schema, (void **)&raw, NULL, err);
  if (status == KT_ERR_FORMAT && err) {
    explain(text, err);
  }
  Place place = {path, text};
  status = status ? status : raw ? check(&place, raw, err) : KT_OK;
  if (!status && raw) {
    take(brief, raw);
  }
  kt_data_free(&brief_schema, raw, 0);
  return status;
}

/// A path in a brief is seen from the folder the brief is in.
static const char *seen_from(KtArena *arena, const char *brief, const char *path) {
  size_t folder = (size_t)(kt_path_name(brief) - brief);
  return path[0] == '/' ? path : kt_arena_format(arena, "%.*s%s", (int)folder, brief, path);
}

KtStatus kt_brief_load(const char *path, KtBrief **brief, KtError *err) {
  *brief = NULL;
  KtArena *arena = kt_arena_new();
  KtBrief *made = arena ? KT_NEW(arena, KtBrief, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *made = (KtBrief){.arena = arena, .share = -1, .restraint = -1, .temp = -1, .language = "en"};
  KtStatus status = path ? read_brief(path, made, err) : KT_OK;
  if (!status && made->textures) {
    made->textures = seen_from(arena, path, made->textures);
  }
  if (!status && made->learned && strchr(made->learned, '/')) {
    made->learned = seen_from(arena, path, made->learned);
  }
  if (!status && kt_arena_failed(arena)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (status) {
    kt_brief_free(made);
    return status;
  }
  *brief = made;
  return KT_OK;
}

void kt_brief_free(KtBrief *brief) {
  if (brief) {
    kt_arena_free(brief->arena);
  }
}
