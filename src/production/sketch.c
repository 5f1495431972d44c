// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/sketch.h"

#include "film/sketch.h"

/// Scenes and lines of a story told by its script alone, as the film room takes them.
static KtStatus from_story(const KtStory *story, KtArena *arena, KtFilmSketch *sketch,
                           KtError *err) {
  KtFilmTime *scenes = KT_NEW(arena, KtFilmTime, story->scenes.count + 1);
  KtCaption *lines = KT_NEW(arena, KtCaption, story->lines.count + 1);
  if (!scenes || !lines) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < story->scenes.count; ++i) {
    scenes[i] = i ? story->scenes.items[i].start : 0;
    sketch->duration = story->scenes.items[i].end;
  }
  for (size_t i = 0; i < story->lines.count; ++i) {
    const KtLine *line = &story->lines.items[i];
    lines[i] = (KtCaption){.start = line->start,
                           .end = line->end,
                           .text = line->text,
                           .speaker = line->character >= 0
                                          ? story->characters.items[line->character].name
                                          : ""};
  }
  sketch->scenes = scenes;
  sketch->scene_count = story->scenes.count;
  sketch->lines = lines;
  sketch->line_count = story->lines.count;
  return KT_OK;
}

KtStatus kt_sketch_look(const KtContext *ctx, const KtKept *kept, const char *language,
                        KtFilm **film, KtStory **story, KtError *err) {
  *film = NULL;
  *story = NULL;
  KtArena *arena = kt_arena_new();
  if (!arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const char *path = kept->subtitles ? kept->subtitles : kept->script;
  const char *name = kt_path_name(path);
  KtFilmSketch sketch = {.path = path,
                         .title = kt_arena_text_n(arena, name, kt_path_title(name)),
                         .subtitles = kept->subtitles,
                         .start_timecode = kept->start_timecode};
  KtStatus status = KT_OK;
  if (!kept->subtitles) {
    status = kt_story_read_script(ctx, kept->script, language, story, err);
    status = status ? status : from_story(*story, arena, &sketch, err);
  }
  if (!status && !kept->subtitles && !(*story)->lines.count && !(*story)->has_text) {
    status = kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                         "holds no scene, no action and no line; there is nothing to score");
  }
  status = status ? status : kt_film_sketch(&sketch, film, err);
  if (status) {
    kt_story_free(*story);
    *story = NULL;
  }
  kt_arena_free(arena);
  return status;
}
