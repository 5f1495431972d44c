// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_INTERNAL_H
#define KT_PRODUCTION_INTERNAL_H

#include "base/context.h"
#include "kinothek/kinothek.h"
#include "orchestra/orchestra.h"
#include "production/store.h"

/// What look leaves in a folder that a production may be made in later.
#define KT_FILM_PAGE "film.html"

struct KtProduction {
  KtArena *arena;
  KtStore *store;
  const char *folder;     ///< NAME.kinothek
  const char *delivery;   ///< NAME.kinothek/delivery
  const char *cache;      ///< NAME.kinothek/cache
  int lock;               ///< descriptor of the locked database, -1
  KtListener listener;
  double started;         ///< monotonic seconds when the update began
  double done_share;      ///< of the stages before this one
  double stage_share;
  atomic_bool cancel;
  bool was_current;
  KtContext ctx;
};

/// Options as they are kept: text settings by name, "" where not given.
typedef struct KtKept {
  const char *film, *script, *subtitles, *brief, *palette, *loudness, *film_sound, *cues, *library;
  const char *start_timecode, *seed, *edl, *markers, *textures;
  const char *mood; ///< a free cue, no film
  bool sketch;      ///< script or captions, no film
  bool suite;
  double seconds;
  int video_stream;
  int threads;
} KtKept;
KtStatus kt_kept_load(KtProduction *production, KtArena *arena, KtKept *kept, KtError *err);

/// Where the data files are: $KINOTHEK_DATA, the installed folder, or the source tree it was built in.
const char *kt_data_folder(void);
/// Where this person's programs keep what can be made again (XDG base directories), for what many
/// productions share; NULL where there is no home.
const char *kt_user_cache(KtArena *arena);
double kt_monotonic_s(void);
/// Context that reports to `listener`; the production's is made by kt_production_open().
KtContext kt_context_for(const KtListener *listener);

/// Hash of a file that went in; the kept one while size, time and inode are unchanged.
KtStatus kt_input_hash(KtProduction *production, const char *kind, const char *path, KtHash *hash,
                       KtError *err);
/// Hash over the contents of the data folder.
KtStatus kt_data_hash(KtProduction *production, KtHash *hash, KtError *err);

/// True when every delivered file is there as it was delivered.
KtStatus kt_outputs_current(KtProduction *production, bool *current, KtError *err);
/// Move every file of `staging` to its place in delivery/ and note it. A file there that a person
/// changed is kept under another name (NAME.yours.csv), with a warning. Files of an earlier delivery
/// that are not in `staging` go away unless `keep_others`. Safe to be stopped at any moment.
KtStatus kt_outputs_publish(KtProduction *production, const char *staging, bool keep_others,
                            KtError *err);
/// Removes what an interrupted run left half-written.
void kt_outputs_clean(const char *folder);

/// When the attacks of the sample library `library` (its hash) are felt: the table shipped for it, else
/// the one kept in the user's cache, else measured now, once (some seconds), and kept there or in the
/// folder `or_here`.
KtStatus kt_know_attacks(const KtContext *ctx, const char *or_here, KtOrchestra *orchestra,
                         const KtHash *library, KtError *err);

KtStatus kt_pipeline_run(KtProduction *production, KtError *err);
KtStatus kt_pipeline_deliver(KtProduction *production, bool clicks, bool streamers,
                             const char *cues, KtError *err);

#endif
