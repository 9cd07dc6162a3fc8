#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"
#include "evaluate/evaluation.h"
#include "metrics/metric.h"
#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail {

/// One form of the network: everything in float, or quantized with some groups given back to float.
struct Variant {
  const Quantization* quantization = nullptr;     ///< null: float
  std::set<std::string, std::less<>> reverted{};  ///< names of groups
  RevertMode revert_mode = RevertMode::Full;
};

struct EvaluationRequest {
  Variant variant{};
  std::vector<std::size_t> samples{};  ///< positions in the data set, at least one; values come in this order
  std::set<std::string, std::less<>> left_out{};  ///< names of metrics that are not asked for, never all
  bool distance =
      false;  ///< also how far the first output is from the float model's (the float model runs once a sample)
};

/// A block of one of the evaluations that go on together.
struct FinishedBlock {
  std::size_t request = 0;  ///< which of them
  EvaluationBlock block{};
};

/// How evaluations deal with the world while they go on. All are called one at a time, from any of their threads.
struct EvaluationHooks {
  /// By request, of an earlier attempt at the same one; they are not computed again. Empty: none.
  std::vector<std::vector<EvaluationBlock>> finished{};
  std::function<Status(const std::vector<FinishedBlock>&)> save{};  ///< a failure ends them with that error
  std::function<void(std::size_t done)> progress{};  ///< samples of all requests so far, restored ones included
  std::stop_token stop{};
};

struct EvaluatorOptions {
  std::size_t threads = 0;                                ///< 0: one per processor
  std::size_t reference_bytes = std::size_t{256} << 20U;  ///< for outputs of the float model, see ReferenceOutputs
  const Graph* reference = nullptr;  ///< canonical; the float model that outputs are compared with; null: the network
  /// For what evaluations that go on together take over from the variant that they have in common.
  std::size_t shared_bytes = std::size_t{256} << 20U;
};

struct EvaluatorParts;
class Plan;

/// Scores variants of one canonical network on one labelled data set, in parallel over samples. Values depend neither
/// on the number of threads nor on what was computed before: each sample is computed by itself, and sums run in the
/// order of the request's samples.
class Evaluator {
 public:
  /// Builds the float network and checks, before anything long starts, that the data fits the network's inputs, and the
  /// outputs and every truth fit each metric. At least one metric; names are unique.
  /// Errors: InvalidInput, Unsupported, naming the input, output, sample or node.
  [[nodiscard]] static Result<Evaluator> create(Graph graph, std::shared_ptr<const Dataset> data,
                                                std::vector<std::shared_ptr<const Metric>> metrics,
                                                EvaluatorOptions options);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  /// Errors: Cancelled once `hooks.stop` was requested (what was finished was saved before); those of the data set, of
  /// the runtime and of `hooks.save`.
  [[nodiscard]] Result<Evaluation> evaluated(const EvaluationRequest& request, const EvaluationHooks& hooks) const;

  /// The same evaluations, one for each of `requests`, which have all but their variants' groups in common; the
  /// nearer their variants are to `base`, the sooner: what it computes as well is taken over from it, see Variants.
  [[nodiscard]] Result<std::vector<Evaluation>> evaluated_together(const Variant& base,
                                                                   std::span<const EvaluationRequest> requests,
                                                                   const EvaluationHooks& hooks) const;

  /// Seconds that a sample of `variant` takes while all threads compute: the middle of some runs of one micro-batch,
  /// its reading and scoring not counted. Errors: as above.
  [[nodiscard]] Result<double> pace(const Variant& variant) const;

 private:
  [[nodiscard]] Result<std::shared_ptr<const Plan>> plan_of(const Variant& variant) const;
  explicit Evaluator(std::unique_ptr<EvaluatorParts> parts);
  std::unique_ptr<EvaluatorParts> parts_;
};

}  // namespace quantrail
