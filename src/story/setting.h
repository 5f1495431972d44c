// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_SETTING_H
#define KT_STORY_SETTING_H

#include "story/work.h"

/// Where paper and lines let a scene begin.
typedef struct KtSetting {
  KtFilmTime wanted, low, high;
} KtSetting;

typedef enum KtChange { KT_CHANGE_NONE, KT_CHANGE_FADE, KT_CHANGE_DISSOLVE } KtChange;

/// How the script comes into a scene.
KtChange kt_setting_change(const KtStoryWork *work, size_t scene);
/// Whether a shot comes in as the script asks.
bool kt_setting_shows(const KtShot *shot, KtChange change);

/// Gives each scene of the script its start: shots by length on paper, transitions, time of day
/// and, the second time (`again`: starts and ends are set), how places that come back looked.
void kt_setting_place(KtStoryWork *work, const KtSetting *settings, bool again);

#endif
