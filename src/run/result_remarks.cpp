#include "run/result_remarks.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "base/text.h"

namespace quantrail {
namespace {

constexpr std::size_t kFewest = 100;
constexpr double kDeviations = 2.0;
constexpr double kHardlyAny = 0.05;

/// The classes that labels name; none where a sample has no label.
std::size_t classes_of(const Dataset& data) {
  std::set<std::int64_t> seen;
  for (std::size_t at = 0; at < data.size(); ++at) {
    const auto truth = data.truth(at);
    if (!truth || !truth->label) return 0;
    seen.insert(*truth->label);
  }
  return seen.size();
}

}  // namespace

std::string chance_remark(const Dataset& data, const Metric& metric, double value) {
  if (data.size() < kFewest || !metric.identity().starts_with("accuracy top_k=1 ")) return "";
  const std::size_t classes = classes_of(data);
  if (classes < 2) return "";
  const double chance = 1.0 / static_cast<double>(classes);
  const double error = std::sqrt(chance * (1.0 - chance) / static_cast<double>(data.size()));
  if (value > chance + kDeviations * error) return "";
  return fmt::format(
      "the float model's {} of {:.4g} is what guessing one of {} classes gives: check labels, their numbering, and "
      "preprocessing",
      printable(metric.name()), value, classes);
}

std::string no_room_remark(const std::string& metric, double value) {
  if (value != 0.0) return {};
  return fmt::format(
      "the float model's {} is 0, and so is every share of it: nothing may be lost; drop_type \"absolute\" "
      "allows some",
      printable(metric));
}

std::string float_remark(const IterationRecord& best) {
  if (!(best.int8_macs_share < kHardlyAny)) return "";
  const std::string found = best.int8_macs_share == 0.0
                                ? "no multiply-add of the result is"
                                : fmt::format("{:.1f} % of the result's multiply-adds are", best.int8_macs_share * 100);
  const char* remedy = best.reverted_layers.empty()
                           ? "look at \"ignored\", and at what `quantrail inspect MODEL` says of each layer"
                           : "a larger maximal_drop, preset \"auto\" or tune_hyperparams may keep layers in int8";
  return fmt::format("{} in int8: hardly anything is smaller or faster than in float; {}", found, remedy);
}

}  // namespace quantrail
