#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tui/chart.h"
#include "tui/view.h"

namespace quantrail::tui {
namespace {

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ", ")); }

std::string what_changed(const IterationRow& it) {
  if (it.kind == "quantized") return "all layers int8";
  if (it.changed_layers.empty()) return it.kind;
  if (it.kind == "probe" && it.changed_layers.size() > 1)
    return fmt::format("the first {} layers", it.changed_layers.size());
  return joined(it.changed_layers) + (it.kind == "prune" ? " back to int8" : "");
}

std::string row_text(const IterationRow& it, int columns) {
  const std::string tail = padded(number(it.metric), -8) + padded(number(it.drop), -9) +
                           padded(fmt::format("{:.0f}%", it.int8_share * 100), -6) + (it.accepted ? "    " : " rej");
  return padded(fmt::format("{}", it.index), -4) + "  " +
         padded(fitted_end(what_changed(it), columns - 7 - width_of(tail)), columns - 6 - width_of(tail)) + tail;
}

void draw_iterations(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  draw_box(frame, box, fmt::format("Iterations {}{}", detail.iterations.size(), model.follow ? ", following" : ""),
           model.charset);
  const int inner = box.columns - 3;
  frame.put(box.row + 1, box.column + 2,
            "  it  " + padded("reverted to float", inner - 33) + padded("metric", -8) + padded("drop", -9) +
                padded("int8", -6),
            Style::Dim);
  const int room = box.rows - 3;
  const std::size_t first = first_shown(model.iteration, detail.iterations.size(), room);
  for (int row = 0; row < room && first + static_cast<std::size_t>(row) < detail.iterations.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    const IterationRow& it = detail.iterations[at];
    const bool selected = at == model.iteration;
    const bool inside = detail.limit && it.drop <= *detail.limit;
    const Style style = selected ? Style::Selected : !it.accepted ? Style::Dim : inside ? Style::Good : Style::Normal;
    frame.put(box.row + 2 + row, box.column + 1, (selected ? ">" : " ") + row_text(it, inner), style);
  }
  if (detail.iterations.empty())
    frame.put(box.row + 2, box.column + 3, "none yet: the float model is measured first", Style::Dim);
}

void draw_ranking(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  draw_box(frame, box, fmt::format("Ranking of {} layers: metric with only that layer float", detail.ranking.size()),
           model.charset);
  const int room = box.rows - 2;
  if (detail.ranking.empty()) frame.put(box.row + 1, box.column + 3, "no ranking yet", Style::Dim);
  const std::size_t count = detail.ranking.size();
  const std::size_t first =
      std::min(model.scroll, count > static_cast<std::size_t>(room) ? count - static_cast<std::size_t>(room) : 0);
  for (int row = 0; row < room && first + static_cast<std::size_t>(row) < count; ++row) {
    const ScoreRow& score = detail.ranking[first + static_cast<std::size_t>(row)];
    const std::string tail = fmt::format("{:9.4f} {:10.3e}", score.score, score.distance);
    frame.put(box.row + 1 + row, box.column + 2,
              padded(fmt::format("{}", first + static_cast<std::size_t>(row) + 1), -3) + "  " +
                  padded(fitted_end(score.layer, box.columns - 10 - width_of(tail)), box.columns - 9 - width_of(tail)) +
                  tail);
  }
}

void draw_log(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  draw_box(frame, box, "Log, newest last", model.charset);
  const int room = box.rows - 2;
  const std::size_t count = detail.log.size();
  const std::size_t back = std::min(model.scroll, count);
  const std::size_t end = count - back;
  const std::size_t first = end > static_cast<std::size_t>(room) ? end - static_cast<std::size_t>(room) : 0;
  for (std::size_t at = first; at < end; ++at) {
    frame.put(box.row + 1 + static_cast<int>(at - first), box.column + 2, fitted(detail.log[at], box.columns - 4));
  }
}

/// As much of `rest` as fits, up to the last blank of the row where there is one; removed from `rest`.
std::string taken_line(std::string& rest, int columns, bool last) {
  std::string line = fitted(rest, columns, last ? "~" : "");
  const auto blank = line.rfind(' ');
  if (!last && line.size() < rest.size() && rest[line.size()] != ' ' && blank != std::string::npos) line.resize(blank);
  rest.erase(0, std::min(rest.size(), line.size()));
  rest.erase(0, rest.find_first_not_of(' '));
  return line;
}

/// Text from row to row of `area`, broken between words where possible.
void draw_wrapped(Frame& frame, const Area& area, std::string_view text, Style style) {
  std::string rest = encoded(decoded(text));  // as it is shown, so that lengths agree
  for (int row = 0; row < area.rows && !rest.empty(); ++row) {
    frame.put(area.row + row, area.column, taken_line(rest, area.columns, row + 1 == area.rows), style);
  }
}

void draw_now(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  const RunRow& run = detail.run;
  draw_box(frame, box, "Now", model.charset);
  const int room = box.columns - 4;
  if (run.state == "running" && run.total > 0) {
    frame.put(box.row + 1, box.column + 2, fitted(run.step, room));
    const std::string count = fmt::format(" {}/{}", run.done, run.total);
    frame.put(box.row + 2, box.column + 2,
              progress_bar(run.done, run.total, room - width_of(count), model.charset) + count, Style::Accent);
    return;
  }
  const std::string& what = run.state == "running" ? run.step : run.reason;
  draw_wrapped(frame, {box.row + 1, box.column + 2, box.rows - 2, room}, what.empty() ? state_text(run) : what,
               style_of(run));
}

void draw_selected(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  if (model.iteration >= detail.iterations.size()) return;
  const IterationRow& it = detail.iterations[model.iteration];
  draw_box(frame, box, fmt::format("Iteration {}", it.index), model.charset);
  const int room = box.columns - 4;
  frame.put(box.row + 1, box.column + 2,
            fitted(fmt::format("{} float, {:.1f} % of MACs int8, {:.2f} MiB", it.reverted_layers.size(),
                               it.int8_share * 100, static_cast<double>(it.bytes) / 1048576.0),
                   room));
  const std::string layers = it.reverted_layers.empty() ? "float: none" : "float: " + joined(it.reverted_layers);
  draw_wrapped(frame, {box.row + 2, box.column + 2, box.rows - 3, room}, layers, Style::Dim);
}

void draw_metric_chart(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  const std::string_view legend = model.charset == Charset::Utf8 ? "● accepted  · rejected" : "o accepted  . rejected";
  draw_box(frame, box, fmt::format("{}   {}", detail.run.metric, legend), model.charset);
  draw_chart(frame, {box.row + 1, box.column + 1, box.rows - 2, box.columns - 2}, detail, model.charset);
}

void draw_pane(Frame& frame, const Area& box, const Model& model, const RunDetail& detail) {
  switch (model.pane) {
    case Pane::Iterations: draw_iterations(frame, box, model, detail); break;
    case Pane::Ranking: draw_ranking(frame, box, model, detail); break;
    case Pane::Log: draw_log(frame, box, model, detail); break;
  }
}

// Layer names need room: side by side only where there is enough of it.
void draw_panes(Frame& frame, const Area& area, const Model& model, const RunDetail& detail) {
  if (area.rows < 15 || area.columns < 60) {
    draw_pane(frame, area, model, detail);
  } else if (area.columns >= 110) {
    const Area left{area.row, area.column, area.rows, area.columns * 11 / 20};
    const int column = area.column + left.columns;
    const int columns = area.columns - left.columns;
    draw_pane(frame, left, model, detail);
    draw_metric_chart(frame, {area.row, column, area.rows - 9, columns}, model, detail);
    draw_now(frame, {area.row + area.rows - 9, column, 4, columns}, model, detail);
    draw_selected(frame, {area.row + area.rows - 5, column, 5, columns}, model, detail);
  } else {
    const Area upper{area.row, area.column, area.rows / 2, area.columns};
    const int row = area.row + upper.rows;
    const int rows = area.rows - upper.rows;
    const int columns = area.columns * 11 / 20;
    draw_pane(frame, upper, model, detail);
    draw_metric_chart(frame, {row, area.column, rows, columns}, model, detail);
    draw_now(frame, {row, area.column + columns, 4, area.columns - columns}, model, detail);
    draw_selected(frame, {row + 4, area.column + columns, rows - 4, area.columns - columns}, model, detail);
  }
}

}  // namespace

void draw_run(Frame& frame, const Model& model) {
  if (!model.open) {
    draw_header(frame, fmt::format("quantrail  RUN {}", model.open_id), model);
    frame.put(2, 3, "reading the store ...", Style::Dim);
    draw_footer(frame, model);
    return;
  }
  const RunDetail& detail = *model.open;
  const std::string limit = detail.limit ? fmt::format("   limit {}", number(detail.limit)) : "";
  draw_header(frame,
              fmt::format("quantrail  RUN {} {}   {}   best {} drop {}{}", detail.run.id, detail.run.name,
                          state_text(detail.run), number(detail.run.best), number(detail.run.drop), limit),
              model);
  draw_panes(frame, {1, 0, model.size.rows - 3, model.size.columns}, model, detail);
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
