#include "run/forecast.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace quantrail {
namespace {

std::string about(double seconds) { return "about " + duration_text(seconds); }

/// The samples that layers are ranked on.
std::size_t ranking_samples(const SearchSettings& settings, const Workload& work) {
  return std::min(settings.ranking_subset_size, work.validation_samples);
}

bool estimates(const SearchSettings& settings, const Workload& work) {
  return settings.order == SearchOrder::Bisect && 2 * ranking_samples(settings, work) <= work.validation_samples;
}

/// 2 log2(layers) + 1: of doubling, then halving.
std::size_t most_lengths(std::size_t layers) {
  std::size_t doublings = 0;
  while ((std::size_t{1} << doublings) < layers) ++doublings;
  return std::min(layers, 2 * doublings + 1);
}

/// The most models that can be tried once layers are ranked.
std::size_t most_models(const SearchSettings& settings, const Workload& work) {
  std::size_t most = work.layers;
  // Wrong guesses cost one more.
  if (settings.order == SearchOrder::Bisect)
    most = std::min(most, most_lengths(work.layers) + (estimates(settings, work) ? 1 : 0));
  if (settings.max_iter_num) most = std::min(most, static_cast<std::size_t>(*settings.max_iter_num));
  return most;
}

std::string first_part(const Workload& work, double int8_seconds) {
  const auto calibration = static_cast<double>(work.calibration_samples);
  const auto validation = static_cast<double>(work.validation_samples);
  // Statistics of every value take about as long as the network itself.
  const double seconds = (2.0 * calibration + validation) * work.float_seconds +
                         (static_cast<double>(work.compared_samples) + validation) * int8_seconds;
  return fmt::format("forecast: calibration on {} samples, float and quantized model on {} samples each, {}",
                     work.calibration_samples, work.validation_samples, about(seconds));
}

std::string search_part(const SearchSettings& settings, const Workload& work, double int8_seconds) {
  const std::size_t subset = ranking_samples(settings, work);
  // A candidate computes half the network on average; a race drops some on the way.
  const double share = settings.mode == RankingMode::Race ? 0.25 : 0.5;
  const double ranking = share * static_cast<double>(work.layers * subset) * int8_seconds;
  std::string few;
  std::string guesses;
  if (estimates(settings, work)) {
    const double seconds = static_cast<double>(most_lengths(work.layers) * subset) * int8_seconds;
    guesses = fmt::format("estimates on these samples, at most {}; then ", about(seconds));
    few = ", two where estimates are right,";
  }
  return fmt::format(
      "a ranking of {} layers on {} samples, {}; then {}{} for each model that is tried, at most {} of them{} "
      "before layers are ranked again{}; how many it takes cannot be known",
      work.layers, subset, about(ranking), guesses, about(static_cast<double>(work.validation_samples) * int8_seconds),
      most_models(settings, work), few,
      settings.prune ? "; then one for each layer in float that is tried in int8 again" : "");
}

}  // namespace

std::string forecast(const SearchSettings& settings, const Workload& work) {
  if (work.validation_samples == 0) {
    return fmt::format("forecast: calibration on {} samples, {}", work.calibration_samples,
                       about(2.0 * static_cast<double>(work.calibration_samples) * work.float_seconds));
  }
  if (!work.int8_seconds) {
    std::string text = first_part(work, work.float_seconds);
    if (settings.accuracy_aware) {
      text += fmt::format("; if the target is missed, at the float model's pace {}",
                          search_part(settings, work, work.float_seconds));
    }
    return text;
  }
  return "forecast: " + search_part(settings, work, *work.int8_seconds);
}

}  // namespace quantrail
