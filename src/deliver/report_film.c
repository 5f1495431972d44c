// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The film part and the story part of report.json.
#include "deliver/report.h"
#include "deliver/story_page.h"

#include "base/xml.h"

#include <math.h>
#include <stdlib.h>

json_t *kt_report_text(KtArena *arena, const char *text) {
  return text && *text ? json_string(kt_text_valid(arena, text)) : json_null();
}

json_t *kt_report_timecode(const KtTimecode *timecode, KtFilmTime time) {
  char text[KT_TIMECODE_SIZE];
  kt_timecode_print(timecode, time, text);
  return json_string(text);
}

json_t *kt_report_spans(const KtSpan *spans, size_t count) {
  json_t *array = json_array();
  for (size_t i = 0; i < count; ++i) {
    json_t *item = json_object();
    kt_json_set(item, "start_s", kt_json_seconds(spans[i].start));
    kt_json_set(item, "end_s", kt_json_seconds(spans[i].end));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *film_facts(const KtFilm *film, KtArena *arena) {
  json_t *facts = json_object();
  kt_json_set(facts, "path", kt_report_text(arena, film->path));
  kt_json_set(facts, "title", kt_report_text(arena, film->title));
  kt_json_set(facts, "frames", json_integer((json_int_t)film->frames.count));
  kt_json_set(facts, "frame_rate",
              json_string(kt_arena_format(arena, "%d/%d", film->rate.num, film->rate.den)));
  kt_json_set(facts, "sketch", json_boolean(film->sketch));
  kt_json_set(facts, "variable_frame_rate", json_boolean(film->variable_rate));
  kt_json_set(facts, "drop_frame", json_boolean(film->timecode.drop));
  kt_json_set(facts, "start_timecode", kt_report_timecode(&film->timecode, 0));
  kt_json_set(facts, "picture_start_s", kt_json_seconds(film->picture_start));
  kt_json_set(facts, "duration_s", kt_json_seconds(film->duration));
  kt_json_set(facts, "width", json_integer(film->width));
  kt_json_set(facts, "height", json_integer(film->height));
  kt_json_set(facts, "video_stream", json_integer(film->video_stream));
  bool sound = film->audio_stream >= 0;
  kt_json_set(facts, "audio_stream", sound ? json_integer(film->audio_stream) : json_null());
  kt_json_set(facts, "audio_rate", sound ? json_integer(film->audio_rate) : json_null());
  kt_json_set(facts, "audio_channels", sound ? json_integer(film->audio_channels) : json_null());
  kt_json_set(facts, "edit_list", kt_report_text(arena, film->edit_name));
  kt_json_set(facts, "preview", json_boolean(film->preview));
  kt_json_set(facts, "truncated", json_boolean(film->truncated));
  kt_json_set(facts, "speech_method", kt_report_text(arena, film->speech_method));
  kt_json_set(facts, "music_share", kt_json_number((double)film->music_share, 4));
  return facts;
}

static json_t *shot_list(const KtFilm *film, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    json_t *item = json_object();
    kt_json_set(item, "start_frame", json_integer(shot->start_frame));
    kt_json_set(item, "end_frame", json_integer(shot->end_frame));
    kt_json_set(item, "start_s", kt_json_seconds(shot->start));
    kt_json_set(item, "end_s", kt_json_seconds(shot->end));
    kt_json_set(item, "scene", json_integer(shot->scene));
    kt_json_set(item, "transition", json_string(kt_transition_name(shot->transition)));
    kt_json_set(item, "transition_start_frame", json_integer(shot->transition_start_frame));
    kt_json_set(item, "transition_end_frame", json_integer(shot->transition_end_frame));
    kt_json_set(item, "confidence", kt_json_number((double)shot->confidence, 3));
    kt_json_set(item, "brightness", kt_json_number((double)shot->brightness, 3));
    kt_json_set(item, "motion", kt_json_number((double)shot->motion, 3));
    kt_json_set(item, "warmth", kt_json_number((double)shot->warmth, 3));
    bool listed = shot->listed > 0 && (size_t)shot->listed <= film->edit.count;
    kt_json_set(item, "source", json_string(listed ? "edit list" : "picture"));
    kt_json_set(item, "name", listed ? kt_report_text(arena, film->edit.items[shot->listed - 1].name) : json_null());
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *moment_list(const KtFilm *film) {
  json_t *array = json_array();
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    json_t *item = json_object();
    kt_json_set(item, "at_s", kt_json_seconds(moment->at));
    kt_json_set(item, "kind", json_string(kt_moment_name(moment->kind)));
    kt_json_set(item, "strength", kt_json_number((double)moment->strength, 3));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *marker_list(const KtFilm *film, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < film->markers.count; ++i) {
    const KtMarker *marker = &film->markers.items[i];
    json_t *item = json_object();
    kt_json_set(item, "at_s", kt_json_seconds(marker->at));
    kt_json_set(item, "seconds", kt_json_seconds(marker->duration));
    kt_json_set(item, "name", kt_report_text(arena, marker->name));
    kt_json_set(item, "note", kt_report_text(arena, marker->note));
    kt_json_set(item, "colour", kt_report_text(arena, marker->colour));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *ambience_list(const KtFilm *film) {
  json_t *array = json_array();
  for (size_t i = 0; i < film->ambience.count; ++i) {
    const KtAmbience *ambience = &film->ambience.items[i];
    json_t *item = json_object();
    kt_json_set(item, "start_s", kt_json_seconds(ambience->start));
    kt_json_set(item, "end_s", kt_json_seconds(ambience->end));
    kt_json_set(item, "lufs", kt_json_number((double)ambience->lufs, 1));
    kt_json_set(item, "range_lu", kt_json_number((double)ambience->range_lu, 1));
    kt_json_set(item, "tilt_db", kt_json_number((double)ambience->tilt_db, 1));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *warning_list(const char *const *warnings, size_t count, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < count; ++i) {
    json_array_append_new(array, json_string(kt_text_valid(arena, warnings[i])));
  }
  return array;
}

void kt_report_add_film(json_t *root, const KtFilm *film, KtArena *arena) {
  kt_json_set(root, "film", film_facts(film, arena));
  kt_json_set(root, "shots", shot_list(film, arena));
  kt_json_set(root, "speech", kt_report_spans(film->speech.items, film->speech.count));
  kt_json_set(root, "music", kt_report_spans(film->music.items, film->music.count));
  kt_json_set(root, "silence", kt_report_spans(film->silence.items, film->silence.count));
  kt_json_set(root, "ambience", ambience_list(film));
  kt_json_set(root, "titles", kt_report_spans(film->titles.items, film->titles.count));
  kt_json_set(root, "moments", moment_list(film));
  kt_report_add_motion(root, film);
  kt_json_set(root, "markers", marker_list(film, arena));
}

static json_t *scene_list(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    json_t *item = json_object(), *people = json_array();
    kt_json_set(item, "index", json_integer(scene->index));
    kt_json_set(item, "heading", kt_report_text(arena, scene->heading));
    kt_json_set(item, "start_s", kt_json_seconds(scene->start));
    kt_json_set(item, "end_s", kt_json_seconds(scene->end));
    kt_json_set(item, "confidence", kt_json_number((double)scene->confidence, 3));
    for (size_t c = 0; c < scene->characters.count; ++c) {
      int index = scene->characters.items[c];
      if (index >= 0 && (size_t)index < story->characters.count) {
        json_array_append_new(people, kt_report_text(arena, story->characters.items[index].name));
      }
    }
    kt_json_set(item, "characters", people);
    kt_json_set(item, "valence", kt_json_number((double)scene->emotion.valence, 3));
    kt_json_set(item, "arousal", kt_json_number((double)scene->emotion.arousal, 3));
    kt_json_set(item, "tension", kt_json_number((double)scene->emotion.tension, 3));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *line_list(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->lines.count; ++i) {
    const KtLine *line = &story->lines.items[i];
    bool known = line->character >= 0 && (size_t)line->character < story->characters.count;
    json_t *item = json_object();
    kt_json_set(item, "character",
                kt_report_text(arena, known ? story->characters.items[line->character].name : ""));
    kt_json_set(item, "text", kt_report_text(arena, line->text));
    kt_json_set(item, "start_s", kt_json_seconds(line->start));
    kt_json_set(item, "end_s", kt_json_seconds(line->end));
    kt_json_set(item, "confidence", kt_json_number((double)line->confidence, 3));
    kt_json_set(item, "scene", line->scene >= 0 ? json_integer(line->scene) : json_null());
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *arc_list(const KtStory *story) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->arc.count; ++i) {
    const KtArcPoint *point = &story->arc.items[i];
    json_t *item = json_object();
    kt_json_set(item, "at_s", kt_json_seconds(point->at));
    kt_json_set(item, "valence", kt_json_number((double)point->emotion.valence, 4));
    kt_json_set(item, "arousal", kt_json_number((double)point->emotion.arousal, 4));
    kt_json_set(item, "tension", kt_json_number((double)point->emotion.tension, 4));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *character_list(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->characters.count; ++i) {
    const KtCharacter *character = &story->characters.items[i];
    json_t *item = json_object();
    kt_json_set(item, "name", kt_report_text(arena, character->name));
    kt_json_set(item, "weight", kt_json_number((double)character->weight, 3));
    kt_json_set(item, "lines", json_integer(character->lines));
    kt_json_set(item, "first_seen_s", kt_json_seconds(character->first_seen));
    kt_json_set(item, "rhythm", kt_report_text(arena, character->rhythm ? character->rhythm : ""));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *span_list(const KtSubject *subject) {
  json_t *array = json_array();
  for (size_t i = 0; i < subject->spans.count; ++i) {
    const KtSubjectSpan *span = &subject->spans.items[i];
    json_t *item = json_object();
    kt_json_set(item, "start_s", kt_json_seconds(span->start));
    kt_json_set(item, "end_s", kt_json_seconds(span->end));
    kt_json_set(item, "state", json_string(kt_state_name(span->state)));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *subject_list(const KtStory *story, KtArena *arena) {
  static const char *const kinds[] = {"character", "place", "idea"};
  json_t *array = json_array();
  for (size_t i = 0; i < story->subjects.count; ++i) {
    const KtSubject *subject = &story->subjects.items[i];
    json_t *item = json_object();
    kt_json_set(item, "name", kt_report_text(arena, subject->name));
    kt_json_set(item, "kind", json_string(kinds[subject->kind]));
    kt_json_set(item, "weight", kt_json_number((double)subject->weight, 3));
    kt_json_set(item, "rhythm", kt_report_text(arena, subject->rhythm ? subject->rhythm : ""));
    kt_json_set(item, "spans", span_list(subject));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *turn_list(const KtStory *story, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; i < story->turns.count; ++i) {
    const KtTurn *turn = &story->turns.items[i];
    json_t *item = json_object();
    kt_json_set(item, "at_s", kt_json_seconds(turn->at));
    kt_json_set(item, "kind", json_string(kt_turn_name(turn->kind)));
    kt_json_set(item, "weight", kt_json_number((double)turn->weight, 3));
    kt_json_set(item, "label", kt_report_text(arena, turn->label));
    json_array_append_new(array, item);
  }
  return array;
}

void kt_report_add_story(json_t *root, const KtStory *story, KtArena *arena) {
  kt_json_set(root, "scenes", scene_list(story, arena));
  kt_json_set(root, "lines", line_list(story, arena));
  kt_json_set(root, "arc", arc_list(story));
  kt_json_set(root, "characters", character_list(story, arena));
  kt_json_set(root, "turns", turn_list(story, arena));
  kt_json_set(root, "subjects", subject_list(story, arena));
  kt_json_set(root, "alignment",
              story->alignment >= 0 ? kt_json_number((double)story->alignment, 3) : json_null());
}

KtStatus kt_report_dump(json_t *root, char **text, KtError *err) {
  *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
  json_decref(root);
  return *text ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

KtStatus kt_report_film_json(const KtFilm *film, char **text, KtError *err) {
  KtArena *arena = kt_arena_new();
  if (!arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  json_t *root = json_object(), *loudness = json_object();
  kt_report_add_film(root, film, arena);
  kt_json_set(loudness, "integrated_lufs", kt_json_number(film->integrated_lufs, 2));
  kt_json_set(loudness, "dialogue_lufs", kt_json_number(film->dialogue_lufs, 2));
  kt_json_set(loudness, "film_peak_dbtp",
              film->audio_stream >= 0 ? kt_json_number(film->true_peak_dbtp, 2) : json_null());
  kt_json_set(root, "loudness", loudness);
  kt_json_set(root, "warnings", warning_list(film->warnings.items, film->warnings.count, arena));
  KtStatus status = kt_report_dump(root, text, err);
  kt_arena_free(arena);
  return status;
}

KtStatus kt_report_story_json(const KtStory *story, const KtTimecode *timecode, char **text,
                              KtError *err) {
  KtArena *arena = kt_arena_new();
  if (!arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  json_t *root = json_object();
  kt_json_set(root, "title", kt_report_text(arena, story->title));
  kt_json_set(root, "language", kt_report_text(arena, story->language));
  kt_json_set(root, "frame_rate",
              json_string(kt_arena_format(arena, "%d/%d", timecode->rate.num, timecode->rate.den)));
  kt_json_set(root, "start_timecode", kt_report_timecode(timecode, 0));
  kt_report_add_story(root, story, arena);
  kt_story_add_passes(root, story, arena);
  kt_json_set(root, "warnings", warning_list(story->warnings.items, story->warnings.count, arena));
  KtStatus status = kt_report_dump(root, text, err);
  kt_arena_free(arena);
  return status;
}
