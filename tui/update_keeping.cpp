#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

/// Finds what was selected in what `list` gives once `change` is done, by what `name` calls it; where it is gone, the
/// place is kept as far as there is one.
template <class List, class Name>
void keeping(std::size_t& at, const std::function<void()>& change, const List& list, const Name& name) {
  const auto before = list();
  std::optional<decltype(name(*before[0]))> selected;
  if (at < before.size()) selected = name(*before[at]);
  change();
  const auto now = list();
  const auto found = std::find_if(now.begin(), now.end(), [&](const auto* row) { return selected == name(*row); });
  if (found != now.end())
    at = static_cast<std::size_t>(found - now.begin());
  else
    at = now.empty() ? 0 : std::min(at, now.size() - 1);
}

}  // namespace

void keeping_point(ComparePage& page, const std::function<void()>& change) {
  keeping(
      page.point, change, [&page] { return pareto_points(page); },
      [&page](const PointRow& point) { return std::pair(page.comparison->runs[point.run].id, point.iteration); });
}

void keeping_layer(RunPage& page, const std::function<void()>& change) {
  keeping(
      page.layer, change, [&page] { return ordered_layers(page); }, [](const ScoreRow& row) { return row.layer; });
}

void keeping_setting(RunPage& page, const std::function<void()>& change) {
  keeping(
      page.setting, change, [&page] { return shown_settings(page); }, [](const SettingRow& row) { return row.key; });
}

}  // namespace quantrail::tui
