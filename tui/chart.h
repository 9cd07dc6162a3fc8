#pragma once

#include <optional>
#include <vector>

#include "tui/model.h"

namespace quantrail::tui {

struct Area {
  int row = 0;
  int column = 0;
  int rows = 0;
  int columns = 0;
};

/// A frame of lines around `area` with `title` in its upper edge.
void draw_box(Frame& frame, const Area& area, std::string_view title, Charset charset);

/// "[####......]" of exactly `columns`.
[[nodiscard]] std::string progress_bar(std::int64_t done, std::int64_t total, int columns, Charset charset);

/// The metric of each iteration from left to right inside `area` (no box): accepted ones as o, others as a dot, the
/// float model's value and the lowest (or highest) value that meets the target as lines. Draws nothing where there is
/// no room or no finite value.
void draw_chart(Frame& frame, const Area& area, const RunDetail& detail, Charset charset);

}  // namespace quantrail::tui
