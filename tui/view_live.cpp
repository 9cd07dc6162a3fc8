#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

void draw_iterations(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  const RunPage& page = model.run;
  const Charset charset = model.look.charset;
  draw_box(frame, box, fmt::format("Iterations {}{}", detail.iterations.size(), page.follow ? ", following" : ""),
           charset);
  const Area area = {box.row + 1, box.column + 1, box.rows - 2, box.columns - 2};
  // Every figure has its place; the layer takes what is left.
  const bool share = area.columns >= 54;
  const bool size = area.columns >= 64;
  const auto figure = figure_columns(detail.iterations);
  const int figures = figure.metric + figure.drop + (share ? 7 : 0) + (size ? 7 : 0) + 5;
  const int name = std::max(area.columns - 5 - figures, 6);
  std::string title = padded("it", -4) + " " + padded("reverted to float", name) + padded("metric", -figure.metric) +
                      padded("drop", -figure.drop);
  if (share) title += padded("int8", -7);
  if (size) title += padded("MiB", -7);
  frame.put(area.row, area.column, fitted(title, area.columns), Style::Dim);
  const int room = area.rows - 1;
  const auto& rows = detail.iterations;
  if (rows.empty())
    draw_wrapped(frame, {area.row + 1, area.column + 2, std::min(3, room), area.columns - 3},
                 detail.run.state == "queued" ? "none yet: its turn has not come"
                 : is_live(detail.run)        ? "none yet: the float model is measured first"
                                              : "none",
                 Style::Dim);
  const std::size_t first = first_shown(page.iteration, rows.size(), room);
  for (int row = 0; row < room && first + static_cast<std::size_t>(row) < rows.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    const IterationRow& it = rows[at];
    std::string line = padded(fmt::format("{}", it.index), -4) + " " +
                       padded(fitted_end(short_change(it), name - 1), name) + number_cell(it.metric, figure.metric) +
                       number_cell(it.drop, figure.drop);
    if (share) line += padded(fmt::format("{:.1f}%", it.int8_share * 100), -7);
    if (size) line += padded(mebibytes(it.bytes), -7);
    const bool best = detail.run.best_iteration == it.index;
    line += best ? " best" : it.accepted ? "" : " rej";
    frame.put(area.row + 1 + row, area.column, fitted(line, area.columns),
              best          ? Style::Good
              : it.accepted ? Style::Normal
                            : Style::Dim);
    if (at == page.iteration) mark_row(frame, {area.row + 1, area.column, room, area.columns}, row, 6);
  }
}

void draw_chart(Frame& frame, const Area& box, const Model& model, const RunDetail& detail, Measure measure) {
  if (box.rows < 3) return;
  const std::string title = measure == Measure::Metric ? detail.run.metric : std::string(name_of(measure));
  draw_box(frame, box, title, model.look.charset);
  Plot plot = iteration_plot(detail, measure, model.look);
  draw_plot(frame, {box.row + 1, box.column + 1, box.rows - 2, box.columns - 2}, plot, model.look);
}

void draw_now(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  if (box.rows < 3) return;
  const RunRow& run = detail.run;
  const Area area = inside(box);
  const bool works = run.step.has_value() && is_live(run);
  draw_box(frame, box, works ? "Now" : "Result", model.look.charset);
  if (works && !run.step->trouble.empty()) {
    draw_wrapped(frame, area, run.step->trouble + "; last seen: " + run.step->text, Style::Warning);
    return;
  }
  if (!works || run.step->total <= 0) {
    const std::string& what = works ? run.step->text : run.reason;
    draw_wrapped(frame, area, what.empty() ? state_text(run) : what, style_of(run));
    return;
  }
  const Step& step = *run.step;
  const bool goes_on = run.state == "running" || run.state == "stopping";
  std::string right = goes_on ? time_left(step) : run.state;
  if (goes_on && step.rate > 0.0) right = fmt::format("{:.0f} {}/s   {}", step.rate, step.unit, right);
  frame.put(area.row, area.column, fitted(step.text, area.columns - width_of(right) - 2));
  frame.put(area.row, area.column + area.columns - width_of(right), right, Style::Dim);
  const std::string count = fmt::format(" {}/{}", step.done, step.total);
  frame.put(area.row + 1, area.column,
            progress_bar(step.done, step.total, area.columns - width_of(count), model.look.charset) + count,
            Style::Accent);
}

void draw_selected(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  if (box.rows < 3 || model.run.iteration >= detail.iterations.size()) return;
  const IterationRow& it = detail.iterations[model.run.iteration];
  draw_box(frame, box, fmt::format("Iteration {}", it.index), model.look.charset);
  const Area area = inside(box);
  std::string facts =
      fmt::format("{} layers float, {:.1f} % of multiply-adds int8, {} MiB, {}", it.reverted_layers.size(),
                  it.int8_share * 100, mebibytes(it.bytes), duration_text(it.seconds));
  if (!it.all_metrics.empty()) facts = it.all_metrics + "; " + facts;
  const int taken =
      draw_wrapped(frame, {area.row, area.column, std::min(area.rows, 3), area.columns}, facts, Style::Normal);
  const std::string layers = it.reverted_layers.empty() ? "float: none" : "float: " + joined(it.reverted_layers, ", ");
  draw_wrapped(frame, {area.row + taken, area.column, area.rows - taken, area.columns}, layers, Style::Dim);
}

}  // namespace

void draw_live(Frame& frame, const Model& model, const RunDetail& detail) {
  const LiveLayout layout = live_layout(model);
  if (layout.table.rows > 0) draw_iterations(frame, layout.table, model, detail);
  draw_chart(frame, layout.chart, model, detail, model.run.measure);
  draw_chart(frame, layout.speed, model, detail,
             model.run.measure == Measure::Int8Share ? Measure::Metric : Measure::Int8Share);
  draw_selected(frame, layout.selected, model, detail);
  draw_now(frame, layout.now, model, detail);
}

void draw_run(Frame& frame, const Model& model) {
  const RunPage& page = model.run;
  if (!page.detail) {
    draw_header(frame, fmt::format("quantrail  RUN {}", page.id), model);
    frame.put(2, 3, page.deleted ? "there is no such run in the store" : "reading the store ...", Style::Dim);
    draw_footer(frame, model);
    return;
  }
  const RunDetail& detail = *page.detail;
  const RunRow& run = detail.run;
  // The name gives way, not the state.
  const std::string before = fmt::format("quantrail  RUN {} {}", run.id, run.starred ? "* " : "");
  const auto removal = removal_of(page);
  const std::string state = "   " + (removal.empty() ? state_text(run) : std::string(removal));
  const int clock = model.look.clock ? width_of(model.clock) : 0;
  const int room = model.size.columns - 3 - clock - width_of(before) - width_of(state);
  draw_header(frame, before + fitted(run.name, std::max(room, 1)) + state, model);
  // The drop may be in another metric than the best value.
  const bool other = !detail.tightest.empty() && !detail.tightest.ends_with(" " + run.metric);
  std::string right;
  if (model.size.columns >= 100)
    right = fmt::format("best {}{}  ", number(run.best), other ? fmt::format(" {},", run.metric) : "");
  right += detail.tightest.empty() ? fmt::format("drop {}", number(run.drop)) : detail.tightest;
  if (detail.tightest.empty() && detail.limit) right += fmt::format(" of {}", number(detail.limit));
  draw_tabs(frame, kRunTabs, static_cast<std::size_t>(page.tab), right, model);
  switch (page.tab) {
    case RunTab::Live: draw_live(frame, model, detail); break;
    case RunTab::Layers: draw_layers(frame, model, detail); break;
    case RunTab::Log: draw_log(frame, model); break;
    case RunTab::Config: draw_config(frame, model, detail); break;
    case RunTab::Models: draw_models(frame, model, detail); break;
  }
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
