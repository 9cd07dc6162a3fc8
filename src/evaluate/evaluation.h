#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace quantrail {

/// The answer to one evaluation: what a model variant scored on a set of samples.
struct Evaluation {
  std::map<std::string, double> metrics{};  ///< aggregate by metric name; may be NaN
  /// Per metric, one value per sample, in the order of the request's samples.
  std::map<std::string, std::vector<double>> per_sample{};
  /// Mean over samples of |y - y_float|^2 / |y_float|^2 of the first output, where the request asked for it; else 0,
  /// as for the float model itself.
  double distance = 0.0;
  std::vector<double> distances{};  ///< of each sample; empty where the request did not ask for them
  double seconds = 0.0;             ///< that computing it took, over all attempts
  std::size_t samples = 0;
  /// Of the float model: positions of samples that hold NaN, or for which an output does, ascending.
  std::vector<std::size_t> not_numbers{};
  bool operator==(const Evaluation&) const = default;
};

/// Finished samples, next to each other, of an evaluation under way, so that a kill costs seconds.
struct EvaluationBlock {
  std::size_t first = 0;  ///< position in the request's samples
  std::map<std::string, std::vector<double>> per_sample{};
  /// Per metric whose samples have some, their SampleScore::state, without which it cannot be aggregated.
  std::map<std::string, std::vector<std::vector<double>>> states{};
  std::vector<double> distances{};         ///< per sample; empty when the request did not ask for them
  double seconds = 0.0;                    ///< of computing since the block before it was saved, so that they add up
  std::vector<std::size_t> not_numbers{};  ///< as Evaluation's, positions in the request
  bool operator==(const EvaluationBlock&) const = default;
};

}  // namespace quantrail
