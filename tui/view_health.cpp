#include "tui/view_parts.h"

namespace quantrail::tui {

void draw_health(Frame& frame, const Model& model) {
  draw_header(frame, "quantrail  STORE AND HEALTH", model);
  const Area area{1, 1, model.size.rows - 3, model.size.columns - 2};
  if (!model.health.known) frame.put(3, 3, "looking ...", Style::Dim);
  std::vector<TextLine> lines;
  for (const auto& section : model.health.sections) {
    lines.push_back({section.title, Style::Title});
    for (const auto& text : section.lines)
      lines.push_back({"  " + text, text.starts_with("!") ? Style::Warning : Style::Normal});
    lines.push_back({});
  }
  draw_lines(frame, area, lines, model.health.scroll);
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
