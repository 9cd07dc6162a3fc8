#include "app/iteration_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "app/numbers.h"
#include "base/text.h"

namespace quantrail::app {

std::string changed_in_words(const IterationRecord& iteration) {
  const auto& layers = iteration.changed_layers;
  if (iteration.kind == IterationKind::Probe && layers.size() > 1)
    return fmt::format("the first {} layers", layers.size());
  return fmt::format("{}", fmt::join(layers, ", "));
}

std::string measured_in_words(const IterationRecord& iteration) {
  std::vector<std::string> all;
  for (const auto& [metric, value] : iteration.metrics) {
    const auto drop = iteration.drops.find(metric);
    all.push_back(fmt::format("{} {}{}", printable(metric), decimals(value),
                              drop == iteration.drops.end() ? "" : ", drop " + decimals(drop->second)));
  }
  return all.empty() ? "not measured" : joined(all, "; ");
}

std::string verdict_in_words(const IterationRecord& iteration) {
  if (iteration.accepted) return "";
  switch (iteration.kind) {
    case IterationKind::Probe: return "too few";
    case IterationKind::Prune: return "needed";
    default: return "taken back";
  }
}

std::string speed_words(const RunResult& result) {
  if (!result.speed_up) return "";
  return fmt::format(" {:.2f} times as fast as the float model, both in this program on this machine.",
                     *result.speed_up);
}

}  // namespace quantrail::app
