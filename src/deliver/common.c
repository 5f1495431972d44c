// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/common.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

KtStatus kt_delivery_path(const KtDelivery *delivery, char path[KT_PATH_SIZE], KtError *err,
                          const char *format, ...) {
  int used = snprintf(path, KT_PATH_SIZE, "%s/", delivery->folder);
  if (used > 0 && used < KT_PATH_SIZE) {
    va_list args;
    va_start(args, format);
    int more = vsnprintf(path + used, (size_t)(KT_PATH_SIZE - used), format, args);
    va_end(args);
    used = more < 0 ? more : used + more;
  }
  if (used < 0 || used >= KT_PATH_SIZE) {
    return kt_error_at(err, KT_ERR_IO, delivery->folder, 0, 0,
                       "the path is too long; choose a folder nearer to the root");
  }
  return KT_OK;
}

KtStatus kt_delivery_open_cue(const KtDelivery *delivery, size_t cue, const char *extension,
                              KtAtomicFile *file, KtError *err) {
  const char *name = delivery->spotting->cues.items[cue].name;
  char path[KT_PATH_SIZE];
  KtStatus status = kt_delivery_path(delivery, path, err, "cues/%s", name);
  if (!status) {
    status = kt_make_dirs(path, err);
  }
  if (!status) {
    status = kt_delivery_path(delivery, path, err, "cues/%s/%s.%s", name, name, extension);
  }
  return status ? status : kt_atomic_open(file, path, err);
}

bool kt_delivery_wants(const KtDelivery *delivery, size_t cue) {
  return !delivery->cues_wanted || delivery->cues_wanted[cue];
}

const KtScore *kt_delivery_score(const KtDelivery *delivery, size_t cue) {
  return delivery->scores && cue < delivery->spotting->cues.count ? delivery->scores[cue] : NULL;
}

bool kt_delivery_sounds(const KtDelivery *delivery, size_t theme) {
  size_t cues = delivery->scores ? delivery->spotting->cues.count : 0;
  bool sounds = !cues || delivery->themes->items.items[theme].locked;
  for (size_t c = 0; c < cues && !sounds; ++c) {
    const KtScore *score = kt_delivery_score(delivery, c);
    for (size_t i = 0; score && i < score->statements.count; ++i) {
      sounds = sounds || score->statements.items[i].theme == (int)theme;
    }
  }
  return sounds;
}

const KtCueMix *kt_delivery_cue_mix(const KtDelivery *delivery, size_t cue) {
  if (!delivery->mix || cue >= delivery->mix->count || !delivery->mix->cues[cue].path) {
    return NULL;
  }
  return &delivery->mix->cues[cue];
}

/// Appends `name` to a list joined by `;` unless it is in it.
static const char *join(KtArena *arena, const char *list, const char *name) {
  size_t length = strlen(name);
  for (const char *at = list; *at; at += strcspn(at, ";"), at += *at == ';') {
    if (strcspn(at, ";") == length && !strncmp(at, name, length)) {
      return list;
    }
  }
  return *list ? kt_arena_format(arena, "%s;%s", list, name) : kt_arena_text(arena, name);
}

const char *kt_cue_themes(const KtDelivery *delivery, size_t cue, KtArena *arena) {
  const KtScore *score = kt_delivery_score(delivery, cue);
  const KtThemes *themes = delivery->themes;
  const char *list = "";
  if (!themes) {
    return list;
  }
  if (score) {
    for (size_t i = 0; i < score->statements.count; ++i) {
      int theme = score->statements.items[i].theme;
      if (theme >= 0 && (size_t)theme < themes->items.count) {
        list = join(arena, list, themes->items.items[theme].id);
      }
    }
    return list;
  }
  const KtCue *spotted = &delivery->spotting->cues.items[cue];
  for (size_t i = 0; i < spotted->subjects.count; ++i) {
    for (size_t t = 0; t < themes->items.count; ++t) {
      if (themes->items.items[t].subject == spotted->subjects.items[i]) {
        list = join(arena, list, themes->items.items[t].id);
      }
    }
  }
  return list;
}

const char *kt_cue_characters(const KtDelivery *delivery, size_t cue, KtArena *arena) {
  const KtCue *spotted = &delivery->spotting->cues.items[cue];
  const KtStory *story = delivery->story;
  const char *list = "";
  for (size_t i = 0; story && i < spotted->subjects.count; ++i) {
    int index = spotted->subjects.items[i];
    if (index >= 0 && (size_t)index < story->subjects.count &&
        story->subjects.items[index].kind == KT_SUBJECT_CHARACTER) {
      list = join(arena, list, story->subjects.items[index].name);
    }
  }
  return list;
}

const char *kt_cue_status(const KtDelivery *delivery, size_t cue) {
  return kt_delivery_score(delivery, cue) ? "composed" : "spotted";
}

const char *kt_theme_subject_name(const KtDelivery *delivery, const KtTheme *theme) {
  const KtStory *story = delivery->story;
  if (story && theme->subject >= 0 && (size_t)theme->subject < story->subjects.count) {
    return story->subjects.items[theme->subject].name;
  }
  return theme->title ? theme->title : "";
}

static const char *bare_name(const KtTrack *track) {
  return track->name ? track->name : track->instrument ? track->instrument->name : "";
}

const char *kt_track_name(const KtPerformance *performance, size_t track, KtArena *arena) {
  const char *name = bare_name(&performance->tracks.items[track]);
  int before = 0;
  for (size_t i = 0; i < track; ++i) {
    before += strcmp(bare_name(&performance->tracks.items[i]), name) == 0;
  }
  return before ? kt_arena_format(arena, "%s %d", name, before + 1) : name;
}

static void place(const KtDelivery *delivery, const KtScore *score, const KtScoreHit *at,
                  KtHitResult *result) {
  const KtHit *hit = &delivery->spotting->hits.items[at->hit];
  const KtCue *cue = &delivery->spotting->cues.items[hit->cue];
  result->placed = true;
  result->met = at->met;
  result->tick = at->tick;
  kt_metres_position(&score->metres, at->tick, &result->bar, &result->beat);
  KtFilmTime off = kt_tempo_time(&score->tempo, at->tick) - (hit->at - cue->in);
  result->notated_error_ms = kt_seconds(off) * 1000;
}

KtStatus kt_hit_results(const KtDelivery *delivery, KtArena *arena, KtHitResult **results,
                        KtError *err) {
  const KtSpotting *spotting = delivery->spotting;
  KtHitResult *all = KT_NEW(arena, KtHitResult, spotting->hits.count + 1);
  if (!all) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < spotting->hits.count; ++i) {
    all[i].notated_error_ms = all[i].heard_error_ms = NAN;
  }
  for (size_t c = 0; c < spotting->cues.count; ++c) {
    const KtScore *score = kt_delivery_score(delivery, c);
    for (size_t i = 0; score && i < score->hits.count; ++i) {
      const KtScoreHit *at = &score->hits.items[i];
      if (at->hit >= 0 && (size_t)at->hit < spotting->hits.count) {
        place(delivery, score, at, &all[at->hit]);
      }
    }
    KtStatus status = kt_hear_cue(delivery, c, all, err);
    if (status) {
      return status;
    }
  }
  *results = all;
  return KT_OK;
}

static bool is_struck(const KtHit *hit) {
  return hit->kind == KT_HIT_HARD || hit->kind == KT_HIT_STOP;
}

/// The nearest hard hit of the same cue that is met, -1 where there is none.
static int nearest_kept(const KtDelivery *delivery, const KtHitResult *results, size_t hit) {
  const KtHit *own = &delivery->spotting->hits.items[hit];
  int nearest = -1;
  double least = INFINITY;
  for (size_t i = 0; i < delivery->spotting->hits.count; ++i) {
    const KtHit *other = &delivery->spotting->hits.items[i];
    double away = fabs(kt_seconds(other->at - own->at));
    if (i != hit && other->cue == own->cue && is_struck(other) && results[i].placed &&
        results[i].met && away < least) {
      least = away;
      nearest = (int)i;
    }
  }
  return nearest;
}

/// What a cue's bars were fitted within; before it is composed what brief or palette allow.
static void allowed_bpm(const KtDelivery *delivery, int cue, double *low, double *high) {
  const KtScore *score = kt_delivery_score(delivery, (size_t)cue);
  const KtBrief *brief = delivery->brief;
  *low = brief && brief->tempo_min_bpm > 0 ? (double)brief->tempo_min_bpm : (double)delivery->palette->tempo_min_bpm;
  *high = brief && brief->tempo_max_bpm > 0 ? (double)brief->tempo_max_bpm : (double)delivery->palette->tempo_max_bpm;
  if (score && score->bpm_most > 0) {
    *low = score->bpm_least;
    *high = score->bpm_most;
  }
}

const char *kt_hit_note(const KtDelivery *delivery, const KtHitResult *results, size_t hit,
                        KtArena *arena) {
  enum { MOST_BEATS = 64 };
  const KtHit *own = &delivery->spotting->hits.items[hit];
  if (!is_struck(own) || (results[hit].placed && results[hit].met) || !delivery->palette) {
    return "";
  }
  const char *missed = results[hit].placed
                           ? kt_arena_format(arena, "missed by %.0f ms", results[hit].notated_error_ms)
                           : "not met";
  int kept = nearest_kept(delivery, results, hit);
  if (kept < 0) {
    return missed;
  }
  double low, high;
  allowed_bpm(delivery, own->cue, &low, &high);
  const KtHit *other = &delivery->spotting->hits.items[kept];
  double apart_s = fabs(kt_seconds(other->at - own->at));
  double slack_s = (double)own->tolerance_frames / kt_rate_fps(delivery->film->timecode.rate);
  double slack = fmin(slack_s, apart_s / 4);
  double best = INFINITY, from = 0, to = 0;
  for (int beats = 1; beats <= MOST_BEATS; ++beats) { // whole beats between the two
    double least = 60 * beats / (apart_s + slack);
    double most = 60 * beats / (apart_s - slack);
    double away = most < low ? low - most : least > high ? least - high : 0;
    if (away < best) {
      best = away;
      from = least;
      to = most;
    }
  }
  char at[KT_TIMECODE_SIZE];
  kt_timecode_print(&delivery->film->timecode, other->at, at);
  return kt_arena_format(arena,
                         "%s; the hit at %s is kept; %.0f to %.0f quarters a minute between them would meet "
                         "both (%.0f to %.0f are allowed)",
                         missed, at, from, to, low, high);
}

const char *kt_cue_unmet(const KtDelivery *delivery, const KtHitResult *results, size_t cue, KtArena *arena) {
  const char *list = "";
  for (size_t i = 0; i < delivery->spotting->hits.count; ++i) {
    const KtHit *hit = &delivery->spotting->hits.items[i];
    const char *note = (size_t)hit->cue == cue ? kt_hit_note(delivery, results, i, arena) : "";
    if (note[0]) {
      char at[KT_TIMECODE_SIZE];
      kt_timecode_print(&delivery->film->timecode, hit->at, at);
      list = kt_arena_format(arena, "%s%s%s %s: %s", list, list[0] ? " | " : "", at, hit->label, note);
    }
  }
  return list;
}

void kt_date_text(int64_t seconds, char date[16], char time[16]) {
  int64_t days = seconds / 86400 - (seconds % 86400 < 0);
  int64_t rest = seconds - days * 86400;
  // Civil date of a day count, years from March (H. Hinnant, 2013, "chrono-compatible low-level date
  // algorithms"): free of the C library's zones.
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t day_of_era = days - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month = (5 * day_of_year + 2) / 153;
  int64_t day = day_of_year - (153 * month + 2) / 5 + 1;
  int64_t year = year_of_era + era * 400 + (month >= 10);
  month = month < 10 ? month + 3 : month - 9;
  snprintf(date, 16, "%04d-%02d-%02d", (int)(year % 10000), (int)month, (int)day);
  snprintf(time, 16, "%02d:%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}
