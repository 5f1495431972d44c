// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/bed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

KtStatus kt_bed_open(const KtFilm *film, const char *film_sound, KtBed *bed, KtError *err) {
  memset(bed, 0, sizeof(*bed));
  bed->channels = 2;
  bool own = !film_sound || !strcmp(film_sound, "keep");
  if ((film_sound && !strcmp(film_sound, "drop")) || (own && film->audio_stream < 0)) {
    return KT_OK;
  }
  KtStatus status = kt_film_sound_open(film, own ? NULL : film_sound, &bed->sound, err);
  if (status) {
    bed->sound = NULL;
    return status;
  }
  bed->from = kt_film_sound_channels(bed->sound);
  bed->channels = bed->from < 2 ? 2 : bed->from;
  if (bed->channels > KT_BED_CHANNELS) {
    int channels = bed->from;
    kt_bed_close(bed);
    return kt_error_set(err, KT_ERR_UNSUPPORTED,
                        "the film sound has %d channels; at most %d can be mixed: give another "
                        "with --film-sound FILE",
                        channels, KT_BED_CHANNELS);
  }
  bed->block = calloc((size_t)KT_BED_BLOCK * (size_t)bed->channels, sizeof(float));
  if (!bed->block) {
    kt_bed_close(bed);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return KT_OK;
}

void kt_bed_close(KtBed *bed) {
  if (bed->sound) {
    kt_film_sound_close(bed->sound);
  }
  free(bed->block);
  memset(bed, 0, sizeof(*bed));
}

KtStatus kt_bed_read(KtBed *bed, float *out, size_t count, KtError *err) {
  size_t got = 0, from = (size_t)bed->from, channels = (size_t)bed->channels;
  KtStatus status = KT_OK;
  while (bed->sound && !status && got < count) {
    size_t now = 0;
    status = kt_film_sound_read(bed->sound, bed->block + got * from, count - got, &now, err);
    if (!now) {
      break;
    }
    got += now;
  }
  for (size_t i = 0; i < count; ++i) {
    for (size_t c = 0; c < channels; ++c) {
      float value = i < got ? bed->block[i * from + (c < from ? c : 0)] : 0;
      out[i * channels + c] = from == 1 ? value * (float)M_SQRT1_2 : value;
    }
  }
  return status;
}
