// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The passes in which a script is read, one after the other and kept apart: its structure, its
// people, its words; the turns are in the report's own list.
#include "deliver/report.h"
#include "deliver/story_page.h"

static const char *name_of(const KtStory *story, int character) {
  return character >= 0 && (size_t)character < story->characters.count
             ? story->characters.items[character].name
             : "";
}

static void set_feeling(json_t *item, const KtEmotion *emotion) {
  kt_json_set(item, "valence", kt_json_number((double)emotion->valence, 3));
  kt_json_set(item, "arousal", kt_json_number((double)emotion->arousal, 3));
  kt_json_set(item, "tension", kt_json_number((double)emotion->tension, 3));
}

static json_t *structure(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    json_t *item = json_object();
    kt_json_set(item, "scene", json_integer((json_int_t)i));
    kt_json_set(item, "number", kt_report_text(arena, scene->number));
    kt_json_set(item, "heading", kt_report_text(arena, scene->heading));
    kt_json_set(item, "place", kt_report_text(arena, scene->place));
    kt_json_set(item, "time_of_day", kt_report_text(arena, scene->time_of_day));
    kt_json_set(item, "interior", json_boolean(scene->interior));
    kt_json_set(item, "eighths", scene->eighths ? json_integer(scene->eighths) : json_null());
    kt_json_set(item, "line", scene->line ? json_integer(scene->line) : json_null());
    kt_json_set(item, "start_s", kt_json_seconds(scene->start));
    kt_json_set(item, "end_s", kt_json_seconds(scene->end));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *presences_of(const KtStory *story, int character) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->presences.count; ++i) {
    const KtPresence *here = &story->presences.items[i];
    if (here->character != character) {
      continue;
    }
    json_t *item = json_object();
    bool there = here->weight > 0;
    kt_json_set(item, "scene", json_integer(here->scene));
    kt_json_set(item, "how", json_string(here->lines ? "speaks" : there ? "there" : "spoken of"));
    kt_json_set(item, "lines", json_integer(here->lines));
    if (there) {
      set_feeling(item, &here->emotion);
    }
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *people(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->characters.count; ++i) {
    const KtCharacter *person = &story->characters.items[i];
    json_t *item = json_object();
    json_t *aliases = json_array();
    for (size_t k = 0; k < person->aliases.count; ++k) {
      json_array_append_new(aliases, kt_report_text(arena, person->aliases.items[k]));
    }
    kt_json_set(item, "name", kt_report_text(arena, person->name));
    kt_json_set(item, "aliases", aliases);
    kt_json_set(item, "rhythm", kt_report_text(arena, person->rhythm));
    kt_json_set(item, "scenes", presences_of(story, (int)i));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *pairs(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->pairs.count; ++i) {
    const KtPair *pair = &story->pairs.items[i];
    json_t *item = json_object();
    kt_json_set(item, "a", kt_report_text(arena, name_of(story, pair->a)));
    kt_json_set(item, "b", kt_report_text(arena, name_of(story, pair->b)));
    kt_json_set(item, "met_s", kt_json_seconds(pair->met));
    kt_json_set(item, "together_s", kt_json_seconds(pair->together));
    kt_json_set(item, "scenes", json_integer(pair->scenes));
    kt_json_set(item, "lines", json_integer(pair->lines));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *things(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->things.count; ++i) {
    const KtThing *thing = &story->things.items[i];
    json_t *item = json_object();
    kt_json_set(item, "name", kt_report_text(arena, thing->name));
    kt_json_set(item, "uses", json_integer(thing->uses));
    kt_json_set(item, "scenes", json_integer(thing->scenes));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *words(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->lines.count; ++i) {
    const KtLine *line = &story->lines.items[i];
    json_t *item = json_object();
    kt_json_set(item, "line", json_integer((json_int_t)i));
    kt_json_set(item, "character", kt_report_text(arena, name_of(story, line->character)));
    kt_json_set(item, "to", kt_report_text(arena, name_of(story, line->to)));
    set_feeling(item, &line->emotion);
    json_array_append_new(array, item);
  }
  return array;
}

/// One point a second: [valence, arousal, tension, weight].
static json_t *readings(const KtStory *story) {
  json_t *all = json_object();
  for (int p = 0; p < KT_PASS_COUNT; ++p) {
    json_t *points = json_array();
    for (size_t i = 0; i < story->passes[p].count; i += 2) {
      const KtPassPoint *point = &story->passes[p].items[i];
      const float values[] = {point->emotion.valence, point->emotion.arousal, point->emotion.tension, point->weight};
      json_t *row = json_array();
      for (int k = 0; k < 4; ++k) {
        json_array_append_new(row, kt_json_number((double)values[k], 3));
      }
      json_array_append_new(points, row);
    }
    kt_json_set(all, kt_pass_name((KtPass)p), points);
  }
  return all;
}

static json_t *threads(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->threads.count; ++i) {
    const KtThread *thread = &story->threads.items[i];
    json_t *item = json_object();
    kt_json_set(item, "character", kt_report_text(arena, name_of(story, thread->character)));
    kt_json_set(item, "other", kt_report_text(arena, name_of(story, thread->other)));
    kt_json_set(item, "weight", kt_json_number((double)thread->weight, 3));
    json_t *points = json_array();
    for (size_t k = 0; k < thread->points.count; ++k) {
      const KtThreadPoint *point = &thread->points.items[k];
      const float values[] = {point->emotion.valence, point->emotion.arousal, point->emotion.tension, point->presence};
      json_t *row = json_array();
      for (int v = 0; v < 4; ++v) {
        json_array_append_new(row, kt_json_number((double)values[v], 3));
      }
      json_array_append_new(points, row);
    }
    kt_json_set(item, "points", points);
    json_array_append_new(array, item);
  }
  return array;
}

void kt_story_add_passes(json_t *root, const KtStory *story, KtArena *arena) {
  json_t *passes = json_object();
  kt_json_set(passes, "structure", structure(story, arena));
  kt_json_set(passes, "people", people(story, arena));
  kt_json_set(passes, "pairs", pairs(story, arena));
  kt_json_set(passes, "things", things(story, arena));
  kt_json_set(passes, "words", words(story, arena));
  kt_json_set(root, "passes", passes);
  kt_json_set(root, "readings", readings(story)); // words, picture, sound: once a second
  kt_json_set(root, "threads", threads(story, arena));
}
