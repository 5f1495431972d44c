// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The critic's marks in report.html: a row a cue, a column a mark, what lies outside real scores below.
#include "deliver/report_page.h"

static const KtScore *first_marked(const KtReportPage *page) {
  for (size_t i = 0; i < page->delivery->spotting->cues.count; ++i) {
    const KtScore *score = kt_delivery_score(page->delivery, i);
    if (score && score->marks.count) {
      return score;
    }
  }
  return NULL;
}

static void outside(const KtReportPage *page, const KtScore *score, size_t columns) {
  if (!score->outliers.count) {
    return;
  }
  fprintf(page->out, "<tr><td></td><td class=\"why\" colspan=\"%zu\">outside real scores, %zu of %d:", columns,
          score->outliers.count, score->counted);
  for (size_t i = 0; i < score->outliers.count; ++i) {
    const KtOutlier *o = &score->outliers.items[i];
    fprintf(page->out, "%s %s %.2f (%.2f to %.2f)", i ? "," : "", o->name, (double)o->value, (double)o->low, (double)o->high);
  }
  fputs("</td></tr>\n", page->out);
}

static void row(const KtReportPage *page, const KtScore *score) {
  double sum = 0, weights = 0;
  fprintf(page->out, "<tr><th scope=\"row\">%s</th>", score->name);
  for (size_t i = 0; i < score->marks.count; ++i) {
    const KtMark *mark = &score->marks.items[i];
    fprintf(page->out, "<td class=\"n\">%.2f</td>", (double)mark->value);
    sum += (double)(mark->value * mark->weight);
    weights += (double)mark->weight;
  }
  fprintf(page->out, "<td class=\"n\"><b>%.2f</b></td><td class=\"n\">%zu</td></tr>\n", weights > 0 ? sum / weights : 0,
          score->rivals.count);
  outside(page, score, score->marks.count + 2);
}

void kt_report_marks(const KtReportPage *page) {
  const KtScore *first = first_marked(page);
  if (!first) {
    return;
  }
  fputs("<section><h2>The critic</h2>\n<p class=\"why\">Each cue was composed several times; this is how the one that was kept "
        "was marked, 0 to 1, and how many there were. Weights stand in data/critic.yaml.</p>\n"
        "<div class=\"scroll\"><table>\n<thead><tr><th>Cue</th>", page->out);
  for (size_t i = 0; i < first->marks.count; ++i) {
    fprintf(page->out, "<th class=\"n\">%s</th>", first->marks.items[i].name);
  }
  fputs("<th class=\"n\">total</th><th class=\"n\">of</th></tr></thead>\n<tbody>\n", page->out);
  for (size_t i = 0; i < page->delivery->spotting->cues.count; ++i) {
    const KtScore *score = kt_delivery_score(page->delivery, i);
    if (score && score->marks.count) {
      row(page, score);
    }
  }
  fputs("</tbody></table></div></section>\n", page->out);
}
