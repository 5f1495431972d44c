// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { CUES = 4, NOTES = 12, HEAD = 5 };

/// Ida, her theme, the danger's theme, and four cues whose scores hold what a test puts there.
typedef struct Room {
  KtArena *arena;
  KtStory story;
  KtThemes themes;
  KtSpotting spotting;
  KtScore scores[CUES];
  KtScore *by_cue[CUES];
} Room;

static void open_room(Room *room) {
  *room = (Room){.arena = kt_arena_new()};
  room->spotting.arena = room->arena;
  static const struct {
    KtSubjectKind kind;
    const char *name;
  } subjects[] = {{KT_SUBJECT_CHARACTER, "Ida"}, {KT_SUBJECT_IDEA, "the danger"}};
  for (int i = 0; i < 2; ++i) {
    *kt_array_push(room->arena, &room->story.subjects) =
        (KtSubject){.kind = subjects[i].kind, .name = subjects[i].name};
    KtTheme *theme = kt_array_push(room->arena, &room->themes.items);
    *theme = (KtTheme){.title = subjects[i].name, .subject = i, .head = HEAD};
    for (int n = 0; n < NOTES; ++n) {
      kt_array_push(room->arena, &theme->notes);
    }
  }
  for (int i = 0; i < CUES; ++i) {
    *kt_array_push(room->arena, &room->spotting.cues) = (KtCue){.reason = "enters on the cut"};
    room->by_cue[i] = &room->scores[i];
  }
}

static void state_theme(Room *room, int cue, int theme, KtTransform transform, int notes, bool recognisable) {
  *kt_array_push(room->arena, &room->scores[cue].statements) =
      (KtStatement){.theme = theme, .transform = transform, .notes = notes, .recognisable = recognisable};
}

static void tell(Room *room) {
  kt_forget_first_statements(&room->spotting);
  kt_tell_first_statements(&room->story, &room->themes, room->by_cue, &room->spotting);
}

static void assert_reasons(const Room *room, const char *const reasons[CUES]) {
  for (int i = 0; i < CUES; ++i) {
    assert_string_equal(room->spotting.cues.items[i].reason, reasons[i]);
  }
}

static void test_motif_then_theme(void **state) {
  (void)state;
  Room room;
  open_room(&room);
  state_theme(&room, 0, 0, KT_TRANSFORM_FRAGMENT, HEAD - 2, true);
  state_theme(&room, 1, 0, KT_TRANSFORM_PLAIN, HEAD, true);
  state_theme(&room, 2, 0, KT_TRANSFORM_REHARMONISED, NOTES, true);
  state_theme(&room, 2, 1, KT_TRANSFORM_PLAIN, NOTES, true);
  state_theme(&room, 3, 0, KT_TRANSFORM_PLAIN, NOTES, true);
  for (int again = 0; again < 2; ++again) { // what an earlier run told is taken back
    tell(&room);
    assert_reasons(&room, (const char *const[]){
                              "enters on the cut", "enters on the cut; first time Ida's motif is heard in full",
                              "enters on the cut; first time Ida's theme is heard in full; first time the theme of "
                              "the danger is heard in full",
                              "enters on the cut"});
  }
  kt_arena_free(room.arena);
}

static void test_what_is_no_full_statement(void **state) {
  (void)state;
  Room room;
  open_room(&room);
  state_theme(&room, 0, 0, KT_TRANSFORM_PLAIN, NOTES, false); // in the texture
  state_theme(&room, 1, 0, KT_TRANSFORM_INVERSION, NOTES, true);
  state_theme(&room, 2, 0, KT_TRANSFORM_SEQUENCE, NOTES, true);
  state_theme(&room, 3, 0, KT_TRANSFORM_TRUNCATED, NOTES, true);
  tell(&room);
  assert_reasons(&room, (const char *const[]){"enters on the cut", "enters on the cut", "enters on the cut",
                                              "enters on the cut; first time Ida's motif is heard in full"});
  kt_arena_free(room.arena);
}

/// A person's words stay, and the cue after theirs is not the first.
static void test_locked_cue(void **state) {
  (void)state;
  Room room;
  open_room(&room);
  room.spotting.cues.items[1].locked = true;
  room.spotting.cues.items[1].reason = "mine; first time she is heard in full";
  room.by_cue[0] = NULL;
  state_theme(&room, 1, 0, KT_TRANSFORM_PLAIN, NOTES, true);
  state_theme(&room, 2, 0, KT_TRANSFORM_PLAIN, NOTES, true);
  tell(&room);
  assert_reasons(&room, (const char *const[]){"enters on the cut", "mine; first time she is heard in full",
                                              "enters on the cut", "enters on the cut"});
  kt_arena_free(room.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_motif_then_theme),
                                     cmocka_unit_test(test_what_is_no_full_statement),
                                     cmocka_unit_test(test_locked_cue)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
