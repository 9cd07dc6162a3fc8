#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/inputs.h"
#include "run/ports.h"

namespace quantrail {

/// What annotation_free makes of validation data: the float model's own predictions as labels.
struct PredictedLabels {
  std::vector<std::size_t> samples{};  ///< kept: predicted with enough confidence; ascending
  std::vector<std::int64_t> labels{};  ///< of each
  std::string note{};                  ///< how many were kept and why, a sentence
};

/// From `store` where the same was asked before; else the float model runs on all validation samples, and what it
/// predicts is remembered, block by block.
/// Errors: InvalidInput when no sample is predicted with enough confidence, naming the highest one; Cancelled once
/// `stop` was requested; those of Evaluator and of the store.
/// Preconditions: there are validation data, and outputs suit prediction_metrics(inputs.scores_output).
[[nodiscard]] Result<PredictedLabels> predicted_labels(const RunInputs& inputs, AnswerStore& store,
                                                       RunObserver& observer, std::stop_token stop);

/// `inputs` with these samples and labels as their validation data.
[[nodiscard]] RunInputs labelled(RunInputs inputs, const PredictedLabels& labels);

}  // namespace quantrail
