#include "tui/layout.h"

#include <algorithm>

#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

constexpr int kPreviewRows = 9;
constexpr int kSideBySide = 110;

/// A row of a table has two gaps or more; in two rows it could not be read.
bool is_of_a_table(std::string_view line) {
  int gaps = 0;
  for (std::size_t at = line.find_first_not_of(' '); at != std::string_view::npos;) {
    at = line.find("  ", at);
    if (at != std::string_view::npos) at = line.find_first_not_of(' ', at);
    if (at != std::string_view::npos) ++gaps;
  }
  return gaps >= 2;
}

}  // namespace

std::size_t first_shown(std::size_t selected, std::size_t count, int room) {
  const auto rows = static_cast<std::size_t>(std::max(room, 1));
  if (count <= rows || selected < rows) return 0;
  const std::size_t step = std::max<std::size_t>(rows / 2, 1);
  const std::size_t first = (selected - rows) / step * step + step;
  return std::min(first, count - 1);
}

Area page_area(const Model& model) { return {2, 0, model.size.rows - 4, model.size.columns}; }

RunsLayout runs_layout(const Model& model) {
  const int rows = model.size.rows;
  RunsLayout layout;
  const bool preview = rows >= 20 && model.size.columns >= 60 && !model.runs.runs.empty();
  const int below = !preview ? 0 : rows >= 36 ? 14 : kPreviewRows;
  layout.table = {3, 0, rows - 5 - below, model.size.columns};
  if (preview) {
    const int chart = model.size.columns * 11 / 20;
    layout.chart = {rows - 2 - below, 0, below, chart};
    layout.facts = {rows - 2 - below, chart, below, model.size.columns - chart};
  }
  return layout;
}

std::optional<std::size_t> run_at_row(const Model& model, int row) {
  const Area table = runs_layout(model).table;
  if (row < table.row || row >= table.row + table.rows) return std::nullopt;
  const std::size_t at =
      first_shown(model.runs.at, model.runs.runs.size(), table.rows) + static_cast<std::size_t>(row - table.row);
  return at < model.runs.runs.size() ? std::optional(at) : std::nullopt;
}

LiveLayout live_layout(const Model& model) {
  const Area all{2, 0, model.size.rows - 4, model.size.columns};
  LiveLayout layout;
  if (all.rows < 14 || all.columns < 60) {
    (model.run.zoom == Zoom::Chart ? layout.chart : layout.table) = all;
    return layout;
  }
  const int now = 4;
  const Area upper{all.row, 0, all.rows - now, all.columns};
  layout.now = {all.row + upper.rows, 0, now, all.columns};
  if (model.run.zoom == Zoom::Chart) {
    layout.chart = upper;
    return layout;
  }
  if (model.run.zoom == Zoom::Table) {
    layout.table = upper;
    return layout;
  }
  const int left = all.columns >= kSideBySide ? all.columns * 11 / 20 : all.columns * 23 / 40;
  layout.table = {upper.row, 0, upper.rows, left};
  const int selected = upper.rows >= 24 ? 6 : 0;
  const int speed = upper.rows >= 14 ? std::max(5, (upper.rows - selected) / 3) : 0;
  layout.chart = {upper.row, left, upper.rows - speed - selected, all.columns - left};
  layout.speed = {layout.chart.row + layout.chart.rows, left, speed, all.columns - left};
  layout.selected = {layout.speed.row + speed, left, selected, all.columns - left};
  return layout;
}

std::optional<std::size_t> iteration_at_row(const Model& model, int row) {
  if (!model.run.detail || model.run.tab != RunTab::Live) return std::nullopt;
  const Area table = live_layout(model).table;
  const int room = table.rows - 3;
  const int line = row - table.row - 2;
  if (line < 0 || line >= room) return std::nullopt;
  const auto count = model.run.detail->iterations.size();
  const std::size_t at = first_shown(model.run.iteration, count, room) + static_cast<std::size_t>(line);
  return at < count ? std::optional(at) : std::nullopt;
}

std::optional<RunTab> tab_at(const Model& model, int row, int column) {
  if (row != 1 || model.screen() != Screen::Run) return std::nullopt;
  int end = 0;
  for (std::size_t at = 0; at < std::size(kRunTabs); ++at) {
    end += width_of(kRunTabs[at]) + 4;
    if (column < end) return static_cast<RunTab>(at);
  }
  return std::nullopt;
}

int text_columns(const Model& model) { return std::max(model.size.columns - 2, 8); }

int text_excess(const Model& model) {
  int widest = 0;
  for (const auto& row : text_rows(model)) widest = std::max(widest, width_of(row));
  return std::max(widest - text_columns(model), 0);
}

std::vector<std::string> text_rows(const Model& model) {
  const int room = text_columns(model);
  std::vector<std::string> rows;
  for (const auto& line : model.text.lines) {
    if (width_of(line) <= room || is_of_a_table(line)) {
      rows.push_back(line);
      continue;
    }
    const auto parts = wrapped(line, room - 4);
    for (std::size_t at = 0; at < parts.size(); ++at) rows.push_back(at == 0 ? parts[at] : "    " + parts[at]);
  }
  return rows;
}

std::vector<LogRow> log_lines(const Model& model) {
  std::vector<LogRow> lines;
  for (const auto& row : log_rows(model.run)) {
    const int taken = row.time.empty() ? 0 : width_of(row.time) + 1;
    const std::string text = (row.level == "info" ? "" : row.level + ": ") + row.text;
    const int room = std::max(model.size.columns - taken - 2, 16);
    if (width_of(text) <= room) {
      lines.push_back({row.time, row.level, text});
      continue;
    }
    const auto parts = wrapped(text, room);
    for (std::size_t at = 0; at < parts.size(); ++at)
      lines.push_back({at == 0 ? row.time : std::string(row.time.size(), ' '), row.level, parts[at]});
  }
  return lines;
}

std::size_t compare_lines(const ComparePage& page) {
  if (!page.comparison) return 0;
  const Comparison& c = *page.comparison;
  switch (page.tab) {
    case CompareTab::Settings:
      return shown_rows(c.settings, page.all).size() + c.results.size() + c.warnings.size() + 4;
    case CompareTab::Layers: return shown_rows(c.layers, page.all).size() + 1;
    case CompareTab::Curves:
    case CompareTab::Pareto: break;
  }
  return 0;
}

std::size_t health_lines(const HealthPage& page) {
  std::size_t lines = 0;
  for (const auto& section : page.sections) lines += section.lines.size() + 2;
  return lines;
}

}  // namespace quantrail::tui
