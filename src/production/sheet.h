// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_SHEET_H
#define KT_PRODUCTION_SHEET_H

#include "music/theme.h"
#include "production/internal.h"
#include "spot/sheet_file.h"

/// Keeps the sheet as it now lies in delivery/, and what must be known to read it; `inputs` is the
/// hash of film, script and brief it was made from.
KtStatus kt_sheet_keep(KtProduction *production, const KtFilm *film, const KtStory *story,
                       const KtThemes *themes, const char *inputs, KtError *err);
/// What a person set, NULL where nothing. The caller frees it.
KtStatus kt_sheet_load_set(KtProduction *production, KtSheet **set, KtError *err);
/// Whether film, script and brief are those of the sheet that was changed: then it holds as a whole.
bool kt_sheet_is_held(KtProduction *production, const char *inputs);
/// Says what of it was obeyed.
void kt_sheet_tell_obeyed(KtProduction *production, const KtSheet *set, bool held,
                          const KtSpotting *spotting);

#endif
