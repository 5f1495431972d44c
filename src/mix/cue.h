// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_CUE_H
#define KT_MIX_CUE_H

#include "mix/duck.h"
#include "mix/mix.h"
#include "mix/room.h"
#include "mix/said.h"

/// How a cue comes in and goes, in audio frames from its in.
typedef struct KtCueShape {
  int64_t start_sample;      ///< in the film
  int64_t frames;            ///< all of it, the ring included; 0: no music
  int64_t rise;              ///< fades in over so many
  int64_t fade_from;         ///< fades out from here ...
  int64_t fade_to;           ///< ... to here; <= frames
} KtCueShape;

/// `film_frames` ends every tail; `room_frames` as kt_room_frames() says.
KtCueShape kt_cue_shape(const KtMixSettings *settings, const KtHallDesign *hall, const KtCue *cue,
                        int64_t room_frames, int64_t film_frames);
/// Level at one audio frame, 0..1.
float kt_cue_level(const KtCueShape *shape, int64_t frame);

/// What a cue is before its levels are set: loudness in the room, with its fades, and where anything
/// is said the energy of its bands, one row for each hop of `plain`.
typedef struct KtCueSound {
  KtCueShape shape;
  KtHops plain;
  float (*bands)[KT_BANDS];
  size_t band_count, band_capacity;
  KtRoomThin thin;           ///< what its low end gives up
  KtSaidTap tap;             ///< what it plays under words, for STOI
} KtCueSound;

/// Everything that cues of one mix have in common; read-only.
typedef struct KtMixDesk {
  const KtContext *ctx;
  const KtMixSettings *settings;
  const KtHall *hall;
  const KtOrchestra *orchestra;
  KtSaid *said;              ///< NULL where nothing is said
  bool speech;               ///< whether anything is said, and the bands need be listened to
  int threads;               ///< for each cue
} KtMixDesk;

KtStatus kt_cue_listen(const KtMixDesk *desk, const KtStems *stems, const KtCue *cue,
                       int64_t film_frames, KtCueSound *sound, KtError *err);
void kt_cue_sound_clear(KtCueSound *sound);

/// Where a cue's sounds will be written: the cue and each stem that has players.
void kt_cue_name_files(const KtStems *stems, const char *folder, KtArena *arena, KtCueMix *mix);
/// Write the cue and its stems with their gains to the files of `mix` as 32-bit float WAVs.
/// Fills its frames and loudness.
KtStatus kt_cue_write(const KtMixDesk *desk, const KtStems *stems, const KtCueSound *sound,
                      double gain_db, const KtDuck *duck, KtCueMix *mix, KtError *err);

#endif
