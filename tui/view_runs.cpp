#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tui/columns.h"
#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

constexpr int kMarks = 3;  // columns in front of a row: selected, marked, starred

std::string header_text(const RunsPage& page) {
  std::string text = page.query.trash ? fmt::format("quantrail  TRASH {}", page.runs.size())
                                      : fmt::format("quantrail  RUNS {}", page.runs.size());
  if (page.runs.size() != page.total) text += fmt::format(" of {}", page.total);
  for (const auto* state : {"running", "stopping", "queued", "paused", "interrupted", "failed", "unknown"}) {
    const auto count = page.states.find(state);
    if (count != page.states.end() && count->second > 0) text += fmt::format("   {} {}", state, count->second);
  }
  return text;
}

/// The filter and the order, where there are any.
void draw_query(Frame& frame, const Model& model) {
  const RunsPage& page = model.runs;
  std::string right = page.query.sort.empty() ? "" : "by " + page.query.sort;
  if (!page.marked.empty()) {
    const auto hidden = std::count_if(page.marked.begin(), page.marked.end(), [&](std::int64_t id) {
      return std::none_of(page.runs.begin(), page.runs.end(), [&](const RunRow& run) { return run.id == id; });
    });
    const std::string out_of_sight = hidden > 0 ? fmt::format(", {} hidden", hidden) : "";
    right = fmt::format("{} marked{}  {}", page.marked.size(), out_of_sight, right);
  }
  const bool filtered = !page.query.filter.empty();
  frame.put(1, 1, fitted(filtered ? "/ " + page.query.filter : model.place, model.size.columns - width_of(right) - 4),
            filtered ? Style::Accent : Style::Dim);
  frame.put(1, model.size.columns - width_of(right) - 1, right, Style::Dim);
}

void draw_rows(Frame& frame, const Model& model) {
  const RunsPage& page = model.runs;
  const Area table = runs_layout(model).table;
  std::vector<const std::vector<std::string>*> rows;
  for (const auto& run : page.runs) rows.push_back(&run.cells);
  const auto columns = chosen_columns(
      page.columns, rows, {.room = table.columns - kMarks - 1, .fixed = 2, .first = page.first_column, .elastic = 1});
  frame.put(table.row - 1, kMarks, title_line(page.columns, columns), Style::Dim);
  const int selected = kMarks + (columns.widths.empty() ? 0 : columns.widths[0]) +
                       (columns.widths.size() > 1 ? 2 + columns.widths[1] : 0);
  const std::size_t first = first_shown(page.at, page.runs.size(), table.rows);
  for (int row = 0; row < table.rows && first + static_cast<std::size_t>(row) < page.runs.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    const RunRow& run = page.runs[at];
    frame.put(table.row + row, kMarks, row_line(page.columns, run.cells, columns), style_of(run));
    if (page.marked.contains(run.id)) frame.put(table.row + row, 1, U'm', Style::Warning);
    if (run.starred) frame.put(table.row + row, 2, U'*', Style::Warning);
    if (at == page.at) mark_row(frame, table, row, selected);
  }
}

void draw_empty(Frame& frame, const Model& model) {
  const RunsPage& page = model.runs;
  if (!page.known) {
    frame.put(3, 3, "reading the store ...", Style::Dim);
  } else if (page.query.trash) {
    frame.put(3, 3, "The trash is empty. T shows the runs again.");
  } else if (page.total > 0 || !page.query.filter.empty()) {
    frame.put(3, 3, "No run matches the filter: / changes it, \\ clears it.");
  } else {
    frame.put(3, 3,
              fitted(model.place.empty() ? "No runs yet." : fmt::format("No runs yet in {}.", model.place),
                     model.size.columns - 4));
    frame.put(4, 3, "n opens a form for one; with a configuration file at hand:");
    frame.put(5, 3, "  :run CONFIG.json");
    frame.put(6, 3, "without one, a model and its data give a first:");
    frame.put(7, 3, "  :init MODEL.onnx --calibration SAMPLES --validation SAMPLES");
  }
}

void draw_facts(Frame& frame, const Model& model, const Area& box, const RunDetail& detail) {
  const RunRow& run = detail.run;
  draw_box(frame, box, state_text(run), model.look.charset);
  const Area area = inside(box);
  int row = 0;
  const auto line = [&](std::string_view text, Style style) {
    if (row < area.rows && !text.empty()) frame.put(area.row + row++, area.column, fitted(text, area.columns), style);
  };
  if (run.step && is_live(run)) {
    const bool troubled = !run.step->trouble.empty();
    if (troubled)
      row += draw_wrapped(frame, {area.row, area.column, std::min(area.rows, 3), area.columns}, run.step->trouble,
                          Style::Warning);
    else if (run.step->total > 0)
      line(run.step->text, Style::Normal);
    else
      row += draw_wrapped(frame, {area.row, area.column, std::min(area.rows, 3), area.columns}, run.step->text,
                          Style::Normal);
    if (run.step->total > 0 && !troubled) {
      const std::string count = fmt::format(" {}/{}", run.step->done, run.step->total);
      line(progress_bar(run.step->done, run.step->total, area.columns - width_of(count), model.look.charset) + count,
           Style::Accent);
      if (run.state == "running") line(time_left(*run.step), Style::Dim);
    }
  }
  line(fmt::format("float {}, int8 {}", number(run.float_value), number(run.quantized)), Style::Normal);
  line(fmt::format("best {}, {} in float", number(run.best), run.reverted), Style::Normal);
  const std::string limit = detail.limit ? " of " + number(detail.limit) : "";
  line(detail.tightest.empty() ? fmt::format("drop {}{}", number(run.drop), limit) : detail.tightest, style_of(run));
  if (run.speed_up) line(fmt::format("{:.2f} times as fast as float", *run.speed_up), Style::Normal);
  if (!run.note.empty()) line("note: " + run.note, Style::Warning);
  if (row < area.rows && !run.reason.empty())
    row += draw_wrapped(frame, {area.row + row, area.column, area.rows - row, area.columns}, run.reason, Style::Dim);
  if (!run.tags.empty()) line("tags: " + joined(run.tags, " "), Style::Dim);
  if (run.parent) line(fmt::format("made from run {}", *run.parent), Style::Dim);
  line("created " + run.created, Style::Dim);
}

void draw_preview(Frame& frame, const Model& model) {
  const RunsLayout layout = runs_layout(model);
  if (layout.chart.rows == 0 || !model.runs.preview) return;
  const RunDetail& detail = *model.runs.preview;
  draw_box(frame, layout.chart, fmt::format("{} {}  {}", detail.run.id, detail.run.name, detail.run.metric),
           model.look.charset);
  const Area area{layout.chart.row + 1, layout.chart.column + 1, layout.chart.rows - 2, layout.chart.columns - 2};
  if (detail.iterations.empty())
    frame.put(area.row, area.column + 2, "no iteration yet", Style::Dim);
  else
    draw_plot(frame, area, iteration_plot(detail, Measure::Metric, model.look), model.look);
  draw_facts(frame, model, layout.facts, detail);
}

}  // namespace

void draw_runs(Frame& frame, const Model& model) {
  draw_header(frame, header_text(model.runs), model);
  draw_query(frame, model);
  if (model.runs.runs.empty())
    draw_empty(frame, model);
  else
    draw_rows(frame, model);
  draw_preview(frame, model);
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
