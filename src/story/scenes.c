// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static const char *one_line(KtArena *arena, const char *text) {
  char *copy = (char *)kt_arena_text(arena, text);
  for (char *c = copy; *c; ++c) {
    *c = *c == '\n' ? ' ' : *c;
  }
  return copy;
}

static bool is_time(const char *text) {
  static const char *const times[] = {
      "DAY",  "NIGHT",    "MORNING", "EVENING", "DAWN", "DUSK",    "LATER",    "CONTIN", "AFTERN",
      "NOON", "MIDNIGHT", "SUNSET",  "SUNR",    "SAME", "MOMENTS", "TWILIGHT", "THAT "};
  for (size_t i = 0; i < sizeof(times) / sizeof(*times); ++i) {
    if (!strncasecmp(text, times[i], strlen(times[i]))) {
      return true;
    }
  }
  return false;
}

/// "INT. FARMHOUSE HALL - NIGHT" into place, time of day, inside or out.
static void split_heading(KtStoryWork *work, KtScene *scene) {
  const char *text = scene->heading;
  scene->interior = !strncasecmp(text, "INT", 3) || !strncasecmp(text, "I/", 2);
  size_t prefix = strcspn(text, ". ");
  bool known = !strncasecmp(text, "INT", 3) || !strncasecmp(text, "EXT", 3) ||
               !strncasecmp(text, "EST", 3) || !strncasecmp(text, "I/", 2) ||
               !strncasecmp(text, "I./", 3);
  const char *place = known ? text + prefix : text;
  while (known && (*place == '.' || *place == ' ' || *place == '/' || *place == '-' ||
                   (place > text && place[-1] == '/' && isalpha((unsigned char)*place)))) {
    bool second = place > text && place[-1] == '/' && isalpha((unsigned char)*place);
    place += second ? strcspn(place, ". ") : 1;
  }
  const char *dash = NULL;
  for (const char *at = place; (at = strstr(at, " - ")); at += 3) {
    dash = is_time(at + 3) ? at : dash;
  }
  const char *word = strrchr(place, ' ');
  if (!dash && word && is_time(word + 1)) {
    dash = word;
    scene->time_of_day = kt_arena_text(work->arena, word + 1);
  } else {
    scene->time_of_day = dash ? kt_arena_text(work->arena, dash + 3) : "";
  }
  scene->place = kt_arena_text_n(work->arena, place, dash ? (size_t)(dash - place) : strlen(place));
}

static KtScene *add_scene(KtStoryWork *work, const char *heading) {
  KtScene *scene = kt_array_push(work->arena, &work->story->scenes);
  if (scene) {
    scene->index = (int)work->story->scenes.count - 1;
    scene->heading = heading;
    scene->action = "";
    split_heading(work, scene);
  }
  return scene;
}

static KtBeat *add_beat(KtStoryWork *work, const char *text, int scene) {
  KtBeat *beat = kt_array_push(work->scratch, &work->beats);
  if (beat) {
    *beat = (KtBeat){.text = text, .scene = scene, .line = -1, .element = -1};
    float known = 0;
    size_t size = strlen(text);
    beat->weight = kt_clamp(0.4F + (float)size / 120, 0, 1);
    if (work->lexicon) {
      beat->emotion = kt_lexicon_feel(work->lexicon, text, &known);
    }
  }
  return beat;
}

static KtLine *add_line(KtStoryWork *work, KtBeat *beat, int character) {
  KtLine *line = kt_array_push(work->arena, &work->story->lines);
  if (line) {
    *line = (KtLine){.character = character, .to = -1, .scene = beat->scene, .text = beat->text};
    beat->line = (int)work->story->lines.count - 1;
    if (character >= 0) {
      ++work->story->characters.items[character].lines;
    }
  }
  return line;
}

static void lean(KtEmotion *emotion, const KtEmotion *other, float share) {
  emotion->valence += share * (other->valence - emotion->valence);
  emotion->arousal += share * (other->arousal - emotion->arousal);
  emotion->tension += share * (other->tension - emotion->tension);
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    emotion->colours[c] += share * (other->colours[c] - emotion->colours[c]);
  }
}

static bool beside_the_story(KtElementKind kind) {
  return kind == KT_ELEMENT_NOTE || kind == KT_ELEMENT_BONEYARD || kind == KT_ELEMENT_PAGE_MARK ||
         kind == KT_ELEMENT_PAGE_BREAK || kind == KT_ELEMENT_SYNOPSIS;
}

/// A speech is one line, over its parentheticals; what they say colours it.
static size_t read_speech(KtStoryWork *work, size_t cue, int scene) {
  const KtScreenplay *play = work->play;
  const KtElement *head = &play->elements.items[cue];
  const char *text = "";
  const char *manner = "";
  size_t i = cue + 1;
  float end = head->at + head->length;
  for (; i < play->elements.count; ++i) {
    const KtElement *e = &play->elements.items[i];
    if (beside_the_story(e->kind)) {
      continue;
    }
    if (e->kind == KT_ELEMENT_PARENTHETICAL) {
      manner = *manner ? kt_arena_format(work->scratch, "%s. %s", manner, e->text) : e->text;
    } else if (e->kind == KT_ELEMENT_DIALOGUE || e->kind == KT_ELEMENT_LYRIC) {
      const char *more = one_line(work->arena, e->text);
      text = *text ? kt_arena_format(work->arena, "%s %s", text, more) : more;
    } else {
      break;
    }
    end = e->at + e->length;
  }
  KtBeat *beat = *text ? add_beat(work, text, scene) : NULL;
  if (beat) {
    beat->element = (int)cue;
    float before = play->paced ? head->length : 1; // a breath, or the blank line above the name
    beat->at = head->at + before;
    beat->length = end - head->at - before;
    if (*manner && work->lexicon) {
      float known = 0;
      KtEmotion how = kt_lexicon_feel(work->lexicon, manner, &known);
      lean(&beat->emotion, &how, known > 0 ? 0.4F : 0);
    }
    KtLine *line = add_line(work, beat, kt_cast_find(work->story, head->text));
    if (line) {
      line->emotion = beat->emotion;
    }
  }
  return i - 1;
}

/// A paragraph is felt sentence by sentence; very short ones go with the next.
static void add_action(KtStoryWork *work, const KtElement *e, const char *text, int element,
                       int scene) {
  enum { SHORTEST = 20 };
  float all = fmaxf(1, (float)strlen(text));
  for (const char *at = text; *at;) {
    size_t size = kt_sentence_size(at);
    while (at[size] && (size < SHORTEST || strlen(at + size) < SHORTEST / 2)) {
      size_t space = strspn(at + size, " \n\"");
      size += space + kt_sentence_size(at + size + space);
    }
    KtBeat *beat = add_beat(work, kt_arena_text_n(work->arena, at, size), scene);
    if (beat) {
      beat->element = element;
      beat->at = e->at + e->length * (float)(at - text) / all;
      beat->length = e->length * (float)size / all;
      beat->emotion.arousal =
          kt_clamp(beat->emotion.arousal * work->rules->arc.action_arousal, -1, 1);
    }
    at += size;
    at += strspn(at, " \n\"");
  }
}

/// "OMITTED" keeps a number, and is no scene.
static bool is_scene(const KtElement *e) {
  return e->kind == KT_ELEMENT_HEADING && strncasecmp(e->text, "OMIT", 4) != 0;
}

/// The paragraphs of action of a scene, as one text.
static void join_actions(KtStoryWork *work, int scene, size_t from, size_t to) {
  const KtElement *elements = work->play->elements.items;
  size_t size = 1;
  for (size_t i = from; i < to; ++i) {
    size += strlen(elements[i].text) + 1;
  }
  char *all = kt_arena_alloc(work->arena, size);
  size_t used = 0;
  for (size_t i = from; all && i < to; ++i) {
    bool action = elements[i].kind == KT_ELEMENT_ACTION || elements[i].kind == KT_ELEMENT_SHOT;
    size_t length = action ? strlen(elements[i].text) : 0;
    if (used && length) {
      all[used++] = '\n';
    }
    for (size_t c = 0; c < length; ++c) {
      all[used++] = elements[i].text[c] == '\n' ? ' ' : elements[i].text[c];
    }
  }
  if (all && scene >= 0) {
    work->story->scenes.items[scene].action = all;
  }
}

static bool is_told(KtElementKind kind) {
  return kind == KT_ELEMENT_ACTION || kind == KT_ELEMENT_CHARACTER || kind == KT_ELEMENT_LYRIC ||
         kind == KT_ELEMENT_SHOT;
}

void kt_story_script(KtStoryWork *work) {
  int scene = -1;
  size_t since = 0;
  size_t count = work->play ? work->play->elements.count : 0;
  for (size_t i = 0; i < count; ++i) {
    const KtElement *e = &work->play->elements.items[i];
    bool told = is_told(e->kind);
    if (is_scene(e) || (told && scene < 0)) {
      join_actions(work, scene, since, i);
      since = i;
      KtScene *made = add_scene(work, is_scene(e) ? kt_arena_text(work->arena, e->text) : "");
      scene = made ? made->index : scene;
      float *at = made ? kt_array_push(work->scratch, &work->headings) : NULL;
      if (at) {
        *at = e->at;
      }
      size_t *opening = made ? kt_array_push(work->scratch, &work->openings) : NULL;
      if (opening) {
        *opening = i;
      }
    }
    if (scene < 0 || !told) {
      continue;
    }
    if (e->kind == KT_ELEMENT_CHARACTER) {
      i = read_speech(work, i, scene);
    } else {
      add_action(work, e, one_line(work->arena, e->text), (int)i, scene);
    }
  }
  join_actions(work, scene, since, count);
}

/// Nobody speaks for so long: somewhere in it the place changes.
#define PAUSE_S    8.0
#define SHORTEST_S 20.0

/// With captions alone a scene ends where nobody speaks for long; the new one opens before its
/// words.
static void add_spoken_scenes(KtStoryWork *work) {
  const KtFilm *film = work->film;
  KtFilmTime since = 0;
  KtScene *scene = add_scene(work, "");
  for (size_t i = 1; scene && i < film->speech.count; ++i) {
    KtFilmTime quiet = film->speech.items[i - 1].end;
    KtFilmTime next = film->speech.items[i].start;
    KtFilmTime middle = quiet + (next - quiet) / 2;
    if (kt_seconds(next - quiet) >= PAUSE_S && kt_seconds(middle - since) >= SHORTEST_S) {
      scene->end = since = middle;
      scene->confidence = 0.2F;
      scene = add_scene(work, "");
      if (scene) {
        scene->start = middle;
        scene->confidence = 0.2F;
      }
    }
  }
}

/// The groups of shots the film room saw.
static void add_picture_scenes(KtStoryWork *work) {
  const KtFilm *film = work->film;
  int group = -1;
  for (size_t i = 0; i < film->shots.count && !film->sketch; ++i) {
    const KtShot *shot = &film->shots.items[i];
    if (shot->scene != group || !work->story->scenes.count) {
      group = shot->scene;
      KtScene *scene = add_scene(work, "");
      if (scene) {
        scene->start = i ? shot->start : 0;
        scene->confidence = 0.5F;
      }
    }
    if (work->story->scenes.count) {
      work->story->scenes.items[work->story->scenes.count - 1].end = shot->end;
    }
  }
  if (film->sketch) {
    add_spoken_scenes(work);
  }
  if (!work->story->scenes.count) {
    KtScene *scene = add_scene(work, "");
    if (scene) {
      scene->confidence = 0.2F;
    }
  }
  if (work->story->scenes.count) {
    work->story->scenes.items[work->story->scenes.count - 1].end = work->duration;
  }
}

static int scene_at(const KtStory *story, KtFilmTime time) {
  int found = story->scenes.count ? 0 : -1;
  for (size_t i = 0; i < story->scenes.count && story->scenes.items[i].start <= time; ++i) {
    found = (int)i;
  }
  return found;
}

/// Words of lettering and sound are felt as action; what is spoken becomes lines.
void kt_story_captions(KtStoryWork *work) {
  add_picture_scenes(work);
  for (size_t i = 0; i < work->film->captions.count; ++i) {
    const KtCaption *caption = &work->film->captions.items[i];
    if (caption->end <= 0 || caption->start >= work->duration || !*caption->text) {
      continue;
    }
    int scene = scene_at(work->story, caption->start);
    KtBeat *beat = add_beat(work, kt_arena_text(work->arena, caption->text), scene);
    if (!beat) {
      return;
    }
    beat->start = caption->start > 0 ? caption->start : 0;
    beat->end = caption->end < work->duration ? caption->end : work->duration;
    if (caption->sound) {
      continue;
    }
    int who =
        caption->speaker && *caption->speaker ? kt_cast_find(work->story, caption->speaker) : -1;
    KtLine *line = add_line(work, beat, who);
    if (line) {
      line->start = beat->start;
      line->end = beat->end;
      line->confidence = 1;
      line->emotion = beat->emotion;
    }
  }
}
