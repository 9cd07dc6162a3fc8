#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "metrics/metric.h"

namespace quantrail {

/// What a network predicts, as metrics that look at no truth: so an ordinary evaluation computes and remembers it.
/// Values per sample are, of output `output` with a score per class: the class with the highest score (of equal ones
/// the first), the confidence in it by the softmax of the scores, and by the scores themselves where they are
/// probabilities: none is negative, and their sum is within 0.01 of 1. All are -1 where there is no such thing; nothing
/// is predicted where a score is NaN or the highest one infinite.
[[nodiscard]] std::vector<std::shared_ptr<const Metric>> prediction_metrics(std::int64_t output);

/// The samples of an evaluation by these metrics that are predicted with enough confidence.
struct ConfidentSamples {
  std::vector<std::size_t> samples{};   ///< positions, ascending
  std::vector<std::int64_t> classes{};  ///< that they are predicted to be
  bool probabilities = false;           ///< scores are probabilities for all samples; else softmax makes them of scores
  std::size_t unpredicted = 0;          ///< samples that nothing is predicted for
  double highest = 0.0;                 ///< confidence of any sample
  bool operator==(const ConfidentSamples&) const = default;
};

/// Those with a confidence of at least `threshold`. `per_sample`: Evaluation::per_sample.
[[nodiscard]] ConfidentSamples confident_samples(const std::map<std::string, std::vector<double>>& per_sample,
                                                 double threshold);

}  // namespace quantrail
