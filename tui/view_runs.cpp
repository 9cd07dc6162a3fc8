#include <fmt/format.h>

#include <algorithm>

#include "tui/chart.h"
#include "tui/view.h"

namespace quantrail::tui {
namespace {

constexpr int kPreviewRows = 6;

std::string columns_title(bool wide) {
  std::string line = "   id  " + padded("name", 22) + " " + padded("state", 14) + " ";
  if (wide) line += padded("model", 20) + " " + padded("metric", 14) + " ";
  line += padded("it", -3) + " " + padded("float", -7) + " ";
  if (wide) line += padded("int8", -7) + " ";
  return line + padded("best", -7) + " " + padded("drop", -7) + " " + padded("rev", -3);
}

std::string row_text(const RunRow& run, bool wide) {
  std::string line =
      padded(fmt::format("{}", run.id), -4) + "  " + padded(run.name, 22) + " " + padded(state_text(run), 14) + " ";
  if (wide) line += padded(run.model, 20) + " " + padded(run.metric, 14) + " ";
  line += padded(fmt::format("{}", run.iterations), -3) + " " + padded(number(run.float_value), -7) + " ";
  if (wide) line += padded(number(run.quantized), -7) + " ";
  return line + padded(number(run.best), -7) + " " + padded(number(run.drop), -7) + " " +
         padded(run.iterations > 0 ? fmt::format("{}", run.reverted) : "-", -3);
}

std::string header_text(const Model& model) {
  const auto count = [&](std::string_view state) {
    return std::count_if(model.runs.begin(), model.runs.end(), [&](const RunRow& r) { return r.state == state; });
  };
  const auto shown = shown_runs(model).size();
  std::string text = fmt::format("quantrail  RUNS {}", shown);
  if (shown != model.runs.size()) text += fmt::format(" of {} with \"{}\"", model.runs.size(), model.filter);
  if (const auto n = count("running"); n > 0) text += fmt::format("   running {}", n);
  if (const auto n = count("interrupted"); n > 0) text += fmt::format("   interrupted {}", n);
  return text;
}

void draw_preview(Frame& frame, const Model& model, const RunRow& run) {
  const Area box{model.size.rows - 2 - kPreviewRows, 0, kPreviewRows, model.size.columns};
  draw_box(frame, box, fmt::format("{} {}", run.id, run.name), model.charset);
  const int room = box.columns - 4;
  frame.put(box.row + 1, 2, fitted(fmt::format("{}   created {}", state_text(run), run.created), room), style_of(run));
  std::string line = fmt::format("{}: float {}  int8 {}  best {}  drop {}", run.metric.empty() ? "metric" : run.metric,
                                 number(run.float_value), number(run.quantized), number(run.best), number(run.drop));
  frame.put(box.row + 2, 2, fitted(line, room));
  if (run.state == "running" && run.total > 0) {
    frame.put(box.row + 3, 2, fitted(run.step, room));
    frame.put(box.row + 4, 2,
              progress_bar(run.done, run.total, std::min(room - 16, 60), model.charset) +
                  fmt::format(" {}/{}", run.done, run.total),
              Style::Accent);
  } else {
    frame.put(box.row + 3, 2, fitted(run.reason, room), Style::Dim);
  }
}

void draw_empty(Frame& frame, const Model& model) {
  if (!model.runs_known) {
    frame.put(3, 3, "reading the store ...", Style::Dim);
  } else if (model.runs.empty()) {
    frame.put(3, 3, "No runs yet. Press n and name a configuration file,");
    frame.put(4, 3, "or leave with q and type: quantrail run CONFIG.json --detach");
  } else {
    frame.put(3, 3, "No run matches the filter: / changes it.", Style::Dim);
  }
}

}  // namespace

void draw_runs(Frame& frame, const Model& model) {
  draw_header(frame, header_text(model), model);
  const bool wide = model.size.columns >= 118;
  frame.put(1, 0, fitted(columns_title(wide), model.size.columns), Style::Dim);
  const auto shown = shown_runs(model);
  const bool preview = model.size.rows >= 18 && !shown.empty();
  const int room = model.size.rows - 4 - (preview ? kPreviewRows : 0);
  const std::size_t first = first_shown(model.row, shown.size(), room);
  for (int row = 0; row < room && first + static_cast<std::size_t>(row) < shown.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    const RunRow& run = model.runs[shown[at]];
    frame.put(row + 2, 1, fitted(row_text(run, wide), model.size.columns - 1), style_of(run));
    if (at == model.row) {
      frame.restyle(row + 2, Style::Selected);
      frame.put(row + 2, 0, U'>', Style::Selected);
    }
  }
  if (shown.empty()) draw_empty(frame, model);
  if (preview) draw_preview(frame, model, model.runs[shown[std::min(model.row, shown.size() - 1)]]);
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
