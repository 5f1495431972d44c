// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_CLI_CLI_H
#define KT_CLI_CLI_H

#include "kinothek/kinothek.h"

/// Exit statuses: the contract with scripts.
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/// What a command line said.
typedef struct Arguments {
  KtScoreOptions score;
  const char *positional[4];
  int positional_count;
  int seconds;
  bool json, quiet, help, version, reset, clicks, streamers;
  const char *language;
  const char *play; ///< folder for themes to be heard
  const char *into; ///< folder for learned tables
} Arguments;

typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT, OPTION_INT, OPTION_SEED } OptionKind;

/// One option: parsing, range and help in one place; manual page and shell completion read it too.
typedef struct Option {
  const char *name;      ///< "palette" for --palette
  const char *argument;  ///< "ID", NULL for a flag
  OptionKind kind;
  size_t offset;         ///< into Arguments
  long low, high;        ///< of numbers
  const char *choices;   ///< "ebu|atsc", for completion and checking; NULL free
  const char *help;
} Option;

typedef struct Verb {
  const char *name;
  const char *operands;  ///< "FILM"
  int least, most;       ///< how many operands
  const char *summary;   ///< one line
  const char *describe;  ///< a paragraph for --help and the manual page
  const char *options;   ///< names of its options, separated by spaces
  int (*run)(const Arguments *arguments);
} Verb;

extern const Verb VERBS[];
extern const Option OPTIONS[];
const Verb *verb_find(const char *name);
bool verb_has(const Verb *verb, const Option *option);
/// Parse what follows the verb; EXIT_USAGE with a message said, else EXIT_DONE.
int arguments_parse(const Verb *verb, int argc, char **argv, Arguments *arguments);

int help_program(void);
int help_verb(const Verb *verb);

/// NAME.kinothek in the folder where we stand.
void default_folder(const char *film, char *folder, size_t size);

int verb_score(const Arguments *arguments);
int verb_compose(const Arguments *arguments);
int verb_sketch(const Arguments *arguments);
int verb_update(const Arguments *arguments);
int verb_look(const Arguments *arguments);
int verb_story(const Arguments *arguments);
int verb_words(const Arguments *arguments);
int verb_deliver(const Arguments *arguments);
int verb_spotting(const Arguments *arguments);
int verb_themes(const Arguments *arguments);
int verb_report(const Arguments *arguments);
int verb_learn(const Arguments *arguments);
int verb_library(const Arguments *arguments);
int verb_help(const Arguments *arguments);
int verb_man(const Arguments *arguments);
int verb_completion(const Arguments *arguments);

/// The report of the production in a folder, a json_t of the caller's; NULL with an error said.
struct json_t *load_report(const char *folder);
/// Prints the sheet of the report in a folder.
int print_spotting(const char *folder, bool json);
/// One line "kinothek: ..." on standard error; returns the exit status for the error.
int say_error(const KtError *err);
/// Progress at a terminal as a bar, elsewhere as plain lines; silent where quiet.
typedef struct Teller {
  bool quiet, terminal, bar_shown;
  char stage[32];
  double shown_at;
} Teller;
KtListener teller_listener(Teller *teller, bool quiet);
void teller_end(Teller *teller);
/// Ctrl-C and SIGTERM ask the production to stop; a second one ends at once.
void stop_on_signals(KtProduction *production);
/// From now on a fault inside a library that was refused memory ends in one line and EXIT_FAILED.
void memory_guard(void);

#endif
