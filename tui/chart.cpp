#include "tui/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace quantrail::tui {
namespace {

struct Lines {
  char32_t horizontal, vertical, upper_left, upper_right, lower_left, lower_right;
};
constexpr Lines kAscii{U'-', U'|', U'+', U'+', U'+', U'+'};
constexpr Lines kBox{U'─', U'│', U'┌', U'┐', U'└', U'┘'};

constexpr int kLabel = 8;  // columns of "0.8486 |"

struct Scale {
  double low = 0;
  double high = 1;
  int rows = 1;
  /// Row from the top, 0-based.
  [[nodiscard]] int row_of(double value) const {
    const double share = (value - low) / (high - low);
    return std::clamp(static_cast<int>(std::lround((1.0 - share) * (rows - 1))), 0, rows - 1);
  }
};

/// The metric value at which the drop equals the limit: the side follows from how drops relate to metrics.
std::optional<double> limit_value(const RunDetail& detail) {
  if (!detail.limit || !detail.run.float_value) return std::nullopt;
  for (const auto& it : detail.iterations) {
    if (!std::isfinite(it.metric) || it.drop == 0) continue;
    const bool higher_is_better = (*detail.run.float_value - it.metric > 0) == (it.drop > 0);
    return *detail.run.float_value + (higher_is_better ? -*detail.limit : *detail.limit);
  }
  return *detail.run.float_value - *detail.limit;
}

std::optional<Scale> scale_for(const RunDetail& detail, std::optional<double> limit, int rows) {
  std::vector<double> values;
  for (const auto& it : detail.iterations) values.push_back(it.metric);
  if (detail.run.float_value) values.push_back(*detail.run.float_value);
  if (limit) values.push_back(*limit);
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty()) return std::nullopt;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double room = std::max((*high - *low) * 0.05, 1e-9);
  return Scale{*low - room, *high + room, rows};
}

void draw_level(Frame& frame, const Area& area, int row, std::string_view name, double value, Style style,
                Charset charset) {
  const char32_t dash = charset == Charset::Utf8 ? U'╌' : U'-';
  for (int column = kLabel; column < area.columns; ++column)
    frame.put(area.row + row, area.column + column, dash, style);
  frame.put(area.row + row, area.column, fmt::format("{:7.4f}", value), style);
  if (area.columns > kLabel + 12) frame.put(area.row + row, area.column + kLabel + 1, name, style);
}

}  // namespace

void draw_box(Frame& frame, const Area& area, std::string_view title, Charset charset) {
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

std::string progress_bar(std::int64_t done, std::int64_t total, int columns, Charset charset) {
  const int inner = std::max(columns - 2, 1);
  const double share = total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0.0;
  const int filled = static_cast<int>(share * inner);
  const std::string_view full = charset == Charset::Utf8 ? "█" : "#";
  const std::string_view empty = charset == Charset::Utf8 ? "░" : ".";
  std::string bar = "[";
  for (int k = 0; k < inner; ++k) bar += k < filled ? full : empty;
  return bar + "]";
}

void draw_chart(Frame& frame, const Area& area, const RunDetail& detail, Charset charset) {
  if (area.rows < 3 || area.columns < kLabel + 4 || detail.iterations.empty()) return;
  const auto limit = limit_value(detail);
  const auto scale = scale_for(detail, limit, area.rows - 1);
  if (!scale) return;
  const std::string_view vertical = charset == Charset::Utf8 ? "│" : "|";
  for (int row = 0; row < scale->rows; ++row)
    frame.put(area.row + row, area.column + kLabel - 1, vertical, Style::Border);
  if (limit) draw_level(frame, area, scale->row_of(*limit), " target ", *limit, Style::Warning, charset);
  if (detail.run.float_value)
    draw_level(frame, area, scale->row_of(*detail.run.float_value), " float ", *detail.run.float_value, Style::Good,
               charset);
  const int width = area.columns - kLabel;
  const auto last = std::max<std::int64_t>(detail.iterations.back().index, 1);
  for (const auto& it : detail.iterations) {
    if (!std::isfinite(it.metric)) continue;
    const int column = kLabel + static_cast<int>(it.index * (width - 2) / last);
    const char32_t mark =
        it.accepted ? (charset == Charset::Utf8 ? U'●' : U'o') : (charset == Charset::Utf8 ? U'·' : U'.');
    frame.put(area.row + scale->row_of(it.metric), area.column + column, mark,
              it.accepted ? Style::Accent : Style::Dim);
  }
  frame.put(area.row + area.rows - 1, area.column + kLabel, "0", Style::Dim);
  const std::string end = fmt::format("iteration {}", detail.iterations.back().index);
  frame.put(area.row + area.rows - 1, area.column + area.columns - width_of(end), end, Style::Dim);
}

}  // namespace quantrail::tui
