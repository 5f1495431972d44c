// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// report.json: what was done and how well it was met.
#include "deliver/report.h"

#include "ear/recall.h"
#include "ear/tension.h"

#include "base/xml.h"

#include <math.h>
#include <string.h>

/// A list joined by `;` as an array.
static json_t *split(KtArena *arena, const char *list) {
  json_t *array = json_array();
  for (const char *at = list; *at;) {
    size_t length = strcspn(at, ";");
    json_array_append_new(array, kt_report_text(arena, kt_arena_text_n(arena, at, length)));
    at += length + (at[length] == ';');
  }
  return array;
}

/// Spans of a cue in seconds from its in.
static json_t *spans(const KtTempoMap *tempo, const KtTickSpan *items, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; ++i) {
    json_t *item = json_object();
    kt_json_set(item, "from_s", kt_json_number(kt_seconds(kt_tempo_time(tempo, items[i].start)), 6));
    kt_json_set(item, "to_s", kt_json_number(kt_seconds(kt_tempo_time(tempo, items[i].end)), 6));
    json_array_append_new(list, item);
  }
  return list;
}

static json_t *tempo_facts(const KtScore *score) {
  json_t *facts = json_object();
  kt_json_set(facts, "start_bpm", kt_json_number(kt_tempo_bpm(&score->tempo, 0), 3));
  kt_json_set(facts, "change_most",
              kt_json_number(kt_tempo_change_most(&score->tempo, &score->metres, score->end), 4));
  kt_json_set(facts, "upbeat_quarters",
              kt_json_number((double)(score->metres.count ? kt_metres_upbeat(&score->metres) : 0) / KT_PPQ, 3));
  kt_json_set(facts, "fermatas", spans(&score->tempo, score->tempo.holds.items, score->tempo.holds.count));
  kt_json_set(facts, "free", spans(&score->tempo, score->tempo.free.items, score->tempo.free.count));
  kt_json_set(facts, "constant_bpm", kt_json_number(score->constant_bpm, 3));
  kt_json_set(facts, "constant_missed", json_integer(score->constant_missed));
  kt_json_set(facts, "constant_near", json_integer(score->constant_near));
  kt_json_set(facts, "constant_off_frames", kt_json_number(score->constant_off_frames, 3));
  return facts;
}

/// How the tension of the written notes follows the arc: rank correlation, null for cues shorter than
/// half a minute or with an arc that is flat there.
/// The critic's marks for what was kept, and the totals of all that was proposed.
static json_t *critic_facts(const KtScore *score) {
  json_t *facts = json_object(), *marks = json_object(), *rivals = json_array();
  for (size_t i = 0; i < score->marks.count; ++i) {
    kt_json_set(marks, score->marks.items[i].name, kt_json_number((double)score->marks.items[i].value, 3));
  }
  for (size_t i = 0; i < score->rivals.count; ++i) {
    json_array_append_new(rivals, kt_json_number((double)score->rivals.items[i], 4));
  }
  kt_json_set(facts, "marks", marks);
  kt_json_set(facts, "proposals", rivals);
  kt_json_set(facts, "chosen", json_integer(score->chosen));
  return facts;
}

/// How many statistics were held against those of real scores, and which lie outside.
static json_t *norm_facts(const KtScore *score) {
  json_t *facts = json_object(), *outside = json_array();
  for (size_t i = 0; i < score->outliers.count; ++i) {
    const KtOutlier *o = &score->outliers.items[i];
    json_t *item = json_object();
    kt_json_set(item, "statistic", json_string(o->name));
    kt_json_set(item, "value", kt_json_number((double)o->value, 3));
    kt_json_set(item, "low", kt_json_number((double)o->low, 3));
    kt_json_set(item, "high", kt_json_number((double)o->high, 3));
    json_array_append_new(outside, item);
  }
  kt_json_set(facts, "counted", json_integer(score->counted));
  kt_json_set(facts, "outside", outside);
  return facts;
}

/// What of the picture's movement and colours and of the names went into the notes.
static json_t *beyond_items(const KtScore *score, const KtCue *cue, KtArena *arena) {
  json_t *array = json_array();
  for (size_t i = 0; score && i < score->beyond.count; ++i) {
    const KtBeyond *one = &score->beyond.items[i];
    json_t *item = json_object();
    kt_json_set(item, "at_s", kt_json_seconds(cue->in + kt_tempo_time(&score->tempo, one->at)));
    kt_json_set(item, "kind", json_string(one->kind));
    kt_json_set(item, "what", kt_report_text(arena, one->what));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *tension_fit(const KtDelivery *delivery, size_t index, KtArena *arena) {
  const KtCue *cue = &delivery->spotting->cues.items[index];
  const KtScore *score = kt_delivery_score(delivery, index);
  KtFilmTime step = KT_FLICKS_PER_SECOND / 2;
  size_t count = (size_t)((cue->out - cue->in) / step);
  if (!score || count < 60) {
    return json_null();
  }
  float *heard = KT_NEW(arena, float, count), *wanted = KT_NEW(arena, float, count);
  float low = 1, high = 0;
  for (size_t i = 0; heard && wanted && i < count; ++i) {
    wanted[i] = kt_story_at(delivery->story, cue->in + (KtFilmTime)i * step).tension;
    low = wanted[i] < low ? wanted[i] : low;
    high = wanted[i] > high ? wanted[i] : high;
  }
  if (!heard || !wanted || high - low < 0.2F) {
    return json_null();
  }
  kt_heard_tension(score, step, heard, count);
  return kt_json_number(kt_rank_correlation(arena, heard, wanted, count), 3);
}

/// Field recordings under the cue.
static json_t *texture_items(const KtDelivery *delivery, size_t cue, KtArena *arena) {
  json_t *list = json_array();
  for (size_t i = 0; delivery->world && i < delivery->world->items.count; ++i) {
    const KtWorldTexture *one = &delivery->world->items.items[i];
    if ((size_t)one->cue == cue) {
      json_t *item = json_object();
      kt_json_set(item, "file", kt_report_text(arena, kt_path_name(one->file)));
      kt_json_set(item, "kind", json_string(kt_world_kind_name(one->kind)));
      kt_json_set(item, "start_s", kt_json_seconds(one->start));
      kt_json_set(item, "end_s", kt_json_seconds(one->end));
      kt_json_set(item, "why", kt_report_text(arena, one->why));
      json_array_append_new(list, item);
    }
  }
  return list;
}

static json_t *cue_item(const KtDelivery *delivery, size_t index, KtArena *arena) {
  const KtCue *cue = &delivery->spotting->cues.items[index];
  const KtTimecode *timecode = &delivery->film->timecode;
  const KtScore *score = kt_delivery_score(delivery, index);
  const KtCueMix *mix = kt_delivery_cue_mix(delivery, index);
  json_t *item = json_object();
  kt_json_set(item, "cue", kt_report_text(arena, cue->name));
  kt_json_set(item, "in", kt_report_timecode(timecode, cue->in));
  kt_json_set(item, "out", kt_report_timecode(timecode, cue->out));
  kt_json_set(item, "seconds", kt_json_number(kt_seconds(cue->out - cue->in), 6));
  kt_json_set(item, "title", kt_report_text(arena, cue->title));
  kt_json_set(item, "function", json_string(kt_function_name(cue->function)));
  kt_json_set(item, "themes", split(arena, kt_cue_themes(delivery, index, arena)));
  kt_json_set(item, "valence", kt_json_number((double)cue->emotion.valence, 3));
  kt_json_set(item, "arousal", kt_json_number((double)cue->emotion.arousal, 3));
  kt_json_set(item, "tension", kt_json_number((double)cue->emotion.tension, 3));
  kt_json_set(item, "entry", json_string(kt_entry_name(cue->entry)));
  kt_json_set(item, "exit", json_string(kt_exit_name(cue->exit)));
  kt_json_set(item, "status", json_string(kt_cue_status(delivery, index)));
  kt_json_set(item, "in_s", kt_json_seconds(cue->in));
  kt_json_set(item, "out_s", kt_json_seconds(cue->out));
  kt_json_set(item, "reason", kt_report_text(arena, cue->reason));
  kt_json_set(item, "characters", split(arena, kt_cue_characters(delivery, index, arena)));
  kt_json_set(item, "locked", json_boolean(cue->locked));
  kt_json_set(item, "speech_share", kt_json_number((double)cue->speech_share, 3));
  kt_json_set(item, "integrated_lufs", mix ? kt_json_number(mix->integrated_lufs, 2) : json_null());
  kt_json_set(item, "duck_db", mix ? kt_json_number(mix->duck_db, 2) : json_null());
  kt_json_set(item, "textures", texture_items(delivery, index, arena));
  if (score && score->palette) {
    kt_json_set(item, "palette", json_string(score->palette));
  }
  kt_json_set(item, "tension_fit", tension_fit(delivery, index, arena));
  kt_json_set(item, "beyond", beyond_items(score, cue, arena));
  kt_json_set(item, "tempo", score ? tempo_facts(score) : json_null());
  kt_json_set(item, "critic", score && score->marks.count ? critic_facts(score) : json_null());
  kt_json_set(item, "norms", score && score->counted ? norm_facts(score) : json_null());
  return item;
}

static json_t *hit_item(const KtDelivery *delivery, size_t index, const KtHitResult *result, const char *note,
                        KtArena *arena) {
  const KtHit *hit = &delivery->spotting->hits.items[index];
  json_t *item = json_object();
  kt_json_set(item, "cue", kt_report_text(arena, delivery->spotting->cues.items[hit->cue].name));
  kt_json_set(item, "at", kt_report_timecode(&delivery->film->timecode, hit->at));
  kt_json_set(item, "label", kt_report_text(arena, hit->label));
  kt_json_set(item, "kind", json_string(kt_hit_name(hit->kind)));
  kt_json_set(item, "weight", kt_json_number((double)hit->weight, 3));
  kt_json_set(item, "tolerance_frames", kt_json_number((double)hit->tolerance_frames, 2));
  kt_json_set(item, "bar", result->placed ? json_integer(result->bar) : json_null());
  kt_json_set(item, "beat", result->placed ? kt_json_number(result->beat, 3) : json_null());
  kt_json_set(item, "notated_error_ms", kt_json_number(result->notated_error_ms, 3));
  kt_json_set(item, "heard_error_ms", kt_json_number(result->heard_error_ms, 3));
  kt_json_set(item, "at_s", kt_json_seconds(hit->at));
  kt_json_set(item, "source", kt_report_text(arena, hit->source));
  kt_json_set(item, "met", result->placed ? json_boolean(result->met) : json_null());
  kt_json_set(item, "note", kt_report_text(arena, note));
  return item;
}

/// A concert piece has a length and themes, and no time in the film.
static json_t *suite_item(const KtConcertPiece *suite, KtArena *arena) {
  if (!suite) {
    return json_null();
  }
  json_t *item = json_object();
  kt_json_set(item, "cue", kt_report_text(arena, suite->cue));
  kt_json_set(item, "title", kt_report_text(arena, suite->title));
  kt_json_set(item, "seconds", kt_json_number(suite->seconds, 6));
  kt_json_set(item, "reason", kt_report_text(arena, suite->reason));
  kt_json_set(item, "themes", split(arena, suite->themes));
  return item;
}

void kt_report_add_cues(json_t *root, const KtDelivery *delivery, const KtHitResult *results,
                        KtArena *arena) {
  json_t *cues = json_array(), *hits = json_array(), *spans = json_array(), *silence = json_object();
  for (size_t i = 0; i < delivery->spotting->cues.count; ++i) {
    json_array_append_new(cues, cue_item(delivery, i, arena));
  }
  for (size_t i = 0; i < delivery->spotting->hits.count; ++i) {
    json_array_append_new(hits, hit_item(delivery, i, &results[i], kt_hit_note(delivery, results, i, arena), arena));
  }
  double seconds = 0;
  for (size_t i = 0; i < delivery->spotting->silences.count; ++i) {
    const KtSilence *gap = &delivery->spotting->silences.items[i];
    json_t *item = json_object();
    kt_json_set(item, "in", kt_report_timecode(&delivery->film->timecode, gap->in));
    kt_json_set(item, "out", kt_report_timecode(&delivery->film->timecode, gap->out));
    kt_json_set(item, "seconds", kt_json_number(kt_seconds(gap->out - gap->in), 6));
    kt_json_set(item, "in_s", kt_json_seconds(gap->in));
    kt_json_set(item, "out_s", kt_json_seconds(gap->out));
    kt_json_set(item, "reason", kt_report_text(arena, gap->reason));
    json_array_append_new(spans, item);
    seconds += kt_seconds(gap->out - gap->in);
  }
  double length = kt_seconds(delivery->film->duration);
  kt_json_set(root, "cues", cues);
  kt_json_set(root, "suite", suite_item(delivery->suite, arena));
  kt_json_set(root, "hits", hits);
  kt_json_set(silence, "seconds", kt_json_number(seconds, 6));
  kt_json_set(silence, "share", kt_json_number(length > 0 ? seconds / length : 0, 4));
  kt_json_set(silence, "spans", spans);
  kt_json_set(root, "silence", silence);
}

/// Name of the MIDI track that plays a part of a cue.
static const char *track_name(const KtDelivery *delivery, size_t cue, int part, KtArena *arena) {
  const KtPerformance *performance = delivery->performances ? delivery->performances[cue] : NULL;
  for (size_t i = 0; performance && i < performance->tracks.count; ++i) {
    if (performance->tracks.items[i].part == part) {
      return kt_track_name(performance, i, arena);
    }
  }
  const KtScore *score = delivery->scores[cue];
  if (part < 0 || (size_t)part >= score->parts.count) {
    return "";
  }
  const KtPart *played = &score->parts.items[part];
  return played->name ? played->name : played->id;
}

static void add_statements(const KtDelivery *delivery, size_t cue_index, int theme, json_t *array,
                           KtArena *arena) {
  const KtScore *score = kt_delivery_score(delivery, cue_index);
  const KtCue *cue = &delivery->spotting->cues.items[cue_index];
  for (size_t i = 0; score && i < score->statements.count; ++i) {
    const KtStatement *statement = &score->statements.items[i];
    if (statement->theme != theme) {
      continue;
    }
    json_t *item = json_object();
    kt_json_set(item, "cue", kt_report_text(arena, cue->name));
    kt_json_set(item, "track",
                kt_report_text(arena, track_name(delivery, cue_index, statement->part, arena)));
    kt_json_set(item, "at_s", kt_json_seconds(cue->in + kt_tempo_time(&score->tempo, statement->start)));
    kt_json_set(item, "end_s", kt_json_seconds(cue->in + kt_tempo_time(&score->tempo, statement->end)));
    kt_json_set(item, "transform", json_string(kt_transform_name(statement->transform)));
    kt_json_set(item, "transpose", json_integer(statement->transpose));
    kt_json_set(item, "notes", json_integer(statement->notes));
    kt_json_set(item, "recognisable", json_boolean(statement->recognisable));
    const KtTheme *tune = &delivery->themes->items.items[theme];
    KtTick from = statement->start - KT_PPQ / 2, to = statement->end;
    kt_json_set(item, "heard", json_boolean(kt_heard_theme(arena, tune, score, from, to, false)));
    kt_json_set(item, "heard_backwards", json_boolean(kt_heard_theme(arena, tune, score, from, to, true)));
    json_array_append_new(array, item);
  }
}

void kt_report_add_themes(json_t *root, const KtDelivery *delivery, KtArena *arena) {
  json_t *array = json_array();
  for (size_t t = 0; delivery->themes && t < delivery->themes->items.count; ++t) {
    const KtTheme *theme = &delivery->themes->items.items[t];
    if (!kt_delivery_sounds(delivery, t)) {
      continue;
    }
    json_t *item = json_object(), *statements = json_array();
    for (size_t c = 0; c < delivery->spotting->cues.count; ++c) {
      add_statements(delivery, c, (int)t, statements, arena);
    }
    kt_json_set(item, "id", kt_report_text(arena, theme->id));
    kt_json_set(item, "subject", kt_report_text(arena, kt_theme_subject_name(delivery, theme)));
    kt_json_set(item, "title", kt_report_text(arena, theme->title));
    kt_json_set(item, "abc", kt_report_text(arena, kt_theme_abc(delivery, t, arena)));
    kt_json_set(item, "rhythm_from", kt_report_text(arena, theme->rhythm_from));
    kt_json_set(item, "locked", json_boolean(theme->locked));
    kt_json_set(item, "score", kt_json_number((double)theme->score, 3));
    json_t *scores = json_object();
    kt_json_set(scores, "distinct", kt_json_number((double)theme->marks.distinct, 3));
    kt_json_set(scores, "contour", kt_json_number((double)theme->marks.contour, 3));
    kt_json_set(scores, "singable", kt_json_number((double)theme->marks.singable, 3));
    kt_json_set(scores, "alone", kt_json_number((double)theme->marks.alone, 3));
    kt_json_set(scores, "fits", kt_json_number((double)theme->marks.fits, 3));
    kt_json_set(item, "scores", scores);
    kt_json_set(item, "statements", statements);
    json_array_append_new(array, item);
  }
  kt_json_set(root, "themes", array);
}

static json_t *loudness_facts(const KtDelivery *delivery, KtArena *arena) {
  const KtMix *mix = delivery->mix;
  const KtMixOptions *options = delivery->mix_options;
  json_t *facts = json_object();
  kt_json_set(facts, "spec", kt_report_text(arena, options ? options->loudness : NULL));
  kt_json_set(facts, "gain_db", mix ? kt_json_number(mix->gain_db, 3) : json_null());
  kt_json_set(facts, "integrated_lufs", mix ? kt_json_number(mix->integrated_lufs, 2) : json_null());
  kt_json_set(facts, "dialogue_lufs", mix ? kt_json_number(mix->dialogue_lufs, 2) : json_null());
  kt_json_set(facts, "true_peak_dbtp", mix ? kt_json_number(mix->true_peak_dbtp, 2) : json_null());
  kt_json_set(facts, "film_peak_dbtp", mix ? kt_json_number(mix->film_peak_dbtp, 2) : json_null());
  kt_json_set(facts, "limiter_max_reduction_db",
              mix ? kt_json_number(mix->limiter_max_reduction_db, 2) : json_null());
  kt_json_set(facts, "glue_max_reduction_db", mix ? kt_json_number(mix->glue_max_reduction_db, 2) : json_null());
  kt_json_set(facts, "film_peaks_s", mix ? kt_json_number(mix->film_peaks_s, 3) : json_null());
  kt_json_set(facts, "music_lufs", mix ? kt_json_number(mix->music_lufs, 2) : json_null());
  kt_json_set(facts, "loudness_range_lu", mix ? kt_json_number(mix->loudness_range_lu, 2) : json_null());
  kt_json_set(facts, "speech_margin_lu", mix ? kt_json_number(mix->speech_margin_lu, 2) : json_null());
  kt_json_set(facts, "film_integrated_lufs", kt_json_number(delivery->film->integrated_lufs, 2));
  return facts;
}

static json_t *file_facts(const KtDelivery *delivery, const char *scored, KtArena *arena) {
  json_t *facts = json_object();
  const KtMix *mix = delivery->mix;
  kt_json_set(facts, "scored", kt_report_text(arena, mix ? scored : ""));
  kt_json_set(facts, "mix", kt_report_text(arena, mix && mix->mix_path
      ? kt_arena_format(arena, "%s.mix.wav", delivery->name) : ""));
  kt_json_set(facts, "music", kt_report_text(arena, mix && mix->music_path
      ? kt_arena_format(arena, "%s.music.wav", delivery->name) : ""));
  return facts;
}

static void add_rest(json_t *root, const KtDelivery *delivery, const char *scored, KtArena *arena) {
  json_t *library = json_object(), *timing = json_array(), *warnings = json_array();
  const KtOrchestra *orchestra = delivery->orchestra;
  kt_json_set(root, "loudness", loudness_facts(delivery, arena));
  kt_json_set(library, "name", kt_report_text(arena, orchestra ? orchestra->library : ""));
  kt_json_set(library, "sha256", kt_report_text(arena, delivery->library_sha256));
  kt_json_set(root, "library", library);
  kt_json_set(root, "palette", kt_report_text(arena, delivery->palette ? delivery->palette->id : ""));
  kt_json_set(root, "seed", delivery->ctx ? json_integer((json_int_t)delivery->ctx->seed) : json_null());
  kt_json_set(root, "share", kt_json_number((double)delivery->spotting->share, 4));
  kt_json_set(root, "wanted_share", kt_json_number((double)delivery->spotting->wanted_share, 4));
  kt_json_set(root, "bound_by", kt_report_text(arena, delivery->spotting->bound_by));
  kt_json_set(root, "files", file_facts(delivery, scored, arena));
  for (size_t i = 0; i < delivery->time_count; ++i) {
    json_t *item = json_object();
    kt_json_set(item, "stage", kt_report_text(arena, delivery->times[i].stage));
    kt_json_set(item, "wall_s", kt_json_number(delivery->times[i].wall_s, 3));
    json_array_append_new(timing, item);
  }
  kt_json_set(root, "timing", timing);
  for (size_t i = 0; i < delivery->film->warnings.count; ++i) {
    json_array_append_new(warnings, kt_report_text(arena, delivery->film->warnings.items[i]));
  }
  for (size_t i = 0; i < delivery->story->warnings.count; ++i) {
    json_array_append_new(warnings, kt_report_text(arena, delivery->story->warnings.items[i]));
  }
  kt_json_set(root, "warnings", warnings);
  kt_json_set(root, "program", kt_report_text(arena, delivery->program));
}

static KtStatus add_heard(json_t *root, const KtDelivery *delivery, const KtHitResult *results, KtError *err) {
  KtHitsHeard heard;
  KtStatus status = kt_hear_all(delivery, results, &heard, err);
  json_t *item = json_object();
  kt_json_set(item, "hard", json_integer(heard.hard));
  kt_json_set(item, "near", json_integer(heard.near));
  kt_json_set(item, "far", json_integer(heard.far));
  kt_json_set(item, "near_ms", kt_json_number(heard.near_ms, 3));
  kt_json_set(item, "far_ms", kt_json_number(heard.far_ms, 3));
  kt_json_set(item, "median_ms", kt_json_number(heard.median_ms, 3));
  kt_json_set(item, "by_chance", heard.moments ? kt_json_number((double)heard.chance / heard.moments, 3) : json_null());
  kt_json_set(root, "hits_heard", item);
  return status;
}

static KtStatus write_json(const KtDelivery *delivery, const KtHitResult *results, const char *scored,
                           KtArena *arena, KtError *err) {
  char path[KT_PATH_SIZE];
  KtStatus status = kt_delivery_path(delivery, path, err, "report.json");
  if (status) {
    return status;
  }
  json_t *root = json_object();
  kt_report_add_film(root, delivery->film, arena);
  kt_report_add_story(root, delivery->story, arena);
  kt_report_add_cues(root, delivery, results, arena);
  kt_report_add_themes(root, delivery, arena);
  add_rest(root, delivery, scored, arena);
  status = add_heard(root, delivery, results, err);
  if (status) {
    json_decref(root);
    return status;
  }
  status = root && !kt_arena_failed(arena) ? kt_json_write(root, path, err)
                                           : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  json_decref(root);
  return status;
}

KtStatus kt_deliver_report(const KtDelivery *delivery, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtHitResult *results = NULL;
  char scored[KT_PATH_SIZE] = "";
  KtStatus status = arena ? kt_hit_results(delivery, arena, &results, err)
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status && delivery->mix) {
    status = kt_scored_name(delivery, scored, err);
  }
  if (!status) {
    status = write_json(delivery, results, scored, arena, err);
  }
  if (!status) {
    status = kt_report_html(delivery, results, scored, arena, err);
  }
  kt_arena_free(arena);
  return status;
}
