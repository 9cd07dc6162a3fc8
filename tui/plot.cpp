#include "tui/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tui/canvas.h"

namespace quantrail::tui {
namespace {

constexpr int kLabel = 8;  // columns of "0.8486 |", where that is enough

struct Range {
  double low = 0.0;
  double high = 1.0;
};

/// How the heights of an axis are written.
struct Writing {
  int digits = 4;         ///< behind the point
  bool exponent = false;  ///< for what would be nothing, or endless, without
};

std::string written(double y, const Writing& writing) {
  if (writing.exponent && y == 0.0) return "0";
  std::string text =
      writing.exponent ? fmt::format("{:.{}e}", y, writing.digits) : fmt::format("{:.{}f}", y, writing.digits);
  if (text.starts_with('-') && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  return text;
}

double largest(const Range& range) { return std::max(std::abs(range.low), std::abs(range.high)); }
int power_of(double size) { return static_cast<int>(std::floor(std::log10(size))); }
bool needs_exponent(double size, const Plot& plot) {
  return size >= 1e6 || (plot.y_decimals > 0 && size > 0.0 && size < std::pow(10.0, -plot.y_decimals));
}

/// With the digits that tell its ends apart; with those that people are used to, as far as they fit.
Writing writing_of(const Range& range, const Plot& plot) {
  const int needed = -power_of(range.high - range.low);
  if (needs_exponent(largest(range), plot)) return {std::clamp(power_of(largest(range)) + needed, 1, 6), true};
  Writing writing{plot.percent ? plot.y_decimals : std::clamp(needed, plot.y_decimals, 6), false};
  const auto width = [&] { return std::max(written(range.low, writing).size(), written(range.high, writing).size()); };
  while (width() > static_cast<std::size_t>(kLabel - 1) && writing.digits > std::max(needed, 0)) --writing.digits;
  return writing;
}

int label_columns(const Range& range, const Writing& writing) {
  return std::max({kLabel, width_of(written(range.low, writing)) + 1, width_of(written(range.high, writing)) + 1});
}

/// Around values that are all the same: by a unit of the last digit that is shown.
Range around(double y, const Plot& plot) {
  const double size = std::abs(y);
  const double unit = std::pow(10.0, needs_exponent(size, plot) ? power_of(size) - 2 : -plot.y_decimals);
  if (plot.percent && y > 100.0 - unit) return {100.0 - unit, 100.0};
  return {plot.percent ? std::max(y - unit, 0.0) : y - unit, y + unit};
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
  const double span = *high - *low;
  if (!std::isfinite(span)) return std::nullopt;
  if (span <= std::max(largest({*low, *high}) * 1e-6, 1e-300)) return around(*high, plot);
  const double grid = std::pow(10.0, power_of(span)) / 5.0;
  Range range{std::floor((*low - span * 0.02) / grid) * grid, std::ceil((*high + span * 0.02) / grid) * grid};
  if (plot.percent && range.high > 100.0) range.high = 100.0;
  if (plot.percent && range.low < 0.0) range.low = 0.0;
  if (range.high <= range.low) range.low = range.high - 1.0;
  return range;
}

class Plotter {
 public:
  Plotter(Frame& frame, const Area& area, const Plot& plot, const Look& look, Range y)
      : frame_(frame),
        writing_(writing_of(y, plot)),
        label_(label_columns(y, writing_)),
        area_{area.row, area.column + label_, area.rows - 1, area.columns - label_},
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
  [[nodiscard]] std::string height(double y) const { return padded(written(y, writing_), 1 - label_); }

  void draw_axes() {
    const char32_t vertical = look_.charset == Charset::Utf8 ? U'│' : U'|';
    for (int row = 0; row < area_.rows; ++row) frame_.put(area_.row + row, area_.column - 1, vertical, Style::Border);
    frame_.put(area_.row, area_.column - label_, height(y_.high), Style::Dim);
    frame_.put(area_.row + area_.rows - 1, area_.column - label_, height(y_.low), Style::Dim);
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
    frame_.put(row, area_.column - label_, height(level.y), level.style);
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
  Writing writing_;
  int label_;
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
  const auto range = range_of(plot);
  const int label = range ? label_columns(*range, writing_of(*range, plot)) : kLabel;
  if (area.rows < 3 || area.columns < label + 4) {
    if (area.rows > 0) frame.put(area.row, area.column, fitted("too small", area.columns), Style::Dim);
    return;
  }
  if (range) Plotter(frame, area, plot, look, *range).draw();
}

}  // namespace quantrail::tui
