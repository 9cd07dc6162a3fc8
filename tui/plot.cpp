#include "tui/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tui/canvas.h"

namespace quantrail::tui {
namespace {

constexpr int kLabel = 8;  // columns of "0.8486 |"

struct Range {
  double low = 0.0;
  double high = 1.0;
};

std::string label_of(double y, const Plot& plot) { return fmt::format("{:.{}f}", y, plot.y_decimals); }

/// Widened to units of the last digit that is shown, where its ends have the same label.
Range told_apart(Range range, const Plot& plot) {
  if (label_of(range.low, plot) != label_of(range.high, plot)) return range;
  const double unit = std::pow(10.0, -plot.y_decimals);
  range.low = std::floor(range.low / unit) * unit;
  range.high = std::max(std::ceil(range.high / unit) * unit, range.low + unit);
  if (plot.percent && range.high > 100.0) return {100.0 - unit, 100.0};
  return range;
}

/// A little more than the values span, its ends on a grid, so that it changes rarely while values come in.
std::optional<Range> range_of(const Plot& plot) {
  std::vector<double> values;
  for (const auto& series : plot.series) {
    for (const auto& point : series.points) values.push_back(point.y);
  }
  if (values.empty()) return std::nullopt;
  for (const auto& level : plot.levels) values.push_back(level.y);
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty()) return std::nullopt;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double span = std::max({*high - *low, std::abs(*high) * 1e-6, 1e-9});
  const double grid = std::pow(10.0, std::floor(std::log10(span))) / 5.0;
  Range range{std::floor((*low - span * 0.02) / grid) * grid, std::ceil((*high + span * 0.02) / grid) * grid};
  if (plot.percent && range.high > 100.0) range.high = 100.0;
  if (plot.percent && range.low < 0.0) range.low = 0.0;
  if (range.high <= range.low) range.low = range.high - 1.0;
  return told_apart(range, plot);
}

class Plotter {
 public:
  Plotter(Frame& frame, const Area& area, const Plot& plot, const Look& look, Range y)
      : frame_(frame),
        area_{area.row, area.column + kLabel, area.rows - 1, area.columns - kLabel},
        plot_(plot),
        look_(look),
        y_(y),
        canvas_(area_.rows, area_.columns, look.charts) {}

  void draw() {
    draw_axes();
    for (const auto& level : plot_.levels) draw_level(level);
    for (const auto& series : plot_.series) draw_series(series);
    canvas_.draw(frame_, area_.row, area_.column);
    for (const auto& level : plot_.levels) name_level(level);
    for (const auto& series : plot_.series) draw_marks(series);
    draw_selected();
  }

 private:
  [[nodiscard]] int dot_x(double x) const {
    const double span = plot_.x_high > plot_.x_low ? plot_.x_high - plot_.x_low : 1.0;
    return static_cast<int>(std::lround((x - plot_.x_low) / span * (canvas_.dots_across() - 1)));
  }
  [[nodiscard]] int dot_y(double y) const {
    return static_cast<int>(std::lround((y_.high - y) / (y_.high - y_.low) * (canvas_.dots_down() - 1)));
  }
  [[nodiscard]] int column_of(double x) const {
    return area_.column +
           std::clamp(dot_x(x) * area_.columns / std::max(canvas_.dots_across(), 1), 0, area_.columns - 1);
  }
  [[nodiscard]] int row_of(double y) const {
    return area_.row + std::clamp(dot_y(y) * area_.rows / std::max(canvas_.dots_down(), 1), 0, area_.rows - 1);
  }
  [[nodiscard]] std::string height(double y) const { return fmt::format("{:{}.{}f}", y, kLabel - 1, plot_.y_decimals); }

  void draw_axes() {
    const char32_t vertical = look_.charset == Charset::Utf8 ? U'│' : U'|';
    for (int row = 0; row < area_.rows; ++row) frame_.put(area_.row + row, area_.column - 1, vertical, Style::Border);
    frame_.put(area_.row, area_.column - kLabel, height(y_.high), Style::Dim);
    frame_.put(area_.row + area_.rows - 1, area_.column - kLabel, height(y_.low), Style::Dim);
    const int row = area_.row + area_.rows;
    frame_.put(row, area_.column, fmt::format("{:.{}f}", plot_.x_low, plot_.x_decimals), Style::Dim);
    const std::string end = fmt::format("{} {:.{}f}", plot_.x_name, plot_.x_high, plot_.x_decimals);
    frame_.put(row, area_.column + area_.columns - width_of(end), end, Style::Dim);
  }

  void draw_level(const PlotLevel& level) {
    if (!std::isfinite(level.y)) return;
    const char32_t dash = look_.charset == Charset::Utf8 ? U'╌' : U'-';
    const int row = row_of(level.y);
    for (int column = 0; column < area_.columns; ++column) frame_.put(row, area_.column + column, dash, level.style);
  }

  /// The first column from which `width` ones of a row have no mark; if there is none, the first of all.
  [[nodiscard]] int free_column(int row, int width) const {
    std::vector<bool> taken(static_cast<std::size_t>(area_.columns), false);
    for (const auto& series : plot_.series) {
      for (const auto& point : series.points) {
        if (series.mark != 0 && std::isfinite(point.x) && std::isfinite(point.y) && row_of(point.y) == row)
          taken[static_cast<std::size_t>(column_of(point.x) - area_.column)] = true;
      }
    }
    for (auto at = taken.begin() + 1; taken.end() - at >= width; ++at) {
      if (std::find(at, at + width, true) == at + width) return area_.column + static_cast<int>(at - taken.begin());
    }
    return area_.column + 1;
  }

  void name_level(const PlotLevel& level) {
    if (!std::isfinite(level.y) || area_.columns < width_of(level.name) + 12) return;
    const int row = row_of(level.y);
    const std::string name = " " + level.name + " ";
    frame_.put(row, free_column(row, width_of(name)), name, level.style);
    frame_.put(row, area_.column - kLabel, height(level.y), level.style);
  }

  void draw_series(const Series& series) {
    if (!series.joined) return;
    const PlotPoint* before = nullptr;
    for (const auto& point : series.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      if (before != nullptr)
        canvas_.line(dot_x(before->x), dot_y(before->y), dot_x(point.x), dot_y(point.y), series.style);
      else
        canvas_.dot(dot_x(point.x), dot_y(point.y), series.style);
      before = &point;
    }
  }

  void draw_marks(const Series& series) {
    if (series.mark == 0) return;
    for (const auto& point : series.points) {
      if (std::isfinite(point.x) && std::isfinite(point.y))
        frame_.put(row_of(point.y), column_of(point.x), series.mark, series.style);
    }
  }

  void draw_selected() {
    if (!plot_.selected || !std::isfinite(plot_.selected->x) || !std::isfinite(plot_.selected->y)) return;
    const int row = row_of(plot_.selected->y);
    const int column = column_of(plot_.selected->x);
    frame_.restyle(row, column, 1, Style::Selected);
    if (column > area_.column) frame_.put(row, column - 1, U'[', Style::Title);
    if (column + 1 < area_.column + area_.columns) frame_.put(row, column + 1, U']', Style::Title);
  }

  Frame& frame_;
  Area area_;
  const Plot& plot_;
  const Look& look_;
  Range y_;
  Canvas canvas_;
};

}  // namespace

double roomy(double count) {
  double room = 10.0;
  for (int step = 0; room < count && step < 60; ++step) room *= step % 3 == 1 ? 2.5 : 2.0;
  return room;
}

void draw_plot(Frame& frame, const Area& area, const Plot& plot, const Look& look) {
  if (area.rows < 3 || area.columns < kLabel + 4) {
    if (area.rows > 0) frame.put(area.row, area.column, fitted("too small", area.columns), Style::Dim);
    return;
  }
  const auto range = range_of(plot);
  if (range) Plotter(frame, area, plot, look, *range).draw();
}

}  // namespace quantrail::tui
