#pragma once

#include <optional>

#include "tui/model.h"

namespace quantrail::tui {

// Where things are on the screen, for those who draw them and those who click on them.

/// First row to show of `count`, so that `selected` is visible in `room` rows; moves half a page at a time, so that a
/// growing table is painted anew rarely.
[[nodiscard]] std::size_t first_shown(std::size_t selected, std::size_t count, int room);

struct RunsLayout {
  Area table{};  ///< rows of runs, without their titles
  Area chart{};  ///< preview: curve; no rows: not shown
  Area facts{};  ///< preview: text
};
[[nodiscard]] RunsLayout runs_layout(const Model& model);
[[nodiscard]] std::optional<std::size_t> run_at_row(const Model& model, int row);

struct LiveLayout {
  Area table{};     ///< frame around iterations; no rows: not shown
  Area chart{};     ///< frame around the metric
  Area speed{};     ///< frame around the share of int8
  Area now{};       ///< frame around what the worker does
  Area selected{};  ///< frame around the selected iteration
};
[[nodiscard]] LiveLayout live_layout(const Model& model);
[[nodiscard]] std::optional<std::size_t> iteration_at_row(const Model& model, int row);
[[nodiscard]] std::optional<RunTab> tab_at(const Model& model, int row, int column);

/// Between title rows and the footer.
[[nodiscard]] Area page_area(const Model& model);

/// The page of text as it is shown: lines that are too long go on in the next row.
[[nodiscard]] std::vector<std::string> text_rows(const Model& model);
/// Columns that rows of a page of text have.
[[nodiscard]] int text_columns(const Model& model);
/// By how many columns the widest row of a page of text is wider.
[[nodiscard]] int text_excess(const Model& model);
/// Rows of the log page in the room that there is: what is longer goes on below.
[[nodiscard]] std::vector<LogRow> log_lines(const Model& model);

/// Lines that the page could scroll through.
[[nodiscard]] std::size_t compare_lines(const ComparePage& page);
[[nodiscard]] std::size_t health_lines(const HealthPage& page);

}  // namespace quantrail::tui
