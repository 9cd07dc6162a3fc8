#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "search/search.h"

namespace quantrail {

/// What a run will have to compute, as far as that can be known.
struct Workload {
  std::size_t calibration_samples = 0;
  std::size_t compared_samples = 0;      ///< on which ranges are chosen, all choices together
  std::size_t validation_samples = 0;    ///< 0: nothing is measured
  std::size_t layers = 0;                ///< groups that could go back to float
  double float_seconds = 0.0;            ///< a sample in float, as measured
  std::optional<double> int8_seconds{};  ///< a sample of the quantized model, as measured; nothing: not known yet
};

/// Two sentences on what comes, evaluations and time: before anything is known of the quantized model, and once it
/// missed the target. Times are those of computing everything; what the store knows already costs nothing. Of the
/// number of models that will be tried only bounds can be said.
[[nodiscard]] std::string forecast(const SearchSettings& settings, const Workload& work);

}  // namespace quantrail
