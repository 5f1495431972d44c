// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/soundfont.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

KtStatus kt_soundfont_check(const char *path, KtError *err) {
  char head[12] = "";
  FILE *file = fopen(path, "rb");
  if (!file) {
    return kt_error_at(err, KT_ERR_MISSING, path, 0, 0, "%s", strerror(errno));
  }
  size_t got = fread(head, 1, sizeof(head), file);
  long size = fseek(file, 0, SEEK_END) ? 0 : ftell(file);
  fclose(file);
  if (got != sizeof(head) || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "sfbk", 4) != 0) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                       "cannot be opened as a sample library: it is neither SF2 nor SF3");
  }
  const unsigned char *said = (const unsigned char *)head + 4;
  unsigned long long whole = said[0] | (unsigned)said[1] << 8 | (unsigned)said[2] << 16 |
                             (unsigned long long)said[3] << 24;
  if (size < 0 || (unsigned long long)size < whole + 8) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                       "cannot be opened as a sample library: it is cut short, %ld of %llu bytes", size,
                       whole + 8);
  }
  return kt_soundfont_room(KT_LIBRARY_BYTES, err);
}

KtStatus kt_soundfont_room(size_t bytes, KtError *err) {
  void *volatile room = malloc(bytes); // volatile: not to be reasoned away
  bool there = room != NULL;
  free(room);
  return there ? KT_OK
               : kt_error_set(err, KT_ERR_MEMORY, "out of memory: playing samples needs %zu MB more", bytes >> 20);
}

static pthread_mutex_t samples = PTHREAD_MUTEX_INITIALIZER;

void kt_soundfont_lock(void) {
  pthread_mutex_lock(&samples);
}

void kt_soundfont_unlock(void) {
  pthread_mutex_unlock(&samples);
}

double kt_filter_cents(const KtPreset *preset, int key, int value) {
  const KtBrightness *bright = preset->brightness;
  if (!bright || preset->tone_hz <= 0) {
    return KT_OPEN_CENTS;
  }
  double level = (value < 0 ? 0 : value > 127 ? 127 : value) / 127.0;
  double octaves = (double)bright->soft_octaves +
                   (double)(bright->loud_octaves - bright->soft_octaves) * pow(level, (double)bright->curve) +
                   (double)bright->key_share * (key - preset->tone_key) / 12.0;
  double cents = 1200 * (log2((double)preset->tone_hz / 8.176) + octaves);
  return fmax(cents, 100 * key + 500); // key 0 is 8.176 Hz; a fourth above the fundamental
}
