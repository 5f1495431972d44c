// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What moves in the film, and how fast it goes.
#include "deliver/report.h"

static json_t *gesture_list(const KtFilm *film) {
  json_t *array = json_array();
  for (size_t i = 0; i < film->gestures.count; ++i) {
    const KtGesture *gesture = &film->gestures.items[i];
    json_t *item = json_object();
    kt_json_set(item, "start_s", kt_json_seconds(gesture->start));
    kt_json_set(item, "end_s", kt_json_seconds(gesture->end));
    kt_json_set(item, "kind", json_string(kt_gesture_name(gesture->kind)));
    kt_json_set(item, "direction_deg", kt_json_number((double)gesture->direction, 1));
    kt_json_set(item, "travel", kt_json_number((double)gesture->travel, 3));
    kt_json_set(item, "strength", kt_json_number((double)gesture->strength, 3));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *camera_list(const KtFilm *film) {
  json_t *array = json_array();
  for (size_t i = 0; i < film->camera.count; ++i) {
    const KtCameraMove *move = &film->camera.items[i];
    json_t *item = json_object();
    kt_json_set(item, "start_s", kt_json_seconds(move->start));
    kt_json_set(item, "end_s", kt_json_seconds(move->end));
    kt_json_set(item, "kind", json_string(kt_camera_name(move->kind)));
    kt_json_set(item, "direction_deg", kt_json_number((double)move->direction, 1));
    kt_json_set(item, "amount", kt_json_number((double)move->amount, 3));
    kt_json_set(item, "strength", kt_json_number((double)move->strength, 3));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *pace_list(const KtFilm *film) {
  json_t *array = json_array();
  for (size_t i = 0; i < film->pace.count; ++i) {
    const KtPacePoint *point = &film->pace.items[i];
    json_t *item = json_object();
    kt_json_set(item, "at_s", json_integer((json_int_t)i));
    kt_json_set(item, "cuts_per_minute", kt_json_number((double)point->cuts_per_minute, 2));
    kt_json_set(item, "motion", kt_json_number((double)point->motion, 3));
    kt_json_set(item, "pace", kt_json_number((double)point->pace, 3));
    json_array_append_new(array, item);
  }
  return array;
}

/// Curves of movement, four points a second, each the mean of its quarter: columns, as they are long.
static json_t *motion_curves(const KtFilm *film) {
  static const char *const names[] = {"energy",  "local",    "local_x", "local_y",
                                      "camera_x", "camera_y", "zoom"};
  enum { CURVES = 7 };
  const KtFilmTime step = KT_FLICKS_PER_SECOND / 4;
  json_t *object = json_object(), *curves[CURVES];
  kt_json_set(object, "step_s", kt_json_seconds(step));
  for (int c = 0; c < CURVES; ++c) {
    curves[c] = json_array();
    kt_json_set(object, names[c], curves[c]);
  }
  size_t frame = 0;
  for (KtFilmTime at = 0; frame < film->frames.count; at += step) {
    double sums[CURVES] = {0}, count = 0;
    for (; frame < film->frames.count && film->frames.items[frame].time < at + step; ++frame) {
      const KtFrame *f = &film->frames.items[frame];
      const float values[CURVES] = {f->motion,   f->local,    f->local_x, f->local_y,
                                    f->camera_x, f->camera_y, f->zoom};
      for (int c = 0; c < CURVES; ++c) {
        sums[c] += (double)values[c];
      }
      ++count;
    }
    for (int c = 0; c < CURVES; ++c) {
      json_array_append_new(curves[c], kt_json_number(count > 0 ? sums[c] / count : 0, 3));
    }
  }
  return object;
}

void kt_report_add_motion(json_t *root, const KtFilm *film) {
  kt_json_set(root, "gestures", gesture_list(film));
  kt_json_set(root, "camera", camera_list(film));
  kt_json_set(root, "pace", pace_list(film));
  kt_json_set(root, "motion", motion_curves(film));
}
