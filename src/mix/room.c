// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/room.h"

#include "base/audio_file.h"
#include "base/pool.h"
#include "base/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  BLOCK = KT_CONVOLVER_BLOCK,
  SPENT = 4, // blocks of silence after which nothing of a sound is left
  LANES = 4, // in which players of one bus are added up apart, so that threads may share them
};

/// One instrument in its place. Its past is kept in front of its block, for the reflections.
typedef struct Player {
  KtAudioReader *reader;
  int lane;
  KtSeating seating;
  float dull[2];                   // state of the one-pole
  float thin, corner;              // share taken of what is under a corner, and the one-pole's pace there
  float under[2];                  // its state
  float before[2], level[2];       // of the filter that takes a sample's offset away
  float past[KT_TAP_MOST + BLOCK]; // mono: what goes to walls and hall
  float sides[2][64 + BLOCK];      // left and right of the instrument, a little past in front
  bool ended;                      // the file is read
  int idle;                        // blocks of silence so far
} Player;

/// Where players are added up, always in their order: one of a bus, or of the LANES of a single bus.
typedef struct Lane {
  bool used;
  float *dry;     // BLOCK interleaved, as read
  float *send;    // BLOCK mono to the hall
  float *ears[2]; // BLOCK each, before they are woven
} Lane;

typedef struct Bus {
  float *out;     // BLOCK interleaved, the hall's channels
  float *pair;    // BLOCK of two ears
  KtConvolver late, rear;
} Bus;

struct KtRoom {
  const KtHall *hall;
  int64_t frames;
  Player *players;
  size_t count;
  Bus buses[KT_STEM_COUNT];
  Lane lanes[KT_STEM_COUNT];
  bool apart; // a bus a stem
  int threads;
};

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

/// A few players sit nearer to the middle than the chairs of an orchestra stand.
static double drawn_together(const KtRoom *room, const KtStems *stems) {
  double share = (double)stems->items.count / fmax(1, room->hall->full_stage);
  return share < 1 ? share : 1;
}

static KtStatus open_player(KtRoom *room, const KtOrchestra *orchestra, const KtDryStem *stem,
                            double stage, size_t index, Player *player, KtError *err) {
  double position = 0, depth = 3;
  int players = 1;
  for (int i = 0; i < orchestra->count; ++i) {
    const KtInstrument *instrument = &orchestra->instruments[i];
    if (!strcmp(instrument->id, stem->instrument)) {
      position = stage * (double)instrument->position;
      depth = (double)instrument->depth_m;
      players = instrument->players;
    }
  }
  player->lane = room->apart ? (int)stem->stem : (int)(index % LANES);
  player->seating = kt_hall_seat(room->hall->design, position, depth, players);
  player->seating.late_gain *= room->hall->sends[stem->stem];
  room->lanes[player->lane].used = true;
  KtStatus status = kt_audio_reader_open(stem->path, &player->reader, err);
  if (!status && (kt_audio_reader_channels(player->reader) != 2 ||
                  kt_audio_reader_rate(player->reader) != KT_SAMPLE_RATE)) {
    status = kt_error_at(err, KT_ERR_FORMAT, stem->path, 0, 0,
                         "is not a stereo sound at 48000 Hz; give one");
  }
  return status;
}

static KtStatus open_lane(Lane *lane, KtError *err) {
  lane->dry = calloc(2 * (size_t)BLOCK, sizeof(float));
  lane->send = calloc(BLOCK, sizeof(float));
  lane->ears[0] = calloc(BLOCK, sizeof(float));
  lane->ears[1] = calloc(BLOCK, sizeof(float));
  return lane->dry && lane->send && lane->ears[0] && lane->ears[1] ? KT_OK : no_memory(err);
}

static KtStatus open_bus(KtRoom *room, Bus *bus, KtError *err) {
  bus->out = calloc((size_t)room->hall->channels * BLOCK, sizeof(float));
  bus->pair = calloc(2 * (size_t)BLOCK, sizeof(float));
  if (!bus->out || !bus->pair) {
    return no_memory(err);
  }
  KtStatus status = kt_convolver_init(&bus->late, &room->hall->late, err);
  return status || room->hall->channels < 3 ? status
                                            : kt_convolver_init(&bus->rear, &room->hall->rear, err);
}

static void thin_player(const KtRoomThin *thin, KtSectionId section, Player *player) {
  if (thin && thin->db[section] > 0) {
    player->thin = (float)(1 - pow(10, -(double)thin->db[section] / 20));
    player->corner = (float)(1 - exp(-2 * M_PI * thin->corner_hz / KT_SAMPLE_RATE));
  }
}

KtStatus kt_room_open(const KtHall *hall, const KtOrchestra *orchestra, const KtStems *stems, const KtRoomThin *thin,
                      bool apart, int threads, KtRoom **room, KtError *err) {
  KtRoom *made = calloc(1, sizeof(*made));
  if (!made) {
    return no_memory(err);
  }
  made->hall = hall;
  made->apart = apart;
  made->threads = threads;
  made->frames = stems->items.count ? stems->frames + (int64_t)hall->frames + KT_TAP_MOST : 0;
  made->players = calloc(stems->items.count + 1, sizeof(*made->players));
  KtStatus status = made->players ? KT_OK : no_memory(err);
  for (size_t i = 0; !status && i < stems->items.count; ++i) {
    ++made->count;
    status = open_player(made, orchestra, &stems->items.items[i], drawn_together(made, stems), i,
                         &made->players[i], err);
    thin_player(thin, stems->items.items[i].stem, &made->players[i]);
  }
  for (int b = 0; !status && b < KT_STEM_COUNT; ++b) {
    status = made->lanes[b].used ? open_lane(&made->lanes[b], err) : KT_OK;
    if (!status && (apart ? made->lanes[b].used : b == 0 && made->count)) {
      status = open_bus(made, &made->buses[b], err);
    }
  }
  if (status) {
    kt_room_close(made);
  } else {
    *room = made;
  }
  return status;
}

void kt_room_close(KtRoom *room) {
  if (!room) {
    return;
  }
  for (size_t i = 0; i < room->count; ++i) {
    kt_audio_reader_close(room->players[i].reader);
  }
  for (int b = 0; b < KT_STEM_COUNT; ++b) {
    Bus *bus = &room->buses[b];
    Lane *lane = &room->lanes[b];
    free(lane->dry);
    free(lane->send);
    free(lane->ears[0]);
    free(lane->ears[1]);
    free(bus->out);
    free(bus->pair);
    kt_convolver_clear(&bus->late);
    kt_convolver_clear(&bus->rear);
  }
  free(room->players);
  free(room);
}

KT_WIDE static void add(float *restrict to, const float *restrict from, float gain) {
  for (size_t i = 0; i < BLOCK; ++i) {
    to[i] += gain * from[i];
  }
}

static bool silent(const float *samples, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (samples[i] != 0) {
      return false;
    }
  }
  return true;
}

static float no_denormal(float value) {
  return value > 1e-15F || value < -1e-15F ? value : 0;
}

/// The next block of the dry sound into the player's two sides and its mono sum.
static void seat_dry(const float *dry, Player *player) {
  memmove(player->past, player->past + BLOCK, KT_TAP_MOST * sizeof(float));
  for (int side = 0; side < 2; ++side) {
    memmove(player->sides[side], player->sides[side] + BLOCK, 64 * sizeof(float));
  }
  for (size_t i = 0; i < BLOCK; ++i) {
    for (int side = 0; side < 2; ++side) {
      float in = dry[2 * i + (size_t)side];
      // Some samples stand beside zero or drift: nothing below 12 Hz is music.
      float level = in - player->before[side] + 0.99843F * player->level[side];
      player->before[side] = in;
      player->level[side] = no_denormal(level);
      if (player->thin > 0) {
        player->under[side] = no_denormal(player->under[side] + player->corner * (level - player->under[side]));
        level -= player->thin * player->under[side];
      }
      float state = player->dull[side] + player->seating.dull * (level - player->dull[side]);
      player->dull[side] = no_denormal(state);
      player->sides[side][64 + i] = player->dull[side];
    }
    player->past[KT_TAP_MOST + i] = 0.6F * (player->sides[0][64 + i] + player->sides[1][64 + i]);
  }
}

static void play(const Player *player, Lane *lane) {
  const KtSeating *seating = &player->seating;
  for (int ear = 0; ear < 2; ++ear) {
    for (int side = 0; side < 2; ++side) {
      add(lane->ears[ear], player->sides[side] + 64 - seating->direct_delay[ear],
          seating->direct[side][ear]);
    }
    for (int tap = 0; tap < seating->taps; ++tap) {
      add(lane->ears[ear], player->past + KT_TAP_MOST - seating->tap_delay[tap],
          seating->tap_gain[tap][ear]);
    }
  }
  add(lane->send, player->past + KT_TAP_MOST, seating->late_gain);
}

/// Read and place the next block; nothing to place while it has been silent long enough for filters
/// and walls to have given back all.
static KtStatus run_player(Lane *lane, Player *player, KtError *err) {
  size_t got = 0;
  KtStatus status = KT_OK;
  if (!player->ended) {
    status = kt_audio_read(player->reader, lane->dry, BLOCK, &got, err);
  }
  player->ended = !got;
  memset(lane->dry + 2 * got, 0, 2 * (BLOCK - got) * sizeof(float));
  player->idle = silent(lane->dry, 2 * got) ? player->idle + 1 : 0;
  if (!status && player->idle < SPENT) {
    seat_dry(lane->dry, player);
    play(player, lane);
  }
  return status;
}

/// Two ears into channels of a bus from `first` on.
static void weave(const KtRoom *room, Bus *bus, size_t first) {
  size_t channels = (size_t)room->hall->channels;
  for (size_t i = 0; i < BLOCK; ++i) {
    bus->out[i * channels + first] = bus->pair[2 * i];
    bus->out[i * channels + first + 1] = bus->pair[2 * i + 1];
  }
}

/// What is in a lane, in the hall.
static void sound(const KtRoom *room, const Lane *lane, Bus *bus) {
  for (size_t i = 0; i < BLOCK; ++i) {
    bus->pair[2 * i] = lane->ears[0][i];
    bus->pair[2 * i + 1] = lane->ears[1][i];
  }
  kt_convolver_run(&bus->late, lane->send, bus->pair);
  weave(room, bus, 0);
  if (room->hall->channels > 2) {
    memset(bus->pair, 0, 2 * (size_t)BLOCK * sizeof(float));
    kt_convolver_run(&bus->rear, lane->send, bus->pair);
    weave(room, bus, KT_REAR_LEFT);
  }
}

/// One block in the making.
typedef struct Reading {
  KtRoom *room;
  KtRoomTake take;
  void *user;
} Reading;

/// The players of one lane; kept apart, in the hall too.
static KtStatus run_lane(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  const Reading *reading = user;
  KtRoom *room = reading->room;
  Lane *lane = &room->lanes[index];
  if (!lane->used) {
    return KT_OK;
  }
  memset(lane->send, 0, BLOCK * sizeof(float));
  memset(lane->ears[0], 0, BLOCK * sizeof(float));
  memset(lane->ears[1], 0, BLOCK * sizeof(float));
  KtStatus status = KT_OK;
  for (size_t i = 0; !status && i < room->count; ++i) {
    if (room->players[i].lane == (int)index) {
      status = run_player(lane, &room->players[i], err);
    }
  }
  if (!status && room->apart) {
    sound(room, lane, &room->buses[index]);
    status = reading->take ? reading->take(reading->user, (int)index, err) : KT_OK;
  }
  return status;
}

KtStatus kt_room_read(KtRoom *room, KtRoomTake take, void *user, KtError *err) {
  Reading reading = {room, take, user};
  KtStatus status = kt_parallel(room->threads, room->apart ? KT_STEM_COUNT : LANES, run_lane, &reading, err);
  if (!status && !room->apart && room->count) {
    Lane *first = &room->lanes[0]; // in use as soon as anyone plays
    for (int l = 1; l < LANES; ++l) {
      if (room->lanes[l].used) {
        add(first->send, room->lanes[l].send, 1);
        add(first->ears[0], room->lanes[l].ears[0], 1);
        add(first->ears[1], room->lanes[l].ears[1], 1);
      }
    }
    sound(room, first, &room->buses[0]);
    status = take ? take(user, 0, err) : KT_OK;
  }
  return status;
}

const float *kt_room_bus(const KtRoom *room, int bus) {
  return room->buses[bus].out;
}

int64_t kt_room_frames(const KtRoom *room) {
  return room->frames;
}
