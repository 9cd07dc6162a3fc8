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
  draw_header(frame, "quantrail  " + model.text.title, model);
  std::vector<TextLine> lines;
  const int excess = text_excess(model);
  const int column = std::min(model.text.column, excess);  // the screen may have become wider
  for (auto& row : text_rows(model)) {
    const Style style = style_of_line(row, model.text.search);
    lines.push_back({column > 0 ? from_column(row, column) : std::move(row), style});
  }
  const Area area{1, 1, model.size.rows - 3, model.size.columns - 2};
  const std::size_t first = draw_lines(frame, area, lines, model.text.scroll);
  const std::size_t end = std::min(first + static_cast<std::size_t>(area.rows), lines.size());
  for (std::size_t at = first; at < end; ++at)
    mark_found(frame, area.row + static_cast<int>(at - first), area.column, lines[at].text, model.text.search);
  if (first > 0 || end < lines.size() || excess > 0) {
    std::string where = fmt::format("{} to {} of {}", first + 1, end, lines.size());
    if (excess > 0) {
      where += fmt::format(", columns {} to {} of {}", column + 1, column + text_columns(model),
                           excess + text_columns(model));
    }
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
