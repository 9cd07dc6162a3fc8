#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tui/layout.h"
#include "tui/model.h"
#include "tui/plot.h"

namespace quantrail::tui {

// Pieces that the screens share.

/// As decimals() of base/decimals.h.
[[nodiscard]] std::string number(std::optional<double> value);
/// Columns for numbers, a blank before each: `usual`, or what the longest takes, but at most 10.
[[nodiscard]] int number_columns(int usual, const std::vector<double>& values);
struct FigureColumns {
  int metric = 7;
  int drop = 9;
};
[[nodiscard]] FigureColumns figure_columns(const std::vector<IterationRow>& rows);
/// Right-aligned, a blank before it, with as many digits as that leaves room for.
[[nodiscard]] std::string number_cell(double value, int columns);
[[nodiscard]] std::string mebibytes(std::int64_t bytes);
/// "2.3 M", "512": multiply-adds.
[[nodiscard]] std::string quantity(std::int64_t count);
[[nodiscard]] Style style_of(const RunRow& run);
/// The style of the run at a place of a comparison, and the mark and letter of its points.
[[nodiscard]] Style series_style(std::size_t at);
[[nodiscard]] char32_t series_mark(std::size_t at);
[[nodiscard]] char series_letter(std::size_t at);
/// A setting's key without what all keys of an algorithm begin with; what is left can be given to --set.
[[nodiscard]] std::string short_key(const std::string& key);
/// "2 min 41 s left", or nothing while that cannot be known.
[[nodiscard]] std::string time_left(const Step& step);
[[nodiscard]] std::string short_change(const IterationRow& row);

/// A frame of lines around `area` with `title` in its upper edge.
void draw_box(Frame& frame, const Area& area, std::string_view title, Charset charset);
/// Inside of a frame.
[[nodiscard]] Area inside(const Area& box);
/// "[####......]" of exactly `columns`.
[[nodiscard]] std::string progress_bar(std::int64_t done, std::int64_t total, int columns, Charset charset);
/// "####" as long as the share of `columns`, without an end.
[[nodiscard]] std::string bar(double share, int columns, Charset charset);
/// Text in the rows of `area`, broken between words; returns the rows taken.
int draw_wrapped(Frame& frame, const Area& area, std::string_view text, Style style);
struct TextLine {
  std::string text{};
  Style style = Style::Normal;
};
/// Lines from number `scroll` on, or from where the last one is in sight; returns the first that is shown.
std::size_t draw_lines(Frame& frame, const Area& area, const std::vector<TextLine>& lines, std::size_t scroll);
/// Title row: `text` on the left, the clock on the right.
void draw_header(Frame& frame, std::string_view text, const Model& model);
/// "[1 Live] 2 Layers ..." in row 1, `right` at its end.
void draw_tabs(Frame& frame, std::span<const std::string_view> names, std::size_t current, std::string_view right,
               const Model& model);
inline constexpr std::string_view kRunTabs[]{"Live", "Layers", "Log", "Config", "Models"};
inline constexpr std::string_view kCompareTabs[]{"Settings", "Curves", "Pareto", "Layers"};
/// Bottom rows: prompt or question, else what was told, and what keys do.
void draw_footer(Frame& frame, const Model& model);
/// Menu and suggestions, over everything else.
void draw_overlays(Frame& frame, const Model& model);
/// Where `what` was found in a text that was put at `column`, for an eye that sees no colours either.
void mark_found(Frame& frame, int row, int column, std::string_view text, std::string_view what);
/// Marks the selected row: a sign in the first column of `area`, and the first `columns` shown inverted.
void mark_row(Frame& frame, const Area& area, int row, int columns);

/// One measure of the iterations of a run.
[[nodiscard]] std::string_view name_of(Measure measure);
[[nodiscard]] double value_of(Measure measure, const IterationRow& row);
/// Chart of `measure` over the iterations, with float and limit as levels where they mean something.
[[nodiscard]] Plot iteration_plot(const RunDetail& detail, Measure measure, const Look& look);

void draw_runs(Frame& frame, const Model& model);
void draw_run(Frame& frame, const Model& model);
void draw_live(Frame& frame, const Model& model, const RunDetail& detail);
void draw_layers(Frame& frame, const Model& model, const RunDetail& detail);
void draw_log(Frame& frame, const Model& model);
void draw_config(Frame& frame, const Model& model, const RunDetail& detail);
void draw_models(Frame& frame, const Model& model, const RunDetail& detail);
void draw_compare(Frame& frame, const Model& model);
void draw_pareto(Frame& frame, const Model& model, const Area& area);
void draw_form(Frame& frame, const Model& model);
void draw_health(Frame& frame, const Model& model);
void draw_text(Frame& frame, const Model& model);

}  // namespace quantrail::tui
