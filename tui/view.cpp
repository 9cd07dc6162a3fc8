#include <fmt/format.h>

#include <algorithm>

#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

constexpr Size kSmallest{8, 40};

/// A line of a page of text: titles are those that do not begin with a blank.
Style style_of_line(const std::string& line, const std::string& search) {
  if (!search.empty() && found_in(line, search)) return Style::Warning;
  return line.empty() || line.front() == ' ' ? Style::Normal : Style::Title;
}

}  // namespace

void draw_text(Frame& frame, const Model& model) {
  const auto lines = text_rows(model);
  draw_header(frame, "quantrail  " + model.text.title, model);
  const int room = model.size.rows - 3;
  const std::size_t last =
      lines.size() > static_cast<std::size_t>(room) ? lines.size() - static_cast<std::size_t>(room) : 0;
  const std::size_t first = std::min(model.text.scroll, last);
  for (int row = 0; row < room && first + static_cast<std::size_t>(row) < lines.size(); ++row) {
    const std::string& line = lines[first + static_cast<std::size_t>(row)];
    frame.put(row + 1, 1, fitted(line, model.size.columns - 2), style_of_line(line, model.text.search));
  }
  if (last > 0) {
    const std::string where = fmt::format("{} to {} of {}", first + 1,
                                          std::min(first + static_cast<std::size_t>(room), lines.size()), lines.size());
    frame.put(model.size.rows - 2, model.size.columns - width_of(where) - 1, where, Style::Dim);
  }
  draw_footer(frame, model);
}

Frame view(const Model& model) {
  Frame frame(model.size);
  if (model.size.rows < kSmallest.rows || model.size.columns < kSmallest.columns) {
    frame.put(0, 0,
              fmt::format("too small: {}x{}, need {}x{}", model.size.columns, model.size.rows, kSmallest.columns,
                          kSmallest.rows));
    return frame;
  }
  switch (model.screen()) {
    case Screen::Runs: draw_runs(frame, model); break;
    case Screen::Run: draw_run(frame, model); break;
    case Screen::Compare: draw_compare(frame, model); break;
    case Screen::Form: draw_form(frame, model); break;
    case Screen::Health: draw_health(frame, model); break;
    case Screen::Text: draw_text(frame, model); break;
  }
  draw_overlays(frame, model);
  return frame;
}

}  // namespace quantrail::tui
