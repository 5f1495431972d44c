// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// story.html: what was read in a script, for a director to say yes or no to.
#include "deliver/story_page.h"

#include "base/xml.h"
#include "deliver/report_page.h"

#include <math.h>
#include <string.h>

static const char style[] =
    "svg .who{font-size:11px;font-weight:600}svg .turn{stroke:var(--soft);stroke-width:.8;stroke-dasharray:3 2}"
    "svg .knot{fill:var(--ink)}svg .turn-name{font-size:10.5px}svg .says{fill:var(--ink);opacity:.75}"
    "svg .meets line{stroke:var(--ink);stroke-width:1}svg .meets circle{fill:var(--card);stroke:var(--ink)}"
    ".timeline{margin-top:1.2rem}.rhythm{letter-spacing:.25em;font-size:1.1rem}.people{display:grid;gap:1rem;"
    "grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))}.person{background:var(--card);"
    "border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem}.person h3{font-size:1.1rem}"
    ".person p{margin:.15rem 0;font-size:.86rem}svg .share{fill:var(--ink);opacity:.08}"
    "summary{cursor:pointer;margin:.6rem 0}";

void kt_story_text(const KtStoryPage *page, const char *text) {
  kt_text_put(page->out, text, KT_TEXT_XML);
}

static const char *timecode(const KtStoryPage *page, KtFilmTime time) {
  char text[KT_TIMECODE_SIZE];
  kt_timecode_print(page->timecode, time, text);
  return kt_arena_text(page->arena, text);
}

static const char *eighths(const KtStoryPage *page, int count) {
  if (!count) {
    return "";
  }
  return count % 8 == 0 ? kt_arena_format(page->arena, "%d", count / 8)
         : count < 8    ? kt_arena_format(page->arena, "%d/8", count)
                        : kt_arena_format(page->arena, "%d %d/8", count / 8, count % 8);
}

static void head(const KtStoryPage *page) {
  const KtStory *story = page->story;
  char clock[24];
  int pages = 0;
  for (size_t i = 0; i < story->scenes.count; ++i) {
    pages += story->scenes.items[i].eighths;
  }
  kt_clock(kt_seconds(page->length), clock);
  fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", page->out);
  kt_story_text(page, story->title);
  fprintf(page->out,
          ": story</title>\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<style>%s%s</style></head><body>\n<header><p class=\"kicker\">The story as read</p><h1>",
          kt_report_style, style);
  kt_story_text(page, story->title);
  fprintf(page->out, "</h1><ul class=\"facts\"><li>%s</li><li>%zu scenes</li><li>%zu people</li><li>%zu lines</li>",
          clock, story->scenes.count, story->characters.count, story->lines.count);
  if (pages) {
    fprintf(page->out, "<li>%s pages</li>", eighths(page, pages));
  }
  if (story->alignment >= 0) {
    fprintf(page->out, "<li>%.0f %% of its words found in the captions</li>",
            (double)(100 * story->alignment));
  } else {
    fputs("<li>times by the script's length</li>", page->out);
  }
  fputs("</ul></header>\n", page->out);
}

static void warnings(const KtStoryPage *page) {
  if (!page->story->warnings.count) {
    return;
  }
  fputs("<section class=\"warnings\"><h2>Worth a look</h2><ul>", page->out);
  for (size_t i = 0; i < page->story->warnings.count; ++i) {
    fputs("<li>", page->out);
    kt_story_text(page, page->story->warnings.items[i]);
    fputs("</li>", page->out);
  }
  fputs("</ul></section>\n", page->out);
}

static void turn_rows(const KtStoryPage *page, const bool *chosen) {
  const KtStory *story = page->story;
  fputs("<div class=\"scroll\"><table><thead><tr><th class=\"n\"></th><th>at</th><th>what</th><th></th><th>where</th>"
        "<th>weight</th></tr></thead><tbody>\n", page->out);
  for (size_t i = 0; i < story->turns.count; ++i) {
    const KtTurn *turn = &story->turns.items[i];
    if (chosen && !chosen[i]) {
      continue;
    }
    fprintf(page->out, "<tr><td class=\"n\">%zu</td><td class=\"tc\">%s</td><th>%s</th><td>", i + 1,
            timecode(page, turn->at), kt_turn_name(turn->kind));
    kt_story_text(page, turn->label);
    fputs("</td><td class=\"why\">", page->out);
    kt_story_text(page, turn->scene >= 0 ? story->scenes.items[turn->scene].place : "");
    fprintf(page->out, "</td><td><span class=\"meter\"><i style=\"width:%.0f%%\"></i></span></td></tr>\n",
            (double)(100 * turn->weight));
  }
  fputs("</tbody></table></div>\n", page->out);
}

/// A long film has more turns than a person reads at once: the others are folded away.
static void turn_table(const KtStoryPage *page) {
  enum { AT_ONCE = 36 };
  size_t count = page->story->turns.count;
  fputs("<h2>Where it turns <small>– is this the story?</small></h2>", page->out);
  if (count <= AT_ONCE) {
    turn_rows(page, NULL);
    return;
  }
  turn_rows(page, kt_story_chosen_turns(page, AT_ONCE));
  fprintf(page->out, "<details><summary>all %zu turns</summary>", count);
  turn_rows(page, NULL);
  fputs("</details>\n", page->out);
}

static void rhythm(const KtStoryPage *page, const char *stress) {
  fputs("<span class=\"rhythm\" title=\"the rhythm of the name\">", page->out);
  for (; *stress; ++stress) {
    fputs(*stress == '/' ? "●" : "·", page->out);
  }
  fputs("</span>", page->out);
}

/// "speaks to Johnny (6), Ben (2)".
static void speaks_to(const KtStoryPage *page, int who) {
  const KtStory *story = page->story;
  bool any = false;
  for (size_t other = 0; other < story->characters.count; ++other) {
    int lines = 0;
    for (size_t i = 0; i < story->lines.count; ++i) {
      lines += story->lines.items[i].character == who && story->lines.items[i].to == (int)other;
    }
    if (lines) {
      fputs(any ? ", " : "<p class=\"why\">speaks to ", page->out);
      kt_story_text(page, story->characters.items[other].name);
      fprintf(page->out, " (%d)", lines);
      any = true;
    }
  }
  fputs(any ? "</p>" : "", page->out);
}

static void person(const KtStoryPage *page, int who) {
  const KtStory *story = page->story;
  const KtCharacter *one = &story->characters.items[who];
  int there = 0;
  int spoken_of = 0;
  for (size_t i = 0; i < story->presences.count; ++i) {
    const KtPresence *here = &story->presences.items[i];
    there += here->character == who && here->weight > 0;
    spoken_of += here->character == who && here->spoken_of;
  }
  fputs("<article class=\"person\"><h3>", page->out);
  kt_story_text(page, one->name);
  fputs("</h3>", page->out);
  rhythm(page, one->rhythm);
  fprintf(page->out, "<p>%.0f %% of the story, %d line%s, in %d scene%s", (double)(100 * one->weight),
          one->lines, one->lines == 1 ? "" : "s", there, there == 1 ? "" : "s");
  if (spoken_of) {
    fprintf(page->out, ", spoken of in %d more", spoken_of);
  }
  fputs("</p>", page->out);
  for (size_t i = 0; i < one->aliases.count; ++i) {
    fputs(i ? ", " : "<p class=\"why\">also ", page->out);
    kt_story_text(page, one->aliases.items[i]);
  }
  fputs(one->aliases.count ? "</p>" : "", page->out);
  speaks_to(page, who);
  fputs("</article>\n", page->out);
}

static void people(const KtStoryPage *page) {
  if (!page->story->characters.count) {
    return;
  }
  fputs("<h2>People <small>– weightiest may own a theme; the dots are how the name is said</small></h2>"
        "<div class=\"people\">\n", page->out);
  for (size_t i = 0; i < page->story->characters.count; ++i) {
    person(page, (int)i);
  }
  fputs("</div>\n", page->out);
}

static void names_in(const KtStoryPage *page, int scene, bool there) {
  const KtStory *story = page->story;
  bool any = false;
  for (size_t i = 0; i < story->presences.count; ++i) {
    const KtPresence *here = &story->presences.items[i];
    if (here->scene == scene && (here->weight > 0) == there) {
      fputs(any ? ", " : there ? "" : "<span class=\"why\"> of: ", page->out);
      kt_story_text(page, story->characters.items[here->character].name);
      any = true;
    }
  }
  fputs(any && !there ? "</span>" : "", page->out);
}

static void scene_table(const KtStoryPage *page) {
  const KtStory *story = page->story;
  fputs("<h2>Scenes</h2><div class=\"scroll\"><table><thead><tr><th class=\"n\"></th><th>at</th><th>scene</th>"
        "<th class=\"n\">pages</th><th>feels</th><th>who is there</th></tr></thead><tbody>\n", page->out);
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    KtEmotion mean = kt_story_mean(story, scene->start, scene->end);
    KtFeeling feeling = kt_feeling(&mean);
    const char *number =
        *scene->number ? scene->number : kt_arena_format(page->arena, "%zu", i + 1);
    fputs("<tr><td class=\"n\">", page->out);
    kt_story_text(page, number);
    fprintf(page->out, "</td><td class=\"tc\">%s</td><th>", timecode(page, scene->start));
    kt_story_text(page, *scene->heading ? scene->heading : "(no heading)");
    fprintf(page->out, "</th><td class=\"n\">%s</td><td><span class=\"swatch f%d\"></span>%s</td><td>",
            eighths(page, scene->eighths), (int)feeling, kt_feeling_name(feeling));
    names_in(page, (int)i, true);
    names_in(page, (int)i, false);
    fputs("</td></tr>\n", page->out);
  }
  fputs("</tbody></table></div>\n", page->out);
}

static void what_returns(const KtStoryPage *page) {
  const KtStory *story = page->story;
  fputs("<h2>What could carry a theme</h2><div class=\"scroll\"><table><tbody>\n", page->out);
  static const char *const kinds[] = {"person", "place", "idea"};
  for (size_t i = 0; i < story->subjects.count; ++i) {
    const KtSubject *subject = &story->subjects.items[i];
    fputs("<tr><th>", page->out);
    kt_story_text(page, subject->name);
    fprintf(page->out, "</th><td>%s</td><td class=\"why\">", kinds[subject->kind]);
    KtSubjectState last = KT_STATE_ABSENT;
    bool any = false;
    for (size_t k = 0; k < subject->spans.count; ++k) {
      KtSubjectState state = subject->spans.items[k].state;
      if (state != KT_STATE_ABSENT && (!any || state != last)) {
        fprintf(page->out, "%s%s", any ? " → " : "", kt_state_name(state));
        any = true;
        last = state;
      }
    }
    fputs("</td></tr>\n", page->out);
  }
  for (size_t i = 0; i < story->things.count; ++i) {
    const KtThing *thing = &story->things.items[i];
    fputs("<tr><th>the ", page->out);
    kt_story_text(page, thing->name);
    fprintf(page->out, "</th><td>thing</td><td class=\"why\">named %d times in %d scenes</td></tr>\n",
            thing->uses, thing->scenes);
  }
  fputs("</tbody></table></div>\n", page->out);
}

KtStatus kt_deliver_story_page(const KtStory *story, const KtTimecode *tc, const char *path,
                               KtError *err) {
  KtArena *arena = kt_arena_new();
  if (!arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtAtomicFile file;
  KtStatus status = kt_atomic_open(&file, path, err);
  if (!status) {
    KtStoryPage page = {.story = story, .timecode = tc, .arena = arena, .out = file.stream};
    page.length = story->scenes.count ? story->scenes.items[story->scenes.count - 1].end : 0;
    head(&page);
    warnings(&page);
    kt_story_lanes(&page);
    turn_table(&page);
    people(&page);
    kt_story_threads_page(&page);
    scene_table(&page);
    what_returns(&page);
    fputs("<footer><p>Read by Kinothek. Wrong somewhere? The script's own words decide: name people in "
          "capitals where they come in, give scenes their headings; or say it in the brief.</p></footer></body></html>\n",
          page.out);
    status = kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
    if (status) {
      kt_atomic_abort(&file);
    } else {
      status = kt_atomic_commit(&file, err);
    }
  }
  kt_arena_free(arena);
  return status;
}
