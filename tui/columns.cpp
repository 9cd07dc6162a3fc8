#include "tui/columns.h"

#include <algorithm>

#include "base/cell_text.h"

namespace quantrail::tui {
namespace {

constexpr int kGap = 2;
constexpr int kNarrowest = 12;

const std::string& cell(const std::vector<std::string>& cells, std::size_t at) {
  static const std::string none;
  return at < cells.size() ? cells[at] : none;
}

std::string joined_cells(const std::vector<ColumnTitle>& titles, const Columns& columns, const auto& text_of) {
  std::string line;
  for (std::size_t k = 0; k < columns.shown.size(); ++k) {
    const std::size_t at = columns.shown[k];
    const int width = columns.widths[k];
    if (k > 0) line += std::string(kGap, ' ');
    line += padded(text_of(at), titles[at].right ? -width : width);
  }
  return line;
}

}  // namespace

Columns chosen_columns(const std::vector<ColumnTitle>& titles, const std::vector<const std::vector<std::string>*>& rows,
                       const ColumnsWanted& wanted) {
  std::vector<int> widths;
  int elastic_width = 0;
  for (std::size_t at = 0; at < titles.size(); ++at) {
    int width = width_of(titles[at].name);
    for (const auto* row : rows) width = std::max(width, width_of(cell(*row, at)));
    if (at == wanted.elastic) elastic_width = width;
    widths.push_back(std::min(width, wanted.widest));
  }
  Columns columns;
  int used = 0;
  const auto add = [&](std::size_t at, int width) {
    used += width + (columns.shown.empty() ? 0 : kGap);
    columns.shown.push_back(at);
    columns.widths.push_back(width);
  };
  for (std::size_t at = 0; at < std::min(wanted.fixed, titles.size()); ++at) add(at, widths[at]);
  for (std::size_t at = std::min(wanted.fixed + wanted.first, titles.size()); at < titles.size(); ++at) {
    int room = wanted.room - used - kGap;
    const auto elastic = std::find(columns.shown.begin(), columns.shown.end(), wanted.elastic);
    if (room < widths[at] && elastic != columns.shown.end()) {
      int& width = columns.widths[static_cast<std::size_t>(elastic - columns.shown.begin())];
      const int given = std::min(width - kNarrowest, widths[at] - room);
      if (given > 0 && room + given >= widths[at]) {
        width -= given;
        used -= given;
        room += given;
      }
    }
    if (room < widths[at]) break;
    add(at, widths[at]);
  }
  const auto elastic = std::find(columns.shown.begin(), columns.shown.end(), wanted.elastic);
  if (elastic != columns.shown.end()) {
    int& width = columns.widths[static_cast<std::size_t>(elastic - columns.shown.begin())];
    width = std::max(width, std::min(elastic_width, width + wanted.room - used));
  }
  return columns;
}

std::string title_line(const std::vector<ColumnTitle>& titles, const Columns& columns) {
  return joined_cells(titles, columns, [&](std::size_t at) -> const std::string& { return titles[at].name; });
}

std::string row_line(const std::vector<ColumnTitle>& titles, const std::vector<std::string>& cells,
                     const Columns& columns) {
  return joined_cells(titles, columns, [&](std::size_t at) -> const std::string& { return cell(cells, at); });
}

}  // namespace quantrail::tui
