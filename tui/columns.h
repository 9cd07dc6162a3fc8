#pragma once

#include <string>
#include <vector>

#include "tui/rows.h"

namespace quantrail::tui {

/// Widths of columns and which of them fit.
struct Columns {
  std::vector<std::size_t> shown{};  ///< positions, from left to right
  std::vector<int> widths{};         ///< of those
};

/// Chooses columns for rows of texts in `room`, two blanks apart: the first `fixed` ones always, then from number
/// `first` after them as many as fit. What is wider than `widest` is cut; the column `elastic` (if shown) takes what is
/// left over, or gives way.
struct ColumnsWanted {
  int room = 80;
  std::size_t fixed = 1;
  std::size_t first = 0;
  int widest = 24;
  std::size_t elastic = 0;
};
[[nodiscard]] Columns chosen_columns(const std::vector<ColumnTitle>& titles,
                                     const std::vector<const std::vector<std::string>*>& rows,
                                     const ColumnsWanted& wanted);

[[nodiscard]] std::string title_line(const std::vector<ColumnTitle>& titles, const Columns& columns);
[[nodiscard]] std::string row_line(const std::vector<ColumnTitle>& titles, const std::vector<std::string>& cells,
                                   const Columns& columns);

}  // namespace quantrail::tui
