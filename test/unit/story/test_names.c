// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/// Stresses as a dictionary of English pronunciation has them; a second stress counts as strong
/// where it is not next to the first.
/// Stressed / and unstressed x syllables.
static const struct {
  const char *name, *rhythm;
} RHYTHMS[] = {
    {"Barbra", "/x"},          {"Johnny", "/x"},       {"Eleanor", "/xx"},
    {"Popeye", "/x"},          {"Sinbad", "/x"},       {"Alexander", "/x/x"},
    {"the Lamp", "x/"},        {"Mr. Cooper", "/x/x"}, {"Mrs. Cooper", "/x/x"},
    {"Dr. Strange", "/x/"},    {"Ben", "/"},           {"James", "/"},
    {"Jacques", "/"},          {"Steve", "/"},         {"Charlotte", "/x"},
    {"Marten", "/x"},          {"Ida", "/x"},          {"Jon", "/"},
    {"Thom", "/"},             {"Celia", "/xx"},       {"Proog", "/"},
    {"Emo", "/x"},             {"Handsome Man", "/x/"}, {"Cognito", "x/x"},
    {"Steel", "/"},            {"Brick Braddock", "//x"}, {"Minion", "/x"},
    {"Olivia", "x/xx"},        {"Isabella", "/x/x"},   {"Victoria", "x/xx"},
    {"Amanda", "x/x"},         {"Rebecca", "x/x"},     {"Maria", "x/x"},
    {"Michael", "/x"},         {"Daniel", "/x"},       {"Samuel", "/xx"},
    {"Gabriel", "/xx"},        {"Nathaniel", "x/xx"},  {"Christopher", "/xx"},
    {"Benjamin", "/xx"},       {"Jonathan", "/xx"},    {"Sebastian", "x/xx"},
    {"Julian", "/xx"},         {"Adrian", "/xx"},      {"Vivian", "/xx"},
    {"Louise", "x/"},          {"Michelle", "x/"},     {"Nicole", "x/"},
    {"Annette", "x/"},         {"Maureen", "x/"},      {"Kathleen", "/x"},
    {"Katherine", "/xx"},      {"Catherine", "/xx"},   {"Josephine", "/xx"},
    {"Madeline", "/xx"},       {"Valentine", "/xx"},   {"Augustine", "/xx"},
    {"Claude", "/"},           {"Blake", "/"},         {"George", "/"},
    {"The Captain", "x/x"},    {"Captain Ahab", "/x/x"}, {"Old Man", "//"},
    {"Young Ben", "//"},       {"Romeo", "/xx"},       {"Juliet", "/xx"},
    {"Ophelia", "x/xx"},       {"Cordelia", "x/xx"},   {"Rosalind", "/xx"},
    {"Hamlet", "/x"},          {"Othello", "x/x"},     {"Desdemona", "/x/x"},
    {"Aladdin", "x/x"},        {"Achmed", "/x"},       {"Scheherazade", "x/x/x"},
    {"Nura", "/x"},            {"Omar", "/x"},         {"Djinn", "/"},
    {"Diana", "x/x"},          {"Joanna", "x/x"},      {"Susanna", "x/x"},
    {"Johanna", "x/x"},        {"Helena", "/xx"},      {"Elena", "x/x"},
    {"Antonio", "x/xx"},       {"Leonardo", "/x/x"},   {"Ricardo", "x/x"},
    {"Fernando", "x/x"},       {"Marlene", "x/"},      {"Charlene", "x/"},
    {"Simone", "x/"},          {"Yvonne", "x/"},       {"Danielle", "/x/"},
    {"Gabrielle", "/x/"},      {"Emmanuel", "x/xx"},   {"Ezekiel", "x/xx"},
    {"Jeremiah", "/x/x"},      {"Tobias", "x/x"},      {"Matthias", "x/x"},
    {"Zachariah", "/x/x"},     {"Theodore", "/xx"},    {"Beatrice", "/xx"},
    {"Alice", "/x"},           {"Grace", "/"},         {"Florence", "/x"},
    {"Constance", "/x"},       {"Clarence", "/x"},     {"Maurice", "x/"},
    {"Robot", "/x"},           {"Narrator", "/xx"},    {"Policeman", "x/x"},
    {"the farmhouse", "x/x"},  {"the chase", "x/"},    {"the danger", "x/x"},
    {"King Charles", "//"},    {"Queen Elizabeth", "/x/xx"}, {"Mary-Anne", "/x/"},
    {"O'Brien", "x/x"},        {"McCoy", "x/"},        {"MacDonald", "x/x"},
    {"Guard 2", "//"},         {"Dorothy", "/xx"},     {"Toto", "/x"},
    {"Zo\xC3\xAB", "/x"},      {"Chlo\xC3\xA9", "/x"}, {"Ren\xC3\xA9" "e", "x/"},
    {"Am\xC3\xA9lie", "/xx"},
};

static void test_rhythms(void **state) {
  (void)state;
  KtStoryRules *rules = NULL;
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA")};
  assert_int_equal(kt_story_rules_load(&ctx, &rules, NULL), KT_OK);
  KtArena *arena = kt_arena_new();
  int wrong = 0;
  for (size_t i = 0; i < sizeof(RHYTHMS) / sizeof(*RHYTHMS); ++i) {
    const char *rhythm = kt_name_rhythm(arena, rules, RHYTHMS[i].name);
    if (strcmp(rhythm, RHYTHMS[i].rhythm) != 0) {
      print_message("%s: %s, should be %s\n", RHYTHMS[i].name, rhythm, RHYTHMS[i].rhythm);
      ++wrong;
    }
  }
  assert_int_equal(wrong, 0);
  kt_arena_free(arena);
  kt_story_rules_free(rules);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_rhythms)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
