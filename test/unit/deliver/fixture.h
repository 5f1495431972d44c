// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_DELIVER_FIXTURE_H
#define TEST_DELIVER_FIXTURE_H

#include "deliver/common.h"

/// A small film of ten seconds at 24 frames a second with two cues, written out by hand.
typedef struct Fixture {
  char folder[512];   ///< a temporary folder; delivery goes to folder/out
  char film_path[600];
  KtArena *arena;
  KtContext ctx;
  KtFilm film;
  KtStory story;
  KtBrief brief;
  KtPalette palette;
  KtOrchestra *orchestra;
  KtSpotting spotting;
  KtThemes themes;
  KtScore scores[2];
  KtScore *score_list[2];
  KtPerformance performances[2];
  KtPerformance *performance_list[2];
  KtCueMix cue_mixes[2];
  KtMix mix;
  KtMixOptions mix_options;
  KtStageTime times[2];
  KtDelivery delivery;
} Fixture;

enum { CLICK_SAMPLE = 3 * 48000 + 77 }; ///< where the mix has its click

/// `extension` of the film to make with the ffmpeg program: "mp4", "mkv"; NULL: no film file.
Fixture *fixture_new(const char *extension);
void fixture_free(Fixture *fixture);
/// A note at the end of a part.
KtNote *fixture_note(Fixture *fixture, KtPart *part, KtTick start, KtTick duration, int midi,
                     KtArticulation articulation);
/// Runs a shell command; its exit status, -1 where it could not run.
int fixture_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool fixture_has(const char *program);
/// A file of the delivery as text, in the fixture's arena.
const char *fixture_text(Fixture *fixture, const char *name);
/// The nearest performance to what is written: one note-on and off a note.
void fixture_perform(Fixture *fixture, int cue);

#endif
