#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"
#include "model/graph.h"
#include "runtime/plan.h"

namespace quantrail {

/// `graph` with the sizes that samples decide: axes behind the batch that it leaves open (all that it leaves open,
/// where it takes whole samples) take those of the array that feeds the input. What does not fit stays as it is, for
/// Feed::matched() to say.
[[nodiscard]] Graph sized(Graph graph, const std::vector<SampleInput>& data);

/// Which input of a plan takes which array of a data set, and where a sample's rows go in the batch.
class Feed {
 public:
  /// Matches by name; data with one unnamed array feeds a network with one input. Element types and shapes must be
  /// equal, without the batch axis or with one of a single sample; where the network takes whole samples (see
  /// takes_whole_samples()), as declared. Every input of the network must be fed. Errors: InvalidInput, naming the
  /// input, what the data has and what the model takes.
  [[nodiscard]] static Result<Feed> matched(const std::vector<SampleInput>& data, const Plan& plan);

  /// Writes samples `indices` (at most the plan's batch) into the first rows of the state's inputs, zeros into the
  /// rest. Errors: those of Dataset::read.
  [[nodiscard]] Status fill(PlanState& state, const Dataset& data, std::span<const std::size_t> indices) const;

  /// Of a run of `state` on `indices` that ended with `error`: the same error, behind the name of the first sample that
  /// fails by itself where its values are to blame (InvalidInput: an index outside its axis). Runs the plan again.
  [[nodiscard]] Error blamed(PlanState& state, const Dataset& data, std::span<const std::size_t> indices,
                             Error error) const;

 private:
  std::vector<std::size_t> plan_input_{};  ///< by position in the data's inputs
  std::vector<std::size_t> row_bytes_{};   ///< likewise
};

/// "float32 [3,224,224]", for messages.
[[nodiscard]] std::string type_text(ElementType type, const Shape& shape);

}  // namespace quantrail
