// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who is where, who is spoken of, who speaks to whom, and what comes back.
#include "story/work.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { LEAST_USES = 3, LONGEST_THING = 40 };

static bool is_in(const KtScene *scene, int character) {
  for (size_t i = 0; i < scene->characters.count; ++i) {
    if (scene->characters.items[i] == character) {
      return true;
    }
  }
  return false;
}

static int named_in(const KtStory *story, const char *text, int but) {
  for (size_t i = 0; i < story->characters.count; ++i) {
    if ((int)i != but && kt_name_count(text, story->characters.items[i].name)) {
      return (int)i;
    }
  }
  return -1;
}

/// The other speaker nearest to a line of a scene: the one before, else the one after.
static int partner(const KtStory *story, size_t line) {
  const KtLine *here = &story->lines.items[line];
  for (size_t i = line; i-- > 0 && story->lines.items[i].scene == here->scene;) {
    int who = story->lines.items[i].character;
    if (who >= 0 && who != here->character) {
      return who;
    }
  }
  for (size_t i = line + 1;
       i < story->lines.count && story->lines.items[i].scene == here->scene; ++i) {
    int who = story->lines.items[i].character;
    if (who >= 0 && who != here->character) {
      return who;
    }
  }
  return -1;
}

/// Whoever is called by name and there; else the one who spoke before; else the only other.
static int addressed(const KtStory *story, size_t line) {
  const KtLine *here = &story->lines.items[line];
  if (here->scene < 0 || here->character < 0) {
    return -1;
  }
  const KtScene *scene = &story->scenes.items[here->scene];
  int called = named_in(story, here->text, here->character);
  if (called >= 0 && is_in(scene, called)) {
    return called;
  }
  int other = partner(story, line);
  if (other < 0 && scene->characters.count == 2) {
    other = scene->characters.items[scene->characters.items[0] == here->character];
  }
  return other;
}

static KtPresence *presence(KtStoryWork *work, int scene, int character) {
  KtStory *story = work->story;
  for (size_t i = story->presences.count; i-- > 0 && story->presences.items[i].scene == scene;) {
    if (story->presences.items[i].character == character) {
      return &story->presences.items[i];
    }
  }
  KtPresence *made = kt_array_push(work->arena, &story->presences);
  if (made) {
    *made = (KtPresence){.scene = scene, .character = character};
  }
  return made;
}

static void feel(KtPresence *here, const KtEmotion *emotion, float weight) {
  if (here) {
    float all = here->weight + weight;
    float share = all > 0 ? weight / all : 0;
    here->emotion.valence += share * (emotion->valence - here->emotion.valence);
    here->emotion.arousal += share * (emotion->arousal - here->emotion.arousal);
    here->emotion.tension += share * (emotion->tension - here->emotion.tension);
    here->weight = all;
  }
}

/// Indices of beats, scene by scene; where each scene's begin. False when memory is out.
static bool by_scene(KtStoryWork *work, size_t **order, size_t **starts) {
  size_t scenes = work->story->scenes.count;
  size_t *begin = KT_NEW(work->scratch, size_t, scenes + 2);
  size_t *list = KT_NEW(work->scratch, size_t, work->beats.count + 1);
  size_t *next = KT_NEW(work->scratch, size_t, scenes + 2);
  if (!begin || !list || !next) {
    return false;
  }
  for (size_t i = 0; i < work->beats.count; ++i) {
    int scene = work->beats.items[i].scene;
    begin[scene >= 0 ? (size_t)scene + 1 : 0] += scene >= 0;
  }
  for (size_t s = 0; s < scenes; ++s) {
    begin[s + 1] += begin[s];
    next[s] = begin[s];
  }
  for (size_t i = 0; i < work->beats.count; ++i) {
    int scene = work->beats.items[i].scene;
    if (scene >= 0) {
      list[next[scene]++] = i;
    }
  }
  *order = list;
  *starts = begin;
  return true;
}

/// What one sentence or speech tells of one person.
static void take_beat(KtStoryWork *work, const KtBeat *beat, int person) {
  const KtStory *story = work->story;
  const KtLine *line = beat->line >= 0 ? &story->lines.items[beat->line] : NULL;
  bool says = line && line->character == person;
  if (!says && !kt_name_count(beat->text, story->characters.items[person].name)) {
    return;
  }
  KtPresence *here = presence(work, beat->scene, person);
  if (!here) {
    return;
  }
  if (says) {
    ++here->lines;
    feel(here, &line->emotion, 0.5F + beat->weight);
  } else if (!line) {
    feel(here, &beat->emotion, 0.5F + beat->weight);
  } else if (!is_in(&story->scenes.items[beat->scene], person)) {
    here->spoken_of = true;
  }
}

/// What somebody says and what is said of what they do, coloured by the scene around it.
static void fill_presences(KtStoryWork *work) {
  KtStory *story = work->story;
  size_t *order = NULL;
  size_t *starts = NULL;
  if (!by_scene(work, &order, &starts)) {
    return;
  }
  for (size_t s = 0; s < story->scenes.count; ++s) {
    const KtScene *scene = &story->scenes.items[s];
    KtEmotion around = kt_story_mean(story, scene->start, scene->end);
    for (size_t i = 0; i < scene->characters.count; ++i) {
      feel(presence(work, (int)s, scene->characters.items[i]), &around, 1);
    }
    for (size_t i = starts[s]; i < starts[s + 1]; ++i) {
      for (size_t p = 0; p < story->characters.count; ++p) {
        take_beat(work, &work->beats.items[order[i]], (int)p);
      }
    }
  }
}

static void fill_pairs(KtStoryWork *work) {
  KtStory *story = work->story;
  for (size_t s = 0; s < story->scenes.count; ++s) {
    const KtScene *scene = &story->scenes.items[s];
    for (size_t i = 0; i < scene->characters.count; ++i) {
      for (size_t j = 0; j < scene->characters.count; ++j) {
        int a = scene->characters.items[i];
        int b = scene->characters.items[j];
        if (a >= b) {
          continue;
        }
        KtPair *pair = NULL;
        for (size_t k = 0; k < story->pairs.count && !pair; ++k) {
          KtPair *one = &story->pairs.items[k];
          pair = one->a == a && one->b == b ? one : NULL;
        }
        if (!pair && (pair = kt_array_push(work->arena, &story->pairs))) {
          *pair = (KtPair){.a = a, .b = b, .met = scene->start};
        }
        if (pair) {
          ++pair->scenes;
          pair->together += scene->end - scene->start;
        }
      }
    }
  }
  for (size_t i = 0; i < story->lines.count; ++i) {
    const KtLine *line = &story->lines.items[i];
    for (size_t k = 0; k < story->pairs.count && line->to >= 0; ++k) {
      KtPair *one = &story->pairs.items[k];
      one->lines += (one->a == line->character && one->b == line->to) ||
                    (one->b == line->character && one->a == line->to);
    }
  }
}

// Things that come back.

static int scenes_with(const KtStory *story, const char *name, int *uses) {
  int scenes = 0;
  *uses = 0;
  for (size_t s = 0; s < story->scenes.count; ++s) {
    const char *text = story->scenes.items[s].action;
    int count = 0;
    size_t size = strlen(name);
    for (const char *at = text; (at = strcasestr(at, name)); at += size) {
      count += (at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[size]);
    }
    scenes += count > 0;
    *uses += count;
  }
  return scenes;
}

static void add_thing(KtStoryWork *work, const char *name, bool tagged) {
  KtStory *story = work->story;
  char small[LONGEST_THING] = "";
  for (size_t i = 0; name[i] && i + 1 < sizeof(small); ++i) {
    small[i] = (char)tolower((unsigned char)name[i]);
  }
  float sign = 0;
  const KtWordEntry *word = work->lexicon ? kt_lexicon_find(work->lexicon, small, &sign) : NULL;
  bool stirring = word && word->feeling && word->feeling->arousal > 0.25F; // a sound, not a thing
  int uses = 0;
  int scenes = scenes_with(story, small, &uses);
  if (!*small || kt_cast_find(story, name) >= 0 ||
      (!tagged && (stirring || uses < LEAST_USES || scenes < 2 || (word && word->role != KT_ROLE_FEELING)))) {
    return;
  }
  for (size_t i = 0; i < story->things.count; ++i) {
    if (!strcasecmp(story->things.items[i].name, small)) {
      return;
    }
  }
  KtThing *thing = kt_array_push(work->arena, &story->things);
  if (thing) {
    *thing = (KtThing){kt_arena_text(work->arena, small), uses, scenes};
  }
}

/// Writers set in capitals what must be seen; what a script names so and comes back to may carry a
/// theme, and so may what was tagged as a prop.
static void fill_things(KtStoryWork *work) {
  for (size_t i = 0; work->play && i < work->play->tags.count; ++i) {
    const KtScriptTag *tag = &work->play->tags.items[i];
    if (!strcasecmp(tag->category, "Props")) {
      add_thing(work, tag->label, true);
    }
  }
  for (size_t s = 0; s < work->story->scenes.count; ++s) {
    const char *text = work->story->scenes.items[s].action;
    for (const char *at = text; *at;) {
      size_t size = 0;
      while (isupper((unsigned char)at[size])) {
        ++size;
      }
      bool whole = !isalnum((unsigned char)at[size]) && at[size] != '\'' &&
                   (at == text || !isalnum((unsigned char)at[-1]));
      if (size >= 3 && size < LONGEST_THING && whole) {
        add_thing(work, kt_arena_text_n(work->scratch, at, size), false);
      }
      at += size ? size : 1;
    }
  }
}

static void fill_pages(KtStoryWork *work) {
  KtStory *story = work->story;
  const KtScreenplay *play = work->play;
  float last = 0;
  int scene = -1;
  for (size_t i = 0; play && i < play->elements.count; ++i) {
    const KtElement *e = &play->elements.items[i];
    size_t next = (size_t)(scene + 1);
    bool opens = e->kind == KT_ELEMENT_HEADING && next < story->scenes.count &&
                 !strcmp(story->scenes.items[next].heading, e->text);
    if (opens) {
      if (scene >= 0) {
        story->scenes.items[scene].eighths = (int)fmaxf(1, roundf(8 * (e->page - last)));
      }
      last = e->page;
      story->scenes.items[next].number = kt_arena_text(work->arena, e->scene_number);
      story->scenes.items[next].line = e->line;
      ++scene;
    }
  }
  if (play && scene >= 0) {
    story->scenes.items[scene].eighths = (int)fmaxf(1, roundf(8 * (play->pages - last)));
  }
}

static void fill_aliases(KtStoryWork *work) {
  KtStory *story = work->story;
  for (size_t i = 0; work->play && i < work->play->elements.count; ++i) {
    const KtElement *e = &work->play->elements.items[i];
    int who = e->kind == KT_ELEMENT_CHARACTER ? kt_cast_find(story, e->text) : -1;
    KtCharacter *person = who >= 0 ? &story->characters.items[who] : NULL;
    bool known = !person || !strcasecmp(person->name, e->text);
    for (size_t k = 0; person && k < person->aliases.count; ++k) {
      known = known || !strcasecmp(person->aliases.items[k], e->text);
    }
    const char **alias = known ? NULL : kt_array_push(work->arena, &person->aliases);
    if (alias) {
      *alias = kt_arena_text(work->arena, e->text);
    }
  }
}

void kt_story_people(KtStoryWork *work) {
  KtStory *story = work->story;
  for (size_t i = 0; i < story->scenes.count; ++i) {
    story->scenes.items[i].number = story->scenes.items[i].number ? story->scenes.items[i].number : "";
  }
  for (size_t i = 0; i < story->lines.count; ++i) {
    story->lines.items[i].to = addressed(story, i);
  }
  fill_pages(work);
  fill_aliases(work);
  fill_presences(work);
  fill_pairs(work);
  fill_things(work);
}
