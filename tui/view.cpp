#include "tui/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace quantrail::tui {

std::string number(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{:.4f}", *value) : std::string("-");
}

Style style_of(const RunRow& run) {
  if (run.state == "running") return Style::Accent;
  if (run.state == "failed" || run.outcome == "not_met") return Style::Bad;
  if (run.state == "interrupted" || run.state == "unknown" || run.state == "stopping") return Style::Warning;
  if (run.state == "done") return Style::Good;
  return Style::Normal;
}

std::string state_text(const RunRow& run) {
  if (run.state == "done" && !run.outcome.empty()) {
    if (run.outcome == "met") return "done, met";
    return run.outcome == "not_met" ? "done, not met" : "done, all int8";
  }
  if (run.state == "running" && run.total > 0) return fmt::format("running {}%", run.done * 100 / run.total);
  return run.state;
}

std::size_t first_shown(std::size_t selected, std::size_t count, int room) {
  const auto rows = static_cast<std::size_t>(std::max(room, 1));
  if (count <= rows || selected < rows) return 0;
  // Half a page at a time, so that a growing table moves rarely.
  const std::size_t step = std::max<std::size_t>(rows / 2, 1);
  const std::size_t first = (selected - rows) / step * step + step;
  return std::min(first, count - 1);
}

void draw_header(Frame& frame, std::string_view text, const Model& model) {
  frame.restyle(0, Style::Title);
  frame.put(0, 0, " " + fitted(text, model.size.columns - 11), Style::Title);
  frame.put(0, model.size.columns - width_of(model.clock) - 1, model.clock, Style::Title);
}

void draw_footer(Frame& frame, const Model& model) {
  const int last = model.size.rows - 1;
  if (model.prompt) {
    const int end = frame.put(last, 0, fmt::format(" {}: ", model.prompt->label), Style::Accent);
    const int room = model.size.columns - end - 1;
    const auto& typed = model.prompt->text;
    const auto skip = typed.size() > static_cast<std::size_t>(std::max(room, 0))
                          ? typed.size() - static_cast<std::size_t>(std::max(room, 0))
                          : 0;
    int column = end;
    for (std::size_t at = skip; at < typed.size(); ++at) {
      frame.put(last, column, typed[at]);
      column += width_of(typed[at]);
    }
    frame.put(last, column, U'_', Style::Accent);
    frame.put(last - 1, 0, " Enter accept   Esc cancel", Style::Dim);
    return;
  }
  if (model.asking_to_stop) {
    frame.put(last, 0,
              fmt::format(" stop run {}? It can be resumed.  y stop   any other key: go on", *model.asking_to_stop),
              Style::Warning);
    return;
  }
  if (model.told)
    frame.put(last - 1, 0, " " + fitted(model.told->text, model.size.columns - 2),
              model.told->good ? Style::Good : Style::Bad);
  frame.put(last, 0, " " + hints(model.where, model.size.columns - 2), Style::Dim);
}

namespace {

void draw_help(Frame& frame, const Model& model) {
  draw_header(frame, "quantrail  HELP", model);
  std::vector<std::string> lines;
  const auto add = [&lines](Where where, std::string_view title) {
    lines.emplace_back(title);
    for (const auto& binding : key_table()) {
      if (binding.where == where) lines.push_back("  " + padded(binding.shown, 12) + std::string(binding.help));
    }
    lines.emplace_back();
  };
  add(model.before_help, model.before_help == Where::Runs ? "Runs" : "One run");
  add(model.before_help == Where::Runs ? Where::Run : Where::Runs,
      model.before_help == Where::Runs ? "One run" : "Runs");
  for (const auto* line :
       {"States", "  running      a worker process owns the run; leaving this screen changes nothing",
        "  interrupted  stopped, killed or rebooted: r goes on where it was",
        "  unknown      a worker on another machine that nobody can see from here",
        "  done         met: inside the allowed drop; not met: the best model is kept"}) {
    lines.emplace_back(line);
  }
  const int room = model.size.rows - 3;
  const std::size_t first = std::min(model.scroll, lines.size() > static_cast<std::size_t>(std::max(room, 0))
                                                       ? lines.size() - static_cast<std::size_t>(room)
                                                       : std::size_t{0});
  for (int row = 0; row < room && first + static_cast<std::size_t>(row) < lines.size(); ++row) {
    const std::string& line = lines[first + static_cast<std::size_t>(row)];
    frame.put(row + 1, 1, fitted(line, model.size.columns - 2), line.starts_with(' ') ? Style::Normal : Style::Title);
  }
  draw_footer(frame, model);
}

}  // namespace

Frame view(const Model& model) {
  Frame frame(model.size);
  if (model.size.rows < 8 || model.size.columns < 40) {
    frame.put(0, 0, fmt::format("too small: {}x{}, need 40x8", model.size.columns, model.size.rows), Style::Warning);
    return frame;
  }
  switch (model.where) {
    case Where::Runs: draw_runs(frame, model); break;
    case Where::Run: draw_run(frame, model); break;
    case Where::Help: draw_help(frame, model); break;
  }
  return frame;
}

}  // namespace quantrail::tui
