// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_DELIVER_H
#define KT_DELIVER_DELIVER_H

#include "mix/mix.h"
#include "music/theme.h"
#include "render/texture.h"

typedef struct KtStageTime {
  const char *stage;
  double wall_s;
} KtStageTime;

/// Music that is delivered with the film's cues and has no place in the film.
typedef struct KtConcertPiece {
  const char *cue, *title, *reason; ///< "0m01"
  const char *themes;               ///< ids, joined as kt_cue_themes() does
  double seconds;
} KtConcertPiece;

/// Everything that was decided and made, borrowed, for the writers. One file per format out.
typedef struct KtDelivery {
  const KtContext *ctx;
  const char *folder;        ///< NAME.kinothek/delivery
  const char *name;          ///< NAME
  const char *program;       ///< "kinothek 0.1.0", for metadata
  int64_t origination;       ///< date for BWF and cue sheet: seconds since 1970, given, not read
  const KtFilm *film;
  const KtStory *story;
  const KtBrief *brief;
  const KtPalette *palette;
  const KtOrchestra *orchestra;
  const char *library_sha256;
  const KtSpotting *spotting;
  const KtThemes *themes;
  KtScore *const *scores;              ///< per cue, orchestrated
  KtPerformance *const *performances;  ///< per cue
  const KtMix *mix;
  const KtWorldPlan *world;  ///< field recordings under cues; NULL none
  const KtMixOptions *mix_options;
  const KtConcertPiece *suite; ///< NULL none
  const KtStageTime *times;
  size_t time_count;
  const bool *cues_wanted;   ///< per cue; NULL all. Others' files stay as they are
} KtDelivery;

KtStatus kt_deliver_tables(const KtDelivery *delivery, KtError *err);    ///< spotting, silences, hits
KtStatus kt_deliver_cue_sheet(const KtDelivery *delivery, KtError *err); ///< CSV and HTML
KtStatus kt_deliver_themes(const KtDelivery *delivery, KtError *err);    ///< themes.abc
KtStatus kt_deliver_midi(const KtDelivery *delivery, size_t cue, KtError *err);
KtStatus kt_deliver_musicxml(const KtDelivery *delivery, size_t cue, KtError *err);
KtStatus kt_deliver_audio(const KtDelivery *delivery, KtError *err);     ///< music, mix, cues, stems: BWF
KtStatus kt_deliver_film(const KtDelivery *delivery, const char **path, KtArena *arena, KtError *err);
KtStatus kt_deliver_report(const KtDelivery *delivery, KtError *err);    ///< report.json, report.html
/// All of the above, each file whole or not at all.
KtStatus kt_deliver(const KtDelivery *delivery, KtError *err);

/// film.html at `path`: every shot with a picture, and the film from left to right. Whole or not at all.
KtStatus kt_deliver_film_page(const KtContext *ctx, const KtFilm *film, const char *program,
                              const char *path, KtError *err);

/// The film part of the report, as `kinothek look --json` prints it. The caller frees the text.
KtStatus kt_report_film_json(const KtFilm *film, char **text, KtError *err);
/// story.html at `path`, whole or not at all: what was read, for a person to say yes or no to.
KtStatus kt_deliver_story_page(const KtStory *story, const KtTimecode *timecode, const char *path,
                               KtError *err);
KtStatus kt_report_story_json(const KtStory *story, const KtTimecode *timecode, char **text,
                              KtError *err);

#endif
