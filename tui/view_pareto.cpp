#include <fmt/format.h>

#include <algorithm>

#include "base/decimals.h"
#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

std::string_view name_of(ParetoAxis axis) {
  switch (axis) {
    case ParetoAxis::Size: return "MiB";
    case ParetoAxis::Int8Share: return "% int8";
    case ParetoAxis::FloatLayers: return "layers float";
  }
  return {};
}

Plot pareto_plot(const ComparePage& page, const std::vector<const PointRow*>& points) {
  Plot plot;
  const Comparison& c = *page.comparison;
  plot.x_name = name_of(page.axis);
  plot.x_decimals = page.axis == ParetoAxis::FloatLayers ? 0 : 2;
  bool first = true;
  for (std::size_t run = 0; run < c.runs.size(); ++run) {
    Series series{.points = {}, .style = series_style(run), .joined = false, .mark = series_mark(run)};
    for (const auto* point : points) {
      const double x = on_axis(page.axis, *point);
      plot.x_low = first ? x : std::min(plot.x_low, x);
      plot.x_high = first ? x : std::max(plot.x_high, x);
      first = false;
      if (point->run == run) series.points.push_back({x, point->drop});
    }
    plot.series.push_back(std::move(series));
  }
  if (plot.x_high <= plot.x_low) plot.x_high = plot.x_low + 1.0;
  const double span = plot.x_high - plot.x_low;
  if (page.axis != ParetoAxis::FloatLayers) plot.x_decimals = span < 0.02 ? 4 : span < 0.2 ? 3 : 2;
  const double margin = (plot.x_high - plot.x_low) * 0.03;
  plot.x_low -= margin;
  plot.x_high += margin;
  plot.x_low = std::max(plot.x_low, 0.0);
  if (page.axis == ParetoAxis::Int8Share) {
    plot.x_high = std::min(plot.x_high, 100.0);
    plot.x_low = std::min(plot.x_low, plot.x_high - span);
  }
  for (std::size_t run = 0; run < c.limits.size(); ++run) {
    const auto& limit = c.limits[run];
    const auto same = std::find(c.limits.begin(), c.limits.begin() + static_cast<std::ptrdiff_t>(run), limit);
    if (!limit || same != c.limits.begin() + static_cast<std::ptrdiff_t>(run)) continue;
    const bool all = std::all_of(c.limits.begin(), c.limits.end(), [&](const auto& one) { return one == limit; });
    plot.levels.push_back({*limit, all ? "limit" : fmt::format("limit {}", series_letter(run)), Style::Warning});
  }
  if (page.point < points.size())
    plot.selected = PlotPoint{on_axis(page.axis, *points[page.point]), points[page.point]->drop};
  return plot;
}

std::string point_text(const Comparison& c, const PointRow& point) {
  return fmt::format("{} {}@{:<5} {:>9} {:>9} {:>8} {:>7} {:>6}  {}", series_letter(point.run),
                     padded(std::to_string(c.runs[point.run].id), -4), point.iteration, decimals_in(9, point.metric),
                     decimals_in(9, point.drop), mebibytes(point.bytes), fmt::format("{:.1f}%", point.int8_share * 100),
                     point.float_layers, point.front ? "front" : "");
}

}  // namespace

void draw_pareto(Frame& frame, const Model& model, const Area& area) {
  const ComparePage& page = model.compare;
  const Comparison& c = *page.comparison;
  const auto points = pareto_points(page);
  if (points.empty()) {
    frame.put(area.row + 1, 3, "nothing was measured yet", Style::Dim);
    return;
  }
  const int list = std::clamp(area.rows / 3, 4, 12);
  const Area box{area.row, 0, area.rows - list, area.columns};
  const auto on_front =
      static_cast<std::size_t>(std::count_if(c.points.begin(), c.points.end(), [](const auto& p) { return p.front; }));
  draw_box(frame, box,
           fmt::format("drop{} against {}: {} models, {} of {} on the front",
                       page.metric.empty() ? "" : " in " + page.metric, name_of(page.axis), points.size(), on_front,
                       c.points.size()),
           model.look.charset);
  draw_plot(frame, {box.row + 1, box.column + 1, box.rows - 2, box.columns - 2}, pareto_plot(page, points), model.look);
  if (!c.warnings.empty())
    frame.put(box.row + box.rows - 1, box.column + 2, fitted(" ! " + c.warnings.front() + " ", box.columns - 4),
              Style::Warning);
  const int title = area.row + box.rows;
  frame.put(title, 2, fitted("  run@it        metric      drop      MiB    int8  float", area.columns - 3), Style::Dim);
  const Area rows{title + 1, 0, list - 1, area.columns};
  const std::size_t first = first_shown(page.point, points.size(), rows.rows);
  for (int row = 0; row < rows.rows && first + static_cast<std::size_t>(row) < points.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    frame.put(rows.row + row, 2, fitted(point_text(c, *points[at]), area.columns - 3), series_style(points[at]->run));
    if (at == page.point) mark_row(frame, rows, row, 15);
  }
}

}  // namespace quantrail::tui
