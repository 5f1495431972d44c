// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Why a cue comes and goes, why nothing sounds: a sentence that is true of that moment.
#include "spot/sheet.h"
#include "spot/tell.h"

#include "story/seen.h"

#include <math.h>
#include <string.h>

static const double at_turn_s = 1.6; ///< a turn this near to a cue's edge is what happens there

static int turn_of(const KtTimeline *t, const KtPlace *place) {
  return place->turn >= 0 && place->marks & (KT_MARK_TURN | KT_MARK_PICKUP)
             ? place->turn
             : kt_turn_near(t, place->at_s, 0.6);
}

/// ", after Ida's "Jon is still out there."", where that has just been said.
static const char *after_line(const KtTimeline *t, double at_s) {
  const KtWords *said = kt_timeline_last_words(t, at_s);
  return kt_tells(t, said) && said->text[0] && at_s - said->end_s < 3
             ? kt_arena_format(t->arena, "after %s", kt_quote(t, said))
             : "";
}

static const char *place_told(const KtTimeline *t, const KtPlace *in) {
  const char *where = kt_timeline_place(t, in->at + kt_film_time(0.1));
  return where[0] && in->marks & KT_MARK_SCENE ? where : "";
}

static const char *join(const KtTimeline *t, const char *first, const char *mark, const char *then) {
  return !first[0] ? then : !then[0] ? first : kt_arena_format(t->arena, "%s%s%s", first, mark, then);
}

static const char *opening_reason(const KtTimeline *t) {
  const KtScene *scene = t->story->scenes.count ? &t->story->scenes.items[0] : NULL;
  const char *deed = t->story->has_script ? kt_tell_scene(t, scene) : "";
  const char *seen = kt_has_picture(t) && !deed[0] && t->film->shots.count
                         ? kt_seen_light(t->arena, &t->film->shots.items[0])
                         : "";
  return deed[0]   ? kt_arena_format(t->arena, "opens the film (%s)", deed)
         : seen[0] ? kt_arena_format(t->arena, "opens the film on %s", seen)
                   : "opens the film";
}

static const char *entry_reason(const KtTimeline *t, const KtPlace *in) {
  const char *line = after_line(t, in->at_s);
  int turn = turn_of(t, in);
  if (in->marks & KT_MARK_FILM_START) {
    return opening_reason(t);
  }
  double part = in->at_s / t->duration_s;
  if (in->marks & KT_MARK_TITLE_IN && (part < 0.2 || part > 0.85 || in->at_s > t->credits_s - 2)) {
    return in->at_s > t->credits_s - 2 ? "comes with the credits" : "comes with the lettering on screen";
  }
  const char *event = kt_tell_moment(t, in->at_s, turn);
  if (in->marks & KT_MARK_PICKUP && !(in->marks & KT_MARK_TURN) && event[0]) {
    return join(t, kt_arena_format(t->arena, "an upbeat into it: %s", event), ", ", line);
  }
  const char *where = place_told(t, in);
  if (turn >= 0 && strchr(event, '"') && line[0]) {
    return kt_arena_format(t->arena, "enters %s", line); // the line is the turn
  }
  if (event[0] || where[0]) {
    const char *at = where[0] ? kt_arena_format(t->arena, "%s %s", event[0] ? "at" : "on the cut to", where) : "";
    return join(t, kt_arena_format(t->arena, "enters %s", join(t, at, ", ", kt_tell_joined(t, event))), ", ", line);
  }
  if (line[0]) {
    return kt_arena_format(t->arena, "enters %s", line);
  }
  const KtWords *said = kt_timeline_last_words(t, in->at_s);
  const KtWords *next = kt_timeline_next_words(t, in->at_s);
  const char *far = "";
  if (said && said->text[0] && next) {
    far = kt_arena_format(t->arena, " for %.0f s, %.0f s after %s", next->start_s - said->end_s,
                          in->at_s - said->end_s, kt_quote(t, said));
  } else if (said && said->text[0]) {
    far = kt_arena_format(t->arena, " any more, %.0f s after %s", in->at_s - said->end_s, kt_quote(t, said));
  }
  return in->marks & (KT_MARK_CUT | KT_MARK_SCENE) && kt_has_picture(t)
             ? "enters on the cut, to stay with the same picture's mood"
             : kt_arena_format(t->arena, "steals in where nobody speaks%s", far);
}

/// What the music is for: the mood that comes, and whose it is.
static const char *mood_reason(const KtTimeline *t, const KtPlace *in, const KtCue *cue) {
  const float turned = 0.15F;
  double out_s = kt_seconds(cue->out);
  KtEmotion was = kt_timeline_mean(t, fmax(0, in->at_s - 6), fmax(0.25, in->at_s));
  KtEmotion is = kt_timeline_mean(t, in->at_s, fmin(in->at_s + 10, out_s));
  KtEmotion end = kt_timeline_mean(t, fmax(in->at_s, out_s - 10), out_s);
  const char *before = kt_tell_mood(t, &was);
  const char *now = kt_tell_mood(t, &is);
  const char *then = kt_tell_mood(t, &end);
  float step = fabsf(is.valence - was.valence) + fabsf(is.arousal - was.arousal) + fabsf(is.tension - was.tension);
  bool turns = in->at_s > 1 && step > turned && strcmp(before, now) != 0;
  const char *head = turns ? kt_arena_format(t->arena, "%s turns %s", before, now) : now;
  bool grows = strcmp(then, now) != 0 && out_s - in->at_s > 20;
  const char *mood = grows ? kt_arena_format(t->arena, "%s, %s by the end", head, then) : head;
  const char *apart = t->story->has_script || in->at_s > t->credits_s - 2 ? "" : kt_tell_stretch(t, in->at_s, out_s);
  return join(t, mood, ": ", apart);
}

static const char *exit_reason(const KtTimeline *t, const KtPlace *out, const KtCue *cue) {
  const KtWords *next = kt_timeline_next_words(t, out->at_s - 0.2);
  if (cue->exit == KT_EXIT_SEGUE) {
    return "hands over to the next cue";
  }
  if (out->marks & KT_MARK_FILM_END) {
    return "ends with the film";
  }
  if (t->heard && kt_tells(t, next) && next->start_s - out->at_s < 1.5) {
    return kt_arena_format(t->arena, "is gone for %s", kt_quote(t, next));
  }
  if (cue->exit == KT_EXIT_FADE_UNDER) {
    const KtWords *spoken = NULL;
    for (size_t i = 0; i < t->words.count; ++i) {
      const KtWords *words = &t->words.items[i];
      spoken = words->start_s < out->at_s + 1.2 && words->end_s > out->at_s - 0.2 ? words : spoken;
    }
    return spoken ? kt_arena_format(t->arena, "fades away under %s", kt_quote(t, spoken))
                  : "fades away under the words";
  }
  const char *event = kt_tell_moment(t, out->at_s, turn_of(t, out));
  const char *where = place_told(t, out);
  if (event[0]) {
    const char *at = where[0] ? kt_arena_format(t->arena, "for %s", where) : "";
    return kt_arena_format(t->arena, "out %s", join(t, at, ", ", kt_tell_joined(t, event)));
  }
  if (where[0]) {
    return kt_arena_format(t->arena, "leaves on the cut to %s", where);
  }
  return out->marks & KT_MARK_STOP        ? "stops when the movement stops"
         : out->marks & KT_MARK_TITLE_OUT ? "leaves with the lettering"
         : out->marks & KT_MARK_CUT       ? "leaves on the cut"
                                          : "rings away into quiet";
}

const char *kt_cue_reason(const KtTimeline *t, const KtPlace *in, const KtPlace *out, const KtCue *cue) {
  return kt_arena_format(t->arena, "%s; %s; %s", entry_reason(t, in), mood_reason(t, in, cue),
                         exit_reason(t, out, cue));
}

/// What ends a silence: what happens where the next cue enters.
static const char *until(const KtTimeline *t, double end_s) {
  const char *event = kt_tell_moment(t, end_s, kt_turn_near(t, end_s, at_turn_s));
  const char *line = event[0] ? "" : after_line(t, end_s);
  return event[0]  ? kt_tell_lower(t, event)
         : line[0] ? line + strlen("after ")
                   : "";
}

/// A silence held before something that only the eye can name: what comes is called by its cue.
static const char *quiet_before(const KtTimeline *t, double start_s, double end_s, const char *after, const char *event) {
  KtEmotion is = kt_timeline_mean(t, start_s, end_s);
  return kt_arena_format(t->arena, "the %s hush before \"%s\" (%s), until %s", kt_tell_mood(t, &is), after,
                         kt_tell_picture(t, start_s, end_s), kt_tell_lower(t, event));
}

static const char *held_reason(const KtTimeline *t, const KtHeld *held, double start_s, double end_s,
                               const char *after) {
  const KtTurn *turn = &t->story->turns.items[held->turn];
  double turn_s = kt_seconds(turn->at);
  const char *event = kt_tell_moment(t, turn_s, held->turn);
  const char *blow = turn->text[0] ? event : kt_turn_phrase(t, turn);
  const char *next = until(t, end_s);
  if (!held->after) {
    const KtWords *words = kt_timeline_next_words(t, end_s - 0.3);
    bool soon = words && words->text[0] && words->start_s < end_s + 6;
    if (!event[0] && !soon) {
      return ""; // the arc turns, and nobody can say by what
    }
    if (event[0] && !turn->text[0] && after && kt_has_picture(t)) {
      return quiet_before(t, start_s, end_s, after, event);
    }
    const char *line = soon ? kt_quote(t, words) : "";
    KtEmotion mood = kt_timeline_mean(t, start_s, end_s);
    bool is_long = end_s - start_s > 14;
    return kt_arena_format(t->arena, "%s%s is held back until %s", is_long ? kt_tell_mood(t, &mood) : "",
                           is_long ? "; music" : "music", event[0] ? kt_tell_lower(t, event) : line);
  }
  bool quoted = strchr(blow, '"') != NULL;
  const char *when = quoted ? "silence after the line" : turn_s > start_s + 1.5 ? "silence while" : "silence after";
  blow = kt_tell_lower(t, blow);
  return end_s < t->duration_s - 0.1 && next[0] && strcmp(next, blow) != 0
             ? kt_arena_format(t->arena, "%s %s, until %s", when, blow, next)
             : kt_arena_format(t->arena, "%s %s", when, blow);
}

/// First and last line that is heard in a span; NULL where there is none with its text.
static const KtWords *line_in(const KtTimeline *t, double start_s, double end_s, bool last) {
  const KtWords *found = NULL;
  for (size_t i = 0; i < t->words.count; ++i) {
    const KtWords *words = &t->words.items[i];
    if (words->start_s >= start_s - 0.3 && words->start_s < end_s && words->text[0] && (last || !found)) {
      found = words;
    }
  }
  return found;
}

static const char *spoken_reason(const KtTimeline *t, double start_s, double end_s, double spoken) {
  const KtWords *first = line_in(t, start_s, end_s, false);
  const KtWords *last = line_in(t, start_s, end_s, true);
  KtEmotion mood = kt_timeline_mean(t, start_s, end_s);
  if (!first) {
    return kt_arena_format(t->arena, "left to the words (%.0f %% spoken)", spoken * 100);
  }
  const char *lines = last->line != first->line || strcmp(last->text, first->text) != 0
                          ? kt_arena_format(t->arena, "%s to %s", kt_quote(t, first), kt_quote(t, last))
                          : kt_quote(t, first);
  return spoken > 0.3 && mood.colours[KT_COLOUR_INTIMACY] > 0.35F
             ? kt_arena_format(t->arena, "too intimate for music: %s", lines)
             : kt_arena_format(t->arena, "left to the words: %s (%.0f %% spoken)", lines, spoken * 100);
}

/// Nothing said, nothing turned: what is there instead of music.
static const char *bare_reason(const KtTimeline *t, double start_s, double end_s) {
  KtEmotion mood = kt_timeline_mean(t, start_s, end_s);
  const char *where = kt_timeline_place(t, kt_film_time((start_s + end_s) / 2));
  const char *feel = kt_tell_mood(t, &mood);
  const char *sound = t->film->sketch || !t->heard ? "silence" : t->temp ? "the picture" : "the film's own sound";
  if (where[0]) {
    return kt_arena_format(t->arena, "%s is left to %s, %s", where, sound, feel);
  }
  if (!kt_has_picture(t)) {
    const KtWords *said = kt_timeline_last_words(t, start_s + 0.3);
    return said && said->text[0] ? kt_arena_format(t->arena, "a pause after %s, %s", kt_quote(t, said), feel)
                                 : kt_arena_format(t->arena, "nobody speaks, nothing is told; %s", feel);
  }
  return kt_arena_format(t->arena, "left to %s: %s, %s", sound, kt_tell_picture(t, start_s, end_s), feel);
}

const char *kt_silence_reason(const KtTimeline *t, KtFilmTime in, KtFilmTime out, const char *before,
                              const char *after) {
  double start_s = kt_seconds(in);
  double end_s = kt_seconds(out);
  for (size_t i = 0; i < t->held.count; ++i) {
    const KtHeld *held = &t->held.items[i];
    double common = fmin(end_s, held->end_s) - fmax(start_s, held->start_s);
    bool covers = common >= 0.5 * (held->end_s - held->start_s) || common >= 0.5 * (end_s - start_s);
    // After ten seconds and more what was lost is no longer the reason alone.
    bool fresh = held->after ? kt_seconds(t->story->turns.items[held->turn].at) - start_s < 12
                             : fabs(held->end_s - end_s) < 2.5;
    const char *reason = covers && fresh ? held_reason(t, held, start_s, end_s, after) : "";
    if (reason[0]) {
      return reason;
    }
  }
  double spoken = t->heard ? kt_timeline_words(t, start_s, end_s) : 0;
  double source = 0;
  for (size_t i = 0; i < t->source.count; ++i) {
    source += fmax(0, fmin(end_s, t->source.items[i].end_s) - fmax(start_s, t->source.items[i].start_s));
  }
  if (source > 0.4 * (end_s - start_s)) {
    return "the film has music of its own here";
  }
  if (spoken > 0.15) {
    return spoken_reason(t, start_s, end_s, spoken);
  }
  const char *next = until(t, end_s);
  if (!before && after && start_s < 0.1) {
    return kt_arena_format(t->arena, "the film opens in %s%s%s",
                           t->heard && !t->film->sketch && !t->temp ? "its own sound" : "silence", next[0] ? ", until " : "", next);
  }
  if (before && !after && end_s > t->duration_s - 0.1) { // elsewhere a stretch set by hand follows
    const KtWords *last = line_in(t, start_s - 6, end_s, true);
    return last ? kt_arena_format(t->arena, "the end stands alone after %s", kt_quote(t, last))
                : kt_has_picture(t) ? "the last picture stands alone" : "the end stands alone";
  }
  if (end_s - start_s < 9 && after) {
    return next[0] ? kt_arena_format(t->arena, "a breath, until %s", next)
                   : kt_arena_format(t->arena, "a breath, so that \"%s\" is heard to enter", after);
  }
  return bare_reason(t, start_s, end_s);
}
