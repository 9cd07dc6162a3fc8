#include "run/result_remarks.h"

#include <fmt/format.h>

#include <algorithm>
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

std::string useless_remark(const Metric& metric, double value) {
  if (value != 0.0 || !metric.higher_is_better()) return "";
  return fmt::format("the float model's {} is 0: check labels, their numbering, and preprocessing",
                     printable(metric.name()));
}

std::string not_numbers_remark(const Dataset& data, std::span<const std::size_t> samples,
                               const Evaluation& evaluation) {
  if (evaluation.not_numbers.empty()) return "";
  const std::size_t first = evaluation.not_numbers.front();
  return fmt::format("{} of {} samples hold NaN, or the float model gives NaN for them; the first is {}",
                     evaluation.not_numbers.size(), evaluation.samples,
                     data.describe(samples.empty() ? first : samples[first]));
}

std::string chance_remark(const Dataset& data, const Metric& metric, double value) {
  if (value == 0.0 || data.size() < kFewest || !metric.identity().starts_with("accuracy top_k=1 ")) return "";
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

std::optional<std::pair<double, double>> drop_interval(const Compared& compared) {
  constexpr std::size_t kFewestSamples = 30;
  constexpr double kDeviationsOf95 = 1.96;
  const std::size_t count = compared.in_float.size();
  if (count < kFewestSamples || count != compared.found.size()) return std::nullopt;
  const auto samples = static_cast<double>(count);
  double sum = 0.0, squares = 0.0, float_sum = 0.0;
  for (std::size_t at = 0; at < count; ++at) {
    const double difference = compared.sign * (compared.in_float[at] - compared.found[at]);
    sum += difference;
    squares += difference * difference;
    float_sum += compared.in_float[at];
  }
  const double drop = compared.sign * (compared.baseline - compared.value);
  const auto differ = [](double a, double b) { return !(std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b))); };
  if (differ(float_sum / samples, compared.baseline) || differ(sum / samples, drop)) return std::nullopt;
  const double variance = std::max(0.0, squares / samples - drop * drop) * samples / (samples - 1.0);
  const double error = kDeviationsOf95 * std::sqrt(variance / samples);
  return std::pair(drop - error, drop + error);
}

std::string few_samples_remark(const std::string& metric, const Compared& compared, double limit) {
  const auto interval = drop_interval(compared);
  if (!interval || limit < interval->first || limit >= interval->second) return "";
  return fmt::format(
      "{} drops {:.4g} on these {} samples, on others like them {:.4g} to {:.4g} (95 % confidence): they are too few "
      "to "
      "tell whether it is within {:.4g} there",
      printable(metric), compared.sign * (compared.baseline - compared.value), compared.found.size(), interval->first,
      interval->second, limit);
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
