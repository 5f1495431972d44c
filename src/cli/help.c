// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

int help_program(void) {
  printf("kinothek %s scores films.\n\nusage: kinothek VERB ...\n\n", kt_version());
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    printf("  %-10s %-8s %s\n", verb->name, verb->operands, verb->summary);
  }
  printf("\nkinothek VERB --help tells about one; exit status 0 done, 1 could not be done, 2 wrong usage\n");
  return EXIT_DONE;
}

/// Wraps a paragraph at 78 characters.
static void print_wrapped(const char *text) {
  int column = 0;
  while (*text) {
    int word = (int)strcspn(text, " ");
    if (column && column + 1 + word > 78) {
      printf("\n");
      column = 0;
    }
    column += printf("%s%.*s", column ? " " : "", word, text);
    text += word;
    text += strspn(text, " ");
  }
  printf("\n");
}

int help_verb(const Verb *verb) {
  printf("usage: kinothek %s%s%s [options]\n\n", verb->name, verb->operands[0] ? " " : "", verb->operands);
  print_wrapped(verb->describe[0] ? verb->describe : verb->summary);
  printf("\n");
  for (const Option *option = OPTIONS; option->name; ++option) {
    if (verb_has(verb, option)) {
      char left[64];
      snprintf(left, sizeof(left), "--%s%s%s", option->name, option->argument ? " " : "",
               option->argument ? option->argument : "");
      printf("  %-20s %s\n", left, option->help);
      if (option->choices) {
        printf("  %-20s %s\n", "", option->choices);
      }
    }
  }
  return EXIT_DONE;
}

int verb_help(const Arguments *arguments) {
  if (!arguments->positional_count) {
    return help_program();
  }
  const Verb *verb = verb_find(arguments->positional[0]);
  if (!verb) {
    fprintf(stderr, "kinothek: there is no verb \"%s\"; kinothek --help lists them\n",
            arguments->positional[0]);
    return EXIT_USAGE;
  }
  return help_verb(verb);
}

static void troff(const char *text) {
  for (; *text; ++text) {
    if (*text == '-') {
      fputs("\\-", stdout);
    } else {
      putchar(*text);
    }
  }
}

int verb_man(const Arguments *arguments) {
  (void)arguments;
  printf(".TH KINOTHEK 1 \"\" \"kinothek %s\" \"User Commands\"\n.SH NAME\nkinothek \\- score films\n", kt_version());
  printf(".SH SYNOPSIS\n.B kinothek\n.I VERB\n[operands] [options]\n.SH DESCRIPTION\n"
         "Gives a film its score: decides where music speaks and where silence does, composes, plays "
         "and mixes it, and delivers the film with its score and everything a person needs to change it.\n");
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    printf(".SH \"%s %s\"\n", verb->name, verb->operands);
    troff(verb->describe[0] ? verb->describe : verb->summary);
    printf("\n");
    for (const Option *option = OPTIONS; option->name; ++option) {
      if (verb_has(verb, option) && verb->options[0]) {
        printf(".TP\n.B \\-\\-");
        troff(option->name);
        printf("%s%s\n", option->argument ? " " : "", option->argument ? option->argument : "");
        troff(option->help);
        printf("%s%s\n", option->choices ? ": " : "", option->choices ? option->choices : "");
      }
    }
  }
  printf(".SH \"EXIT STATUS\"\n0 done, 1 the work could not be done, 2 wrong usage.\n"
         ".SH ENVIRONMENT\n.TP\n.B KINOTHEK_DATA\nfolder of the data files, in place of the installed one\n");
  return EXIT_DONE;
}

static void words_of(const Verb *verb, const char *before, char separator) {
  for (const Option *option = OPTIONS; option->name; ++option) {
    if (verb_has(verb, option)) {
      printf("%s%s%c", before, option->name, separator);
    }
  }
}

static void complete_bash(void) {
  printf("_kinothek() {\n  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=( $(compgen -W \"");
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    printf("%s ", verb->name);
  }
  printf("--help --version\" -- \"$word\") ); return\n  fi\n  case \"$before\" in\n");
  for (const Option *option = OPTIONS; option->name; ++option) {
    if (option->choices) {
      printf("  --%s) COMPREPLY=( $(compgen -W \"", option->name);
      for (const char *c = option->choices; *c; ++c) {
        putchar(*c == '|' ? ' ' : *c);
      }
      printf("\" -- \"$word\") ); return ;;\n");
    }
  }
  printf("  esac\n  case \"${COMP_WORDS[1]}:$word\" in\n");
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    printf("  %s:-*) COMPREPLY=( $(compgen -W \"", verb->name);
    words_of(verb, "--", ' ');
    printf("\" -- \"$word\") ); return ;;\n");
  }
  printf("  esac\n  COMPREPLY=( $(compgen -f -- \"$word\") )\n}\ncomplete -o filenames -F _kinothek kinothek\n");
}

static void complete_zsh(void) {
  printf("#compdef kinothek\nlocal -a verbs\nverbs=(");
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    printf(" '%s:%s'", verb->name, verb->summary);
  }
  printf(" )\nif (( CURRENT == 2 )); then _describe verb verbs; return; fi\ncase $words[2] in\n");
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    printf("%s) compadd -- ", verb->name);
    words_of(verb, "--", ' ');
    printf(";;\n");
  }
  printf("esac\n_files\n");
}

static void complete_fish(void) {
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    printf("complete -c kinothek -n __fish_use_subcommand -a %s -d \"%s\"\n", verb->name, verb->summary);
    for (const Option *option = OPTIONS; option->name; ++option) {
      if (verb_has(verb, option)) {
        printf("complete -c kinothek -n '__fish_seen_subcommand_from %s' -l %s%s -d \"%s\"\n",
               verb->name, option->name, option->argument ? " -r" : "", option->help);
      }
    }
  }
}

int verb_completion(const Arguments *arguments) {
  const char *shell = arguments->positional[0];
  if (!strcmp(shell, "bash")) {
    complete_bash();
  } else if (!strcmp(shell, "zsh")) {
    complete_zsh();
  } else if (!strcmp(shell, "fish")) {
    complete_fish();
  } else {
    fprintf(stderr, "kinothek completion: the shells are bash, zsh and fish, not \"%s\"\n", shell);
    return EXIT_USAGE;
  }
  return EXIT_DONE;
}
