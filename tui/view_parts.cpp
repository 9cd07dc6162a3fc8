#include "tui/view_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/decimals.h"
#include "base/text.h"

namespace quantrail::tui {
namespace {

struct Lines {
  char32_t horizontal, vertical, upper_left, upper_right, lower_left, lower_right;
};
constexpr Lines kAscii{U'-', U'|', U'+', U'+', U'+', U'+'};
constexpr Lines kBox{U'─', U'│', U'┌', U'┐', U'└', U'┘'};

/// The metric at which the drop equals the limit.
std::optional<double> limit_value(const RunDetail& detail) {
  if (!detail.limit || !detail.run.float_value) return std::nullopt;
  return *detail.run.float_value + (detail.higher_is_better ? -*detail.limit : *detail.limit);
}

}  // namespace

std::string number(std::optional<double> value) { return decimals(value); }

int number_columns(int usual, const std::vector<double>& values) {
  constexpr int kMost = 10;  // "-1.23e-06" and a blank
  std::size_t longest = 0;
  for (const double value : values) longest = std::max(longest, decimals(value).size());
  return std::max(usual, std::min(static_cast<int>(longest) + 1, kMost));
}

FigureColumns figure_columns(const std::vector<IterationRow>& rows) {
  std::vector<double> metrics;
  std::vector<double> drops;
  for (const auto& row : rows) {
    metrics.push_back(row.metric);
    drops.push_back(row.drop);
  }
  const FigureColumns usual;
  return {number_columns(usual.metric, metrics), number_columns(usual.drop, drops)};
}

std::string number_cell(double value, int columns) { return padded(decimals_in(columns - 1, value), -columns); }

std::string mebibytes(std::int64_t bytes) { return fmt::format("{:.2f}", static_cast<double>(bytes) / 1048576.0); }

std::string quantity(std::int64_t count) {
  const auto value = static_cast<double>(count);
  if (count >= 1'000'000'000) return fmt::format("{:.2f} G", value / 1e9);
  if (count >= 1'000'000) return fmt::format("{:.2f} M", value / 1e6);
  if (count >= 1'000) return fmt::format("{:.1f} k", value / 1e3);
  return fmt::format("{}", count);
}

Style style_of(const RunRow& run) {
  if (run.state == "running") return Style::Accent;
  if (run.state == "failed" || run.outcome == "not_met") return Style::Bad;
  if (run.state == "interrupted" || run.state == "unknown" || run.state == "stopping" || run.state == "paused")
    return Style::Warning;
  if (run.state == "done") return Style::Good;
  return Style::Normal;
}

Style series_style(std::size_t at) { return static_cast<Style>(static_cast<std::size_t>(Style::SeriesA) + at % 6); }
char32_t series_mark(std::size_t at) {
  constexpr std::array kMarks{U'o', U'x', U'+', U'*', U'#', U'@'};
  return kMarks[at % kMarks.size()];
}
char series_letter(std::size_t at) { return static_cast<char>('A' + at % 26); }

std::string short_key(const std::string& key) {
  constexpr std::string_view kParams = "compression.algorithms[0].params.";
  return key.starts_with(kParams) ? key.substr(kParams.size()) : key;
}

std::string state_text(const RunRow& run) {
  if (run.state == "done" && !run.outcome.empty()) {
    if (run.outcome == "met") return "done, met";
    if (run.outcome == "not_met") return "done, not met";
    return run.outcome == "nothing_to_do" ? "done, nothing to do" : "done";
  }
  return run.pausing ? "pausing" : run.state;
}

std::string time_left(const Step& step) {
  if (step.rate <= 0.0 || step.total <= step.done) return {};
  return duration_text(static_cast<double>(step.total - step.done) / step.rate) + " left";
}

std::string short_change(const IterationRow& row) {
  if (!row.changed_layers.empty()) {
    const std::string first = (row.kind == "prune" ? "int8 " : "") + row.changed_layers.front();
    return row.changed_layers.size() == 1 ? first : fmt::format("{} +{}", first, row.changed_layers.size() - 1);
  }
  if (row.kind == "quantized") return "all layers int8";
  return row.kind;
}

void draw_box(Frame& frame, const Area& area, std::string_view title, Charset charset) {
  if (area.rows < 2 || area.columns < 2) return;
  const Lines& lines = charset == Charset::Utf8 ? kBox : kAscii;
  const int last_row = area.row + area.rows - 1;
  const int last_column = area.column + area.columns - 1;
  for (int column = area.column + 1; column < last_column; ++column) {
    frame.put(area.row, column, lines.horizontal, Style::Border);
    frame.put(last_row, column, lines.horizontal, Style::Border);
  }
  for (int row = area.row + 1; row < last_row; ++row) {
    frame.put(row, area.column, lines.vertical, Style::Border);
    frame.put(row, last_column, lines.vertical, Style::Border);
  }
  frame.put(area.row, area.column, lines.upper_left, Style::Border);
  frame.put(area.row, last_column, lines.upper_right, Style::Border);
  frame.put(last_row, area.column, lines.lower_left, Style::Border);
  frame.put(last_row, last_column, lines.lower_right, Style::Border);
  const std::string text = fitted(title, area.columns - 6);
  if (!text.empty()) frame.put(area.row, area.column + 2, " " + text + " ", Style::Title);
}

Area inside(const Area& box) { return {box.row + 1, box.column + 2, box.rows - 2, box.columns - 4}; }

std::string bar(double share, int columns, Charset charset) {
  const int filled = static_cast<int>(std::lround(std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0) * columns));
  std::string text;
  for (int k = 0; k < filled; ++k) text += charset == Charset::Utf8 ? "█" : "#";
  return text;
}

std::string progress_bar(std::int64_t done, std::int64_t total, int columns, Charset charset) {
  const int inner = std::max(columns - 2, 1);
  const double share = total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0.0;
  const int filled = static_cast<int>(share * inner);
  std::string text = "[";
  for (int k = 0; k < inner; ++k) {
    if (k < filled)
      text += charset == Charset::Utf8 ? "█" : "#";
    else
      text += charset == Charset::Utf8 ? "░" : ".";
  }
  return text + "]";
}

int draw_wrapped(Frame& frame, const Area& area, std::string_view text, Style style) {
  const auto lines = wrapped(text, area.columns);
  int row = 0;
  for (const auto& line : lines) {
    if (row >= area.rows) break;
    const bool cut = row + 1 == area.rows && static_cast<std::size_t>(row + 1) < lines.size();
    frame.put(area.row + row, area.column, cut ? fitted(line + " ~", area.columns) : line, style);
    ++row;
  }
  return row;
}

std::size_t draw_lines(Frame& frame, const Area& area, const std::vector<TextLine>& lines, std::size_t scroll) {
  const std::size_t last =
      lines.size() > static_cast<std::size_t>(area.rows) ? lines.size() - static_cast<std::size_t>(area.rows) : 0;
  const std::size_t first = std::min(scroll, last);
  for (int row = 0; row < area.rows && first + static_cast<std::size_t>(row) < lines.size(); ++row) {
    const TextLine& line = lines[first + static_cast<std::size_t>(row)];
    frame.put(area.row + row, area.column, fitted(line.text, area.columns), line.style);
  }
  return first;
}

void draw_header(Frame& frame, std::string_view text, const Model& model) {
  const std::string clock = model.look.clock ? model.clock : "";
  frame.restyle(0, 0, model.size.columns, Style::Title);
  frame.put(0, 0, " " + fitted(text, model.size.columns - 3 - width_of(clock)), Style::Title);
  frame.put(0, model.size.columns - width_of(clock) - 1, clock, Style::Dim);
}

void draw_tabs(Frame& frame, std::span<const std::string_view> names, std::size_t current, std::string_view right,
               const Model& model) {
  int column = 0;
  for (std::size_t at = 0; at < names.size(); ++at) {
    const std::string text =
        fmt::format("{}{} {}{}", at == current ? "[" : " ", at + 1, names[at], at == current ? "]" : " ");
    column = frame.put(1, column, text, at == current ? Style::Title : Style::Dim);
  }
  const std::string end = fitted(right, model.size.columns - column - 2);
  frame.put(1, model.size.columns - width_of(end) - 1, end, Style::Normal);
}

void mark_found(Frame& frame, int row, int column, std::string_view text, std::string_view what) {
  const auto at = found_at(text, what);
  if (!what.empty() && at)
    frame.restyle(row, column + width_of(text.substr(0, *at)), width_of(text.substr(*at, what.size())),
                  Style::Selected);
}

void mark_row(Frame& frame, const Area& area, int row, int columns) {
  frame.put(area.row + row, area.column, U'>', Style::Selected);
  frame.restyle(area.row + row, area.column, std::min(columns, area.columns), Style::Selected);
}

std::string_view name_of(Measure measure) {
  switch (measure) {
    case Measure::Metric: return "metric";
    case Measure::Drop: return "drop";
    case Measure::Int8Share: return "multiply-adds in int8, %";
    case Measure::Size: return "file, MiB";
  }
  return {};
}

double value_of(Measure measure, const IterationRow& row) {
  switch (measure) {
    case Measure::Metric: return row.metric;
    case Measure::Drop: return row.drop;
    case Measure::Int8Share: return row.int8_share * 100.0;
    case Measure::Size: return static_cast<double>(row.bytes) / 1048576.0;
  }
  return 0.0;
}

Plot iteration_plot(const RunDetail& detail, Measure measure, const Look& look) {
  Plot plot;
  Series accepted;
  Series rejected{
      .points = {}, .style = Style::Dim, .joined = false, .mark = look.charset == Charset::Utf8 ? U'·' : U'.'};
  for (const auto& row : detail.iterations) {
    const PlotPoint point{static_cast<double>(row.index), value_of(measure, row)};
    (row.accepted ? accepted : rejected).points.push_back(point);
  }
  // A few points are easier to see as marks.
  if (accepted.points.size() <= 12) accepted.mark = look.charset == Charset::Utf8 ? U'●' : U'o';
  plot.series = {std::move(accepted), std::move(rejected)};
  plot.x_name = "iteration";
  plot.x_high = detail.iterations.empty() ? 10.0 : roomy(static_cast<double>(detail.iterations.back().index));
  plot.y_decimals = measure == Measure::Int8Share ? 1 : measure == Measure::Size ? 2 : 4;
  plot.percent = measure == Measure::Int8Share;
  if (measure == Measure::Metric) {
    if (const auto limit = limit_value(detail)) plot.levels.push_back({*limit, "target", Style::Warning});
    if (detail.run.float_value) plot.levels.push_back({*detail.run.float_value, "float", Style::Good});
  } else if (measure == Measure::Drop && detail.limit) {
    plot.levels.push_back({*detail.limit, "limit", Style::Warning});
  }
  return plot;
}

}  // namespace quantrail::tui
