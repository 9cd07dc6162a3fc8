#include <fmt/format.h>

#include <algorithm>

#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

/// A key and a value for each run, in columns of equal width.
std::string in_columns(std::string_view key, const std::vector<std::string>& values, int columns) {
  const int count = static_cast<int>(values.size());
  const int first = std::clamp(columns / 3, 16, 40);
  const int width = std::max(8, (columns - first) / std::max(count, 1));
  std::string text = padded(fitted_end(key, first - 1), first);
  for (const auto& value : values) text += padded(fitted(value, width - 1), width);
  return fitted(text, columns);
}

std::string heads(const Comparison& comparison, int columns) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < comparison.runs.size(); ++at)
    names.push_back(fmt::format("{} {} {}", series_letter(at), comparison.runs[at].id, comparison.runs[at].name));
  return in_columns("", names, columns);
}

void draw_settings(Frame& frame, const Model& model, const Area& area, const Comparison& c) {
  const int columns = area.columns - 3;
  std::vector<TextLine> lines;
  for (const auto& warning : c.warnings) lines.push_back({"! " + warning, Style::Warning});
  const auto rows = shown_rows(c.settings, model.compare.all);
  if (rows.empty()) lines.push_back({"  the same configuration, model, data and machine", Style::Dim});
  for (const auto* row : rows) {
    const bool warns = row->measuring && row->differs;
    lines.push_back(
        {(warns ? "! " : "  ") + in_columns(short_key(row->key), row->values, columns), warns          ? Style::Warning
                                                                                        : row->differs ? Style::Normal
                                                                                                       : Style::Dim});
  }
  if (!model.compare.all)
    lines.push_back(
        {fmt::format("  {} equal settings are not shown (u)", c.settings.size() - rows.size()), Style::Dim});
  lines.push_back({});
  for (const auto& row : c.results)
    lines.push_back({"  " + in_columns(row.key, row.values, columns), row.differs ? Style::Normal : Style::Dim});
  frame.put(area.row, area.column + 2, heads(c, columns), Style::Title);
  draw_lines(frame, {area.row + 1, area.column, area.rows - 1, area.columns}, lines, model.compare.scroll);
}

void draw_curves(Frame& frame, const Model& model, const Area& area, const Comparison& c) {
  const Measure measure = model.compare.measure;
  Plot plot;
  plot.x_name = "iteration";
  plot.y_decimals = measure == Measure::Int8Share ? 1 : measure == Measure::Size ? 2 : 4;
  double last = 1.0;
  for (std::size_t run = 0; run < c.runs.size(); ++run) {
    Series series{.points = {}, .style = series_style(run), .joined = true, .mark = series_mark(run)};
    for (const auto& point : c.points) {
      if (point.run != run || !point.accepted) continue;
      IterationRow row;
      row.metric = point.metric;
      row.drop = point.drop;
      row.int8_share = point.int8_share;
      row.bytes = point.bytes;
      series.points.push_back({static_cast<double>(point.iteration), value_of(measure, row)});
      last = std::max(last, static_cast<double>(point.iteration));
    }
    if (series.points.size() > 40) series.mark = 0;
    plot.series.push_back(std::move(series));
    const auto& limit = c.limits[run];
    if (measure == Measure::Drop && limit && (run == 0 || c.limits[run - 1] != limit))
      plot.levels.push_back({*limit, fmt::format("limit {}", series_letter(run)), Style::Warning});
  }
  plot.x_high = roomy(last);
  const bool of_a_metric = measure == Measure::Metric || measure == Measure::Drop;
  const std::string in = of_a_metric && !model.compare.metric.empty() ? " in " + model.compare.metric : "";
  draw_box(frame, area, fmt::format("{} of accepted iterations{}", name_of(measure), in), model.look.charset);
  const int legend = std::min(static_cast<int>(c.runs.size()), std::max(area.rows - 7, 0));
  draw_plot(frame, {area.row + 1, area.column + 1, area.rows - 2 - legend, area.columns - 2}, plot, model.look);
  for (int row = 0; row < legend; ++row) {
    const auto at = static_cast<std::size_t>(row);
    const RunRow& run = c.runs[at];
    const std::string told = run.metric.empty() ? "not measured"
                                                : fmt::format("best {}, drop {}, {} in float", number(run.best),
                                                              number(run.drop), run.reverted);
    frame.put(area.row + area.rows - 1 - legend + row, area.column + 2,
              fitted(fmt::format("{} {} {} {}: {}", encoded(std::u32string(1, series_mark(at))), series_letter(at),
                                 run.id, run.name, told),
                     area.columns - 4),
              series_style(at));
  }
}

void draw_float_layers(Frame& frame, const Model& model, const Area& area, const Comparison& c) {
  const int columns = area.columns - 3;
  std::vector<TextLine> lines;
  const auto rows = shown_rows(c.layers, model.compare.all);
  for (const auto* row : rows)
    lines.push_back({"  " + in_columns(row->key, row->values, columns), row->differs ? Style::Normal : Style::Dim});
  if (c.layers.empty())
    lines.push_back({"  no layer is in float in the best model of any of them", Style::Dim});
  else if (!model.compare.all)
    lines.push_back({fmt::format("  {} layers are float in all of them (u shows them)", c.layers.size() - rows.size()),
                     Style::Dim});
  frame.put(area.row, area.column + 2, heads(c, columns), Style::Title);
  draw_lines(frame, {area.row + 1, area.column, area.rows - 1, area.columns}, lines, model.compare.scroll);
}

}  // namespace

void draw_compare(Frame& frame, const Model& model) {
  std::string text = fmt::format("quantrail  COMPARE {} runs", model.compare.runs.size());
  if (model.compare.comparison) {
    const auto& runs = model.compare.comparison->runs;
    for (std::size_t at = 0; at < runs.size(); ++at) text += fmt::format("  {}={}", series_letter(at), runs[at].id);
  }
  draw_header(frame, text, model);
  draw_tabs(frame, kCompareTabs, static_cast<std::size_t>(model.compare.tab), "", model);
  const Area area = page_area(model);
  if (!model.compare.comparison) {
    frame.put(3, 3, "reading the store ...", Style::Dim);
  } else {
    const Comparison& c = *model.compare.comparison;
    switch (model.compare.tab) {
      case CompareTab::Settings: draw_settings(frame, model, area, c); break;
      case CompareTab::Curves: draw_curves(frame, model, area, c); break;
      case CompareTab::Pareto: draw_pareto(frame, model, area); break;
      case CompareTab::Layers: draw_float_layers(frame, model, area, c); break;
    }
  }
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
