#pragma once

#include <optional>
#include <string>

#include "tui/model.h"

namespace quantrail::tui {

// Pieces that the screens share.

/// Four decimals, or "-".
[[nodiscard]] std::string number(std::optional<double> value);
[[nodiscard]] Style style_of(const RunRow& run);
/// The state as words: "running 61%", "done, met", ...
[[nodiscard]] std::string state_text(const RunRow& run);
/// First row to show of `count`, so that `selected` is visible in `room` rows.
[[nodiscard]] std::size_t first_shown(std::size_t selected, std::size_t count, int room);
void draw_header(Frame& frame, std::string_view text, const Model& model);
/// Bottom rows: the prompt or question, else what was told and what keys do.
void draw_footer(Frame& frame, const Model& model);

void draw_runs(Frame& frame, const Model& model);
void draw_run(Frame& frame, const Model& model);

}  // namespace quantrail::tui
