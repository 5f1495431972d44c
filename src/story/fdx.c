// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/xml_read.h"
#include "story/paper.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Final Draft's XML: FinalDraft/Content/Paragraph, each with its Type and runs of Text. What stands
// around the words (title page, notes, summaries, struck-out scenes, tags, revisions) is kept too.

typedef struct Reader {
  KtPaper *paper;
  KtArena *arena;
  const char *name;
  const KtXmlNode *revisions;
  size_t cue;    ///< element that opened the speech being read
  bool in_speech;
  bool beside;   ///< in a dual dialogue, after its first speaker
  int odd_types; ///< paragraphs of unknown type so far
} Reader;

static const struct {
  const char *type;
  KtElementKind kind;
} TYPES[] = {{"Scene Heading", KT_ELEMENT_HEADING},
             {"Action", KT_ELEMENT_ACTION},
             {"General", KT_ELEMENT_ACTION},
             {"Cast List", KT_ELEMENT_ACTION},
             {"Character", KT_ELEMENT_CHARACTER},
             {"Dialogue", KT_ELEMENT_DIALOGUE},
             {"Parenthetical", KT_ELEMENT_PARENTHETICAL},
             {"Transition", KT_ELEMENT_TRANSITION},
             {"Shot", KT_ELEMENT_SHOT},
             {"Singing", KT_ELEMENT_LYRIC},
             {"Lyrics", KT_ELEMENT_LYRIC},
             {"New Act", KT_ELEMENT_SECTION},
             {"End of Act", KT_ELEMENT_CENTRED},
             {"Show/Ep. Title", KT_ELEMENT_CENTRED},
             {"Outline 1", KT_ELEMENT_SECTION},
             {"Outline 2", KT_ELEMENT_SECTION},
             {"Outline 3", KT_ELEMENT_SECTION},
             {"Outline Body", KT_ELEMENT_SYNOPSIS}};

/// Spaces at the ends go; a line feed that the file's layout put in is a space.
static const char *tidy(KtArena *arena, const char *text) {
  char *out = kt_arena_alloc(arena, strlen(text) + 1);
  size_t used = 0;
  for (; out && *text; ++text) {
    char c = *text == '\r' || *text == '\t' ? ' ' : *text;
    if (!used && isspace((unsigned char)c)) {
      continue;
    }
    out[used++] = c;
  }
  while (used && isspace((unsigned char)out[used - 1])) {
    out[--used] = '\0';
  }
  return out ? out : "";
}

/// Text inside a run, but for notes that hang in it; returns how much it is.
static size_t put_run(const KtXmlNode *node, char *out) {
  size_t size = 0;
  for (const KtXmlNode *child = node->first; child; child = child->next) {
    size_t length = strlen(child->text);
    if (out) {
      memcpy(out + size, child->text, length);
    }
    size += length;
    if (strcmp(child->name, "ScriptNote") != 0) {
      size += put_run(child, out ? out + size : NULL);
    }
  }
  return size;
}

/// The words of a paragraph: its runs of Text.
static const char *words_of(Reader *r, const KtXmlNode *paragraph) {
  size_t size = 1;
  const KtXmlNode *first = kt_xml_child(paragraph, "Text");
  for (const KtXmlNode *run = first; run; run = kt_xml_sibling(run, "Text")) {
    size += put_run(run, NULL);
  }
  char *text = first ? kt_arena_alloc(r->arena, size) : NULL;
  size_t used = 0;
  for (const KtXmlNode *run = text ? first : NULL; run; run = kt_xml_sibling(run, "Text")) {
    used += put_run(run, text + used);
  }
  return text ? tidy(r->arena, text) : "";
}

/// The set of changes that most recently touched the paragraph.
static const char *revision_of(const Reader *r, const KtXmlNode *paragraph) {
  const char *id = NULL;
  for (const KtXmlNode *run = kt_xml_child(paragraph, "Text"); run;
       run = kt_xml_sibling(run, "Text")) {
    const char *here = kt_xml_attribute(run, "RevisionID");
    id = here && (!id || atoi(here) > atoi(id)) ? here : id;
  }
  if (!id || !atoi(id)) {
    return "";
  }
  for (const KtXmlNode *one = kt_xml_child(r->revisions, "Revision"); one;
       one = kt_xml_sibling(one, "Revision")) {
    const char *known = kt_xml_attribute(one, "ID");
    const char *name = kt_xml_attribute(one, "Name");
    if (known && name && !strcmp(known, id)) {
      return name;
    }
  }
  return id;
}

/// Every text inside `node` as elements of `kind`, a paragraph each.
static void keep_inside(Reader *r, const KtXmlNode *node, KtElementKind kind) {
  for (const KtXmlNode *child = kt_xml_child(node, NULL); child;
       child = kt_xml_sibling(child, NULL)) {
    const char *text = strcmp(child->name, "Text") == 0 ? kt_xml_inside(r->arena, child)
                       : strcmp(child->name, "Paragraph") == 0 ? words_of(r, child)
                                                               : "";
    text = tidy(r->arena, text);
    if (*text) {
      kt_paper_set(r->paper, kind, text, child->line);
    }
    if (strcmp(child->name, "Text") != 0) {
      for (const KtXmlNode *deeper = kt_xml_child(child, NULL); deeper;
           deeper = kt_xml_sibling(deeper, NULL)) {
        if (strcmp(deeper->name, "Text") != 0) {
          keep_inside(r, deeper, kind);
        }
      }
    }
  }
}

static KtElementKind kind_of(Reader *r, const KtXmlNode *paragraph, const char *type) {
  for (size_t i = 0; i < sizeof(TYPES) / sizeof(*TYPES); ++i) {
    if (!strcasecmp(type, TYPES[i].type)) {
      return TYPES[i].kind;
    }
  }
  if (*type && !r->odd_types++) {
    kt_paper_warn(r->paper, r->name, paragraph->line, 1,
                  kt_arena_format(r->arena, "a paragraph of type \"%.40s\" is read as action", type));
  }
  return KT_ELEMENT_ACTION;
}

static void end_speech(Reader *r) {
  if (r->in_speech) {
    kt_paper_speech_end(r->paper, r->cue);
  }
  r->in_speech = false;
}

/// "(wry)" without its brackets.
static const char *unbracketed(KtArena *arena, const char *text) {
  size_t size = strlen(text);
  bool both = size > 1 && text[0] == '(' && text[size - 1] == ')';
  return both ? kt_arena_text_n(arena, text + 1, size - 2) : text;
}

static KtElement *add_words(Reader *r, KtElementKind kind, const char *text,
                            const KtXmlNode *paragraph) {
  if (kind == KT_ELEMENT_HEADING) {
    KtElement *heading = kt_paper_heading(r->paper, text, paragraph->line);
    const char *number = kt_xml_attribute(paragraph, "Number");
    if (heading && number) {
      heading->scene_number = number;
    }
    return heading;
  }
  if (kind == KT_ELEMENT_CHARACTER) {
    r->in_speech = true;
    r->cue = r->paper->play->elements.count;
    return kt_paper_cue(r->paper, text, paragraph->line, r->beside);
  }
  text = kind == KT_ELEMENT_PARENTHETICAL ? unbracketed(r->arena, text) : text;
  return kt_paper_set(r->paper, kind, text, paragraph->line);
}

static void read_dual(Reader *r, const KtXmlNode *dual);

static void read_paragraph(Reader *r, const KtXmlNode *paragraph) {
  const char *page = kt_xml_attribute(paragraph, "StartsNewPage");
  const char *type = kt_xml_attribute(paragraph, "Type");
  if (page && !strcasecmp(page, "Yes")) {
    kt_paper_set(r->paper, KT_ELEMENT_PAGE_BREAK, "", paragraph->line);
  }
  const char *text = words_of(r, paragraph);
  KtElementKind kind = kind_of(r, paragraph, type ? type : "");
  bool speech = kind == KT_ELEMENT_DIALOGUE || kind == KT_ELEMENT_PARENTHETICAL ||
                kind == KT_ELEMENT_LYRIC;
  if (*text && !(speech && r->in_speech)) {
    end_speech(r);
  }
  KtElement *element = *text ? add_words(r, kind, text, paragraph) : NULL;
  if (element) {
    element->revision = revision_of(r, paragraph);
    element->depth = kind != KT_ELEMENT_SECTION  ? 0
                     : type && isdigit((unsigned char)type[strlen(type) - 1])
                         ? type[strlen(type) - 1] - '0'
                         : 1;
  }
  for (const KtXmlNode *child = kt_xml_child(paragraph, NULL); child;
       child = kt_xml_sibling(child, NULL)) {
    if (!strcmp(child->name, "DualDialogue")) {
      read_dual(r, child);
    } else if (!strcmp(child->name, "OmittedScene")) {
      keep_inside(r, child, KT_ELEMENT_BONEYARD);
    } else if (!strcmp(child->name, "SceneProperties")) {
      keep_inside(r, child, KT_ELEMENT_SYNOPSIS);
    } else if (strcmp(child->name, "Text") != 0) {
      keep_inside(r, child, KT_ELEMENT_NOTE);
    }
    for (const KtXmlNode *note = kt_xml_child(child, "ScriptNote");
         note && !strcmp(child->name, "Text"); note = kt_xml_sibling(note, "ScriptNote")) {
      keep_inside(r, note, KT_ELEMENT_NOTE);
    }
  }
}

static void read_dual(Reader *r, const KtXmlNode *dual) {
  end_speech(r);
  r->paper->dual_open = false;
  size_t before = r->paper->play->elements.count;
  for (const KtXmlNode *child = kt_xml_child(dual, "Paragraph"); child;
       child = kt_xml_sibling(child, "Paragraph")) {
    const char *type = kt_xml_attribute(child, "Type");
    if (type && !strcasecmp(type, "Character") && r->paper->play->elements.count > before) {
      r->beside = true;
    }
    read_paragraph(r, child);
  }
  end_speech(r);
  r->beside = false;
}

/// Keys as a Fountain title page has them, where one can tell: the first line is the title, what
/// follows "by" the author.
static void read_title_page(Reader *r, const KtXmlNode *page) {
  bool by = false;
  bool titled = false;
  const KtXmlNode *content = kt_xml_child(page, "Content");
  for (const KtXmlNode *child = kt_xml_child(content, "Paragraph"); child;
       child = kt_xml_sibling(child, "Paragraph")) {
    const char *text = words_of(r, child);
    size_t size = strlen(text);
    KtTitleEntry *entry = size ? kt_array_push(r->arena, &r->paper->play->title_page) : NULL;
    if (!entry) {
      continue;
    }
    bool credit = size < 40 && (strcasestr(text, "written by") || strcasestr(text, "story by") ||
                                !strcasecmp(text, "by") || strcasestr(text, "screenplay by"));
    bool credit_only = credit && size > 2 && !strcasecmp(text + size - 2, "by");
    entry->value = text;
    entry->key = !titled ? "Title" : credit ? "Credit" : by ? "Author" : "Contact";
    by = credit_only;
    titled = true;
  }
}

static void read_tags(Reader *r, const KtXmlNode *data) {
  const KtXmlNode *categories = kt_xml_child(data, "TagCategories");
  const KtXmlNode *list = kt_xml_child(data, "TagDefinitions");
  for (const KtXmlNode *tag = kt_xml_child(list, "TagDefinition"); tag;
       tag = kt_xml_sibling(tag, "TagDefinition")) {
    const char *id = kt_xml_attribute(tag, "CatId");
    const char *label = kt_xml_attribute(tag, "Label");
    const char *name = "";
    for (const KtXmlNode *c = kt_xml_child(categories, "TagCategory"); c;
         c = kt_xml_sibling(c, "TagCategory")) {
      const char *known = kt_xml_attribute(c, "Id");
      const char *called = kt_xml_attribute(c, "Name");
      name = id && known && called && !strcmp(known, id) ? called : name;
    }
    KtScriptTag *made =
        label && *label ? kt_array_push(r->arena, &r->paper->play->tags) : NULL;
    if (made) {
      *made = (KtScriptTag){.category = name, .label = label};
    }
  }
}

KtStatus kt_fdx_read(KtPaper *paper, const char *name, const char *bytes, size_t size,
                     KtError *err) {
  const KtXmlNode *root = NULL;
  KtStatus status = kt_xml_parse(paper->arena, name, bytes, size, &root, err);
  if (status) {
    return status;
  }
  const KtXmlNode *content = kt_xml_child(root, "Content");
  const char *type = kt_xml_attribute(root, "DocumentType");
  if (strcmp(root->name, "FinalDraft") != 0) {
    return kt_error_at(err, KT_ERR_UNSUPPORTED, name, root->line, 1,
                       "XML, but no Final Draft script (its root is <%.40s>); export as .fdx or "
                       "Fountain", root->name);
  }
  if (type && strcasecmp(type, "Script") != 0) {
    return kt_error_at(err, KT_ERR_FORMAT, name, root->line, 1,
                       "a Final Draft file of another kind (DocumentType \"%.40s\"); export the "
                       "script itself", type);
  }
  if (!content) {
    return kt_error_at(err, KT_ERR_FORMAT, name, root->line, 1,
                       "a Final Draft file without Content; export it again");
  }
  Reader r = {.paper = paper,
              .arena = paper->arena,
              .name = name,
              .revisions = kt_xml_child(root, "Revisions")};
  const KtXmlNode *page = kt_xml_child(root, "TitlePage");
  read_title_page(&r, page ? page : kt_xml_child(content, "TitlePage"));
  read_tags(&r, kt_xml_child(root, "TagData"));
  for (const KtXmlNode *p = kt_xml_child(content, "Paragraph"); p;
       p = kt_xml_sibling(p, "Paragraph")) {
    read_paragraph(&r, p);
  }
  end_speech(&r);
  // notes and beats that newer versions keep beside the script
  keep_inside(&r, kt_xml_child(root, "ScriptNotes"), KT_ELEMENT_NOTE);
  keep_inside(&r, kt_xml_child(root, "ListItems"), KT_ELEMENT_NOTE);
  return KT_OK;
}
