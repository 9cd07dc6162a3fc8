#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "evaluate/evaluator.h"
#include "evaluate/feed.h"
#include "evaluate/ledger.h"
#include "evaluate/reference.h"
#include "runtime/plan.h"

namespace quantrail {

/// What an evaluator keeps between evaluations.
struct EvaluatorParts {
  explicit EvaluatorParts(std::size_t reference_bytes) : references(reference_bytes) {}

  Graph graph{};
  std::shared_ptr<const Dataset> data{};
  std::vector<std::shared_ptr<const Metric>> metrics{};
  std::size_t threads = 1;
  std::size_t block = 1;   ///< samples
  std::int64_t batch = 1;  ///< micro-batch
  PlanCache cache{};
  std::shared_ptr<const Plan> float_plan{};
  Feed feed{};
  ReferenceOutputs references;
};

/// One evaluation under way. Its threads take micro-batches; whoever finishes the last of a block saves the block.
class EvaluationPass {
 public:
  EvaluationPass(EvaluatorParts& parts, const EvaluationRequest& request, const EvaluationHooks& hooks,
                 std::shared_ptr<const Plan> plan);
  /// Precondition: called once.
  [[nodiscard]] Result<Evaluation> run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Worker;
  [[nodiscard]] std::span<const std::size_t> samples_of(std::size_t batch) const;
  [[nodiscard]] Result<std::vector<SampleValues>> computed(Worker& worker, std::span<const std::size_t> samples) const;
  [[nodiscard]] Status measure_distances(Worker& worker, std::span<const std::size_t> samples,
                                         std::vector<SampleValues>& values) const;
  void enter(std::size_t batch, const Result<std::vector<SampleValues>>& values);
  void save(EvaluationBlock block);
  void give_up(std::size_t at, Error error);
  [[nodiscard]] Evaluation evaluation() const;

  EvaluatorParts& parts_;
  const EvaluationRequest& request_;
  const EvaluationHooks& hooks_;
  std::shared_ptr<const Plan> plan_;
  bool distance_;
  std::stop_source quit_{};  ///< asked to stop, or failed

  std::mutex guard_{};  ///< of all that follows
  Ledger ledger_;
  std::optional<std::pair<std::size_t, Error>> error_{};  ///< with the position of its first sample
  Clock::time_point saved_at_ = Clock::now();
  double seconds_ = 0.0;
};

}  // namespace quantrail
