// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/notate.h"
#include "deliver/beams.h"

#include <stdlib.h>
#include <string.h>

enum {
  TOGETHER_TICKS = 30,  ///< notes that begin this close together are one chord
  OVERLAP_TICKS = 120,  ///< a longer overlap is a second voice
  LONG_TICKS = KT_PPQ,  ///< a note this long ends on an eighth, whatever the breath took from it
  GAP_TICKS = 120,      ///< a shorter silence is not written
  BREATH_TICKS = 480,   ///< with a breath mark, nor is this
  SLUR_BARS = 4,
};

/// Notes that begin and end together, before they are cut at bars and beats.
typedef struct Event {
  KtTick start, end;
  KT_ARRAY(const KtNote *) notes;
  bool joined; ///< slurred to the event before
} Event;
typedef KT_ARRAY(Event) Events;

/// A beat of a bar and the grid its rhythm is read on.
typedef struct Window {
  KtTick start, end;
  KtTick grid;
  bool triplet;
} Window;
typedef KT_ARRAY(Window) Windows;

KtStatus kt_bars(const KtScore *score, KtArena *arena, KtBars *bars, KtError *err) {
  *bars = (KtBars){0};
  KtTick start = 0;
  while (start < score->end || !bars->count) {
    KtBar *bar = kt_array_push(arena, bars);
    if (!bar) {
      return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    }
    bar->start = start;
    bar->metre = kt_metres_at(&score->metres, start);
    bar->end = start = kt_metres_bar_end(&score->metres, start);
  }
  return KT_OK;
}

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

static bool push_note(KtArena *arena, Event *event, const KtNote *note) {
  const KtNote **slot = kt_array_push(arena, &event->notes);
  if (slot) {
    *slot = note;
  }
  return slot != NULL;
}

static bool begin_event(KtArena *arena, Events *events, const KtNote *note) {
  if (events->count && events->items[events->count - 1].end > note->start) {
    events->items[events->count - 1].end = note->start;
  }
  Event *event = kt_array_push(arena, events);
  if (!event) {
    return false;
  }
  event->start = note->start;
  event->end = note->start + note->duration;
  return push_note(arena, event, note);
}

static KtTick distance(KtTick a, KtTick b) {
  return a < b ? b - a : a - b;
}

/// The voice this note goes to, or the one whose last event it joins.
static bool place_note(KtArena *arena, Events voices[KT_VOICES], const KtNote *note) {
  KtTick end = note->start + note->duration;
  int nearest = -1;
  KtTick nearest_off = 0;
  for (int v = 0; v < KT_VOICES; ++v) {
    Event *last = voices[v].count ? &voices[v].items[voices[v].count - 1] : NULL;
    if (last && note->start - last->start <= TOGETHER_TICKS) {
      KtTick off = distance(last->end, end);
      if (off <= TOGETHER_TICKS) {
        return push_note(arena, last, note);
      }
      if (nearest < 0 || off < nearest_off) {
        nearest = v;
        nearest_off = off;
      }
    }
  }
  for (int v = 0; v < KT_VOICES; ++v) {
    Event *last = voices[v].count ? &voices[v].items[voices[v].count - 1] : NULL;
    if (!last || last->end - note->start <= OVERLAP_TICKS) {
      if (!last || note->start - last->start > TOGETHER_TICKS) {
        return begin_event(arena, &voices[v], note);
      }
    }
  }
  if (nearest >= 0) { // no third voice: the chord keeps the length it has
    return push_note(arena, &voices[nearest].items[voices[nearest].count - 1], note);
  }
  return begin_event(arena, &voices[0], note);
}

static bool separate(const KtPart *part, int low, int high, KtArena *arena, Events voices[KT_VOICES]) {
  for (size_t i = 0; i < part->notes.count;) {
    size_t end = i + 1;
    KtTick start = part->notes.items[i].start;
    while (end < part->notes.count && part->notes.items[end].start - start <= TOGETHER_TICKS) {
      ++end;
    }
    for (size_t n = end; n-- > i;) { // high notes first: they are the first voice
      const KtNote *note = &part->notes.items[n];
      if (note->midi >= low && note->midi <= high && !place_note(arena, voices, note)) {
        return false;
      }
    }
    i = end;
  }
  return true;
}

static bool make_windows(const KtBars *bars, KtArena *arena, Windows *windows) {
  for (size_t b = 0; b < bars->count; ++b) {
    KtMetre metre = bars->items[b].metre;
    KtTick size = kt_metre_beat_ticks(metre);
    size = size > KT_PPQ && !kt_metre_compound(metre) ? KT_PPQ : size;
    KtTick line = bars->items[b].end - kt_metre_bar_ticks(metre), next;
    for (KtTick at = bars->items[b].start; at < bars->items[b].end; at = next) {
      Window *window = kt_array_push(arena, windows);
      if (!window) {
        return false;
      }
      next = line + ((at - line) / size + 1) * size;
      next = next < bars->items[b].end ? next : bars->items[b].end;
      window->start = at;
      window->end = next;
    }
  }
  return true;
}

static Window *window_at(const Windows *windows, KtTick tick) {
  size_t low = 0, high = windows->count;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if (windows->items[middle].start <= tick) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return &windows->items[low];
}

static KtTick snap(KtTick in_window, KtTick grid) {
  return (in_window + grid / 2) / grid * grid;
}

/// Sum of distances that the events' ends lie off a grid in this window; events are in order.
static KtTick grid_cost(const Events *events, size_t from, const Window *window, KtTick grid) {
  KtTick cost = 0;
  for (size_t i = from; i < events->count && events->items[i].start < window->end; ++i) {
    const KtTick ticks[2] = {events->items[i].start, events->items[i].end};
    bool is_long = ticks[1] - ticks[0] >= LONG_TICKS; // its end is no matter of rhythm
    for (int k = 0; k < (is_long ? 1 : 2); ++k) {
      if (ticks[k] > window->start && ticks[k] < window->end) {
        KtTick at = ticks[k] - window->start;
        cost += distance(at, snap(at, grid));
      }
    }
  }
  return cost;
}

static void choose_grids(const Events *events, Windows *windows) {
  static const KtTick GRIDS[] = {240, 320, 120, 160};
  size_t from = 0;
  for (size_t w = 0; w < windows->count; ++w) {
    Window *window = &windows->items[w];
    while (from < events->count && events->items[from].end <= window->start) {
      ++from;
    }
    KtTick best = 0, length = window->end - window->start;
    window->grid = 0;
    for (size_t g = 0; g < sizeof(GRIDS) / sizeof(GRIDS[0]); ++g) {
      bool triplet = GRIDS[g] % 120 != 0;
      if (length % GRIDS[g] || (triplet && (length % (GRIDS[g] * 3) || length > KT_PPQ))) {
        continue;
      }
      KtTick cost = grid_cost(events, from, window, GRIDS[g]) + (g > 0 ? 20 + 10 * (KtTick)g : 0);
      if (!window->grid || cost < best) {
        best = cost;
        window->grid = GRIDS[g];
        window->triplet = triplet;
      }
    }
    window->grid = window->grid ? window->grid : 120;
  }
}

static KtTick quantised(const Windows *windows, KtTick tick) {
  const Window *window = window_at(windows, tick);
  KtTick at = window->start + snap(tick - window->start, window->grid);
  return at < window->end ? at : window->end;
}

/// Where the end of an event is written: up to the next note where next to nothing is between, a long
/// note on an eighth.
static KtTick written_end(const Windows *windows, const Events *events, size_t index) {
  const Event *event = &events->items[index];
  const Event *next = index + 1 < events->count ? event + 1 : NULL;
  KtTick allowed = event->notes.items[0]->breath_after ? BREATH_TICKS : GAP_TICKS;
  if (next && next->start - event->end <= allowed) {
    return next->start;
  }
  const Window *window = window_at(windows, event->end);
  if (event->end - event->start < LONG_TICKS || window->triplet) {
    return event->end;
  }
  KtTick eighth = KT_PPQ / 2;
  KtTick at = window->start + snap(event->end - window->start, eighth);
  return at < window->end ? at : window->end;
}

static void quantise(Events *events, Windows *windows) {
  choose_grids(events, windows);
  for (size_t i = 0; i < events->count; ++i) {
    events->items[i].end = written_end(windows, events, i);
  }
  KtTick last = windows->items[windows->count - 1].end;
  size_t kept = 0;
  for (size_t i = 0; i < events->count; ++i) {
    Event event = events->items[i];
    event.start = quantised(windows, event.start < last ? event.start : last - 1);
    event.end = event.end < last ? quantised(windows, event.end) : last;
    if (event.start >= last) {
      event.start = last - window_at(windows, last - 1)->grid;
    }
    if (event.end <= event.start) {
      event.end = event.start + window_at(windows, event.start)->grid;
    }
    Event *before = kept ? &events->items[kept - 1] : NULL;
    if (before && event.start <= before->start) {
      continue; // faster than the grid: the first of them stands for both
    }
    if (before && before->end > event.start) {
      before->end = event.start;
    }
    events->items[kept++] = event;
  }
  events->count = kept;
}

static bool same_pitches(const Event *a, const Event *b) {
  if (a->notes.count != b->notes.count) {
    return false;
  }
  for (size_t i = 0; i < a->notes.count; ++i) {
    if (a->notes.items[i]->midi != b->notes.items[i]->midi) {
      return false;
    }
  }
  return true;
}

static void join_legato(Events *events, KtTick bar_ticks) {
  KtTick slur_start = events->count ? events->items[0].start : 0;
  for (size_t i = 1; i < events->count; ++i) {
    Event *event = &events->items[i];
    const Event *before = &events->items[i - 1];
    bool legato = event->notes.items[0]->articulation == KT_ART_LEGATO;
    event->joined = legato && before->end == event->start && !before->notes.items[0]->breath_after &&
                    !same_pitches(before, event) && event->start - slur_start < SLUR_BARS * bar_ticks;
    if (!event->joined) {
      slur_start = event->start;
    }
  }
}

static int compare_pitch(const void *a, const void *b) {
  const KtNote *const *x = a, *const *y = b;
  return (int)(*x)->midi - (int)(*y)->midi;
}

/// A chord's notes low to high, one of each pitch.
static void tidy_chord(Event *event) {
  qsort(event->notes.items, event->notes.count, sizeof(*event->notes.items), compare_pitch);
  size_t kept = 0;
  for (size_t i = 0; i < event->notes.count; ++i) {
    if (!kept || event->notes.items[kept - 1]->midi != event->notes.items[i]->midi) {
      event->notes.items[kept++] = event->notes.items[i];
    }
  }
  event->notes.count = kept;
}

typedef struct Writer {
  KtArena *arena;
  const Windows *windows;
  KtVoiceText *voice;
} Writer;

static KtSymbol *add_symbol(Writer *writer, const Event *event, KtTick start, KtTick duration) {
  KtSymbol *symbol = kt_array_push(writer->arena, &writer->voice->symbols);
  if (symbol) {
    symbol->start = start;
    symbol->duration = duration;
    if (event) {
      symbol->notes = event->notes.items;
      symbol->note_count = event->notes.count;
      symbol->first = start == event->start;
      symbol->last = start + duration == event->end;
      symbol->tie_stop = !symbol->first;
      symbol->tie_start = !symbol->last;
    }
  }
  return symbol;
}

/// A piece inside a triplet beat: in the time of two thirds of what is written.
static bool write_triplet(Writer *writer, const Event *event, const Window *window, KtTick from,
                          KtTick to) {
  static const KtTick SIZES[] = {640, 480, 320, 160, 80};
  while (from < to) {
    KtTick size = to - from;
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); ++i) {
      if (SIZES[i] <= to - from) {
        size = SIZES[i];
        break;
      }
    }
    KtSymbol *symbol = add_symbol(writer, event, from, size);
    if (!symbol || !kt_note_value(size * 3 / 2, &symbol->type, &symbol->dots)) {
      return false;
    }
    symbol->triplet = true;
    symbol->triplet_start = from == window->start;
    symbol->triplet_stop = from + size == window->end;
    from += size;
  }
  return true;
}

static bool write_binary(Writer *writer, const Event *event, const KtBar *bar, KtTick from, KtTick to) {
  KtTick line = bar->end - kt_metre_bar_ticks(bar->metre); // before an upbeat's start
  while (from < to) {
    KtTick size = kt_first_sign(bar->metre, from - line, to - line, !event);
    KtSymbol *symbol = add_symbol(writer, event, from, size);
    if (!symbol || !kt_note_value(size, &symbol->type, &symbol->dots)) {
      return false;
    }
    from += size;
  }
  return true;
}

/// Sound or silence over [from, to) inside one bar: triplet beats apart from the rest.
static bool write_piece(Writer *writer, const Event *event, const KtBar *bar, KtTick from, KtTick to) {
  while (from < to) {
    const Window *window = window_at(writer->windows, from);
    KtTick end = to;
    if (window->triplet) {
      end = window->end < to ? window->end : to;
      if (!write_triplet(writer, event, window, from, end)) {
        return false;
      }
    } else {
      const Window *last = writer->windows->items + writer->windows->count;
      for (const Window *next = window + 1; next < last && next->start < to; ++next) {
        if (next->triplet) {
          end = next->start;
          break;
        }
      }
      if (!write_binary(writer, event, bar, from, end)) {
        return false;
      }
    }
    from = end;
  }
  return true;
}

static bool write_bar(Writer *writer, const Events *events, size_t *next, const KtBar *bar, bool always) {
  while (*next < events->count && events->items[*next].end <= bar->start) {
    ++*next;
  }
  if (*next >= events->count || events->items[*next].start >= bar->end) {
    KtSymbol *rest = always ? add_symbol(writer, NULL, bar->start, bar->end - bar->start) : NULL;
    if (rest) {
      rest->bar_rest = true;
      rest->type = 1;
    }
    return rest || !always;
  }
  KtTick at = bar->start;
  for (size_t i = *next; i < events->count && events->items[i].start < bar->end; ++i) {
    const Event *event = &events->items[i];
    KtTick from = event->start > bar->start ? event->start : bar->start;
    KtTick to = event->end < bar->end ? event->end : bar->end;
    if (!write_piece(writer, NULL, bar, at, from) || !write_piece(writer, event, bar, from, to)) {
      return false;
    }
    at = to;
  }
  return write_piece(writer, NULL, bar, at, bar->end);
}

/// A triplet beat that no sound or silence cuts is no triplet.
static void clear_whole_triplets(const Events *events, Windows *windows) {
  for (size_t w = 0; w < windows->count; ++w) {
    if (windows->items[w].triplet) {
      windows->items[w].triplet = false;
      for (size_t i = 0; i < events->count && events->items[i].start < windows->items[w].end; ++i) {
        const Event *event = &events->items[i];
        windows->items[w].triplet |= (event->start > windows->items[w].start) ||
                                     (event->end > windows->items[w].start && event->end < windows->items[w].end);
      }
    }
  }
}

static void mark_slurs(KtVoiceText *voice, const Events *events) {
  size_t e = 0;
  for (size_t s = 0; s < voice->symbols.count; ++s) {
    KtSymbol *symbol = &voice->symbols.items[s];
    if (!symbol->notes) {
      continue;
    }
    while (e + 1 < events->count && events->items[e].end <= symbol->start) {
      ++e;
    }
    bool onward = e + 1 < events->count && events->items[e + 1].joined;
    symbol->slur_start = symbol->first && onward && !events->items[e].joined;
    symbol->slur_stop = symbol->last && !onward && events->items[e].joined;
  }
}

static void mark_beams(KtVoiceText *voice, const Windows *windows) {
  KtSymbol *symbols = voice->symbols.items;
  for (size_t i = 0; i < voice->symbols.count;) {
    const Window *window = window_at(windows, symbols[i].start);
    size_t end = i;
    while (end < voice->symbols.count && kt_beam_levels(&symbols[end]) && symbols[end].start < window->end) {
      ++end;
    }
    if (end - i > 1) {
      kt_beam_group(&symbols[i], end - i);
    }
    i = end > i ? end : i + 1;
  }
}

KtStatus kt_notate(const KtBars *bars, const KtPart *part, int low, int high, KtArena *arena,
                   KtStaffText *staff, KtError *err) {
  Events voices[KT_VOICES] = {0};
  if (!separate(part, low, high, arena, voices)) {
    return no_memory(err);
  }
  for (int v = 0; v < KT_VOICES; ++v) {
    Windows windows = {0};
    if (!make_windows(bars, arena, &windows)) {
      return no_memory(err);
    }
    for (size_t i = 0; i < voices[v].count; ++i) {
      tidy_chord(&voices[v].items[i]);
    }
    quantise(&voices[v], &windows);
    clear_whole_triplets(&voices[v], &windows);
    join_legato(&voices[v], kt_metre_bar_ticks(bars->items[0].metre));
    Writer writer = {arena, &windows, &staff->voices[v]};
    size_t next = 0;
    for (size_t b = 0; b < bars->count; ++b) {
      if (!write_bar(&writer, &voices[v], &next, &bars->items[b], v == 0)) {
        return kt_error_set(err, kt_arena_failed(arena) ? KT_ERR_MEMORY : KT_ERR_FORMAT,
                            "part %s, bar %zu: a rhythm cannot be notated", part->id, b + 1);
      }
    }
    mark_slurs(&staff->voices[v], &voices[v]);
    mark_beams(&staff->voices[v], &windows);
  }
  return KT_OK;
}
