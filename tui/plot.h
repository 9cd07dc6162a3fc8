#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tui/frame.h"
#include "tui/model.h"

namespace quantrail::tui {

struct PlotPoint {
  double x = 0.0;
  double y = 0.0;
};

/// Points from left to right, joined by a line, or each with a mark.
struct Series {
  std::vector<PlotPoint> points{};
  Style style = Style::Accent;
  bool joined = true;
  char32_t mark = 0;  ///< drawn on each point; 0: none
};

/// A height with a name.
struct PlotLevel {
  double y = 0.0;
  std::string name{};
  Style style = Style::Dim;
};

struct Plot {
  std::vector<Series> series{};  ///< later ones over earlier ones
  std::vector<PlotLevel> levels{};
  std::optional<PlotPoint> selected{};
  double x_low = 0.0;
  double x_high = 1.0;
  std::string x_name{};
  int x_decimals = 0;
  int y_decimals = 4;
  bool percent = false;  ///< heights are from 0 to 100
};

/// Inside `area`, no frame: heights on the left, the ends of the x axis below. Points that are not finite are left out;
/// nothing is drawn without room or without a finite point.
void draw_plot(Frame& frame, const Area& area, const Plot& plot, const Look& look);

/// The least of 10, 20, 50, 100, ... that `count` fits in: an axis that grows by leaps is painted anew rarely.
[[nodiscard]] double roomy(double count);

}  // namespace quantrail::tui
