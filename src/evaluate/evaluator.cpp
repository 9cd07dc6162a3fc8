#include "evaluate/evaluator.h"

#include "base/parallel.h"
#include "evaluate/checks.h"
#include "evaluate/cost.h"
#include "evaluate/pass.h"

namespace quantrail {

Evaluator::Evaluator(std::unique_ptr<EvaluatorParts> parts) : parts_(std::move(parts)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

Result<Evaluator> Evaluator::create(Graph graph, std::shared_ptr<const Dataset> data,
                                    std::vector<std::shared_ptr<const Metric>> metrics, EvaluatorOptions options) {
  auto parts = std::make_unique<EvaluatorParts>(options.reference_bytes);
  parts->graph = sized(std::move(graph), data->inputs());
  parts->data = std::move(data);
  parts->metrics = std::move(metrics);
  parts->threads = options.threads == 0 ? default_threads() : options.threads;

  const auto batch = micro_batch(parts->graph);
  if (!batch) return failed(batch);
  parts->batch = *batch;
  const auto macs = macs_per_sample(parts->graph);
  if (!macs) return failed(macs);
  parts->block = block_samples(*macs);
  auto plan = Plan::build(parts->graph, {}, *batch, parts->cache);
  if (!plan) return failed(plan);
  parts->float_plan = std::move(*plan);
  auto feed = Feed::matched(parts->data->inputs(), *parts->float_plan);
  if (!feed) return failed(feed);
  parts->feed = std::move(*feed);
  const auto suits = outputs_suit(*parts->float_plan, *parts->data, parts->metrics);
  if (!suits) return failed(suits);
  return Evaluator(std::move(parts));
}

Result<Evaluation> Evaluator::evaluated(const EvaluationRequest& request, const EvaluationHooks& hooks) const {
  auto plan = parts_->float_plan;
  if (request.variant.quantization != nullptr) {
    const PlanOptions options{.quantization = request.variant.quantization,
                              .reverted = request.variant.reverted,
                              .revert_mode = request.variant.revert_mode};
    auto built = Plan::build(parts_->graph, options, parts_->batch, parts_->cache);
    if (!built) return failed(built);
    plan = std::move(*built);
  }
  return EvaluationPass(*parts_, request, hooks, std::move(plan)).run();
}

}  // namespace quantrail
