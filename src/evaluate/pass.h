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
#include "runtime/variants.h"

namespace quantrail {

/// What an evaluator keeps between evaluations.
struct EvaluatorParts {
  explicit EvaluatorParts(std::size_t reference_bytes) : references(reference_bytes) {}

  Graph graph{};
  std::shared_ptr<const Dataset> data{};
  std::vector<std::shared_ptr<const Metric>> metrics{};
  std::size_t threads = 1;
  std::size_t shared_bytes = 0;
  std::size_t block = 1;   ///< samples
  std::int64_t batch = 1;  ///< micro-batch
  PlanCache cache{};
  std::shared_ptr<const Plan> float_plan{};
  Feed feed{};
  std::shared_ptr<const Plan> reference_plan{};  ///< the float plan, or that of another network
  Feed reference_feed{};
  std::vector<std::size_t> reference_outputs{};  ///< those that a Reference holds, ascending; 0 is among them
  ReferenceOutputs references;
};

/// Evaluations under way, together. Their threads take micro-batches; whoever finishes the last of a block saves it.
class EvaluationPass {
 public:
  /// `requests` and `variants` are parallel; the former have all but reverted groups in common.
  EvaluationPass(EvaluatorParts& parts, std::span<const EvaluationRequest> requests, const EvaluationHooks& hooks,
                 const Variants& variants);
  /// Precondition: called once.
  [[nodiscard]] Result<std::vector<Evaluation>> run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Worker;
  /// What a micro-batch is worth, by request; nothing for those that had it before.
  using BatchValues = std::vector<std::optional<std::vector<SampleValues>>>;
  [[nodiscard]] bool is_float(std::size_t request) const;
  /// Whether the request's outputs are those that others are compared with.
  [[nodiscard]] bool is_reference(std::size_t request) const;
  [[nodiscard]] bool needs_references() const;
  [[nodiscard]] std::shared_ptr<const Reference> as_reference(std::span<const OutputView> outputs) const;
  /// What `metric` compares with, of that reference.
  [[nodiscard]] std::shared_ptr<const std::vector<float>> compared(const Metric& metric,
                                                                   const std::shared_ptr<const Reference>& all) const;
  [[nodiscard]] std::vector<std::size_t> missing() const;
  [[nodiscard]] std::span<const std::size_t> samples_of(std::size_t batch) const;
  [[nodiscard]] Result<BatchValues> computed(Worker& worker, std::size_t batch) const;
  [[nodiscard]] Result<std::vector<SampleValues>> scored(Worker& worker, std::size_t request,
                                                         std::span<const std::size_t> samples) const;
  /// Outputs of the float model: held, or computed once for all requests.
  [[nodiscard]] Status find_references(Worker& worker, std::span<const std::size_t> samples) const;
  [[nodiscard]] std::size_t reference_row(std::size_t sample) const;
  [[nodiscard]] Status run_in_float(Worker& worker, std::span<const std::size_t> samples) const;
  void enter(std::size_t batch, const Result<BatchValues>& values);
  void save(std::vector<FinishedBlock> blocks);
  void give_up(std::size_t at, Error error);
  [[nodiscard]] std::size_t samples_done() const;
  [[nodiscard]] Evaluation evaluation(std::size_t request) const;

  EvaluatorParts& parts_;
  std::span<const EvaluationRequest> requests_;
  const EvaluationHooks& hooks_;
  const Variants& variants_;
  std::vector<std::shared_ptr<const Metric>> metrics_;  ///< that are asked for
  bool distance_;
  std::vector<std::vector<bool>> wanted_{};  ///< [request][micro-batch]: is to be computed; fixed once the threads run
  std::stop_source quit_{};                  ///< asked to stop, or failed

  std::mutex guard_{};  ///< of all that follows
  std::vector<Ledger> ledgers_{};
  std::vector<double> seconds_;
  std::optional<std::pair<std::size_t, Error>> error_{};  ///< with the position of its first sample
  Clock::time_point saved_at_ = Clock::now();
};

}  // namespace quantrail
