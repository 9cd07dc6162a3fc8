#include <algorithm>

#include "tui/view_parts.h"

namespace quantrail::tui {

void draw_health(Frame& frame, const Model& model) {
  draw_header(frame, "quantrail  STORE AND HEALTH", model);
  const Area area{1, 1, model.size.rows - 3, model.size.columns - 2};
  if (!model.health.known) frame.put(3, 3, "looking ...", Style::Dim);
  struct Line {
    std::string text{};
    Style style = Style::Normal;
  };
  std::vector<Line> lines;
  for (const auto& section : model.health.sections) {
    lines.push_back({section.title, Style::Title});
    for (const auto& text : section.lines)
      lines.push_back({"  " + text, text.starts_with("!") ? Style::Warning : Style::Normal});
    lines.push_back({});
  }
  const std::size_t last =
      lines.size() > static_cast<std::size_t>(area.rows) ? lines.size() - static_cast<std::size_t>(area.rows) : 0;
  const std::size_t first = std::min(model.health.scroll, last);
  for (int row = 0; row < area.rows && first + static_cast<std::size_t>(row) < lines.size(); ++row) {
    const Line& line = lines[first + static_cast<std::size_t>(row)];
    frame.put(area.row + row, area.column, fitted(line.text, area.columns), line.style);
  }
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
