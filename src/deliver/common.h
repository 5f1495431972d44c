// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_COMMON_H
#define KT_DELIVER_COMMON_H

#include "deliver/deliver.h"

#include "base/file.h"

enum { KT_PATH_SIZE = 1024 };

/// A path inside the delivery folder. KT_ERR_IO where it is too long.
KtStatus kt_delivery_path(const KtDelivery *delivery, char path[KT_PATH_SIZE], KtError *err,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));
/// Opens cues/NAME/NAME.`extension` of a cue for writing; the caller commits or aborts it.
KtStatus kt_delivery_open_cue(const KtDelivery *delivery, size_t cue, const char *extension,
                              KtAtomicFile *file, KtError *err);
/// Whether this cue's own files are to be written.
bool kt_delivery_wants(const KtDelivery *delivery, size_t cue);
/// The cue's score, NULL where it has none.
const KtScore *kt_delivery_score(const KtDelivery *delivery, size_t cue);
/// Whether a theme is heard in any cue, or kept at somebody's wish; before anything is composed, all are.
bool kt_delivery_sounds(const KtDelivery *delivery, size_t theme);
const KtCueMix *kt_delivery_cue_mix(const KtDelivery *delivery, size_t cue); ///< NULL where silent

/// Ids of the themes a cue states, in order of their first statement, joined by `;`; by its
/// subjects where it is not composed. In `arena`.
const char *kt_cue_themes(const KtDelivery *delivery, size_t cue, KtArena *arena);
const char *kt_cue_characters(const KtDelivery *delivery, size_t cue, KtArena *arena);
const char *kt_cue_status(const KtDelivery *delivery, size_t cue); ///< "composed", "spotted"
const char *kt_theme_subject_name(const KtDelivery *delivery, const KtTheme *theme);

/// A hit as it stands in the music and as it is heard.
typedef struct KtHitResult {
  bool placed;             ///< has a place in the score
  bool met;
  KtTick tick;
  int bar;
  double beat;
  double notated_error_ms; ///< NAN where not placed
  double heard_error_ms;   ///< plus is late; NAN where nothing was heard or measured
} KtHitResult;

/// One result for each hit of the spotting, in `arena`.
KtStatus kt_hit_results(const KtDelivery *delivery, KtArena *arena, KtHitResult **results,
                        KtError *err);
/// What stands against a hard hit that the bars miss, and which tempo would meet it and the nearest
/// one that is kept; "" where it is met. In `arena`.
const char *kt_hit_note(const KtDelivery *delivery, const KtHitResult *results, size_t hit,
                        KtArena *arena);
/// The notes of a cue's hits that are missed, each after its timecode and label; "" where all are met. In `arena`.
const char *kt_cue_unmet(const KtDelivery *delivery, const KtHitResult *results, size_t cue, KtArena *arena);
/// Fills heard_error_ms of one cue's hard hits and stops from the rendered cue.
KtStatus kt_hear_cue(const KtDelivery *delivery, size_t cue, KtHitResult *results, KtError *err);

/// How the hard hits of a film are heard, beside what the same search finds at random moments of their cues.
typedef struct KtHitsHeard {
  int hard;            ///< hard hits in cues that sound
  int near, far;       ///< within near_ms; beyond far_ms, or not heard at all
  double near_ms;      ///< the greater of half a frame and 20 ms
  double far_ms;       ///< the greater of a frame and 40 ms
  double median_ms;    ///< of those heard, plus is late; NAN where none is
  int moments, chance; ///< random moments tried, and those where an attack is heard within near_ms
} KtHitsHeard;
KtStatus kt_hear_all(const KtDelivery *delivery, const KtHitResult *results, KtHitsHeard *heard, KtError *err);

/// themes.abc's tune of one theme, as text in `arena`.
const char *kt_theme_abc(const KtDelivery *delivery, size_t theme, KtArena *arena);

/// The track's name, made unique in its cue ("Horns in F 2"), as in the MIDI file.
const char *kt_track_name(const KtPerformance *performance, size_t track, KtArena *arena);

/// Date "2026-11-23" and time "10:20:30" of seconds since 1970, UTC.
void kt_date_text(int64_t seconds, char date[16], char time[16]);

/// The sound files to write, in `arena`; each may be written on a thread of its own.
typedef struct KtAudioJobs KtAudioJobs;
KtStatus kt_audio_jobs(const KtDelivery *delivery, KtArena *arena, KtAudioJobs **jobs, KtError *err);
size_t kt_audio_job_count(const KtAudioJobs *jobs);
KtStatus kt_audio_job_run(const KtAudioJobs *jobs, size_t index, KtError *err);

/// "NAME.scored.mp4" or ".mkv", whichever kt_deliver_film() chooses for this film.
KtStatus kt_scored_name(const KtDelivery *delivery, char name[KT_PATH_SIZE], KtError *err);

#endif
