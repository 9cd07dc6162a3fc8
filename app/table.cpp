#include "app/table.h"

#include <algorithm>

#include "base/text.h"
#include "tui/frame.h"

namespace quantrail::app {
namespace {

std::string line(const std::vector<std::string>& cells, const std::vector<int>& widths,
                 const std::vector<Align>& align) {
  std::string out;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const bool right = at < align.size() && align[at] == Align::Right;
    if (at > 0) out += "  ";
    out += tui::padded(cells[at], right ? -widths[at] : widths[at]);
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\n\r") == std::string::npos) return cell;
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::vector<std::string> out;
  out.reserve(cells.size());
  for (const auto& cell : cells) out.push_back(quoted(cell));
  return joined(out, ",") + "\r\n";
}

}  // namespace

std::string table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows,
                  const std::vector<Align>& align) {
  std::vector<int> widths;
  for (std::size_t at = 0; at < titles.size(); ++at) {
    int width = tui::width_of(titles[at]);
    for (const auto& row : rows) width = std::max(width, tui::width_of(row.at(at)));
    widths.push_back(width);
  }
  std::string out = line(titles, widths, align);
  for (const auto& row : rows) out += line(row, widths, align);
  return out;
}

std::string csv(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows) {
  std::string out = csv_line(titles);
  for (const auto& row : rows) out += csv_line(row);
  return out;
}

}  // namespace quantrail::app
