// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A word to match: letters and digits only, folded.
typedef struct Word {
  uint64_t hash;
  int owner; ///< line of the script, caption of the film
  int letters;
  int match; ///< index on the other side, -1
  KtFilmTime start, end;
} Word;

typedef struct Words {
  KT_ARRAY(Word) list;
} Words;

enum { MATCH = 3, NEAR_MISS = -2, GAP = -1, DIAGONAL = 0, UP = 1, LEFT = 2 };
enum { CELLS_MOST = 96 * 1024 * 1024 };

static void add_words(KtArena *arena, Words *words, const char *text, int owner) {
  for (const char *at = text; *at;) {
    uint64_t hash = UINT64_C(14695981039346656037);
    int letters = 0;
    for (; *at && !isspace((unsigned char)*at) && !(at[0] == '-' && at[1] == '-'); ++at) {
      if (isalnum((unsigned char)*at)) {
        hash = (hash ^ (uint64_t)tolower((unsigned char)*at)) * UINT64_C(1099511628211);
        ++letters;
      } else if ((unsigned char)*at >= 0x80 && strncmp(at, "\xE2\x80", 2) != 0) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
        ++letters;
      } else if (!strncmp(at, "\xE2\x80", 2)) {
        bool joins = at[2] == '\x99'; // an apostrophe; other marks part words
        at += at[2] ? 2 : 1;
        if (!joins) {
          ++at;
          break;
        }
      }
    }
    while (isspace((unsigned char)*at) || (at[0] == '-' && !letters)) {
      ++at;
    }
    if (at[0] == '-' && at[1] == '-') {
      at += 2;
    }
    Word *word = letters ? kt_array_push(arena, &words->list) : NULL;
    if (word) {
      *word = (Word){.hash = hash, .owner = owner, .letters = letters, .match = -1};
    }
  }
}

/// Words of a caption share its time by their letters.
static void time_words(Words *words, size_t from, const KtCaption *caption) {
  int all = 0;
  for (size_t i = from; i < words->list.count; ++i) {
    all += words->list.items[i].letters + 1;
  }
  double step = all ? (double)(caption->end - caption->start) / all : 0;
  int before = 0;
  for (size_t i = from; i < words->list.count; ++i) {
    Word *word = &words->list.items[i];
    word->start = caption->start + (KtFilmTime)(step * before);
    before += word->letters + 1;
    word->end = caption->start + (KtFilmTime)(step * before);
  }
}

typedef struct Band {
  const Word *a, *b;
  long n, m, half;
  unsigned char *way; ///< (n + 1) rows of 2 * half + 1 cells
} Band;

static long middle(const Band *band, long i) {
  return band->n ? i * band->m / band->n : 0;
}

static void fill_row(const Band *band, long i, const int *above, int *row, int lowest) {
  long width = 2 * band->half + 1;
  long shift = middle(band, i) - (i ? middle(band, i - 1) : 0);
  for (long k = 0; k < width; ++k) {
    long j = middle(band, i) - band->half + k;
    row[k] = lowest;
    if (j < 0 || j > band->m) {
      continue;
    }
    unsigned char *way = &band->way[i * width + k];
    if (i == 0 || j == 0) {
      row[k] = (int)(i + j) * GAP;
      *way = i == 0 ? LEFT : UP;
      continue;
    }
    long up = k + shift;
    bool same = band->a[i - 1].hash == band->b[j - 1].hash;
    int cross = up - 1 >= 0 && up - 1 < width ? above[up - 1] + (same ? MATCH : NEAR_MISS) : lowest;
    int down = up < width ? above[up] + GAP : lowest;
    int side = k ? row[k - 1] + GAP : lowest;
    row[k] = cross >= down && cross >= side ? cross : down >= side ? down : side;
    *way = row[k] == cross ? DIAGONAL : row[k] == down ? UP : LEFT;
  }
}

static void walk_back(const Band *band, Word *a, Word *b) {
  long width = 2 * band->half + 1;
  long i = band->n;
  long j = band->m;
  while (i > 0 || j > 0) {
    long k = j - middle(band, i) + band->half;
    unsigned char way = k >= 0 && k < width ? band->way[i * width + k] : i > 0 ? UP : LEFT;
    if (way == DIAGONAL && i > 0 && j > 0) {
      if (a[i - 1].hash == b[j - 1].hash) {
        a[i - 1].match = (int)j - 1;
        b[j - 1].match = (int)i - 1;
      }
      --i;
      --j;
    } else if ((way == UP && i > 0) || j == 0) {
      --i;
    } else {
      --j;
    }
  }
}

static void align(KtStoryWork *work, Words *script, Words *film) {
  long n = (long)script->list.count;
  long m = (long)film->list.count;
  long half = 256 + (n > m ? n - m : m - n) + (n > m ? n : m) / 5;
  half = half > m ? m : half;
  while (half > 64 && (n + 1) * (2 * half + 1) > CELLS_MOST) {
    half = half * 3 / 4;
  }
  long width = 2 * half + 1;
  Band band = {.a = script->list.items, .b = film->list.items, .n = n, .m = m, .half = half};
  band.way = malloc((size_t)(n + 1) * (size_t)width);
  int *rows = KT_NEW(work->scratch, int, 2 * (size_t)width);
  if (band.way && rows) {
    memset(band.way, UP, (size_t)(n + 1) * (size_t)width);
    for (long i = 0; i <= n; ++i) {
      fill_row(&band, i, rows + (i + 1) % 2 * width, rows + i % 2 * width, -100000000);
    }
    walk_back(&band, script->list.items, film->list.items);
  }
  free(band.way);
}

/// A match by chance stands alone; one in a run of two, or of a long word in a found line, does
/// not.
static void drop_strays(Words *script, Words *film) {
  Word *a = script->list.items;
  for (size_t i = 0; i < script->list.count; ++i) {
    if (a[i].match < 0) {
      continue;
    }
    bool before = i && a[i - 1].match >= 0 && a[i].match - a[i - 1].match <= 2;
    bool after =
        i + 1 < script->list.count && a[i + 1].match >= 0 && a[i + 1].match - a[i].match <= 2;
    bool alone = (!i || a[i - 1].owner != a[i].owner) &&
                 (i + 1 == script->list.count || a[i + 1].owner != a[i].owner);
    if (!before && !after && !(alone && a[i].letters > 2)) {
      film->list.items[a[i].match].match = -1;
      a[i].match = -2;
    }
  }
}

static void set_line(KtLine *line, const Word *a, size_t from, size_t to, const Words *film) {
  size_t found = 0;
  size_t first = to;
  size_t last = from;
  for (size_t i = from; i < to; ++i) {
    if (a[i].match >= 0) {
      first = first < to ? first : i;
      last = i;
      ++found;
    }
  }
  line->confidence = 0;
  if (found * 2 < to - from || (found < 2 && to - from > 1)) {
    return;
  }
  const KtFilmTime word = kt_film_time(0.3);
  line->start = film->list.items[a[first].match].start - (KtFilmTime)(first - from) * word;
  line->end = film->list.items[a[last].match].end + (KtFilmTime)(to - 1 - last) * word;
  line->confidence = (float)found / (float)(to - from);
}

/// Lines that stand elsewhere in the film than on paper: look for each as a whole among the words
/// nobody has claimed.
static void find_moved(Words *script, size_t from, size_t to, Words *film) {
  Word *a = script->list.items;
  Word *b = film->list.items;
  size_t size = to - from;
  size_t best = 0;
  size_t best_at = 0;
  for (size_t j = 0; size >= 3 && j + size <= film->list.count; ++j) {
    size_t same = 0;
    for (size_t i = 0; i < size; ++i) {
      same += b[j + i].match < 0 && a[from + i].hash == b[j + i].hash;
    }
    if (same > best) {
      best = same;
      best_at = j;
    }
  }
  if (best * 5 >= size * 4 && best >= 3) {
    for (size_t i = 0; i < size; ++i) {
      if (b[best_at + i].match < 0 && a[from + i].hash == b[best_at + i].hash) {
        a[from + i].match = (int)(best_at + i);
        b[best_at + i].match = (int)(from + i);
      }
    }
  }
}

static size_t line_end(const Words *script, size_t from) {
  size_t to = from;
  while (to < script->list.count &&
         script->list.items[to].owner == script->list.items[from].owner) {
    ++to;
  }
  return to;
}

float kt_align_captions(KtStoryWork *work) {
  Words script = {0};
  Words film = {0};
  KtStory *story = work->story;
  for (size_t i = 0; i < story->lines.count; ++i) {
    add_words(work->scratch, &script, story->lines.items[i].text, (int)i);
  }
  for (size_t i = 0; i < work->film->captions.count; ++i) {
    const KtCaption *caption = &work->film->captions.items[i];
    size_t from = film.list.count;
    if (!caption->sound) {
      add_words(work->scratch, &film, caption->text, (int)i);
      time_words(&film, from, caption);
    }
  }
  if (!script.list.count || !film.list.count) {
    return 0;
  }
  align(work, &script, &film);
  drop_strays(&script, &film);
  size_t found = 0;
  for (size_t from = 0; from < script.list.count;) {
    size_t to = line_end(&script, from);
    KtLine *line = &story->lines.items[script.list.items[from].owner];
    set_line(line, script.list.items, from, to, &film);
    if (line->confidence <= 0) {
      find_moved(&script, from, to, &film);
      set_line(line, script.list.items, from, to, &film);
    }
    found += line->confidence > 0 ? to - from : 0;
    from = to;
  }
  return (float)found / (float)script.list.count;
}
