// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An edit list brought onto the film's time: by the timecode of the first picture, which the list
// itself gives where the film has none; held against the cuts that are seen.
#include "film/edit.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 4, MOST_COMPARED = 3000, FAR_S = 900 };
#define WELL   0.6 ///< share of cuts that must be seen where a list is taken to fit
#define BADLY  0.35
#define A_HOUR (INT64_C(3600) * KT_FLICKS_PER_SECOND)

typedef struct Placing {
  KtFilm *film;
  const KtEdit *edit;
  KtRate rate;     ///< the list's
  KtFilmTime zero; ///< the film's first picture in the list's time
  bool kin;        ///< the same frames, but for 1000/1001
} Placing;

static void tell(const Placing *p, const char *line) {
  const char **warning = kt_array_push(p->film->arena, &p->film->warnings);
  if (warning) {
    *warning = kt_arena_format(p->film->arena, "%s: %s", kt_path_name(p->edit->path), line);
  }
}

static KtFilmTime to_film(const Placing *p, KtFilmTime time) {
  KtFilmTime from_zero = time - p->zero;
  if (!p->kin) {
    return from_zero;
  }
  KtFilmTime half = kt_frame_time(p->rate, 1) / 2;
  return kt_frame_time(p->film->rate, kt_time_frame(p->rate, from_zero + half));
}

/// The picture whose beginning is nearest; the count of pictures at the end.
static int frame_near(const KtFilm *film, KtFilmTime time) {
  int count = (int)film->frames.count, at = kt_film_frame_at(film, time);
  KtFilmTime here = film->frames.items[at].time;
  KtFilmTime next =
      at + 1 < count ? film->frames.items[at + 1].time : here + kt_frame_time(film->rate, 1);
  return time - here > next - time ? at + 1 : at;
}

static void label(const Placing *p, KtFilmTime time, char text[KT_TIMECODE_SIZE]) {
  KtTimecode list = {.rate = p->rate, .drop = p->edit->drop};
  kt_timecode_print(&list, time, text);
}

/// The film's own timecode, read as the list counts.
static KtFilmTime zero_by_timecode(const Placing *p) {
  KtTimecode list = {.rate = p->rate, .drop = p->edit->drop};
  char text[KT_TIMECODE_SIZE];
  int64_t frames = 0;
  kt_timecode_print(&p->film->timecode, 0, text);
  if (kt_timecode_parse(&list, text, &frames, NULL)) { // a number that its count leaves out
    double fps = kt_rate_fps(p->rate), own = kt_rate_fps(p->film->rate);
    return kt_frame_time(p->rate,
                         (int64_t)((double)p->film->timecode.start_frames * fps / own + 0.5));
  }
  return kt_frame_time(p->rate, frames);
}

static KtFilmTime list_start(const KtEdit *edit) {
  KtFilmTime event = edit->events.count ? edit->events.items[0].start : INT64_MAX;
  KtFilmTime marker = edit->markers.count ? edit->markers.items[0].at : INT64_MAX;
  return event < marker ? event : marker;
}

static KtFilmTime list_end(const KtEdit *edit) {
  size_t events = edit->events.count, markers = edit->markers.count;
  KtFilmTime event = events ? edit->events.items[events - 1].end : INT64_MIN;
  KtFilmTime marker = markers ? edit->markers.items[markers - 1].at + 1 : INT64_MIN;
  return event > marker ? event : marker;
}

static bool meets(const Placing *p) {
  return list_end(p->edit) > p->zero && to_film(p, list_start(p->edit)) < p->film->duration;
}

/// Frames of the film where the list cuts; gives their count, at most MOST_COMPARED.
static int list_cuts(const Placing *p, int *frames) {
  int count = 0, last = (int)p->film->frames.count;
  for (size_t i = 0; i < p->edit->events.count && count < MOST_COMPARED; ++i) {
    const KtEditEvent *event = &p->edit->events.items[i];
    int at = frame_near(p->film, to_film(p, event->start));
    if (!event->through && to_film(p, event->start) > 0 && at < last) {
      frames[count++] = at;
    }
  }
  return count;
}

static int seen_cuts(const KtFilm *film, int *frames) {
  int count = 0;
  for (size_t i = 1; i < film->shots.count && count < MOST_COMPARED; ++i) {
    frames[count++] = film->shots.items[i].start_frame;
  }
  return count;
}

/// How many of the list's cuts are seen within a frame, or a little more where they are gradual.
static int matches(const Placing *p, int *cuts) {
  int frames[MOST_COMPARED];
  int count = list_cuts(p, frames), found = 0;
  for (int i = 0; i < count; ++i) {
    for (size_t s = 1; s < p->film->shots.count; ++s) {
      const KtShot *shot = &p->film->shots.items[s];
      int slack = shot->transition == KT_TRANSITION_CUT ? 1 : 12;
      if (abs(shot->start_frame - frames[i]) <= slack) {
        ++found;
        break;
      }
    }
  }
  *cuts = count;
  return found;
}

/// By how many frames the list lies before what is seen, as most cuts have it; `*share` of them.
static int find_shift(const Placing *p, double *share) {
  int listed[MOST_COMPARED], seen[MOST_COMPARED];
  int count = list_cuts(p, listed), others = seen_cuts(p->film, seen);
  int far = (int)(FAR_S * kt_rate_fps(p->film->rate)), best = 0;
  uint16_t *votes = calloc((size_t)far * 2 + 3, sizeof(*votes));
  *share = 0;
  if (!votes || count < FEW) {
    free(votes);
    return 0;
  }
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < others; ++k) {
      int shift = seen[k] - listed[i];
      votes[abs(shift) <= far ? shift + far : far * 2 + 1] += 1;
    }
  }
  for (int i = 0; i <= far * 2; ++i) {
    best = votes[i] > votes[best] ? i : best;
  }
  *share = (double)votes[best] / count;
  free(votes);
  return best - far;
}

/// A film without a timecode takes it from the list: of what is likely, what fits the picture best.
static void choose_zero(Placing *p) {
  const KtEdit *edit = p->edit;
  KtFilmTime first = list_start(edit);
  KtFilmTime own =
      edit->format == KT_EDIT_CMX && edit->events.count ? edit->events.items[0].start : edit->start;
  KtFilmTime hour = first - ((first % A_HOUR) + A_HOUR) % A_HOUR;
  KtFilmTime likely[] = {own, hour, 0};
  if (edit->format == KT_EDIT_TABLE || !edit->events.count) {
    likely[0] = list_end(edit) < p->film->duration ? 0 : hour;
  }
  int best = -1;
  for (size_t i = 0; i < sizeof(likely) / sizeof(*likely); ++i) {
    Placing trial = *p;
    int cuts = 0;
    trial.zero = likely[i];
    int found = meets(&trial) ? matches(&trial, &cuts) : -1;
    if (found > best) {
      best = found;
      p->zero = likely[i];
    }
  }
  double share = 0;
  int cuts = 0, shift = find_shift(p, &share);
  if (share >= WELL && matches(p, &cuts) < share * cuts * 0.5) {
    p->zero -= kt_frame_time(p->rate, shift);
  }
}

static void take_timecode(Placing *p) {
  KtFilm *film = p->film;
  bool can_drop = film->rate.den == 1001 && film->rate.num % 30000 == 0;
  if (p->zero < 0 || (!p->zero && !p->edit->start_said)) {
    return;
  }
  film->timecode.drop = p->edit->drop && can_drop;
  film->timecode.start_frames =
      p->kin ? kt_time_frame(p->rate, p->zero) : kt_time_frame(film->rate, p->zero);
  film->timecode_said = true;
}

static KtStatus find_zero(Placing *p, KtError *err) {
  const KtFilm *film = p->film;
  bool plain = p->edit->format == KT_EDIT_TABLE && p->edit->start_said; // seconds of the film
  p->zero = plain ? 0 : zero_by_timecode(p);
  bool loose = !film->timecode_said || (!film->timecode.start_frames && !meets(p));
  if (!plain && loose) {
    choose_zero(p);
    if (meets(p)) {
      take_timecode(p);
    }
  }
  if (meets(p)) {
    return KT_OK;
  }
  char from[KT_TIMECODE_SIZE], to[KT_TIMECODE_SIZE], film_from[KT_TIMECODE_SIZE],
      film_to[KT_TIMECODE_SIZE];
  label(p, list_start(p->edit), from);
  label(p, list_end(p->edit), to);
  kt_timecode_print(&film->timecode, 0, film_from);
  kt_timecode_print(&film->timecode, film->duration, film_to);
  return kt_error_at(
      err, KT_ERR_FORMAT, p->edit->path, 0, 0,
      "its record runs from %s to %s, the film from %s to %s; they do not meet: give the "
      "timecode of the first picture with --timecode, or this film's list",
      from, to, film_from, film_to);
}

/// Whether the cuts that are seen bear the list out; where they would elsewhere, that is said.
static void judge(const Placing *p) {
  int cuts = 0, found = matches(p, &cuts);
  if (cuts < FEW || found >= cuts * BADLY || p->film->shots.count < FEW) {
    return;
  }
  double share = 0;
  int shift = find_shift(p, &share);
  if (share >= WELL && shift) {
    char at[KT_TIMECODE_SIZE];
    label(p, p->zero - kt_frame_time(p->rate, shift), at);
    tell(p, kt_arena_format(
                p->film->arena,
                "its cuts lie %d frames %s what is seen; is the first picture's timecode %s? "
                "give it with --timecode",
                abs(shift), shift > 0 ? "before" : "after", at));
    return;
  }
  tell(p,
       kt_arena_format(
           p->film->arena,
           "of its %d cuts only %d are seen in the picture where it says; is it this film's list?",
           cuts, found));
}

static void place_events(const Placing *p) {
  KtFilm *film = p->film;
  int early = 0, late = 0, count = (int)film->frames.count;
  for (size_t i = 0; i < p->edit->events.count; ++i) {
    KtEditEvent event = p->edit->events.items[i];
    KtFilmTime start = to_film(p, event.start), end = to_film(p, event.end);
    int first = frame_near(film, start), last = frame_near(film, end);
    if (end <= 0 || start >= film->duration || first >= count || last <= first) {
      early += end <= 0;
      late += end > 0 && !event.blank;
      continue;
    }
    KtEditEvent *kept = kt_array_push(film->arena, &film->edit);
    if (!kept) {
      return;
    }
    KtFilmTime mixed = to_film(p, event.transition_end);
    *kept = event;
    kept->start = film->frames.items[start > 0 ? first : 0].time;
    kept->end = last < count ? film->frames.items[last].time : film->duration;
    kept->transition_end =
        mixed > kept->start && start > -kt_frame_time(film->rate, 1) ? mixed : kept->start;
    kept->name = kt_arena_text(film->arena, event.name);
    kept->reel = kt_arena_text(film->arena, event.reel);
  }
  if (early) {
    tell(p, kt_arena_format(film->arena, "%d of its pictures lie before the film's first", early));
  }
  if (late) {
    tell(p, kt_arena_format(film->arena, "%d of its pictures lie beyond the film's end", late));
  }
}

static void tell_reach(const Placing *p) {
  const KtFilm *film = p->film;
  const KtFilmTime slack = 2 * KT_FLICKS_PER_SECOND;
  if (!film->edit.count) {
    return;
  }
  KtFilmTime from = film->edit.items[0].start, to = film->edit.items[film->edit.count - 1].end;
  KtFilmTime pictures = film->frames.items[film->frames.count - 1].time;
  if (from > slack || pictures - to > slack) {
    char start[KT_TIMECODE_SIZE], end[KT_TIMECODE_SIZE];
    kt_timecode_print(&film->timecode, from, start);
    kt_timecode_print(&film->timecode, to, end);
    tell(p, kt_arena_format(film->arena, "it covers %s to %s; elsewhere cuts are as seen", start,
                            end));
  }
}

static void place_markers(const Placing *p) {
  KtFilm *film = p->film;
  int outside = 0;
  for (size_t i = 0; i < p->edit->markers.count; ++i) {
    const KtMarker *from = &p->edit->markers.items[i];
    KtFilmTime at = to_film(p, from->at);
    bool plain = p->edit->format == KT_EDIT_TABLE && p->edit->start_said;
    if ((plain ? from->at : at) < 0 || (plain ? from->at : at) >= film->duration) {
      ++outside;
      continue;
    }
    KtMarker *marker = kt_array_push(film->arena, &film->markers);
    if (!marker) {
      return;
    }
    *marker = (KtMarker){.at = plain ? from->at : at,
                         .duration = from->duration,
                         .name = kt_arena_text(film->arena, from->name),
                         .note = kt_arena_text(film->arena, from->note),
                         .colour = kt_arena_text(film->arena, from->colour)};
  }
  if (outside) {
    tell(p, kt_arena_format(film->arena, "%d of its %zu markers lie outside the film", outside,
                            p->edit->markers.count));
  }
}

static void tell_what_it_lacks(const Placing *p) {
  const KtEdit *edit = p->edit;
  KtArena *arena = p->film->arena;
  for (size_t i = 0; i < edit->notes.count; ++i) {
    tell(p, edit->notes.items[i]);
  }
  if (!edit->events.count && !edit->markers.count) {
    tell(p, edit->named
                ? kt_arena_format(
                      arena, "names %d clips but not where in the film they lie; cuts are as seen",
                      edit->named)
            : edit->sounds
                ? kt_arena_format(arena, "holds sound only (%d pieces); cuts are as seen",
                                  edit->sounds)
                : "holds no picture and no marker; cuts are as seen");
  }
  if (!p->kin && edit->events.count) {
    tell(p, kt_arena_format(arena,
                            "it counts %.6g frames a second, the film %.6g: its times are taken as "
                            "seconds, cuts may lie a frame off",
                            kt_rate_fps(p->rate), kt_rate_fps(p->film->rate)));
  }
}

KtStatus kt_edit_place(KtFilm *film, const KtEdit *edit, bool cuts, KtError *err) {
  Placing p = {.film = film, .edit = edit, .rate = edit->rate.num ? edit->rate : film->rate};
  double ratio = kt_rate_fps(p.rate) / kt_rate_fps(film->rate);
  p.kin = ratio > 0.9985 && ratio < 1.0015 && !film->variable_rate;
  tell_what_it_lacks(&p);
  if (!film->frames.count || (!edit->events.count && !edit->markers.count)) {
    return KT_OK;
  }
  KtStatus status = find_zero(&p, err);
  if (status) {
    return status;
  }
  if (cuts) {
    judge(&p);
    place_events(&p);
    tell_reach(&p);
  }
  place_markers(&p);
  return KT_OK;
}
