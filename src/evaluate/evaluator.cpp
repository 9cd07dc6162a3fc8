#include "evaluate/evaluator.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>

#include "base/parallel.h"
#include "evaluate/checks.h"
#include "evaluate/cost.h"
#include "evaluate/pass.h"
#include "evaluate/sample_batch.h"

namespace quantrail {
namespace {

/// As many of the first `plans` as fit into `bytes` of kept values, at least one.
Variants fitting(const std::shared_ptr<const Plan>& base, std::span<const std::shared_ptr<const Plan>> plans,
                 std::size_t bytes) {
  std::size_t count = plans.size();
  for (;;) {
    Variants variants(base, {plans.begin(), plans.begin() + static_cast<std::ptrdiff_t>(count)});
    if (variants.kept_bytes() <= bytes || count == 1) return variants;
    count = (count + 1) / 2;
  }
}

/// Seconds that one micro-batch takes: the median of three runs, or of as many as fit into 20 ms, after one to warm up.
Result<double> seconds_of(PlanState& state) {
  constexpr std::size_t kRuns = 3;
  constexpr double kLongEnough = 0.02;
  if (const auto warm = state.run(); !warm) return failed(warm);
  std::vector<double> seconds;
  for (double sum = 0.0; seconds.size() < kRuns || sum < kLongEnough; sum += seconds.back()) {
    const auto start = std::chrono::steady_clock::now();
    if (const auto ran = state.run(); !ran) return failed(ran);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

/// The plan that references come from, and which of its outputs they are.
Status find_reference(EvaluatorParts& parts, const Graph* graph) {
  parts.reference_plan = parts.float_plan;
  parts.reference_feed = parts.feed;
  if (graph != nullptr) {
    PlanCache cache;  // one is for one network
    auto plan = Plan::build(sized(*graph, parts.data->inputs()), {}, parts.batch, cache);
    if (!plan) return failed(plan);
    parts.reference_plan = std::move(*plan);
    auto feed = Feed::matched(parts.data->inputs(), *parts.reference_plan);
    if (!feed) return failed(feed);
    parts.reference_feed = std::move(*feed);
  }
  std::set<std::size_t> outputs{0};
  for (const auto& metric : parts.metrics) {
    if (metric->judge() == Judge::FloatModel) outputs.insert(metric->compared_output());
  }
  const std::size_t there = parts.reference_plan->outputs().size();
  if (*outputs.rbegin() >= there)
    return fail(Cause::InvalidInput, "output {} is asked for, the network has {}", *outputs.rbegin(), there);
  parts.reference_outputs.assign(outputs.begin(), outputs.end());
  return {};
}

}  // namespace

Evaluator::Evaluator(std::unique_ptr<EvaluatorParts> parts) : parts_(std::move(parts)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

Result<Evaluator> Evaluator::create(Graph graph, std::shared_ptr<const Dataset> data,
                                    std::vector<std::shared_ptr<const Metric>> metrics, EvaluatorOptions options) {
  auto parts = std::make_unique<EvaluatorParts>(options.reference_bytes);
  parts->graph = sized(std::move(graph), data->inputs());
  parts->shared_bytes = options.shared_bytes;
  parts->data = std::move(data);
  parts->metrics = std::move(metrics);
  parts->threads = options.threads == 0 ? default_threads() : options.threads;

  const auto batch = sample_batch(parts->graph, *parts->data);
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
  if (auto found = find_reference(*parts, options.reference); !found) return failed(found);
  const auto suits = outputs_suit(parts->graph, *parts->float_plan, *parts->data, parts->metrics);
  if (!suits) return failed(suits);
  return Evaluator(std::move(parts));
}

Result<std::shared_ptr<const Plan>> Evaluator::plan_of(const Variant& variant) const {
  if (variant.quantization == nullptr) return parts_->float_plan;
  const PlanOptions options{
      .quantization = variant.quantization, .reverted = variant.reverted, .revert_mode = variant.revert_mode};
  return Plan::build(parts_->graph, options, parts_->batch, parts_->cache);
}

Result<double> Evaluator::pace(const Variant& variant) const {
  const auto plan = plan_of(variant);
  if (!plan) return failed(plan);
  std::vector<std::size_t> samples;
  for (std::size_t at = 0; at < std::min(static_cast<std::size_t>(parts_->batch), parts_->data->size()); ++at) {
    samples.push_back(at);
  }
  std::vector<Result<double>> taken(parts_->threads, 0.0);
  parallel_for(parts_->threads, parts_->threads, {}, [&](std::size_t at, std::size_t) {
    PlanState state(*plan);
    const auto filled = parts_->feed.fill(state, *parts_->data, samples);
    taken[at] = filled ? seconds_of(state) : failed(filled);
    if (filled && !taken[at])
      taken[at] = tl::unexpected(parts_->feed.blamed(state, *parts_->data, samples, taken[at].error()));
  });
  double sum = 0.0;
  for (const auto& one : taken) {
    if (!one) return failed(one);
    sum += *one;
  }
  const auto threads = static_cast<double>(parts_->threads);
  return sum / threads / threads / static_cast<double>(parts_->batch);
}

Result<Evaluation> Evaluator::evaluated(const EvaluationRequest& request, const EvaluationHooks& hooks) const {
  auto evaluations = evaluated_together(request.variant, std::span(&request, 1), hooks);
  if (!evaluations) return failed(evaluations);
  return std::move(evaluations->front());
}

Result<std::vector<Evaluation>> Evaluator::evaluated_together(const Variant& base,
                                                              std::span<const EvaluationRequest> requests,
                                                              const EvaluationHooks& hooks) const {
  const auto base_plan = plan_of(base);
  if (!base_plan) return failed(base_plan);
  std::vector<std::shared_ptr<const Plan>> plans;
  for (const auto& request : requests) {
    if (hooks.stop.stop_requested()) return fail(Cause::Cancelled, "stopped before the first sample");
    auto plan = plan_of(request.variant);
    if (!plan) return failed(plan);
    plans.push_back(std::move(*plan));
  }
  std::vector<Evaluation> evaluations;
  while (evaluations.size() < requests.size()) {
    const std::size_t first = evaluations.size();
    const auto part = fitting(*base_plan, std::span(plans).subspan(first), parts_->shared_bytes / parts_->threads);
    const std::size_t before = first * requests[first].samples.size();
    EvaluationHooks of_part{.save = {}, .progress = {}, .stop = hooks.stop};
    for (std::size_t at = first; at < std::min(first + part.size(), hooks.finished.size()); ++at)
      of_part.finished.push_back(hooks.finished[at]);
    if (hooks.save) {
      of_part.save = [&hooks, first](std::vector<FinishedBlock> blocks) {
        for (auto& finished : blocks) finished.request += first;
        return hooks.save(blocks);
      };
    }
    if (hooks.progress) of_part.progress = [&hooks, before](std::size_t done) { hooks.progress(before + done); };
    auto done = EvaluationPass(*parts_, requests.subspan(first, part.size()), of_part, part).run();
    if (!done) return failed(done);
    std::move(done->begin(), done->end(), std::back_inserter(evaluations));
  }
  return evaluations;
}

}  // namespace quantrail
