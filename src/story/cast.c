// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/// "BEN BRADDOCK" as a title reads: "Ben Braddock"; names with small letters or digits stay.
static const char *display(KtArena *arena, const char *cue) {
  char *name = (char *)kt_arena_text(arena, cue);
  bool small = false;
  for (const char *c = name; *c; ++c) {
    small = small || islower((unsigned char)*c);
  }
  for (char *word = name; *word && !small;) {
    size_t size = strcspn(word, " -");
    bool digits = strcspn(word, "0123456789") < size;
    for (size_t i = 1; i < size && !digits; ++i) {
      bool new_start = word[i - 1] == '\'' && size - i > 2;
      word[i] = new_start ? word[i] : (char)tolower((unsigned char)word[i]);
      if ((unsigned char)word[i - 1] == 0xC3 && (unsigned char)word[i] >= 0x80 &&
          (unsigned char)word[i] <= 0x9E) {
        word[i] = (char)((unsigned char)word[i] + 0x20);
      }
    }
    word += size + (word[size] != '\0');
  }
  return name;
}

/// Whether the words of `part` begin or end `whole` ("BRICK" and "BRICK BRADDOCK").
static bool is_part(const char *part, const char *whole) {
  size_t a = strlen(part);
  size_t b = strlen(whole);
  if (a >= b) {
    return a == b && !strcasecmp(part, whole);
  }
  bool front =
      !strncasecmp(part, whole, a) && whole[a] == ' ' && isalpha((unsigned char)whole[a + 1]);
  bool back = !strcasecmp(part, whole + b - a) && whole[b - a - 1] == ' ';
  static const char *const others[] = {"YOUNG ", "OLD ",  "LITTLE ", "OTHER ", "FIRST ", "SECOND ",
                                       "THIRD ", "MRS. ", "MRS ",    "MR. ",   "MR ",    "MISS "};
  for (size_t i = 0; i < sizeof(others) / sizeof(*others); ++i) {
    if (back && !strncasecmp(whole, others[i], strlen(others[i]))) {
      return false; // another age, another spouse: another person
    }
  }
  return front || back;
}

static const char *bare(const char *cue) {
  return !strncasecmp(cue, "THE ", 4) ? cue + 4 : cue;
}

int kt_cast_find(const KtStory *story, const char *cue) {
  int found = -1;
  int many = 0;
  for (size_t i = 0; i < story->characters.count; ++i) {
    const char *name = bare(story->characters.items[i].name);
    if (!strcasecmp(name, bare(cue))) {
      return (int)i;
    }
    if (is_part(bare(cue), name) || is_part(name, bare(cue))) {
      found = (int)i;
      ++many;
    }
  }
  return many == 1 ? found : -1;
}

/// No film has so many speaking parts; what has is no screenplay.
enum { MOST_PEOPLE = 400 };

static int add(KtStoryWork *work, const char *cue) {
  int found = kt_cast_find(work->story, cue);
  if (found >= 0 || !*cue || work->story->characters.count >= MOST_PEOPLE) {
    return found;
  }
  KtCharacter *person = kt_array_push(work->arena, &work->story->characters);
  if (!person) {
    return -1;
  }
  person->name = display(work->arena, cue);
  person->first_seen = work->duration;
  return (int)work->story->characters.count - 1;
}

static bool crowd(const char *cue) {
  static const char *const crowds[] = {"ALL",   "BOTH",   "EVERYONE", "EVERYBODY",
                                       "CROWD", "VOICES", "TOGETHER"};
  for (size_t i = 0; i < sizeof(crowds) / sizeof(*crowds); ++i) {
    if (!strcasecmp(bare(cue), crowds[i])) {
      return true;
    }
  }
  return false;
}

/// A run of capitalised words that begins at `at`; bytes of it, 0 where it is no name.
static size_t capital_run(const char *at) {
  size_t size = 0;
  size_t good = 0;
  int letters = 0;
  while (isupper((unsigned char)at[size])) {
    size_t word = size;
    while (isupper((unsigned char)at[word]) || isdigit((unsigned char)at[word])) {
      ++word;
    }
    if (islower((unsigned char)at[word]) || word - size < 2) {
      break;
    }
    letters += (int)(word - size);
    good = word;
    size = word + (at[word] == ' ');
    if (at[word] != ' ') {
      break;
    }
  }
  return letters >= 3 ? good : 0;
}

static int uses(const KtScreenplay *play, const char *name) {
  int count = 0;
  for (size_t i = 0; i < play->elements.count; ++i) {
    const KtElement *e = &play->elements.items[i];
    if (e->kind == KT_ELEMENT_ACTION) {
      count += kt_name_count(e->text, name);
    }
  }
  return count;
}

/// People who act and never speak are brought in with capitals and named again later.
static void add_silent(KtStoryWork *work, const char *text) {
  for (const char *at = text; *at; ++at) {
    bool start = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '\'');
    size_t size = start ? capital_run(at) : 0;
    if (!size || size > 40) {
      continue;
    }
    const char *name = kt_arena_text_n(work->scratch, at, size);
    const char *plain = display(work->scratch, bare(name));
    float sign = 0;
    char lower[64] = "";
    for (size_t i = 0; i + 1 < sizeof(lower) && plain[i]; ++i) {
      lower[i] = (char)tolower((unsigned char)plain[i]);
    }
    const KtWordEntry *word = work->lexicon ? kt_lexicon_find(work->lexicon, lower, &sign) : NULL;
    bool stirring = word && word->feeling && word->feeling->arousal > 0.25F; // "CRASH", "SLAMS"
    if (!stirring && (!word || word->role == KT_ROLE_FEELING) && uses(work->play, plain) >= 3) {
      add(work, bare(name));
    }
    at += size - 1;
  }
}

/// "BRICK AND STEEL", "DAN & JACK": no third person where both are known.
static bool two_known(const KtStory *story, const char *cue) {
  const char *and_word = strcasestr(cue, " and ");
  const char *mark = strstr(cue, " & ");
  const char *bar = strchr(cue, '/');
  const char *at = and_word ? and_word : mark ? mark : bar;
  size_t gap = and_word ? 5 : mark ? 3 : 1;
  char first[64];
  if (!at || (size_t)(at - cue) >= sizeof(first)) {
    return false;
  }
  memcpy(first, cue, (size_t)(at - cue));
  first[at - cue] = '\0';
  return kt_cast_find(story, first) >= 0 && kt_cast_find(story, at + gap) >= 0;
}

void kt_story_cast(KtStoryWork *work) {
  if (work->play) {
    for (int round = 0; round < 3; ++round) { // single people, then pairs, then the silent
      for (size_t i = 0; i < work->play->elements.count; ++i) {
        const KtElement *e = &work->play->elements.items[i];
        bool pair = strcasestr(e->text, " and ") || strstr(e->text, " & ") || strchr(e->text, '/');
        if (e->kind == KT_ELEMENT_CHARACTER && round < 2 && !crowd(e->text) &&
            pair == (round == 1) && !(pair && two_known(work->story, e->text))) {
          add(work, e->text);
        } else if (round == 2 && e->kind == KT_ELEMENT_ACTION) {
          add_silent(work, e->text);
        }
      }
    }
  } else if (work->film) {
    for (size_t i = 0; i < work->film->captions.count; ++i) {
      const KtCaption *caption = &work->film->captions.items[i];
      if (caption->speaker && *caption->speaker) {
        add(work, caption->speaker);
      }
    }
  }
  for (size_t i = 0; i < work->story->characters.count; ++i) {
    KtCharacter *person = &work->story->characters.items[i];
    person->rhythm = kt_name_rhythm(work->arena, work->rules, person->name);
  }
  if (work->story->characters.count == MOST_PEOPLE) {
    kt_story_warn(work, "the script names 400 people or more; those after the 400th stay nameless");
  }
}

float kt_mention(const KtStoryWork *work, int scene, int character) {
  size_t people = work->story->characters.count;
  size_t at = (size_t)scene * people + (size_t)character;
  return at < work->mentions.count ? work->mentions.items[at] : 0;
}

static float words_in(const char *text) {
  float count = 0;
  for (const char *c = text; *c; ++c) {
    count += isspace((unsigned char)*c) && !isspace((unsigned char)c[1]);
  }
  return count + 1;
}

static void mention(KtStoryWork *work, const KtBeat *beat, int person, float much) {
  KtStory *story = work->story;
  if (beat->scene < 0 || person < 0 || much <= 0) {
    return;
  }
  size_t people = story->characters.count;
  work->mentions.items[(size_t)beat->scene * people + (size_t)person] += much;
  KtCharacter *who = &story->characters.items[person];
  who->weight += much;
  who->first_seen = beat->start < who->first_seen ? beat->start : who->first_seen;
  KtScene *scene = &story->scenes.items[beat->scene];
  for (size_t i = 0; i < scene->characters.count; ++i) {
    if (scene->characters.items[i] == person) {
      return;
    }
  }
  int *one = kt_array_push(work->arena, &scene->characters);
  if (one) {
    *one = person;
  }
}

/// By first name too: "Ben Braddock" is "Ben" in the action.
static int named_in(const char *text, const char *name) {
  int count = kt_name_count(text, name);
  size_t first = strcspn(name, " ");
  if (!count && name[first] && first > 2 && strcasecmp(bare(name), name) == 0) {
    char word[64];
    if (first < sizeof(word)) {
      memcpy(word, name, first);
      word[first] = '\0';
      count = kt_name_count(text, word);
    }
  }
  return count;
}

void kt_story_presence(KtStoryWork *work) {
  KtStory *story = work->story;
  size_t people = story->characters.count;
  for (size_t i = 0; i < people * story->scenes.count; ++i) {
    if (!kt_array_push(work->scratch, &work->mentions)) {
      return;
    }
  }
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    if (beat->line >= 0) {
      int who = story->lines.items[beat->line].character;
      mention(work, beat, who, 1 + words_in(beat->text) / 8);
      continue;
    }
    for (size_t p = 0; p < people; ++p) {
      mention(work, beat, (int)p,
              1.5F * (float)named_in(beat->text, story->characters.items[p].name));
    }
  }
  float all = 0;
  for (size_t p = 0; p < people; ++p) {
    all += story->characters.items[p].weight;
  }
  for (size_t p = 0; p < people && all > 0; ++p) {
    story->characters.items[p].weight /= all;
  }
}
