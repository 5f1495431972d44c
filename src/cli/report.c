// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include "base/error.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

static double number(const json_t *object, const char *key) {
  return json_number_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

json_t *load_report(const char *folder) {
  char path[1200];
  json_error_t where;
  snprintf(path, sizeof(path), "%s/delivery/report.json", folder);
  json_t *report = json_load_file(path, 0, &where);
  if (!report) {
    KtError err = {0};
    kt_error_at(&err, KT_ERR_MISSING, path, where.line > 0 ? where.line : 0,
                where.line > 0 ? where.column : 0,
                "holds no report; run kinothek update %s", folder);
    say_error(&err);
  }
  return report;
}

static int print_parts(const json_t *report, const char *const *keys, size_t count) {
  json_t *object = json_object();
  for (size_t i = 0; i < count; ++i) {
    json_object_set(object, keys[i], json_object_get(report, keys[i]));
  }
  json_dumpf(object, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
  printf("\n");
  json_decref(object);
  return EXIT_DONE;
}

static void print_cue(const json_t *cue, const json_t *hits) {
  printf("%s - %s  %-6s %s\n", text_of(cue, "in"), text_of(cue, "out"), text_of(cue, "cue"), text_of(cue, "title"));
  printf("    %s, %.1f s, enters %s, leaves %s\n    %s\n", text_of(cue, "function"),
         number(cue, "seconds"), text_of(cue, "entry"), text_of(cue, "exit"), text_of(cue, "reason"));
  size_t i;
  const json_t *hit;
  json_array_foreach(hits, i, hit) {
    if (!strcmp(text_of(hit, "cue"), text_of(cue, "cue"))) {
      printf("      %s  %-5s %s\n", text_of(hit, "at"), text_of(hit, "kind"), text_of(hit, "label"));
      if (text_of(hit, "note")[0]) {
        printf("                          %s\n", text_of(hit, "note"));
      }
    }
  }
}

int print_spotting(const char *folder, bool json) {
  json_t *report = load_report(folder);
  if (!report) {
    return EXIT_FAILED;
  }
  static const char *const keys[] = {"cues", "silence", "hits"};
  if (json) {
    print_parts(report, keys, 3);
  } else {
    const json_t *cues = json_object_get(report, "cues");
    const json_t *silences = json_object_get(json_object_get(report, "silence"), "spans");
    size_t c = 0, s = 0;
    while (c < json_array_size(cues) || s < json_array_size(silences)) {
      const json_t *cue = json_array_get(cues, c);
      const json_t *silence = json_array_get(silences, s);
      if (silence && (!cue || number(silence, "in_s") < number(cue, "in_s"))) {
        printf("%s - %s  silence, %.1f s\n    %s\n", text_of(silence, "in"), text_of(silence, "out"),
               number(silence, "seconds"), text_of(silence, "reason"));
        ++s;
      } else {
        print_cue(cue, json_object_get(report, "hits"));
        ++c;
      }
    }
  }
  json_decref(report);
  return EXIT_DONE;
}

static void print_themes(const json_t *report) {
  size_t t, i, stated = 0, marked = 0, heard = 0, chance = 0;
  const json_t *theme, *statement;
  json_array_foreach(json_object_get(report, "themes"), t, theme) {
    json_array_foreach(json_object_get(theme, "statements"), i, statement) {
      ++stated;
      if (json_is_true(json_object_get(statement, "recognisable"))) {
        ++marked;
        heard += json_is_true(json_object_get(statement, "heard"));
        chance += json_is_true(json_object_get(statement, "heard_backwards"));
      }
    }
  }
  printf("themes     %zu statements, %zu meant to be recognised: %zu found in the notes (their heads backwards: %zu)\n",
         stated, marked, heard, chance);
}

static void print_tension(const json_t *report) {
  size_t i, count = 0;
  double sum = 0;
  const json_t *cue;
  json_array_foreach(json_object_get(report, "cues"), i, cue) {
    const json_t *fit = json_object_get(cue, "tension_fit");
    if (json_is_number(fit)) {
      sum += json_number_value(fit);
      ++count;
    }
  }
  if (count) {
    printf("tension    follows the arc with rank correlation %.2f (mean of %zu cues):", sum / (double)count, count);
    json_array_foreach(json_object_get(report, "cues"), i, cue) {
      const json_t *fit = json_object_get(cue, "tension_fit");
      if (json_is_number(fit)) {
        printf(" %s %.2f", text_of(cue, "cue"), json_number_value(fit));
      }
    }
    printf("\n");
  }
}

/// What of the picture's movement and colours and of the names went into the notes.
static void print_beyond(const json_t *report) {
  size_t i, k, told = 0;
  const json_t *cue, *one;
  json_array_foreach(json_object_get(report, "cues"), i, cue) {
    json_array_foreach(json_object_get(cue, "beyond"), k, one) {
      double at = number(one, "at_s");
      printf("%s %s %d:%04.1f %s: %s\n", told++ ? "          " : "beyond    ", text_of(cue, "cue"), (int)(at / 60),
             at - 60 * (int)(at / 60), text_of(one, "kind"), text_of(one, "what"));
    }
  }
}

/// What the critic kept of how many proposals, and which statistics lie outside those of real scores.
static void print_critic(const json_t *report) {
  size_t i, k, cues = 0, proposals = 0, counted = 0, outside = 0;
  const json_t *cue, *one;
  json_array_foreach(json_object_get(report, "cues"), i, cue) {
    const json_t *critic = json_object_get(cue, "critic"), *norms = json_object_get(cue, "norms");
    proposals += json_array_size(json_object_get(critic, "proposals"));
    cues += json_is_object(critic);
    counted += (size_t)json_integer_value(json_object_get(norms, "counted"));
    outside += json_array_size(json_object_get(norms, "outside"));
  }
  if (!cues) {
    return;
  }
  printf("critic     kept %zu cues of %zu proposals; of %zu statistics %zu lie outside those of real scores\n", cues,
         proposals, counted, outside);
  json_array_foreach(json_object_get(report, "cues"), i, cue) {
    json_t *marks = json_object_get(json_object_get(cue, "critic"), "marks"), *value;
    const char *name, *between = ": ";
    if (json_object_size(marks)) {
      printf("           %s marked", text_of(cue, "cue"));
    }
    json_object_foreach(marks, name, value) {
      printf("%s%s %.2f", between, name, json_number_value(value));
      between = ", ";
    }
    printf("%s", json_object_size(marks) ? "\n" : "");
    const json_t *list = json_object_get(json_object_get(cue, "norms"), "outside");
    if (json_array_size(list)) {
      printf("           %s outside:", text_of(cue, "cue"));
      json_array_foreach(list, k, one) {
        printf(" %s %.2f (%.2f to %.2f)%s", text_of(one, "statistic"), number(one, "value"), number(one, "low"),
               number(one, "high"), k + 1 < json_array_size(list) ? "," : "\n");
      }
    }
  }
}

/// Hard hits as they are heard in the rendered cues, and what chance would have earned.
static void print_hits(const json_t *heard) {
  printf("hits       %.0f hard, %.0f heard within %.0f ms, %.0f farther off than %.0f ms or not heard", number(heard, "hard"),
         number(heard, "near"), number(heard, "near_ms"), number(heard, "far"), number(heard, "far_ms"));
  if (json_is_number(json_object_get(heard, "median_ms"))) {
    printf("; median %+.1f ms; at random moments %.0f %%", number(heard, "median_ms"), 100 * number(heard, "by_chance"));
  }
  printf("\n");
}

static void print_quality(const json_t *report) {
  const json_t *loudness = json_object_get(report, "loudness");
  const json_t *film = json_object_get(report, "film");
  const json_t *silence = json_object_get(report, "silence");
  printf("film       %s, %.1f s\n", text_of(film, "path"), number(film, "duration_s"));
  printf("music      %zu cues, %.0f %% of the film\n", json_array_size(json_object_get(report, "cues")),
         100 - 100 * number(silence, "share"));
  print_hits(json_object_get(report, "hits_heard"));
  printf("loudness   %.1f LUFS integrated, true peak %.1f dBTP, limiter at most %.1f dB\n",
         number(loudness, "integrated_lufs"), number(loudness, "true_peak_dbtp"),
         number(loudness, "limiter_max_reduction_db"));
  const json_t *margin = json_object_get(loudness, "speech_margin_lu");
  if (json_is_number(margin)) {
    printf("words      music at least %.1f LU below them\n", json_number_value(margin));
  }
  print_themes(report);
  print_tension(report);
  print_critic(report);
  print_beyond(report);
  size_t i;
  const json_t *stage;
  json_array_foreach(json_object_get(report, "timing"), i, stage) {
    printf("%s %-9s %.2f s\n", i ? "          " : "time      ", text_of(stage, "stage"), number(stage, "wall_s"));
  }
}

int verb_report(const Arguments *arguments) {
  json_t *report = load_report(arguments->positional[0]);
  if (!report) {
    return EXIT_FAILED;
  }
  if (arguments->json) {
    json_dumpf(report, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    printf("\n");
  } else {
    print_quality(report);
  }
  json_decref(report);
  return EXIT_DONE;
}
