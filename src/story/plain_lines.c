// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/plain.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
  MOST_COLUMNS = 120,
  FAR = 8,  ///< a cue stands at least this far right of the action
  NEAR = 3, ///< columns that count as the same
};

static bool white(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

/// "12", "12A", "A12", "12." at `text`: bytes of it, 0 where it is none.
static size_t number_size(const char *text, size_t size) {
  size_t i = 0;
  size_t digits = 0;
  while (i < size && i < 6 &&
         (isdigit((unsigned char)text[i]) || isupper((unsigned char)text[i]))) {
    digits += isdigit((unsigned char)text[i]) != 0;
    ++i;
  }
  i += i < size && text[i] == '.';
  return digits && digits + 3 > i && (i == size || white(text[i])) ? i : 0;
}

/// "12A   INT. HALL - NIGHT   12A": the numbers in the margins taken off.
static void take_number(KtArena *arena, KtPlainLine *plain) {
  KtScriptLine cut = plain->line;
  size_t front = number_size(cut.start, cut.size);
  const char *number = "";
  if (front) {
    number = kt_arena_text_n(arena, cut.start, front - (cut.start[front - 1] == '.'));
    while (front < cut.size && white(cut.start[front])) {
      ++front;
    }
    cut.start += front;
    cut.size -= front;
  }
  size_t back = cut.size;
  while (back && !white(cut.start[back - 1])) {
    --back;
  }
  if (back > 1 && white(cut.start[back - 2]) &&
      number_size(cut.start + back, cut.size - back) == cut.size - back) {
    const char *last = kt_arena_text_n(arena, cut.start + back, cut.size - back);
    number = *number ? number : last;
    cut.size = back;
    while (cut.size && white(cut.start[cut.size - 1])) {
      --cut.size;
    }
  }
  if (*number && kt_line_is_heading(&cut)) {
    plain->indent += (int)(cut.start - plain->line.start);
    plain->line = cut;
    plain->scene_number = number;
  } else if (*number && cut.size >= 9 && !strncmp(cut.start, "CONTINUED", 9)) {
    plain->page_mark = true; // "12  CONTINUED:  12"
  }
}

/// "12.", "(MORE)", "CONTINUED:": set by the page, not by the writer.
static bool is_page_mark(const KtScriptLine *line) {
  size_t digits = 0;
  while (digits < line->size && isdigit((unsigned char)line->start[digits])) {
    ++digits;
  }
  if (digits && digits < 5 &&
      (digits == line->size || (digits + 1 == line->size && line->start[digits] == '.'))) {
    return true;
  }
  static const char *const marks[] = {"(MORE)", "CONTINUED:", "(CONTINUED)", "CONTINUED: ("};
  for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); ++i) {
    size_t size = strlen(marks[i]);
    bool open = marks[i][size - 1] == '(';
    if (line->size >= size && !strncmp(line->start, marks[i], size) &&
        (open || line->size == size)) {
      return true;
    }
  }
  return false;
}

static void add_line(KtArena *arena, KtPlainText *out, const char *start, size_t size) {
  KtPlainLine *plain = kt_array_push(arena, &out->lines);
  if (!plain) {
    return;
  }
  plain->scene_number = "";
  while (size && white(start[size - 1])) {
    --size;
  }
  if (size > 3 && start[size - 1] == '*' && white(start[size - 2]) &&
      (start[size - 2] == '\t' || white(start[size - 3]))) {
    plain->revised = true;
    --size;
    while (size && white(start[size - 1])) {
      --size;
    }
  }
  size_t skip = 0;
  for (; skip < size && white(start[skip]); ++skip) {
    plain->page_start = plain->page_start || start[skip] == '\f';
    plain->indent = start[skip] == '\f'   ? 0
                    : start[skip] == '\t' ? plain->indent / 8 * 8 + 8
                                          : plain->indent + 1;
  }
  plain->line = (KtScriptLine){.start = start + skip,
                               .size = size - skip,
                               .number = (int)out->lines.count,
                               .blank = skip == size};
  if (plain->line.blank) {
    return;
  }
  take_number(arena, plain);
  plain->page_mark = plain->page_mark || is_page_mark(&plain->line);
  plain->heading = kt_line_is_heading(&plain->line) && plain->line.start[0] != '.';
  plain->transition = !plain->heading && kt_line_is_transition(&plain->line);
  plain->cue = !plain->heading && !plain->transition && !plain->page_mark &&
               plain->line.start[0] != '(' && kt_line_is_cue(&plain->line);
}

static size_t next_text(const KtPlainText *out, size_t i) {
  for (++i; i < out->lines.count; ++i) {
    if (!out->lines.items[i].line.blank && !out->lines.items[i].page_mark) {
      break;
    }
  }
  return i;
}

/// The commonest column among the lines that `wanted` takes; -1 where it takes none.
static int commonest(const KtPlainText *out, bool (*wanted)(const KtPlainText *out, size_t i),
                     size_t *votes) {
  size_t columns[MOST_COLUMNS] = {0};
  size_t best = 0;
  int at = -1;
  for (size_t i = 0; i < out->lines.count; ++i) {
    int indent = out->lines.items[i].indent;
    if (!out->lines.items[i].line.blank && indent < MOST_COLUMNS && wanted(out, i)) {
      if (++columns[indent] > best) {
        best = columns[indent];
        at = indent;
      }
    }
  }
  *votes = best;
  return at;
}

static bool is_heading(const KtPlainText *out, size_t i) {
  return out->lines.items[i].heading;
}

static bool is_prose(const KtPlainText *out, size_t i) {
  const KtPlainLine *line = &out->lines.items[i];
  return !line->cue && !line->transition && !line->page_mark && line->line.size > 40;
}

/// A cue in a column of its own, what is said below it less far in.
static bool is_far_cue(const KtPlainText *out, size_t i) {
  const KtPlainLine *line = &out->lines.items[i];
  size_t next = next_text(out, i);
  if (!line->cue || kt_plain_is_dual(line) || line->indent < out->left + FAR ||
      next >= out->lines.count) {
    return false;
  }
  const KtPlainLine *said = &out->lines.items[next];
  return said->line.start[0] == '(' ||
         (said->indent > out->left + NEAR && said->indent < line->indent && !said->heading);
}

static bool is_said(const KtPlainText *out, size_t i) {
  const KtPlainLine *line = &out->lines.items[i];
  return i && !line->cue && line->line.start[0] != '(' && !out->lines.items[i - 1].line.blank &&
         line->indent > out->left + NEAR && line->indent < out->cue;
}

static bool blank_at(const KtPlainText *out, size_t i) {
  return i >= out->lines.count || out->lines.items[i].line.blank;
}

/// Without columns: what stands between a cue and its speech tells how the file is set.
static KtPlainMode by_blanks(const KtPlainText *out) {
  size_t tight = 0;
  size_t airy = 0;
  size_t packed = 0;
  for (size_t i = 0; i < out->lines.count; ++i) {
    size_t next = next_text(out, i);
    if (!out->lines.items[i].cue || next >= out->lines.count || out->lines.items[next].heading ||
        out->lines.items[next].cue) {
      continue;
    }
    bool before = i == 0 || blank_at(out, i - 1);
    bool after = blank_at(out, i + 1);
    tight += before && !after;
    airy += before && after;
    packed += !before && !after;
  }
  return airy >= 3 && airy > 2 * tight       ? KT_PLAIN_AIRY
         : packed >= 3 && packed > 2 * tight ? KT_PLAIN_PACKED
                                             : KT_PLAIN_TIGHT;
}

void kt_plain_survey(KtArena *arena, const char *text, KtPlainText *out) {
  *out = (KtPlainText){.mode = KT_PLAIN_TIGHT};
  while (*text) {
    size_t size = strcspn(text, "\n");
    add_line(arena, out, text, size);
    text += size + (text[size] == '\n');
  }
  size_t votes = 0;
  int left = commonest(out, is_heading, &votes);
  left = left >= 0 ? left : commonest(out, is_prose, &votes);
  out->left = left >= 0 ? left : 0;
  out->cue = commonest(out, is_far_cue, &votes);
  out->dialogue = out->cue >= 0 ? commonest(out, is_said, &votes) : -1;
  if (out->cue >= 0) {
    out->dialogue = out->dialogue >= 0 ? out->dialogue : (out->left + out->cue) / 2;
    out->mode = KT_PLAIN_INDENTED;
  } else {
    out->mode = by_blanks(out);
  }
}

/// Marks that only a writer of Fountain makes.
static bool has_fountain_marks(const char *text) {
  if ((strstr(text, "[[") && strstr(text, "]]")) || (strstr(text, "/*") && strstr(text, "*/")) ||
      !strncasecmp(text, "Title:", 6)) {
    return true;
  }
  for (const char *line = text; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    if ((*line == '#' && (line[1] == '#' || line[1] == ' ')) ||
        (*line == '@' && isalpha((unsigned char)line[1])) ||
        (*line == '.' && isupper((unsigned char)line[1])) || !strncmp(line, "> ", 2)) {
      return true;
    }
  }
  return false;
}

bool kt_plain_looks(KtArena *arena, const char *text) {
  KtPlainText out;
  if (has_fountain_marks(text)) {
    return false;
  }
  kt_plain_survey(arena, text, &out);
  return out.mode != KT_PLAIN_TIGHT;
}
