// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(Arguments, field)

const Option OPTIONS[] = {
    {"script", "FILE", OPTION_TEXT, AT(score.script), 0, 0, NULL, "the screenplay (Fountain, Final Draft .fdx, plain text)"},
    {"subtitles", "FILE", OPTION_TEXT, AT(score.subtitles), 0, 0, NULL, "what is said and when (SRT, WebVTT, ASS)"},
    {"edl", "FILE", OPTION_TEXT, AT(score.edl), 0, 0, NULL, "the edit list (CMX3600 EDL, OpenTimelineIO, Final Cut 7 XML, FCPXML): its cuts and markers count"},
    {"textures", "DIR", OPTION_TEXT, AT(score.textures), 0, 0, NULL, "a folder of field recordings: tuned to the harmony they sound under scenes that their names fit (rain.wav under rain)"},
    {"markers", "FILE", OPTION_TEXT, AT(score.markers), 0, 0, NULL, "an editor's markers (Resolve EDL or CSV, Premiere CSV, Avid text); HIT, STING, SWELL, STOP become hit points"},
    {"film", "FILE", OPTION_TEXT, AT(score.film), 0, 0, NULL, "the film that the screenplay became"},
    {"brief", "FILE", OPTION_TEXT, AT(score.brief), 0, 0, NULL, "what is asked of the score (YAML)"},
    {"out", "DIR", OPTION_TEXT, AT(score.out), 0, 0, NULL, "the production folder; NAME.kinothek here if not given"},
    {"palette", "ID", OPTION_TEXT, AT(score.palette), 0, 0,
     "epic|chamber|piano|minimal|pulse|hybrid|horror|comedy|fairy|silent",
     "instruments and habits of the music; else the brief's, or as the story suggests"},
    {"loudness", "SPEC", OPTION_TEXT, AT(score.loudness), 0, 0, "ebu|atsc|netflix|web",
     "bring the whole to a delivery spec; else the film's own sound is left as it is"},
    {"film-sound", "HOW", OPTION_TEXT, AT(score.film_sound), 0, 0, NULL,
     "keep (as it is), drop (none: for a cut with temp music), or a FILE with dialogue and effects"},
    {"cues", "LIST", OPTION_TEXT, AT(score.cues), 0, 0, NULL,
     "score only these cues (1m01,1m02); the rest of the film stays without music"},
    {"library", "NAME", OPTION_TEXT, AT(score.library), 0, 0, NULL, "sample library by name or file; kinothek library lists them"},
    {"timecode", "TC", OPTION_TEXT, AT(score.start_timecode), 0, 0, NULL, "timecode of the first picture; else the file's"},
    {"video-stream", "N", OPTION_INT, AT(score.video_stream), 0, 1000, NULL, "picture stream by its index in the file; else the largest"},
    {"mood", "TEXT", OPTION_TEXT, AT(score.mood), 0, 0, NULL,
     "what is felt, in words: \"sad, intimate\", or one after another: \"calm > afraid > relieved\""},
    {"seconds", "N", OPTION_INT, AT(seconds), 4, 1800, NULL, "how long the music is; 60 if not given"},
    {"suite", NULL, OPTION_FLAG, AT(score.suite), 0, 0, NULL, "also a suite of its main moments, cue 0m01"},
    {"seed", "N", OPTION_SEED, AT(score.seed), 0, 0, NULL, "another seed gives other music of the same meaning"},
    {"threads", "N", OPTION_INT, AT(score.threads), 1, 64, NULL, "how many cores to use; else all"},
    {"language", "CODE", OPTION_TEXT, AT(language), 0, 0, NULL, "language of the words; en if not given"},
    {"clicks", NULL, OPTION_FLAG, AT(clicks), 0, 0, NULL, "a click track of each cue, two bars free, as WAV and MIDI"},
    {"streamers", NULL, OPTION_FLAG, AT(streamers), 0, 0, NULL, "the picture of each cue with streamers and punches drawn over it"},
    {"play", "DIR", OPTION_TEXT, AT(play), 0, 0, NULL, "write each theme as piano and as orchestra, 20 to 40 seconds, WAV and MIDI, into this folder"},
    {"into", "DIR", OPTION_TEXT, AT(into), 0, 0, NULL,
     "where learned tables go; else learned/NAME in $XDG_DATA_HOME/kinothek"},
    {"reset", NULL, OPTION_FLAG, AT(reset), 0, 0, NULL, "forget what was set by hand"},
    {"preview", NULL, OPTION_FLAG, AT(score.preview), 0, 0, NULL,
     "look at key pictures only: many times as fast; cuts may be missed or late, no movement"},
    {"json", NULL, OPTION_FLAG, AT(json), 0, 0, NULL, "print results as JSON"},
    {"quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, "say nothing but errors"},
    {"version", NULL, OPTION_FLAG, AT(version), 0, 0, NULL, "print the program's version"},
    {"help", NULL, OPTION_FLAG, AT(help), 0, 0, NULL, "print this"},
    {0},
};

bool verb_has(const Verb *verb, const Option *option) {
  size_t length = strlen(option->name);
  for (const char *at = verb->options; at && *at; at += strspn(at, " ")) {
    size_t word = strcspn(at, " ");
    if (word == length && !strncmp(at, option->name, length)) {
      return true;
    }
    at += word;
  }
  return !strcmp(option->name, "help") || !strcmp(option->name, "version");
}

static bool is_choice(const char *choices, const char *value) {
  size_t length = strlen(value);
  while (choices && *choices) {
    size_t word = strcspn(choices, "|");
    if (word == length && !strncmp(choices, value, length)) {
      return true;
    }
    choices += word + (choices[word] == '|');
  }
  return false;
}

static int usage(const Verb *verb, const char *what, const char *text) {
  fprintf(stderr, "kinothek %s: %s%s%s%s; kinothek %s --help tells more\n", verb->name, what,
          text ? " \"" : "", text ? text : "", text ? "\"" : "", verb->name);
  return EXIT_USAGE;
}

static int store(const Verb *verb, const Option *option, const char *value, Arguments *to) {
  char *field = (char *)to + option->offset;
  char *end = NULL;
  char what[160];
  errno = 0;
  switch (option->kind) {
  case OPTION_FLAG:
    *(bool *)field = true;
    return EXIT_DONE;
  case OPTION_TEXT:
    if (option->choices && !is_choice(option->choices, value)) {
      snprintf(what, sizeof(what), "--%s is one of %s, not", option->name, option->choices);
      return usage(verb, what, value);
    }
    *(const char **)field = value;
    return EXIT_DONE;
  case OPTION_INT: {
    long number = strtol(value, &end, 10);
    if (end == value || *end || errno || number < option->low || number > option->high) {
      snprintf(what, sizeof(what), "--%s takes a whole number from %ld to %ld, not", option->name,
               option->low, option->high);
      return usage(verb, what, value);
    }
    *(int *)field = (int)number;
    return EXIT_DONE;
  }
  case OPTION_SEED: {
    uint64_t number = strtoull(value, &end, 10);
    if (end == value || *end || errno || value[0] == '-') {
      return usage(verb, "--seed takes a whole number from 0 to 18446744073709551615, not", value);
    }
    *(uint64_t *)field = number;
    to->score.has_seed = true;
    return EXIT_DONE;
  }
  }
  return EXIT_USAGE;
}

static const Option *find(const Verb *verb, const char *name, size_t length) {
  for (const Option *option = OPTIONS; option->name; ++option) {
    if (strlen(option->name) == length && !strncmp(option->name, name, length) &&
        verb_has(verb, option)) {
      return option;
    }
  }
  return NULL;
}

static int parse_option(const Verb *verb, int argc, char **argv, int *at, Arguments *to) {
  const char *name = argv[*at] + 2;
  size_t length = strcspn(name, "=");
  const Option *option = find(verb, name, length);
  if (!option) {
    return usage(verb, "there is no option", argv[*at]);
  }
  const char *value = name[length] == '=' ? name + length + 1 : NULL;
  if (option->kind == OPTION_FLAG) {
    return value ? usage(verb, "this option takes no value:", argv[*at]) : store(verb, option, NULL, to);
  }
  if (!value) {
    if (*at + 1 >= argc) {
      return usage(verb, "a value is missing after", argv[*at]);
    }
    value = argv[++*at];
  }
  return store(verb, option, value, to);
}

int arguments_parse(const Verb *verb, int argc, char **argv, Arguments *arguments) {
  memset(arguments, 0, sizeof(*arguments));
  kt_score_options_init(&arguments->score);
  bool only_operands = false;
  for (int i = 0; i < argc; ++i) {
    int status = EXIT_DONE;
    if (!only_operands && !strcmp(argv[i], "--")) {
      only_operands = true;
    } else if (!only_operands && !strcmp(argv[i], "-h")) {
      arguments->help = true;
    } else if (!only_operands && !strncmp(argv[i], "--", 2)) {
      status = parse_option(verb, argc, argv, &i, arguments);
    } else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
      status = usage(verb, "there is no option", argv[i]);
    } else if (arguments->positional_count >= verb->most) {
      status = usage(verb, "one word too many:", argv[i]);
    } else {
      arguments->positional[arguments->positional_count++] = argv[i];
    }
    if (status != EXIT_DONE) {
      return status;
    }
  }
  if (arguments->version) {
    arguments->help = false;
    printf("kinothek %s\n", kt_version());
    exit(EXIT_DONE);
  }
  if (!arguments->help && arguments->positional_count < verb->least) {
    return usage(verb, "what is missing is", verb->operands);
  }
  return EXIT_DONE;
}
