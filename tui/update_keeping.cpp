#include <algorithm>
#include <string>
#include <utility>

#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

/// Finds what was selected among `now`; where it is gone, the place is kept as far as there is one.
template <class List, class Same>
std::size_t place_of(const List& now, std::size_t at, bool known, const Same& same) {
  const auto found = std::find_if(now.begin(), now.end(), same);
  if (known && found != now.end()) return static_cast<std::size_t>(found - now.begin());
  return now.empty() ? 0 : std::min(at, now.size() - 1);
}

}  // namespace

void keeping_point(ComparePage& page, const std::function<void()>& change) {
  const auto id_of = [&page](const PointRow& point) {
    return std::pair(page.comparison->runs[point.run].id, point.iteration);
  };
  const auto before = pareto_points(page);
  const bool known = page.point < before.size();
  const auto selected = known ? id_of(*before[page.point]) : std::pair<std::int64_t, std::int64_t>();
  change();
  page.point = place_of(pareto_points(page), page.point, known,
                        [&](const PointRow* point) { return id_of(*point) == selected; });
}

void keeping_layer(RunPage& page, const std::function<void()>& change) {
  const auto before = ordered_layers(page);
  const bool known = page.layer < before.size();
  const std::string selected = known ? before[page.layer]->layer : "";
  change();
  page.layer = place_of(ordered_layers(page), page.layer, known,
                        [&](const ScoreRow* layer) { return layer->layer == selected; });
}

void keeping_setting(RunPage& page, const std::function<void()>& change) {
  const auto before = shown_settings(page);
  const bool known = page.setting < before.size();
  const std::string selected = known ? before[page.setting]->key : "";
  change();
  page.setting = place_of(shown_settings(page), page.setting, known,
                          [&](const SettingRow* setting) { return setting->key == selected; });
}

}  // namespace quantrail::tui
