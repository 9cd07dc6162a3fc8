#include "app/table.h"

#include <algorithm>
#include <numeric>

#include "app/terminal_width.h"
#include "base/cell_text.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

std::string line(const std::vector<std::string>& cells, const std::vector<int>& widths,
                 const std::vector<Align>& align) {
  std::string out;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const bool right = at < align.size() && align[at] == Align::Right;
    if (at > 0) out += "  ";
    out += padded(fitted(cells[at], widths[at]), right ? -widths[at] : widths[at]);
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

/// Takes from the widest of the columns of text until all fit. False: they cannot, if what is left is to be read.
bool narrow(std::vector<int>& widths, const std::vector<Align>& align, int room) {
  constexpr int kNarrowest = 12;
  int excess = std::accumulate(widths.begin(), widths.end(), 2 * static_cast<int>(widths.size()) - 2) - room;
  while (excess > 0) {
    int* widest = nullptr;
    for (std::size_t at = 0; at < widths.size(); ++at) {
      const bool text = at >= align.size() || align[at] == Align::Left;
      if (text && widths[at] > kNarrowest && (widest == nullptr || widths[at] > *widest)) widest = &widths[at];
    }
    if (widest == nullptr) return false;
    --*widest;
    --excess;
  }
  return true;
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
    int width = width_of(titles[at]);
    for (const auto& row : rows) width = std::max(width, width_of(row.at(at)));
    widths.push_back(width);
  }
  // Rows that are wider all the same had better be whole.
  if (const int room = terminal_width(stdout); room > 0) {
    if (auto narrower = widths; narrow(narrower, align, room)) widths = std::move(narrower);
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
