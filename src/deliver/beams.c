// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/beams.h"

int kt_beam_levels(const KtSymbol *symbol) {
  return !symbol->notes ? 0 : symbol->type >= 32 ? 3 : symbol->type >= 16 ? 2 : symbol->type >= 8 ? 1 : 0;
}

void kt_beam_group(KtSymbol *symbols, size_t count) {
  for (int level = 0; level < 3; ++level) {
    for (size_t i = 0; i < count; ++i) {
      if (kt_beam_levels(&symbols[i]) <= level) {
        continue;
      }
      bool before = i > 0 && kt_beam_levels(&symbols[i - 1]) > level;
      bool after = i + 1 < count && kt_beam_levels(&symbols[i + 1]) > level;
      symbols[i].beams[level] = before && after ? KT_BEAM_CONTINUE
                                : after         ? KT_BEAM_BEGIN
                                : before        ? KT_BEAM_END
                                : i > 0         ? KT_BEAM_HOOK_BACKWARD
                                                : KT_BEAM_HOOK_FORWARD;
    }
  }
}
