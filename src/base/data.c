// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/data.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// libcyaml tells what is wrong, and where, only through its log.
typedef struct Said {
  char message[256];
  int line;
  int column;
} Said;

static void listen(cyaml_log_t level, void *user, const char *format, va_list args) {
  Said *said = user;
  char text[256];
  vsnprintf(text, sizeof(text), format, args);
  text[strcspn(text, "\n")] = '\0';
  if (level >= CYAML_LOG_ERROR && !strncmp(text, "Load: ", 6) && strncmp(text, "Load: Back", 10) &&
      !said->message[0]) {
    snprintf(said->message, sizeof(said->message), "%s", text + 6);
  }
  const char *place = strstr(text, "line: ");
  if (place && !said->line) {
    sscanf(place, "line: %d, column: %d", &said->line, &said->column);
  }
}

static void *allocate(void *user, void *memory, size_t size) {
  (void)user;
  if (!size) {
    free(memory);
    return NULL;
  }
  return realloc(memory, size);
}

/// Where a data file lies: a person's own learned table goes before ours.
static const char *place_of(KtArena *arena, const KtContext *ctx, const char *name) {
  static const char learned[] = "learned/";
  if (ctx->learned_dir && !strncmp(name, learned, sizeof(learned) - 1)) {
    const char *own = kt_path_join(arena, ctx->learned_dir, name + sizeof(learned) - 1);
    if (kt_file_exists(own)) {
      return own;
    }
  }
  return kt_path_join(arena, ctx->data_dir, name);
}

KtStatus kt_data_load(const KtContext *ctx, const char *name, const cyaml_schema_value_t *schema,
                      void **value, unsigned *count, KtError *err) {
  KtArena *arena = kt_arena_new();
  if (!arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const char *path = ctx && name[0] != '/' ? place_of(arena, ctx, name) : name;
  Said said = {0};
  cyaml_config_t config = {.log_fn = listen,
                           .log_ctx = &said,
                           .log_level = CYAML_LOG_ERROR,
                           .mem_fn = allocate,
                           .flags = CYAML_CFG_DEFAULT};
  const char *text = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(arena, path, 64U << 20, &text, &size, err);
  if (!status) {
    unsigned items = 0;
    cyaml_err_t failed = cyaml_load_data((const uint8_t *)text, size, &config, schema,
                                         (cyaml_data_t **)value, count ? &items : NULL);
    if (failed) {
      status = kt_error_at(err, failed == CYAML_ERR_OOM ? KT_ERR_MEMORY : KT_ERR_FORMAT, path,
                           said.line, said.column, "%s",
                           said.message[0] ? said.message : cyaml_strerror(failed));
    } else if (count) {
      *count = items;
    }
  }
  kt_arena_free(arena);
  return status;
}

void kt_data_free(const cyaml_schema_value_t *schema, void *value, unsigned count) {
  cyaml_config_t config = {.mem_fn = allocate, .flags = CYAML_CFG_DEFAULT};
  if (value) {
    cyaml_free(&config, schema, value, count);
  }
}

const char *kt_user_data(KtArena *arena) {
  const char *named = getenv("XDG_DATA_HOME");
  if (named && named[0] == '/') {
    return kt_path_join(arena, named, "kinothek");
  }
  const char *home = getenv("HOME");
  return home && home[0] == '/' ? kt_path_join(arena, home, ".local/share/kinothek") : NULL;
}
